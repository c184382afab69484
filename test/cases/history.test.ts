/** Publishes that are kept: asked as they were, compared, brought back. */
import { appendFileSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openStore } from '../../dist/index.js';
import type { Store } from '../../dist/index.js';

let folder: string;
let store: Store;

const MODEL = {
  cubes: [
    {
      name: 'orders',
      sql_table: 'orders',
      dimensions: [{ name: 'at', sql: 'day', type: 'time' }],
      measures: [{ name: 'count', type: 'count' }],
      pre_aggregations: [
        {
          name: 'monthly',
          measures: ['count'],
          time_dimension: 'at',
          granularity: 'day',
          partition_granularity: 'month',
        },
      ],
    },
  ],
};

function open(keep?: number): Promise<Store> {
  return openStore({
    model: MODEL,
    store: join(folder, 'store'),
    ...(keep === undefined ? {} : { keep }),
    sources: {
      default: {
        type: 'duckdb',
        init: [
          `CREATE VIEW orders AS SELECT CAST(day AS TIMESTAMP) AS day FROM read_csv('${join(folder, 'orders.csv')}')`,
        ],
      },
    },
  });
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'granary-history-'));
  writeFileSync(join(folder, 'orders.csv'), 'day\n2024-01-05\n2024-02-05\n');
  store = await open(10);
});

afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});

const COUNT = { measures: ['orders.count'] };

async function countOf(options: Parameters<Store['query']>[1] = {}): Promise<unknown> {
  const { data, meta } = await store.query(COUNT, options);
  return [data[0]['orders.count'], meta.mode];
}

async function buildWith(...lines: readonly string[]): Promise<void> {
  appendFileSync(join(folder, 'orders.csv'), lines.map((line) => `${line}\n`).join(''));
  await store.build({ force: true });
}

test('an earlier publish is asked by its number and by a time', async () => {
  await store.build();
  const between = new Date();
  await buildWith('2024-02-06', '2024-03-01');
  expect(await countOf()).toEqual(['4', 'rollup']);
  expect(await countOf({ asOf: 1 })).toEqual(['2', 'rollup']);
  expect(await countOf({ asOf: between })).toEqual(['2', 'rollup']);
  expect(await countOf({ asOf: between.toISOString() })).toEqual(['2', 'rollup']);
  expect(await countOf({ asOf: 2 })).toEqual(['4', 'rollup']);
  const { mode } = await store.explain(COUNT, { asOf: 1 });
  expect(mode).toBe('rollup');
});

test('what no rollup held then is refused, unless the source may tell how it is now', async () => {
  await store.build({ range: ['2024-01-01', '2024-02-01'] });
  await buildWith();
  await expect(countOf({ asOf: 1 })).rejects.toMatchObject({ code: 'not_covered' });
  expect(await countOf({ asOf: 1, policy: 'auto' })).toEqual(['2', 'hybrid']);
});

test('a publish that is not kept, and no publish at all, are refused with where to look', async () => {
  await store.build();
  for (const asOf of [7, 0, -1, 1.5, 'yesterday', new Date(Number.NaN)])
    await expect(countOf({ asOf }), String(asOf)).rejects.toMatchObject({ code: 'query_invalid' });
  await expect(countOf({ asOf: new Date(0) })).rejects.toMatchObject({
    message: expect.stringContaining('1970'),
  });
});

test('the history tells what changed, and the difference of two publishes which partitions', async () => {
  await store.build();
  await buildWith('2024-02-06', '2024-03-01');
  expect(await store.history()).toMatchObject([
    { number: 2, rollups: 1, changed: ['orders.monthly'] },
    { number: 1, rollups: 1, changed: null },
  ]);
  expect(await store.difference(1, 2)).toEqual([
    {
      rollup: 'orders.monthly',
      change: 'changed',
      partitions: [
        { key: '20240201', before: 1, after: 2 },
        { key: '20240301', before: null, after: 1 },
      ],
    },
  ]);
  expect(await store.difference(2, 2)).toEqual([]);
});

test('a rollback is a publish of its own, which can be rolled back', async () => {
  await store.build();
  await buildWith('2024-02-06');
  expect(await store.rollback(1)).toBe(3);
  expect(await countOf()).toEqual(['2', 'rollup']);
  expect(await store.rollback(2, { preAggregations: ['orders.monthly'] })).toBe(4);
  expect(await countOf()).toEqual(['3', 'rollup']);
  await expect(store.rollback(1, { preAggregations: ['orders.montly'] })).rejects.toMatchObject({
    next: "Did you mean 'orders.monthly'?",
  });
  expect((await store.verify()).ok).toBe(true);
});

test('as many publishes stay as the store says, two by default, and a pinned one beside them', async () => {
  await store.close();
  store = await open();
  await store.build();
  const reader = await open();
  await buildWith('2024-03-01');
  await buildWith('2024-03-02');
  await buildWith('2024-03-03');
  expect((await store.history()).map(({ number }) => number)).toEqual([4, 3]);
  // It has looked at nothing since, and still can.
  expect((await reader.query(COUNT)).data).toEqual([{ 'orders.count': '2' }]);
  await reader.close();
  expect(readdirSync(join(folder, 'store', 'readers'))).toHaveLength(1);
  await store.close();
  store = await open(5);
  await buildWith('2024-03-04');
  await buildWith('2024-03-05');
  expect((await store.history()).map(({ number }) => number)).toEqual([6, 5, 4, 3]);
});
