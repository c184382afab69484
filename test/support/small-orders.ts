/** Three orders in two months, with a rollup: what bad input must leave unharmed. */
import { expect } from 'vitest';
import { tableOf } from './open-tables.js';
import type { Store, Tables } from './open-tables.js';

export const init = [
  tableOf(
    'orders',
    ['status', 'amount', 'created_at'],
    [
      "'completed', 10, TIMESTAMP '2024-01-31 23:59:59.999'",
      "'new', 20, TIMESTAMP '2024-02-01 00:00:00'",
      "'completed', 30, TIMESTAMP '2024-02-01 01:00:00'",
    ],
  ),
];
export const yaml = `
    cubes:
      - name: orders
        sql_table: orders
        measures:
          - { name: count, type: count }
          - { name: revenue, sql: amount, type: sum }
        dimensions:
          - { name: status, sql: status, type: string }
          - { name: amount, sql: amount, type: number }
          - { name: created_at, sql: created_at, type: time }
        segments:
          - { name: large, sql: "{CUBE}.amount > 15" }
        pre_aggregations:
          - name: main
            measures: [count, revenue]
            dimensions: [status]
            time_dimension: created_at
            granularity: day
            partition_granularity: month
`;
export const orders: Tables = { yaml, init };
export const byStatus = { measures: ['orders.count', 'orders.revenue'], dimensions: ['orders.status'] };
export const byStatusRows = [
  { 'orders.status': 'completed', 'orders.count': '2', 'orders.revenue': '40' },
  { 'orders.status': 'new', 'orders.count': '1', 'orders.revenue': '20' },
];

/** The rollup answers, and every published byte is as it was published. */
export async function expectIntact(store: Store): Promise<void> {
  const { data, meta } = await store.query(byStatus);
  expect(data).toEqual(byStatusRows);
  expect(meta).toMatchObject({ mode: 'rollup', preAggregation: 'orders.main' });
  expect((await store.verify()).ok).toBe(true);
}
