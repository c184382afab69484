/** FX-5, FX-6 and FX-9: the queries, ranges and granularities by which the documents explain what matches. */
import { describe, expect, test } from 'vitest';
import { completed, documentBlocks } from '../support/document-blocks.js';
import { buildTables, openTables, refusals, tableOf } from '../support/open-tables.js';
import type { Store } from '../support/open-tables.js';
import { valuesOf } from '../support/script-twins.js';

const started = documentBlocks('getting-started');
const reference = documentBlocks('reference-2019');
const foggy = documentBlocks('foggy');

describe('[FX-5] categoryAndDate', () => {
  const js = reference('categoryAndDate');
  const rows = [
    "'toys', 'Ann', 10, TIMESTAMP '2018-12-31 23:59:59.999'",
    "'toys', 'Bob', 20, TIMESTAMP '2019-01-01 00:00:00'",
    "'books', 'Ann', 40, TIMESTAMP '2019-01-31 23:59:59.999'",
    "'books', 'Ann', 80, TIMESTAMP '2019-02-01 00:00:00'",
    "'toys', 'Bob', 160, TIMESTAMP '2019-02-28 12:00:00'",
    "'toys', 'Bob', 320, TIMESTAMP '2019-12-31 23:59:59.999'",
  ];
  const tables = {
    yaml: '',
    js,
    init: [tableOf('orders', ['category', 'customer_name', 'amount', 'created_at'], rows)],
  };
  const now = Date.UTC(2019, 1, 14, 15);
  const rollup = 'Orders.categoryAndDate';
  const at = (dateRange: string, granularity?: string) => ({
    timeDimensions: [{ dimension: 'Orders.createdAt', dateRange, ...(granularity && { granularity }) }],
  });

  /** The rule of 2019 refused the weeks and the months: a time with its granularity was compared like a dimension. */
  const QUERIES: [name: string, query: object, reasons: string[], last: unknown[]][] = [
    [
      '[C22] Order Revenue by Category this month',
      { measures: ['Orders.revenue'], dimensions: ['Orders.category'], ...at('this month') },
      [],
      ['books', '80'],
    ],
    [
      '[C22] Order Count by Created At Day this year',
      { measures: ['Orders.count'], ...at('this year', 'day') },
      [],
      ['2019-12-31T00:00:00.000', '2019-12-31T00:00:00.000', '1'],
    ],
    ['[C22] Order Count for all time', { measures: ['Orders.count'] }, [], ['6']],
    [
      '[X1] Order Revenue by Created At Week this year',
      { measures: ['Orders.revenue'], ...at('this year', 'week') },
      [],
      ['2019-12-30T00:00:00.000', '2019-12-30T00:00:00.000', '320'],
    ],
    [
      '[X1] Order Revenue by Created At Month this year',
      { measures: ['Orders.revenue'], ...at('this year', 'month') },
      [],
      ['2019-12-01T00:00:00.000', '2019-12-01T00:00:00.000', '320'],
    ],
    [
      '[C22] Order Count by Customer Name this year',
      { measures: ['Orders.count'], dimensions: ['Orders.customerName'], ...at('this year') },
      ['dimension_missing'],
      ['Ann', '2'],
    ],
  ];

  test.each(QUERIES)('%s', async (_, query, reasons, last) => {
    const store = await openTables(tables);
    const source = await store.query(query, { now });
    expect(source.meta.mode).toBe('source');
    await store.build();
    const { data, meta } = await store.query(query, { now });
    expect(data).toEqual(source.data);
    expect(valuesOf(data).at(-1)).toEqual(last);
    const { candidates, selected } = await store.explain(query, { now });
    expect(candidates[0]?.reasons.map(({ code }) => code)).toEqual(reasons);
    expect(selected).toBe(reasons.length === 0 ? rollup : null);
    expect(meta).toMatchObject({
      mode: reasons.length === 0 ? 'rollup' : 'source',
      preAggregation: selected,
    });
  });
});

