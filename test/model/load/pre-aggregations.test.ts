import { describe, expect, test } from 'vitest';

import type { PreAggregation } from '../../../dist/model/schema.js';
import { errorsOf, load, orders, rollup } from './failures.js';

/** The pre-aggregation `main` of `rollup(keys)`. */
function main(keys: string): PreAggregation {
  return load(rollup(keys)).cubes.get('orders')!.preAggregations[0];
}

describe('pre-aggregations', () => {
  test('[A5][A6][B11][D8][D25][D26][D27] a rollup with all its lists; the type may be omitted', () => {
    const all = main(`
measures: [orders.count, revenue]
dimensions: [orders.status]
segments: [done]
time_dimension: orders.created_at
granularity: day
partition_granularity: month
`);
    expect(all).toEqual({
      id: 'orders.main',
      cube: 'orders',
      name: 'main',
      type: 'rollup',
      measures: ['orders.count', 'orders.revenue'],
      dimensions: ['orders.status'],
      segments: ['orders.done'],
      timeDimensions: [{ dimension: 'orders.created_at', granularity: 'day' }],
      writtenPaths: new Map(),
      rollups: [],
      allowNonStrictDateRangeMatch: null,
      partitionGranularity: 'month',
      buildRange: null,
      indexes: [],
      priority: 50,
      position: { file: 'm.yml', line: 16, column: 9 },
      pointer: '/cubes/0/pre_aggregations/0',
      shared: false,
      joinPaths: [],
      keys: { measures: 'measures', dimensions: 'dimensions', segments: 'segments' },
    });
  });

  test.each([
    [
      '[B9] without time and measures',
      'dimensions: [status]',
      { dimensions: ['orders.status'], timeDimensions: [] },
    ],
    [
      '[D29] a measure and a segment',
      'measures: [count]\nsegments: [CUBE.done]',
      { segments: ['orders.done'], dimensions: [] },
    ],
    [
      '[C18] without a time dimension',
      'measures: [count]',
      { measures: ['orders.count'], timeDimensions: [] },
    ],
    ['time alone', 'time_dimension: created_at\ngranularity: day', { measures: [], dimensions: [] }],
  ])('a rollup %s', (_, keys, expected) => {
    expect(main(keys)).toMatchObject(expected);
  });

  test.each(['count', 'CUBE.count', 'orders.count', '"{CUBE.count}"', '"{count}"', '"${orders.count}"'])(
    '[B37][D6] the reference %s',
    (reference) => {
      expect(main(`measures: [${reference}]`).measures).toEqual(['orders.count']);
    },
  );

  test.each([
    ['time_dimension: created_at\ngranularity: day', null],
    ['time_dimensions: [{dimension: created_at, granularity: day}]', null],
    ['timeDimension: created_at\ngranularity: day', null],
    ['timeDimensionReference: created_at\ngranularity: day', false],
    ['time_dimension_reference: created_at\ngranularity: day', false],
    ['dimensions: [status]', false],
    ['time_dimension: created_at\ngranularity: day\nallow_non_strict_date_range_match: false', false],
    ['timeDimensionReference: created_at\ngranularity: day\nallowNonStrictDateRangeMatch: true', true],
  ])('[C19][D51][D54] %j: Cube looks past date ranges %s, null as configured', (keys, expected) => {
    expect(main(keys).allowNonStrictDateRangeMatch).toBe(expected);
  });

  test('[D24] a lambda names its rollups, and takes no default for date ranges', () => {
    const text = `cubes:
  - name: a
    sql_table: a
    measures: [{name: count, type: count}]
    dimensions: [{name: at, type: time, sql: at}]
    pre_aggregations:
      - {name: lambda, type: rollup_lambda, rollups: [CUBE.day, a.month]}
      - {name: day, measures: [count], time_dimension: at, granularity: day, partition_granularity: day}
      - {name: month, measures: [count], time_dimension: at, granularity: day, partition_granularity: day}
`;
    const [lambda] = load(text).cubes.get('a')!.preAggregations;
    expect(lambda).toMatchObject({ rollups: ['a.day', 'a.month'], allowNonStrictDateRangeMatch: false });
    expect(lambda.writtenPaths).toEqual(new Map());
  });

  test('a member that is listed twice counts once', () => {
    expect(main('measures: [count, CUBE.count, revenue]').measures).toEqual([
      'orders.count',
      'orders.revenue',
    ]);
  });

  test('[D10] members of other cubes by name, and by a path of joins', () => {
    const text = (reference: string) => `cubes:
  - name: a
    sql_table: a
    joins: [{name: b, relationship: many_to_one, sql: "{CUBE}.b = {b}.id"}]
    pre_aggregations: [{name: main, dimensions: [${reference}]}]
  - name: b
    sql_table: b
    joins: [{name: c, relationship: many_to_one, sql: "{CUBE}.c = {c}.id"}]
    dimensions: [{name: id, type: number, sql: id, primary_key: true}]
  - name: c
    sql_table: c
    dimensions: [{name: id, type: number, sql: id, primary_key: true}, {name: city, type: string, sql: city}]
`;
    for (const path of ['c.city', 'b.c.city', 'a.b.c.city', 'CUBE.b.c.city']) {
      expect(load(text(path)).cubes.get('a')?.preAggregations[0]?.dimensions).toEqual(['c.city']);
    }
    const { writtenPaths } = load(text('CUBE.b.c.city')).cubes.get('a')!.preAggregations[0];
    expect(writtenPaths).toEqual(new Map([['c.city', 'a.b.c.city']]));
    expect(errorsOf(text('a.c.city'))[0]).toMatch(
      /^5:50: cubes\[0\]\.pre_aggregations\[0\]\.dimensions\[0\]: `a` has no join to `c`/,
    );
    expect(errorsOf(text('c.b.id'))[0]).toContain('`c` has no join to `b`');
    expect(errorsOf(text('b'))[0]).toContain('`b` is a cube; name one of its members');
  });

  test.each([
    ['measures: [status]', 'measures[0]: `orders.status` is a dimension: list it under `dimensions`'],
    ['dimensions: [revenue]', 'dimensions[0]: `orders.revenue` is a measure: list it under `measures`'],
    ['dimensions: [done]', 'dimensions[0]: `orders.done` is a segment: list it under `segments`'],
    ['segments: [count]', 'segments[0]: `orders.count` is a measure: list it under `measures`'],
    [
      'measures: [revenu]',
      '17:20: cubes[0].pre_aggregations[0].measures[0]: `orders` has no member `revenu`',
    ],
    ['measures: [orders.revenu]', '`orders` has no member `revenu`. Did you mean `revenue`?'],
    ['measures: [Orders.revenue]', 'there is no cube `Orders`. Did you mean `orders`?'],
    ['measures: ["a b"]', '`a b` is not the name of a member'],
    ['dimensions: [created_at.day]', 'use `time_dimension` and `granularity`'],
    ['measures: count', 'measures: expected a list, got text'],
    ['external: true', 'a rollup of nothing'],
    ['type: roll_up', 'type: unknown `roll_up`. Did you mean `rollup`?'],
  ])('%s is refused', (keys, message) => {
    const lines = errorsOf(rollup(keys));
    expect(lines).toEqual([expect.stringContaining(message)]);
  });

  test('[C7] [D3] names are unique within a cube, and follow the rule of names', () => {
    const list = (names: string[]) =>
      orders(
        `    pre_aggregations:\n${names.map((name) => `      - {name: ${name}, measures: [count]}\n`).join('')}`,
      );
    expect(errorsOf(list(['main', 'main']))).toEqual([
      '17:16: cubes[0].pre_aggregations[1].name: the name `main` is written twice in `pre_aggregations`',
    ]);
    expect(errorsOf(list(['a-b']))[0]).toContain('a name consists of letters, digits and _');
    expect(
      load(list(['count', 'B_2']))
        .cubes.get('orders')
        ?.preAggregations.map(({ id }) => id),
    ).toEqual(['orders.count', 'orders.B_2']);
  });

  test('[C5][D4] pointers and keys say where and how the user wrote it', () => {
    const files = `${orders()}  - name: x
    sqlTable: x
    preAggregations:
      one: {measures: [orders.count]}
      two: {dimensions: [orders.id], measures:}
`;
    const model = load(files);
    const [one, two] = model.cubes.get('x')!.preAggregations;
    expect(one?.pointer).toBe('/cubes/1/preAggregations/one');
    expect(two?.pointer).toBe('/cubes/1/preAggregations/two');
    expect(two?.keys).toEqual({ measures: null, dimensions: 'dimensions', segments: null });
    expect(model.document).toMatchObject({
      cubes: [
        { name: 'orders' },
        { name: 'x', sqlTable: 'x', preAggregations: { one: { measures: ['orders.count'] } } },
      ],
    });
  });

  test.each([
    ['original_sql', 'indexes: [{name: i, columns: [id]}]'],
    ['rollup_lambda', 'rollups: [users.main]'],
    ['rollupLambda', 'rollups: [users.main]\nunion_with_source_data: false'],
    ['autoRollup', 'max_pre_aggregations: 20\npartition_granularity: month'],
  ])('[C8] [C23] [C26] [C27] [D8] the type %s is kept', (type, keys) => {
    const users =
      '  - {name: users, sql_table: u, measures: [{name: n, type: count}], pre_aggregations: [{name: main, measures: [n]}]}\n';
    const model = load(`${rollup(`type: ${type}\n${keys}`)}${users}`);
    const snake = type.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    expect(model.cubes.get('orders')?.preAggregations[0]).toMatchObject({ type: snake, measures: [] });
  });
});

