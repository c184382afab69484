import { describe, expect, test } from 'vitest';

import { loadModelFiles } from '../../../dist/model/load/load-model-files.js';
import { loadObjectModel } from '../../../dist/model/load/load-object-model.js';
import type { DataModel } from '../../../dist/model/schema.js';
import { runModelScripts } from '../../../dist/sources/model-script.js';
import { errorsOf, failureOf, load } from './failures.js';

const CUBES = `cubes:
  - name: orders
    sql_table: orders
    joins:
      - {name: customers, relationship: many_to_one, sql: "{CUBE}.customer_id = {customers.id}"}
    measures: [{name: count, type: count, title: How many}]
    dimensions:
      - {name: id, type: number, sql: id, primary_key: true}
      - {name: status, type: string, sql: status, description: Where it is, format: link}
    segments: [{name: done, sql: "{CUBE}.status = 'done'"}]
  - name: customers
    sql_table: customers
    hierarchies: [{name: places, levels: [city]}]
    dimensions:
      - {name: id, type: number, sql: id, primary_key: true}
      - {name: city, type: string, sql: city}
`;

/** CUBES and a view \`v\` of these keys; they begin in line 19. */
function view(keys: string): string {
  return `${CUBES}views:\n  - name: v\n${keys.replace(/^/gm, '    ')}\n`;
}

function membersOf(model: DataModel, name = 'v'): [string, string, string][] {
  const members = model.views.get(name)?.members ?? new Map<string, never>();
  return [...members].map(([key, { member, joinPath }]) => [key, member, joinPath.join('.')]);
}

describe('views', () => {
  test('[H1] a star takes all members, a prefix or an alias keeps names apart', () => {
    const model = load(
      view(`title: Sales
description: what is sold
cubes:
  - {join_path: orders, includes: "*", excludes: [id]}
  - {join_path: orders.customers, prefix: true, includes: "*"}
  - {join_path: orders.customers, prefix: true, alias: buyer, includes: [{name: city, alias: town}]}`),
    );
    expect(membersOf(model)).toEqual([
      ['count', 'orders.count', 'orders'],
      ['status', 'orders.status', 'orders'],
      ['done', 'orders.done', 'orders'],
      ['customers_id', 'customers.id', 'orders.customers'],
      ['customers_city', 'customers.city', 'orders.customers'],
      ['buyer_town', 'customers.city', 'orders.customers'],
    ]);
    expect(model.views.get('v')).toMatchObject({
      name: 'v',
      title: 'Sales',
      description: 'what is sold',
      position: { file: 'm.yml', line: 18 },
    });
  });

  test('the words of a member are the view’s, else the cube’s', () => {
    const model = load(
      view(`cubes:
  - join_path: orders
    includes:
      - count
      - {name: status, alias: state, title: State, description: It is, format: currency, meta: {a: 1}}
      - {name: status, alias: place}
      - id`),
    );
    const members = model.views.get('v')?.members;
    expect(members?.get('count')).toMatchObject({
      id: 'v.count',
      title: 'V How many',
      shortTitle: 'How many',
    });
    expect(members?.get('state')).toMatchObject({
      title: 'V State',
      description: 'It is',
      format: 'currency',
    });
    expect(members?.get('place')).toMatchObject({
      title: 'V Place',
      description: 'Where it is',
      format: 'link',
    });
    expect(members?.get('id')).toMatchObject({ title: 'V Id', description: null, format: null });
  });

  test('split makes views of their own', () => {
    const model = load(
      view(`cubes:
  - {join_path: orders, includes: [count]}
  - {join_path: orders.customers, split: true, includes: [city]}
  - {join_path: orders.customers, split: true, alias: buyers, includes: [id]}`),
    );
    expect([...model.views.keys()]).toEqual(['v', 'v_customers', 'v_buyers']);
    expect(membersOf(model, 'v_customers')).toEqual([['city', 'customers.city', 'orders.customers']]);
    expect(model.views.get('v_customers')?.members.get('city')?.id).toBe('v_customers.city');
  });

  test('a view that extends another has its cubes too', () => {
    const model = load(
      `${view('title: Base\ncubes: [{join_path: orders, includes: [count]}]')}  - name: w
    extends: v
    cubes: [{join_path: orders, includes: [status, count]}]
  - {name: x, extends: w}
`,
    );
    expect(membersOf(model, 'x').map(([name]) => name)).toEqual(['count', 'status']);
    expect(model.views.get('x')?.title).toBe('Base');
  });

  test('folders name members, and may hold folders', () => {
    const model = load(
      view(`cubes: [{join_path: orders, includes: "*"}]
public: false
meta: {any: thing}
folders:
  - {name: All, includes: "*"}
  - {name: Some, includes: [count, {name: Deep, includes: [status]}]}`),
    );
    expect(membersOf(model)).toHaveLength(4);
  });

  test('JavaScript, and an object with views by name, give the same', async () => {
    const text = `
      cube('orders', {
        sqlTable: 'orders',
        joins: { customers: { relationship: 'belongsTo', sql: \`\${CUBE}.customer_id = \${customers.id}\` } },
        measures: { count: { type: 'count' } },
      });
      cube('customers', {
        sqlTable: 'customers',
        dimensions: {
          id: { type: 'number', sql: 'id', primaryKey: true },
          city: { type: 'string', sql: 'city' },
        },
      });
      view('v', {
        cubes: [
          { joinPath: orders, includes: '*' },
          { joinPath: orders.customers, prefix: true, includes: ['city', { name: 'id', alias: 'key' }] },
        ],
      });
    `;
    const model = loadModelFiles(
      await runModelScripts([{ file: 'm.js', text }], { mode: 'sandbox', compileContext: {} }),
    );
    const members = [
      ['count', 'orders.count', 'orders'],
      ['customers_city', 'customers.city', 'orders.customers'],
      ['customers_key', 'customers.id', 'orders.customers'],
    ];
    expect(membersOf(model)).toEqual(members);
    expect(model.views.get('v')?.position).toMatchObject({ file: 'm.js', line: 14 });
    const { cubes, views } = model.document as { cubes: unknown; views: { name: string }[] };
    expect(membersOf(loadObjectModel({ cubes, views }))).toEqual(members);
    const [{ name, ...written }] = views;
    expect(membersOf(loadObjectModel({ cubes, views: { [name]: written } }))).toEqual(members);
  });
});

