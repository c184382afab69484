import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { finishRows, type FinishedRows } from '../../dist/engine/finish-rows.js';
import { Sketch } from '../../dist/engine/sketches/sketch.js';
import { entryOfInteger } from '../../dist/engine/sketches/sketch-entry.js';
import { stateKind } from '../../dist/model/aggregates.js';
import type { GroupedBatch, GroupedColumn } from '../../dist/model/batch.js';
import type { Expression } from '../../dist/model/expression.js';
import type { Filter } from '../../dist/model/filter.js';
import type { FinishMeasure, FinishPlan, OutputColumn } from '../../dist/model/plan.js';
import type { OrderKey } from '../../dist/model/query.js';
import { memberColumn, type Dimension, type Granularity, type Measure } from '../../dist/model/schema.js';
import { compareValues, type Value } from '../../dist/model/value.js';

const measure = (name: string, type: Measure['type'], precision = 12) =>
  ({ id: `o.${name}`, name, type, precision }) as Measure;
const dimension = (name: string) => ({ id: `o.${name}`, name }) as Dimension;

const state = (of: Measure): FinishMeasure => ({
  measure: of,
  value: { kind: 'state', state: { measure: of, kind: stateKind(of.type), columns: [memberColumn(of.id)] } },
});

const calculated = (of: Measure, expression: Expression, ...leaves: Measure[]): FinishMeasure => ({
  measure: of,
  value: {
    kind: 'expression',
    expression,
    leaves: leaves.map((leaf) => ({
      kind: 'state',
      state: { measure: leaf, kind: stateKind(leaf.type), columns: [memberColumn(leaf.id)] },
    })),
  },
});

const measureOutput = (of: Measure): OutputColumn => ({
  kind: 'measure',
  name: of.id,
  column: memberColumn(of.id),
  measure: of,
});

const dimensionOutput = (name: string): OutputColumn => ({
  kind: 'dimension',
  name: `o.${name}`,
  column: `o__${name}`,
  dimension: dimension(name),
});

const timeOutput = (name: string, granularity: Granularity): OutputColumn => ({
  kind: 'time',
  name: `o.${name}.${granularity}`,
  column: `o__${name}_${granularity}`,
  dimension: dimension(name),
  granularity,
});

const plan = (measures: readonly FinishMeasure[], more: Partial<FinishPlan> = {}): FinishPlan => ({
  measures,
  having: null,
  order: [],
  limit: null,
  offset: 0,
  total: false,
  ...more,
});

function batchOf(...columns: GroupedColumn[]): GroupedBatch {
  return { rows: columns[0].values.length, columns };
}

const column = (
  name: string,
  type: GroupedColumn['type'],
  values: GroupedColumn['values'],
): GroupedColumn => ({
  name: `o__${name}`,
  type,
  values,
});

const STRING = { kind: 'string' } as const;
const INTEGER = { kind: 'integer' } as const;
const TIME = { kind: 'time' } as const;
const CENTS = { kind: 'decimal', scale: 2 } as const;

const count = measure('count', 'count');
const revenue = measure('revenue', 'sum');

