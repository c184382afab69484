/** Orders of customers in shops, both in cities: two ways of equal length from an order to a city. */
import { tableOf } from './open-tables.js';

export const init = [
  tableOf(
    'orders',
    ['id', 'customer', 'shop', 'amount', 'created_at'],
    [
      "1, 1, 1, 10, TIMESTAMP '2024-01-05 10:00:00'",
      "2, 1, 2, 20, TIMESTAMP '2024-01-06 10:00:00'",
      "3, 2, 1, 40, TIMESTAMP '2024-02-01 10:00:00'",
      "4, 2, NULL, 80, TIMESTAMP '2024-02-02 10:00:00'",
    ],
  ),
  tableOf('customers', ['id', 'city'], ['1, 1', '2, 2']),
  tableOf('shops', ['id', 'city'], ['1, 2', '2, 1']),
  tableOf('cities', ['id', 'name'], ["1, 'Graz'", "2, 'Linz'"]),
];

/** @param parts further keys of `orders`, below the cubes, and the views: each indented as it has to stand */
export function twoWays(parts: { readonly rollups?: string; readonly views?: string } = {}): string {
  const { rollups = '', views = '' } = parts;
  return `
cubes:
  - name: orders
    sql_table: orders
    joins:
      - { name: customers, sql: "{CUBE}.customer = {customers}.id", relationship: many_to_one }
      - { name: shops, sql: "{CUBE}.shop = {shops}.id", relationship: many_to_one }
    measures:
      - { name: count, type: count, title: Orders placed, drill_members: [id] }
      - { name: amount, sql: amount, type: sum }
      - { name: mean, sql: "{amount} / {count}", type: number }
    dimensions:
      - { name: id, sql: id, type: number, primary_key: true }
      - { name: created_at, sql: created_at, type: time }
      - { name: shop_city, sql: "{CUBE.shops.cities.name}", type: string }
    segments:
      - { name: large, sql: "{CUBE}.amount > 15" }
${rollups}
  - name: customers
    sql_table: customers
    joins: [{ name: cities, sql: "{CUBE}.city = {cities}.id", relationship: many_to_one }]
    measures: [{ name: count, type: count }]
    dimensions: [{ name: id, sql: id, type: number, primary_key: true }]
  - name: shops
    sql_table: shops
    joins: [{ name: cities, sql: "{CUBE}.city = {cities}.id", relationship: many_to_one }]
    dimensions: [{ name: id, sql: id, type: number, primary_key: true }]
  - name: cities
    sql_table: cities
    measures: [{ name: count, type: count }]
    dimensions:
      - { name: id, sql: id, type: number, primary_key: true }
      - { name: name, sql: name, type: string, description: Of the city }
${views}
`;
}

/** Rows of orders by the city of their customer, and of their shop. */
export const byCustomer = [
  ['Linz', '120'],
  ['Graz', '30'],
];
export const byShop = [
  [null, '80'],
  ['Linz', '50'],
  ['Graz', '20'],
];
