import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import type { RollupMeta } from '../../dist/model/catalog.js';
import type { Disk } from '../../dist/storage/disk.js';
import { nodeDisk } from '../../dist/storage/node-disk.js';
import type { Storage } from '../../dist/storage/storage.js';
import {
  openSample,
  publishedRollup,
  publishSample,
  sampleRollup,
  sealPartition,
  writeSample,
} from './support/sample-store.js';
import type { Sample } from './support/sample-store.js';
import { temporaryFolder } from './support/temporary-folder.js';
import { watchedDisk } from './support/watched-disk.js';

let sample: Sample;
let directory: string;

beforeEach(async () => {
  const folder = temporaryFolder();
  sample = await writeSample(folder);
  directory = join(folder, 'store');
});

describe('[fault 7] two builds of one store', () => {
  test('one wins; the other is told, and publishes from the same staging after a reload', async () => {
    const [a, b] = [await openSample(directory), await openSample(directory)];
    const staging = await b.stage('b');
    const partition = await sealPartition(staging, sample, 'all', undefined, 'sales.other');
    await publishSample(a, sample, 'a');
    const put = [sampleRollup([partition], 1, 'sales.other')];
    await expect(b.publish(staging, { base: 0, put, remove: [] })).rejects.toMatchObject({
      code: 'commit_conflict',
      next: expect.stringContaining('Reload'),
    });
    expect(b.snapshot().version).toBe(0);
    expect((await b.reload()).version).toBe(1);
    await b.publish(staging, { base: 1, put, remove: [] });
    await staging.discard();
    expect([...(await a.reload()).rollups.keys()]).toEqual(['sales.daily', 'sales.other']);
    expect(await a.verify()).toMatchObject({ ok: true, files: 3 });
  });

  test('in one process neither undoes the other, though they know of each other', async () => {
    const storage = await openSample(directory);
    const stagings = [await storage.stage('a'), await storage.stage('b')];
    const puts: RollupMeta[][] = [];
    for (const staging of stagings) puts.push([sampleRollup([await sealPartition(staging, sample, 'all')])]);
    const outcomes = await Promise.allSettled(
      stagings.map((staging, i) => storage.publish(staging, { base: 0, put: puts[i], remove: [] })),
    );
    expect(outcomes).toMatchObject([
      { status: 'fulfilled', value: { version: 1 } },
      { status: 'rejected', reason: { code: 'commit_conflict' } },
    ]);
  });

  test('a builder that stood still while its number was used and removed does not win late', async () => {
    const other = await openSample(directory);
    await publishSample(other, sample, 'first');
    const late = await openSample(
      directory,
      beforeManifestLink(() => publishThrice(other)),
    );
    await expect(publishSample(late, sample, 'late')).rejects.toMatchObject({ code: 'commit_conflict' });
    await other.collectGarbage();
    const { version, rollups } = await other.reload();
    expect([version, rollups.get('sales.daily')!.lastRefreshTime]).toEqual([4, 4]);
    expect(await nodeDisk.list(join(directory, 'manifests'))).toHaveLength(2);
    expect((await other.verify()).unreferenced).toEqual([]);
  });

  test('a builder that stood still after its publish is told that it won', async () => {
    const other = await openSample(directory);
    await publishSample(other, sample, 'first');
    const disk = watchedDisk(nodeDisk, {
      before: async (_call, name, [path]) => {
        if (name !== 'syncDirectory' || !String(path).endsWith('manifests') || other.snapshot().version > 1)
          return;
        await other.reload();
        await publishThrice(other);
      },
    });
    await publishSample(await openSample(directory, disk), sample, 'slow');
    expect(other.snapshot().version).toBe(5);
    expect(await other.verify()).toMatchObject({ ok: true });
  });

  test('a token that an earlier build used is refused before anything is overwritten', async () => {
    const storage = await openSample(directory);
    await publishSample(storage, sample, 'a');
    await expect(publishSample(storage, sample, 'a')).rejects.toMatchObject({
      code: 'build_failed',
      message: expect.stringContaining('token'),
    });
    expect(await storage.verify()).toMatchObject({ ok: true });
  });
});

/** Runs something once, just before a manifest is published. */
function beforeManifestLink(run: () => Promise<void>): Disk {
  let ran = false;
  return watchedDisk(nodeDisk, {
    before: async (_call, name, [, to]) => {
      if (ran || name !== 'link' || !String(to).includes('manifests')) return;
      ran = true;
      await run();
    },
  });
}

async function publishThrice(storage: Storage): Promise<void> {
  for (const round of [1, 2, 3]) {
    await publishSample(storage, sample, `other${storage.snapshot().version}${round}`);
    await storage.collectGarbage();
  }
}

test('garbage collection before any call of a publish never takes what the publish needs', async () => {
  for (let n = 1; ; n++) {
    const folder = join(temporaryFolder(), 'store');
    await publishSample(await openSample(folder), sample, 'first');
    const other = await openSample(folder);
    let calls = 0;
    const disk = watchedDisk(nodeDisk, {
      before: async (call) => {
        calls = call;
        if (call === n) await other.collectGarbage();
      },
    });
    await publishSample(await openSample(folder, disk), sample, 'second');
    const { version } = await other.reload();
    expect(await other.verify()).toMatchObject({ ok: true, files: 2 });
    expect(version).toBe(2);
    if (calls < n) break;
  }
});

test('removed rollups are gone, their files after the next but one publish', async () => {
  const storage = await openSample(directory);
  await publishSample(storage, sample, 'a');
  expect((await storage.removeRollups('b', ['sales.daily'])).rollups.size).toBe(0);
  expect(await storage.collectGarbage()).toEqual([]);
  await storage.removeRollups('c', []);
  // The manifest, two files with their serving files, and a page.
  expect(await storage.collectGarbage()).toHaveLength(1 + 2 * 2 + 1);
  expect(await storage.verify()).toMatchObject({ ok: true, files: 0, unreferenced: [] });
});

test('a rollup with a file that was not sealed is not published', async () => {
  const storage = await openSample(directory);
  const staging = await storage.stage('a');
  const partition = await sealPartition(staging, sample, 'all');
  const foreign = { ...partition.files[0], path: 'data/sales.daily/all-0-other.parquet' };
  const put = [sampleRollup([{ ...partition, files: [foreign] }])];
  const change = { base: 0, put, remove: [] };
  await expect(storage.publish(staging, change)).rejects.toMatchObject({ code: 'build_failed' });
  await expect(storage.publish(staging, change)).rejects.toMatchObject({
    message: expect.stringContaining('not usable after an error'),
  });
  await staging.discard();
  expect(storage.snapshot().version).toBe(0);
});

test('partitions that did not change keep their files', async () => {
  const storage = await openSample(directory);
  await publishSample(storage, sample, 'a', ['20010101', '20010201']);
  const [kept] = (await publishedRollup(storage)).partitions;
  const staging = await storage.stage('b');
  const built = await sealPartition(staging, sample, '20010201');
  await storage.publish(staging, { base: 1, put: [sampleRollup([kept, built], 2)], remove: [] });
  await staging.discard();
  expect(await storage.collectGarbage()).toEqual([]);
  expect(await storage.verify()).toMatchObject({ ok: true, files: 2 });
  await publishSample(storage, sample, 'c', []);
  await publishSample(storage, sample, 'd', []);
  // Two manifests, two pages, three files with their serving files.
  expect(await storage.collectGarbage()).toHaveLength(2 + 2 + 3 * 2);
  expect(await storage.verify()).toMatchObject({
    ok: true,
    files: 0,
    unreferenced: [],
  });
});
