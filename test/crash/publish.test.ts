import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openSample, publishSample, sampleRollup, writeSample } from '../storage/support/sample-store.js';
import { temporaryFolder } from '../storage/support/temporary-folder.js';
import { killAtRandom } from './kill-at-random.js';

const KILLS = process.env['GRANARY_LONG'] === undefined ? 60 : 600;
const SEED = 60;

const STEPS = KILLS / 2;
const TIME_MS = KILLS * 4_000;

test(
  `[fault 1] kill -9 at any moment of a publish, ${KILLS} times, seed ${SEED}`,
  { timeout: 2 * TIME_MS },
  async () => {
    const folder = temporaryFolder();
    const directory = join(folder, 'store');
    const description = join(folder, 'sample.json');
    const sample = await writeSample(folder);
    writeFileSync(description, JSON.stringify({ ...sample, rollup: sampleRollup([]) }));
    let known = 0;
    const steps = await killAtRandom({
      script: [join(import.meta.dirname, 'publish-loop.js'), directory, description],
      kills: KILLS,
      stepsMin: STEPS,
      timeMsMax: TIME_MS,
      seed: SEED,
      delayMsMax: 60,
      // A reader that opens the store collects garbage beside the living publisher.
      beside: async () => {
        const reader = await openSample(directory);
        expect(reader.snapshot().version).toBeGreaterThanOrEqual(known);
        expect(reader.warnings()).toEqual([]);
      },
      check: async (acked) => {
        const storage = await openSample(directory);
        const { version, rollups } = storage.snapshot();
        const least = acked ?? known;
        expect([least, least + 1]).toContain(version);
        expect(rollups.get('sales.daily')?.lastRefreshTime ?? 0).toBe(version);
        expect(storage.warnings()).toEqual([]);
        expect(await storage.verify()).toMatchObject({ ok: true, unreferenced: [] });
        if (known > 0) expect(readdirSync(join(directory, 'staging'))).toEqual([]);
        known = version;
      },
    });
    expect(steps).toBeGreaterThanOrEqual(STEPS);
    const storage = await openSample(directory);
    await publishSample(storage, sample, 'last');
    expect(storage.snapshot().version).toBe(known + 1);
    expect(await storage.verify()).toMatchObject({ ok: true, files: 2 });
  },
);
