import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { GlobalDictionaries } from '../../dist/engine/global-dictionaries.js';
import { prepareScan } from '../../dist/engine/prepare-scan.js';
import { runScanSync } from '../../dist/engine/run-scan.js';
import type { StoredBatch } from '../../dist/model/batch.js';
import type { Filter } from '../../dist/model/filter.js';
import type { ScanPlan } from '../../dist/model/plan.js';
import type { Value } from '../../dist/model/value.js';
import { expectNaive } from './naive-scan.js';
import {
  buildBatch,
  KEYS,
  MEASURES,
  numberColumn,
  rowArbitrary,
  scanArbitrary,
  sortArbitrary,
  type ColumnSpec,
  type Row,
} from './scan-cases.js';

const COLUMNS = [...KEYS, ...MEASURES];
const RUNS = process.env.GRANARY_LONG ? 5_000 : 300;

/** Some partitions, empty ones among them. */
const partitionsArbitrary = fc.array(fc.array(rowArbitrary, { maxLength: 40, size: 'max' }), {
  maxLength: 4,
});

/** Rows of a block, of none as well. */
const blockArbitrary = fc.oneof(fc.integer({ min: 1, max: 9 }), fc.constantFrom(16, 4_096));

describe('a scan answers as a row-by-row loop does', () => {
  for (const grouping of ['auto', 'dense', 'hashed'] as const) {
    for (const narrowing of [true, false]) {
      test(`groups ${grouping}, narrowing ${narrowing ? 'on' : 'off'}, blocks of every size`, () => {
        const skipped = { rows: 0 };
        fc.assert(
          fc.property(
            partitionsArbitrary,
            scanArbitrary,
            sortArbitrary,
            blockArbitrary,
            fc.boolean(),
            fc.boolean(),
            (partitions, scan, sort, blockRows, plainKernels, eager) => {
              const batches = partitions.map((rows) => buildBatch(rows, COLUMNS, sort));
              const options = { dictionaries: new GlobalDictionaries(), grouping, plainKernels, eager };
              const run = (rows: number) =>
                runScanSync(scan, narrowing ? sort : [], batches, { ...options, blockRows: rows });
              const [whole, here, again] = [run(Infinity), run(blockRows), run(blockRows)];
              expectNaive(scan, here.batch, partitions.flat());
              // By then few rows lie side by side.
              expectNaive(scan, again.batch, partitions.flat());
              expect(again.rowsScanned).toBe(here.rowsScanned);
              expect(here.rowsScanned).toBeLessThanOrEqual(whole.rowsScanned);
              skipped.rows += whole.rowsScanned - here.rowsScanned;
            },
          ),
          { numRuns: RUNS },
        );
        expect(skipped.rows).toBeGreaterThan(RUNS / 10);
      });
    }
  }

  test('where rows come in long runs of one group', () => {
    const run = fc.tuple(rowArbitrary, fc.integer({ min: 1, max: 300 }));
    const runs = fc
      .array(run, { maxLength: 8 })
      .map((all) => all.flatMap(([row, times]) => Array(times).fill(row)));
    fc.assert(
      fc.property(
        fc.array(runs, { maxLength: 3 }),
        scanArbitrary,
        sortArbitrary,
        (partitions, scan, sort) => {
          const batches = partitions.map((rows: Row[]) => buildBatch(rows, COLUMNS, sort));
          const { batch } = runScanSync(scan, sort, batches, { dictionaries: new GlobalDictionaries() });
          expectNaive(scan, batch, partitions.flat());
        },
      ),
      { numRuns: RUNS / 4 },
    );
  });

  test('where partitions are larger than a chunk, by keys of few values and of many', () => {
    const [other] = fc.sample(rowArbitrary, { numRuns: 1, seed: 7 });
    const partitions = [9_000, 9_001, 70_001].map((rows, at) =>
      Array.from({ length: rows }, (_, i) => ({
        ...other,
        status: ['new', null, 'done'][(i * 7 + at) % 3],
        // More than a code of one byte tells, where the codes are wider.
        hour: Date.UTC(2024, 0, 1) + ((i * 7919) % (rows === 9_000 ? 200 : 600)) * 3_600_000,
        count: 1 + (i % 5),
        amount: i % 11 === 0 ? null : ((i * 31) % 2_000) - 700,
      })),
    );
    const batches = partitions.map((rows) => buildBatch(rows, COLUMNS, []));
    for (const column of ['status', 'hour'] as const) {
      const sums = new Map<Value, [count: number, amount: number]>();
      for (const row of partitions.flat()) {
        const [count, amount] = sums.get(row[column]) ?? [0, 0];
        sums.set(row[column], [count + row.count, amount + (row.amount ?? 0)]);
      }
      const scan: ScanPlan = {
        keys: [{ column, output: column, bucket: null }],
        filter: null,
        aggregates: ['count', 'amount'].map((name) => ({
          columns: [name],
          operation: 'sum',
          emptyValue: null,
        })),
      };
      for (const plainKernels of [true, false]) {
        const options = { dictionaries: new GlobalDictionaries(), plainKernels };
        const [keys, ...states] = runScanSync(scan, [], batches, options).batch.columns;
        const found = keys.values.map((key, group) => [key, states.map(({ values }) => values[group])]);
        expect(new Map(found as [Value, [number, number]][])).toEqual(sums);
      }
    }
  });

  test('dictionaries that know other partitions and other scans change nothing', () => {
    const dictionaries = new GlobalDictionaries();
    fc.assert(
      fc.property(partitionsArbitrary, scanArbitrary, (partitions, scan) => {
        const batches = partitions.map((rows) => buildBatch(rows, COLUMNS, ['status']));
        for (const visible of [batches.slice(1), batches]) {
          const { batch } = runScanSync(scan, ['status'], visible, { dictionaries });
          const rows = partitions.slice(partitions.length - visible.length).flat();
          expectNaive(scan, batch, rows);
        }
      }),
      { numRuns: RUNS },
    );
  });
});

