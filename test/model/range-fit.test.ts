import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileTest, type Filter, type Literal, type Test, testFits } from '../../dist/model/filter.js';
import { type Fit, fitCodes, fitFilter, fitTest, type RangeStats } from '../../dist/model/range-fit.js';
import { canonicalInteger, compareValues, type LogicalType, type Value } from '../../dist/model/value.js';
import { anyTest, anyTestOf, type Constants } from './any-test.js';

/** A column of random values, with many ties to the literals of the tests. */
interface Column {
  readonly type: LogicalType;
  readonly values: readonly Value[];
}

const small = fc.integer({ min: -3, max: 3 });
const valuesOf: readonly (readonly [LogicalType, fc.Arbitrary<Value>])[] = [
  [{ kind: 'integer' }, fc.oneof(small, fc.bigInt(2n ** 53n - 2n, 2n ** 53n + 2n).map(canonicalInteger))],
  [{ kind: 'decimal', scale: 1 }, fc.integer({ min: -30, max: 30 })],
  [{ kind: 'double' }, fc.oneof(small, fc.constantFrom(-0, 0.5, NaN, Infinity, -Infinity))],
  [{ kind: 'string' }, fc.constantFrom('', 'a', 'A', 'ab', 'B', 'é', '\uffff', '😀')],
  [{ kind: 'boolean' }, fc.boolean()],
  [{ kind: 'time' }, small],
];

const column: fc.Arbitrary<Column> = fc.constantFrom(...valuesOf).chain(([type, value]) =>
  fc.record({
    type: fc.constant(type),
    values: fc.array(fc.oneof({ weight: 4, arbitrary: value }, { weight: 1, arbitrary: fc.constant(null) }), {
      maxLength: 4,
    }),
  }),
);

const literal: fc.Arbitrary<Literal> = fc.oneof(
  fc.record({
    kind: fc.constant('number' as const),
    digits: fc.oneof(fc.bigInt(-31n, 31n), fc.bigInt(2n ** 53n - 3n, 2n ** 53n + 3n)),
    scale: fc.constantFrom(0, 1),
  }),
  fc.constantFrom('', 'a', 'aa', 'B', '\uffff').map((value) => ({ kind: 'string', value }) as const),
  fc.boolean().map((value) => ({ kind: 'boolean', value }) as const),
  small.map((value) => ({ kind: 'time', value }) as const),
);

const constants: Constants = { literal, time: small, needle: fc.constantFrom('', 'a', 'B') };

const columnAndTest = column.chain((of) => fc.tuple(fc.constant(of), anyTestOf(of.type, constants)));

/** What a writer records: no bounds where there is no value or a NaN. */
function statsOf({ type, values }: Column): RangeStats {
  const present = values.filter((value) => value !== null).toSorted(compareValues);
  const known = present.length > 0 && !present.some(Number.isNaN);
  return {
    type,
    rows: values.length,
    nulls: values.length - present.length,
    min: known ? present[0]! : null,
    max: known ? present.at(-1)! : null,
  };
}

/** Whether a verdict is true of the rows. */
function holds(fit: Fit, passed: readonly boolean[]): boolean {
  return fit === 'some' || passed.every((pass) => pass === (fit === 'all'));
}

describe('fitTest', () => {
  test('all and none are never wrong', () => {
    const seen = { all: 0, some: 0, none: 0 };
    fc.assert(
      fc.property(columnAndTest, ([of, one]) => {
        const fit = fitTest(one, statsOf(of));
        seen[fit]++;
        const passed = of.values.map(compileTest(one, of.type));
        expect(holds(fit, passed), `${fit} of ${passed.join()}`).toBe(true);
      }),
      { numRuns: 10_000 },
    );
    expect(Math.min(seen.all, seen.none)).toBeGreaterThan(500);
  });

  test('is decided where bounds decide', () => {
    const stats: RangeStats = { type: { kind: 'integer' }, rows: 10, nulls: 0, min: 3, max: 7 };
    const some: RangeStats = { ...stats, nulls: 1 };
    const compare = (operator: '<' | '<=' | '>' | '>=', digits: bigint, scale = 0): Test => ({
      kind: 'compare',
      operator,
      value: { kind: 'number', digits, scale },
    });
    const oneOf = (digits: bigint, negated: boolean): Test => ({
      kind: 'oneOf',
      values: [{ kind: 'number', digits, scale: 0 }],
      orNull: false,
      negated,
    });
    expect(fitTest(compare('<', 3n), stats)).toBe('none');
    expect(fitTest(compare('<=', 3n), stats)).toBe('some');
    expect(fitTest(compare('<', 71n, 1), stats)).toBe('all');
    expect(fitTest(compare('<', 71n, 1), some)).toBe('some');
    expect(fitTest(compare('>', 7n), some)).toBe('none');
    expect(fitTest(oneOf(8n, false), some)).toBe('none');
    expect(fitTest(oneOf(8n, true), some)).toBe('all');
    expect(fitTest(oneOf(5n, true), some)).toBe('some');
    expect(fitTest({ kind: 'isNull', negated: false }, stats)).toBe('none');
    expect(fitTest({ kind: 'isNull', negated: true }, stats)).toBe('all');
  });

  test('time ranges are half-open', () => {
    const stats: RangeStats = { type: { kind: 'time' }, rows: 2, nulls: 0, min: 100, max: 200 };
    const range = (from: number | null, to: number | null, negated = false): Test => ({
      kind: 'timeRange',
      from,
      to,
      negated,
    });
    expect(fitTest(range(100, 201), stats)).toBe('all');
    expect(fitTest(range(100, 200), stats)).toBe('some');
    expect(fitTest(range(null, 100), stats)).toBe('none');
    expect(fitTest(range(201, null), stats)).toBe('none');
    expect(fitTest(range(201, null, true), stats)).toBe('all');
  });

  test('what is unknown is kept', () => {
    const compare: Test = { kind: 'compare', operator: '>', value: { kind: 'number', digits: 5n, scale: 0 } };
    const unknown: RangeStats = { type: { kind: 'double' }, rows: 3, nulls: 0, min: null, max: null };
    expect(fitTest(compare, unknown)).toBe('some');
    expect(fitTest(compare, { ...unknown, min: 6, max: NaN })).toBe('some');
    expect(fitTest(compare, { ...unknown, nulls: 3 })).toBe('none');
  });
});

