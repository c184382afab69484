/** A published file that is not what was published: never an answer from it, and what happens instead. */
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openStore } from '../../dist/index.js';
import type { Store, StoreOptions } from '../../dist/index.js';

let folder: string;
let store: Store;

const COUNT = { measures: ['orders.count'] };
const BY_DAY = {
  measures: ['orders.count'],
  timeDimensions: [{ dimension: 'orders.at', granularity: 'month' }],
};

function modelWith(partition: object): object {
  const monthly = {
    name: 'monthly',
    measures: ['count'],
    time_dimension: 'at',
    granularity: 'day',
    ...partition,
  };
  return {
    cubes: [
      {
        name: 'orders',
        sql: "SELECT TIMESTAMP '2024-01-01' + to_days(i::INT) AS day FROM range(91) t(i)",
        dimensions: [{ name: 'at', sql: 'day', type: 'time' }],
        measures: [{ name: 'count', type: 'count' }],
        pre_aggregations: [monthly],
      },
    ],
  };
}

async function reopen(options: Partial<StoreOptions> = {}, partitioned = true): Promise<void> {
  await store?.close();
  store = await openStore({
    model: modelWith(partitioned ? { partition_granularity: 'month' } : {}) as Record<string, unknown>,
    store: join(folder, 'store'),
    sources: { default: { type: 'duckdb' } },
    // With them, and by what the page tells of whole partitions, the Parquet would not be read.
    servingFiles: false,
    testing: { totals: false },
    ...options,
  });
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'granary-damaged-'));
  await reopen();
  await store.build();
});

afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});

function filesOf(ending: string): string[] {
  const rollup = join(folder, 'store', 'data', 'orders.monthly');
  return readdirSync(rollup)
    .filter((name) => name.endsWith(ending))
    .toSorted()
    .map((name) => join(rollup, name));
}

function flipByte(path: string): void {
  const bytes = readFileSync(path);
  bytes[bytes.length >> 1] ^= 0x10;
  writeFileSync(path, bytes);
}

test('what the catalog tells of a partition is answered whatever its file is', async () => {
  await reopen({ testing: {} });
  for (const path of filesOf('.parquet')) flipByte(path);
  const { data, meta } = await store.query(COUNT);
  expect([data, meta.mode, meta.rowsScanned]).toEqual([[{ 'orders.count': '91' }], 'rollup', 3]);
});

describe('[fault 6] a damaged file of one partition', () => {
  test('is left to the source, told, and built again by the next build', async () => {
    await reopen();
    flipByte(filesOf('.parquet')[1]);
    const { data, meta } = await store.query(BY_DAY);
    expect(data.map((row) => row['orders.count'])).toEqual(['31', '29', '31']);
    expect([meta.mode, meta.partitions]).toEqual(['hybrid', { read: 2, total: 2 }]);
    expect((await store.status()).warnings).toEqual([
      expect.stringMatching(/20240201-0-.*set aside: .*CRC-32/),
    ]);
    expect((await store.query(COUNT, { policy: 'sourceOnly' })).data).toEqual([{ 'orders.count': '91' }]);
    await expect(store.query(COUNT, { policy: 'rollupOnly' })).rejects.toMatchObject({ code: 'not_covered' });
    expect((await store.build()).rollups).toMatchObject([{ partitionsBuilt: 1, partitionsKept: 2 }]);
    expect((await store.query(COUNT)).meta.mode).toBe('rollup');
    expect((await store.status()).warnings).toEqual([]);
    expect((await store.verify()).ok).toBe(true);
  });

  test('that is missing is left to the source too', async () => {
    await reopen();
    rmSync(filesOf('.parquet')[0]);
    const { data, meta } = await store.query(COUNT);
    expect([data[0]['orders.count'], meta.mode]).toEqual(['91', 'hybrid']);
  });

  test('is built again at once where the store is opened so', async () => {
    await reopen({ damage: 'rebuild' });
    flipByte(filesOf('.parquet')[1]);
    expect((await store.query(COUNT)).data).toEqual([{ 'orders.count': '91' }]);
    await expect.poll(async () => (await store.query(COUNT)).meta.mode, { timeout: 20_000 }).toBe('rollup');
    expect((await store.verify()).ok).toBe(true);
  });

  test('is not needed where its serving file is intact, and is found by verify', async () => {
    await reopen({ servingFiles: true });
    await store.build({ force: true });
    await reopen({ servingFiles: true, damage: 'refuse' });
    for (const path of filesOf('.parquet')) flipByte(path);
    const { data, meta } = await store.query(BY_DAY);
    expect([data.map((row) => row['orders.count']), meta.mode]).toEqual([['31', '29', '31'], 'rollup']);
    expect((await store.verify()).problems).toHaveLength(3);
    for (const path of filesOf('.arrow')) rmSync(path);
    await reopen({ servingFiles: true });
    expect((await store.query(BY_DAY)).meta.mode).toBe('source');
  });

  test('is refused where the store is opened so', async () => {
    await reopen({ damage: 'refuse' });
    flipByte(filesOf('.parquet')[1]);
    await expect(store.query(COUNT)).rejects.toMatchObject({
      code: 'corrupt',
      message: expect.stringContaining('20240201-0-'),
    });
  });
});

test('[fault 6] of a rollup without partitions nothing is left, of one whose page is damaged neither', async () => {
  await reopen({}, false);
  await store.build();
  await reopen({}, false);
  for (const path of filesOf('.parquet')) flipByte(path);
  expect((await store.query(COUNT)).meta.mode).toBe('source');
  expect((await store.build()).rollups).toMatchObject([{ outcome: 'built' }]);
  expect((await store.query(COUNT)).meta.mode).toBe('rollup');
  await reopen({}, false);
  for (const path of filesOf('.json')) flipByte(path);
  expect((await store.query(COUNT)).data).toEqual([{ 'orders.count': '91' }]);
  expect((await store.query(COUNT)).meta.mode).toBe('source');
  expect((await store.status()).rollups).toMatchObject([{ state: 'not_built' }]);
  expect((await store.verify()).problems).toMatchObject([{ rollup: 'orders.monthly', partition: null }]);
  expect((await store.build()).rollups).toMatchObject([{ outcome: 'built' }]);
  expect((await store.query(COUNT)).meta.mode).toBe('rollup');
});
