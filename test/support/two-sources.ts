/** FX-8: users and orders of two data sources, as the documents join their rollups. */
import type { CubeInTwo } from './both-languages.js';

const id = { name: 'id', sql: 'id', type: 'number', primary_key: true };

export const usersRollup = { name: 'users_rollup', dimensions: ['CUBE.id', 'CUBE.name'] };
export const ordersRollup = {
  name: 'orders_rollup',
  measures: ['CUBE.count'],
  dimensions: ['CUBE.user_id', 'CUBE.status'],
  time_dimension: 'CUBE.created_at',
  granularity: 'day',
};
export const joined = {
  name: 'orders_with_users_rollup',
  type: 'rollup_join',
  measures: ['CUBE.count'],
  dimensions: ['users.name'],
  rollups: ['users.users_rollup', 'CUBE.orders_rollup'],
};

/** `changes`: keys of either cube that are other than in the documents. */
export function twoSources(changes: { users?: object; orders?: object } = {}): CubeInTwo[] {
  return [
    {
      name: 'users',
      data_source: 'postgres',
      sql_table: 'users',
      pre_aggregations: [usersRollup],
      measures: [{ name: 'count', type: 'count' }],
      dimensions: [id, { name: 'name', sql: '{CUBE}.first_name || {CUBE}.last_name', type: 'string' }],
      ...changes.users,
    },
    {
      name: 'orders',
      data_source: 'mssql',
      sql_table: 'orders',
      pre_aggregations: [ordersRollup, joined],
      joins: [{ name: 'users', relationship: 'many_to_one', sql: '{CUBE.user_id} = {users.id}' }],
      measures: [
        { name: 'count', type: 'count' },
        { name: 'revenue', type: 'sum', sql: 'amount' },
      ],
      dimensions: [
        id,
        { name: 'user_id', sql: 'user_id', type: 'number' },
        { name: 'status', sql: 'status', type: 'string' },
        { name: 'created_at', sql: 'created_at', type: 'time' },
      ],
      ...changes.orders,
    },
  ];
}

/** The two cubes with these pre-aggregations of `orders` in place of its own. */
export function withRollups(...pre_aggregations: readonly object[]): CubeInTwo[] {
  return twoSources({ orders: { pre_aggregations } });
}
