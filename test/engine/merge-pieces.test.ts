import { expect, test } from 'vitest';
import { mergePieces } from '../../dist/engine/merge-pieces.js';
import { Sketch } from '../../dist/engine/sketches/sketch.js';
import { entryOfString } from '../../dist/engine/sketches/sketch-entry.js';
import type { GroupedBatch, GroupedColumn } from '../../dist/model/batch.js';
import type { ScanPlan } from '../../dist/model/plan.js';
import type { LogicalType } from '../../dist/model/value.js';

type Cells = GroupedColumn['values'];

const integer: LogicalType = { kind: 'integer' };
const string: LogicalType = { kind: 'string' };

function batch(...columns: readonly (readonly [string, LogicalType, Cells])[]): GroupedBatch {
  return {
    rows: columns[0]?.[2].length ?? 0,
    columns: columns.map(([name, type, values]) => ({ name, type, values })),
  };
}

function plan(
  keys: readonly string[],
  ...aggregates: readonly [string, 'sum' | 'min' | 'max' | 'sketch', (0 | null)?][]
): ScanPlan {
  return {
    keys: keys.map((column) => ({ column, output: column, bucket: null })),
    filter: null,
    aggregates: aggregates.map(([column, operation, emptyValue = null]) => ({
      columns: [column],
      operation,
      emptyValue,
    })),
  };
}

/** Merges, the first from a rollup, and gives types and rows, these in the order of their printed cells. */
function merged(
  scan: ScanPlan,
  ...batches: readonly GroupedBatch[]
): { types: LogicalType[]; rows: Cells[] } {
  const result = mergePieces(
    scan,
    batches.map((one, at) => ({ batch: one, rollup: at === 0 ? 't.r' : null })),
  );
  const rows = Array.from({ length: result.rows }, (_, row) =>
    result.columns.map(({ values }) => values[row] ?? null),
  );
  return {
    types: result.columns.map(({ type }) => type),
    rows: rows.toSorted((a, b) => (a.map(String).join() < b.map(String).join() ? -1 : 1)),
  };
}

test('groups of equal keys become one, NULL and NaN among them, and dictionaries may differ', () => {
  const keys = ['k', 'd'];
  const a = batch(
    ['k', string, ['b', null, 'a']],
    ['d', { kind: 'double' }, [NaN, 0, 1]],
    ['n', integer, [1, 2, 3]],
  );
  const b = batch(
    ['n', integer, [10, 20, 30]],
    ['d', { kind: 'double' }, [-0, NaN, 1]],
    ['k', string, [null, 'b', 'c']],
  );
  expect(merged(plan(keys, ['n', 'sum', 0]), a, b).rows).toEqual([
    ['a', 1, 3],
    ['b', NaN, 21],
    ['c', 1, 30],
    [null, 0, 12],
  ]);
});

test('sums stay exact when they leave the doubles, from numbers and from wide integers', () => {
  const wide = 2n ** 100n;
  const scan = plan(['k'], ['s', 'sum']);
  const a = batch(['k', string, ['x', 'y', 'z']], ['s', integer, [Number.MAX_SAFE_INTEGER, -5, null]]);
  const b = batch(['k', string, ['x', 'y', 'z']], ['s', integer, [2, 3, null]]);
  const c = batch(['k', string, ['x', 'y']], ['s', integer, [wide, -wide]]);
  expect(merged(scan, a, b).rows).toEqual([
    ['x', 9007199254740993n],
    ['y', -2],
    ['z', null],
  ]);
  expect(merged(scan, a, b, c).rows).toEqual([
    ['x', wide + 9007199254740993n],
    ['y', -wide - 2n],
    ['z', null],
  ]);
  // What cancels comes back to a number.
  expect(merged(scan, c, batch(['k', string, ['x']], ['s', integer, [-wide]])).rows[0]).toEqual(['x', 0]);
});

test('integers and decimals of any scale meet at the finest one', () => {
  const scan = plan(['k'], ['s', 'sum'], ['m', 'min']);
  const two: LogicalType = { kind: 'decimal', scale: 2 };
  const thirty: LogicalType = { kind: 'decimal', scale: 30 };
  const a = batch(['k', integer, [1]], ['s', two, [150]], ['m', integer, [7]]);
  const b = batch(['k', two, [100]], ['s', integer, [4]], ['m', thirty, [65n * 10n ** 29n]]);
  const { types, rows } = merged(scan, a, b);
  expect(types).toEqual([two, two, thirty]);
  expect(rows).toEqual([[100, 550, 65n * 10n ** 29n]]);
});

test('min and max are those of texts by their bytes, of booleans, of doubles with NaN, of mixed integers', () => {
  const scan = plan([], ['a', 'min'], ['b', 'max'], ['c', 'max'], ['d', 'max'], ['e', 'min']);
  const columns = (a: Cells, b: Cells, c: Cells, d: Cells, e: Cells): GroupedBatch =>
    batch(
      ['a', string, a],
      ['b', string, b],
      ['c', { kind: 'boolean' }, c],
      ['d', { kind: 'double' }, d],
      ['e', integer, e],
    );
  const one = columns(['ä'], ['\uffff'], [false], [NaN], [2n ** 70n]);
  const other = columns(['z'], ['😀'], [true], [Infinity], [5]);
  expect(merged(scan, one, other).rows).toEqual([['z', '😀', true, NaN, 5]]);
  expect(merged(scan, one, columns([null], [null], [null], [null], [null])).rows).toEqual([
    ['ä', '\uffff', false, NaN, 2n ** 70n],
  ]);
});

