/** States of several columns, merged by a scan: on one thread, on several, and out of pieces. */
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { GlobalDictionaries } from '../../dist/engine/global-dictionaries.js';
import { mergePieces } from '../../dist/engine/merge-pieces.js';
import { runScan } from '../../dist/engine/run-scan.js';
import { createWorkerPool } from '../../dist/engine/workers/pool.js';
import type { GroupedBatch } from '../../dist/model/batch.js';
import type { ScanPlan } from '../../dist/model/plan.js';
import type { LogicalType, Value } from '../../dist/model/value.js';
import { finishSpread, finishTogether } from '../../dist/model/moments.js';
import { measureCell } from '../support/oracle-measure.js';
import { buildBatch } from './scan-cases.js';
import type { Row } from './scan-cases.js';

const threads = createWorkerPool({ maxThreads: 2 });
afterAll(() => threads.close());

interface Point {
  readonly key: string;
  readonly x: number | null;
  readonly y: number | null;
  readonly v: number | string | null;
  readonly t: number | null;
}

const SPREAD = ['n', 'mean', 'm2'];
const PAIRS = ['pairs', 'mean_x', 'mean_y', 'm2_x', 'm2_y', 'c'];
const scan: ScanPlan = {
  keys: [{ column: 'key', output: 'key', bucket: null }],
  filter: null,
  aggregates: [
    { columns: SPREAD, operation: 'moments', emptyValue: null },
    { columns: PAIRS, operation: 'comoments', emptyValue: null },
    { columns: ['first', 'first_at'], operation: 'first', emptyValue: null },
    { columns: ['last', 'last_at'], operation: 'last', emptyValue: null },
  ],
};

/** The states of single rows: M2 and C are 0, or NaN where a value is not finite. */
function stateOf({ key, x, y, v, t }: Point): Row {
  const paired = x !== null && y !== null;
  const none = (value: number | null): number => (Number.isFinite(value) ? 0 : NaN);
  const dated = v !== null && t !== null;
  return {
    key,
    n: x === null ? 0 : 1,
    mean: x,
    m2: x === null ? null : none(x),
    pairs: paired ? 1 : null,
    mean_x: paired ? x : null,
    mean_y: paired ? y : null,
    m2_x: paired ? none(x) : null,
    m2_y: paired ? none(y) : null,
    c: paired ? none(x + y) : null,
    first: dated ? v : null,
    first_at: dated ? t : null,
    last: dated ? v : null,
    last_at: dated ? t : null,
  };
}

const DOUBLE: LogicalType = { kind: 'double' };

function columnsFor(v: 'number' | 'string') {
  const value: { type: LogicalType; kind: 'number' | 'dictionary' } =
    v === 'number' ? { type: DOUBLE, kind: 'number' } : { type: { kind: 'string' }, kind: 'dictionary' };
  return [
    { name: 'key', type: { kind: 'string' }, kind: 'dictionary' } as const,
    ...[...SPREAD, ...PAIRS].map((name) => ({ name, type: DOUBLE, kind: 'number' as const })),
    ...['first', 'last'].map((name) => ({ name, ...value })),
    ...['first_at', 'last_at'].map((name) => ({
      name,
      type: { kind: 'time' } as const,
      kind: 'number' as const,
    })),
  ];
}

