/** What a process reads stays, whatever others publish and collect. */
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { StoreError } from '../../dist/model/errors.js';
import type { FileMeta } from '../../dist/model/catalog.js';
import type { Disk } from '../../dist/storage/disk.js';
import { nodeDisk } from '../../dist/storage/node-disk.js';
import type { Storage } from '../../dist/storage/storage.js';
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
let writer: Storage;

/** A process of this place that ended long ago. */
const ENDED: Disk = { ...nodeDisk, self: async () => ({ ...(await nodeDisk.self()), start: 1 }) };

/** It may only read. */
const READ_ONLY: Disk = {
  ...nodeDisk,
  makeDirectory: async (path) => {
    throw new StoreError('build_failed', `Cannot make ${path} (EROFS).`, { next: 'Check the disk.' });
  },
};

beforeEach(async () => {
  const folder = temporaryFolder();
  sample = await writeSample(folder);
  directory = join(folder, 'store');
  writer = await openSample(directory);
  await publishSample(writer, sample, 'a');
});

afterEach(() => closeSamples());

async function publishAndCollect(...tokens: readonly string[]): Promise<void> {
  for (const token of tokens) {
    await publishSample(writer, sample, token);
    await writer.collectGarbage(false);
  }
}

async function filesOf(storage: Storage): Promise<readonly FileMeta[]> {
  return (await publishedRollup(storage)).partitions.flatMap(({ files }) => files);
}

const isThere = ({ path }: FileMeta): boolean => existsSync(join(directory, path));

test('a reader keeps its snapshot, its pages and its files until it closes; then they are garbage', async () => {
  const reader = await openSample(directory);
  await publishAndCollect('b', 'c', 'd', 'e');
  const files = await filesOf(reader);
  expect(files.map(isThere)).toEqual([true, true]);
  expect((await reader.readPartition(files[0], [])).rows).toBe(900);
  await reader.close();
  expect(files.map(isThere)).toEqual([false, false]);
  expect(readdirSync(join(directory, 'readers'))).toHaveLength(1);
});

test('what is held outlives a reload, and goes when it is released', async () => {
  const reader = await openSample(directory);
  const files = await filesOf(reader);
  const held = reader.hold();
  await publishAndCollect('b', 'c', 'd');
  expect((await reader.reload()).version).toBe(4);
  await reader.collectGarbage();
  expect([held.snapshot.version, ...files.map(isThere)]).toEqual([1, true, true]);
  held.release();
  held.release();
  await reader.collectGarbage();
  expect(files.map(isThere)).toEqual([false, false]);
});

test('pins of a process that ended keep nothing', async () => {
  await openSample(directory, ENDED);
  const files = await filesOf(writer);
  await publishAndCollect('b', 'c', 'd');
  expect(files.map(isThere)).toEqual([false, false]);
  expect(readdirSync(join(directory, 'readers'))).toHaveLength(1);
});

test('a reader that cannot write reads, and learns from a missing file whether it is outdated or damaged', async () => {
  const reader = await openSample(directory, READ_ONLY, false);
  const { snapshot } = reader.hold();
  const [file] = await filesOf(reader);
  const missing = async (): Promise<unknown> =>
    Promise.resolve(reader.readPartition(file, [])).catch((error: unknown) => error);
  await publishAndCollect('b', 'c', 'd');
  expect(await reader.setAside(await missing(), snapshot)).toBeNull();
  expect(reader.snapshot().version).toBe(4);

  const fresh = reader.hold();
  const [other] = await filesOf(reader);
  rmSync(join(directory, other.path));
  const error: unknown = await Promise.resolve(reader.readPartition(other, [])).catch(
    (cause: unknown) => cause,
  );
  expect(await reader.setAside(error, fresh.snapshot)).toMatchObject({ path: other.path });
});

test('an earlier publish is held by its number as long as it is kept', async () => {
  await publishAndCollect('b');
  const held = await writer.holdPublish(1);
  await publishAndCollect('c', 'd');
  expect([...held.snapshot.rollups.keys()]).toEqual(['sales.daily']);
  held.release();
  await expect(writer.holdPublish(2)).rejects.toMatchObject({ code: 'query_invalid' });
});

test('a publish that others have replaced and removed at once shows theirs, and queries go on', async () => {
  const other = await openSample(directory);
  let isFirst = true;
  const slow = await openSample(
    directory,
    watchedDisk(nodeDisk, {
      // The last look of a publish: after it nothing but its own pin is to come.
      after: async (_call, name, [path]) => {
        if (!isFirst || name !== 'list' || !String(path).endsWith('manifests')) return;
        if (!existsSync(join(directory, 'manifests', '00000002.json'))) return;
        isFirst = false;
        await other.reload();
        for (const token of ['x', 'y', 'z']) await publishSample(other, sample, token);
        await other.collectGarbage();
      },
    }),
  );
  await publishSample(slow, sample, 'slow');
  expect(isFirst).toBe(false);
  expect(slow.snapshot().version).toBe(5);
  slow.hold().release();
  expect(await slow.verify()).toMatchObject({ ok: true });
});
