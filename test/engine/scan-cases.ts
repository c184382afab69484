/** Rows, the partitions made of them, and random scans: what the tests of the engine share. */
import fc from 'fast-check';
import type {
  DictionaryColumn,
  NarrowColumn,
  NumberColumn,
  SketchColumn,
  StoredBatch,
  StoredColumn,
  WideColumn,
} from '../../dist/model/batch.js';
import type { Filter, Literal, Test } from '../../dist/model/filter.js';
import type { ScanKey, ScanPlan } from '../../dist/model/plan.js';
import { canonicalInteger, compareValues, type LogicalType, type Value } from '../../dist/model/value.js';
import { type Numbers, placed } from '../../dist/storage/column-memory.js';
import { entryOfInteger } from '../../dist/engine/sketches/sketch-entry.js';
import { Sketch } from '../../dist/engine/sketches/sketch.js';

export type Row = Record<string, Value>;

/** A sketch column holds in `Row` the count n of the set {0, …, n-1}, or NULL. */
export interface ColumnSpec {
  readonly name: string;
  readonly type: LogicalType;
  /** `narrow`: held so where it can be, as measures are that are merged by sum, min or max. */
  readonly kind: 'dictionary' | 'number' | 'narrow' | 'sketch';
}

export const PRECISION = 10;

export const KEYS: readonly ColumnSpec[] = [
  { name: 'status', type: { kind: 'string' }, kind: 'dictionary' },
  { name: 'store', type: { kind: 'integer' }, kind: 'dictionary' },
  { name: 'flag', type: { kind: 'boolean' }, kind: 'dictionary' },
  { name: 'hour', type: { kind: 'time' }, kind: 'dictionary' },
];

export const MEASURES: readonly ColumnSpec[] = [
  { name: 'count', type: { kind: 'integer' }, kind: 'narrow' },
  { name: 'amount', type: { kind: 'decimal', scale: 2 }, kind: 'narrow' },
  { name: 'big', type: { kind: 'integer' }, kind: 'narrow' },
  { name: 'ratio', type: { kind: 'double' }, kind: 'number' },
  { name: 'odd', type: { kind: 'double' }, kind: 'number' },
  { name: 'label', type: { kind: 'string' }, kind: 'dictionary' },
  { name: 'users', type: { kind: 'sketch', precision: PRECISION }, kind: 'sketch' },
];

const HOUR = 3_600_000;
const BASE = Date.UTC(2001, 2, 24);

/** Rows of every kind of value; doubles of `ratio` are multiples of 2^-20, so that their exact sum is known. */
export const rowArbitrary: fc.Arbitrary<Row> = fc.record({
  status: fc.constantFrom(null, '', 'new', 'done', 'Done', '\uffee', '😀'),
  store: fc.constantFrom<Value>(null, -3, 0, 7, 8, 2n ** 60n),
  flag: fc.constantFrom(null, true, false),
  hour: fc.oneof(
    fc.constant(null),
    fc.integer({ min: 0, max: 72 }).map((hours) => BASE + hours * HOUR),
  ),
  count: fc.integer({ min: 1, max: 5 }),
  amount: fc.oneof(fc.constant(null), fc.integer({ min: -999_99, max: 999_99 })),
  big: fc.oneof(
    fc.constant(null),
    fc.maxSafeInteger().map((value) => canonicalInteger(value)),
    fc.bigInt(-(2n ** 100n), 2n ** 100n).map((value) => canonicalInteger(value)),
  ),
  ratio: fc.oneof(
    fc.constant(null),
    fc.integer({ min: -1000, max: 1000 }).map((value) => value / 2 ** 20),
    fc.maxSafeInteger().map((value) => value / 2 ** 20),
  ),
  odd: fc.constantFrom(null, NaN, Infinity, -Infinity, 0, -1.5, 2.5),
  label: fc.constantFrom(null, 'a', 'b', 'ä', '\uffee', '😀'),
  users: fc.oneof(fc.constant(null), fc.integer({ min: 0, max: 200 })),
});

/** A partition's columns over shared memory, its rows sorted. */
export function buildBatch(
  rows: readonly Row[],
  columns: readonly ColumnSpec[],
  sort: readonly string[],
): StoredBatch {
  const sorted = rows.toSorted((a, b) => {
    for (const name of sort) {
      const order = compareValues(a[name], b[name]);
      if (order !== 0) return order;
    }
    return 0;
  });
  return {
    rows: rows.length,
    columns: new Map(
      columns.map((spec) => [
        spec.name,
        buildColumn(
          sorted.map((row) => row[spec.name]),
          spec,
        ),
      ]),
    ),
    bytes: 0,
  };
}

