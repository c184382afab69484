import { describe, expect, test } from 'vitest';

import { loadModelFiles } from '../../../dist/model/load/load-model-files.js';
import { loadYamlModel } from '../../../dist/model/load/load-yaml-model.js';
import type { DataModel } from '../../../dist/model/schema.js';
import { runModelScripts } from '../../../dist/sources/model-script.js';
import { errorsOf, failureOf, load } from './failures.js';

const BASE = `cubes:
  - name: base
    title: Everything
    description: of all kinds
    sql_table: events
    joins:
      - {name: users, relationship: many_to_one, sql: "{CUBE}.user_id = {users.id}"}
    measures:
      - {name: count, type: count, title: How many, description: all}
      - {name: total, type: sum, sql: "{price} * {CUBE.factor}"}
    dimensions:
      - {name: id, type: number, sql: id, primary_key: true}
      - {name: price, type: number, sql: price}
      - {name: factor, type: number, sql: factor}
    pre_aggregations:
      - {name: main, measures: [count, CUBE.total], dimensions: [price]}
      - {name: other, measures: [count]}
  - name: users
    sql_table: users
    dimensions:
      - {name: id, type: number, sql: id, primary_key: true}
`;

function cube(model: DataModel, name: string) {
  const found = model.cubes.get(name);
  if (found === undefined) throw new Error(`no cube ${name}`);
  return found;
}

describe('extends', () => {
  test('a cube has what its parent has, as its own', () => {
    const model = load(`${BASE}  - {name: child, extends: base}\n`);
    const child = cube(model, 'child');
    expect(child).toMatchObject({
      title: 'Everything',
      description: 'of all kinds',
      table: { kind: 'table', name: 'events' },
      extends: 'base',
    });
    expect([...child.measures.values()].map(({ id, title }) => [id, title])).toEqual([
      ['child.count', 'Everything How many'],
      ['child.total', 'Everything Total'],
    ]);
    expect(child.measures.get('total')?.sql?.parts).toEqual([
      { kind: 'member', member: 'child.price' },
      { kind: 'text', text: ' * ' },
      { kind: 'member', member: 'child.factor' },
    ]);
    expect(child.joins).toMatchObject([{ from: 'child', to: 'users' }]);
    expect(child.joins[0]?.sql.parts[0]).toEqual({ kind: 'cube', cube: 'child' });
    expect(child.preAggregations).toMatchObject([
      {
        id: 'child.main',
        measures: ['child.count', 'child.total'],
        dimensions: ['child.price'],
        shared: true,
      },
      { id: 'child.other', shared: true },
    ]);
    expect(cube(model, 'base').preAggregations[0]).toMatchObject({ id: 'base.main', shared: true });
  });

  test('what is inherited stands where the user wrote it, and the document stays as it is', () => {
    const model = load(`${BASE}  - {name: child, extends: base, measures: [{name: own, type: count}]}\n`);
    const child = cube(model, 'child');
    expect(child.preAggregations[0]).toMatchObject({
      pointer: '/cubes/0/pre_aggregations/0',
      position: { file: 'm.yml', line: 16 },
    });
    expect(child.measures.get('total')?.position).toMatchObject({ line: 10 });
    expect((model.document as { cubes: unknown[] }).cubes[2]).toEqual({
      name: 'child',
      extends: 'base',
      measures: [{ name: 'own', type: 'count' }],
    });
  });

  test('the pointer counts the cubes of all files, and follows cubes that are keyed by name', () => {
    const model = loadYamlModel([
      { file: 'a.yml', text: 'cubes: [{name: child, extends: base}]' },
      { file: 'b.yml', text: BASE },
      {
        file: 'c.yml',
        text: 'cubes: {late: {extends: child, pre_aggregations: {mine: {measures: [count]}}}}',
      },
    ]);
    expect(cube(model, 'late').preAggregations.map(({ id, pointer }) => [id, pointer])).toEqual([
      ['late.mine', '/cubes/3/pre_aggregations/mine'],
      ['late.main', '/cubes/1/pre_aggregations/0'],
      ['late.other', '/cubes/1/pre_aggregations/1'],
    ]);
  });

  test('an entry of the same name stands for the whole of the inherited one', () => {
    const model = load(`${BASE}  - name: child
    extends: base
    title: Mine
    joins: [{name: users, relationship: one_to_one, sql: "{CUBE}.owner = {users.id}"}]
    measures: [{name: count, type: count_distinct, sql: user_id}]
    pre_aggregations: [{name: fine, measures: [count]}, {name: main, measures: [total]}]
`);
    const child = cube(model, 'child');
    expect(child).toMatchObject({ title: 'Mine', description: 'of all kinds' });
    expect(child.joins).toMatchObject([{ relationship: 'one_to_one' }]);
    expect([...child.measures.keys()]).toEqual(['count', 'total']);
    expect(child.measures.get('count')).toMatchObject({
      type: 'count_distinct',
      title: 'Mine Count',
      description: null,
    });
    expect(child.preAggregations.map(({ name, dimensions }) => [name, dimensions])).toEqual([
      ['fine', []],
      ['main', []],
      ['other', []],
    ]);
  });

  test.each([
    ['sql_table: t', 'sql: SELECT 1', { kind: 'query' }],
    ['sql: SELECT 2', 'sql_table: mine', { kind: 'table', name: 'mine' }],
  ])('the table of a child replaces `%s` of its parent', (parent, child, table) => {
    const model = load(`cubes:
  - {name: a, ${parent}, measures: [{name: count, type: count}]}
  - {name: b, extends: a, ${child}}
`);
    expect(cube(model, 'b').table).toMatchObject(table);
  });

  test('a name of the parent means the parent, as in Cube', () => {
    const model = load(`cubes:
  - name: a
    sql_table: t
    measures: [{name: count, type: count}]
    dimensions: [{name: x, type: number, sql: "{a}.x"}, {name: y, type: number, sql: "{CUBE}.y"}]
  - {name: b, extends: a}
`);
    expect(cube(model, 'b').dimensions.get('x')?.sql.parts[0]).toEqual({ kind: 'cube', cube: 'a' });
    expect(cube(model, 'b').dimensions.get('y')?.sql.parts[0]).toEqual({ kind: 'cube', cube: 'b' });
  });

  test('JavaScript extends by reference or by name', async () => {
    const text = `
      cube('Base', {
        sqlTable: 'events',
        measures: { count: { type: 'count' }, twice: { sql: \`\${count} * 2\`, type: 'number' } },
        preAggregations: { main: { measures: [CUBE.count] } },
      });
      cube('First', { extends: Base, sqlTable: 'first' });
      cube('Second', { extends: \`First\`, preAggregations: { own: { measures: [count] } } });
      cube('Third', { extends: \`\${First}\` });
    `;
    for (const mode of ['trusted', 'sandbox'] as const) {
      const model = loadModelFiles(
        await runModelScripts([{ file: 'm.js', text }], { mode, compileContext: {} }),
      );
      const second = cube(model, 'Second');
      expect(second).toMatchObject({ extends: 'First', table: { name: 'first' } });
      expect(second.preAggregations.map(({ id, measures, pointer }) => [id, measures, pointer])).toEqual([
        ['Second.own', ['Second.count'], '/cubes/2/preAggregations/own'],
        ['Second.main', ['Second.count'], '/cubes/0/preAggregations/main'],
      ]);
      expect(second.measures.get('twice')?.sql?.parts[0]).toEqual({ kind: 'member', member: 'Second.count' });
      expect(cube(model, 'Third').extends).toBe('First');
    }
  });
});