describe('rows', () => {
  test('[A20] [A21] [A22] a time stands twice, numbers are strings, NULL stays', () => {
    const batch = batchOf(
      column('status', STRING, ['new', null]),
      column('at_day', TIME, [Date.UTC(2021, 8, 22), null]),
      column('count', INTEGER, [500, 2n ** 60n]),
      column('revenue', CENTS, [-5, null]),
    );
    const output = [
      dimensionOutput('status'),
      timeOutput('at', 'day'),
      measureOutput(count),
      measureOutput(revenue),
    ];
    const { data } = finishRows(batch, plan([state(count), state(revenue)]), output, { numbers: 'string' });
    const at = '2021-09-22T00:00:00.000';
    expect(data).toEqual([
      { 'o.status': 'new', 'o.at.day': at, 'o.at': at, 'o.count': '500', 'o.revenue': '-0.05' },
      { 'o.status': null, 'o.at.day': null, 'o.at': null, 'o.count': String(2n ** 60n), 'o.revenue': null },
    ]);
    expect(Object.keys(data[0])).toEqual(['o.status', 'o.at.day', 'o.at', 'o.count', 'o.revenue']);
    const native = finishRows(batch, plan([state(count), state(revenue)]), output, { numbers: 'native' });
    expect(native.data.map((row) => [row['o.count'], row['o.revenue']])).toEqual([
      [500, -0.05],
      [2n ** 60n, null],
    ]);
  });

  test('of two granularities the first has the short name; a dimension of that name keeps it', () => {
    const batch = batchOf(
      column('at', TIME, [5]),
      column('at_month', TIME, [Date.UTC(2021, 8)]),
      column('at_day', TIME, [Date.UTC(2021, 8, 22)]),
    );
    const times = [timeOutput('at', 'month'), timeOutput('at', 'day')];
    const row = finishRows(batch, plan([]), times, { numbers: 'string' }).data[0];
    expect(row['o.at']).toBe('2021-09-01T00:00:00.000');
    const all = finishRows(batch, plan([]), [dimensionOutput('at'), ...times], { numbers: 'string' }).data[0];
    expect(all['o.at']).toBe('1970-01-01T00:00:00.005');
    expect(Object.keys(all)).toEqual(['o.at', 'o.at.month', 'o.at.day']);
  });
});

describe('measures', () => {
  test('sketches are finished to their rounded estimate, NULL to 0, with the error that they may have', () => {
    const users = measure('users', 'count_distinct_approx', 10);
    const pages = measure('pages', 'count_distinct_approx', 12);
    const sketch = new Sketch(10);
    for (let value = 0; value < 77; value++) sketch.addEntry(entryOfInteger(value));
    const batch = batchOf(
      column('users', { kind: 'sketch', precision: 10 }, [sketch.toBytes(), null]),
      column('pages', { kind: 'sketch', precision: 12 }, [null, null]),
    );
    const outputs = [measureOutput(users), measureOutput(pages)];
    const finished = finishRows(batch, plan([state(users), state(pages)]), outputs, { numbers: 'native' });
    expect(finished.data).toEqual([
      { 'o.users': 77, 'o.pages': 0 },
      { 'o.users': 0, 'o.pages': 0 },
    ]);
    expect(finished.relativeErrors).toEqual({
      [users.id]: (3 * 1.04) / Math.sqrt(1024),
      [pages.id]: (3 * 1.04) / Math.sqrt(4096),
    });
    expect(finishRows(batch, plan([]), [], { numbers: 'native' }).relativeErrors).toEqual({});
  });

  test('an expression is real arithmetic over the worth of its leaves', () => {
    const average = measure('average', 'number');
    const ratio: Expression = {
      kind: 'binary',
      operator: '/',
      left: { kind: 'measure', measure: 'o.revenue' },
      right: { kind: 'measure', measure: 'o.count' },
    };
    const batch = batchOf(
      column('revenue', CENTS, [150, 10n ** 20n, null, 7]),
      column('count', INTEGER, [4, 2, 3, 0]),
    );
    const { data } = finishRows(
      batch,
      plan([calculated(average, ratio, revenue, count)]),
      [measureOutput(average)],
      {
        numbers: 'native',
      },
    );
    expect(data.map((row) => row['o.average'])).toEqual([0.375, 5e17, null, null]);
  });

  test('having filters finished values, on measures that are not in the answer too', () => {
    const atLeast = (member: string, digits: bigint, scale: number): Filter => ({
      kind: 'test',
      member,
      test: { kind: 'compare', operator: '>=', value: { kind: 'number', digits, scale } },
    });
    const batch = batchOf(
      column('status', STRING, ['a', 'b', 'c', 'd']),
      column('revenue', CENTS, [150, 149, null, 1]),
      column('count', INTEGER, [1, 1, 1, 9]),
    );
    const having: Filter = { kind: 'or', filters: [atLeast('o.revenue', 15n, 1), atLeast('o.count', 9n, 0)] };
    const finishing = plan([state(revenue), state(count)], { having, total: true, limit: 1 });
    const { data, total } = finishRows(batch, finishing, [dimensionOutput('status')], { numbers: 'string' });
    expect(data).toEqual([{ 'o.status': 'a' }]);
    expect(total).toBe(2);
  });
});