function buildColumn(values: readonly Value[], { type, kind }: ColumnSpec): StoredColumn {
  if (kind === 'dictionary') return dictionaryColumn(values, type);
  if (kind === 'sketch') return sketchColumn(values as (number | null)[], type);
  return values.some((value) => typeof value === 'bigint')
    ? wideColumn(values as (number | bigint | null)[], type)
    : (kind === 'narrow' ? narrowColumn : numberColumn)(values as (number | null)[], type);
}

function dictionaryColumn(values: readonly Value[], type: LogicalType): DictionaryColumn {
  const distinct = [...new Set(values)].filter((value) => value !== null).toSorted(compareValues);
  const code = new Map<Value, number>(distinct.map((value, i) => [value, i]));
  // Every width in turn, so that partitions differ.
  const buffer = new SharedArrayBuffer(values.length * 4);
  const widths = [new Uint8Array(buffer), new Uint16Array(buffer), new Uint32Array(buffer)];
  const codes = widths[values.length % 3].subarray(0, values.length);
  values.forEach((value, i) => (codes[i] = code.get(value) ?? distinct.length));
  return {
    kind: 'dictionary',
    type,
    codes: atHome(codes),
    values: distinct,
    hasNulls: values.includes(null),
  };
}

export function numberColumn(numbers: readonly (number | null)[], type: LogicalType): NumberColumn {
  const values = new Float64Array(new SharedArrayBuffer(numbers.length * 8));
  numbers.forEach((value, i) => (values[i] = value ?? 0));
  const validity = new Uint8Array(new SharedArrayBuffer(numbers.length));
  numbers.forEach((value, i) => (validity[i] = value === null ? 0 : 1));
  const absSum = values.reduce((sum, value) => sum + Math.abs(value), 0);
  const known = { type, validity: numbers.includes(null) ? atHome(validity) : null, absSum };
  return { kind: 'number', ...known, values: atHome(values) };
}

/** The same numbers in the width that holds them, where they are whole: every other column is so. */
function narrowColumn(numbers: readonly (number | null)[], type: LogicalType): NumberColumn | NarrowColumn {
  const whole = numberColumn(numbers, type);
  const base = Math.min(...whole.values);
  const range = Math.max(...whole.values) - base;
  if (type.kind === 'double' || numbers.length % 2 === 0 || !(range < 2 ** 32)) return whole;
  const buffer = new SharedArrayBuffer(numbers.length * 4);
  const widths = [new Uint8Array(buffer), new Uint16Array(buffer), new Uint32Array(buffer)];
  const codes = widths[range < 256 ? 0 : range < 65_536 ? 1 : 2].subarray(0, numbers.length);
  whole.values.forEach((value, i) => (codes[i] = value - base));
  const { validity, absSum } = whole;
  return { kind: 'narrow', type, base, codes: atHome(codes), validity, absSum };
}

/** Columns lie in the memory of the kernels, but for some that had no room. */
function atHome<T extends Numbers>(array: T): T {
  return array.length % 3 === 0 ? array : placed(array);
}

function wideColumn(values: readonly (number | bigint | null)[], type: LogicalType): WideColumn {
  return { kind: 'wide', type, values: values.map((value) => (value === null ? null : BigInt(value))) };
}

function sketchColumn(counts: readonly (number | null)[], type: LogicalType): SketchColumn {
  const sketches = counts.map((count) => (count === null ? new Uint8Array(0) : sketchOf(count).toBytes()));
  const offsets = new Uint32Array(new SharedArrayBuffer((counts.length + 1) * 4));
  sketches.forEach((sketch, i) => (offsets[i + 1] = offsets[i] + sketch.length));
  const bytes = new Uint8Array(new SharedArrayBuffer(offsets[counts.length]));
  sketches.forEach((sketch, i) => bytes.set(sketch, offsets[i]));
  return { kind: 'sketch', type, bytes, offsets };
}

/** The sketch of {0, …, count-1}. */
export function sketchOf(count: number): Sketch {
  const sketch = new Sketch(PRECISION);
  for (let value = 0; value < count; value++) sketch.addEntry(entryOfInteger(value));
  return sketch;
}

