/** What random models and odd tables brought to light, each in its smallest form. */
import { expect, test } from 'vitest';
import { buildTables, openTables } from '../support/open-tables.js';

/** One cube `t` over a table of groups and values. */
function oneCube(
  type: string,
  rows: readonly string[],
  measures: string,
  rollup = '',
): Parameters<typeof openTables>[0] {
  return {
    init: [
      `CREATE TABLE t (g INTEGER, x ${type})`,
      `INSERT INTO t VALUES ${rows.map((row) => `(${row})`).join(', ')}`,
    ],
    yaml: `
cubes:
  - name: t
    sql_table: t
    measures: ${measures}
    dimensions:
      - { name: g, sql: g, type: number }
    ${rollup && `pre_aggregations: ${rollup}`}
`,
  };
}

test.for([
  ['one infinite value', ["1, 'inf'", '1, 1', '2, 2'], 'Infinity'],
  ['both infinities', ["1, 'inf'", "2, '-inf'"], 'NaN'],
  ['an overflow', ['1, 1e308', '1, 1e308', '2, 1e308'], 'Infinity'],
] as const)(
  'a sum over %s is what IEEE 754 says, from a source and from every index',
  async ([, rows, sum]) => {
    const measures = '[{ name: sum, sql: x, type: sum }]';
    const rollup =
      '[{ name: r, measures: [sum], dimensions: [g], indexes: [{ name: i, type: aggregate, columns: [g] }] }]';
    const store = await openTables(oneCube('DOUBLE', rows, measures, rollup));
    const query = { measures: ['t.sum'] };
    expect((await store.query(query)).data).toEqual([{ 't.sum': sum }]);
    await store.build();
    const { data, meta } = await store.query(query);
    expect(data).toEqual([{ 't.sum': sum }]);
    expect(meta).toMatchObject({ mode: 'rollup', index: 'i' });
  },
);

test.for([
  ['UBIGINT', ['1, 18446744073709551615', '1, 18446744073709551614', '2, 18446744073709551615', '2, 5']],
  ['HUGEINT', ['1, -9223372036854775809', '1, 36893488147419103232', '2, -9223372036854775809', '2, 0']],
] as const)('a sketch holds a %s that 64 bits with a sign do not', async ([type, rows]) => {
  const measures = '[{ name: values, sql: x, type: count_distinct_approx }]';
  const rollup = '[{ name: r, measures: [values], dimensions: [g] }]';
  const store = await openTables(oneCube(type, rows, measures, rollup));
  const query = { measures: ['t.values'] };
  expect((await store.query(query)).data).toEqual([{ 't.values': '3' }]);
  await store.build();
  const { data, meta } = await store.query(query);
  expect(data).toEqual([{ 't.values': '3' }]);
  expect(meta.mode).toBe('rollup');
});

test.for([
  ['INTERVAL', ['1, INTERVAL 2 DAY', '2, INTERVAL 10 DAY'], '10 days'],
  ['STRUCT(a INTEGER)', ["1, {'a': 2}", "2, {'a': 10}"], "{'a': 10}"],
  ['BLOB', ["1, 'b'::BLOB", "2, 'a'::BLOB"], 'a'],
] as const)('min of a %s is that of its texts, merged or not', async ([type, rows, least]) => {
  const measures = '[{ name: least, sql: x, type: min }]';
  const rollup = '[{ name: r, measures: [least], dimensions: [g] }]';
  const store = await openTables(oneCube(type, rows, measures, rollup));
  const query = { measures: ['t.least'] };
  expect((await store.query(query)).data).toEqual([{ 't.least': least }]);
  await store.build();
  const { data, meta } = await store.query(query);
  expect(data).toEqual([{ 't.least': least }]);
  expect(meta.mode).toBe('rollup');
});

