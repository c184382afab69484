/**
 * The power fails: the image of an ext4 file system is copied while builds run on it, and the copy, which holds only
 * what had reached the disk, is mounted. What was acknowledged is there, and no name leads to an empty or half file.
 */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { openStore } from '../../dist/index.js';
import { temporaryFolder } from '../support/open-tables.js';
import { seededRandom } from '../storage/support/random.js';
import { expectWhole, roundsStore } from './support/rounds.js';
import type { Rounds } from './support/rounds.js';
import { CHANGES, attachStrace, callsToTry, whyNoStrace } from './support/strace.js';
import { startVictim, untilStopped } from './support/victim.js';
import type { Victim } from './support/victim.js';
import { cutPower, makeVolume, unmount, whyNoMount } from './support/volume.js';
import type { Volume } from './support/volume.js';

const isLong = process.env['GRANARY_LONG'] !== undefined;
const CUTS = isLong ? 200 : 10;
const SEED = Number(process.env['GRANARY_SEED'] ?? 2);
const why = whyNoMount('loop') ?? whyNoStrace();

interface Powered {
  readonly volume: Volume;
  readonly rounds: Rounds;
  readonly victim: Victim;
  /** Sets the next round and builds it. */
  readonly build: () => Promise<void>;
  /** The last round whose build was told to be done, and the last that was begun. */
  readonly known: { acknowledged: number; begun: number };
}

async function powerUp(): Promise<Powered> {
  const folder = temporaryFolder();
  const volume = makeVolume(folder);
  const rounds = roundsStore(join(folder, 'source'), { store: join(volume.folder, 'store') });
  const victim = await startVictim(rounds.options);
  const known = { acknowledged: 0, begun: 0 };
  const build = async (): Promise<void> => {
    const round = known.begun + 1;
    rounds.setRound(round);
    known.begun = round;
    const outcome = await victim.ask('build', { force: true });
    if (outcome !== null && 'value' in outcome) known.acknowledged = round;
    else if (outcome !== null) throw new Error(JSON.stringify(outcome));
  };
  await build();
  return { volume, rounds, victim, build, known };
}

/** The store as it is found when the power is back. */
function afterCut({ rounds }: Powered, cut: Volume): Rounds {
  return { ...rounds, options: { ...rounds.options, store: join(cut.folder, 'store') } };
}

/** Cuts the power under a process that stands still, and looks. */
async function expectSurvives(powered: Powered, when: string): Promise<void> {
  const { acknowledged, begun } = powered.known;
  const cut = cutPower(powered.volume);
  try {
    const found = await expectWhole(afterCut(powered, cut), when);
    expect([acknowledged, begun], when).toContain(found);
  } finally {
    unmount(cut.folder);
  }
}

describe.skipIf(why !== null)(`[fault 2] a power cut ${why ?? ''}`, () => {
  test(
    'after the system calls of a build loses nothing that was acknowledged',
    { timeout: isLong ? 1_200_000 : 300_000 },
    async () => {
      const powered = await powerUp();
      const { victim, build, rounds } = powered;
      for (let warm = 0; warm < 3; warm++) await build();
      const watch = await attachStrace(victim.pid, CHANGES, null);
      await build();
      const calls = (await watch.detach()).filter(({ line }) => line.includes(rounds.options.store));
      const points = callsToTry(calls);
      let cuts = 0;
      for (const { name, nth, line } of points) {
        const strace = await attachStrace(victim.pid, CHANGES, `${name}:signal=STOP:when=${nth}`);
        const building = build();
        if (await strace.stopped(building)) {
          await expectSurvives(powered, `power cut after ${name} ${nth}: ${line}`);
          victim.signal('SIGCONT');
          cuts += 1;
        }
        await building;
        await strace.detach();
      }
      console.log(`power-cut: ${cuts} cuts, one after each of ${points.length} calls of ${calls.length}`);
      expect(calls.length).toBeGreaterThan(15);
      expect(cuts).toBeGreaterThan(0.9 * points.length);
      await victim.close();
    },
  );

  test(`at random, ${CUTS} times, seed ${SEED}`, { timeout: isLong ? 1_200_000 : 300_000 }, async () => {
    const random = seededRandom(SEED);
    const powered = await powerUp();
    const { victim, build, known } = powered;
    let running = true;
    const loop = (async () => {
      while (running) await build();
    })();
    for (let cut = 0; cut < CUTS; cut++) {
      await sleep(random() * 300);
      victim.signal('SIGSTOP');
      await untilStopped(victim.pid);
      await expectSurvives(powered, `cut ${cut}, seed ${SEED}`);
      victim.signal('SIGCONT');
    }
    running = false;
    await loop;
    expect(known.acknowledged).toBeGreaterThan(CUTS / 4);
    await expectBuildsOn(powered);
    await victim.close();
  });

  test('is noticed by these tests when fsync does nothing', async () => {
    const powered = await powerUp();
    const { victim, build, volume } = powered;
    const strace = await attachStrace(victim.pid, 'fsync,fdatasync', 'fsync,fdatasync:retval=0');
    for (let round = 0; round < 3; round++) await build();
    const cut = cutPower(volume);
    await strace.detach();
    await expect(
      expectWhole(afterCut(powered, cut), 'without fsync').then((found) =>
        expect(found).toBe(powered.known.acknowledged),
      ),
    ).rejects.toThrow();
    await victim.close();
  });
});

/** After a power cut the store takes the next build. */
async function expectBuildsOn(powered: Powered): Promise<void> {
  const cut = cutPower(powered.volume);
  const rounds = afterCut(powered, cut);
  const store = await openStore(rounds.options);
  rounds.setRound(999);
  await store.build({ force: true });
  await store.close();
  expect(await expectWhole(rounds, 'built on')).toBe(999);
  unmount(cut.folder);
}
