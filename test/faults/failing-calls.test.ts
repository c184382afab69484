/**
 * Every call to the disk in a build and its garbage collection fails once, as a broken, full or locked disk would
 * let it fail. The build ends with a typed error or goes on without harm, the old state or the new one is served
 * whole, and the same process builds again.
 */
import { expect, test } from 'vitest';
import { temporaryFolder } from '../support/open-tables.js';
import { expectWhole, roundsStore } from './support/rounds.js';
import type { Rounds } from './support/rounds.js';
import { CHANGES, attachStrace, whyNoStrace } from './support/strace.js';
import type { SystemCall } from './support/strace.js';
import { startVictim } from './support/victim.js';
import type { Outcome, Victim } from './support/victim.js';

/** One partition after the other, so that the n-th call of a build is the same one each time. */
const BUILD = { force: true, concurrency: 1 };

const noStrace = whyNoStrace();
const isLong = process.env['GRANARY_LONG'] !== undefined;
const WATCHED = `${CHANGES},openat,write,pwrite64`;

interface FailingCalls {
  readonly title: string;
  readonly calls: RegExp;
  /** In turn, or in the long form each of them at each call. */
  readonly errors: readonly string[];
  /** The short form takes one call in so many. */
  readonly every: number;
  /** What a build may end with. */
  readonly codes: readonly string[];
}

const CASES: readonly FailingCalls[] = [
  {
    title: '[fault 3] each fsync: EIO',
    calls: /^f(data)?sync$/,
    errors: ['EIO'],
    every: 1,
    codes: ['build_failed'],
  },
  {
    title: '[fault 4] each write: no space, no quota, too large a file',
    calls: /^p?write(64)?$/,
    errors: ['ENOSPC', 'EDQUOT', 'EFBIG'],
    every: 1,
    codes: ['disk_full'],
  },
  {
    title: '[fault 4, 5] each open: too many files, a broken disk, no permission',
    calls: /^openat$/,
    errors: ['EMFILE', 'EIO', 'EACCES'],
    every: 3,
    codes: ['build_failed', 'file_missing', 'source_failed'],
  },
  {
    title: '[fault 5] each link, unlink, rename and folder: a broken disk, no permission, no space',
    calls: /^(link|unlink|mkdir|rename)(at2?)?$|^rmdir$/,
    errors: ['EIO', 'EACCES', 'ENOSPC'],
    every: 2,
    codes: ['build_failed', 'file_missing', 'disk_full'],
  },
];

test.skipIf(noStrace !== null).each(CASES)(
  `$title ${noStrace ?? ''}`,
  { timeout: 600_000 },
  async ({ calls, errors, every, codes }) => {
    const rounds = roundsStore(temporaryFolder());
    const victim = await startVictim(rounds.options);
    const points = (await callsOfBuild(rounds, victim)).filter(({ name }) => calls.test(name));
    const plans = points.flatMap((point, i) =>
      isLong
        ? errors.map((error) => ({ ...point, error }))
        : i % every === 0
          ? [{ ...point, error: errors[(i / every) % errors.length] }]
          : [],
    );
    let hits = 0;
    let failed = 0;
    for (const { name, nth, error, line } of plans) {
      const when = `${error} at ${name} ${nth}: ${line}`;
      rounds.setRound((round += 1));
      const strace = await attachStrace(victim.pid, WATCHED, `${name}:error=${error}:when=${nth}`);
      const outcome = await victim.ask('build', BUILD);
      const seen = await strace.detach();
      if (!seen.some(({ injected }) => injected)) continue; // collections differ in what there is to remove
      hits += 1;
      failed += Number(expectTyped(outcome, codes, when));
      expectNoSecondSync(seen, when);
      const found = await expectWhole(rounds, when);
      expect(isFailure(outcome) ? [round - 1, round] : [round], when).toContain(found);
      await expectBuilds(victim, rounds, `after ${when}`);
    }
    console.log(`failing-calls: ${hits} of ${plans.length} calls failed, ${failed} builds with them`);
    expect(failed).toBeGreaterThan(0);
    expect(hits).toBeGreaterThan(0.8 * plans.length);
    await victim.close();
  },
);

let round = 0;

/** The calls to the store of a build in a process that has built before. */
async function callsOfBuild(rounds: Rounds, victim: Victim): Promise<readonly SystemCall[]> {
  for (let warm = 0; warm < 3; warm++) await expectBuilds(victim, rounds, 'a warm store');
  const strace = await attachStrace(victim.pid, WATCHED, null);
  await expectBuilds(victim, rounds, 'a watched build');
  const calls = await strace.detach();
  return calls.filter(({ line }) => line.includes(rounds.options.store));
}

async function expectBuilds(victim: Victim, rounds: Rounds, when: string): Promise<void> {
  rounds.setRound((round += 1));
  expect(await victim.ask('build', BUILD), when).toHaveProperty('value');
  expect(await expectWhole(rounds, when), when).toBe(round);
}

function isFailure(outcome: Outcome | null): boolean {
  return outcome !== null && 'error' in outcome;
}

/** Whether the build failed, and then as it should. */
function expectTyped(outcome: Outcome | null, codes: readonly string[], when: string): boolean {
  expect(outcome, when).not.toBeNull();
  if (outcome === null || !('error' in outcome)) return false;
  expect(outcome.error, when).toMatchObject({ name: 'StoreError', next: expect.stringMatching(/\w/) });
  expect(codes, `${when}: ${JSON.stringify(outcome.error)}`).toContain(outcome.error.code);
  return true;
}

/** What the kernel could not write it may forget, so that a second fsync of the same file means nothing. */
function expectNoSecondSync(seen: readonly SystemCall[], when: string): void {
  const at = seen.findIndex(({ name, injected }) => injected && /sync/.test(name));
  if (at < 0) return;
  const path = /<(.*)>/.exec(seen[at]?.line ?? '')?.[1] ?? '';
  expect(path, when).not.toBe('');
  const again = seen.slice(at + 1).filter(({ name, line }) => /sync/.test(name) && line.includes(path));
  expect(again, when).toEqual([]);
}
