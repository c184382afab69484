import { describe, expect, test } from 'vitest';

import { errorsOf, failureOf, load, orders } from './failures.js';

describe('[D5] spellings', () => {
  const snake = load(`cubes:
  - name: a
    sql_table: t
    data_source: other
    joins:
      - {name: b, relationship: many_to_one, sql: "{CUBE}.b = {b.id}"}
    measures:
      - {name: count, type: count, drill_members: [id]}
      - {name: users, type: count_distinct_approx, sql: u}
    dimensions:
      - {name: id, type: number, sql: id, primary_key: true}
      - {name: at, type: time, sql: at}
    pre_aggregations:
      - name: main
        type: rollup
        measures: [count, users]
        dimensions: [id]
        time_dimension: at
        granularity: day
        partition_granularity: month
        refresh_key: {every: 1 day, update_window: 7 day}
        indexes:
          - {name: by_id, columns: [id], type: aggregate}
  - name: b
    sql_table: b
    dimensions:
      - {name: id, type: number, sql: id, primary_key: true}
`);

  test('camelCase keys, values in camelCase, and maps keyed by name mean the same', () => {
    const camel = load(`cubes:
  a:
    sqlTable: t
    dataSource: other
    joins:
      b: {relationship: manyToOne, sql: "{CUBE}.b = {b.id}"}
    measures:
      count: {type: count, drillMembers: [id]}
      users: {type: countDistinctApprox, sql: u}
    dimensions:
      id: {type: number, sql: id, primaryKey: true}
      at: {type: time, sql: at}
    preAggregations:
      main:
        type: rollup
        measures: [count, users]
        dimensions: [id]
        timeDimension: at
        granularity: day
        partitionGranularity: month
        refreshKey: {every: 1 day, updateWindow: 7 day}
        indexes:
          by_id: {columns: [id], type: aggregate}
  b:
    sqlTable: b
    dimensions:
      id: {type: number, sql: id, primaryKey: true}
`);
    const strip = (value: unknown): unknown =>
      JSON.parse(
        JSON.stringify(value, (key, at: unknown) =>
          key === 'position' || key === 'pointer' ? null : at instanceof Map ? [...at] : at,
        ),
      );
    expect(strip(camel.cubes)).toEqual(strip(snake.cubes));
    expect(camel.cubes.get('a')?.preAggregations[0]?.pointer).toBe('/cubes/0/preAggregations/main');
    expect(camel.document).toMatchObject({
      cubes: [{ name: 'a', preAggregations: { main: {} } }, { name: 'b' }],
    });
  });

  test.each([
    ['belongsTo', 'many_to_one'],
    ['belongs_to', 'many_to_one'],
    ['hasMany', 'one_to_many'],
    ['has_many', 'one_to_many'],
    ['hasOne', 'one_to_one'],
    ['oneToMany', 'one_to_many'],
  ])('[B26][D22] the relationship %s is %s', (written, relationship) => {
    const model = load(
      `${orders()}    joins:\n      - {name: users, relationship: ${written}, sql: "{CUBE}.u = {users}.id"}\n` +
        '  - name: users\n    sql_table: u\n    dimensions:\n' +
        '      - {name: id, type: number, sql: id, primary_key: true}\n',
    );
    expect(model.cubes.get('orders')?.joins[0]?.relationship).toBe(relationship);
  });

  test('one key in two spellings is an error', () => {
    expect(errorsOf('cubes:\n  - {name: a, sql_table: t, sqlTable: u}\n')).toEqual([
      '2:29: cubes[0].sqlTable: unknown key. Did you mean `sql_table`?',
    ]);
  });

  test('an entry that is keyed by its name has no second one', () => {
    expect(errorsOf('cubes:\n  a: {sql_table: t, name: b}\n')).toEqual([
      '2:21: cubes.a.name: the name is `a` already, by its key',
    ]);
  });

  test('entries with nothing in them are as if they were not written', () => {
    const model = load(
      'cubes:\n  - name: a\n    sql_table: t\n    joins:\n    measures:\n      count:\n        type: count\n',
    );
    expect(model.cubes.get('a')).toMatchObject({
      joins: [],
      measures: new Map([['count', { type: 'count' }]]),
    });
  });

  test('the keys inside `meta` are left alone', () => {
    const model = load('cubes:\n  - {name: a, sql_table: t, meta: {someKey: {type: belongsTo}}}\n');
    expect(model.document).toEqual({
      cubes: [{ name: 'a', sql_table: 't', meta: { someKey: { type: 'belongsTo' } } }],
    });
  });
});

