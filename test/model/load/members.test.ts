import { describe, expect, test } from 'vitest';

import type { SqlPart } from '../../../dist/model/sql-template.js';
import { titleize } from '../../../dist/model/load/titleize.js';
import { errorsOf, load, orders } from './failures.js';

/** A cube `a` joined to `b`; `sql` is that of the dimension `d`. */
function withSql(sql: string): string {
  return `cubes:
  - name: a
    sql_table: a
    joins:
      - {name: b, relationship: many_to_one, sql: "{CUBE}.b = {b}.id"}
    measures:
      - {name: total, type: sum, sql: x}
    dimensions:
      - name: d
        type: string
        sql: ${JSON.stringify(sql)}
      - {name: e, type: time, sql: e}
    segments:
      - {name: s, sql: "1 = 1"}
  - name: b
    sql_table: b
    joins:
      - {name: c, relationship: many_to_one, sql: "{CUBE}.c = {c}.id"}
    dimensions:
      - {name: id, type: number, sql: id, primary_key: true}
  - name: c
    sql_table: c
    dimensions:
      - {name: id, type: number, sql: id, primary_key: true}
      - {name: city, type: string, sql: city}
`;
}

const text = (value: string): SqlPart => ({ kind: 'text', text: value });
type Way = { path?: readonly string[] };
const member = (id: string, way: Way = {}): SqlPart => ({ kind: 'member', member: id, ...way });
const cube = (name: string, way: Way = {}): SqlPart => ({ kind: 'cube', cube: name, ...way });

describe('references in SQL', () => {
  test.each<[string, SqlPart[]]>([
    ['x', [text('x')]],
    ['{CUBE}.x', [cube('a'), text('.x')]],
    ['{a}.x', [cube('a'), text('.x')]],
    ['${CUBE}.x', [cube('a'), text('.x')]],
    ['{b}.x || { c }.y', [cube('b'), text('.x || '), cube('c'), text('.y')]],
    ['{e}', [member('a.e')]],
    ['{CUBE.e}::text', [member('a.e'), text('::text')]],
    ['{a.e}', [member('a.e')]],
    ['{b.id}', [member('b.id')]],
    ['{b.c.city}', [member('c.city', { path: ['b', 'c'] })]],
    ['{CUBE.b.c.city}', [member('c.city', { path: ['a', 'b', 'c'] })]],
    ['{CUBE.b}.x', [cube('b', { path: ['a', 'b'] }), text('.x')]],
    ['lower({\'{\'}) {"}"}', [text('lower({) }')]],
    ['\\{not a reference\\}', [text('{not a reference}')]],
    ['a } b', [text('a } b')]],
  ])('[B27][D6] %s', (sql, parts) => {
    expect(load(withSql(sql)).cubes.get('a')?.dimensions.get('d')?.sql.parts).toEqual(parts);
  });

  test.each([
    ['{f}', '`a` has no member `f`, and there is no cube of this name'],
    ['{totl}', 'no cube of this name. Did you mean `total`?'],
    ['{CUBE.totl}', '`a` has no member `totl`. Did you mean `total`?'],
    ['{cubee.d}', 'there is no cube `cubee`. Did you mean `CUBE`?'],
    ['{b.c.cty}', '`c` has no member `cty`. Did you mean `city`?'],
    ['{a.c.city}', '`a` has no join to `c`'],
    ['{e.days}', 'there is no cube `e`'],
    [
      '{total}',
      'a dimension cannot refer to the measure `a.total`: only a dimension with `sub_query: true` can',
    ],
    ['{s}', 'not supported yet: a reference to the segment `a.s`'],
    ['{{ x }}', 'templates (Jinja) are not supported yet'],
    ['{% if x %}', 'templates (Jinja) are not supported yet'],
    ["{FILTER_PARAMS.a.dd.filter('d')}", '`a` has no member `dd`. Did you mean `d`?'],
    ["{FILTER_PARAMS.a.total.filter('d')}", 'FILTER_PARAMS is about dimensions; `a.total` is a measure'],
    ['{FILTER_PARAMS.a.d}', 'has no meaning by itself: write `{FILTER_PARAMS.cube.dimension.filter('],
    [
      "{FILTER_PARAMS.a.d.filter(lambda x: f'd = {x}')}",
      'a function of Python cannot be run here: give the column',
    ],
    ["{FILTER_GROUP('d')}", 'FILTER_GROUP takes FILTER_PARAMS'],
    ["{FILTER_PARAMS.a.d.filter('d'}", 'is not a call'],
    ["{FILTER_PARAMS.a.d.filter('d')", 'a call without its `)` and `}`'],
    ['{SECURITY_CONTEXT.x}', 'has no meaning by itself: write `.filter('],
    ["{SECURITY_CONTEXT.x.requiredFilter('d')}", '`SECURITY_CONTEXT.x` is required'],
    ["{SECURITY_CONTEXT.x.fliter('d')}", 'not `fliter`'],
    ['{COMPILE_CONTEXT}', 'has no meaning by itself: write `{{ COMPILE_CONTEXT.'],
    ['{SQL_UTILS.convertTz(x)}', 'there is no cube of this name'],
    ["{SQL_UTILS.now('d')}", 'SQL_UTILS has one function'],
    ['{a.sql()}', 'can stand in the `sql` of a cube and of a build range only'],
    ["{lower('d')}", '`lower` cannot be called'],
    ['{2}', '`{2}` is not a reference; write `\\{` for a brace in SQL'],
    ['{d', 'a `{` without its `}`'],
  ])('%s is refused at its place', (sql, message) => {
    const [line] = errorsOf(withSql(`x || ${sql}`));
    expect(line).toContain(message);
    expect(line).toMatch(/^11:20: cubes\[0\]\.dimensions\[0\]\.sql: /);
  });

  test('the place is exact in blocks and for a second occurrence', () => {
    const block = `cubes:
  - name: a
    sql_table: t
    dimensions:
      - name: d
        type: string
        sql: |
          {CUBE}.x ||
            {CUBE}.y || {nope} || {nope}
`;
    expect(errorsOf(block).map((line) => line.slice(0, 5))).toEqual(['9:25:', '9:35:']);
  });

  test('a bare name is a member of the cube before it is a cube', () => {
    const model = load(`cubes:
  - name: a
    sql_table: t
    dimensions:
      - {name: a, type: string, sql: x}
      - {name: d, type: string, sql: "{a}"}
`);
    expect(model.cubes.get('a')?.dimensions.get('d')?.sql.parts).toEqual([member('a.a')]);
  });
});

