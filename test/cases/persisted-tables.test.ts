/** What the documents promise of the tables of a pre-aggregation: that they stay, where they are, and how they change. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { buildTables, openTables, tableOf, temporaryFolder } from '../support/open-tables.js';

const yaml = `
    cubes:
      - name: orders
        sql_table: orders
        measures:
          - { name: count, type: count }
          - { name: revenue, sql: amount, type: sum }
        dimensions:
          - { name: created_at, sql: created_at, type: time }
        pre_aggregations:
          - name: daily
            measures: [CUBE.count, CUBE.revenue]
            time_dimension: CUBE.created_at
            granularity: day
            partition_granularity: month
      - name: tables
        sql: SELECT table_schema || '.' || table_name AS name FROM information_schema.tables
        measures: [{ name: count, type: count }]
        dimensions: [{ name: name, sql: name, type: string }]`;

const ordersOf = (...rows: string[]): string[] => [tableOf('orders', ['created_at', 'amount'], rows)];
const january = ["TIMESTAMP '2024-01-03', 10", "TIMESTAMP '2024-01-03', 20", "TIMESTAMP '2024-01-09', 5"];
const february = ["TIMESTAMP '2024-02-01', 7"];

const byMonth = {
  measures: ['orders.count', 'orders.revenue'],
  timeDimensions: [{ dimension: 'orders.created_at', granularity: 'month' }],
};
const rowsOf = (data: readonly object[]): unknown[][] => data.map((row) => Object.values(row).slice(-2));

test('[C1] what is built is a table that stays: it answers when the source has lost it', async () => {
  const folder = temporaryFolder();
  const built = await buildTables({ yaml, init: ordersOf(...january, ...february), folder });
  const { data } = await built.query(byMonth);
  await built.close();
  const again = await openTables({ yaml, init: [], folder });
  const answer = await again.query(byMonth, { policy: 'rollupOnly' });
  expect(answer.data).toEqual(data);
  expect(rowsOf(answer.data)).toEqual([
    ['3', '35'],
    ['1', '7'],
  ]);
  const [used] = Object.values(answer.usedPreAggregations);
  expect(used).toMatchObject({ preAggregationId: 'orders.daily', type: 'rollup' });
});

test('[C2] no schema in the source needs to be writable: a build leaves nothing there', async () => {
  const options = { schema: 'stb_pre_aggregations' };
  const store = await buildTables({ yaml, init: ordersOf(...january), options });
  const { usedPreAggregations } = await store.query(byMonth);
  const [used] = Object.values(usedPreAggregations);
  expect(used.targetTableName).toMatch(/^stb_pre_aggregations\.orders_daily/);
  const { data, meta } = await store.query({ dimensions: ['tables.name'] });
  expect(meta.mode).toBe('source');
  expect(data).toEqual([{ 'tables.name': 'main.orders' }]);
});

test('[D45] a partition is made anew as a whole and replaces the old one; nothing is appended', async () => {
  const folder = temporaryFolder();
  const first = await buildTables({ yaml, init: ordersOf(...january, ...february), folder });
  expect(rowsOf((await first.query(byMonth)).data)).toEqual([
    ['3', '35'],
    ['1', '7'],
  ]);
  const [oldJanuary, oldFebruary] = filesOf(folder);
  await first.close();
  // One row of January is gone, one is another.
  const changed = ["TIMESTAMP '2024-01-03', 11", "TIMESTAMP '2024-01-09', 5"];
  const second = await openTables({ yaml, init: ordersOf(...changed, ...february), folder });
  const range = ['2024-01-01', '2024-02-01'] as const;
  await second.build({ range, force: true });
  const answer = await second.query(byMonth);
  expect(answer.meta.mode).toBe('rollup');
  expect(rowsOf(answer.data)).toEqual([
    ['2', '16'],
    ['1', '7'],
  ]);
  for (let time = 0; time < 3; time++) await second.build({ range, force: true });
  expect(rowsOf((await second.query(byMonth)).data)).toEqual(rowsOf(answer.data));
  expect(filesOf(folder)).not.toContain(oldJanuary);
  expect(filesOf(folder)).toContain(oldFebruary);
});

/** In the order of their partitions. */
function filesOf(folder: string): string[] {
  const data = join(folder, 'store', 'data', 'orders.daily');
  return readdirSync(data)
    .filter((name) => name.endsWith('.parquet'))
    .toSorted();
}
