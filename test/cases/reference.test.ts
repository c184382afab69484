/** The promises of cube-reference-2026.md about notation and types. */
import { expect, test } from 'vitest';
import { buildTables, openTables, tableOf } from '../support/open-tables.js';
import { byName, init, main, namesAndNumbers, shop, yaml } from '../support/reference-model.js';

test('[D5] snake_case and camelCase spell the same model', async () => {
  const camel = yaml
    .replaceAll(
      /\b(sql_table|primary_key|pre_aggregations|time_dimension|partition_granularity):/g,
      toCamelCase,
    )
    .replaceAll(/\b(many_to_one|count_distinct_approx)\b/g, toCamelCase);
  expect(camel).toContain('partitionGranularity: month');
  expect(camel).toContain('type: countDistinctApprox');
  const [snake, other] = [await buildTables(shop), await buildTables({ ...shop, yaml: camel })];
  const [first, second] = [await snake.query(byName), await other.query(byName)];
  expect(first.data.map((row) => Object.values(row))).toEqual(namesAndNumbers);
  expect(second.data).toEqual(first.data);
  for (const { meta } of [first, second])
    expect(meta).toMatchObject({ mode: 'rollup', preAggregation: main });
});

test('[D6] members are named bare, by CUBE and by cube, in lists and in SQL', async () => {
  const store = await buildTables(shop);
  const { data, meta } = await store.query({
    ...byName,
    dimensions: ['users.name', 'orders.status'],
    timeDimensions: [{ dimension: 'orders.created_at', dateRange: ['2024-02-01', '2024-02-29'] }],
  });
  expect(data.map((row) => Object.values(row))).toEqual([
    ['Ada King', 'new', '1', '20'],
    ['Bob Ross', 'completed', '1', '30'],
  ]);
  expect(meta).toMatchObject({ mode: 'rollup', preAggregation: main, partitions: { read: 1 } });
  expect(meta.partitions.total).toBeGreaterThan(1);
});

test.for(['CUBE.nope', 'orders.nope', 'nope', 'persons.name'])(
  '[D6] a reference to nothing is an error: %s',
  async (name) => {
    const broken = yaml.replace('dimensions: [users.name, orders.status]', `dimensions: [${name}]`);
    await expect(openTables({ ...shop, yaml: broken })).rejects.toMatchObject({
      code: 'model_invalid',
      position: { line: yaml.slice(0, yaml.indexOf('[users.name')).split('\n').length },
    });
  },
);

test('[D7] sql_table and sql give rows, data_source names the source', async () => {
  const store = await buildTables({
    init,
    sources: { mssql: [tableOf('orders', ['status'], ["'only here'"])] },
    yaml: `
      cubes:
        - name: orders
          sql_table: orders
          measures: [{ name: count, type: count }]
        - name: recent_orders
          sql: |
            SELECT * FROM orders
            WHERE id > 3
          measures: [{ name: count, type: count }]
        - name: other_orders
          data_source: mssql
          sql_table: orders
          measures: [{ name: count, type: count }]
          dimensions: [{ name: status, sql: status, type: string }]
          pre_aggregations:
            - name: statuses
              measures: [count]
              dimensions: [status]
    `,
  });
  const countOf = async (cube: string): Promise<unknown> =>
    (await store.query({ measures: [`${cube}.count`] })).data[0][`${cube}.count`];
  expect([await countOf('orders'), await countOf('recent_orders'), await countOf('other_orders')]).toEqual([
    '5',
    '2',
    '1',
  ]);
  const foreign = await store.query({ dimensions: ['other_orders.status'] });
  expect(foreign.data).toEqual([{ 'other_orders.status': 'only here' }]);
  expect(foreign.meta).toMatchObject({ mode: 'direct', preAggregation: 'other_orders.statuses' });
});

test('[D7] a data source that the configuration lacks is an error', async () => {
  const broken = yaml.replace('sql_table: orders', 'sql_table: orders\n        data_source: nowhere');
  const ask = async (): Promise<unknown> =>
    (await openTables({ ...shop, yaml: broken })).query({ measures: ['orders.count'] });
  await expect(ask()).rejects.toMatchObject({
    code: 'config_invalid',
    message: expect.stringContaining("'nowhere'"),
  });
});

test('[D1] [D8] [X7] the four types are known, and rollup is the default', async () => {
  const store = await openTables({
    init,
    yaml:
      yaml.replace(
        '        pre_aggregations:\n',
        `        pre_aggregations:
          - name: recent
            type: rollup_lambda
            rollups: [orders.main]
          - name: raw
            type: original_sql
          - name: joined
            type: rollup_join
            measures: [CUBE.count]
            dimensions: [users.name]
            rollups: [users.names, CUBE.own]
          - name: plain
            type: rollup
            measures: [count]
          - name: own
            measures: [count]
            dimensions: [user_id]
`,
      ) + '        pre_aggregations:\n          - name: names\n            dimensions: [id, name]\n',
  });
  const { candidates } = await store.explain({ measures: ['orders.count'] });
  expect(candidates.map(({ id, type }) => [id, type])).toEqual([
    ['orders.recent', 'rollup_lambda'],
    ['orders.joined', 'rollup_join'],
    ['orders.plain', 'rollup'],
    ['orders.own', 'rollup'],
    ['orders.main', 'rollup'],
    ['users.names', 'rollup'],
    ['orders.raw', 'original_sql'],
  ]);
  const unknown = yaml.replace('- name: main', '- name: main\n            type: rolup');
  await expect(openTables({ ...shop, yaml: unknown })).rejects.toThrow(/rolup.*rollup/s);
});

test('[D9] a rollup of the five additive types answers over any part of its dimensions', async () => {
  const measures = ['count', 'revenue', 'smallest', 'largest', 'buyers'];
  const store = await buildTables({
    ...shop,
    yaml: yaml.replace('[count, CUBE.revenue]', `[${measures.join(', ')}]`),
  });
  const query = { measures: measures.map((name) => `orders.${name}`) };
  const total = await store.query(query);
  expect(total.data.map((row) => Object.values(row))).toEqual([['5', '150', '10', '50', '2']]);
  const byStatus = await store.query({ ...query, dimensions: ['orders.status'] });
  expect(byStatus.data.map((row) => Object.values(row))).toEqual([
    ['completed', '2', '40', '10', '30', '2'],
    [null, '2', '90', '40', '50', '1'],
    ['new', '1', '20', '20', '20', '1'],
  ]);
  for (const { meta } of [total, byStatus])
    expect(meta).toMatchObject({ mode: 'rollup', preAggregation: main });
});

function toCamelCase(text: string): string {
  return text.replaceAll(/_([a-z])/g, (_match, letter: string) => letter.toUpperCase());
}