describe('[FX-6] date ranges and granularities', () => {
  const orders = completed(started('orders'), started('ordersByCompletedAt')).replace(
    '[id, createdAt]', // X17: the cube has no such member
    '[id, completedAt]',
  );
  const edges = ['2019-12-31 23:59:59.999', '2020-01-01', '2020-01-01 11:59:59.999', '2020-01-01 12:00:00'];
  const others = ['2020-01-01 23:59:59.999', '2020-01-02', '2020-01-31 23:59:59.999', '2020-02-01'];
  const rows = [...edges, ...others].map((at, id) => `${id}, 'completed', TIMESTAMP '${at}'`);
  const tables = (granularity: string) => ({
    yaml: '',
    js: orders.replace('granularity: `month`', `granularity: \`${granularity}\``),
    init: [
      'CREATE SCHEMA IF NOT EXISTS public',
      tableOf('public.orders', ['id', 'status', 'completed_at'], rows),
    ],
  });
  const strict = { compatibility: 'cube', allowNonStrictDateRangeMatch: false };
  const rollup = 'Orders.ordersByCompletedAt';
  const count = (dateRange: readonly string[], granularity?: string) => ({
    measures: ['Orders.count'],
    timeDimensions: [{ dimension: 'Orders.completedAt', dateRange, ...(granularity && { granularity }) }],
  });

  const january = ['2020-01-01T00:00:00.000', '2020-01-31T23:59:59.999'] as const;
  const day = ['2020-01-01T00:00:00.000', '2020-01-01T23:59:59.999'] as const;
  const off = ['2020-01-01T00:00:00.001', '2020-01-31T23:59:59.998'] as const;

  test.for([
    ['month', 'its month', january, 'rollup', '6'],
    ['day', 'its day', day, 'rollup', '4'],
    ['day', 'its month', january, 'rollup', '6'],
    ['month', 'its month and a millisecond', [january[0], '2020-02-01T00:00:00.000'], 'hybrid', '7'],
    ['month', 'a millisecond before its month', ['2019-12-31T23:59:59.999', january[1]], 'hybrid', '7'],
    ['month', 'its month without a millisecond', [off[0], january[1]], 'source', '5'],
    ['day', 'its month without the first millisecond', [off[0], january[1]], 'hybrid', '5'],
    ['day', 'its month without the last millisecond', [january[0], off[1]], 'hybrid', '5'],
    ['day', 'its day and a millisecond', [day[0], '2020-01-02T00:00:00.000'], 'hybrid', '5'],
    ['day', 'its day without a millisecond', [day[0], '2020-01-01T23:59:59.998'], 'source', '3'],
  ] as const)('[B43] [B44] [D52] [X21] by %s: %s', async ([stored, , dateRange, mode, value]) => {
    const isAligned = mode === 'rollup';
    const query = count(dateRange);
    const cube = await buildTables({ ...tables(stored), options: strict });
    const decided = await cube.explain(query);
    expect(decided.selected).toBe(isAligned ? rollup : null);
    const ours = await buildTables(tables(stored));
    expect(await refusals(ours, query, rollup)).toEqual(isAligned ? [] : ['range_not_aligned']);
    for (const store of [cube, ours])
      expect((await store.query(query)).data).toEqual([{ 'Orders.count': value }]);
    const { meta } = await ours.query(query);
    expect(meta).toMatchObject({ mode, exact: true, preAggregation: mode === 'source' ? null : rollup });
  });

  test('[B42] hours and days have the hour in common', async () => {
    const noon = [day[0], '2020-01-01T11:59:59.999'];
    const halfDay = count(noon, 'day');
    for (const [stored, query, reasons, numbers] of [
      ['hour', count(day, 'day'), [], ['4']],
      ['hour', halfDay, [], ['2']],
      ['day', halfDay, ['range_not_aligned'], ['2']],
      ['day', count(day, 'hour'), ['granularity_too_fine'], ['1', '1', '1', '1']],
    ] as const) {
      const store = await buildTables(tables(stored));
      expect(await refusals(store, query, rollup)).toEqual(reasons);
      const cube = await buildTables({ ...tables(stored), options: strict });
      expect((await cube.explain(query)).selected).toBe(reasons.length === 0 ? rollup : null);
      const { data, meta } = await store.query(query);
      expect(data.map((row) => row['Orders.count'])).toEqual(numbers);
      expect(meta.mode).toBe(reasons.length === 0 ? 'rollup' : 'source');
    }
  });
});

