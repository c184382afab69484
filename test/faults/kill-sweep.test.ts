/**
 * kill -9 at calls that change the disk, from the beginning of a build to the end of its garbage collection.
 * Whatever was acknowledged is there, what was not is whole or invisible, and the next build clears the debris.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../support/open-tables.js';
import { expectWhole, roundsStore } from './support/rounds.js';
import type { Rounds } from './support/rounds.js';
import { CHANGES, attachStrace, callsToTry, whyNoStrace } from './support/strace.js';
import type { SystemCall } from './support/strace.js';
import { startVictim } from './support/victim.js';
import type { Victim } from './support/victim.js';

const noStrace = whyNoStrace();

test.skipIf(noStrace !== null)(
  `[fault 1] kill -9 at the system calls of a refresh and its collection ${noStrace ?? ''}`,
  { timeout: 600_000 },
  async () => {
    const rounds = roundsStore(temporaryFolder());
    let round = 0;
    const build = async (victim: Victim): Promise<boolean> => {
      rounds.setRound((round += 1));
      return (await victim.ask('build', { force: true })) !== null;
    };
    const points = callsToTry(await callsOfBuild(rounds, build));
    let next = startVictim(rounds.options);
    let kills = 0;
    let onTarget = 0;
    let survived = 0;
    let served = round;
    for (const [i, { name, nth, line }] of points.entries()) {
      const victim = await next;
      if (i + 1 < points.length) next = startVictim(rounds.options); // starts while the other one dies
      const strace = await attachStrace(victim.pid, CHANGES, `${name}:signal=KILL:when=${nth}`);
      const killed = !(await build(victim));
      if (!killed) victim.signal('SIGKILL'); // collections differ in what there is to remove
      expect(await victim.ended).toBe('SIGKILL');
      kills += Number(killed);
      // The call that kills is the one that its thread does not come back from.
      const last = (await strace.detach()).filter(
        (call) => call.name === name && /= \?$|<unfinished \.\.\.>$/.test(call.line),
      );
      onTarget += Number(last.some((call) => call.line.includes(rounds.options.store)));
      const found = await expectWhole(rounds, `killed at ${name} ${nth}: ${line}`);
      expect([served, round], `killed at ${name} ${nth}: ${line}`).toContain(found);
      if (found === round) survived += 1;
      served = found;
    }
    console.log(
      `kill-sweep: ${kills} kills, ${onTarget} of them at the ${points.length} calls that were meant, ${survived} of them after the publish`,
    );
    expect(onTarget).toBeGreaterThan(0.8 * points.length);
    expect(survived).toBeGreaterThan(0);
    expect(survived).toBeLessThan(points.length);
    await expectClean(rounds);
  },
);

/** The calls of one build that change the store, in their order; and the store is warm. */
async function callsOfBuild(
  rounds: Rounds,
  build: (victim: Victim) => Promise<boolean>,
): Promise<readonly SystemCall[]> {
  const first = await startVictim(rounds.options);
  for (let warm = 0; warm < 3; warm++) await build(first);
  await first.close();
  // As each victim will be: nothing built yet in its process.
  const victim = await startVictim(rounds.options);
  const strace = await attachStrace(victim.pid, CHANGES, null);
  await build(victim);
  const calls = await strace.detach();
  await victim.close();
  const points = calls.filter(({ line }) => line.includes(rounds.options.store));
  expect(points.length).toBeGreaterThan(15);
  return points;
}

/** One more build and an opening leave nothing but what is published and what it keeps for readers. */
async function expectClean(rounds: Rounds): Promise<void> {
  const victim = await startVictim(rounds.options);
  for (let again = 0; again < 3; again++) await victim.ask('build', { force: true });
  await victim.close();
  await expectWhole(rounds, 'the last build');
  expect(readdirSync(join(rounds.options.store, 'staging'))).toEqual([]);
}