test('an infinite time is refused by the source as it is by a build, and not shown as a date', async () => {
  const rows = ["1, TIMESTAMP '2024-01-01'", "2, TIMESTAMP 'infinity'"];
  const store = await openTables(oneCube('TIMESTAMP', rows, '[{ name: last, sql: x, type: max }]'));
  await expect(store.query({ measures: ['t.last'] })).rejects.toMatchObject({ code: 'value_out_of_range' });
});

test('a filter on a measure that turns out to be of texts is an error of the query', async () => {
  const measures = '[{ name: least, sql: x, type: min }]';
  const rollup = '[{ name: r, measures: [least], dimensions: [g] }]';
  const store = await openTables(oneCube('VARCHAR', ["1, 'a'", "2, 'b'"], measures, rollup));
  const query = (operator: string) => ({
    measures: ['t.least'],
    filters: [{ member: 't.least', operator, ...(operator === 'gt' && { values: ['5'] }) }],
  });
  for (const mode of ['source', 'rollup']) {
    await expect(store.query(query('gt'))).rejects.toMatchObject({ code: 'query_invalid' });
    const { data, meta } = await store.query(query('set'));
    expect(data).toEqual([{ 't.least': 'a' }]);
    expect(meta.mode).toBe(mode);
    await store.build();
  }
});

test('SQL beyond arithmetic reckons with a distinct count, which is then exact', async () => {
  const measures = `
      - { name: values, sql: x, type: count_distinct_approx }
      - { name: many, sql: "CASE WHEN {CUBE.values} > 1 THEN {CUBE.values} END", type: number }`;
  const store = await openTables(oneCube('INTEGER', ['1, 7', '1, 8', '2, 7'], measures));
  const { data } = await store.query({ measures: ['t.many'], dimensions: ['t.g'] });
  expect(data).toEqual([
    { 't.g': '1', 't.many': '2' },
    { 't.g': '2', 't.many': null },
  ]);
});

/** Orders with one bill and many items; order 2 has neither. */
const orders = {
  init: [
    'CREATE TABLE orders AS SELECT unnest([1, 2]) AS id',
    'CREATE TABLE bills AS SELECT 10 AS id, 1 AS order_id, 5 AS amount',
    'CREATE TABLE items AS SELECT unnest([20, 21]) AS id, 1 AS order_id, unnest([3, 4]) AS price',
  ],
  yaml: `
cubes:
  - name: orders
    sql_table: orders
    joins:
      - { name: bills, relationship: one_to_one, sql: "{CUBE}.id = {bills}.order_id" }
      - { name: items, relationship: one_to_many, sql: "{CUBE}.id = {items}.order_id" }
    dimensions: [{ name: id, sql: id, type: number, primary_key: true }]
    measures: [{ name: count, type: count }]
  - name: bills
    sql_table: bills
    dimensions: [{ name: id, sql: id, type: number, primary_key: true }]
    measures:
      - { name: count, type: count }
      - { name: amount, sql: amount, type: sum }
      - { name: counted, sql: "CASE WHEN TRUE THEN {CUBE.count} END", type: number }
  - name: items
    sql_table: items
    dimensions: [{ name: id, sql: id, type: number, primary_key: true }]
    measures:
      - { name: price, sql: price, type: sum }
      - { name: per_order, sql: "CASE WHEN TRUE THEN {orders.count} END", type: number }
`,
};

test('a count within SQL beyond arithmetic leaves out what a join leaves empty', async () => {
  const store = await openTables(orders);
  const { data } = await store.query({
    measures: ['bills.count', 'bills.counted'],
    dimensions: ['orders.id'],
    order: { 'orders.id': 'asc' },
  });
  expect(data).toEqual([
    { 'orders.id': '1', 'bills.count': '1', 'bills.counted': '1' },
    { 'orders.id': '2', 'bills.count': '0', 'bills.counted': '0' },
  ]);
});

test('SQL beyond arithmetic over a multiplied count is refused, and not answered with a multiple', async () => {
  const store = await openTables(orders);
  const query = { measures: ['items.price', 'items.per_order'] };
  await expect(store.query(query)).rejects.toMatchObject({
    code: 'query_invalid',
    message: expect.stringContaining('items.per_order is multiplied') as string,
  });
});

