/** Measures in naive SQL: aggregates of leaves over the rows of one group, and arithmetic over these. */
import { instantSql, shownSql } from './naive-time.js';
import type { Formula, RandomMeasure } from './random-model.js';
import { KINDS } from './random-values.js';
import type { Kind } from './random-values.js';

/** How values of a column compare and print; `exact` are integers and decimals of so many digits after the point. */
export type ValueClass =
  | { readonly kind: 'string' | 'boolean' | 'time' | 'double' }
  | { readonly kind: 'exact'; readonly scale: number };

export interface NaiveValue {
  readonly sql: string;
  readonly class: ValueClass;
  /** SQL of a bound on how far two right answers may lie apart; null: they are the same. */
  readonly error: string | null;
}

const DOUBLE: ValueClass = { kind: 'double' };
const INTEGER: ValueClass = { kind: 'exact', scale: 0 };

export function classOf(kind: Kind): ValueClass {
  const { type, sql } = KINDS[kind];
  if (type !== 'number') return { kind: type };
  if (sql === 'DOUBLE' || sql === 'FLOAT') return DOUBLE;
  const scale = /,(\d+)\)$/.exec(sql)?.[1] ?? '0';
  return { kind: 'exact', scale: Number(scale) };
}

/** What a leaf looks at in a row: its value, and the other value or time where it has one. */
export function inputsOf({ kind, sql, sql2, filter, type }: RandomMeasure): { x: string; y: string } {
  const y =
    sql2 === null ? 'NULL' : type === 'first' || type === 'last' ? `CAST(${sql2} AS TIMESTAMP)` : sql2;
  if (sql === null || kind === null) return { x: filter ?? 'TRUE', y };
  return { x: KINDS[kind].type === 'time' ? instantSql({ kind, sql }) : sql, y };
}

/** The aggregate of a leaf over the columns `x` and `y` of the distinct rows of its cube. */
export function leafValue({ type, kind }: RandomMeasure, x: string, y: string): NaiveValue {
  const own: ValueClass = kind === null ? INTEGER : classOf(kind);
  const shown = own.kind === 'time' ? shownSql : own.kind === 'double' ? asDouble : same;
  switch (type) {
    case 'count':
      return exactly(kind === null ? `count(*) FILTER (WHERE ${x})` : `count(${x})`, INTEGER);
    case 'count_distinct':
    case 'count_distinct_approx':
      return exactly(`count(DISTINCT ${x})`, INTEGER);
    case 'sum':
      return own.kind === 'double' ? doubleSum(x) : exactly(exactSum(x, own), own);
    case 'avg': {
      if (own.kind !== 'double')
        return exactly(`${textDouble(exactSum(x, own))} / nullif(count(${x}), 0)`, DOUBLE);
      const sum = doubleSum(x);
      const count = `nullif(count(${x}), 0)`;
      return { sql: `${sum.sql} / ${count}`, class: DOUBLE, error: `${sum.error as string} / ${count}` };
    }
    case 'min':
    case 'max':
      return exactly(shown(`${type}(${x})`), own);
    case 'first':
    case 'last': {
      const way = type === 'first' ? 'ASC' : 'DESC';
      const list = `array_agg(${x} ORDER BY ${shownSql(y)} ${way}, ${x} ${way})`;
      return exactly(shown(`(${list} FILTER (WHERE ${x} IS NOT NULL AND ${y} IS NOT NULL))[1]`), own);
    }
    case 'bool_and':
    case 'bool_or':
      return exactly(`${type}(${x})`, { kind: 'boolean' });
    default:
      return statistic(type, x, y);
  }
}

function exactly(sql: string, valueClass: ValueClass): NaiveValue {
  return { sql, class: valueClass, error: null };
}

function same(sql: string): string {
  return sql;
}

function asDouble(sql: string): string {
  return `CAST(${sql} AS DOUBLE)`;
}

/** The double nearest to an exact number: by its digits, since casts of numbers may round twice. */
function textDouble(sql: string): string {
  return `CAST(CAST(${sql} AS VARCHAR) AS DOUBLE)`;
}

function exactSum(x: string, { kind }: ValueClass): string {
  return kind === 'exact' ? `sum(${x})` : `sum(CAST(${x} AS HUGEINT))`;
}

/** As IEEE 754 adds, the order of addition apart. */
function doubleSum(x: string): NaiveValue {
  const has = (value: string): string => `coalesce(bool_or(${x} = '${value}'::DOUBLE), FALSE)`;
  const sql = `CASE WHEN count(${x}) = 0 THEN NULL
    WHEN ${has('nan')} OR (${has('inf')} AND ${has('-inf')}) THEN 'nan'::DOUBLE
    WHEN ${has('inf')} THEN 'inf'::DOUBLE WHEN ${has('-inf')} THEN '-inf'::DOUBLE
    ELSE sum(CAST(${x} AS DOUBLE)) FILTER (WHERE isfinite(${x})) END`;
  const sizes = `sum(abs(CAST(${x} AS DOUBLE))) FILTER (WHERE isfinite(${x}))`;
  return { sql: `(${sql})`, class: DOUBLE, error: `(1e-12 * coalesce(${sizes}, 0))` };
}

