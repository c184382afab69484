/** The promises of cube-reference-2026.md about indexes, on the table that Cube's documents print. */
import { expect, test } from 'vitest';
import { buildTables, openTables, tableOf } from '../support/open-tables.js';

const init = [
  tableOf(
    'orders',
    ['ordered_at', 'product_name', 'product_category', 'zip_code', 'order_total'],
    [
      "TIMESTAMP '2021-01-01 10:00:00', 'Keyboard', 'Electronics', 88523, 1000",
      "TIMESTAMP '2021-01-01 10:00:00', 'Mouse', 'Electronics', 88523, 800",
      "TIMESTAMP '2021-01-01 10:00:00', 'Plastic Chair', 'Furniture', 88523, 2000",
      "TIMESTAMP '2021-01-01 11:00:00', 'Keyboard', 'Electronics', 88524, 2000",
      "TIMESTAMP '2021-01-01 11:00:00', 'Plastic Chair', 'Furniture', 88524, 3000",
    ],
  ),
];

const model = `
    cubes:
      - name: orders
        sql_table: orders
        measures:
          - { name: count, type: count }
          - { name: order_total, sql: order_total, type: sum }
          - { name: average_total, sql: "{CUBE.order_total} / {CUBE.count}", type: number }
          - { name: mean_total, sql: order_total, type: avg }
        dimensions:
          - { name: ordered_at, sql: ordered_at, type: time }
          - { name: product_name, sql: product_name, type: string }
          - { name: product_category, sql: product_category, type: string }
          - { name: zip_code, sql: zip_code, type: number }
        pre_aggregations:
          - name: main
            measures: [CUBE.order_total, CUBE.count]
            dimensions: [CUBE.product_name, CUBE.product_category, CUBE.zip_code]
            time_dimension: CUBE.ordered_at
            granularity: hour`;

const regular = `
              - name: category_productname_zipcode_index
                columns: [CUBE.product_category, CUBE.product_name, CUBE.zip_code]`;
const aggregating = `
              - name: zip_code_index
                columns: [CUBE.zip_code]
                type: aggregate`;

const withIndexes = (indexes: string): { yaml: string; init: string[] } => ({
  yaml: indexes === '' ? model : `${model}\n            indexes:${indexes}`,
  init,
});

const totalByZip = {
  measures: ['orders.order_total'],
  dimensions: ['orders.zip_code'],
  order: { 'orders.zip_code': 'asc' },
};
const byZip = [
  ['88523', '3800'],
  ['88524', '5000'],
];
const electronics = {
  measures: ['orders.order_total'],
  dimensions: ['orders.product_name'],
  filters: [{ member: 'orders.product_category', operator: 'equals', values: ['Electronics'] }],
};
const byProduct = [
  ['Keyboard', '3000'],
  ['Mouse', '800'],
];

test('[FX-10] [D73] [D78] [D82] each query takes the index that was made for it', async () => {
  const store = await buildTables(withIndexes(regular + aggregating));
  const a = await store.query(totalByZip);
  expect(a.data.map((row) => Object.values(row))).toEqual(byZip);
  expect(a.meta).toMatchObject({ preAggregation: 'orders.main', index: 'zip_code_index', rowsScanned: 2 });
  const b = await store.query(electronics);
  expect(b.data.map((row) => Object.values(row))).toEqual(byProduct);
  expect(b.meta).toMatchObject({
    preAggregation: 'orders.main',
    index: 'category_productname_zipcode_index',
  });
  expect(b.meta.rowsScanned).toBe(3);
});

test('[D73] the index is named in explain, and the answers are those without it', async () => {
  const indexed = await buildTables(withIndexes(regular + aggregating));
  const plain = await buildTables(withIndexes(''));
  for (const query of [totalByZip, electronics]) {
    const [fast, slow] = [await indexed.query(query), await plain.query(query)];
    expect(fast.data).toEqual(slow.data);
    expect(slow.meta).toMatchObject({ preAggregation: 'orders.main', index: null });
    expect((await indexed.explain(query)).index).toBe(fast.meta.index);
  }
});

