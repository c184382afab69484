/** Whether an answer of the product is the naive one: row for row, value for value. */
import { isDeepStrictEqual } from 'node:util';
import type { NaiveAnswer, NaiveCell, NaiveRow } from './naive-judge.js';
import type { NaiveColumn, NaiveStatement } from './naive-sql.js';

/** What a store said to a query. */
export type Outcome = Answer | { readonly kind: 'refused'; readonly code: string; readonly message: string };

export interface Answer {
  readonly kind: 'answer';
  readonly data: readonly Readonly<Record<string, unknown>>[];
  readonly total: number | undefined;
  readonly mode: string;
  /** That were read. */
  readonly rollups: readonly string[];
  readonly relativeErrors: Readonly<Record<string, number | null>>;
}

export type Verdict =
  | { readonly kind: 'same' }
  /** The answer hangs on an estimate, which naive SQL cannot tell. */
  | { readonly kind: 'open' }
  /** Both say no, and the product says why. */
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'differs'; readonly what: string };

type Rows = Extract<NaiveAnswer, { kind: 'rows' }>;

export function compareAnswers(outcome: Outcome, expected: NaiveAnswer, total: boolean): Verdict {
  if (expected.kind === 'none') return compareRefusals(outcome, expected);
  if (outcome.kind === 'refused') {
    const { mayOverflow } = expected.statement;
    if (outcome.code === 'source_failed' && outcome.message.includes(': DuckDB failed: INTERNAL')) {
      return { kind: 'refused', reason: 'fault of DuckDB' };
    }
    if (mayOverflow && outcome.code === 'value_out_of_range') return { kind: 'refused', reason: 'overflow' };
    return differs(`refused with ${outcome.code}: ${outcome.message}`);
  }
  if (expected.kind === 'overflow') return { kind: 'refused', reason: 'overflow of the judge' };
  const { statement } = expected;
  if (Object.keys(outcome.relativeErrors).length > 0 !== statement.estimated)
    return differs(`meta.relativeErrors are ${JSON.stringify(outcome.relativeErrors)}`);
  const what = compareRows(outcome, expected, total);
  if (what === null) return { kind: 'same' };
  return statement.estimated ? compareEstimated(outcome, expected, what) : differs(what);
}

function differs(what: string): Verdict {
  return { kind: 'differs', what };
}

function compareRefusals(outcome: Outcome, expected: Extract<NaiveAnswer, { kind: 'none' }>): Verdict {
  const { reasons, mayOverflow } = expected;
  const names = reasons.map(({ reason }) => reason).join(' and ');
  if (outcome.kind === 'answer') {
    // A rollup without rows does not know that a filter does not fit the type of its column.
    const nothing = outcome.data.every((row) =>
      Object.values(row).every((cell) => cell === null || cell === '0'),
    );
    if (nothing && reasons.every(({ reason }) => reason === 'misfit'))
      return { kind: 'refused', reason: 'misfit over nothing' };
    return differs(`answered, where there is no answer: ${names}`);
  }
  // A sum may overflow before its filter is looked at.
  if (mayOverflow && outcome.code === 'value_out_of_range') return { kind: 'refused', reason: 'overflow' };
  const told = reasons.find(({ says }) => says.test(outcome.message));
  if (outcome.code !== 'query_invalid' || told === undefined)
    return differs(`refused with ${outcome.code}: ${outcome.message}\nand not because of ${names}`);
  return { kind: 'refused', reason: told.reason };
}

function compareRows(outcome: Answer, expected: Rows, total: boolean): string | null {
  const { statement, rows } = expected;
  if (total && outcome.total !== expected.total) return `total is ${outcome.total}, not ${expected.total}`;
  if (outcome.data.length !== rows.length) return `${outcome.data.length} rows, not ${rows.length}`;
  for (const [at, row] of rows.entries()) {
    const what = compareRow(outcome.data[at], row, statement.columns);
    if (what !== null) return `row ${at}: ${what}`;
  }
  return null;
}