describe('circles of references', () => {
  test.each([
    ['{d}', ['a.d → a.d; for the column of this name write `{CUBE}.d`']],
    ['{CUBE}.d', []],
  ])('a dimension with the SQL %s', (sql, circles) => {
    if (circles.length === 0) expect(load(withSql(sql)).cubes.size).toBe(3);
    else expect(errorsOf(withSql(sql))).toEqual([expect.stringContaining(circles[0])]);
  });

  test('the circle is named, and told once', () => {
    const lines = errorsOf(`cubes:
  - name: a
    sql_table: t
    measures:
      - {name: x, type: number, sql: "{y} + 1"}
      - {name: y, type: number, sql: "{z} + {n}"}
      - {name: z, type: number, sql: "{x} + {n}"}
      - {name: n, type: count}
      - {name: w, type: number, sql: "{x} + {y}"}
`);
    expect(lines).toEqual([
      '7:38: cubes[0].measures[2].sql: members refer to each other in a circle: a.x → a.y → a.z → a.x',
    ]);
  });

  test('a chain that is longer than the call stack is no circle, and too deep', () => {
    const lines = Array.from(
      { length: 20_000 },
      (_, i) => `      - {name: m${i}, type: number, sql: "{m${i + 1}}"}\n`,
    );
    const errors = errorsOf(
      `cubes:\n  - name: a\n    sql_table: t\n    measures:\n${lines.join('')}      - {name: m20000, type: count}\n`,
    );
    for (const line of errors.slice(0, -1))
      expect(line).toContain('its references go more than 100 members deep');
    expect(errors.at(-1)).toBe('and 180 more errors');
  });
});

