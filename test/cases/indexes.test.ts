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

test('[FX-10] [H10] where the order of the rows meets the query, its stretch is read; else all of them', async () => {
  const indexed = await buildTables(withIndexes(regular));
  const plain = await buildTables(withIndexes(''));
  expect((await indexed.query(electronics)).meta).toMatchObject({
    index: 'category_productname_zipcode_index',
    rowsScanned: 3,
  });
  expect((await plain.query(electronics)).meta).toMatchObject({ index: null, rowsScanned: 5 });
  const [verdict] = (await indexed.explain(electronics)).indexes.filter(({ chosen }) => chosen);
  expect(verdict.why).toBe(
    'its rows are sorted by orders__product_category, orders__product_name first, of which the filter pins orders__product_category and the query groups by orders__product_name.',
  );
});

test('blocks are skipped by a column that the rows are not sorted by first', async () => {
  const zip = { member: 'orders.zip_code', operator: 'equals', values: ['88524'] };
  const query = { ...electronics, filters: [zip], order: { 'orders.product_name': 'asc' } };
  const rows = [
    ['Keyboard', '2000'],
    ['Plastic Chair', '3000'],
  ];
  for (const [blockRows, rowsScanned] of [
    [4_096, 5],
    [1, 2],
  ]) {
    const store = await buildTables({ ...withIndexes(''), options: { testing: { blockRows } } });
    const { data, meta } = await store.query(query);
    expect(data.map((row) => Object.values(row))).toEqual(rows);
    expect(meta).toMatchObject({ index: null, rowsScanned });
  }
});

test('[H7] without any index rows are sorted by the dimensions, then by the time', async () => {
  const store = await buildTables({ ...withIndexes(''), options: { testing: { totals: false } } });
  const pin = (member: string, value: string) => ({ member, operator: 'equals', values: [value] });
  const eleven = ['2021-01-01T11:00:00.000', '2021-01-01T11:59:59.999'];
  const scanned = async (filters: object[], dateRange: string[] | null): Promise<number | null> => {
    const timeDimensions = dateRange === null ? [] : [{ dimension: 'orders.ordered_at', dateRange }];
    const { meta } = await store.query({ measures: ['orders.count'], filters, timeDimensions });
    expect(meta).toMatchObject({ mode: 'rollup', index: null });
    return meta.rowsScanned;
  };
  const chair = pin('orders.product_name', 'Plastic Chair');
  const furniture = pin('orders.product_category', 'Furniture');
  const zip = pin('orders.zip_code', '88523');
  expect(await scanned([], null)).toBe(5);
  expect(await scanned([chair], null)).toBe(2);
  expect(await scanned([chair, furniture, zip], null)).toBe(1);
  expect(await scanned([chair, furniture, zip], eleven)).toBe(0);
  expect(await scanned([], eleven)).toBe(5); // the time is last
});

test('[H8] all indexes are made of one read of the source', async () => {
  const counted = withIndexes(
    `${regular}${aggregating}
              - { name: by_hour, columns: [CUBE.ordered_at.hour], type: aggregate }`,
  );
  const yaml = counted.yaml
    .replace('sql_table: orders', `sql: "SELECT *, nextval('reads') AS read FROM orders"`)
    .replace('- { name: count,', '- { name: last_read, sql: read, type: max }\n          - { name: count,')
    .replace('[CUBE.order_total, CUBE.count]', '[CUBE.order_total, CUBE.count, CUBE.last_read]');
  const store = await buildTables({ yaml, init: ['CREATE SEQUENCE reads', ...counted.init] });
  const lastOf = async (query: object): Promise<unknown[]> => {
    const { data, meta } = await store.query(
      { measures: ['orders.last_read'], ...query },
      { numbers: 'native' },
    );
    return [meta.index, Math.max(...data.map((row) => row['orders.last_read'] as number))];
  };
  expect(await lastOf({ dimensions: ['orders.zip_code'] })).toEqual(['zip_code_index', 5]);
  expect(await lastOf({ dimensions: ['orders.product_category'] })).toEqual([
    'category_productname_zipcode_index',
    5,
  ]);
  const byHour = [{ dimension: 'orders.ordered_at', granularity: 'hour' }];
  expect(await lastOf({ timeDimensions: byHour })).toEqual(['by_hour', 5]);
  expect(await lastOf({ dimensions: ['orders.product_name'] })).toEqual([null, 5]);
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

test('a build tells what each index takes, of the disk and of the time of its partitions', async () => {
  const store = await openTables(withIndexes(regular + aggregating));
  const [built] = (await store.build()).rollups;
  expect(built.indexes.map(({ name }) => name)).toEqual([
    null,
    'category_productname_zipcode_index',
    'zip_code_index',
  ]);
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  expect(sum(built.indexes.map(({ bytes }) => bytes))).toBe(built.bytes);
  for (const { durationMs } of built.indexes) expect(durationMs).toBeGreaterThan(0);
  // Milliseconds of partitions are whole, those of files are not.
  expect(sum(built.indexes.map(({ durationMs }) => durationMs))).toBeLessThanOrEqual(built.partitionsMs + 1);
  const [kept] = (await store.build()).rollups;
  const untimed = built.indexes.map((index) => ({ ...index, durationMs: 0 }));
  expect(kept).toMatchObject({ outcome: 'current', partitionsMs: 0, indexes: untimed });
});
