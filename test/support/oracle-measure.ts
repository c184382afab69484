/** The oracle's measures, each over the rows of one group. */
import { compareCells } from './oracle-filter.js';
import type { Cell } from './oracle-filter.js';

export type OracleMeasure<Row> =
  /** Rows, or the rows where `of` is not NULL. */
  | { readonly kind: 'count'; readonly of?: (row: Row) => Cell }
  | { readonly kind: 'sum'; readonly of: (row: Row) => bigint | null }
  | { readonly kind: 'double_sum'; readonly of: (row: Row) => number | null }
  | { readonly kind: 'min' | 'max'; readonly of: (row: Row) => Cell }
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
