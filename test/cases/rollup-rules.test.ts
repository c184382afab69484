/** The promises of cube-reference-2019.md: what a rollup is and which queries it serves. */
import { expect, test } from 'vitest';
import { buildTables, openTables, refusals, tableOf, temporaryFolder } from '../support/open-tables.js';

/** Twelve orders: two categories, three customers, five days. */
const rows = [
  ['toys', 'Ann', '2020-12-31 23:59:59.999', 10],
  ['toys', 'Bob', '2021-01-01 00:00:00', 20],
  ['toys', 'Ann', '2021-01-01 10:00:00', 30],
  ['books', 'Ann', '2021-01-01 11:00:00', 40],
  ['books', 'Cid', '2021-01-01 11:30:00', 50],
  ['books', 'Cid', '2021-01-02 00:00:00', 60],
  ['toys', 'Bob', '2021-01-02 12:00:00', 70],
  ['toys', 'Bob', '2021-01-31 12:00:00', 80],
  ['books', 'Bob', '2021-01-31 12:00:00', 90],
  ['books', 'Ann', '2021-02-28 12:00:00', 100],
  ['toys', 'Cid', '2021-02-28 13:00:00', 110],
  ['toys', 'Cid', '2021-02-28 14:00:00', 120],
] as const;

const columns = ['category', 'customer_name', 'created_at', 'amount'];
const ordersTable = tableOf(
  'orders',
  columns,
  rows.map(
    ([category, customer, time, amount]) => `'${category}', '${customer}', TIMESTAMP '${time}', ${amount}`,
  ),
);

const cube = `
    cubes:
      - name: Orders
        sql: select * from orders
        measures:
          - { name: count, type: count }
          - { name: revenue, sql: amount, type: sum }
          - { name: smallest, sql: amount, type: min }
          - { name: largest, sql: amount, type: max }
          - { name: customers, sql: customer_name, type: countDistinctApprox }
          - { name: average, sql: amount, type: avg }
          - { name: exactCustomers, sql: customer_name, type: countDistinct }
          - { name: perOrder, sql: "{CUBE.revenue} / {CUBE.count}", type: number }
          - { name: perCustomer, sql: "{CUBE.revenue} / {CUBE.exactCustomers}", type: number }
        dimensions:
          - { name: category, sql: category, type: string }
          - { name: customerName, sql: customer_name, type: string }
          - { name: createdAt, sql: created_at, type: time }
        preAggregations:`;

const categoryAndDate = `
          - name: categoryAndDate
            type: rollup
            measures: [Orders.count, revenue]
            dimensions: [category]
            timeDimension: createdAt
            granularity: day`;

const all = 'Orders.categoryAndDate';
const orders = { yaml: cube + categoryAndDate, init: [ordersTable] };
const ofYear = { dimension: 'Orders.createdAt', dateRange: ['2021-01-01', '2021-12-31'] };
const ofMonth = { dimension: 'Orders.createdAt', dateRange: ['2021-01-01', '2021-01-31'] };

test('[C9] [C18] a rollup with time holds one row for each day and category', async () => {
  const store = await buildTables(orders);
  const result = await store.query({
    measures: ['Orders.revenue'],
    dimensions: ['Orders.category'],
    timeDimensions: [{ dimension: 'Orders.createdAt', granularity: 'day' }],
  });
  expect(
    result.data.map((row) => [row['Orders.createdAt'], row['Orders.category'], row['Orders.revenue']]),
  ).toEqual([
    ['2020-12-31T00:00:00.000', 'toys', '10'],
    ['2021-01-01T00:00:00.000', 'books', '90'],
    ['2021-01-01T00:00:00.000', 'toys', '50'],
    ['2021-01-02T00:00:00.000', 'books', '60'],
    ['2021-01-02T00:00:00.000', 'toys', '70'],
    ['2021-01-31T00:00:00.000', 'books', '90'],
    ['2021-01-31T00:00:00.000', 'toys', '80'],
    ['2021-02-28T00:00:00.000', 'books', '100'],
    ['2021-02-28T00:00:00.000', 'toys', '230'],
  ]);
  expect(result.meta).toMatchObject({ mode: 'direct', preAggregation: all, rowsScanned: 9 });
});

test('[C18] [C11] a rollup without time holds one row for each category: fewer dimensions, fewer rows', async () => {
  const yaml = orders.yaml.replace(/\n +timeDimension: createdAt\n +granularity: day/, '');
  const store = await buildTables({ ...orders, yaml });
  const query = { measures: ['Orders.revenue'], dimensions: ['Orders.category'] };
  const result = await store.query(query);
  expect(result.data.map((row) => [row['Orders.category'], row['Orders.revenue']])).toEqual([
    ['toys', '440'],
    ['books', '340'],
  ]);
  expect(result.meta).toMatchObject({ mode: 'direct', preAggregation: all, rowsScanned: 2 });
  const overTime = { ...query, timeDimensions: [ofYear] };
  expect(await refusals(store, overTime, all)).toEqual(['time_dimension_missing']);
});