describe('[FX-9] the matching rules of Foggy', () => {
  const model = (dimensions: readonly string[], granularity = 'day') => ({
    name: 'FactSalesModel',
    sql_table: 'fact_sales',
    measures: [{ name: 'quantity', type: 'sum', sql: 'quantity' }],
    dimensions: ['product', 'customer', 'salesDate'].map((name) => ({
      name,
      sql: name,
      type: name === 'salesDate' ? 'time' : 'string',
    })),
    pre_aggregations: [
      {
        name: 'daily',
        measures: ['quantity'],
        dimensions: dimensions.filter((name) => name !== 'salesDate'),
        time_dimension: 'salesDate',
        granularity,
      },
    ],
  });
  const sales = tableOf(
    'fact_sales',
    ['product', 'customer', 'salesDate', 'quantity'],
    [
      "'pen', 'Ann', TIMESTAMP '2024-01-15 10:30:00', 1",
      "'pen', 'Bob', TIMESTAMP '2024-01-15 11:30:00', 2",
      "'ink', 'Bob', TIMESTAMP '2024-02-01 00:00:00', 4",
    ],
  );
  const open = (dimensions: readonly string[]): Promise<Store> =>
    buildTables({ yaml: JSON.stringify({ cubes: [model(dimensions)] }), init: [sales] });
  const ask = (names: readonly string[], granularity: string) => ({
    measures: ['FactSalesModel.quantity'],
    dimensions: names.filter((name) => name !== 'salesDate').map((name) => `FactSalesModel.${name}`),
    timeDimensions: [{ dimension: 'FactSalesModel.salesDate', granularity }],
  });
  const quantities = ({ data }: Awaited<ReturnType<Store['query']>>) =>
    data.map((row) => row['FactSalesModel.quantity']);

  test('[E21] the dimensions of the query are a subset of those of the rollup', async () => {
    const [asked, stored] = [...foggy('dimensions').matchAll(/\[(.*)\]/g)].map(([, names]) =>
      names.split(', '),
    );
    expect(foggy('dimensions')).toContain('Result: Match ✓');
    const store = await open(stored);
    expect(await refusals(store, ask(asked, 'day'), 'FactSalesModel.daily')).toEqual([]);
    const result = await store.query(ask(asked, 'day'));
    expect([quantities(result), result.meta.mode]).toEqual([['3', '4'], 'rollup']);
    const lacking = await open(asked);
    expect(await refusals(lacking, ask(stored, 'day'), 'FactSalesModel.daily')).toEqual([
      'dimension_missing',
    ]);
    const source = await lacking.query({
      ...ask(stored, 'day'),
      order: [['FactSalesModel.quantity', 'asc']],
    });
    expect(source.meta.mode).toBe('source');
    expect(quantities(source)).toEqual(['1', '2', '4']);
  });

  test('[E24] a coarser granularity matches and a finer one does not', async () => {
    const lines = [...foggy('granularities').matchAll(/^Query salesDate\$(\w+): (.*) ([✓✗])/gm)];
    expect(lines.map(([, granularity, , tick]) => [granularity, tick])).toEqual([
      ['month', '✓'],
      ['hour', '✗'],
    ]);
    const store = await open(['product', 'customer', 'salesDate']);
    for (const [, granularity, , tick] of lines) {
      const query = ask(['salesDate'], granularity);
      const reasons = tick === '✓' ? [] : ['granularity_too_fine'];
      expect(await refusals(store, query, 'FactSalesModel.daily')).toEqual(reasons);
      const result = await store.query(query);
      expect(result.meta.mode).toBe(tick === '✓' ? 'rollup' : 'source');
      expect(quantities(result)).toEqual(tick === '✓' ? ['3', '4'] : ['1', '2', '4']);
    }
  });
});
