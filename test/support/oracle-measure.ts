/** The oracle's measures, each over the rows of one group. */
import { compareCells } from './oracle-filter.js';
import type { Cell } from './oracle-filter.js';

export type OracleMeasure<Row> =
  /** Rows, or the rows where `of` is not NULL. */
  | { readonly kind: 'count'; readonly of?: (row: Row) => Cell }
  | { readonly kind: 'sum'; readonly of: (row: Row) => bigint | null }
  | { readonly kind: 'double_sum'; readonly of: (row: Row) => number | null }
  | { readonly kind: 'min' | 'max'; readonly of: (row: Row) => Cell }
  /** Sample forms over doubles; of pairs without NULL. NaN where one of them is not finite. */
  | { readonly kind: 'variance' | 'stddev'; readonly of: (row: Row) => number | null }
  | {
      readonly kind: 'covariance' | 'correlation';
      readonly of: (row: Row) => number | null;
      readonly other: (row: Row) => number | null;
    }
  /** The value of the row with the least or greatest time, of several the least or greatest value. */
  | {
      readonly kind: 'first' | 'last';
      readonly of: (row: Row) => Cell;
      readonly at: (row: Row) => number | null;
    }
  /** Whether all are true, or any. */
  | { readonly kind: 'all' | 'any'; readonly of: (row: Row) => boolean | null }
  /** Different values; `approx` is the exact count that an estimate is judged by. */
  | { readonly kind: 'distinct' | 'approx'; readonly of: (row: Row) => Cell }
  /** Doubles from other measures, as doubles. */
  | {
      readonly kind: 'calculated';
      readonly from: readonly string[];
      readonly of: (...values: (number | null)[]) => number | null;
    };

type OracleMeasures<Row> = Readonly<Record<string, OracleMeasure<Row>>>;

/** @param rows of one group */
export function measureCell<Row>(measures: OracleMeasures<Row>, name: string, rows: readonly Row[]): Cell {
  const measure = find(measures, name);
  switch (measure.kind) {
    case 'count': {
      const { of } = measure;
      return of === undefined ? rows.length : rows.filter((row) => of(row) !== null).length;
    }
    case 'sum': {
      const values = rows.map(measure.of).filter((value) => value !== null);
      return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0n);
    }
    case 'double_sum': {
      const values = rows.map(measure.of).filter((value) => value !== null);
      return values.length === 0 ? null : sumOfDoubles(values);
    }
    case 'min':
    case 'max': {
      const sign = measure.kind === 'min' ? 1 : -1;
      const values = rows.map(measure.of).filter((value) => value !== null);
      return values.reduce(
        (best: Cell, value) => (best === null || sign * compareCells(value, best) < 0 ? value : best),
        null,
      );
    }
    case 'variance':
    case 'stddev': {
      const pairs = pairsOf(rows, measure.of, measure.of);
      const spread = pairs.length < 2 ? null : codeviation(pairs) / (pairs.length - 1);
      return spread === null || measure.kind === 'variance' ? spread : Math.sqrt(spread);
    }
    case 'covariance':
    case 'correlation': {
      const pairs = pairsOf(rows, measure.of, measure.other);
      if (pairs.length < 2) return null;
      const together = codeviation(pairs);
      if (measure.kind === 'covariance' || Number.isNaN(together)) return together / (pairs.length - 1);
      const apart = [0, 1].map((at) => codeviation(pairs.map((pair) => [pair[at], pair[at]])));
      return apart.includes(0) ? null : together / Math.sqrt(apart[0]) / Math.sqrt(apart[1]);
    }
    case 'first':
    case 'last': {
      const { of, at, kind } = measure;
      const sign = kind === 'first' ? 1 : -1;
      const kept = rows.flatMap((row) => {
        const [cell, time] = [of(row), at(row)];
        return cell === null || time === null ? [] : [{ cell, time }];
      });
      kept.sort((a, b) => sign * (a.time - b.time) || sign * rank(a.cell, b.cell));
      return kept[0]?.cell ?? null;
    }
    case 'all':
    case 'any': {
      const values = rows.map(measure.of).filter((value) => value !== null);
      if (values.length === 0) return null;
      return measure.kind === 'all' ? !values.includes(false) : values.includes(true);
    }
    case 'distinct':
    case 'approx':
      return new Set(rows.map(measure.of).filter((value) => value !== null)).size;
    case 'calculated':
      return measure.of(
        ...measure.from.map((leaf) => {
          const cell = measureCell(measures, leaf, rows);
          return cell === null ? null : Number(cell);
        }),
      );
  }
}

/** NaN is the greatest number. */
function rank(a: Cell, b: Cell): number {
  return Number(Number.isNaN(a)) - Number(Number.isNaN(b)) || compareCells(a, b);
}

type Pair = readonly [number, number];

function pairsOf<Row>(
  rows: readonly Row[],
  of: (row: Row) => number | null,
  other: (row: Row) => number | null,
): Pair[] {
  return rows.flatMap((row): Pair[] => {
    const [x, y] = [of(row), other(row)];
    return x === null || y === null ? [] : [[x, y]];
  });
}

/** Σ (x − mean x) (y − mean y), by the book; NaN where one is not finite. */
function codeviation(pairs: readonly Pair[]): number {
  if (!pairs.flat().every(Number.isFinite)) return Number.NaN;
  const [meanX, meanY] = [0, 1].map((at) => {
    const values = pairs.map((pair) => pair[at]);
    return values.every((value) => value === values[0]) ? values[0] : sumOfDoubles(values) / values.length;
  });
  return sumOfDoubles(pairs.map(([x, y]) => (x - meanX) * (y - meanY)));
}

/** Exact but for the last bit (Shewchuk, Adaptive Precision Floating-Point Arithmetic, 1997, section 2.4). */
function sumOfDoubles(values: readonly number[]): number {
  let partials: number[] = [];
  for (const value of values) {
    let rest = value;
    const next: number[] = [];
    for (const partial of partials) {
      const [big, small] = Math.abs(rest) < Math.abs(partial) ? [partial, rest] : [rest, partial];
      rest = big + small;
      const lost = small - (rest - big);
      if (lost !== 0) next.push(lost);
    }
    partials = [...next, rest];
  }
  return partials.reduce((sum, partial) => sum + partial, 0);
}

/** Σ|x| of the sums of doubles among `names`. */
export function absSums<Row>(
  measures: OracleMeasures<Row>,
  names: readonly string[],
  rows: readonly Row[],
): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const name of names) {
    const measure = find(measures, name);
    if (measure.kind === 'double_sum')
      sums[name] = sumOfDoubles(rows.map((row) => Math.abs(measure.of(row) ?? 0)));
  }
  return sums;
}

export function find<T>(members: Readonly<Record<string, T>>, name: string): T {
  if (!Object.hasOwn(members, name)) throw new Error(`the oracle does not know '${name}'`);
  return members[name];
}