test('[C10] every additive measure type is decomposed and merged', async () => {
  const measures = ['count', 'revenue', 'smallest', 'largest', 'customers'];
  const yaml = orders.yaml.replace('[Orders.count, revenue]', `[${measures.join(', ')}]`);
  const store = await buildTables({ ...orders, yaml });
  const result = await store.query({
    measures: measures.map((name) => `Orders.${name}`),
    timeDimensions: [ofMonth],
  });
  expect(result.data).toEqual([
    {
      'Orders.count': '8',
      'Orders.revenue': '440',
      'Orders.smallest': '20',
      'Orders.largest': '90',
      'Orders.customers': '3',
    },
  ]);
  expect(result.meta).toMatchObject({ mode: 'rollup', preAggregation: all });
});

test('[C12] a subset of dimensions and measures is answered without the raw data', async () => {
  const folder = temporaryFolder();
  await (await buildTables({ ...orders, folder })).close();
  const emptied = await openTables({ ...orders, folder, init: [ordersTable, 'DELETE FROM orders'] });
  const byCategory = { measures: ['Orders.count'], dimensions: ['Orders.category'] };
  const result = await emptied.query(byCategory);
  expect(result.data.map((row) => [row['Orders.category'], row['Orders.count']])).toEqual([
    ['toys', '7'],
    ['books', '5'],
  ]);
  expect(result.meta).toMatchObject({ mode: 'rollup', preAggregation: all });
  const byCustomer = await emptied.query({ measures: ['Orders.count'], dimensions: ['Orders.customerName'] });
  expect([byCustomer.data, byCustomer.meta.mode]).toEqual([[], 'source']);
});

test.for([
  ['additive', 'Orders.revenue', []],
  ['leaf measure additive', 'Orders.perOrder', []],
  ['additive by X22, but not stored', 'Orders.average', ['measure_missing']],
  ['not additive', 'Orders.exactCustomers', ['measure_not_additive']],
  ['not additive, by a leaf', 'Orders.perCustomer', ['measure_not_additive']],
] as const)('[C13] %s: %s', async ([, measure, reasons]) => {
  const store = await buildTables(orders);
  const query = { measures: [measure], dimensions: ['Orders.category'] };
  expect(await refusals(store, query, all)).toEqual([...reasons]);
  const { data, meta } = await store.query({ ...query, order: { 'Orders.category': 'asc' } });
  expect(meta.mode).toBe(reasons.length === 0 ? 'rollup' : 'source');
  const expected = {
    'Orders.revenue': [340, 440],
    'Orders.perOrder': [340 / 5, 440 / 7],
    'Orders.average': [340 / 5, 440 / 7],
    'Orders.exactCustomers': [3, 3],
    'Orders.perCustomer': [340 / 3, 440 / 3],
  }[measure];
  expect(data.map((row) => Number(row[measure]))).toEqual(expected);
});

const customerFilter = { member: 'Orders.customerName', operator: 'equals', values: ['Ann'] };
const categoryFilter = { member: 'Orders.category', operator: 'equals', values: ['toys'] };

test.for([
  ['additive, with all members', { measures: ['Orders.revenue'], filters: [categoryFilter] }, []],
  [
    'a dimension too many',
    { measures: ['Orders.revenue'], dimensions: ['Orders.customerName'] },
    ['dimension_missing'],
  ],
  [
    'a filter dimension too many',
    { measures: ['Orders.revenue'], filters: [customerFilter] },
    ['filter_dimension_missing'],
  ],
  [
    'a filter dimension too many inside or',
    { measures: ['Orders.revenue'], filters: [{ or: [categoryFilter, customerFilter] }] },
    ['filter_dimension_missing'],
  ],
  ['a measure too many', { measures: ['Orders.revenue', 'Orders.largest'] }, ['measure_missing']],
  [
    'a measure too many among the filters',
    {
      measures: ['Orders.revenue'],
      filters: [{ member: 'Orders.largest', operator: 'gt', values: ['100'] }],
    },
    ['measure_missing'],
  ],
] as const)('[C14] additive query: %s', async ([, query, reasons]) => {
  const store = await buildTables(orders);
  expect(await refusals(store, query, all)).toEqual([...reasons]);
  expect((await store.query(query)).meta.mode).toBe(reasons.length === 0 ? 'rollup' : 'source');
});