const STRING = { kind: 'string' } as const;
const INTEGER = { kind: 'integer' } as const;
const SIMPLE: ColumnSpec[] = [
  { name: 'a', type: STRING, kind: 'dictionary' },
  { name: 'b', type: INTEGER, kind: 'dictionary' },
  { name: 'c', type: STRING, kind: 'dictionary' },
  { name: 'n', type: INTEGER, kind: 'number' },
];
const COUNT: ScanPlan['aggregates'] = [{ columns: ['n'], operation: 'sum', emptyValue: 0 }];

const isOneOf = (member: string, ...values: string[]): Filter => ({
  kind: 'test',
  member,
  test: {
    kind: 'oneOf',
    values: values.map((value) => ({ kind: 'string', value })),
    orNull: false,
    negated: false,
  },
});

const isAtLeast = (member: string, value: number): Filter => ({
  kind: 'test',
  member,
  test: { kind: 'compare', operator: '>=', value: { kind: 'number', digits: BigInt(value), scale: 0 } },
});

const contains = (member: string, needle: string): Filter => ({
  kind: 'test',
  member,
  test: { kind: 'text', match: 'contains', needles: [needle], negated: false },
});

const both = (...filters: Filter[]): Filter => ({ kind: 'and', filters });

function scanned(
  filter: Filter | null,
  sort: readonly string[],
  batches: readonly StoredBatch[],
  blockRows = Infinity,
): number[] {
  const scan: ScanPlan = { keys: [], filter, aggregates: COUNT };
  const options = { dictionaries: new GlobalDictionaries(), blockRows };
  const { batch, rowsScanned } = runScanSync(scan, sort, batches, options);
  return [batch.columns[0].values[0] as number, rowsScanned];
}

describe('rows are found by binary search in the sort order', () => {
  /** 4 values of a, 25 of b and 2 of c: 200 rows. */
  const rows: Row[] = ['p', 'q', 'r', null].flatMap((a) =>
    Array.from({ length: 25 }, (_, b) => b).flatMap((b) => ['x', 'y'].map((c) => ({ a, b, c, n: 1 }))),
  );
  const sort = ['a', 'b', 'c'];
  const batches = [buildBatch(rows, SIMPLE, sort)];

  test.each<[string, Filter | null, number[]]>([
    ['no filter', null, [200, 200]],
    ['the first column pinned', isOneOf('a', 'q'), [50, 50]],
    ['pinned, then a range', both(isOneOf('a', 'q'), isAtLeast('b', 20)), [10, 10]],
    ['a range alone', isOneOf('a', 'q', 'r'), [100, 100]],
    ['after a range the order is lost', both(isOneOf('a', 'q', 'r'), isAtLeast('b', 20)), [20, 100]],
    ['a span with a gap', isOneOf('a', 'p', 'r'), [100, 150]],
    ['the second column alone', isAtLeast('b', 20), [40, 200]],
    ['NULL is last', { kind: 'test', member: 'a', test: { kind: 'isNull', negated: false } }, [50, 50]],
    ['nothing passes', isOneOf('a', 'absent'), [0, 0]],
    ['an or over two columns', { kind: 'or', filters: [isOneOf('a', 'p'), isAtLeast('b', 20)] }, [80, 200]],
    ['two tests of one column', both(isAtLeast('b', 5), isOneOf('a', 'p'), isAtLeast('b', 7)), [36, 36]],
  ])('%s', (_, filter, expected) => {
    expect(scanned(filter, sort, batches)).toEqual(expected);
    expect(scanned(filter, [], batches)[0]).toBe(expected[0]);
  });

  test('a sort column with one value counts as pinned', () => {
    const one = [
      buildBatch(
        rows.filter(({ a }) => a === 'p'),
        SIMPLE,
        sort,
      ),
    ];
    expect(scanned(isAtLeast('b', 20), sort, one)).toEqual([10, 10]);
  });

  test('a sort column that was not loaded ends the search', () => {
    const [{ columns }] = batches;
    const without = { ...batches[0], columns: new Map([...columns].filter(([name]) => name !== 'a')) };
    expect(scanned(isAtLeast('b', 20), sort, [without])).toEqual([40, 200]);
  });
});

