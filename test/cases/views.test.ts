/** [H1] Queries on views: planned as queries on cubes, answered under the view's names. */
import { describe, expect, test } from 'vitest';
import { buildTables, openTables } from '../support/open-tables.js';
import type { Store, Tables } from '../support/open-tables.js';
import { byShop, init, twoWays } from '../support/two-ways.js';

const rollups = `
    pre_aggregations:
      - name: daily
        measures: [amount, count]
        dimensions: [orders.shops.cities.name]
        segments: [large]
        time_dimension: created_at
        granularity: day
        partition_granularity: month
`;

const views = `
views:
  - name: sales
    title: What we sold
    description: Orders by the city of the shop
    cubes:
      - join_path: orders
        includes:
          - { name: amount, title: Money, description: In euros, format: currency }
          - { name: amount, alias: revenue }
          - count
          - mean
          - { name: created_at, alias: day }
          - large
      - { join_path: orders.shops.cities, prefix: true, alias: shop, includes: '*' }
`;

const js = `
  const key = { id: { sql: 'id', type: 'number', primaryKey: true } };
  const toCity = { cities: { sql: \`\${CUBE}.city = \${cities}.id\`, relationship: 'belongsTo' } };
  cube('orders', {
    sqlTable: 'orders',
    joins: {
      customers: { sql: \`\${CUBE}.customer = \${customers}.id\`, relationship: 'belongsTo' },
      shops: { sql: \`\${CUBE}.shop = \${shops}.id\`, relationship: 'belongsTo' },
    },
    measures: {
      count: { type: 'count', title: 'Orders placed', drillMembers: [id] },
      amount: { sql: 'amount', type: 'sum' },
      mean: { sql: \`\${amount} / \${count}\`, type: 'number' },
    },
    dimensions: { ...key, createdAt: { sql: 'created_at', type: 'time' } },
    segments: { large: { sql: \`\${CUBE}.amount > 15\` } },
    preAggregations: {
      daily: {
        measures: [amount, count],
        dimensions: [orders.shops.cities.name],
        segments: [large],
        timeDimension: createdAt,
        granularity: 'day',
        partitionGranularity: 'month',
      },
    },
  });
  cube('customers', { sqlTable: 'customers', joins: toCity, dimensions: key });
  cube('shops', { sqlTable: 'shops', joins: toCity, dimensions: key });
  cube('cities', {
    sqlTable: 'cities',
    measures: { count: { type: 'count' } },
    dimensions: { ...key, name: { sql: 'name', type: 'string', description: 'Of the city' } },
  });
  view('sales', {
    title: 'What we sold',
    cubes: [
      {
        joinPath: orders,
        includes: [
          { name: 'amount', title: 'Money', description: 'In euros', format: 'currency' },
          { name: 'amount', alias: 'revenue' },
          'count',
          'mean',
          { name: 'createdAt', alias: 'day' },
          'large',
        ],
      },
      { joinPath: orders.shops.cities, prefix: true, alias: 'shop', includes: '*' },
    ],
  });
`;

const yaml = twoWays({ rollups, views });
const forms: [string, Tables][] = [
  ['YAML', { yaml, init }],
  ['JavaScript', { yaml: '', js, init }],
];

const cities = { measures: ['sales.amount'], dimensions: ['sales.shop_name'] };

/** The rollup answers, and as the source does. */
async function bothWays(store: Store, source: Store, query: object): Promise<readonly object[]> {
  const answer = await store.query(query);
  const reference = await source.query(query);
  expect(answer.meta.preAggregation).toBe('orders.daily');
  expect(reference.meta.mode).toBe('source');
  expect(answer.data).toEqual(reference.data);
  expect(answer.annotation).toEqual(reference.annotation);
  return answer.data;
}