test.for(['product_category', 'CUBE.product_category', 'orders.product_category'])(
  '[D74] an index column is named %s',
  async (name) => {
    const store = await buildTables(
      withIndexes(`\n              - { name: by_category, columns: [${name}] }`),
    );
    const result = await store.query(electronics);
    expect(result.data.map((row) => Object.values(row))).toEqual(byProduct);
    expect(result.meta).toMatchObject({ index: 'by_category', rowsScanned: 3 });
  },
);

test.for([
  'CUBE.ordered_at.hour',
  'ordered_at.hour',
  'orders__ordered_at_hour',
  `"{'orders__ordered_at_hour'}"`,
])('[D75] [D76] an index column of time is named %s', async (name) => {
  const store = await buildTables(
    withIndexes(`\n              - { name: by_time, type: aggregate, columns: [${name}] }`),
  );
  const result = await store.query({
    measures: ['orders.order_total'],
    timeDimensions: [{ dimension: 'orders.ordered_at', granularity: 'hour' }],
  });
  expect(result.data.map((row) => [row['orders.ordered_at.hour'], row['orders.order_total']])).toEqual([
    ['2021-01-01T10:00:00.000', '3800'],
    ['2021-01-01T11:00:00.000', '5000'],
  ]);
  expect(result.meta).toMatchObject({ index: 'by_time', rowsScanned: 2 });
});

test('[D75] a column with another granularity than the rollup is an error', async () => {
  const broken = withIndexes('\n              - { name: by_time, columns: [CUBE.ordered_at.day] }');
  await expect(openTables(broken)).rejects.toMatchObject({ code: 'model_invalid' });
});

test('[D79] a query takes an aggregating index only when its dimensions and filters are columns of it', async () => {
  const store = await buildTables(withIndexes(regular + aggregating));
  const indexOf = async (query: object): Promise<string | null> => (await store.query(query)).meta.index;
  const zipFilter = { member: 'orders.zip_code', operator: 'gt', values: ['88523'] };
  const nameFilter = { member: 'orders.product_name', operator: 'equals', values: ['Mouse'] };
  const day = { dimension: 'orders.ordered_at', dateRange: ['2021-01-01', '2021-01-01'] };
  expect(await indexOf({ measures: ['orders.count'], filters: [zipFilter] })).toBe('zip_code_index');
  expect(await indexOf({ measures: ['orders.count'] })).toBe('zip_code_index');
  expect(await indexOf({ ...totalByZip, measures: ['orders.average_total'] })).toBe('zip_code_index');
  expect(await indexOf({ ...totalByZip, filters: [nameFilter] })).not.toBe('zip_code_index');
  expect(await indexOf({ ...totalByZip, filters: [{ or: [zipFilter, nameFilter] }] })).not.toBe(
    'zip_code_index',
  );
  expect(await indexOf({ ...totalByZip, timeDimensions: [day] })).not.toBe('zip_code_index');
  const mean = await store.query({ ...totalByZip, measures: ['orders.mean_total'] });
  expect(mean.data.map((row) => Number(row['orders.mean_total']))).toEqual([3800 / 3, 2500]);
  expect(mean.meta.index).toBeNull();
  expect(mean.meta.mode).toBe('source');
});

test('[D81] a query that does not qualify falls back to a regular index and is still right', async () => {
  const store = await buildTables(withIndexes(aggregating));
  const result = await store.query(electronics);
  expect(result.data.map((row) => Object.values(row))).toEqual(byProduct);
  expect(result.meta).toMatchObject({ mode: 'rollup', preAggregation: 'orders.main', index: null });
  const both = await buildTables(withIndexes(regular + aggregating));
  const misfit = {
    ...totalByZip,
    filters: [{ member: 'orders.product_category', operator: 'equals', values: ['Furniture'] }],
  };
  const fallback = await both.query(misfit);
  expect(fallback.data.map((row) => Object.values(row))).toEqual([
    ['88523', '2000'],
    ['88524', '3000'],
  ]);
  expect(fallback.meta.index).toBe('category_productname_zipcode_index');
});