describe('time', () => {
  test.each(['second', 'minute', 'hour', 'day', 'week', 'month', 'quarter', 'year'])(
    '[C20] [D28] [X10] granularity %s',
    (granularity) => {
      expect(main(`time_dimension: created_at\ngranularity: ${granularity}`).timeDimensions).toEqual([
        { dimension: 'orders.created_at', granularity },
      ]);
    },
  );

  test('[C17] several time dimensions, or one in several granularities', () => {
    const list =
      '[{dimension: created_at, granularity: day}, {dimension: CUBE.created_at, granularity: month}]';
    expect(main(`time_dimensions: ${list}`).timeDimensions).toEqual([
      { dimension: 'orders.created_at', granularity: 'day' },
      { dimension: 'orders.created_at', granularity: 'month' },
    ]);
  });

  test.each([
    ['time_dimension: created_at', '17:9: .*time_dimension: needs a `granularity`: one of second'],
    ['measures: [count]\ngranularity: day', '18:9: .*granularity: needs a `time_dimension`'],
    [
      'time_dimension: created_at\ngranularity: dy',
      '18:22: .*unknown granularity: one of .*Did you mean `day`',
    ],
    ['time_dimension: status\ngranularity: day', '17:25: .*`orders.status` is a dimension of type string'],
    [
      'time_dimension: count\ngranularity: day',
      '17:25: .*`orders.count` is a measure; a time dimension is of type',
    ],
    [
      'time_dimension: created_at.day\ngranularity: day',
      'a time dimension with a granularity cannot stand here',
    ],
    [
      'time_dimension: created_at\ngranularity: day\ntime_dimensions: [{dimension: created_at, granularity: day}]',
      '17:9: .*either `time_dimension` or `time_dimensions`',
    ],
    ['time_dimensions: [{dimension: created_at}]', '17:27: .*`granularity` is missing'],
  ])('[C21][D27] %s is refused', (keys, message) => {
    expect(errorsOf(rollup(keys)).join('\n')).toMatch(new RegExp(message));
  });

  test('[D28] a granularity of the time dimension, and what it may have been meant for', () => {
    const withFiscal = (granularity: string): string =>
      rollup(`time_dimension: created_at\ngranularity: ${granularity}\npartition_granularity: year`).replace(
        'sql: created_at}',
        'sql: created_at, granularities: [{name: fiscal_half, interval: 6 months, offset: 3 months}]}',
      );
    expect(errorsOf(withFiscal('fiscal_hlf'))).toEqual([
      expect.stringContaining('Did you mean `fiscal_half`?'),
    ]);
    expect(errorsOf(withFiscal('lustrum'))).toEqual([
      expect.stringContaining('unknown granularity: one of fiscal_half, second, minute'),
    ]);
    expect(errorsOf(withFiscal('fiscal_half'))).toEqual([
      expect.stringContaining(
        'a partition of a year cuts through buckets of a fiscal_half: use a finer `granularity`',
      ),
    ]);
  });

  /** Granularities on the left may be partitioned by those on the right, and by no others. */
  test.each([
    ['second', ['hour', 'day', 'week', 'month', 'quarter', 'year']],
    ['hour', ['hour', 'day', 'week', 'month', 'quarter', 'year']],
    ['day', ['day', 'week', 'month', 'quarter', 'year']],
    ['week', ['week']],
    ['month', ['month', 'quarter', 'year']],
    ['quarter', ['quarter', 'year']],
    ['year', ['year']],
  ])('[C23] [D30] [X9] partitions are made of whole buckets: %s', (granularity, fit) => {
    for (const partition of ['hour', 'day', 'week', 'month', 'quarter', 'year']) {
      const keys = `time_dimension: created_at\ngranularity: ${granularity}\npartition_granularity: ${partition}`;
      if (fit.includes(partition)) expect(main(keys).partitionGranularity).toBe(partition);
      else {
        const use = `use ${fit.join(' or ')}, or a finer \`granularity\``;
        expect(errorsOf(rollup(keys))).toEqual([expect.stringContaining(use)]);
      }
    }
  });

  test.each([
    ['measures: [count]\npartition_granularity: month', 'partitions need a `time_dimension`'],
    [
      'time_dimension: created_at\ngranularity: day\npartition_granularity: minute',
      'unknown granularity: one of hour',
    ],
    ['time_dimension: created_at\ngranularity: day\npartition_granularity: mnth', 'Did you mean `month`?'],
  ])('[D30] %s is refused', (keys, message) => {
    expect(errorsOf(rollup(keys))).toEqual([expect.stringContaining(message)]);
  });

  test('[D12] original SQL may be partitioned by its time without a granularity', () => {
    const keys = 'type: original_sql\ntime_dimension: created_at\npartition_granularity: month';
    expect(main(keys)).toMatchObject({
      type: 'original_sql',
      timeDimensions: [],
      partitionGranularity: 'month',
    });
  });

  test('two members whose columns would have one name are refused', () => {
    const text = rollup('time_dimension: created_at\ngranularity: day\ndimensions: [Created_at_day]').replace(
      '    segments:',
      '      - {name: Created_at_day, type: string, sql: x}\n    segments:',
    );
    expect(errorsOf(text)).toEqual([
      expect.stringContaining(
        '`orders.Created_at_day` and `orders.created_at.day` would share the column `orders__created_at_day`',
      ),
    ]);
  });
});