describe('keys', () => {
  test.each([
    ['cube: []', '1:1: cube: unknown key. Did you mean `cubes`?'],
    ['cubes: 3', '1:8: cubes: expected a list, got 3 (put text in quotes)'],
    ['cubes: [x]', '1:9: cubes[0]: expected a map, got text'],
    ['cubes: [{sql_table: t}]', '1:9: cubes[0]: `name` is missing'],
    ['cubes: [{name: 1a, sql_table: t}]', '1:16: cubes[0].name: a name consists of letters, digits and _'],
    ['cubes: [{name: a}]', '1:9: cubes[0]: a cube needs `sql_table` or `sql`'],
    ['cubes: [{name: a, sql: ""}]', '1:24: cubes[0].sql: is empty'],
    ['cubes: [{name: a, sql_table: t, sql: s}]', '1:33: cubes[0].sql: write either `sql_table` or `sql`'],
    ['cubes: [{name: CUBE, sql_table: t}]', '1:16: cubes[0].name: `CUBE` has a meaning of its own'],
    [
      'cubes: [{name: a, sql_table: {CUBE}}]',
      'cubes[0].sql_table: expected text, got a map (put text with {…}',
    ],
    ['cubes: [{name: a, sql_table: t, public: "no"}]', 'cubes[0].public: expected true or false, got text'],
    ['cubes: [{name: a, sql_table: "{b}"}]', '`b`'],
    ['cubes: [{name: a, sql: "select * from {CUBE}"}]', '1:39: cubes[0].sql: not supported yet: references'],
  ])('%s', (text, message) => {
    expect(errorsOf(text)[0]).toContain(message);
  });

  test('faults of structure are all told, in the order of the text', () => {
    const lines = errorsOf(
      orders('    pre_aggregations:\n      - {name: m, measure: [count], timeDimnsion: x}\n    views: 1\n'),
    );
    expect(lines).toEqual([
      '16:19: cubes[0].pre_aggregations[0].measure: unknown key. Did you mean `measures`?',
      expect.stringMatching(/^16:37: .*timeDimnsion: unknown key. Did you mean `time_dimension`\?$/),
      '17:5: cubes[0].views: unknown key',
    ]);
  });

  test('keys that do not change an answer are accepted', () => {
    const model = load(`cubes:
  - name: a
    sql_table: t
    sql_alias: x
    public: true
    shown: true
    meta: {owner: me}
    refresh_key: {every: 1 hour}
    hierarchies: [{name: h, title: H, levels: [at]}]
    measures:
      - {name: count, type: count, format: currency, public: false, meta: 1, drill_filters: [{sql: a}]}
    dimensions:
      - name: at
        type: time
        sql: at
        suggest_filter_values: false
        granularities: [{name: fiscal, interval: 1 year, offset: 3 months}]
        format: {type: link, label: x}
        sub_query: false
    pre_aggregations:
      - name: main
        measures: [count]
        time_dimension: at
        granularity: day
        partition_granularity: day
        refresh_key: {every: 1 hour, incremental: true, update_window: 7 day}
        build_range_start: {sql: SELECT 1}
        build_range_end: {sql: SELECT 2}
        external: true
        scheduled_refresh: true
        use_original_sql_pre_aggregations: true
        allow_non_strict_date_range_match: true
        read_only: true
        stream_offset: latest
        output_column_types: [{member: count, type: int}]
        unique_key_columns: [id]
`);
    expect(model.cubes.get('a')?.measures.get('count')?.format).toBe('currency');
    expect(model.cubes.get('a')?.hierarchies).toEqual([{ name: 'h', title: 'H', levels: ['a.at'] }]);
    expect(model.cubes.get('a')?.dimensions.get('at')?.format).toEqual({
      type: 'link',
      label: 'x',
    });
  });

  test.each([
    ['dimensions', 'type: string, case: {switch: x, when: [{sql: x, label: y}]}', '`case` with `switch`'],
    [
      'dimensions',
      'type: string, sql: x, propagateFiltersToSubQuery: true',
      'sub-queries that count other rows',
    ],
    ['dimensions', 'type: geo, latitude: {sql: x}', 'the type `geo`'],
    ['dimensions', 'type: switch, sql: x', 'the type `switch`'],
    ['dimensions', 'type: string, sql: x, mask: y', 'masked'],
    ['measures', 'type: sum, sql: x, cumulative: true', '`cumulative`; use `rolling_window`'],
    ['measures', 'type: sum, sql: x, multi_stage: true', 'multi-stage'],
    ['measures', 'type: string, sql: x', 'the type `string`'],
    [
      'pre_aggregations',
      'measures: [], indexes: [{name: i, columns: [a], sql: x}]',
      'indexes written in SQL',
    ],
  ])('what would change an answer is refused: %s with %s', (list, keys, what) => {
    const lines = errorsOf(
      `cubes:\n  - name: a\n    sql_table: t\n    ${list}:\n      - {name: m, ${keys}}\n`,
    );
    expect(lines.join('\n')).toMatch(new RegExp(`^5:.*not supported yet: .*${what}`, 'm'));
  });

  test.each([
    ['access_policy: [{role: x}]', '`access_policy`'],
    ['calendar: true', 'calendar'],
  ])('a cube with %s is refused', (key, what) => {
    expect(errorsOf(`cubes:\n  - name: a\n    sql_table: t\n    ${key}\n`)[0]).toMatch(
      new RegExp(`^4:.*not supported yet: .*${what}`),
    );
  });

  test('a wrong type gets a suggestion or the list of types', () => {
    const text = (type: string) =>
      `cubes:\n  - name: a\n    sql_table: t\n    measures:\n      - {name: m, type: ${type}, sql: x}\n`;
    expect(errorsOf(text('summ'))[0]).toBe(
      '5:25: cubes[0].measures[0].type: unknown `summ`. Did you mean `sum`?',
    );
    expect(errorsOf(text('quantile'))[0]).toContain('unknown `quantile`: one of count, sum, min');
  });

  test('a member that is called __proto__ is a member', () => {
    const model = load(
      'cubes:\n  __proto__:\n    sql_table: t\n    measures:\n      __proto__: {type: count}\n',
    );
    expect(model.cubes.get('__proto__')?.measures.get('__proto__')?.id).toBe('__proto__.__proto__');
    expect(failureOf(() => load('__proto__: {}\n')).message).toContain('1:1: __proto__: unknown key');
  });
});