test('measures of two cubes that only a third connects are answered by the first query already', async () => {
  const store = await buildTables(orders);
  const query = { measures: ['bills.amount', 'items.price'], dimensions: ['orders.id'] };
  expect((await store.query(query)).data).toEqual([
    { 'orders.id': '1', 'bills.amount': '5', 'items.price': '7' },
    { 'orders.id': '2', 'bills.amount': null, 'items.price': null },
  ]);
});

test('a bucket that is asked for twice is one column, also of measures that a join multiplies', async () => {
  const store = await openTables({
    init: [
      "CREATE TABLE orders AS SELECT 1 AS id, TIMESTAMP '2024-01-01' AS at, 5 AS amount",
      'CREATE TABLE items AS SELECT unnest([1, 2]) AS id, 1 AS order_id',
    ],
    yaml: `
cubes:
  - name: orders
    sql_table: orders
    joins: [{ name: items, relationship: one_to_many, sql: "{CUBE}.id = {items}.order_id" }]
    dimensions:
      - { name: id, sql: id, type: number, primary_key: true }
      - { name: at, sql: at, type: time }
    measures: [{ name: amount, sql: amount, type: sum }]
  - name: items
    sql_table: items
    dimensions: [{ name: id, sql: id, type: number, primary_key: true }]
    measures: [{ name: count, type: count }]
`,
  });
  const time = { dimension: 'orders.at', granularity: 'day' };
  const ask = (dateRange: string) =>
    store.query({
      measures: ['orders.amount', 'items.count'],
      timeDimensions: [time, { ...time, dateRange }],
      dimensions: ['orders.at.day'],
    });
  const day = '2024-01-01T00:00:00.000';
  expect((await ask('2024-01-01')).data).toEqual([
    { 'orders.at.day': day, 'orders.at': day, 'orders.amount': '5', 'items.count': '2' },
  ]);
  expect((await ask('2024-01-02')).data).toEqual([]);
});

test('of a time that is stored by two granularities the finer one serves, and neither alone is a key', async () => {
  const store = await buildTables({
    init: [
      "CREATE TABLE t AS SELECT unnest([TIMESTAMP '2024-01-01', TIMESTAMP '2024-01-02']) AS at, unnest([1, 4]) AS x",
    ],
    yaml: `
cubes:
  - name: t
    sql_table: t
    measures:
      - { name: sum, sql: x, type: sum }
      - { name: kinds, sql: x, type: count_distinct }
    dimensions: [{ name: at, sql: at, type: time }]
    pre_aggregations:
      - name: r
        measures: [sum, kinds]
        time_dimensions:
          - { dimension: at, granularity: day }
          - { dimension: at, granularity: month }
`,
  });
  const by = (measure: string, granularity: string) =>
    store.query({ measures: [measure], timeDimensions: [{ dimension: 't.at', granularity }] });
  const month = { 't.at.month': '2024-01-01T00:00:00.000', 't.at': '2024-01-01T00:00:00.000' };
  const kinds = await by('t.kinds', 'month');
  expect(kinds.data).toEqual([{ ...month, 't.kinds': '2' }]);
  expect(kinds.meta.mode).toBe('source');
  expect((await by('t.sum', 'day')).meta.preAggregation).toBe('t.r');
  const sums = await by('t.sum', 'month');
  expect(sums.data).toEqual([{ ...month, 't.sum': '5' }]);
  expect(sums.meta.preAggregation).toBe('t.r');
});