describe('blocks are skipped by what they hold of any column', () => {
  /** b ascends with the rows and is not sorted by; a is NULL in every tenth row, c changes after 100. */
  const rows: Row[] = Array.from({ length: 200 }, (_, i) => ({
    a: i % 10 === 0 ? null : `a${i % 3}`,
    b: Math.floor(i / 2),
    c: i < 100 ? 'x' : 'y',
    n: 1,
  }));
  const batches = [buildBatch(rows, SIMPLE, [])];
  const isNull = (member: string): Filter => ({
    kind: 'test',
    member,
    test: { kind: 'isNull', negated: false },
  });
  const below = (member: string, value: number): Filter => ({
    kind: 'test',
    member,
    test: { kind: 'compare', operator: '<', value: { kind: 'number', digits: BigInt(value), scale: 0 } },
  });

  test.each<[string, Filter | null, number, number[]]>([
    ['the end of a column', isAtLeast('b', 91), 10, [18, 20]],
    ['its middle', both(isAtLeast('b', 40), below('b', 60)), 10, [40, 40]],
    ['its both ends', { kind: 'or', filters: [below('b', 3), isAtLeast('b', 98)] }, 10, [10, 20]],
    ['two columns, of which no block passes both', both(below('b', 20), isOneOf('c', 'y')), 10, [0, 0]],
    ['two columns', both(isAtLeast('b', 30), isOneOf('c', 'x')), 10, [40, 40]],
    ['a value of every block', isOneOf('a', 'a1'), 10, [60, 200]],
    ['NULL, that one block of two holds', isNull('a'), 5, [20, 100]],
    ['a text that few values have', contains('c', 'Y'), 10, [100, 100]],
    ['a block that is cut by the end', isAtLeast('b', 99), 7, [2, 4]],
    ['larger blocks skip less', isAtLeast('b', 91), 64, [18, 72]],
    ['one block for all', isAtLeast('b', 91), 200, [18, 200]],
  ])('%s', (_, filter, blockRows, expected) => {
    expect(scanned(filter, [], batches, blockRows)).toEqual(expected);
    expect(scanned(filter, [], batches)[0]).toBe(expected[0]);
  });

  test('where every row of a block passes none is tested', () => {
    const scan: ScanPlan = { keys: [], filter: isAtLeast('b', 47), aggregates: COUNT };
    const options = { dictionaries: new GlobalDictionaries(), blockRows: 10 };
    const { slices } = prepareScan(scan, [], batches, options);
    expect(slices.map(({ from, to, filters }) => [from, to, filters.length])).toEqual([
      [90, 100, 1],
      [100, 200, 0],
    ]);
  });

  test('within the rows that the sort order leaves', () => {
    const sorted = [buildBatch(rows, SIMPLE, ['c'])];
    const filter = both(isOneOf('c', 'y'), below('b', 53));
    expect(scanned(filter, ['c'], sorted)).toEqual([6, 100]);
    expect(scanned(filter, ['c'], sorted, 10)).toEqual([6, 10]);
  });
});

