/** Ways through the joins: which one a query goes, which one a rollup went, and that they are the same. */
import { describe, expect, test } from 'vitest';
import { buildTables, openTables, refusals, tableOf } from '../support/open-tables.js';
import type { Store } from '../support/open-tables.js';
import { byCustomer, byShop, init, twoWays } from '../support/two-ways.js';

const views = `
views:
  - name: by_customer
    cubes:
      - { join_path: orders, includes: [amount, count, mean] }
      - { join_path: orders.customers.cities, prefix: true, includes: '*' }
  - name: by_shop
    cubes:
      - { join_path: orders, includes: [amount, count, mean] }
      - { join_path: orders.shops.cities, prefix: true, includes: '*' }
  - name: cities_of_shops
    cubes: [{ join_path: shops.cities, includes: [name, count] }]
`;

const rollups = `
    pre_aggregations:
      - { name: shops, measures: [amount], dimensions: [orders.shops.cities.name] }
      - { name: customers, measures: [amount], dimensions: [CUBE.customers.cities.name] }
      - { name: shortest, measures: [amount], dimensions: [cities.name] }
      - { name: own, measures: [amount], dimensions: [shop_city] }
`;

const customers = { measures: ['by_customer.amount'], dimensions: ['by_customer.cities_name'] };
const shops = { measures: ['by_shop.amount'], dimensions: ['by_shop.cities_name'] };
const plain = { measures: ['orders.amount'], dimensions: ['cities.name'] };
const own = { measures: ['orders.amount'], dimensions: ['orders.shop_city'] };

async function rowsOf(store: Store, query: { dimensions: string[]; measures: string[] }): Promise<unknown[]> {
  const { data } = await store.query(query);
  return data.map((row) => [row[query.dimensions[0]], row[query.measures[0]]]);
}

describe('the path of a view', () => {
  test('[D10][H1] forces the way to a cube; without one it is the first of the shortest', async () => {
    const store = await openTables({ yaml: twoWays({ views }), init });
    expect(await rowsOf(store, customers)).toEqual(byCustomer);
    expect(await rowsOf(store, shops)).toEqual(byShop);
    expect(await rowsOf(store, plain)).toEqual(byCustomer);
  });

  test('[D10] is what a rollup must have gone too', async () => {
    const store = await buildTables({ yaml: twoWays({ views, rollups }), init });
    for (const [query, rollup, rows] of [
      [customers, 'customers', byCustomer],
      [shops, 'shops', byShop],
      [plain, 'customers', byCustomer],
      // Its SQL is the name of the city on that path, and nothing else.
      [own, 'shops', byShop],
    ] as const) {
      const { meta } = await store.query(query);
      expect(meta.preAggregation).toBe(`orders.${rollup}`);
      expect(await rowsOf(store, query)).toEqual(rows);
    }
    expect(await refusals(store, own, 'orders.own')).toEqual([]);
    expect(await refusals(store, own, 'orders.customers')).toEqual(['join_path_differs']);
    expect(await refusals(store, customers, 'orders.shops')).toEqual(['join_path_differs']);
    expect(await refusals(store, plain, 'orders.shops')).toEqual(['join_path_differs']);
    expect(await refusals(store, shops, 'orders.customers')).toEqual(['join_path_differs']);
    expect(await refusals(store, shops, 'orders.shortest')).toEqual(['join_path_differs']);
    expect(await refusals(store, customers, 'orders.shortest')).toEqual([]);
  });

  test('[D10] the refusal names both paths', async () => {
    const store = await openTables({ yaml: twoWays({ views, rollups }), init });
    const { candidates } = await store.explain(shops);
    expect(candidates.find(({ id }) => id === 'orders.customers')?.reasons[0]).toMatchObject({
      code: 'join_path_differs',
      message:
        'orders.customers reaches cities over orders.customers.cities, the query over orders.shops.cities.',
    });
  });

  test('[D10] a proposed dimension is named by its path', async () => {
    const rollups = '    pre_aggregations: [{ name: bare, measures: [amount], dimensions: [id] }]\n';
    const store = await openTables({ yaml: twoWays({ views, rollups }), init });
    const { candidates } = await store.explain(shops);
    const missing = candidates[0].reasons.find(({ code }) => code === 'dimension_missing');
    expect(JSON.stringify(missing?.fix?.patch)).toContain('"orders.shops.cities.name"');
    const named = rollups.replace('[id]', '[id, orders.shops.cities.name]');
    const patched = await buildTables({ yaml: twoWays({ views, rollups: named }), init });
    expect(await refusals(patched, shops, 'orders.bare')).toEqual([]);
  });

  test('filters, segments and times go the same way', async () => {
    const store = await openTables({ yaml: twoWays({ views }), init });
    const filters = [{ member: 'by_shop.cities_name', operator: 'equals', values: ['Linz'] }];
    const { data } = await store.query({ measures: ['orders.amount'], filters });
    expect(data).toEqual([{ 'orders.amount': '50' }]);
    const other = [{ ...filters[0], member: 'by_customer.cities_name' }];
    expect((await store.query({ measures: ['orders.amount'], filters: other })).data).toEqual([
      { 'orders.amount': '120' },
    ]);
  });

  test('begins the table, even for a measure at its end', async () => {
    const store = await openTables({ yaml: twoWays({ views }), init });
    const { data } = await store.query({ measures: ['cities_of_shops.count'] });
    expect(data).toEqual([{ 'cities_of_shops.count': '2' }]);
    const { sql } = await store.explain({ measures: ['by_shop.cities_count'] });
    expect(sql?.text).toContain('FROM orders AS "orders"');
    // Every city once, though more orders than one lead to it.
    const counted = await store.query({ measures: ['by_shop.cities_count', 'by_shop.count'] });
    expect(counted.data).toEqual([{ 'by_shop.cities_count': '2', 'by_shop.count': '4' }]);
  });
});