const text = (value: string): Literal => ({ kind: 'string', value });
const number = (value: number): Literal => ({ kind: 'number', digits: BigInt(value), scale: 0 });

const statusTest: fc.Arbitrary<Test> = fc.oneof(
  fc.record({
    kind: fc.constant('oneOf' as const),
    values: fc.array(fc.constantFrom('', 'new', 'done', '😀', 'absent').map(text), { maxLength: 3 }),
    orNull: fc.boolean(),
    negated: fc.boolean(),
  }),
  fc.record({
    kind: fc.constant('text' as const),
    match: fc.constantFrom('contains' as const, 'startsWith' as const),
    needles: fc.array(fc.constantFrom('d', 'NE', '\uffee'), { minLength: 1, maxLength: 2 }),
    negated: fc.boolean(),
  }),
  fc.record({ kind: fc.constant('isNull' as const), negated: fc.boolean() }),
);

const storeTest: fc.Arbitrary<Test> = fc.record({
  kind: fc.constant('compare' as const),
  operator: fc.constantFrom('<' as const, '<=' as const, '>' as const, '>=' as const),
  value: fc.constantFrom(-3, 0, 7, 100).map(number),
});

const flagTest: fc.Arbitrary<Test> = fc.record({
  kind: fc.constant('oneOf' as const),
  values: fc.constantFrom<Literal[]>([{ kind: 'boolean', value: true }], []),
  orNull: fc.boolean(),
  negated: fc.constant(false),
});

const hourTest: fc.Arbitrary<Test> = fc.record({
  kind: fc.constant('timeRange' as const),
  from: fc.constantFrom(null, BASE, BASE + 24 * HOUR),
  to: fc.constantFrom(null, BASE + 30 * HOUR, BASE + 90 * HOUR),
  negated: fc.boolean(),
});

const testOf = (member: string) => (test: Test) => ({ kind: 'test', member, test }) as const;

const filterArbitrary: fc.Arbitrary<Filter> = fc.letrec<{ filter: Filter }>((tie) => ({
  filter: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    statusTest.map(testOf('status')),
    storeTest.map(testOf('store')),
    flagTest.map(testOf('flag')),
    hourTest.map(testOf('hour')),
    fc.record({
      kind: fc.constantFrom('and' as const, 'or' as const),
      filters: fc.array(tie('filter'), { maxLength: 3 }),
    }),
  ),
})).filter;

export const keyArbitrary: fc.Arbitrary<ScanKey> = fc.oneof(
  fc
    .constantFrom('status', 'store', 'flag', 'hour')
    .map((column) => ({ column, output: column, bucket: null })),
  fc
    .record({
      granularity: fc.constantFrom(null, 'day' as const, 'week' as const, 'month' as const),
      timezone: fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York'),
    })
    .map((bucket) => ({
      column: 'hour',
      output: `hour_${bucket.granularity}_${bucket.timezone}`,
      bucket,
    })),
);

const AGGREGATES: ScanPlan['aggregates'] = [
  { columns: ['count'], operation: 'sum', emptyValue: 0 },
  { columns: ['amount'], operation: 'sum', emptyValue: null },
  { columns: ['amount'], operation: 'min', emptyValue: null },
  { columns: ['big'], operation: 'sum', emptyValue: null },
  { columns: ['big'], operation: 'max', emptyValue: null },
  { columns: ['ratio'], operation: 'sum', emptyValue: null },
  { columns: ['odd'], operation: 'sum', emptyValue: null },
  { columns: ['odd'], operation: 'min', emptyValue: null },
  { columns: ['odd'], operation: 'max', emptyValue: null },
  { columns: ['label'], operation: 'min', emptyValue: null },
  { columns: ['label'], operation: 'max', emptyValue: null },
  { columns: ['hour'], operation: 'max', emptyValue: null },
  { columns: ['users'], operation: 'sketch', emptyValue: null },
];

export const scanArbitrary: fc.Arbitrary<ScanPlan> = fc.record({
  keys: fc.uniqueArray(keyArbitrary, { maxLength: 4, selector: (key) => key.output }),
  filter: fc.option(filterArbitrary, { nil: null }),
  aggregates: fc.subarray([...AGGREGATES], { minLength: 1 }),
});

export const sortArbitrary: fc.Arbitrary<string[]> = fc.shuffledSubarray(['status', 'store', 'flag', 'hour']);
