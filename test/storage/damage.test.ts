import { copyFileSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { beforeEach, describe, expect, test } from 'vitest';
import type { FileMeta } from '../../dist/model/catalog.js';
import { FORMAT_VERSION, decodeManifest, encodeManifest } from '../../dist/storage/manifest.js';
import { verifyStore } from '../../dist/storage/verify-store.js';
import { nodeDisk } from '../../dist/storage/node-disk.js';
import type { Storage } from '../../dist/storage/storage.js';
import { seededRandom } from './support/random.js';
import {
  SAMPLE_SQL,
  closeSamples,
  openSample,
  publishSample,
  sampleRollup,
  sealPartition,
  writeSample,
} from './support/sample-store.js';
import type { Sample } from './support/sample-store.js';
import { temporaryFolder } from './support/temporary-folder.js';

const SEED = 20_010_101;
const DAMAGES = 50;

let sample: Sample;
let storage: Storage;

beforeEach(async () => {
  const folder = temporaryFolder();
  sample = await writeSample(folder);
  // With serving files the Parquet would not be read: serving-files.test.ts damages those.
  storage = await openSample(join(folder, 'store'), nodeDisk, false);
  await publishSample(storage, sample, 'a');
  await publishSample(storage, sample, 'b');
});

function publishedFiles(): readonly FileMeta[] {
  return [...storage.snapshot().rollups.values()].flatMap((rollup) =>
    rollup.partitions.flatMap((partition) => partition.files),
  );
}

/** One flipped bit, or a shorter file, in turn. */
function damage(bytes: Uint8Array, random: () => number, i: number): Uint8Array {
  if (i % 2 === 1) return bytes.slice(0, Math.floor(random() * bytes.length));
  const damaged = bytes.slice();
  const bit = Math.floor(random() * bytes.length * 8);
  damaged[bit >> 3] ^= 1 << (bit & 7);
  return damaged;
}

describe('a damaged data file', () => {
  test(`never gives an answer: ${2 * DAMAGES} flips and cuts, seed ${SEED}`, async () => {
    const random = seededRandom(SEED);
    const rollup = storage.snapshot().rollups.get('sales.daily')!;
    const [file] = publishedFiles();
    const path = join(storage.directory, file.path);
    const bytes = new Uint8Array(readFileSync(path));
    for (let i = 0; i < 2 * DAMAGES; i++) {
      writeFileSync(path, damage(bytes, random, i));
      const reader = await openSample(storage.directory, nodeDisk, false);
      await expect(reader.readPartition(file, rollup.columns)).rejects.toMatchObject({
        code: 'corrupt',
        message: expect.stringContaining(file.path),
      });
    }
    const { ok, problems } = await storage.verify();
    expect(ok).toBe(false);
    expect(problems).toMatchObject([{ file: file.path, rollup: 'sales.daily', partition: '20010101' }]);
    writeFileSync(path, bytes);
    expect(await storage.verify()).toMatchObject({ ok: true, files: 2, rows: 1800, problems: [] });
  });

  test('that changed places with another is corrupt', async () => {
    const other = await writeSample(temporaryFolder(), undefined, SAMPLE_SQL.replace('1001', '1010'));
    const staging = await storage.stage('c');
    const partitions = [
      await sealPartition(staging, sample, '20010101'),
      await sealPartition(staging, other, '20010201'),
    ];
    await storage.publish(staging, { base: 2, put: [sampleRollup(partitions)], remove: [] });
    const rollup = storage.snapshot().rollups.get('sales.daily')!;
    const paths = publishedFiles().map((file) => join(storage.directory, file.path));
    renameSync(paths[0], `${paths[0]}.away`);
    renameSync(paths[1], paths[0]);
    renameSync(`${paths[0]}.away`, paths[1]);
    for (const file of publishedFiles()) {
      await expect(storage.readPartition(file, rollup.columns)).rejects.toMatchObject({ code: 'corrupt' });
    }
    expect((await storage.verify()).problems).toHaveLength(2);
  });

  test('that is gone is file_missing, with the way out', async () => {
    const [file] = publishedFiles();
    rmSync(join(storage.directory, file.path));
    const rollup = storage.snapshot().rollups.get('sales.daily')!;
    await expect(storage.readPartition(file, rollup.columns)).rejects.toMatchObject({
      code: 'file_missing',
      next: expect.stringContaining('force'),
    });
    const { problems } = await storage.verify();
    expect(problems).toMatchObject([{ file: file.path, problem: expect.stringContaining('is not there') }]);
  });
});

describe('a damaged manifest', () => {
  const newest = (): string => join(storage.directory, 'manifests', '00000002.json');
  const older = (): string => join(storage.directory, 'manifests', '00000001.json');

  test(`is never served: ${2 * DAMAGES} flips and cuts, seed ${SEED}`, async () => {
    const random = seededRandom(SEED);
    const bytes = new Uint8Array(readFileSync(newest()));
    for (let i = 0; i < 2 * DAMAGES; i++) {
      writeFileSync(newest(), damage(bytes, random, i));
      const reader = await openSample(storage.directory);
      expect(reader.snapshot().version).toBe(1);
      expect(reader.warnings()).toEqual([expect.stringContaining('00000002.json is damaged')]);
      expect(await reader.verify()).toMatchObject({
        ok: false,
        problems: [{ file: newest(), rollup: null }],
      });
    }
  });

  test('with no intact one beside it stops the store from opening', async () => {
    for (const path of [newest(), older()]) writeFileSync(path, 'x');
    await expect(openSample(storage.directory)).rejects.toMatchObject({
      code: 'corrupt',
      message: expect.stringContaining('00000002.json'),
    });
    await expect(verifyStore(nodeDisk, storage.directory)).rejects.toMatchObject({ code: 'corrupt' });
  });

  test('that is another manifest under its name is damaged', async () => {
    copyFileSync(older(), newest());
    const reader = await openSample(storage.directory);
    expect(reader.snapshot().version).toBe(1);
    expect(reader.warnings()).toHaveLength(1);
  });

  test('keeps its data files until two publishes later', async () => {
    const files = publishedFiles().map((file) => file.path);
    const bytes = readFileSync(newest());
    writeFileSync(newest(), 'x');
    const writer = await openSample(storage.directory);
    await publishSample(writer, sample, 'c');
    expect(writer.snapshot().version).toBe(3);
    expect(await writer.collectGarbage()).toEqual([]);
    writeFileSync(newest(), bytes);
    expect(await (await openSample(storage.directory)).verify()).toMatchObject({ ok: true });
    writeFileSync(newest(), 'x');
    await publishSample(writer, sample, 'd');
    await closeSamples(writer);
    expect(await writer.collectGarbage()).toEqual(
      expect.arrayContaining(['manifests/00000002.json', ...files]),
    );
    expect(await writer.verify()).toMatchObject({ ok: true, problems: [] });
  });

  test('that names a file outside of data/ is damaged', async () => {
    const manifest = decodeManifest(readFileSync(newest()), 2, newest());
    const text = JSON.stringify(manifest).replace(/data\/[^"]+/, '../../etc/passwd');
    writeFileSync(newest(), encodeManifest(JSON.parse(text) as NonNullable<typeof manifest>));
    expect((await openSample(storage.directory)).warnings()).toHaveLength(1);
  });
});

test('a store of a newer format is refused, not damaged', async () => {
  const path = join(storage.directory, 'manifests', '00000003.json');
  const body = Buffer.from(encodeManifest({ number: 3, publishedAt: 0, keep: 2, recent: [], rollups: [] }))
    .toString()
    .replace(`"format":${FORMAT_VERSION}`, `"format":${FORMAT_VERSION + 1}`)
    .replace(/,"crc32".*\n/, '');
  writeFileSync(path, `${body},"crc32":"${crc32(body).toString(16).padStart(8, '0')}"}\n`);
  await expect(openSample(storage.directory)).rejects.toMatchObject({
    code: 'format_newer',
    message: expect.stringMatching(/format version 2; this Granary reads up to 1\..*Update Granary/),
  });
});
