/** What the documents promise of the pre-aggregations of a model together: how many, which of them serve, how they are named and cut. */
import { describe, expect, test } from 'vitest';
import { buildTables, openTables, refusals, tableOf } from '../support/open-tables.js';
import {
  init as ordersInit,
  main,
  shop as ordersShop,
  yaml as ordersYaml,
} from '../support/reference-model.js';
import { valuesOf } from '../support/script-twins.js';
import { shop, shopWithRepeat } from '../support/shop.js';

const rollup = (name: string, keys: string) => `          - { name: ${name}, ${keys} }\n`;

test('[B2] [D1] one rollup serves every query whose members are among its own', async () => {
  const store = await buildTables(shop);
  const queries = [
    { measures: ['LineItems.price'] },
    { measures: ['LineItems.dearest', 'LineItems.pricePerUnit'], dimensions: ['LineItems.productId'] },
    {
      measures: ['LineItems.quantity'],
      filters: [{ member: 'LineItems.productId', operator: 'equals', values: ['49', '89'] }],
      timeDimensions: [{ dimension: 'LineItems.createdAt', granularity: 'month' }],
    },
    { dimensions: ['LineItems.productId'], order: { 'LineItems.productId': 'asc' }, limit: 2 },
  ];
  const unbuilt = await openTables(shop);
  for (const query of queries) {
    const [{ data, meta }, source] = [await store.query(query), await unbuilt.query(query)];
    expect(meta).toMatchObject({ mode: 'rollup', preAggregation: 'LineItems.byDay' });
    expect(source.meta.mode).toBe('source');
    expect(data).toEqual(source.data);
  }
  const foreign = { measures: ['LineItems.price'], dimensions: ['LineItems.profitMargin'] };
  expect(await refusals(store, foreign, 'LineItems.byDay')).toEqual(['dimension_missing']);
});

test('[B4] [B39] a cube has none, one or many pre-aggregations, and each is its own', async () => {
  const many = Array.from({ length: 40 }, (_, at) => rollup(`r${at}`, 'measures: [quantity]')).join('');
  const yaml = `${shop.yaml.replace(/ {8}preAggregations:\n {10}- name: orderStatuses[^]*?(?=\n {6}- name: LineItems)/, '')}${many}`;
  const store = await buildTables({ ...shop, yaml });
  const { candidates, selected } = await store.explain({ measures: ['LineItems.quantity'] });
  const own = Array.from({ length: 40 }, (_, at) => `LineItems.r${at}`);
  expect(candidates.map(({ id }) => id)).toEqual(['LineItems.byDay', 'LineItems.ordersOfProducts', ...own]);
  expect(candidates.filter(({ matched }) => matched).map(({ id }) => id)).toEqual([
    'LineItems.byDay',
    ...own,
  ]);
  expect(selected).toBe('LineItems.byDay');
  const orders = await store.query({ measures: ['Orders.count'] });
  expect([orders.data, orders.meta.mode]).toEqual([[{ 'Orders.count': '5' }], 'source']);
});

test.for([
  ['additive', { measures: ['LineItems.price'] }, []],
  ['a calculated measure, of leaves that are additive', { measures: ['LineItems.pricePerUnit'] }, []],
  ['a leaf that is not additive', { measures: ['LineItems.exactProducts'] }, ['measure_not_additive']],
  [
    'a calculated measure of such a leaf',
    { measures: ['LineItems.itemsPerProduct'] },
    ['measure_not_additive'],
  ],
] as const)('[B38] %s', async ([, query, reasons]) => {
  const store = await buildTables(shopWithRepeat);
  expect(await refusals(store, query, 'LineItems.byDay')).toEqual(reasons);
  const { meta, data } = await store.query(query);
  const source = await (await openTables(shopWithRepeat)).query(query);
  expect(data).toEqual(source.data);
  expect(meta.mode).toBe(reasons.length === 0 ? 'rollup' : 'source');
});

test('[B38] a measure that a hasMany relation multiplies', async () => {
  const store = await buildTables(shopWithRepeat);
  const query = { measures: ['Orders.count'], dimensions: ['LineItems.productId'] };
  expect(await refusals(store, query, 'LineItems.ordersOfProducts')).toContain('measure_multiplied');
  expect((await store.query(query)).meta.mode).toBe('source');
});

