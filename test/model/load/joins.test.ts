import { describe, expect, test } from 'vitest';

import { errorsOf, load } from './failures.js';

/** `items` joined to `orders`, both with a primary key unless it is taken away. */
function items(join: string, keys: { items?: boolean; orders?: boolean } = {}): string {
  const key = (has = true) => (has ? ', primary_key: true' : '');
  return `cubes:
  - name: items
    sql_table: items
    joins:
      - ${join}
    dimensions:
      - {name: id, type: number, sql: id${key(keys.items)}}
      - {name: order_id, type: number, sql: order_id}
    measures:
      - {name: count, type: count}
  - name: orders
    sql_table: orders
    dimensions:
      - {name: number, type: number, sql: id${key(keys.orders)}}
  - name: users
    sql_table: users
    dimensions:
      - {name: id, type: number, sql: id, primary_key: true}
`;
}

describe('joins', () => {
  test('[B26][B27] a join knows both cubes, and its SQL is resolved', () => {
    const model = load(
      items('{name: orders, relationship: belongsTo, sql: "{CUBE}.order_id = {orders}.id"}'),
    );
    expect(model.cubes.get('items')?.joins).toEqual([
      {
        from: 'items',
        to: 'orders',
        relationship: 'many_to_one',
        sql: {
          parts: [
            { kind: 'cube', cube: 'items' },
            { kind: 'text', text: '.order_id = ' },
            { kind: 'cube', cube: 'orders' },
            { kind: 'text', text: '.id' },
          ],
          position: { file: 'm.yml', line: 5, column: 54 },
        },
      },
    ]);
  });

  test('the other cube may be defined later, and in dimensions', () => {
    const model = load(
      items('{name: orders, relationship: many_to_one, sql: "{CUBE.order_id} = {orders.number}"}'),
    );
    expect(model.cubes.get('items')?.joins[0]?.sql.parts).toEqual([
      { kind: 'member', member: 'items.order_id' },
      { kind: 'text', text: ' = ' },
      { kind: 'member', member: 'orders.number' },
    ]);
  });

  test.each([
    [
      'many_to_one',
      { orders: false },
      '`orders` needs a primary key to be joined: mark `orders.number` with `primary_key: true`',
    ],
    ['one_to_one', { orders: false }, '`orders` needs a primary key to be joined: mark `orders.number` with'],
    ['one_to_many', { items: false }, '`items` needs a primary key to be joined: mark `items.order_id` with'],
  ])('%s needs a primary key on the side of the one', (relationship, keys, message) => {
    for (const other of ['{orders}.number', '{orders.number}']) {
      const text = items(
        `{name: orders, relationship: ${relationship}, sql: "{CUBE.order_id} = ${other}"}`,
        keys,
      );
      expect(errorsOf(text)).toEqual([expect.stringContaining(message)]);
    }
  });

  test('a primary key on the side of the many is not needed', () => {
    const join = (relationship: string) =>
      `{name: orders, relationship: ${relationship}, sql: "{CUBE}.x = {orders}.y"}`;
    expect(load(items(join('many_to_one'), { items: false })).cubes.size).toBe(3);
    expect(load(items(join('one_to_many'), { orders: false })).cubes.size).toBe(3);
    expect(errorsOf(items(join('many_to_one'), { orders: false }))[0]).toContain(
      'mark the dimension that tells its rows apart',
    );
  });

  test.each([
    [
      '{name: order, relationship: many_to_one, sql: x}',
      '5:16: cubes[0].joins[0].name: there is no cube `order`. Did you mean `orders`?',
    ],
    ['{name: items, relationship: many_to_one, sql: x}', 'a cube cannot join itself'],
    ['{name: orders, relationship: many_to_many, sql: x}', 'relationship: unknown `many_to_many`'],
    [
      '{name: orders, relationship: many_to_one, sql: "{users}.id = 1"}',
      'a join knows its own two cubes only, not `users`',
    ],
    [
      '{name: orders, relationship: many_to_one, sql: "{users.id} = 1"}',
      'a join knows its own two cubes only, not `users`',
    ],
    [
      '{name: orders, relationship: many_to_one, sql: "{count} = 1"}',
      'a join compares columns and dimensions; `items.count` is a measure',
    ],
    ['{name: orders, relationship: many_to_one}', '`sql` is missing'],
  ])('%s is refused', (join, message) => {
    expect(errorsOf(items(join))[0]).toContain(message);
  });

  test('a cube is joined once', () => {
    const join = '{name: orders, relationship: many_to_one, sql: "{CUBE}.x = {orders}.y"}';
    expect(errorsOf(items(`${join}\n      - ${join}`))).toEqual([
      '6:16: cubes[0].joins[1].name: the name `orders` is written twice in `joins`',
    ]);
  });
});