/** Rows whose number and place no estimate decides, each within the bounds that the answer states. */
function compareEstimated(outcome: Answer, { statement, rows, cut }: Rows, strictly: string): Verdict {
  const { columns, filteredByEstimates } = statement;
  if (filteredByEstimates || cut) return { kind: 'open' };
  if (outcome.data.length !== rows.length) return differs(strictly);
  const keys = columns.flatMap(({ kind }, at) => (kind === 'measure' ? [] : [at]));
  const idOf = (row: NaiveRow): string => JSON.stringify(keys.map((at) => String(row.cells[at])));
  const byKeys = new Map(rows.map((row) => [idOf(row), row]));
  for (const row of outcome.data) {
    const id = JSON.stringify(keys.map((at) => keyText(row[columns[at].name], columns[at])));
    const wanted = byKeys.get(id);
    if (wanted === undefined) return differs(strictly);
    const what = compareRow(row, wanted, columns, outcome.relativeErrors);
    if (what !== null) return differs(what);
  }
  return { kind: 'same' };
}

function keyText(cell: unknown, { class: own }: NaiveColumn): string {
  return own.kind === 'double' && cell !== null ? String(Number(cell)) : String(cell);
}

function compareRow(
  row: Readonly<Record<string, unknown>>,
  { cells, errors }: NaiveRow,
  columns: readonly NaiveColumn[],
  relativeErrors: Answer['relativeErrors'] = {},
): string | null {
  const names = new Map<string, number>();
  columns.forEach(({ name }, at) => names.set(name, at));
  // The name of a time without a granularity belongs to a dimension of that name, else to its first granularity.
  columns.forEach(({ short }, at) => short !== null && !names.has(short) && names.set(short, at));
  const extra = Object.keys(row).find((name) => !names.has(name));
  if (extra !== undefined) return `${extra} was not asked for`;
  for (const [name, at] of names) {
    const column = columns[at];
    if (isSame(row[name], cells[at], errors[at], column)) continue;
    const relativeError = relativeErrors[name];
    if (relativeError !== undefined && isNear(row[name], cells[at], column, relativeError)) continue;
    return `${name} is ${JSON.stringify(row[name])}, not ${JSON.stringify(String(cells[at]))}`;
  }
  return null;
}

function isSame(actual: unknown, expected: NaiveCell, error: number, { class: own }: NaiveColumn): boolean {
  if (error === Infinity) return true;
  if (own.kind !== 'double' || expected === null || actual === null) return actual === expected;
  if (typeof actual !== 'string') return false;
  const [x, y] = [Number(actual), expected as number];
  if (x === y || (actual === 'NaN' && Number.isNaN(y))) return true;
  return Math.abs(x - y) <= error;
}

/** Twice the stated bound, which is one of three sigma and passed at times. What is calculated is left to the source. */
function isNear(
  actual: unknown,
  expected: NaiveCell,
  { estimate }: NaiveColumn,
  relativeError: number | null,
): boolean {
  if (estimate === 'calculated') return true;
  const [x, y] = [Number(actual), Number(expected)];
  if (estimate !== 'sketch' || relativeError === null || !Number.isSafeInteger(x)) return false;
  return Math.abs(x - y) <= 2 * relativeError * y + 2;
}

/** The law of sketches: what a rollup estimates is to the last digit what the source does; null: so it is. */
export function compareEstimates(one: Answer, other: Answer, { columns }: NaiveStatement): string | null {
  if (one.data.length !== other.data.length)
    return `${one.data.length} rows, the source has ${other.data.length}`;
  for (const { name, estimate } of columns) {
    const at = one.data.findIndex(
      (row, number) => estimate === 'sketch' && row[name] !== other.data[number][name],
    );
    if (at >= 0)
      return `row ${at}: ${name} is ${String(one.data[at][name])}, the source has ${String(other.data[at][name])}`;
  }
  return null;
}

/**
 * Whether two answers are the same. Columns that are not steady are left to the comparison with naive SQL, and what is
 * read without merging may depend on the partitions that are skipped.
 */
export function isSteadilySame(one: Answer, other: Answer, { columns }: NaiveStatement): boolean {
  const unsteady = new Set(columns.flatMap(({ name, steady }) => (steady ? [] : [name])));
  const steadyRows = ({ data, mode, ...rest }: Answer): unknown => ({
    ...rest,
    mode: mode === 'direct' ? 'rollup' : mode,
    rows: data.map((row) => Object.entries(row).filter(([name]) => !unsteady.has(name))),
  });
  return isDeepStrictEqual(steadyRows(one), steadyRows(other));
}
