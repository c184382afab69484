import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { StoreError } from '../../dist/model/errors.js';
import type { PartitionMeta } from '../../dist/model/catalog.js';
import type { Disk } from '../../dist/storage/disk.js';
import { nodeDisk } from '../../dist/storage/node-disk.js';
import { openStorage } from '../../dist/storage/open-storage.js';
import type { Storage } from '../../dist/storage/storage.js';
import { seededRandom } from './support/random.js';
import {
  closeSamples,
  openSample,
  publishSample,
  sampleRollup,
  sealPartition,
  writeSample,
} from './support/sample-store.js';
import type { Sample } from './support/sample-store.js';
import { temporaryFolder } from './support/temporary-folder.js';
import { VolatileDisk } from './support/volatile-disk.js';
import { watchedDisk } from './support/watched-disk.js';
import type { Watch } from './support/watched-disk.js';

let sample: Sample;
let sampleBytes: Uint8Array<ArrayBuffer>;

/** A process of this place that ended long ago, so that a later opening removes what it left. */
const ENDED: Disk = { ...nodeDisk, self: async () => ({ ...(await nodeDisk.self()), start: 1 }) };

beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'granary-sample-'));
  sample = await writeSample(folder);
  sampleBytes = new Uint8Array(readFileSync(sample.file));
  return () => rmSync(folder, { recursive: true });
});

const full = (): never => {
  throw new StoreError('disk_full', 'No space.', { next: 'Free some space and try again.' });
};

const MODES: readonly [string, (n: number) => { before?: Watch; after?: Watch }][] = [
  ['does nothing and fails', (n) => ({ before: (call) => (call === n ? full() : undefined) })],
  ['is done and fails', (n) => ({ after: (call) => (call === n ? full() : undefined) })],
  ['and all that follow fail', (n) => ({ before: (call) => (call >= n ? full() : undefined) })],
];

describe('[fault 3, 4, 5] the Nth call to the disk in a publish', () => {
  test.each(MODES)('%s: old or new state, whole, and the next publish works', async (_name, mode) => {
    const template = join(temporaryFolder(), 'template');
    await publishSample(await openSample(template), sample, 'first');
    await closeSamples();
    let failures = 0;
    for (let n = 1; ; n++) {
      const directory = join(temporaryFolder(), 'store');
      cpSync(template, directory, { recursive: true });
      let hit = false;
      const watch = mode(n);
      const disk = watchedDisk(ENDED, {
        before: (call, ...rest) => {
          hit ||= call >= n;
          return watch.before?.(call, ...rest);
        },
        ...(watch.after === undefined ? {} : { after: watch.after }),
      });
      const outcome = await publishOn(disk, directory);
      await expectWhole(directory, outcome === 'published' ? [2] : [1, 2]);
      if (outcome === 'published' && !hit) break;
      failures += Number(outcome !== 'published');
    }
    expect(failures).toBeGreaterThan(20);
  });
});

async function publishOn(disk: Disk, directory: string): Promise<'published' | 'failed'> {
  let published = false;
  try {
    const storage = await openStorage({ disk, directory });
    await publishSample(storage, sample, 'second');
    published = true;
    await storage.collectGarbage();
  } catch (error) {
    expect(error).toBeInstanceOf(StoreError);
    expect((error as StoreError).message).not.toBe('');
  }
  return published ? 'published' : 'failed';
}

/** Opens as a new process would, and goes on. */
async function expectWhole(directory: string, versions: readonly number[]): Promise<void> {
  const storage = await openSample(directory);
  const { version } = storage.snapshot();
  expect(versions).toContain(version);
  expect(storage.warnings()).toEqual([]);
  expect(await storage.verify()).toMatchObject({ ok: true, files: 2 });
  await publishSample(storage, sample, 'third');
  expect(storage.snapshot().version).toBe(version + 1);
  await storage.collectGarbage();
  await publishSample(storage, sample, 'fourth');
  await storage.collectGarbage();
  expect(await storage.verify()).toMatchObject({ ok: true, files: 2 });
  expect(readdirSync(join(directory, 'staging'))).toEqual([]);
  expect(readdirSync(join(directory, 'manifests'))).toHaveLength(2);
  // Two files with their serving files, and a page, for each of two publishes.
  expect(readdirSync(join(directory, 'data', 'sales.daily'))).toHaveLength(10);
  await closeSamples();
  expect(readdirSync(join(directory, 'readers'))).toEqual([]);
}