function expectRight(batch: GroupedBatch, points: readonly Point[]): void {
  const at = (name: string, row: number): Value =>
    batch.columns.find((column) => column.name === name)!.values[row] as Value;
  const keys = new Set(points.map(({ key }) => key));
  expect(batch.rows).toBe(keys.size);
  for (let row = 0; row < batch.rows; row++) {
    const own = points.filter(({ key }) => key === at('key', row));
    const oracle = {
      variance: { kind: 'variance', of: (point: Point) => point.x },
      covariance: { kind: 'covariance', of: (point: Point) => point.x, other: (point: Point) => point.y },
      correlation: { kind: 'correlation', of: (point: Point) => point.x, other: (point: Point) => point.y },
      first: { kind: 'first', of: (point: Point) => point.v, at: (point: Point) => point.t },
      last: { kind: 'last', of: (point: Point) => point.v, at: (point: Point) => point.t },
    } as const;
    const cell = (name: keyof typeof oracle) => measureCell(oracle, name, own);
    const numbers = (names: readonly string[]) => names.map((name) => Number(at(name, row) ?? 0));
    const [n, , m2] = numbers(SPREAD);
    const [pairs, , , m2X, m2Y, c] = numbers(PAIRS);
    const size = Math.max(
      ...own.flatMap(({ x, y }) => [x, y].map((each) => (Number.isFinite(each) ? Math.abs(each!) : 0))),
    );
    near(finishSpread('variance', n, m2), cell('variance') as number | null, size ** 2);
    near(finishTogether('covariance', pairs, [m2X, m2Y, c]), cell('covariance') as number | null, size ** 2);
    const correlation = finishTogether('correlation', pairs, [m2X, m2Y, c]);
    near(correlation, cell('correlation') as number | null, 1e5);
    expect(at('first', row)).toEqual(cell('first'));
    expect(at('last', row)).toEqual(cell('last'));
  }
}

function near(given: number | null, wanted: number | null, size: number): void {
  if (wanted === null || Number.isNaN(wanted)) expect(given).toEqual(wanted);
  else expect(Math.abs((given ?? NaN) - wanted)).toBeLessThanOrEqual(1e-12 * size);
}

function someParts(value: fc.Arbitrary<number | string | null>): fc.Arbitrary<Point[][]> {
  const number = fc.constantFrom(null, 0.1, 0.1, 0.1, 1, -2.5, 7, 1e3, NaN, Infinity);
  const point = fc.record({
    key: fc.constantFrom('a', 'b'),
    x: number,
    y: number,
    v: value,
    t: fc.constantFrom(null, 0, 1, 2, -5),
  });
  return fc.array(fc.array(point, { minLength: 1, maxLength: 12, size: 'max' }), {
    minLength: 1,
    maxLength: 4,
  });
}

const someNumber = fc.constantFrom(null, 3, -1, NaN, 0.5);
const someWord = fc.constantFrom(null, '', 'b', 'B', '😀', '\uffee');

test.each([
  ['number', someNumber],
  ['string', someWord],
] as const)(
  '[C10] moments, and values of type %s by time, on one thread and on several',
  async (type, value) => {
    await fc.assert(
      fc.asyncProperty(someParts(value), async (parts) => {
        const batches = parts.map((points) => buildBatch(points.map(stateOf), columnsFor(type), ['key']));
        for (const pool of [null, threads]) {
          const options = { pool, workerRowsMin: 0, dictionaries: new GlobalDictionaries() };
          expectRight((await runScan(scan, ['key'], batches, options)).batch, parts.flat());
        }
      }),
      { numRuns: 60 },
    );
  },
);

test.each([
  ['number', someNumber],
  ['string', someWord],
] as const)('[X21] moments, and values of type %s by time, of several pieces', (type, value) => {
  fc.assert(
    fc.property(someParts(value), (parts) => {
      const columns = columnsFor(type);
      const pieces = parts.map((points, at) => {
        const rows = points.map(stateOf);
        const own = columns.map(({ name, type: kind }) => ({
          name,
          type: kind,
          values: rows.map((row) => row[name]),
        }));
        return { batch: { rows: rows.length, columns: own }, rollup: at === 0 ? null : `r${at}` };
      });
      expectRight(mergePieces(scan, pieces), parts.flat());
    }),
  );
});

test('a moment of finite doubles that is beyond all doubles is not taken for one of NaN', () => {
  const batch = (x: number): GroupedBatch => ({
    rows: 1,
    columns: [
      { name: 'n', type: { kind: 'integer' }, values: [1] },
      { name: 'mean', type: DOUBLE, values: [x] },
      { name: 'm2', type: DOUBLE, values: [0] },
    ],
  });
  const plan = { ...scan, keys: [], aggregates: [scan.aggregates[0]] };
  const pieces = [1e308, -1e308, 1, 1e308].map((x) => ({ batch: batch(x), rollup: null }));
  const merged = mergePieces(plan, pieces);
  expect(merged.columns.find(({ name }) => name === 'm2')?.values).toEqual([Infinity]);
});