describe.each(forms)('[H1] a view in %s', (_, tables) => {
  test.each([
    ['measures and dimensions', cities, byShop],
    [
      'a calculated measure',
      { ...cities, measures: ['sales.mean'] },
      [
        [null, '80'],
        ['Linz', '25'],
        ['Graz', '20'],
      ],
    ],
    [
      'an order by names of the view',
      { ...cities, order: { 'sales.shop_name': 'asc' } },
      [
        ['Graz', '20'],
        ['Linz', '50'],
        [null, '80'],
      ],
    ],
    [
      'an order by an alias',
      { ...cities, measures: ['sales.revenue'], order: [['sales.revenue', 'asc']] },
      [...byShop].reverse(),
    ],
    [
      'filters on dimensions and measures',
      {
        ...cities,
        filters: [
          { member: 'sales.shop_name', operator: 'set' },
          { member: 'sales.count', operator: 'gt', values: ['1'] },
        ],
      },
      [['Linz', '50']],
    ],
    [
      'a segment',
      { ...cities, segments: ['sales.large'] },
      [
        [null, '80'],
        ['Linz', '40'],
        ['Graz', '20'],
      ],
    ],
    [
      'a time with a range',
      {
        measures: ['sales.amount'],
        timeDimensions: [{ dimension: 'sales.day', dateRange: ['2024-01-01', '2024-01-31'] }],
      },
      [['30']],
    ],
    [
      'a dimension with a granularity',
      { measures: ['sales.amount'], dimensions: ['sales.day.month'] },
      [
        ['2024-01-01T00:00:00.000', '2024-01-01T00:00:00.000', '30'],
        ['2024-02-01T00:00:00.000', '2024-02-01T00:00:00.000', '120'],
      ],
    ],
    [
      'members of a view and of cubes',
      { measures: ['orders.count'], dimensions: ['sales.shop_name'] },
      [
        ['Linz', '2'],
        ['Graz', '1'],
        [null, '1'],
      ],
    ],
  ])('answers %s from a rollup', async (_, query, rows) => {
    const data = await bothWays(await buildTables(tables), await openTables(tables), query);
    expect(data.map((row) => Object.values(row))).toEqual(rows);
  });

  test('names rows as they were asked for', async () => {
    const query = {
      measures: ['sales.amount', 'orders.amount', 'sales.revenue'],
      timeDimensions: [{ dimension: 'sales.day', granularity: 'month' }],
      limit: 1,
    };
    expect(await bothWays(await buildTables(tables), await openTables(tables), query)).toEqual([
      {
        'sales.day.month': '2024-01-01T00:00:00.000',
        'sales.day': '2024-01-01T00:00:00.000',
        'sales.amount': '30',
        'orders.amount': '30',
        'sales.revenue': '30',
      },
    ]);
  });

  test('a time under two names, each with its own range, is one time', async () => {
    const time = tables.js === undefined ? 'orders.created_at' : 'orders.createdAt';
    const query = {
      measures: ['sales.count'],
      timeDimensions: [
        { dimension: 'sales.day', granularity: 'month', dateRange: ['2024-01-01', '2024-02-01'] },
        { dimension: time, granularity: 'month', dateRange: ['2024-01-06', '2024-12-31'] },
      ],
    };
    const [january, february] = ['2024-01-01T00:00:00.000', '2024-02-01T00:00:00.000'];
    const names = ['sales.day.month', 'sales.day', `${time}.month`, time];
    expect(await bothWays(await buildTables(tables), await openTables(tables), query)).toEqual(
      [january, february].map((at) => ({
        ...Object.fromEntries(names.map((name) => [name, at])),
        'sales.count': '1',
      })),
    );
  });

  test('describes members in the words of the view', async () => {
    const store = await openTables(tables);
    const { annotation } = await store.query({
      measures: ['sales.amount', 'orders.amount', 'sales.count'],
      dimensions: ['sales.shop_name'],
      timeDimensions: [{ dimension: 'sales.day', granularity: 'day' }],
      segments: ['sales.large'],
    });
    const day = { title: 'What we sold Day', shortTitle: 'Day', type: 'time' };
    expect(annotation).toEqual({
      measures: {
        'sales.amount': {
          title: 'What we sold Money',
          shortTitle: 'Money',
          description: 'In euros',
          type: 'number',
          format: 'currency',
          drillMembers: [],
        },
        'orders.amount': { title: 'Orders Amount', shortTitle: 'Amount', type: 'number', drillMembers: [] },
        'sales.count': {
          title: 'What we sold Orders placed',
          shortTitle: 'Orders placed',
          type: 'number',
          drillMembers: ['orders.id'],
        },
      },
      dimensions: {
        'sales.shop_name': {
          title: 'What we sold Shop Name',
          shortTitle: 'Shop Name',
          description: 'Of the city',
          type: 'string',
        },
      },
      segments: { 'sales.large': { title: 'What we sold Large', shortTitle: 'Large', type: 'boolean' } },
      timeDimensions: {
        'sales.day.day': { ...day, granularity: { name: 'day', title: 'day', interval: '1 day' } },
        'sales.day': day,
      },
    });
  });

  test.each([
    [
      { measures: ['sales.amuont'] },
      'measures[0]: unknown measure "sales.amuont"',
      "Did you mean 'sales.amount'?",
    ],
    [{ measures: ['sales.large'] }, "measures[0]: 'sales.large' is a segment, not a measure", 'segments'],
    [{ measures: ['sale.amount'] }, 'unknown measure "sale.amount"', "Did you mean 'sales.amount'?"],
    [
      { measures: ['sales.count'], order: { 'sales.amount': 'asc' } },
      "'sales.amount' is not part of the query",
      '',
    ],
    [
      {
        measures: ['sales.count'],
        filters: [{ member: 'sales.shop_id', operator: 'equals', values: ['x'] }],
      },
      'filters[0].values: "x" is not a number',
      '',
    ],
    [
      { measures: ['sales.count'], timeDimensions: [{ dimension: 'sales.shop_name' }] },
      "timeDimensions[0].dimension: 'sales.shop_name' is a dimension of type string, not a time",
      '',
    ],
  ])('refuses %j by the name that was asked for', async (query, message, next) => {
    const store = await openTables(tables);
    await expect(store.query(query)).rejects.toMatchObject({
      code: 'query_invalid',
      message: expect.stringContaining(message) as string,
      ...(next === '' ? {} : { next: expect.stringContaining(next) as string }),
    });
  });
});
