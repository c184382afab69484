/** Filters in naive SQL: each operator a condition that is TRUE for the rows that pass, and never NULL. */
import type { CubeOperator, CubeValue } from './cube-query.js';
import type { ValueClass } from './naive-measure.js';
import { NoAnswer } from './naive-members.js';
import { instantOf, rangeOf } from './naive-time.js';

export interface Clock {
  readonly zone: string;
  readonly now: number;
}

/** A value that is tested: of times the instant. */
export interface Tested {
  readonly sql: string;
  readonly class: ValueClass;
}

/** @throws NoAnswer */
export function testSql(
  { sql, class: own }: Tested,
  operator: CubeOperator,
  values: readonly CubeValue[],
  clock: Clock,
): string {
  const texts = values.map((value) => (value === null ? null : String(value)));
  const given = texts.filter((text) => text !== null);
  const truly = (condition: string): string => `coalesce(${condition}, FALSE)`;
  const any = (conditions: readonly string[]): string =>
    conditions.length === 0 ? 'FALSE' : `(${conditions.map(truly).join(' OR ')})`;
  const whole = (): void => {
    if (!given.every(isWhole)) throw new NoAnswer('half a character', /holds half of a surrogate pair/);
  };
  const isOne = (): string => {
    whole();
    return any(given.map((text) => compareSql(sql, own, '=', text, clock)));
  };
  const found = (name: string): string => {
    if (own.kind !== 'string') throw new NoAnswer('text operator', /needs a dimension of type string/);
    whole();
    return any(given.map((text) => `${name}(lower(${sql}), lower(${quote(text)}))`));
  };
  switch (operator) {
    case 'set':
      return `(${sql} IS NOT NULL)`;
    case 'notSet':
      return `(${sql} IS NULL)`;
    case 'equals':
    case 'in':
      return texts.includes(null) ? `(${isOne()} OR ${sql} IS NULL)` : isOne();
    case 'notEquals':
    case 'notIn':
      return texts.includes(null) ? `(NOT ${isOne()} AND ${sql} IS NOT NULL)` : `(NOT ${isOne()})`;
    case 'contains':
      return found('contains');
    case 'notContains':
      return `(NOT ${found('contains')})`;
    case 'startsWith':
      return found('starts_with');
    case 'notStartsWith':
      return `(NOT ${found('starts_with')})`;
    case 'endsWith':
      return found('suffix');
    case 'notEndsWith':
      return `(NOT ${found('suffix')})`;
    case 'gt':
      return truly(compareSql(sql, own, '>', given[0], clock));
    case 'gte':
      return truly(compareSql(sql, own, '>=', given[0], clock));
    case 'lt':
      return truly(compareSql(sql, own, '<', given[0], clock));
    case 'lte':
      return truly(compareSql(sql, own, '<=', given[0], clock));
    default:
      return dateSql(sql, own, operator, given, clock);
  }
}

type Comparison = '=' | '<' | '<=' | '>' | '>=';

function compareSql(sql: string, own: ValueClass, operator: Comparison, text: string, clock: Clock): string {
  switch (own.kind) {
    case 'string':
      return `${sql} ${operator} ${quote(text)}`;
    case 'boolean':
      if (!/^(true|false|0|1)$/i.test(text)) throw new NoAnswer('no boolean', /is not true or false/);
      return `${sql} ${operator} ${/^(true|1)$/i.test(text) ? 'TRUE' : 'FALSE'}`;
    case 'time': {
      if (!/^\d{4}-/.test(text)) throw new NoAnswer('no time', /can't parse date/i);
      const ms = instantOf(text, clock.zone, 'first');
      return `date_trunc('millisecond', ${sql}) ${operator} ${timestamp(ms)}`;
    }
    case 'double':
      return `CAST(${sql} AS DOUBLE) ${operator} CAST('${Number(text)}' AS DOUBLE)`;
    case 'exact':
      return compareExact(sql, own.scale, operator, text);
  }
}

/** The values of a column as whole numbers of its last digit, and between which two of them a constant lies. */
function compareExact(sql: string, scale: number, operator: Comparison, text: string): string {
  const steps =
    scale === 0 ? `CAST(${sql} AS HUGEINT)` : `CAST(replace(CAST(${sql} AS VARCHAR), '.', '') AS HUGEINT)`;
  const { below, above } = stepsAround(text, scale);
  if (operator === '=') return below === above && isHugeint(below) ? `${steps} = ${hugeint(below)}` : 'FALSE';
  const bound = operator === '>' || operator === '<=' ? below : above;
  if (isHugeint(bound)) return `${steps} ${operator} ${hugeint(bound)}`;
  return operator.startsWith('<') === bound > 0n ? `${sql} IS NOT NULL` : 'FALSE';
}

function stepsAround(text: string, scale: number): { below: bigint; above: bigint } {
  const [, sign, whole, fraction = '', exponent = '0'] = /^([+-]?)(\d*)\.?(\d*)(?:e([+-]?\d+))?$/i.exec(
    text,
  ) as RegExpExecArray;
  const digits = BigInt(`${sign === '-' ? '-' : ''}${whole}${fraction}`);
  const shift = Number(exponent) - fraction.length + scale;
  if (shift >= 0) {
    const exact = digits * 10n ** BigInt(shift);
    return { below: exact, above: exact };
  }
  const unit = 10n ** BigInt(-shift);
  const rest = ((digits % unit) + unit) % unit;
  const below = (digits - rest) / unit;
  return { below, above: rest === 0n ? below : below + 1n };
}

function isHugeint(value: bigint): boolean {
  return value >= -(2n ** 127n) + 1n && value < 2n ** 127n;
}

function hugeint(value: bigint): string {
  return `CAST('${value}' AS HUGEINT)`;
}

function dateSql(
  sql: string,
  own: ValueClass,
  operator: CubeOperator,
  texts: readonly string[],
  { zone, now }: Clock,
): string {
  if (own.kind !== 'time') throw new NoAnswer('date operator', /needs a dimension of type time/);
  const pair = operator === 'inDateRange' || operator === 'notInDateRange';
  const { from, to } = rangeOf(pair ? texts : texts.slice(0, 1), zone, now);
  const inside = `(${sql} >= ${timestamp(from)} AND ${sql} < ${timestamp(to)})`;
  switch (operator) {
    case 'inDateRange':
    case 'onTheDate':
      return `coalesce(${inside}, FALSE)`;
    case 'notInDateRange':
      return `coalesce(NOT ${inside}, FALSE)`;
    case 'beforeDate':
      return `coalesce(${sql} < ${timestamp(from)}, FALSE)`;
    case 'beforeOrOnDate':
      return `coalesce(${sql} < ${timestamp(to)}, FALSE)`;
    case 'afterDate':
      return `coalesce(${sql} >= ${timestamp(to)}, FALSE)`;
    case 'afterOrOnDate':
      return `coalesce(${sql} >= ${timestamp(from)}, FALSE)`;
    default:
      throw new Error(`the naive generator does not know the operator '${operator}'`);
  }
}

export function timestamp(ms: number): string {
  return `make_timestamp(${ms}000)`;
}

/** Whether a text has a form in UTF-8, so that a table can hold it: no half of a pair stands alone in it. */
function isWhole(text: string): boolean {
  return !/\p{Surrogate}/u.test(text);
}

/** A text as its bytes, which no quoting can hurt. */
function quote(text: string): string {
  const bytes = [...Buffer.from(text)].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`);
  return `decode('${bytes.join('')}'::BLOB)`;
}