/**
 * Sample forms over the rows, or pairs, without a NULL: NULL for fewer than two, NaN where one is not finite. The errors are
 * those of one pass in doubles over values that differ little.
 */
function statistic(type: RandomMeasure['type'], x: string, y: string): NaiveValue {
  const [a, b] = [x, y].map(asDouble);
  const pairs = type === 'covariance' || type === 'correlation';
  const both = pairs ? `${a} IS NOT NULL AND ${b} IS NOT NULL` : `${a} IS NOT NULL`;
  const finite = pairs ? `isfinite(${a}) AND isfinite(${b})` : `isfinite(${a})`;
  const over = (call: string): string => `${call} FILTER (WHERE ${both} AND ${finite})`;
  const size = (sql: string): string => `coalesce(${over(`max(abs(${sql}))`)}, 0)`;
  const known = (sql: string): string =>
    `(CASE WHEN count(*) FILTER (WHERE ${both}) < 2 THEN NULL
      WHEN count(*) FILTER (WHERE ${both} AND NOT (${finite})) > 0 THEN 'nan'::DOUBLE ELSE ${sql} END)`;
  switch (type) {
    case 'variance':
      return { sql: known(over(`var_samp(${a})`)), class: DOUBLE, error: `(1e-10 * pow(${size(a)}, 2))` };
    case 'stddev':
      return { sql: known(over(`stddev_samp(${a})`)), class: DOUBLE, error: `(1e-5 * ${size(a)})` };
    case 'covariance': {
      const error = `(1e-10 * ${size(a)} * ${size(b)})`;
      return { sql: known(over(`covar_samp(${a}, ${b})`)), class: DOUBLE, error };
    }
    case 'correlation': {
      const constant = [a, b].map((sql) => `${over(`min(${sql})`)} = ${over(`max(${sql})`)}`);
      // Of values that hardly differ the doubles leave anything; what is calculated of NaN would be said to be exact.
      const flat = [a, b].map((sql) => `${over(`var_pop(${sql})`)} < 1e-9 * pow(${size(sql)}, 2)`);
      return {
        sql: known(
          `CASE WHEN ${constant.join(' OR ')} THEN NULL WHEN ${flat.join(' OR ')} THEN 0 ELSE ${over(`corr(${a}, ${b})`)} END`,
        ),
        class: DOUBLE,
        error: `CASE WHEN ${constant.join(' OR ')} THEN 0 WHEN ${flat.join(' OR ')} THEN 'inf'::DOUBLE ELSE 1e-6 END`,
      };
    }
    default:
      throw new Error(`${type} is no aggregate`);
  }
}

/** Arithmetic in doubles: NULL in, NULL out, and NULL where a divisor is 0. */
export function formulaValue({ shape }: Formula, left: NaiveValue, right: NaiveValue): NaiveValue {
  const [x, y] = [left, right].map((value) =>
    value.class.kind === 'exact' ? textDouble(value.sql) : value.sql,
  );
  const [dx, dy] = [left.error ?? '0', right.error ?? '0'];
  const rough = left.error !== null || right.error !== null;
  const value = (sql: string, error: string): NaiveValue => ({
    sql,
    class: DOUBLE,
    error: rough ? error : null,
  });
  const divided = (by: string): NaiveValue =>
    value(
      `CASE WHEN ${y} = 0 THEN NULL ELSE ${by}${x} / ${y} END`,
      `CASE WHEN abs(${y}) <= ${dy} AND ${dy} > 0 THEN 'inf'::DOUBLE WHEN ${y} = 0 THEN 0 ELSE (2 * (${by}${dx} + abs(${by}${x} / ${y}) * ${dy}) / abs(${y})) END`,
    );
  switch (shape) {
    case 'add':
      return value(`(${x} + ${y})`, `(${dx} + ${dy} + 1e-15 * abs(${x}))`);
    case 'minus':
      return value(`(${x} - ${y})`, `(${dx} + ${dy} + 1e-15 * abs(${x}))`);
    case 'gap':
      return value(`(coalesce(${x}, 0) - abs(${y}) * 2)`, `(${dx} + 2 * ${dy} + 1e-15 * abs(${y}))`);
    case 'ratio':
      return divided('');
    case 'percent':
      return divided('100 * ');
    case 'modulo':
      return value(`CASE WHEN ${y} = 0 THEN NULL ELSE (-${x}) % ${y} END`, '0');
    case 'case':
      // What is not arithmetic stays of its own type.
      return exactly(`CASE WHEN ${left.sql} > 1 THEN ${right.sql} END`, right.class);
  }
}
