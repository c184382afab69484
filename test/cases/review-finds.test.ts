/** Wrong answers that a stranger found in a review: each test tells one of them. */
import { describe, expect, test } from 'vitest';
import { buildTables, openTables, refusals, tableOf, temporaryFolder } from '../support/open-tables.js';

const events = [
  "CREATE TABLE o AS SELECT range % 3 AS k, TIMESTAMP '2024-01-01' + to_days(range::INTEGER) AS t FROM range(60)",
];
const byMonth = `
cubes:
  - name: o
    sql_table: o
    dimensions:
      - { name: k, sql: k, type: number }
      - { name: t, sql: t, type: time }
    measures: [{ name: count, type: count }]
    pre_aggregations:
      - { name: r, measures: [count], dimensions: [k], time_dimension: t, granularity: month }
`;

// The one partition was taken for that of rows without a time, left out, and an empty rollup published.
test('a build of a range builds a rollup without partitions whole', async () => {
  const store = await openTables({ yaml: byMonth, init: events });
  await store.build({ range: ['2024-01-03', '2024-02-02'] });
  const { data, meta } = await store.query({ measures: ['o.count'], dimensions: ['o.k'] });
  expect(meta.mode).toBe('rollup');
  expect(data.map((row) => row['o.count'])).toEqual(['20', '20', '20']);
  await store.build({ range: ['2024-01-03', '2024-02-02'], force: true });
  expect((await store.query({ measures: ['o.count'] })).data).toEqual([{ 'o.count': '60' }]);
});

describe('the definition of a rollup changes with all that its SQL is made of', () => {
  const init = [
    tableOf('orders', ['id', 'alt', 'buyer', 'seller'], ['1, 1, 1, 2', '2, 2, 1, 2', '3, NULL, 2, 2']),
    tableOf('users', ['id', 'city'], ["1, 'a'", "2, 'b'"]),
  ];
  const yaml = `
cubes:
  - name: orders
    sql_table: orders
    joins: [{ name: users, relationship: many_to_one, sql: '{CUBE.user_id} = {users.id}' }]
    dimensions:
      - { name: id, sql: id, type: number, primary_key: true }
      - { name: user_id, sql: buyer, type: number }
    measures: [{ name: count, type: count }]
    pre_aggregations: [{ name: r, measures: [count], dimensions: [users.city] }]
  - name: users
    sql_table: users
    joins: [{ name: orders, relationship: one_to_many, sql: '{CUBE.id} = {orders.user_id}' }]
    dimensions:
      - { name: id, sql: id, type: number, primary_key: true }
      - { name: city, sql: city, type: string }
    measures: [{ name: count, type: count }]
    pre_aggregations: [{ name: r, measures: [count, orders.count], dimensions: [city] }]
`;

  test.each([
    ['a dimension that only a join names', 'sql: buyer', 'sql: seller', 'orders.r'],
    [
      'the other end of a join',
      'sql: id, type: number, primary_key: true }\n      - { name: city',
      "sql: '3 - {CUBE}.id', type: number, primary_key: true }\n      - { name: city",
      'orders.r',
    ],
    [
      'a primary key whose values are counted',
      'name: id, sql: id, type: number, primary_key: true }\n      - { name: user_id',
      'name: id, sql: alt, type: number, primary_key: true }\n      - { name: user_id',
      'users.r',
    ],
  ])('%s', async (_, before, after, rollup) => {
    const folder = temporaryFolder();
    const built = await buildTables({ yaml, init, folder });
    await built.close();
    const changed = yaml.replace(before, after);
    expect(changed).not.toBe(yaml);
    const store = await openTables({ yaml: changed, init, folder });
    const measures = rollup === 'users.r' ? ['users.count', 'orders.count'] : ['orders.count'];
    const query = { measures, dimensions: ['users.city'] };
    expect(await refusals(store, query, rollup)).toContain('definition_changed');
    const fresh = (await store.query(query)).data;
    await store.build();
    expect((await store.query(query)).data).toEqual(fresh);
  });
});

// Over distinct keys and inputs, two lines of one order with the same quantity were one.
test('a measure that reads many rows for one of its own cube is refused where joins repeat it', async () => {
  const store = await openTables({
    init: [
      tableOf('orders', ['id'], ['1', '2']),
      tableOf('lines', ['id', 'order_id', 'qty'], ['1, 1, 5', '2, 1, 5', '3, 2, 5', '4, 2, 6']),
    ],
    yaml: `
cubes:
  - name: orders
    sql_table: orders
    joins: [{ name: lines, relationship: one_to_many, sql: '{CUBE}.id = {lines}.order_id' }]
    dimensions: [{ name: id, sql: id, type: number, primary_key: true }]
    measures: [{ name: qty, type: sum, sql: '{lines.qty}' }]
  - name: lines
    sql_table: lines
    dimensions:
      - { name: id, sql: id, type: number, primary_key: true }
      - { name: qty, sql: qty, type: number }
`,
  });
  await expect(store.query({ measures: ['orders.qty'], dimensions: ['orders.id'] })).rejects.toMatchObject({
    code: 'query_invalid',
    message: expect.stringContaining('orders.qty reads lines') as string,
  });
});