test.each([
  [
    'YAML',
    {
      yaml: `
        cubes:
          - name: orders
            sql: SELECT * FROM all_orders WHERE completed
            measures: [{ name: count, type: count }]
            dimensions: [{ name: status, sql: status, type: string }]
            pre_aggregations:
              - { name: main, type: original_sql }
              - { name: statuses, measures: [count], dimensions: [status], use_original_sql_pre_aggregations: true }
      `,
    },
  ],
  [
    'JavaScript',
    {
      yaml: '',
      js: `cube('orders', {
        sql: 'SELECT * FROM all_orders WHERE completed',
        measures: { count: { type: 'count' } },
        dimensions: { status: { sql: 'status', type: 'string' } },
        preAggregations: {
          main: { type: 'originalSql' },
          statuses: { measures: [count], dimensions: [status], useOriginalSqlPreAggregations: true },
        },
      });`,
    },
  ],
])('[B46] [B47] a rollup over original SQL answers what its SQL says: %s', async (_, model) => {
  const rows = ["'paid', true", "'paid', true", "'new', false"];
  const store = await buildTables({ ...model, init: [tableOf('all_orders', ['status', 'completed'], rows)] });
  const query = { measures: ['orders.count'], dimensions: ['orders.status'] };
  const { data, meta } = await store.query(query);
  expect(valuesOf(data)).toEqual([['paid', '2']]);
  expect(meta).toMatchObject({ mode: 'direct', preAggregation: 'orders.statuses' });
  const { candidates } = await store.explain(query);
  expect(candidates.map(({ id, matched }) => [id, matched])).toEqual([
    ['orders.statuses', true],
    ['orders.main', false],
  ]);
});

test('[C3] [B25] a query is analysed against every rollup, each rule by itself, and the best of them is chosen', async () => {
  const rollups =
    rollup('wide', 'measures: [quantity], dimensions: [productId, id]') +
    rollup('narrow', 'measures: [quantity], dimensions: [productId]') +
    rollup('other', 'measures: [quantity], dimensions: [profitMargin]');
  const yaml = `${shop.yaml.slice(0, shop.yaml.indexOf('          - name: byDay'))}${rollups}`;
  const query = { measures: ['LineItems.quantity'], dimensions: ['LineItems.productId'] };
  for (const [selection, chosen] of [
    ['first', 'LineItems.wide'],
    ['priority', 'LineItems.narrow'],
    ['cost', 'LineItems.narrow'],
  ] as const) {
    const store = await buildTables({ yaml, init: shopWithRepeat.init, options: { selection } });
    const { candidates, selected } = await store.explain(query);
    const verdicts = candidates.filter(({ id }) => id.startsWith('LineItems.'));
    expect(verdicts.map(({ id, reasons }) => [id, reasons.map(({ code }) => code)])).toEqual([
      ['LineItems.wide', []],
      ['LineItems.narrow', []],
      ['LineItems.other', ['dimension_missing']],
    ]);
    for (const { checks } of verdicts) expect(checks.map(({ rule }) => rule)).toContain('dimensions');
    expect(selected).toBe(chosen);
    const { data, meta } = await store.query({ ...query, order: { 'LineItems.productId': 'asc' } });
    expect(meta.preAggregation).toBe(chosen);
    expect(data.map((row) => row['LineItems.quantity'])).toEqual(['3', '6', '8', '5', '8', '6']);
  }
});

test.for([
  ['dev_pre_aggregations', {}],
  ['prod_pre_aggregations', { schema: 'prod_pre_aggregations' }],
  ['stb_pre_aggregations', { schema: 'stb_pre_aggregations' }],
] as const)(
  '[A24] [C6] [X16] tables are named after schema, cube and rollup: %s',
  async ([schema, options]) => {
    const store = await buildTables({ ...shop, options });
    const { usedPreAggregations } = await store.query({ dimensions: ['Orders.status'] });
    const name = `${schema}.orders_order_statuses`;
    expect(Object.keys(usedPreAggregations)).toEqual([name]);
    expect(usedPreAggregations[name]?.targetTableName.startsWith(`${name}_`)).toBe(true);
  },
);