describe('faults of extends', () => {
  test.each([
    [
      'an unknown parent',
      'extends: bse',
      ['33:28: cubes[2].extends: there is no cube `bse`. Did you mean `base`?'],
    ],
    [
      'itself',
      'extends: child',
      ['33:28: cubes[2].extends: cubes extend each other in a circle: child → child'],
    ],
    ['no name', 'extends: 4', ['33:28: cubes[2].extends: expected text, got 4 (put text in quotes)']],
    [
      'a member whose name is taken',
      'extends: base, segments: [{name: count, sql: "TRUE"}]',
      ['33:52: cubes[2].segments[0].name: the name `count` is taken by a measure of this cube'],
    ],
    [
      'a name that an inherited member has in another list',
      'extends: base, measures: [{name: id, type: count}]',
      ['33:52: cubes[2].measures[0].name: the name `id` is taken by a dimension that `child` inherits'],
    ],
  ])('%s', (_, keys, errors) => {
    const spaced = BASE.replace('cubes:\n', `cubes:\n${'\n'.repeat(11)}`);
    expect(errorsOf(`${spaced}  - {name: child, ${keys}}\n`)).toEqual(errors);
  });

  test('a circle of three is told once', () => {
    expect(
      errorsOf(`cubes:
  - {name: a, extends: b, sql_table: t}
  - {name: b, extends: c}
  - {name: c, extends: a}
  - {name: d, extends: a}
`),
    ).toEqual(['4:24: cubes[2].extends: cubes extend each other in a circle: a → b → c → a']);
  });

  test('a parent without a table is no cube', () => {
    expect(
      errorsOf(`cubes:
  - {name: a, measures: [{name: count, type: count}]}
  - {name: b, extends: a, sql_table: t}
`),
    ).toEqual(['2:5: cubes[0]: a cube needs `sql_table` or `sql`']);
  });

  test('a fault in a parent is told once, where it is', () => {
    expect(
      errorsOf(`cubes:
  - {name: a, sql_table: t, measures: [{name: count, type: cuont}]}
  - {name: b, extends: a}
  - {name: c, extends: b}
`),
    ).toEqual(['2:60: cubes[0].measures[0].type: unknown `cuont`. Did you mean `count`?']);
  });

  test('a join that names the parent cannot be inherited', () => {
    const named = BASE.replace('{CUBE}.user_id', '{base}.user_id');
    expect(errorsOf(`${named}  - {name: child, extends: base}\n`)).toEqual([
      '7:56: cubes[0].joins[0].sql: `child` extends `base`, whose table is no part of its joins: write `{CUBE}`, which means the cube that inherits',
    ]);
  });

  test('a long line of parents ends', () => {
    const line = Array.from({ length: 5000 }, (_, at) => `  - {name: c${at + 1}, extends: c${at}}`).join(
      '\n',
    );
    const text = `cubes:\n  - {name: c0, sql_table: t, measures: [{name: count, type: count}]}\n${line}\n`;
    expect(errorsOf(text)[0]).toBe(
      '35:26: cubes[33].extends: extends more than 32 cubes, one over the other',
    );
    const short = text.split('\n').slice(0, 34).join('\n');
    expect(cube(load(short), 'c32').measures.get('count')?.id).toBe('c32.count');
  });

  test('what is inherited is bounded', () => {
    const dimensions = Array.from({ length: 2000 }, (_, at) => `{name: d${at}, type: string, sql: x}`).join(
      ', ',
    );
    const children = Array.from({ length: 1000 }, (_, at) => `  - {name: c${at}, extends: a}`).join('\n');
    const text = `cubes:\n  - {name: a, sql_table: t, dimensions: [${dimensions}]}\n${children}\n`;
    expect(failureOf(() => load(text)).message).toContain('more than 1000000 values are inherited');
  });
});
