/** One query has one joined table: its SQL, the types it asks for and the matching go by the same. */
import { expect, test } from 'vitest';
import { buildTables, openTables, tableOf } from '../support/open-tables.js';

/** Two cubes that only a third one joins. */
const star = {
  yaml: `
    cubes:
      - name: sales
        sql_table: sales
        joins:
          - { name: shops, sql: "{CUBE}.shop = {shops}.id", relationship: many_to_one }
          - { name: goods, sql: "{CUBE}.good = {goods}.id", relationship: many_to_one }
        measures:
          - { name: count, type: count }
      - name: shops
        sql_table: shops
        dimensions:
          - { name: id, sql: id, type: number, primary_key: true }
          - { name: city, sql: city, type: string }
      - name: goods
        sql_table: goods
        dimensions:
          - { name: id, sql: id, type: number, primary_key: true }
          - { name: kind, sql: kind, type: string }
`,
  init: [
    tableOf('sales', ['shop', 'good'], ['1, 1', '1, 2', '2, 1', '1, 1']),
    tableOf('shops', ['id', 'city'], ["1, 'Graz'", "2, 'Linz'"]),
    tableOf('goods', ['id', 'kind'], ["1, 'tea'", "2, 'mug'"]),
  ],
};

/** Joins in both directions; shop 3 has no sales, so a table that begins with the shops has a row more. */
const bothWays = {
  yaml: `
    cubes:
      - name: sales
        sql_table: sales
        joins: [{ name: shops, sql: "{CUBE}.shop = {shops}.id", relationship: many_to_one }]
        measures:
          - { name: count, type: count }
          - { name: rent_share, sql: "{shops.rent} / {CUBE.count}", type: number }
        dimensions: [{ name: id, sql: id, type: number, primary_key: true }]
      - name: shops
        sql_table: shops
        joins: [{ name: sales, sql: "{CUBE}.id = {sales}.shop", relationship: one_to_many }]
        measures: [{ name: rent, sql: rent, type: sum }]
        dimensions: [{ name: id, sql: id, type: number, primary_key: true }]
`,
  init: [
    tableOf('sales', ['id', 'shop'], ['1, 1', '2, 1', '3, 2']),
    tableOf('shops', ['id', 'rent'], ['1, 10', '2, 20', '3, 1000']),
  ],
};

// The types of the filters were asked from a statement over their own cubes, which no join connects.
test('filters on two cubes that only the counted cube joins', async () => {
  const store = await openTables(star);
  const { data } = await store.query({
    measures: ['sales.count'],
    filters: [
      { member: 'shops.city', operator: 'equals', values: ['Graz'] },
      { member: 'goods.kind', operator: 'equals', values: ['tea'] },
    ],
  });
  expect(data).toEqual([{ 'sales.count': '2' }]);
});

// The SQL began with the cube of the first leaf, here the shops, and the answer hung on the order of measures.
test.each([
  [['sales.rent_share']],
  [['sales.rent_share', 'sales.count']],
  [['sales.count', 'sales.rent_share']],
])('a calculated measure over two cubes counts rows of its own cube: %s', async (measures) => {
  const store = await buildTables(bothWays);
  const { data, meta } = await store.query({ measures });
  expect(data).toEqual([expect.objectContaining({ 'sales.rent_share': '10' })]);
  expect(meta.mode).toBe('source');
});
