import type { QueryResult } from '../index.js';

type Rows = QueryResult['data'];
type Row = Rows[number];

/** Doubles that were added up in another order may differ by so much of the column's largest value. */
const DOUBLE_TOLERANCE = 1e-9;
/** An estimate further off than this many times its three-sigma bound is wrong, not unlucky. */
const BOUNDS_MAX = 5 / 3;

export type Verdict =
  | { readonly kind: 'equal' }
  /** Every estimate lies so close to the exact count: both are shares of it. */
  | { readonly kind: 'within'; readonly errorMax: number; readonly bound: number }
  | { readonly kind: 'different'; readonly detail: string };

/**
 * Compares two answers to one query row for row. All must be the same text, except the members in `doubles`,
 * which may differ by rounding.
 */
export function compareAnswers(expected: Rows, actual: Rows, doubles: ReadonlySet<string>): Verdict {
  if (expected.length !== actual.length) {
    return { kind: 'different', detail: `${expected.length} rows against ${actual.length}` };
  }
  const scales = new Map([...doubles].map((member) => [member, largest(expected, member)]));
  for (const [at, row] of expected.entries()) {
    for (const [member, value] of Object.entries(row)) {
      const other = actual[at][member];
      if (value === other || isRounding(value, other, scales.get(member))) continue;
      return { kind: 'different', detail: `row ${at + 1}, ${member}: ${show(value)} against ${show(other)}` };
    }
  }
  return { kind: 'equal' };
}

/**
 * Compares estimates with exact counts, in the rows that both answers have by their `keys`. `bound` is the
 * relative error that the estimate promises at three sigma.
 */
export function compareEstimates(
  exact: Rows,
  estimated: Rows,
  members: { readonly keys: readonly string[]; readonly sketches: readonly string[] },
  bound: number,
): Verdict {
  const keyOf = (row: Row): string => JSON.stringify(members.keys.map((key) => row[key]));
  const byKey = new Map(exact.map((row) => [keyOf(row), row]));
  let errorMax = 0;
  for (const row of estimated) {
    const truth = byKey.get(keyOf(row));
    if (truth === undefined) continue;
    for (const member of members.sketches) {
      const [count, estimate] = [Number(truth[member]), Number(row[member])];
      // Half a value: the estimate is a whole number.
      const error = Math.max(0, Math.abs(estimate - count) - 0.5) / Math.max(1, count);
      if (error > bound * BOUNDS_MAX) {
        return { kind: 'different', detail: `${member}: estimate ${estimate} against ${count}` };
      }
      errorMax = Math.max(errorMax, error);
    }
  }
  return { kind: 'within', errorMax, bound };
}

function largest(rows: Rows, member: string): number {
  let scale = 0;
  for (const row of rows) scale = Math.max(scale, Math.abs(Number(row[member] ?? 0)));
  return scale;
}

function isRounding(value: unknown, other: unknown, scale: number | undefined): boolean {
  if (scale === undefined || value === null || other === null) return false;
  return Math.abs(Number(value) - Number(other)) <= DOUBLE_TOLERANCE * scale;
}

function show(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value);
}
