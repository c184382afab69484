import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { openStore } from '../../dist/index.js';
import type { Disk } from '../../dist/storage/disk.js';
import { memoryDisk } from '../../dist/storage/memory-disk.js';
import { nodeDisk } from '../../dist/storage/node-disk.js';

const paths = fc.constantFrom('a', 'b', 'a/x', 'a/y', 'b/x', 'a/x/z');
const bytes = fc.uint8Array({ maxLength: 5 });

/** A call of a disk: what it gives, or the word of its error. */
type Call = (disk: Disk, root: string) => Promise<unknown>;

const calls: fc.Arbitrary<[string, Call]> = fc.oneof(
  fc
    .tuple(paths, bytes)
    .map(([path, data]): [string, Call] => [
      `createFile ${path} ${data.join()}`,
      (disk, root) => disk.createFile(join(root, path), data),
    ]),
  fc.tuple(paths, fc.nat(3), bytes).map(([path, start, data]): [string, Call] => [
    `replaceEnd ${path} ${start} ${data.join()}`,
    async (disk, root) => {
      const status = await disk.stat(join(root, path));
      if (status !== null && !status.isDirectory && status.bytes >= start)
        await disk.replaceEnd(join(root, path), start, data);
    },
  ]),
  fc.tuple(paths, paths).map(([from, to]): [string, Call] => [
    `link ${from} ${to}`,
    async (disk, root) => {
      // What systems say of folders differs.
      const status = await disk.stat(join(root, from));
      return status?.isDirectory === false ? disk.link(join(root, from), join(root, to)) : null;
    },
  ]),
  paths.map((path): [string, Call] => [`make ${path}`, (disk, root) => disk.makeDirectory(join(root, path))]),
  paths.map((path): [string, Call] => [
    `read ${path}`,
    async (disk, root) => [...(await disk.readFile(join(root, path)))],
  ]),
  paths.map((path): [string, Call] => [
    `range ${path}`,
    async (disk, root) => [...(await disk.readRange(join(root, path), 1, 3))],
  ]),
  paths.map((path): [string, Call] => [
    `list ${path}`,
    async (disk, root) => [...(await disk.list(join(root, path)))].toSorted(),
  ]),
  paths.map((path): [string, Call] => [
    `remove ${path}`,
    async (disk, root) => {
      const status = await disk.stat(join(root, path));
      return status?.isDirectory === true
        ? disk.removeDirectory(join(root, path))
        : disk.removeFile(join(root, path));
    },
  ]),
  fc.constant<[string, Call]>([
    'renameDirectory a b',
    async (disk, root) => {
      const status = await disk.stat(join(root, 'a'));
      return status?.isDirectory === true ? disk.renameDirectory(join(root, 'a'), join(root, 'b')) : null;
    },
  ]),
  paths.map((path): [string, Call] => [
    `stat ${path}`,
    async (disk, root) => {
      const status = await disk.stat(join(root, path));
      return status === null || status.isDirectory ? status?.isDirectory : status.bytes;
    },
  ]),
);

test('a disk in memory does what the disk of the machine does', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'granary-disk-'));
  let run = 0;
  try {
    await fc.assert(
      fc.asyncProperty(fc.array(calls, { maxLength: 25 }), async (list) => {
        const memory = memoryDisk();
        const root = join(folder, String(run++));
        await nodeDisk.makeDirectory(root);
        await memory.makeDirectory(root);
        for (const [name, call] of list)
          expect([name, await outcome(call, memory, root)]).toEqual([
            name,
            await outcome(call, nodeDisk, root),
          ]);
      }),
      { numRuns: 300 },
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});

/** Errors differ in their codes where the system has many. */
async function outcome(call: Call, disk: Disk, root: string): Promise<unknown> {
  try {
    return (await call(disk, root)) ?? null;
  } catch {
    return 'an error';
  }
}

test('a store in memory builds, answers, remembers and checks as one on a disk, and leaves nothing', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'granary-disk-'));
  vi.stubEnv('TMPDIR', folder);
  const store = await openStore({
    store: ':memory:',
    sources: { default: { type: 'duckdb' } },
    model: {
      cubes: [
        {
          name: 'orders',
          sql: "SELECT TIMESTAMP '2024-01-01' + to_days(i::INT) AS day, i % 7 AS kind FROM range(91) t(i)",
          dimensions: [
            { name: 'at', sql: 'day', type: 'time' },
            { name: 'kind', sql: 'kind', type: 'number' },
          ],
          measures: [{ name: 'count', type: 'count' }],
          pre_aggregations: [
            {
              name: 'daily',
              measures: ['count'],
              dimensions: ['kind'],
              time_dimension: 'at',
              granularity: 'day',
              partition_granularity: 'month',
              indexes: [{ name: 'by_kind', columns: ['kind'], type: 'aggregate' }],
            },
          ],
        },
      ],
    },
  });
  await store.build();
  await store.build({ force: true });
  const { data, meta } = await store.query({
    measures: ['orders.count'],
    dimensions: ['orders.kind'],
    order: { 'orders.kind': 'asc' },
  });
  expect(data.map((row) => row['orders.count'])).toEqual(Array.from({ length: 7 }, () => '13'));
  expect([meta.mode, meta.index]).toEqual(['rollup', 'by_kind']);
  expect((await store.query({ measures: ['orders.count'] }, { asOf: 1 })).data).toEqual([
    { 'orders.count': '91' },
  ]);
  expect((await store.verify()).ok).toBe(true);
  expect((await store.history()).map(({ number }) => number)).toEqual([2, 1]);
  await store.close();
  expect(readdirSync(folder)).toEqual([]);
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
  expect(readdirSync('.')).not.toContain(':memory:');
});
