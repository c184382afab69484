import { expect, test } from 'vitest';
import type { StoredBatch, StoredColumn } from '../../dist/model/batch.js';
import type { FileMeta, RollupColumn } from '../../dist/model/catalog.js';
import { LIMITS } from '../../dist/model/limits.js';
import { PartitionCache } from '../../dist/storage/partition-cache.js';

const COLUMN_BYTES = 100;

function file(path: string): FileMeta {
  return { path, bytes: 1, crc32: 0, rows: 1, columns: [] };
}

function columns(...names: string[]): RollupColumn[] {
  return names.map((name) => ({ name, role: { kind: 'dimension' } }));
}

/** A cache over a loader that remembers what it was asked, and answers when it is let. */
function watchedCache(bytesMax = 10 * COLUMN_BYTES) {
  const loads: string[] = [];
  let open = 0;
  let openMax = 0;
  let failure: Error | null = null;
  const load = async ({ path }: FileMeta, wanted: readonly RollupColumn[]): Promise<StoredBatch> => {
    loads.push(`${path}:${wanted.map((column) => column.name).join('')}`);
    openMax = Math.max(openMax, ++open);
    await new Promise((resolve) => setTimeout(resolve, 1));
    open--;
    if (failure !== null) throw failure;
    const column: StoredColumn = { kind: 'wide', type: { kind: 'integer' }, values: [1n] };
    const decoded = new Map(wanted.map(({ name }) => [name, column]));
    return { rows: 1, columns: decoded, bytes: wanted.length * COLUMN_BYTES };
  };
  return {
    cache: new PartitionCache(load, bytesMax),
    loads,
    openMax: () => openMax,
    fail: (error: Error | null) => (failure = error),
  };
}

test('a file is loaded once, and again only for columns that are not there', async () => {
  const { cache, loads } = watchedCache();
  const first = await cache.read(file('a'), columns('x', 'y'));
  expect(await cache.read(file('a'), columns('y'))).toBe(first);
  const more = await cache.read(file('a'), columns('x', 'z'));
  expect([...more.columns.keys()]).toEqual(['x', 'y', 'z']);
  expect(await cache.read(file('a'), columns('z', 'y', 'x'))).toBe(more);
  expect(loads).toEqual(['a:xy', 'a:z']);
  expect(cache.bytes).toBe(3 * COLUMN_BYTES);
});

test('loads under way are shared', async () => {
  const { cache, loads } = watchedCache();
  const batches = await Promise.all([
    cache.read(file('a'), columns('x')),
    cache.read(file('a'), columns('x')),
    cache.read(file('a'), columns('x', 'y')),
  ]);
  expect(batches[0]).toBe(batches[1]);
  expect(batches[2].columns.size).toBe(2);
  expect(loads).toEqual(['a:x', 'a:y']);
});

test('what was not asked for longest goes first when the budget is used up', async () => {
  const { cache, loads } = watchedCache(2 * COLUMN_BYTES);
  await cache.read(file('a'), columns('x'));
  await cache.read(file('b'), columns('x'));
  await cache.read(file('a'), columns('x'));
  await cache.read(file('c'), columns('x'));
  expect(cache.bytes).toBe(2 * COLUMN_BYTES);
  await cache.read(file('a'), columns('x'));
  await cache.read(file('b'), columns('x'));
  expect(loads).toEqual(['a:x', 'b:x', 'c:x', 'b:x']);
});

test('a batch larger than the budget is given and not kept', async () => {
  const { cache } = watchedCache(COLUMN_BYTES);
  expect((await cache.read(file('a'), columns('x', 'y'))).columns.size).toBe(2);
  expect(cache.bytes).toBe(0);
});

test('a failed load is told to its caller and tried again by the next', async () => {
  const { cache, loads, fail } = watchedCache();
  fail(new Error('gone'));
  const outcomes = await Promise.allSettled([1, 2].map(async () => cache.read(file('a'), columns('x'))));
  expect(outcomes.map((outcome) => outcome.status)).toEqual(['rejected', 'rejected']);
  fail(null);
  await cache.read(file('a'), columns('x'));
  expect(loads).toEqual(['a:x', 'a:x', 'a:x']);
});

test('no more files are read at a time than the limit', async () => {
  const { cache, openMax } = watchedCache();
  await Promise.all(Array.from({ length: 20 }, async (_, i) => cache.read(file(`f${i}`), columns('x'))));
  expect(openMax()).toBe(LIMITS.fileReadsMax);
});