describe('members', () => {
  test('[B7][B8] a count without SQL, drill members, types, primary key', () => {
    const model = load(
      orders().replace(
        '{name: count, type: count}',
        '{name: count, type: count, drill_members: [id, CUBE.created_at, orders.revenue]}',
      ),
    );
    const cube = model.cubes.get('orders')!;
    expect(cube.measures.get('count')).toMatchObject({
      id: 'orders.count',
      type: 'count',
      sql: null,
      filters: [],
      drillMembers: ['orders.id', 'orders.created_at', 'orders.revenue'],
    });
    expect(
      [...cube.dimensions.values()].map(({ name, type, primaryKey }) => [name, type, primaryKey]),
    ).toEqual([
      ['id', 'number', true],
      ['status', 'string', false],
      ['category', 'string', false],
      ['created_at', 'time', false],
    ]);
  });

  test('[X17] a drill member that does not exist is an error with a suggestion', () => {
    const text = orders().replace('type: count}', 'type: count, drill_members: [id, create_at]}');
    expect(errorsOf(text)).toEqual([
      '5:56: cubes[0].measures[0].drill_members[1]: `orders` has no member `create_at`, and there is no cube of this name. Did you mean `created_at`?',
    ]);
  });

  test('[B29] a calculated measure refers to measures, filters are kept, formats too', () => {
    const model = load(
      orders().replace(
        '    dimensions:',
        `      - {name: mean, type: number, sql: "{revenue} / {count}", format: currency}
      - {name: big, type: sum, sql: amount, filters: [{sql: "{CUBE}.amount > 10"}, {sql: "{status} = 'done'"}]}
    dimensions:`,
      ),
    );
    const { measures } = model.cubes.get('orders')!;
    expect(measures.get('mean')).toMatchObject({
      format: 'currency',
      sql: { parts: [member('orders.revenue'), text(' / '), member('orders.count')] },
    });
    expect(measures.get('big')?.filters.map(({ parts }) => parts)).toEqual([
      [cube('orders'), text('.amount > 10')],
      [member('orders.status'), text(" = 'done'")],
    ]);
  });

  test.each([
    ['type: sum', '`sql` is missing: a measure of type sum needs one'],
    [
      'type: sum, sql: "{revenue} / 2"',
      'an aggregate cannot hold the measure `orders.revenue`. Refer to the column, as in `{CUBE}.revenue`',
    ],
    ['type: number, sql: "{count}", filters: [{sql: x}]', 'a measure of type number has no `filters`'],
    [
      'type: sum, sql: x, filters: [{sql: "{count} > 1"}]',
      'a filter cannot refer to the measure `orders.count`',
    ],
    ['type: sum, sql: x, precision: 12', '`precision` belongs to measures of type count_distinct_approx'],
    ['type: count_distinct_approx, sql: x, precision: 9', 'precision: at least 10'],
    ['type: count_distinct_approx, sql: x, precision: 17', 'precision: at most 16'],
    ['type: count_distinct_approx, sql: x, precision: 12.5', 'precision: expected a whole number, got 12.5'],
    ['type: count_distinct_approx, sql: x, precision: "12"', 'precision: expected a number, got text'],
  ])('[X17] a measure with %s is refused', (keys, message) => {
    const lines = errorsOf(
      orders().replace('    dimensions:', `      - {name: m, ${keys}}\n    dimensions:`),
    );
    expect(lines).toEqual([expect.stringContaining(message)]);
    expect(lines[0]).toMatch(/^8:/);
  });

  test('[B36] the precision of a sketch is 12 unless it is given', () => {
    const text = (precision: string) =>
      load(
        `cubes: [{name: a, sql_table: t, measures: [{name: m, type: count_distinct_approx, sql: x${precision}}]}]`,
      );
    expect(text('').cubes.get('a')?.measures.get('m')?.precision).toBe(12);
    expect(text(', precision: 10').cubes.get('a')?.measures.get('m')?.precision).toBe(10);
    expect(text(', precision: 16').cubes.get('a')?.measures.get('m')?.precision).toBe(16);
  });

  test('members of a cube share one set of names', () => {
    expect(errorsOf(orders('      - {name: status, sql: x}\n      - {name: done, sql: x}\n'))).toEqual([
      '15:16: cubes[0].segments[1].name: the name `status` is taken by a dimension of this cube',
      '16:16: cubes[0].segments[2].name: the name `done` is taken by a segment of this cube',
    ]);
  });

  test('titles come from names, unless they are given', () => {
    const model = load(`cubes:
  - name: lineItems
    sql_table: t
    description: All of them
    measures:
      - {name: total_delay, type: count, description: Late}
      - {name: n, type: count, title: How many}
`);
    const cube = model.cubes.get('lineItems')!;
    expect(cube).toMatchObject({ title: 'Line Items', description: 'All of them' });
    expect(cube.measures.get('total_delay')).toMatchObject({
      title: 'Line Items Total Delay',
      shortTitle: 'Total Delay',
      description: 'Late',
    });
    expect(cube.measures.get('n')).toMatchObject({ title: 'Line Items How many', shortTitle: 'How many' });
  });

  test.each([
    ['count', 'Count'],
    ['created_at', 'Created at'],
    ['createdAt', 'Created at'],
    ['at_work', 'At Work'],
    ['HTMLPages', 'Html Pages'],
    ['_x__y_', 'X Y'],
    ['p95', 'P95'],
  ])('the title of %s is %s', (name, title) => {
    expect(titleize(name)).toBe(title);
  });
});