test('sketches are united byte for byte; a source does not tell their precision', () => {
  const sketch = (...values: readonly string[]): Uint8Array => {
    const made = new Sketch(11);
    for (const value of values) made.addEntry(entryOfString(value));
    return made.toBytes();
  };
  const many = (from: number): string[] => Array.from({ length: 3_000 }, (_, i) => `v${from + i}`);
  const scan = plan(['k'], ['s', 'sketch']);
  const a = batch(
    ['k', string, ['x', 'y', 'z']],
    ['s', { kind: 'sketch', precision: 11 }, [sketch('1'), sketch(...many(0)), null]],
  );
  const b = batch(
    ['k', string, ['x', 'y', 'z']],
    ['s', { kind: 'sketch', precision: 0 }, [sketch('2'), sketch(...many(1_500)), null]],
  );
  expect(merged(scan, a, b).rows).toEqual([
    ['x', sketch('1', '2')],
    ['y', sketch(...many(0), ...many(1_500))],
    ['z', null],
  ]);
  // Where the rollup holds no row of them, the bytes tell it.
  const none = batch(['k', string, []], ['s', { kind: 'sketch', precision: 11 }, []]);
  expect(merged(scan, none, b, b).rows).toEqual(
    b.columns[0].values.map((k, at) => [k, b.columns[1].values[at]]),
  );
});

test('without keys there is one group, also over nothing', () => {
  const scan = plan([], ['c', 'sum', 0], ['s', 'sum'], ['n', 'min']);
  const nothing = batch(['c', integer, [0]], ['s', integer, [null]], ['n', integer, [null]]);
  const some = batch(['c', integer, [2]], ['s', { kind: 'double' }, [0.5]], ['n', string, ['a']]);
  expect(merged(scan, nothing, nothing).rows).toEqual([[0, null, null]]);
  // The type of a column without a value is not held against the others.
  expect(merged(scan, nothing, some)).toEqual({
    types: [integer, { kind: 'double' }, string],
    rows: [[2, 0.5, 'a']],
  });
  expect(
    merged(
      plan(['k'], ['c', 'sum', 0]),
      batch(['k', integer, []], ['c', integer, []]),
      batch(['k', string, []], ['c', integer, []]),
    ),
  ).toEqual({
    types: [string, integer],
    rows: [],
  });
});

test('types that do not go together are refused by name and place', () => {
  const scan = plan(['k'], ['c', 'sum', 0]);
  const a = batch(['k', string, ['1']], ['c', integer, [1]]);
  const b = batch(['k', integer, [1]], ['c', integer, [1]]);
  expect(() => merged(scan, a, b)).toThrow('k is of type string in t.r, and of type integer in the source.');
});

test('sketches of several precisions are folded to the coarsest, whichever comes first', () => {
  const of = (precision: number, from: number, to: number): Uint8Array => {
    const sketch = new Sketch(precision);
    for (let value = from; value < to; value++) sketch.addEntry(entryOfString(`value ${value}`));
    return sketch.toBytes();
  };
  const piece = (declared: number, ...values: (Uint8Array | null)[]) =>
    batch(['u', { kind: 'sketch', precision: declared }, values]);
  const pieces = [piece(14, of(14, 0, 5000), null), piece(11, of(11, 4000, 9000)), piece(0, of(12, 0, 20))];
  for (const order of [pieces, pieces.toReversed()]) {
    const { types, rows } = merged(plan([], ['u', 'sketch']), ...order);
    expect(types).toEqual([{ kind: 'sketch', precision: 11 }]);
    expect(rows).toEqual([[of(11, 0, 9000)]]);
  }
});

test('[X21] sketches of two domains are refused with the column, and one that is missing has none', () => {
  const airlift = new Sketch(11).toBytes();
  const postgres = Uint8Array.of(0x11, 0x8b, 0x7f);
  const type: LogicalType = { kind: 'sketch', precision: 11 };
  const scan = plan([], ['u', 'sketch']);
  const run = (...values: (Uint8Array | null)[]) =>
    merged(scan, ...values.map((one) => batch(['u', type, [one]])));
  expect(() => run(airlift, null, postgres)).toThrowError(
    expect.objectContaining({
      code: 'sketch_invalid',
      message: expect.stringMatching(
        /^u: sketches of domain airlift and of domain pghll cannot be merged.* Give all/,
      ) as string,
    }),
  );
  expect(run(null, postgres, null).types).toEqual([{ kind: 'sketch', precision: 11, domain: 'pghll' }]);
  expect(run(null, postgres, null).rows).toEqual([[postgres]]);
});