test('a having filter that does not fit what the measure turned out to be is an error of the query', () => {
  const latest = measure('latest', 'max');
  const batch = batchOf(column('latest', TIME, [5]));
  const literal = { kind: 'number', digits: 1n, scale: 0 } as const;
  const having: Filter = {
    kind: 'test',
    member: 'o.latest',
    test: { kind: 'compare', operator: '>', value: literal },
  };
  expect(() => finishRows(batch, plan([state(latest)], { having }), [], { numbers: 'string' })).toThrow(
    'the filter on o.latest does not fit its type, time.',
  );
});

describe('order', () => {
  const outputs = [dimensionOutput('s'), dimensionOutput('n'), dimensionOutput('id')];
  const finish = (
    rows: readonly Value[][],
    order: OrderKey[],
    limit: number | null,
    offset: number,
  ): FinishedRows =>
    finishRows(
      batchOf(
        column(
          's',
          STRING,
          rows.map(([s]) => s),
        ),
        column(
          'n',
          { kind: 'double' },
          rows.map(([, n]) => n),
        ),
        column(
          'id',
          INTEGER,
          rows.map((_, id) => id),
        ),
      ),
      plan([], { order, limit, offset, total: true }),
      outputs,
      { numbers: 'native' },
    );

  const texts = fc.constantFrom(null, '', 'a', 'B', 'b', '\uffee', '😀');
  const numbers = fc.constantFrom(null, -1, 0, 2, 1e300, Infinity, -Infinity, NaN);

  test('[A19] the rows are those of a stable sort, NULLs last, cut to offset and limit', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(texts, numbers), { maxLength: 60, size: 'max' }),
        fc.uniqueArray(fc.record({ column: fc.constantFrom('o.s', 'o.n'), descending: fc.boolean() }), {
          selector: (key) => key.column,
        }),
        fc.boolean(),
        fc.option(fc.nat(20), { nil: null }),
        fc.nat(5),
        (rows, keys, descending, limit, offset) => {
          const order = [...keys, { column: 'o.id', descending }];
          const compare = (a: number, b: number): number => {
            for (const key of order) {
              const [x, y] = [a, b].map(
                (id) => ({ 'o.s': rows[id][0], 'o.n': rows[id][1], 'o.id': id })[key.column]!,
              );
              if (x === null || y === null) {
                if (x !== y) return x === null ? 1 : -1;
                continue;
              }
              const result = compareValues(x, y);
              if (result !== 0) return key.descending ? -result : result;
            }
            return 0;
          };
          const ids = rows.map((_, id) => id).toSorted(compare);
          const { data, total } = finish(rows, order, limit, offset);
          const expected = ids.slice(offset, limit === null ? undefined : offset + limit);
          expect(data.map((row) => row['o.id'])).toEqual(expected);
          expect(total).toBe(rows.length);
        },
      ),
      { numRuns: process.env.GRANARY_LONG ? 10_000 : 500 },
    );
  });

  test('without an order rows stay as they come', () => {
    const { data } = finish(
      [
        ['b', 1],
        ['a', 2],
        ['c', 0],
      ],
      [],
      2,
      1,
    );
    expect(data.map((row) => row['o.s'])).toEqual(['a', 'c']);
  });

  test('bigints stand among numbers by what they are worth', () => {
    const sums = [2n ** 60n, 5, null, -(2n ** 60n)];
    const batch = batchOf(column('revenue', INTEGER, sums));
    const order = [{ column: 'o.revenue', descending: true }];
    const { data } = finishRows(batch, plan([state(revenue)], { order }), [measureOutput(revenue)], {
      numbers: 'native',
    });
    expect(data.map((row) => row['o.revenue'])).toEqual([2n ** 60n, 5, -(2n ** 60n), null]);
  });
});