describe('[fault 2] a power cut', () => {
  const SEED = 7;

  test.each(['first', 'second'] as const)(
    `before any call of the %s publish leaves the old or the new state, seed ${SEED}`,
    async (last) => {
      const random = seededRandom(SEED);
      for (let n = 1; ; n++) {
        const { disk, acked, cut } = await publishUntil(last, n);
        for (let again = 0; again < 3; again++) {
          const state = await stateAfter(disk.powerCut(random), last);
          expect([n, state]).toEqual([n, acked || state !== 'old' ? 'new' : 'old']);
        }
        if (!cut) {
          expect(n).toBeGreaterThan(20);
          break;
        }
      }
    },
  );

  test.each(['syncFile', 'syncDirectory'] as const)(
    'is noticed by this test when %s does nothing',
    async (name) => {
      const random = seededRandom(SEED);
      const states = new Set<string>();
      for (let again = 0; again < 20; again++) {
        const { disk, acked } = await publishUntil('second', Infinity, name);
        expect(acked).toBe(true);
        states.add(await stateAfter(disk.powerCut(random), 'second'));
      }
      expect([...states].some((state) => state !== 'new')).toBe(true);
    },
  );
});

const STORE = '/volume/store';

/** Publishes on a volatile disk; the power fails before call `n` of the last publish. */
async function publishUntil(
  last: 'first' | 'second',
  n: number,
  lying?: 'syncFile' | 'syncDirectory',
): Promise<{ disk: VolatileDisk; acked: boolean; cut: boolean }> {
  const disk = new VolatileDisk();
  await disk.makeDirectory('/volume');
  await disk.syncDirectory('/');
  if (last === 'second') await publishVolatile(await openStorage({ disk, directory: STORE }), disk, 'first');
  let cut = false;
  const watched = watchedDisk(disk, {
    before: (call) => {
      if (call < n) return;
      cut = true;
      throw new Error('power cut');
    },
  });
  const used = lying === undefined ? watched : { ...watched, [lying]: async () => undefined };
  let acked = false;
  try {
    await publishVolatile(await openStorage({ disk: used, directory: STORE }), disk, last);
    acked = true;
  } catch (error) {
    if (!cut) throw error;
  }
  return { disk, acked, cut };
}

async function publishVolatile(storage: Storage, disk: VolatileDisk, token: string): Promise<void> {
  const base = storage.snapshot().version;
  const staging = await storage.stage(token);
  const partitions: PartitionMeta[] = [];
  for (const key of ['20010101', token === 'first' ? '20010201' : '20010301']) {
    const write = async (_from: string, to: string): Promise<void> => disk.write(to, sampleBytes);
    partitions.push(await sealPartition(staging, sample, key, write));
  }
  await storage.publish(staging, { base, put: [sampleRollup(partitions, base + 1)], remove: [] });
}

/** What a process finds that opens the store, reads all of it, and publishes once more. */
async function stateAfter(disk: VolatileDisk, last: 'first' | 'second'): Promise<'old' | 'new' | 'damaged'> {
  const newest = last === 'first' ? 1 : 2;
  try {
    const storage = await openStorage({ disk, directory: STORE });
    const { ok } = await storage.verify();
    const { version } = storage.snapshot();
    if (!ok || storage.warnings().length > 0 || version < newest - 1) return 'damaged';
    await disk.makeDirectory('/volume');
    await publishVolatile(storage, disk, 'third');
    return version === newest ? 'new' : 'old';
  } catch (error) {
    if (error instanceof StoreError) return 'damaged';
    throw error;
  }
}