describe('groups', () => {
  test('cells are kept for the values that occur when those of the rollup are too many', () => {
    const rows = Array.from({ length: 400 }, (_, i): Row => ({ a: `a${i % 50}`, b: (i * 7) % 41, n: i }));
    const columns = SIMPLE.filter(({ name }) => name !== 'c');
    const batches = [rows.slice(0, 150), rows.slice(150)].map((part) => buildBatch(part, columns, []));
    const scan: ScanPlan = {
      keys: ['a', 'b'].map((column) => ({ column, output: column, bucket: null })),
      filter: isOneOf('a', 'a3', 'a7'),
      aggregates: COUNT,
    };
    const { shape } = prepareScan(scan, [], batches, { dictionaries: new GlobalDictionaries() });
    expect(shape).toMatchObject({ dense: true, radices: [2, 41] });
    const wide = prepareScan({ ...scan, filter: null }, [], batches, {
      dictionaries: new GlobalDictionaries(),
    });
    expect(wide.shape).toMatchObject({ dense: false, radices: [50, 41] });
    const { batch } = runScanSync(scan, [], batches, { dictionaries: new GlobalDictionaries() });
    const sums = batch.columns[2].values as number[];
    const expected = rows.filter(({ a }) => a === 'a3' || a === 'a7').map(({ n }) => n as number);
    expect(sums.toSorted((x, y) => x - y)).toEqual(expected.toSorted((x, y) => x - y));
    expect(batch.columns[0].values.every((a) => a === 'a3' || a === 'a7')).toBe(true);
  });
});

describe('sums', () => {
  const sumOf = (batches: readonly StoredBatch[], key: string | null = null) =>
    runScanSync(
      {
        keys: key === null ? [] : [{ column: key, output: key, bucket: null }],
        filter: null,
        aggregates: [{ columns: ['n'], operation: 'sum', emptyValue: null }],
      },
      [],
      batches,
      { dictionaries: new GlobalDictionaries() },
    ).batch.columns.at(-1)!.values;

  test('an integer sum of 2^53 + 1 keeps its last digit', () => {
    const rows = [
      { a: 'x', n: 2 ** 53 - 1 },
      { a: 'x', n: 2 },
      { a: 'y', n: -7 },
    ];
    const columns = SIMPLE.filter(({ name }) => name === 'a' || name === 'n');
    const batches = [buildBatch(rows, columns, [])];
    expect(sumOf(batches)).toEqual([2 ** 53 - 6]);
    expect(sumOf(batches, 'a')).toEqual([2n ** 53n + 1n, -7]);
  });

  test('doubles that cancel leave what is left, in any order', () => {
    const columns: ColumnSpec[] = [{ name: 'n', type: { kind: 'double' }, kind: 'number' }];
    const numbers = [1e16, 1, -1e16, 1e-3];
    for (const order of [numbers, numbers.toReversed(), [1, 1e-3, 1e16, -1e16]]) {
      const batches = order.map((n) => buildBatch([{ n }], columns, []));
      expect(sumOf(batches)[0]).toBeCloseTo(1.001, 12);
    }
  });

  test('an infinite sum is infinite', () => {
    const columns = new Map([['n', numberColumn([1e308, 1e308, 1], { kind: 'double' })]]);
    expect(sumOf([{ rows: 3, columns, bytes: 0 }])).toEqual([Infinity]);
  });
});

test('partitions that hold a column in different types are not merged', () => {
  const [integers, decimals] = [INTEGER, { kind: 'decimal', scale: 2 } as const].map((type) =>
    buildBatch([{ n: 1 }], [{ name: 'n', type, kind: 'number' }], []),
  );
  const scan: ScanPlan = { keys: [], filter: null, aggregates: COUNT };
  const mixed = () => runScanSync(scan, [], [integers, decimals], { dictionaries: new GlobalDictionaries() });
  expect(mixed).toThrow(
    'partitions hold n as integer and as decimal of scale 2. Build the rollup again with force.',
  );
});

describe('a scan over nothing', () => {
  const aggregates: ScanPlan['aggregates'] = [
    { columns: ['n'], operation: 'sum', emptyValue: 0 },
    { columns: ['m'], operation: 'sum', emptyValue: null },
    { columns: ['s'], operation: 'sketch', emptyValue: null },
  ];
  const options = { dictionaries: new GlobalDictionaries() };

  test('without keys is one row: a count of 0, a sum of NULL', () => {
    const { batch, rowsScanned } = runScanSync({ keys: [], filter: null, aggregates }, [], [], options);
    expect(batch.rows).toBe(1);
    expect(batch.columns.map(({ values }) => values)).toEqual([[0], [null], [null]]);
    expect(rowsScanned).toBe(0);
  });

  test('with keys has no rows', () => {
    const keys = [{ column: 'a', output: 'a', bucket: null }];
    const { batch } = runScanSync({ keys, filter: null, aggregates }, [], [], options);
    expect(batch).toMatchObject({ rows: 0 });
    expect(batch.columns.map(({ name, values }) => [name, values])).toEqual([
      ['a', []],
      ['n', []],
      ['m', []],
      ['s', []],
    ]);
  });
});
