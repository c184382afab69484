/** The promises of cube-context-aware-recipe.md: one query, its rows and the name of what served it. */
import { expect, test } from 'vitest';
import { buildTables, tableOf } from '../support/open-tables.js';
import type { Tables } from '../support/open-tables.js';

const day = "TIMESTAMP '2021-09-22 08:15:00'";
const earlier = "TIMESTAMP '2021-08-22 23:59:59.999'";

const products: Tables = {
  yaml: `
    cubes:
      - name: Products
        sql: SELECT * FROM testing_orders
        measures:
          - name: amount
            sql: amount
            type: sum
          - name: rebate
            sql: rebate
            type: sum
        dimensions:
          - name: clientName
            sql: client_name
            type: string
          - name: createdAt
            sql: created_at
            type: time
        preAggregations:
          - name: amountByClientName
            measures: [Products.amount, Products.rebate]
            dimensions: [Products.clientName]
            timeDimension: Products.createdAt
            granularity: day
  `,
  init: [
    tableOf(
      'testing_orders',
      ['client_name', 'created_at', 'amount', 'rebate'],
      [
        `'At Pede Cras Corporation', ${day}, 300::BIGINT, 0.10::DECIMAL(18, 2)`,
        `'At Pede Cras Corporation', ${day}, 200, 0.25`,
        `'Ipsum Leo Foundation', ${day}, 400, 1234567890123456.78`,
        `'Ipsum Leo Foundation', ${earlier}, 399, NULL`,
        `'Quisque Purus Sapien Limited', ${earlier}, 1, 0.05`,
      ],
    ),
  ],
};

const query = {
  measures: ['Products.amount'],
  timeDimensions: [{ dimension: 'Products.createdAt', granularity: 'day' }],
  order: { 'Products.amount': 'desc' },
  dimensions: ['Products.clientName'],
  limit: 2,
};

const dayLabel = '2021-09-22T00:00:00.000';
const twoBest = [
  {
    'Products.clientName': 'At Pede Cras Corporation',
    'Products.createdAt.day': dayLabel,
    'Products.createdAt': dayLabel,
    'Products.amount': '500',
  },
  {
    'Products.clientName': 'Ipsum Leo Foundation',
    'Products.createdAt.day': dayLabel,
    'Products.createdAt': dayLabel,
    'Products.amount': '400',
  },
];

test('[A17] [A18] [A19] the query of the recipe gives its rows, from all time, best first', async () => {
  const store = await buildTables(products);
  const result = await store.query(query);
  expect(result.data).toEqual(twoBest);
  expect(result.meta).toMatchObject({
    mode: 'direct',
    preAggregation: 'Products.amountByClientName',
    exact: true,
  });
  expect(result.meta.rowsScanned).toBe(4);
});

test('[A5] a pre-aggregation without type is a rollup', async () => {
  const store = await buildTables(products);
  const { candidates, selected } = await store.explain(query);
  expect(candidates).toMatchObject([
    { id: 'Products.amountByClientName', type: 'rollup', matched: true, reasons: [] },
  ]);
  expect(selected).toBe('Products.amountByClientName');
});

test('[A6] members qualified by their cube and bare members name the same', async () => {
  const bare = { ...products, yaml: products.yaml.replaceAll(/(?<=[[ ])Products\.(?=\w)/g, '') };
  expect(bare.yaml).toContain('measures: [amount, rebate]');
  expect(bare.yaml).toContain('timeDimension: createdAt');
  const store = await buildTables(bare);
  const result = await store.query(query);
  expect(result.data).toEqual(twoBest);
  expect(result.meta.preAggregation).toBe('Products.amountByClientName');
});

test('[A20] [A21] every row carries the time twice, in milliseconds and without a zone', async () => {
  const store = await buildTables(products);
  const times = { timeDimensions: [{ dimension: 'Products.createdAt', granularity: 'month' }] };
  const fromRollup = await store.query({ measures: ['Products.amount'], ...times });
  expect(fromRollup.meta.mode).toBe('rollup');
  expect(fromRollup.data).toEqual([
    {
      'Products.createdAt.month': '2021-08-01T00:00:00.000',
      'Products.createdAt': '2021-08-01T00:00:00.000',
      'Products.amount': '400',
    },
    {
      'Products.createdAt.month': '2021-09-01T00:00:00.000',
      'Products.createdAt': '2021-09-01T00:00:00.000',
      'Products.amount': '900',
    },
  ]);
  const fine = [
    { dimension: 'Products.createdAt', granularity: 'second', dateRange: ['2021-08-22', '2021-08-22'] },
  ];
  const fromSource = await store.query({ timeDimensions: fine });
  expect(fromSource.meta.mode).toBe('source');
  expect(fromSource.data).toEqual([
    {
      'Products.createdAt.second': '2021-08-22T23:59:59.000',
      'Products.createdAt': '2021-08-22T23:59:59.000',
    },
  ]);
});

test('[A22] [X15] measures are strings, or native numbers where no digit is lost', async () => {
  const store = await buildTables(products);
  const perClient = { measures: ['Products.amount', 'Products.rebate'], dimensions: ['Products.clientName'] };
  const strings = await store.query(perClient);
  expect(strings.data.map((row) => [row['Products.amount'], row['Products.rebate']])).toEqual([
    ['799', '1234567890123456.78'],
    ['500', '0.35'],
    ['1', '0.05'],
  ]);
  const native = await store.query(perClient, { numbers: 'native' });
  expect(native.data.map((row) => [row['Products.amount'], row['Products.rebate']])).toEqual([
    [799, '1234567890123456.78'],
    [500, 0.35],
    [1, 0.05],
  ]);
  expect([strings.meta.mode, native.meta.mode]).toEqual(['rollup', 'rollup']);
});

test('[A22] [X15] a native integer beyond a double is a bigint, also as the default of the store', async () => {
  const big = products.init[0].replace('300::BIGINT', '9007199254740793::BIGINT');
  const store = await buildTables({ ...products, init: [big], options: { numbers: 'native' } });
  const native = await store.query(query);
  expect(native.data.map((row) => row['Products.amount'])).toEqual([9007199254740993n, 400]);
  const strings = await store.query(query, { numbers: 'string' });
  expect(strings.data.map((row) => row['Products.amount'])).toEqual(['9007199254740993', '400']);
});

test('[A23] [A25] [A26] the answer names its pre-aggregation and the table in the manner of Cube', async () => {
  const store = await buildTables(products);
  const { usedPreAggregations, lastRefreshTime } = await store.query(query);
  const key = 'dev_pre_aggregations.products_amount_by_client_name';
  expect(Object.keys(usedPreAggregations)).toEqual([key]);
  const { targetTableName } = usedPreAggregations[key];
  expect(targetTableName).toMatch(
    /^dev_pre_aggregations\.products_amount_by_client_name_[a-z0-5]{7,8}_[a-z0-5]{7,8}_[0-9a-v]{7}$/,
  );
  const seconds = Number.parseInt(targetTableName.slice(-7), 32);
  expect(seconds).toBe(Math.floor(Date.parse(lastRefreshTime) / 1000));
});

test('[A23] an answer from the source names none', async () => {
  const store = await buildTables(products);
  const result = await store.query({
    measures: ['Products.amount'],
    timeDimensions: [{ dimension: 'Products.createdAt', granularity: 'hour' }],
  });
  expect(result.usedPreAggregations).toEqual({});
  expect(result.meta).toMatchObject({
    mode: 'source',
    preAggregation: null,
    index: null,
    partitions: { read: 0, total: 0 },
    rowsScanned: null,
  });
});