describe('fitCodes', () => {
  /** Rows as codes into the distinct values of a larger column, NULL last. */
  const blockOf = ({ values }: Column, to: number) => {
    const distinct = [...new Set(values)].toSorted(compareValues);
    const codeOf = (value: Value) => distinct.findIndex((other) => compareValues(other, value) === 0);
    const codes = values.slice(0, to).map(codeOf);
    const top = distinct.length - 1;
    const below = codes.filter((code) => code < top);
    const range =
      below.length === 0 ? { from: 0, to: 0 } : { from: Math.min(...below), to: Math.max(...below) + 1 };
    return { distinct, range: { ...range, top: codes.includes(top) } };
  };

  test('all and none are never wrong, and decided wherever bounds decide', () => {
    const seen = { all: 0, some: 0, none: 0 };
    const longer = column.chain((of) =>
      fc.tuple(
        fc.constant(of),
        fc.tuple(...of.values.map(() => fc.boolean())).map((kept) => kept.filter(Boolean).length),
        anyTestOf(of.type, constants),
      ),
    );
    fc.assert(
      fc.property(longer, ([of, to, one]) => {
        fc.pre(to > 0);
        const { distinct, range } = blockOf(of, to);
        const passes = compileTest(one, of.type);
        const passing = new Uint32Array(distinct.length + 1);
        distinct.forEach((value, code) => (passing[code + 1] = passing[code] + (passes(value) ? 1 : 0)));
        const rows = of.values.slice(0, to);
        const fit = fitCodes(passing, range);
        seen[fit]++;
        expect(holds(fit, rows.map(passes)), `${fit} of ${rows.map(passes).join()}`).toBe(true);
        expect(['some', fit]).toContain(fitTest(one, statsOf({ ...of, values: rows })));
      }),
      { numRuns: 3_000 },
    );
    expect(Math.min(seen.all, seen.some, seen.none)).toBeGreaterThan(150);
  });
});

describe('fitFilter', () => {
  test('all and none are never wrong for trees over two columns', () => {
    const leaf = (member: string): fc.Arbitrary<Filter> =>
      anyTest(constants).map((one) => ({ kind: 'test', member, test: one }) as const);
    const tree = fc.letrec<{ node: Filter }>((tie) => ({
      node: fc.oneof(
        { maxDepth: 3, withCrossShrink: true },
        leaf('a'),
        leaf('b'),
        fc.record({
          kind: fc.constantFrom('and' as const, 'or' as const),
          filters: fc.array(tie('node'), { maxLength: 3 }),
        }),
      ),
    })).node;
    const seen = { all: 0, some: 0, none: 0 };
    fc.assert(
      fc.property(column, column, tree, (a, b, filter) => {
        const columns = new Map([
          ['a', a],
          ['b', b],
        ]);
        fc.pre(fits(filter, columns));
        const rows = Math.min(a.values.length, b.values.length);
        const cut = (of: Column): Column => ({ ...of, values: of.values.slice(0, rows) });
        const fit = fitFilter(filter, (member) => statsOf(cut(columns.get(member)!)));
        seen[fit]++;
        const passed = Array.from({ length: rows }, (_, row) => passes(filter, columns, row));
        expect(holds(fit, passed)).toBe(true);
        expect(['some', fit]).toContain(
          fitFilter(filter, (member) => (member === 'a' ? null : statsOf(cut(b)))),
        );
      }),
      { numRuns: 1_000 },
    );
    expect(Math.min(seen.all, seen.some, seen.none)).toBeGreaterThan(50);
  });
});

function fits(filter: Filter, columns: ReadonlyMap<string, Column>): boolean {
  if (filter.kind === 'test') return testFits(filter.test, columns.get(filter.member)!.type);
  return filter.filters.every((inner) => fits(inner, columns));
}

function passes(filter: Filter, columns: ReadonlyMap<string, Column>, row: number): boolean {
  if (filter.kind === 'test') {
    const { type, values } = columns.get(filter.member)!;
    return compileTest(filter.test, type)(values[row]);
  }
  const inner = filter.filters.map((one) => passes(one, columns, row));
  return filter.kind === 'and' ? inner.every(Boolean) : inner.some(Boolean);
}
