import { mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { LIMITS } from '../../dist/model/limits.js';
import { collectGarbage } from '../../dist/storage/collect-garbage.js';
import { nodeDisk } from '../../dist/storage/node-disk.js';
import {
  closeSamples,
  openSample,
  publishSample,
  sealPartition,
  writeSample,
} from './support/sample-store.js';
import type { Sample } from './support/sample-store.js';
import { temporaryFolder } from './support/temporary-folder.js';

let sample: Sample;
let directory: string;

beforeEach(async () => {
  const folder = temporaryFolder();
  sample = await writeSample(folder);
  directory = join(folder, 'store');
  await publishSample(await openSample(directory), sample, 'a');
  await closeSamples();
});

test('staging of a living process stays, of an ended one goes at the next opening', async () => {
  const { place, pid, start } = await nodeDisk.self();
  const names = [`x1.${place}.${pid}.${start}`, `x2.${place}.${pid}.${start + 1}`, `x3.${place}.999999999.5`];
  for (const name of names) mkdirSync(join(directory, 'staging', name, 'deep'), { recursive: true });
  await openSample(directory);
  expect(readdirSync(join(directory, 'staging'))).toEqual(names.slice(0, 1));
});

test('staging of another place goes once nothing in it was touched for long', async () => {
  const folder = join(directory, 'staging', 'x1.deadbeef.1.1');
  mkdirSync(folder);
  writeFileSync(join(folder, 'file'), '');
  const later = (ms: number) => ({ ...nodeDisk, now: () => Date.now() + ms });
  const age = (path: string, ms: number): void => utimesSync(path, new Date(), new Date(Date.now() - ms));
  age(folder, 2 * LIMITS.stagingIdleMsMax);
  expect(await collectGarbage(nodeDisk, directory, true)).toEqual([]);
  expect(await collectGarbage(later(LIMITS.stagingIdleMsMax - 60_000), directory, true)).toEqual([]);
  expect(await collectGarbage(later(LIMITS.stagingIdleMsMax + 60_000), directory, true)).toEqual([
    'staging/x1.deadbeef.1.1',
  ]);
});

test('foreign files and folders are never touched', async () => {
  const foreign = [
    'README',
    'data/README',
    'data/sales.daily/README',
    'data/sales.daily/all-0-UPPER.parquet',
    'data/sales.daily/all-0-x.parquet.bak',
    'data/sales.daily/all-0-UPPER.arrow',
    'data/sales.daily/x.arrow',
    'data/sales.daily/rollup-X.json',
    'readers/README',
    'readers/mine/00000001.json',
    'data/Sales.daily/all-0-x.parquet',
    'data/sales/all-0-x.parquet',
    'manifests/1.json',
    'manifests/00000000.json.bak',
    'staging/README',
    'staging/mine/file',
  ];
  for (const path of foreign) {
    mkdirSync(join(directory, path, '..'), { recursive: true });
    writeFileSync(join(directory, path), '');
  }
  const storage = await openSample(directory);
  await publishSample(storage, sample, 'b');
  await publishSample(storage, sample, 'c');
  // A manifest, two files with their serving files, and a page.
  expect(await storage.collectGarbage()).toHaveLength(1 + 2 * 2 + 1);
  for (const path of foreign) expect(await nodeDisk.stat(join(directory, path)), path).not.toBeNull();
  expect(await storage.verify()).toMatchObject({ ok: true });
});

test('what a failed publish left in data/ goes when its staging is gone', async () => {
  const storage = await openSample(directory);
  const staging = await storage.stage('b');
  const partition = await sealPartition(staging, sample, 'all');
  const path = partition.files[0].path;
  await nodeDisk.link(
    staging.pathOf({ rollup: 'sales.daily', partition: 'all', index: 0 }),
    join(directory, path),
  );
  expect(await storage.collectGarbage()).toEqual([]);
  expect((await storage.verify()).unreferenced).toEqual([path]);
  await staging.discard();
  expect(await storage.collectGarbage()).toEqual([path]);
});

test('a store that cannot be cleaned still opens, with a warning', async () => {
  const { place } = await nodeDisk.self();
  mkdirSync(join(directory, 'staging', `x1.${place}.999999999.5`));
  const disk = {
    ...nodeDisk,
    removeDirectory: () => nodeDisk.createFile('/proc/none/none', new Uint8Array()),
  };
  const storage = await openSample(directory, disk);
  expect(storage.warnings()).toEqual([expect.stringContaining('not removed')]);
  expect(storage.snapshot().version).toBe(1);
});