// With every partition skipped, the measure's type was unknown, and a filter that does not fit it was let pass.
test('a measure filter that does not fit is refused, whether or not a partition is read', async () => {
  const store = await buildTables({
    yaml: `
cubes:
  - name: pay
    sql_table: pay
    dimensions:
      - { name: at, sql: paid_at, type: time }
    measures:
      - { name: last, sql: paid_at, type: max }
    pre_aggregations:
      - name: monthly
        measures: [last]
        time_dimension: at
        granularity: month
        partition_granularity: month
`,
    init: ["CREATE TABLE pay AS SELECT TIMESTAMP '2024-01-05' AS paid_at"],
  });
  for (const dateRange of [
    ['2024-01-01', '2024-01-31'],
    ['2025-01-01', '2025-01-31'],
  ]) {
    const query = {
      measures: ['pay.last'],
      timeDimensions: [{ dimension: 'pay.at', dateRange }],
      filters: [{ member: 'pay.last', operator: 'gt', values: ['1'] }],
    };
    expect((await store.explain(query)).selected).toBe('pay.monthly');
    await expect(store.query(query)).rejects.toMatchObject({ code: 'query_invalid' });
  }
});

// In memory half of a pair was found within the pair, and DuckDB took it for U+FFFD.
test.for(['contains', 'equals', 'notEquals', 'startsWith', 'gt'])(
  '%s half of a surrogate pair is refused, by a rollup and by the source',
  async (operator) => {
    const measures = '[{ name: count, type: count }]';
    const rollup = '[{ name: r, measures: [count], dimensions: [x] }]';
    const { init, yaml } = oneCube('VARCHAR', ["1, '😀'", "2, '\uFFFD'"], measures, rollup);
    const asText = yaml.replace('{ name: g, sql: g, type: number }', '{ name: x, sql: x, type: string }');
    const store = await openTables({ init, yaml: asText });
    const query = (half: string) => ({
      measures: ['t.count'],
      dimensions: ['t.x'],
      filters: [{ member: 't.x', operator, values: [half] }],
    });
    for (let built = 0; built < 2; built++) {
      for (const half of ['\ud83d', '\ude00', 'a\ud83d']) {
        await expect(store.query(query(half))).rejects.toMatchObject({
          code: 'query_invalid',
          message: expect.stringContaining('half of a surrogate pair') as string,
        });
      }
      expect((await store.query(query('😀'))).meta.mode).toBe(built === 0 ? 'source' : 'direct');
      await store.build();
    }
  },
);

// Constants of more than 38 digits counted as beyond every integer, but a HUGEINT has 39.
test('a HUGEINT is compared with a constant of 39 digits', async () => {
  const most = '170141183460469231731687303715884105727';
  const store = await openTables({
    init: [`CREATE TABLE t AS SELECT unnest([1, ${most}, ${most} - 1, -${most}])::HUGEINT AS x`],
    yaml: `
cubes:
  - name: t
    sql_table: t
    measures: [{ name: count, type: count }]
    dimensions: [{ name: x, sql: x, type: number }]
`,
  });
  const count = async (operator: string, value: string) => {
    const filters = [{ member: 't.x', operator, values: [value] }];
    return (await store.query({ measures: ['t.count'], filters })).data[0]['t.count'];
  };
  expect(await count('lt', most)).toBe('3');
  expect(await count('lte', most)).toBe('4');
  expect(await count('gte', most)).toBe('1');
  expect(await count('equals', most)).toBe('1');
  expect(await count('notEquals', most)).toBe('3');
  expect(await count('gt', `-${most}`)).toBe('3');
  expect(await count('lt', '170141183460469231731687303715884105728')).toBe('4');
});

// Such a build ended with `source_failed` and the advice to check the tables.
test('a rollup over integers of more than 38 digits is not built, and the source goes on answering', async () => {
  const rows = ['1, 170141183460469231731687303715884105727', '2, 1'];
  const measures = '[{ name: most, sql: x, type: max }]';
  const store = await openTables(
    oneCube('HUGEINT', rows, measures, '[{ name: r, measures: [most], dimensions: [g] }]'),
  );
  await expect(store.build()).rejects.toMatchObject({ code: 'value_out_of_range' });
  const { data, meta } = await store.query({ measures: ['t.most'] });
  expect(data).toEqual([{ 't.most': '170141183460469231731687303715884105727' }]);
  expect(meta.mode).toBe('source');
});
