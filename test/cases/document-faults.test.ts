/** X17: the faults of the documents' own examples, told with their place and with what was probably meant. */
import { expect, test } from 'vitest';
import { LANGUAGES, loadIn, type CubeInTwo } from '../support/both-languages.js';
import { openTables, tableOf } from '../support/open-tables.js';

const id = { name: 'id', sql: 'id', type: 'number', primary_key: true };
const count = { name: 'count', type: 'count' };
const createdAt = { name: 'created_at', sql: 'created_at', type: 'time' };
const main = {
  name: 'main',
  measures: ['CUBE.count'],
  time_dimension: 'CUBE.created_at',
  granularity: 'day',
  partition_granularity: 'day',
};
const orders = (keys: object): CubeInTwo => ({
  name: 'orders',
  sql_table: 'orders',
  measures: [count],
  dimensions: [id, createdAt, { name: 'status', sql: 'status', type: 'string' }],
  ...keys,
});

const FAULTS: [string, CubeInTwo, ...messages: string[]][] = [
  [
    '[B7] a drill member that the cube lacks',
    {
      name: 'Orders',
      sql: 'SELECT * FROM public.orders',
      measures: [{ ...count, drill_members: ['id', 'createdAt'] }],
      dimensions: [id, { name: 'completedAt', sql: 'completed_at', type: 'time' }],
    },
    '[1]: `Orders` has no member `createdAt`',
  ],
  [
    '[B34] a sum inside a sum',
    {
      name: 'LineItems',
      sql: 'SELECT * FROM public.line_items',
      measures: [
        { name: 'price', type: 'sum', sql: 'price' },
        { name: 'cost', type: 'sum', sql: '{CUBE.price} / (1 + {CUBE.profitMargin})' },
      ],
      dimensions: [{ name: 'profitMargin', sql: 'profit_margin', type: 'number' }],
    },
    'measures[1].sql: an aggregate cannot hold the measure `LineItems.price`',
    'Refer to the column, as in `{CUBE}.price`',
  ],
  [
    '[D25] `measure` for `measures`',
    orders({
      pre_aggregations: [{ name: 'main', measure: ['CUBE.count'], time_dimension: 'CUBE.created_at' }],
    }),
    'measure: unknown key. Did you mean `measures`?',
  ],
  [
    '[D7] a table as `sql`',
    { ...orders({ pre_aggregations: [main] }), sql_table: undefined, sql: 'orders' },
    'cubes[0].sql: `orders` is the name of a table and no query. Did you mean `sql_table: orders`?',
  ],
  [
    '[D74] an index column of another cube, that the rollup lacks',
    orders({
      pre_aggregations: [
        {
          ...main,
          dimensions: ['CUBE.status'],
          indexes: [{ name: 'i', columns: ['CUBE.status', 'products.name'] }],
        },
      ],
    }),
    'columns[1]: the rollup has no column `products.name`; it has orders.status, orders.created_at.day',
  ],
  [
    '[D74] an index column that is nearly one of the rollup',
    orders({
      pre_aggregations: [
        { ...main, dimensions: ['status'], indexes: [{ name: 'i', columns: ['CUBE.statsu'] }] },
      ],
    }),
    'the rollup has no column `CUBE.statsu`. Did you mean `status`?',
  ],
];

test.each(FAULTS)('[X17] %s', async (_name, cube, ...messages) => {
  for (const language of LANGUAGES) {
    const failure = loadIn(language, [JSON.parse(JSON.stringify(cube)) as CubeInTwo]);
    await expect(failure).rejects.toMatchObject({ code: 'model_invalid', position: { line: 2 } });
    for (const message of messages) await expect(failure).rejects.toThrow(message);
  }
});

test.each([
  ['a query', 'SELECT * FROM orders'],
  ['a function', 'generate_series(1, 3)'],
  ['a query of one word and a value', 'VALUES (1)'],
])('[D7] %s is no table', async (_name, sql) => {
  for (const language of LANGUAGES) {
    const model = await loadIn(language, [{ name: 'a', sql, measures: [count] }]);
    expect(model.cubes.get('a')?.table.kind).toBe('query');
  }
});

test.each(['orders', 'public.orders', ' "Orders" '])('[X17] [D7] the table %s as `sql`', async (sql) => {
  const table = sql.trim();
  for (const language of LANGUAGES) {
    await expect(loadIn(language, [{ name: 'a', sql }])).rejects.toThrow(`\`sql_table: ${table}\``);
  }
});

test('[D5] [X17] camelCase beside snake_case is read', async () => {
  const yaml = `
    cubes:
      - name: orders
        sql_table: orders
        measures: [{name: count, type: count}]
        pre_aggregations:
          - name: main
            measures: [CUBE.count]
            refreshKey:
              every: 1 hour
              sql: SELECT MAX(created_at) FROM orders
`;
  const js = `
    cube(\`items\`, {
      sql_table: \`orders\`,
      measures: { count: { type: \`count\` } },
      pre_aggregations: {
        main: {
          measures: [CUBE.count],
          refreshKey: { every: \`1 hour\`, sql: \`SELECT MAX(created_at) FROM orders\` }
        }
      }
    })`;
  const store = await openTables({ yaml, js, init: [tableOf('orders', ['id'], ['1', '2'])] });
  await store.build();
  expect((await store.status()).modelWarnings).toEqual([]);
  for (const cube of ['orders', 'items']) {
    const { data, meta } = await store.query({ measures: [`${cube}.count`] });
    expect([data, meta.preAggregation]).toEqual([[{ [`${cube}.count`]: '2' }], `${cube}.main`]);
  }
});