test('two things that would share a column are refused', async () => {
  const store = await openTables({
    init: [
      "CREATE TABLE o AS SELECT TIMESTAMP '2024-01-01 10:00' AS at, TIMESTAMP '2020-05-05' AS other, 1 AS x",
    ],
    yaml: `
cubes:
  - name: o
    sql_table: o
    dimensions:
      - { name: created_at, sql: at, type: time }
      - { name: created_at_day, sql: other, type: time }
      - { name: kind, sql: x, type: number }
      - { name: Kind, sql: x + 1, type: number }
    measures: [{ name: count, type: count }]
`,
  });
  const day = [{ dimension: 'o.created_at', granularity: 'day' }];
  await expect(store.query({ dimensions: ['o.created_at_day'], timeDimensions: day })).rejects.toThrow(
    'o.created_at_day and o.created_at.day would share the column',
  );
  await expect(store.query({ dimensions: ['o.kind', 'o.Kind'] })).rejects.toThrow('would share the column');
  expect((await store.query({ dimensions: ['o.created_at_day', 'o.kind'] })).data).toHaveLength(1);
});

// The way was dropped, and the cube joined directly.
test('drill filters follow their join paths, and join the cubes that they name', async () => {
  const store = await openTables({
    init: [
      tableOf('o', ['id', 's_id', 'c_id'], ['1, 1, 2']),
      tableOf('s', ['id', 'c_id'], ['1, 1']),
      tableOf('c', ['id', 'name'], ["1, 'A'", "2, 'B'"]),
    ],
    yaml: `
cubes:
  - name: o
    sql_table: o
    joins:
      - { name: s, relationship: many_to_one, sql: '{CUBE}.s_id = {s.id}' }
      - { name: c, relationship: many_to_one, sql: '{CUBE}.c_id = {c.id}' }
    dimensions: [{ name: id, sql: id, type: number, primary_key: true }]
    measures:
      - { name: count, type: count }
      - { name: far, type: count, drill_filters: [{ sql: "{CUBE.s.c.name} = 'A'" }] }
      - { name: near, type: count, drill_filters: [{ sql: "{c}.name = 'B'" }] }
  - name: s
    sql_table: s
    joins: [{ name: c, relationship: many_to_one, sql: '{CUBE}.c_id = {c.id}' }]
    dimensions: [{ name: id, sql: id, type: number, primary_key: true }]
  - name: c
    sql_table: c
    dimensions:
      - { name: id, sql: id, type: number, primary_key: true }
      - { name: name, sql: name, type: string }
`,
  });
  for (const measure of ['o.far', 'o.near']) {
    const filters = [{ member: measure, operator: 'measureFilter' }];
    expect((await store.query({ measures: ['o.count'], filters })).data).toEqual([{ 'o.count': '1' }]);
  }
});

test('holes in a list of values are told as bad values', async () => {
  const store = await openTables({ yaml: byMonth, init: events });
  // oxlint-disable-next-line no-sparse-arrays
  const filters = [{ member: 'o.k', operator: 'gt', values: [, 1] }];
  await expect(store.query({ measures: ['o.count'], filters })).rejects.toMatchObject({
    code: 'query_invalid',
  });
});

test('a type that changed in the source between two builds is a typed error', async () => {
  const folder = temporaryFolder();
  const yaml = byMonth.replace('granularity: month', 'granularity: month, partition_granularity: month');
  const january = await openTables({ yaml, init: events, folder });
  await january.build({ range: ['2024-01-01', '2024-02-01'] });
  await january.close();
  const texts = [events[0].replace('range % 3 AS k', '(range % 3)::VARCHAR AS k')];
  const store = await openTables({ yaml, init: texts, folder });
  await store.build();
  const filters = [{ member: 'o.k', operator: 'gte', values: ['1'] }];
  await expect(store.query({ measures: ['o.count'], filters })).rejects.toMatchObject({
    code: 'query_invalid',
    message: expect.stringContaining('holds values of type string') as string,
  });
});

// Nothing tells the types of a rollup without files: they were taken for integers, and the filters refused.
test('a filter on a measure of texts or truths fits a rollup that was built of no rows', async () => {
  const store = await buildTables({
    init: ['CREATE TABLE o (k VARCHAR, b BOOLEAN, t TIMESTAMP)'],
    yaml: `
cubes:
  - name: o
    sql_table: o
    dimensions:
      - { name: k, sql: k, type: string }
      - { name: t, sql: t, type: time }
    measures:
      - { name: all_of, type: bool_and, sql: b }
      - { name: latest, type: last, sql: '{k}' }
    pre_aggregations:
      - { name: r, measures: [all_of, latest], dimensions: [k], time_dimension: t, granularity: day, partition_granularity: month }
`,
  });
  const cases: [object, unknown[]][] = [
    [{ member: 'o.all_of', operator: 'equals', values: ['true'] }, []],
    [{ member: 'o.latest', operator: 'contains', values: ['a'] }, []],
    [{ member: 'o.latest', operator: 'notEquals', values: ['a'] }, [{ 'o.all_of': null, 'o.latest': null }]],
  ];
  for (const [filter, expected] of cases) {
    const query = { measures: ['o.all_of', 'o.latest'], filters: [filter] };
    const { data, meta } = await store.query(query);
    expect(meta.mode).toBe('rollup');
    expect(data).toEqual(expected);
    expect((await store.query(query, { policy: 'sourceOnly' })).data).toEqual(expected);
    expect((await store.query({ ...query, dimensions: ['o.k'] })).data).toEqual([]);
  }
});
