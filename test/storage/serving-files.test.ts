/**
 * Serving files are derived: whatever becomes of them, no answer depends on it, and there is one again where the disk
 * takes it.
 */
import { existsSync, readFileSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { beforeEach, expect, test } from 'vitest';
import type { StoredBatch } from '../../dist/model/batch.js';
import type { FileMeta, RollupMeta } from '../../dist/model/catalog.js';
import { StoreError } from '../../dist/model/errors.js';
import type { Disk } from '../../dist/storage/disk.js';
import { memoryDisk } from '../../dist/storage/memory-disk.js';
import { nodeDisk } from '../../dist/storage/node-disk.js';
import { readServingIndex } from '../../dist/storage/serving-read.js';
import type { Storage } from '../../dist/storage/storage.js';
import { allWithTexts, withTexts } from './support/column-values.js';
import { seededRandom } from './support/random.js';
import {
  closeSamples,
  openSample,
  publishSample,
  publishedRollup,
  writeSample,
} from './support/sample-store.js';
import type { Sample } from './support/sample-store.js';
import { temporaryFolder } from './support/temporary-folder.js';
import { watchedDisk } from './support/watched-disk.js';

let sample: Sample;
let directory: string;
let rollup: RollupMeta;
let file: FileMeta;
let serving: string;
let whole: Uint8Array;
let parquet: StoredBatch;

beforeEach(async () => {
  const folder = temporaryFolder();
  sample = await writeSample(folder);
  directory = join(folder, 'store');
  const writer = await openSample(directory);
  await publishSample(writer, sample, 'a');
  rollup = await publishedRollup(writer);
  file = rollup.partitions[0].files[0];
  serving = join(directory, file.path.replace('.parquet', '.arrow'));
  whole = readFileSync(serving);
  parquet = await (await openSample(directory, nodeDisk, false)).readPartition(file, rollup.columns);
  await closeSamples();
});

/** A process of its own that reads a file, and which files it opened or read whole. */
async function readAlone(disk: Disk = nodeDisk): Promise<{ reads: string[]; storage: Storage }> {
  const reads: string[] = [];
  const watched = watchedDisk(disk, {
    before: (_call, name, [path]) => {
      if ((name === 'openFile' || name === 'readFile') && String(path).includes('-0-a.')) reads.push(name);
    },
  });
  const storage = await openSample(directory, watched);
  await storage.looking(storage.snapshot(), ({ rollups }) => rollups.get('sales.daily')?.partitions);
  const batch = await storage.readPartition(file, rollup.columns);
  expect(batch.rows).toBe(parquet.rows);
  expect(isDeepStrictEqual(allWithTexts(batch), allWithTexts(parquet))).toBe(true);
  return { reads: [...reads], storage };
}

test('an intact serving file is read, and the Parquet is not', async () => {
  const { reads, storage } = await readAlone();
  expect(reads).toEqual(['openFile']);
  expect(storage.warnings()).toEqual([]);
  expect(await storage.verify()).toMatchObject({ ok: true, servingDamaged: [], unreferenced: [] });
});

test('switched off, none is written and none is read', async () => {
  const storage = await openSample(directory, nodeDisk, false);
  await publishSample(storage, sample, 'b');
  const names = readdirSync(join(directory, 'data', 'sales.daily'));
  expect(names.filter((name) => name.endsWith('-b.arrow'))).toEqual([]);
});

/** The same bytes, once the process that read the damaged ones has ended. */
async function expectMadeAgain(storage: Storage, what: string): Promise<void> {
  await storage.close();
  expect(Buffer.compare(readFileSync(serving), whole), what).toBe(0);
  expect(readdirSync(join(directory, 'staging')), what).toEqual([]);
  expect((await readAlone()).reads, what).toEqual(['openFile']);
}

test('a missing one is made again of the Parquet, which answers meanwhile', async () => {
  rmSync(serving);
  const { reads, storage } = await readAlone();
  expect(reads.slice(0, 2)).toEqual(['openFile', 'readFile']);
  await expectMadeAgain(storage, 'missing');
});

test('[fault 6] 150 flips, cuts and replacements of one never give another answer', async () => {
  const seed = 20_010_102;
  const random = seededRandom(seed);
  const other = readFileSync(serving.replace('20010101', '20010201'));
  let noticed = 0;
  for (let i = 0; i < 150; i++) {
    const at = Math.floor(random() * whole.length);
    if (i % 3 === 0) {
      writeFileSync(serving, whole);
      truncateSync(serving, at);
    } else if (i === 1) writeFileSync(serving, other);
    else {
      const bytes = Uint8Array.from(whole);
      bytes[at] ^= 1 << Math.floor(random() * 8);
      writeFileSync(serving, bytes);
    }
    const { reads, storage } = await readAlone();
    const isNoticed = reads.includes('readFile');
    noticed += Number(isNoticed);
    if (isNoticed) expect(storage.warnings()).toEqual([expect.stringContaining('is made anew')]);
    // What no reader of ours looks at, padding and Arrow's own metadata, `verify` does.
    else
      expect((await storage.verify()).servingDamaged, `${i} of seed ${seed}`).toEqual([
        file.path.replace('.parquet', '.arrow'),
      ]);
    expect(await storage.verify()).toMatchObject({ ok: true });
    if (isNoticed && i % 10 === 0) await expectMadeAgain(storage, `${i} of seed ${seed}`);
    await closeSamples();
  }
  expect(noticed).toBeGreaterThan(75);
});

test('one that is damaged after its end was read gives no column more', async () => {
  const storage = await openSample(directory);
  const [city, ...others] = rollup.columns;
  const first = await storage.readPartition(file, [city]);
  const bytes = Uint8Array.from(whole);
  const open = await nodeDisk.openFile(serving);
  const { batch: body } = await readServingIndex(open);
  await open.close();
  // The end, which is known already, stays as it was.
  const footer = Buffer.from(whole).readUInt32LE(whole.length - 10) + 10;
  bytes.fill(0xff, body, whole.length - footer);
  writeFileSync(serving, bytes);
  const batch = await storage.readPartition(file, others);
  expect(
    isDeepStrictEqual(withTexts(first.columns.get(city.name)), withTexts(parquet.columns.get(city.name))),
  ).toBe(true);
  expect(isDeepStrictEqual(allWithTexts(batch), allWithTexts(parquet))).toBe(true);
});

test('where the disk refuses writes the Parquet answers, with a warning', async () => {
  rmSync(serving);
  const refuse = async (): Promise<never> => {
    throw new StoreError('file_missing', 'This disk is read-only.', { next: 'Ask its owner.' });
  };
  const { storage } = await readAlone({
    ...nodeDisk,
    makeDirectory: refuse,
    createFile: refuse,
    link: refuse,
  });
  await storage.close();
  expect(storage.warnings()).toContainEqual(expect.stringContaining('Serving files are not written'));
  expect(existsSync(serving)).toBe(false);
});

test('[fault 4] a disk that is full for a serving file publishes without it, with a warning', async () => {
  const disk = watchedDisk(nodeDisk, {
    before: (_call, name, [path]) => {
      if (name === 'createFile' && String(path).endsWith('.arrow'))
        throw new StoreError('disk_full', 'No space.', { next: 'Free some space.' });
    },
  });
  const storage = await openSample(directory, disk);
  await publishSample(storage, sample, 'b');
  expect(storage.snapshot().version).toBe(2);
  expect(storage.warnings()[0]).toMatch(/No serving file for .* No space\./);
  const names = readdirSync(join(directory, 'data', 'sales.daily'));
  expect(names.filter((name) => name.includes('-b.'))).toHaveLength(3);
  expect(await storage.verify()).toMatchObject({ ok: true, servingDamaged: [] });
});

test('one whose Parquet nobody names any more is garbage', async () => {
  const left = join(directory, 'data', 'sales.daily', '20010101-0-gone.arrow');
  writeFileSync(left, '');
  const storage = await openSample(directory);
  expect((await storage.verify()).unreferenced).toEqual(['data/sales.daily/20010101-0-gone.arrow']);
  expect(await storage.collectGarbage()).toEqual(['data/sales.daily/20010101-0-gone.arrow']);
  expect(existsSync(serving)).toBe(true);
});

test('a store in memory has them too', async () => {
  const disk = memoryDisk();
  const storage = await openSample('/store', disk);
  await publishSample(storage, sample, 'a');
  const published = await publishedRollup(storage);
  const batch = await storage.readPartition(published.partitions[0].files[0], published.columns);
  expect(isDeepStrictEqual(allWithTexts(batch), allWithTexts(parquet))).toBe(true);
  expect(await disk.list('/store/data/sales.daily')).toContain('20010101-0-a.arrow');
});