describe('two paths to one cube', () => {
  test('are refused with both', async () => {
    const store = await openTables({ yaml: twoWays({ views }), init });
    const query = {
      measures: ['orders.amount'],
      dimensions: ['by_shop.cities_name', 'by_customer.cities_name'],
    };
    await expect(store.query(query)).rejects.toMatchObject({
      code: 'query_invalid',
      message: expect.stringContaining(
        'the join paths orders.shops.cities and orders.customers.cities lead to cities in two ways',
      ) as string,
    });
    const withOwn = {
      measures: ['by_customer.amount'],
      dimensions: ['by_customer.cities_name', 'orders.shop_city'],
    };
    await expect(store.explain(withOwn)).rejects.toThrow(
      /orders\.customers\.cities and orders\.shops\.cities/,
    );
  });

  test('a cube without a path goes with the path of the others', async () => {
    const store = await openTables({ yaml: twoWays({ views }), init });
    const { data } = await store.query({
      measures: ['orders.amount'],
      dimensions: ['cities.name'],
      filters: [{ member: 'by_shop.cities_id', operator: 'set' }],
    });
    expect(data.map((row) => Object.values(row))).toEqual(byShop.slice(1));
  });

  test('[X17] are refused in one rollup, at the second', async () => {
    const both = `
    pre_aggregations:
      - { name: both, measures: [amount], dimensions: [orders.shops.cities.name, orders.customers.cities.id] }
`;
    await expect(openTables({ yaml: twoWays({ rollups: both }), init })).rejects.toThrow(
      /pre_aggregations\[0\]\.dimensions\[1\]: the paths `orders\.shops\.cities` and `orders\.customers\.cities` lead to `cities` in two ways/,
    );
  });
});

/** Employees and their departments join each other. */
const circle = {
  yaml: `
    cubes:
      - name: people
        sql_table: people
        joins: [{ name: teams, sql: "{CUBE}.team = {teams}.id", relationship: many_to_one }]
        measures: [{ name: count, type: count }]
        dimensions: [{ name: id, sql: id, type: number, primary_key: true }]
        pre_aggregations: [{ name: main, measures: [count], dimensions: [people.teams.name] }]
      - name: teams
        sql_table: teams
        joins: [{ name: people, sql: "{CUBE}.head = {people}.id", relationship: many_to_one }]
        measures: [{ name: count, type: count }]
        dimensions:
          - { name: id, sql: id, type: number, primary_key: true }
          - { name: name, sql: name, type: string }
    views:
      - { name: members, cubes: [{ join_path: people.teams, includes: [name] }, { join_path: people, includes: [count] }] }
      - { name: heads, cubes: [{ join_path: teams, includes: [name] }, { join_path: teams.people, includes: [count] }] }
`,
  init: [
    tableOf('people', ['id', 'team'], ['1, 1', '2, 1', '3, 2', '4, NULL']),
    tableOf('teams', ['id', 'name', 'head'], ["1, 'a', 1", "2, 'b', 3", "3, 'c', NULL"]),
  ],
};

describe('joins in a circle', () => {
  test('are followed in the direction of the path', async () => {
    const store = await buildTables(circle);
    const ask = (view: string) =>
      store.query({
        measures: [`${view}.count`],
        dimensions: [`${view}.name`],
        order: { [`${view}.name`]: 'asc' },
      });
    const members = await ask('members');
    expect(members.meta.preAggregation).toBe('people.main');
    expect(members.data.map((row) => Object.values(row))).toEqual([
      ['a', '2'],
      ['b', '1'],
      [null, '1'],
    ]);
    const heads = await ask('heads');
    expect(heads.meta.mode).toBe('source');
    expect(heads.data.map((row) => Object.values(row))).toEqual([
      ['a', '1'],
      ['b', '1'],
      ['c', '0'],
    ]);
  });

  test('two paths that lead to each other’s beginnings are refused', async () => {
    const store = await openTables(circle);
    await expect(
      store.query({ measures: ['heads.count', 'people.count'], dimensions: ['members.name'] }),
    ).rejects.toThrow(
      /the join paths (people\.teams and teams\.people|teams\.people and people\.teams) lead to \w+ in two ways/,
    );
  });

  test('a rollup of a circle is refused or planned in bounded time', async () => {
    const count = 100;
    const cubes = Array.from({ length: count }, (_, at) => {
      const to = [1, 2, 3].map((step) => `c${(at + step) % count}`);
      const joins = to.map(
        (name) => `{ name: ${name}, sql: "{CUBE}.x = {${name}}.x", relationship: many_to_one }`,
      );
      return `  - { name: c${at}, sql_table: t, joins: [${joins.join(', ')}], measures: [{ name: count, type: count }], dimensions: [{ name: x, sql: x, type: number, primary_key: true }] }`;
    });
    const path = Array.from({ length: count }, (_, at) => `c${at}`).join('.');
    const view = `views: [{ name: v, cubes: [{ join_path: ${path}, includes: [x] }] }]`;
    const store = await openTables({
      yaml: `cubes:\n${cubes.join('\n')}\n${view}\n`,
      init: [tableOf('t', ['x'], ['1'])],
    });
    const { candidates, sql } = await store.explain({
      measures: ['c0.count'],
      dimensions: [`c${count - 1}.x`],
    });
    expect(candidates).toEqual([]);
    expect(sql?.text.match(/LEFT JOIN/g)).toHaveLength(Math.ceil((count - 1) / 3));
    const long = await store.explain({ measures: ['c0.count'], dimensions: ['v.x'] });
    expect(long.sql?.text.match(/LEFT JOIN/g)).toHaveLength(count - 1);
  });
});