/** From 2024-01-31 23:59 to 2024-05-01 12:00, and a row without a time, which has a partition of its own. */
describe('[D31] partitions are the range of the source, cut by their granularity', () => {
  test.for([
    ['day', 92],
    ['week', 14],
    ['month', 5],
    ['quarter', 2],
    ['year', 1],
  ] as const)('%s', async ([granularity, count]) => {
    const yaml = ordersYaml
      .replace('granularity: day', 'granularity: hour')
      .replace('partition_granularity: month', `partition_granularity: ${granularity}`);
    const store = await buildTables({ yaml, init: ordersInit });
    const partitions = async () => (await store.status()).rollups.map((status) => status.partitions);
    expect(await partitions()).toEqual([count + 1]);
    // A zone needs none of its own (H2): it reads the same ones.
    const days = [{ dimension: 'orders.created_at', granularity: 'day' }];
    const query = { measures: ['orders.count'], timeDimensions: days, timezone: 'Europe/Berlin' };
    const { data, meta } = await store.query(query);
    expect(meta).toMatchObject({ mode: 'rollup', preAggregation: main, partitions: { total: count + 1 } });
    expect(data.map((row) => [row['orders.created_at.day'], row['orders.count']])).toEqual([
      ['2024-02-01T00:00:00.000', '3'],
      ['2024-05-01T00:00:00.000', '1'],
      [null, '1'],
    ]);
  });
});

test('[X14] what lies outside of the range that was built is never left out', async () => {
  const store = await openTables(ordersShop);
  await store.build({ range: ['2024-02-01', '2024-02-29'] });
  const count = (...dateRange: string[]) => ({
    measures: ['orders.count'],
    timeDimensions: [{ dimension: 'orders.created_at', dateRange }],
  });
  const inside = await store.query(count('2024-02-01', '2024-02-29'));
  expect([valuesOf(inside.data), inside.meta.mode]).toEqual([[['2']], 'rollup']);
  for (const [query, value, mode] of [
    [count('2024-01-01', '2024-12-31'), '4', 'hybrid'],
    [count('2024-05-01', '2024-05-31'), '1', 'source'],
    [{ measures: ['orders.count'] }, '5', 'hybrid'],
  ] as const) {
    const { data, meta } = await store.query(query);
    expect(valuesOf(data)).toEqual([[value]]);
    expect(meta.mode).toBe(mode);
    expect(await refusals(store, query, main)).toEqual(['partitions_missing']);
  }
});

test('[H4] a date range that is given as a filter is one on the dimension, which must be stored as such', async () => {
  const inFebruary = {
    member: 'orders.created_at',
    operator: 'inDateRange',
    values: ['2024-02-01', '2024-02-29'],
  };
  const query = { measures: ['orders.count'], filters: [inFebruary] };
  const asTime = await buildTables(ordersShop);
  expect(await refusals(asTime, query, main)).toEqual(['filter_dimension_missing']);
  const yaml = ordersYaml.replace('dimensions: [users.name, orders.status]', 'dimensions: [created_at]');
  const asDimension = await buildTables({ yaml, init: ordersInit });
  expect(await refusals(asDimension, query, main)).toEqual([]);
  for (const [store, mode] of [
    [asTime, 'source'],
    [asDimension, 'rollup'],
  ] as const) {
    const { data, meta } = await store.query(query);
    expect([valuesOf(data), meta.mode]).toEqual([[['2']], mode]);
  }
});

describe('[X20] pre-aggregations and indexes, as lists and keyed by name', () => {
  const columns = { columns: ['region', 'status'] };
  const stored = (indexes: unknown) => ({ measures: ['count'], dimensions: ['status', 'region'], indexes });
  const list = [{ name: 'main', ...stored([{ name: 'by_region', ...columns }]) }];
  const map = { main: stored({ by_region: columns }) };
  const keys = (preAggregations: unknown) => ({
    sql_table: 'sales',
    measures: { count: { type: 'count' } },
    dimensions: { status: { sql: 'status', type: 'string' }, region: { sql: 'region', type: 'string' } },
    pre_aggregations: preAggregations,
  });
  const inYaml = (rollups: unknown) => ({
    yaml: JSON.stringify({ cubes: [{ name: 'sales', ...keys(rollups) }] }),
  });
  const inScript = (rollups: unknown) => ({
    yaml: '',
    js: `cube('sales', ${JSON.stringify(keys(rollups))})`,
  });

  test.each([
    ['lists in YAML', inYaml(list)],
    ['maps in YAML', inYaml(map)],
    ['lists in JavaScript', inScript(list)],
    ['objects in JavaScript', inScript(map)],
  ])('%s', async (_, model) => {
    const rows = ["'new', 'north'", "'new', 'south'", "'paid', 'north'"];
    const store = await buildTables({ ...model, init: [tableOf('sales', ['status', 'region'], rows)] });
    const { data, meta } = await store.query({
      measures: ['sales.count'],
      filters: [{ member: 'sales.region', operator: 'equals', values: ['north'] }],
    });
    expect(valuesOf(data)).toEqual([['2']]);
    expect(meta).toMatchObject({ mode: 'rollup', preAggregation: 'sales.main', index: 'by_region' });
  });
});
