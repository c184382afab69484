/** Orders and users in the notation of cube-reference-2026.md, with a partitioned rollup over both. */
import { tableOf } from './open-tables.js';
import type { Tables } from './open-tables.js';

export const init = [
  tableOf(
    'orders',
    ['id', 'user_id', 'status', 'amount', 'created_at'],
    [
      "1, 1, 'completed', 10, TIMESTAMP '2024-01-31 23:59:59.999'",
      "2, 1, 'new', 20, TIMESTAMP '2024-02-01 00:00:00'",
      "3, 2, 'completed', 30, TIMESTAMP '2024-02-01 01:00:00'",
      "4, NULL, NULL, 40, TIMESTAMP '2024-05-01 12:00:00'",
      '5, 2, NULL, 50, NULL',
    ],
  ),
  tableOf('users', ['id', 'first_name', 'last_name'], ["1, 'Ada', 'King'", "2, 'Bob', 'Ross'"]),
];

export const yaml = `
    cubes:
      - name: orders
        sql_table: orders
        joins:
          - name: users
            relationship: many_to_one
            sql: "{CUBE.user_id} = {users.id}"
        measures:
          - name: count
            type: count
          - name: revenue
            sql: "{CUBE}.amount"
            type: sum
          - name: smallest
            sql: amount
            type: min
          - name: largest
            sql: amount
            type: max
          - name: buyers
            sql: "{CUBE.user_id}"
            type: count_distinct_approx
        dimensions:
          - name: id
            sql: id
            type: number
            primary_key: true
          - name: user_id
            sql: user_id
            type: number
          - name: status
            sql: "{CUBE}.status"
            type: string
          - name: created_at
            sql: created_at
            type: time
        segments:
          - name: only_complete
            sql: "{CUBE}.status = 'completed'"
          - name: large
            sql: "{CUBE}.amount >= 30"
        pre_aggregations:
          - name: main
            measures: [count, CUBE.revenue]
            dimensions: [users.name, orders.status]
            segments: [CUBE.only_complete]
            time_dimension: CUBE.created_at
            granularity: day
            partition_granularity: month

      - name: users
        sql: |
          SELECT *
          FROM users
        measures:
          - name: count
            type: count
        dimensions:
          - name: id
            sql: id
            type: number
            primary_key: true
          - name: name
            sql: "{CUBE}.first_name || ' ' || {CUBE}.last_name"
            type: string
`;

export const shop: Tables = { yaml, init };
export const main = 'orders.main';

export const byName = { measures: ['orders.count', 'orders.revenue'], dimensions: ['users.name'] };
/** The rows of `byName`. */
export const namesAndNumbers = [
  ['Ada King', '2', '30'],
  ['Bob Ross', '2', '80'],
  [null, '1', '40'],
];