describe('faults of views', () => {
  test.each([
    ['no cubes', 'title: x', 'views[0]: `cubes` is missing'],
    [
      'an unknown cube',
      'cubes: [{join_path: ordrs, includes: "*"}]',
      'there is no cube `ordrs`. Did you mean `orders`?',
    ],
    ['a view in a path', 'cubes: [{join_path: v, includes: "*"}]', '`v` is a view; a view is made of cubes'],
    [
      'a path without a join',
      'cubes: [{join_path: customers.orders, includes: "*"}]',
      '`customers` has no join to `orders`',
    ],
    ['a word that is no path', 'cubes: [{join_path: "a b", includes: "*"}]', '`a b` is not a path of cubes'],
    ['no includes', 'cubes: [{join_path: orders}]', '`includes` is missing'],
    ['other includes', 'cubes: [{join_path: orders, includes: all}]', "expected '*' or a list of members"],
    [
      'an unknown member',
      'cubes: [{join_path: orders, includes: [conut]}]',
      '`orders` has no member `conut`. Did you mean `count`?',
    ],
    [
      'an unknown member that is left out',
      'cubes: [{join_path: orders, includes: "*", excludes: [stats]}]',
      '`orders` has no member `stats`. Did you mean `status`?',
    ],
    [
      'a path to a member',
      'cubes: [{join_path: orders, includes: [customers.city]}]',
      '`customers.city` is a path: give the name of a member of `orders`',
    ],
    [
      'a hierarchy',
      'cubes: [{join_path: orders.customers, includes: [places]}]',
      '`places` is a hierarchy: name its dimensions',
    ],
    [
      'one name twice',
      'cubes: [{join_path: orders, includes: "*"}, {join_path: orders.customers, includes: "*"}]',
      'the name `id` of `orders.customers.id` is taken by `orders.id`: set `prefix: true` for its cube, or give it an `alias`',
    ],
    [
      'one member over two paths',
      'cubes: [{join_path: orders.customers, includes: [city]}, {join_path: customers, includes: [city]}]',
      'the name `city` of `customers.city` is taken by `orders.customers.city`',
    ],
    [
      'split and prefix',
      'cubes: [{join_path: orders, includes: "*", split: true, prefix: true}]',
      'write either `split` or `prefix`, not both',
    ],
    [
      'a folder of an unknown member',
      'cubes: [{join_path: orders, includes: "*"}]\nfolders: [{name: f, includes: [{name: g, includes: [staus]}]}]',
      'the view has no member `staus`. Did you mean `status`?',
    ],
    [
      'a folder of nothing',
      'cubes: [{join_path: orders, includes: "*"}]\nfolders: [{name: f}]',
      'a folder needs `includes`',
    ],
    [
      'the form of 2022',
      'includes: [orders.count]\ncubes: [{join_path: orders, includes: "*"}]',
      'list the cubes of the view under `cubes`, each with `join_path` and `includes`',
    ],
    [
      'own members',
      'dimensions: [{name: x, sql: x, type: string}]\ncubes: [{join_path: orders, includes: "*"}]',
      'a view has no parts of its own: define them in a cube, and include them',
    ],
    ['an unknown parent', 'extends: w\ncubes: [{join_path: orders, includes: "*"}]', 'there is no view `w`'],
    [
      'a cube as parent',
      'extends: orders\ncubes: [{join_path: orders, includes: "*"}]',
      'there is no view `orders`',
    ],
  ])('[X17] %s', (_, keys, message) => {
    const [first] = errorsOf(view(keys));
    expect(first).toContain(message);
    expect(first).toMatch(/^\d+:\d+: views\[0\]/);
  });

  test('an error stands at the word that makes it', () => {
    expect(errorsOf(view('cubes: [{join_path: orders, includes: [conut]}]'))).toEqual([
      '19:44: views[0].cubes[0].includes[0]: `orders` has no member `conut`. Did you mean `count`?',
    ]);
  });

  test.each([
    ['orders', 'the name `orders` is taken by the cube or view at m.yml:2:5'],
    ['w', 'the name `w` is taken by the cube or view at m.yml:'],
    ['CUBE', '`CUBE` has a meaning of its own in SQL and cannot name a view'],
  ])('the name %s cannot be had', (name, message) => {
    const one = (name: string) => `  - {name: ${name}, cubes: [{join_path: orders, includes: "*"}]}\n`;
    const text = `${CUBES}views:\n${one('w')}${one(name)}`;
    expect(errorsOf(text)[0]).toContain(message);
  });

  test('a path that comes back to its cube is refused', () => {
    const both = CUBES.replace(
      'sql_table: customers',
      'sql_table: customers\n    joins: [{name: orders, relationship: one_to_many, sql: "{CUBE}.id = {orders}.customer_id"}]',
    );
    const text = `${both}views: [{name: v, cubes: [{join_path: orders.customers.orders, includes: "*"}]}]\n`;
    expect(errorsOf(text)[0]).toContain('a join path goes through each cube once');
  });

  test('members of views are bounded', () => {
    const dimensions = Array.from({ length: 3000 }, (_, at) => `{name: d${at}, type: string, sql: x}`).join(
      ', ',
    );
    const views = Array.from(
      { length: 500 },
      (_, at) => `  - {name: v${at}, cubes: [{join_path: a, includes: "*"}]}`,
    );
    const text = `cubes: [{name: a, sql_table: t, dimensions: [${dimensions}]}]\nviews:\n${views.join('\n')}\n`;
    expect(failureOf(() => load(text)).message).toContain('views have more than 1000000 members');
  });
});