test('[C15] a leaf measure additive query needs all leaves, not the calculated measure itself', async () => {
  const query = { measures: ['Orders.perOrder'], filters: [categoryFilter] };
  const store = await buildTables(orders);
  const { data, meta } = await store.query(query);
  expect([Number(data[0]['Orders.perOrder']), meta.mode]).toEqual([440 / 7, 'rollup']);
  const lacking = await buildTables({
    ...orders,
    yaml: orders.yaml.replace('[Orders.count, revenue]', '[revenue]'),
  });
  expect(await refusals(lacking, query, all)).toEqual(['measure_missing']);
  expect(await refusals(store, { ...query, dimensions: ['Orders.customerName'] }, all)).toEqual([
    'dimension_missing',
  ]);
});

test('[C17] time dimension and granularity together are a dimension', async () => {
  const store = await buildTables(orders);
  const at = (granularity: string): object => ({
    measures: ['Orders.count'],
    timeDimensions: [{ dimension: 'Orders.createdAt', granularity }],
  });
  expect(await refusals(store, at('day'), all)).toEqual([]);
  expect(await refusals(store, at('hour'), all)).toEqual(['granularity_too_fine']);
  const hourly = await store.query(at('hour'));
  expect(hourly.meta.mode).toBe('source');
  expect(hourly.data).toHaveLength(10);
  expect(hourly.data[3]).toEqual({
    'Orders.createdAt.hour': '2021-01-01T11:00:00.000',
    'Orders.createdAt': '2021-01-01T11:00:00.000',
    'Orders.count': '2',
  });
});

test('[X2] weeks are not made of months, nor months of weeks', async () => {
  const weekly = await buildTables({
    ...orders,
    yaml: orders.yaml.replace('granularity: day', 'granularity: week'),
  });
  const monthly = await buildTables({
    ...orders,
    yaml: orders.yaml.replace('granularity: day', 'granularity: month'),
  });
  const at = (granularity: string): object => ({
    timeDimensions: [{ dimension: 'Orders.createdAt', granularity }],
  });
  for (const coarser of ['month', 'quarter', 'year']) {
    expect(await refusals(weekly, at(coarser), all)).toEqual(['granularity_not_nested']);
  }
  expect(await refusals(monthly, at('week'), all)).toEqual(['granularity_not_nested']);
  expect(await refusals(monthly, at('quarter'), all)).toEqual([]);
});

/** The document of 2019 lists the two coarser ones among those that do not use the rollup; a day is a part of both. */
test.for([
  [
    'revenue by category this month',
    { measures: ['Orders.revenue'], dimensions: ['Orders.category'], timeDimensions: [ofMonth] },
  ],
  [
    'count by day this year',
    { measures: ['Orders.count'], timeDimensions: [{ ...ofYear, granularity: 'day' }] },
  ],
  ['count for all time', { measures: ['Orders.count'] }],
  [
    'revenue by week this year',
    { measures: ['Orders.revenue'], timeDimensions: [{ ...ofYear, granularity: 'week' }] },
  ],
  [
    'revenue by month this year',
    { measures: ['Orders.revenue'], timeDimensions: [{ ...ofYear, granularity: 'month' }] },
  ],
] as const)('[FX-5] %s uses the rollup and equals the source', async ([, query]) => {
  const store = await buildTables(orders);
  const result = await store.query(query);
  expect(result.meta).toMatchObject({ mode: 'rollup', preAggregation: all });
  const raw = await openTables({ ...orders, yaml: cube.replace('preAggregations:', '') });
  const source = await raw.query(query);
  expect(source.meta.mode).toBe('source');
  expect(result.data).toEqual(source.data);
  expect(result.data.length).toBeGreaterThan(0);
});

test('[FX-5] revenue by week this year, by hand', async () => {
  const store = await buildTables(orders);
  const { data } = await store.query({
    measures: ['Orders.revenue'],
    timeDimensions: [{ ...ofYear, granularity: 'week' }],
  });
  expect(data.map((row) => [row['Orders.createdAt.week'], row['Orders.revenue']])).toEqual([
    ['2020-12-28T00:00:00.000', '270'],
    ['2021-01-25T00:00:00.000', '170'],
    ['2021-02-22T00:00:00.000', '330'],
  ]);
});

test('[FX-5] count by customer name this year does not', async () => {
  const store = await buildTables(orders);
  const query = { measures: ['Orders.count'], dimensions: ['Orders.customerName'], timeDimensions: [ofYear] };
  expect(await refusals(store, query, all)).toEqual(['dimension_missing']);
  const { data, meta } = await store.query(query);
  expect(meta.mode).toBe('source');
  expect(data.map((row) => [row['Orders.customerName'], row['Orders.count']])).toEqual([
    ['Bob', '4'],
    ['Cid', '4'],
    ['Ann', '3'],
  ]);
});
