/**
 * No room, and limits of the system, met by a whole build: each time a typed error, the old round is served, what
 * the build had taken is given back, and once there is room the same process builds.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../support/open-tables.js';
import { expectWhole, roundsStore } from './support/rounds.js';
import type { Rounds } from './support/rounds.js';
import { startVictim } from './support/victim.js';
import type { Victim } from './support/victim.js';
import { mountMemory, whyNoMount } from './support/volume.js';

const noMemory = whyNoMount('memory');
const noLimits =
  spawnSync('prlimit', ['--version']).status === 0 ? null : '(skipped: prlimit is not installed)';
const PAGE = 4096;

test.skipIf(noMemory !== null)(
  `[fault 4] ENOSPC: a file system of 2 MB with ever more room, page by page ${noMemory ?? ''}`,
  async () => {
    const volume = mountMemory(2 << 20);
    const rounds = roundsStore(temporaryFolder(), { store: join(volume, 'store') });
    const victim = await startVictim(rounds.options);
    for (const round of [1, 2, 3]) await expectBuilds(victim, rounds, round);
    const filler = join(volume, 'filler');
    let failures = 0;
    for (let pages = 0, round = 4; ; pages++, round++) {
      const used = usedBytes(volume);
      fill(filler, freeBytes(volume) - pages * PAGE);
      rounds.setRound(round);
      const outcome = await victim.ask('build', { force: true });
      rmSync(filler);
      if (outcome !== null && 'value' in outcome) break;
      failures += 1;
      expect(outcome, `${pages} pages`).toMatchObject({
        error: { code: 'disk_full', next: expect.stringMatching(/free (some )?space/i) },
      });
      expect(usedBytes(volume), `${pages} pages: space is given back`).toBe(used);
      expect(await expectWhole(rounds, `${pages} pages`)).toBe(round - 1);
      await expectBuilds(victim, rounds, round);
    }
    console.log(`limits: a disk was full in ${failures} builds`);
    expect(failures).toBeGreaterThan(2);
    await victim.close();
  },
);

test.skipIf(noLimits !== null)(
  `[fault 4] EFBIG: a limit of the size of files ${noLimits ?? ''}`,
  async () => {
    const rounds = roundsStore(temporaryFolder());
    const victim = await startVictim(rounds.options);
    await expectBuilds(victim, rounds, 1);
    for (const bytes of [1, 200, 800, 1200]) {
      limit(victim, `--fsize=${bytes}:`);
      expect(await victim.ask('build', { force: true }), `${bytes} bytes`).toMatchObject({
        error: { name: 'StoreError', code: 'disk_full', next: expect.stringMatching(/limit|space/) },
      });
      limit(victim, '--fsize=unlimited:');
      expect(readdirSync(join(rounds.options.store, 'staging'))).toEqual([]);
      expect(await expectWhole(rounds, `${bytes} bytes`)).toBe(1);
    }
    await expectBuilds(victim, rounds, 2);
    await victim.close();
  },
);

test.skipIf(noLimits !== null)(`[fault 4] EMFILE: no more open files ${noLimits ?? ''}`, async () => {
  const rounds = roundsStore(temporaryFolder());
  const victim = await startVictim(rounds.options);
  await expectBuilds(victim, rounds, 1);
  limit(victim, '--nofile=1:');
  expect(await victim.ask('build', { force: true })).toMatchObject({
    error: { name: 'StoreError', next: expect.stringContaining('ulimit -n') },
  });
  limit(victim, '--nofile=1024:');
  expect(await expectWhole(rounds, 'no more open files')).toBe(1);
  await expectBuilds(victim, rounds, 2);
  await victim.close();
});

function limit({ pid }: Victim, resource: string): void {
  const { status, stderr } = spawnSync('prlimit', ['--pid', String(pid), resource], { encoding: 'utf8' });
  expect(status, stderr).toBe(0);
}

async function expectBuilds(victim: Victim, rounds: Rounds, round: number): Promise<void> {
  rounds.setRound(round);
  expect(await victim.ask('build', { force: true })).toHaveProperty('value');
  expect(await expectWhole(rounds, `round ${round}`)).toBe(round);
}

function freeBytes(volume: string): number {
  const { bavail, bsize } = statfsSync(volume);
  return bavail * bsize;
}

function usedBytes(volume: string): number {
  const { blocks, bfree, bsize } = statfsSync(volume);
  return (blocks - bfree) * bsize;
}

function fill(path: string, bytes: number): void {
  writeFileSync(path, new Uint8Array(Math.max(0, bytes)));
}
