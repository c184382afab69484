/** `store.explain` over real tables: the estimate of a fix, and the rules of times that the documents give. */
import { expect, test } from 'vitest';
import { openStore } from '../../dist/index.js';
import { applyPatch } from '../support/apply-patch.js';
import { buildTables, refusals, tableOf, temporaryFolder } from '../support/open-tables.js';

/** Two days, two statuses, three regions, 24 rows. */
const rows = Array.from({ length: 24 }, (_, at) => {
  const hour = String(at % 24).padStart(2, '0');
  const region = ['north', 'south', 'west'][at % 3];
  return `'${at % 2 === 0 ? 'new' : 'paid'}', '${region}', ${at}, TIMESTAMP '2024-01-0${1 + (at % 2)} ${hour}:00:00'`;
});
const init = [tableOf('orders', ['status', 'region', 'amount', 'created_at'], rows)];

const model = (granularity: string) => ({
  cubes: [
    {
      name: 'orders',
      sql_table: 'orders',
      measures: [
        { name: 'count', type: 'count' },
        { name: 'revenue', type: 'sum', sql: 'amount' },
        { name: 'average', type: 'avg', sql: 'amount' },
        { name: 'regions', type: 'count_distinct', sql: 'region' },
      ],
      dimensions: [
        { name: 'status', type: 'string', sql: 'status' },
        { name: 'region', type: 'string', sql: 'region' },
        { name: 'created_at', type: 'time', sql: 'created_at' },
      ],
      pre_aggregations: [
        {
          name: 'main',
          measures: ['count', 'revenue'],
          dimensions: ['status'],
          time_dimension: 'created_at',
          granularity,
        },
      ],
    },
  ],
});

async function open(document: object) {
  const sources = { default: { type: 'duckdb' as const, init } };
  return openStore({ model: { ...document }, store: temporaryFolder(), sources });
}

const byRegion = { measures: ['orders.count'], dimensions: ['orders.region'] };

test('the estimate of a fix is what the rollup then holds', async () => {
  const document = model('day');
  const store = await open(document);
  await store.build();
  const { fix, sql } = await store.explain(byRegion);
  // Two days, each of one status, and in each every region.
  expect(fix).toEqual({
    text: 'Add dimension orders.region to orders.main: about 3.0 × its rows (6).',
    patch: [{ op: 'add', path: '/cubes/0/pre_aggregations/0/dimensions/-', value: 'orders.region' }],
    estimate: { rows: 6, factor: 3 },
  });
  expect(sql?.text).toContain('GROUP BY');
  await store.close();
  const fixed = await open(applyPatch(document, fix?.patch ?? []));
  await fixed.build();
  expect((await fixed.status()).rollups[0].rows).toBe(6);
  expect((await fixed.query(byRegion)).meta.preAggregation).toBe('orders.main');
  await fixed.close();
});

test('the estimate is asked for before anything is built too, and a smaller grain is counted', async () => {
  const store = await open(model('day'));
  const { fix, candidates } = await store.explain({
    measures: ['orders.count'],
    timeDimensions: [{ dimension: 'orders.created_at', granularity: 'hour' }],
  });
  await store.close();
  expect(candidates[0].reasons.map(({ code }) => code)).toEqual(['granularity_too_fine', 'not_built']);
  expect(fix).toMatchObject({
    text: 'Set the granularity of orders.main to hour: about 12.0 × its rows (24).',
    estimate: { rows: 24, factor: 12 },
  });
});

const tables = { yaml: '', init };
const at = (granularity: string | undefined, from: string, to: string) => ({
  measures: ['orders.count'],
  timeDimensions: [
    { dimension: 'orders.created_at', ...(granularity && { granularity }), dateRange: [from, to] },
  ],
});
const refused = async (stored: string, query: object) => {
  const store = await buildTables({ ...tables, options: { model: model(stored) } });
  return refusals(store, query, 'orders.main');
};

test('[B42] a range within a day needs the hours that both consist of', async () => {
  const noon = at('day', '2024-01-01T00:00:00.000', '2024-01-01T11:59:59.999');
  expect(await refused('day', noon)).toEqual(['range_not_aligned']);
  expect(await refused('hour', noon)).toEqual([]);
  const store = await buildTables({ ...tables, options: { model: model('day') } });
  const { candidates } = await store.explain(noon);
  expect(candidates[0].fix?.patch).toMatchObject([{ value: 'hour' }]);
});

test.each([
  ['month', '2024-01-01T00:00:00.000', '2024-01-31T23:59:59.999', []],
  ['month', '2024-01-01', '2024-01-31', []],
  ['month', '2024-01-01', '2024-01-30', ['range_not_aligned']],
  ['day', '2024-01-01T00:00:00.000', '2024-01-01T23:59:59.999', []],
  ['day', '2024-01-01T00:00:00.000', '2024-01-01T23:59:59.998', ['range_not_aligned']],
  ['second', '2024-01-01T00:00:00.000', '2024-01-01T00:00:00.999', []],
  ['second', '2024-01-01T00:00:00.000', '2024-01-01T00:00:00.500', ['range_not_aligned']],
] as const)('[B43][B44] %s: from %s to %s, both included', async (stored, from, to, codes) => {
  expect(await refused(stored, at(undefined, from, to))).toEqual([...codes]);
});

test.each([
  ['orders.revenue', []],
  // Kept as its sum and count, it is missing and nothing else (X22).
  ['orders.average', ['measure_missing', 'measure_missing']],
  ['orders.regions', ['measure_not_additive', 'measure_missing']],
] as const)(
  '[E25] %s has an aggregation that the rollup can be read with, or has not',
  async (measure, codes) => {
    const whole = { measures: [measure], dimensions: ['orders.status'] };
    expect(await refused('day', whole)).toEqual(codes.slice(0, 1));
    const exact = {
      ...whole,
      timeDimensions: [{ dimension: 'orders.created_at', granularity: 'day' }],
    };
    expect(await refused('day', exact)).toEqual(codes.slice(1));
  },
);
