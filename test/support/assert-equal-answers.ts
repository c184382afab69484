import { deepStrictEqual, ok, strictEqual } from 'node:assert';
import { compareRows } from './oracle.js';
import type { OracleAnswer } from './oracle.js';
import type { Cell } from './oracle-filter.js';

type ActualRow = Readonly<Record<string, unknown>>;

/** What the judge looks at in a result of `store.query`. */
export interface JudgedResult {
  readonly data: readonly ActualRow[];
  readonly meta: { readonly relativeErrors?: Readonly<Record<string, number | null>> | undefined };
}

/** How far from the exact count an estimate was, for statistics over many answers. */
export interface Estimate {
  readonly exact: number;
  readonly estimate: number;
  /** The bound that the result states, at three sigma. */
  readonly relativeError: number;
}

/**
 * Throws unless `actual` is the oracle's answer, row for row and column for column: equal in every value but sums
 * of doubles (within 1e-12 × Σ|x|), calculated doubles (the same double) and estimates (within twice the stated
 * bound, since a bound at three sigma is passed at times). Rows whose order hangs on estimates are paired by their
 * keys and must be in the order of their own values.
 * @returns the estimates that were seen
 */
export function assertEqualAnswers(actual: JudgedResult, expected: OracleAnswer): Estimate[] {
  const byKeys = orderHangsOnEstimates(expected);
  strictEqual(actual.data.length, expected.rows.length, 'the number of rows');
  if (byKeys) assertOrdered(actual.data, expected);
  const rows = byKeys ? pairByKeys(actual.data, expected) : actual.data;
  const estimates: Estimate[] = [];
  const settled = rows.map((row, at) =>
    settleRow(row, expected, at, actual.meta.relativeErrors ?? {}, estimates),
  );
  deepStrictEqual(settled, expected.rows);
  return estimates;
}

function orderHangsOnEstimates({ columns, order }: OracleAnswer): boolean {
  const open = new Set(columns.flatMap(({ kind }, at) => (kind === 'key' ? [at] : [])));
  for (const { column } of order) {
    if (open.size === 0) return false;
    if (columns[column].kind === 'approx') return true;
    open.delete(column);
  }
  return false;
}

function assertOrdered(rows: readonly ActualRow[], { columns, order }: OracleAnswer): void {
  const wide = rows.map((row) =>
    columns.map(({ name, type }): Cell => {
      const cell = row[name] as Cell;
      return type === 'number' && cell !== null ? Number(cell) : cell;
    }),
  );
  for (let at = 1; at < wide.length; at++) {
    ok(compareRows(wide[at - 1], wide[at], order) < 0, `rows ${at - 1} and ${at} are out of order`);
  }
}

function pairByKeys(rows: readonly ActualRow[], { columns, rows: expected }: OracleAnswer): ActualRow[] {
  const names = columns.filter(({ kind }) => kind === 'key').map(({ name }) => name);
  const idOf = (row: ActualRow): string => JSON.stringify(names.map((name) => row[name]));
  const byId = new Map(rows.map((row) => [idOf(row), row]));
  strictEqual(byId.size, rows.length, 'rows with different keys');
  return expected.map((row) => {
    const found = byId.get(idOf(row));
    ok(found !== undefined, `the row ${idOf(row)} is missing`);
    return found;
  });
}

/** The row with every value that is near enough replaced by the oracle's. */
function settleRow(
  row: ActualRow,
  expected: OracleAnswer,
  at: number,
  relativeErrors: Readonly<Record<string, number | null>>,
  estimates: Estimate[],
): ActualRow {
  const settled: Record<string, unknown> = { ...row };
  for (const { name, kind } of expected.columns) {
    const [cell, wanted] = [row[name], expected.rows[at][name]];
    if (typeof cell !== 'string' || wanted === null) continue;
    if (kind === 'approx') {
      const relativeError = relativeErrors[name];
      ok(typeof relativeError === 'number', 'a result with estimates states their relative error');
      const [estimate, exact] = [Number(cell), Number(wanted)];
      ok(Number.isSafeInteger(estimate), `${name}: ${cell} is a rounded estimate`);
      ok(Math.abs(estimate - exact) <= 2 * relativeError * exact + 2, `${name}: ${cell} estimates ${exact}`);
      estimates.push({ exact, estimate, relativeError });
      settled[name] = wanted;
    }
    if (kind === 'calculated' && Number(cell) === Number(wanted)) settled[name] = wanted;
    if (
      kind === 'double_sum' &&
      Math.abs(Number(cell) - Number(wanted)) <= 1e-12 * expected.absSums[at][name]
    ) {
      settled[name] = wanted;
    }
  }
  return settled;
}
