/** SQL as DuckDB reads it, in a session whose time zone is UTC. */
import { unreachable } from '../../model/assert.js';
import type { Grain } from '../../model/schema.js';
import type { LogicalType } from '../../model/value.js';
import { gridSql } from './grid-sql.js';
import type { SqlDialect } from './sql-dialect.js';
import type { SqlComoment, SqlMoment, SqlNumberTest } from './sql-tree.js';

export const duckdbDialect: SqlDialect = {
  name: quoteName,
  word: quoteName,
  parameter: (place) => place,
  nullOf: () => 'NULL',
  cast: (operand, type) =>
    `CAST(${operand} AS ${{ string: 'VARCHAR', boolean: 'BOOLEAN', time: 'TIMESTAMP', double: 'DOUBLE' }[type]})`,
  // Its `/` is real for integers too.
  real: (operand) => operand,
  number: (text, type) => `CAST(${text} AS ${numberType(type)})`,
  bucket: bucketText,
  match: (kind, operand, needle) => {
    const call = { contains: 'contains', startsWith: 'starts_with', endsWith: 'ends_with' }[kind];
    return `${call}(lower(${operand}), ${needle})`;
  },
  compareNumber: compareNumberText,
  sum: sumText,
  extreme: (kind, operand, type) => `${kind}(${orderedText(operand, type)})`,
  avg: (operand) => `avg(${operand})`,
  anyValue: (operand) => `any_value(${operand})`,
  moments: momentText,
  comoments: comomentText,
  ordered: orderedText,
  // Rows are compared by their first field, then by their second.
  atEnd: (end, value, time, filter) =>
    `${end === 'first' ? 'arg_min' : 'arg_max'}(${value}, row(${time}, ${value})) ${filter}`,
  sketch: sketchText,
};

function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function numberType(type: LogicalType): string {
  if (type.kind === 'decimal') return `DECIMAL(38, ${type.scale})`;
  return type.kind === 'integer' ? 'BIGINT' : 'DOUBLE';
}

/** `extract` counts a year 0, as the model does. */
function bucketText(time: string, granularity: Grain | null): string {
  if (typeof granularity === 'object' && granularity !== null)
    return gridSql(time, granularity.grid, (date) => `extract(year FROM ${date})`);
  return `date_trunc('${granularity ?? 'millisecond'}', ${time})`;
}

/** Its sum of UHUGEINT, which is known as a decimal of scale 0, would be a double. */
function sumText(operand: string, type: LogicalType | null): string {
  if (type?.kind === 'double') return doubleSumText(operand);
  return isUhugeint(type) ? `sum(CAST(${operand} AS HUGEINT))` : `sum(${operand})`;
}

function isUhugeint(type: LogicalType | null): boolean {
  return type?.kind === 'decimal' && type.scale === 0;
}

/** `sum` of doubles depends on the order of rows; `fsum` compensates, but makes NaN of what is infinite. */
function doubleSumText(operand: string): string {
  return `CASE WHEN isfinite(fsum(${operand})) THEN fsum(${operand}) ELSE sum(${operand}) END`;
}

/** The operand in a form whose order in the source is that of its values here: what has no type of its own is text. */
function orderedText(operand: string, type: LogicalType | null): string {
  switch (type?.kind) {
    case 'time':
      return `date_trunc('millisecond', CAST(${operand} AS TIMESTAMP))`;
    case 'string':
    case 'sketch':
      return `CAST(${operand} AS VARCHAR)`;
    default:
      return operand;
  }
}

/** Its functions refuse what is not finite, so they see only what is. */
function momentText(part: SqlMoment, x: string): string {
  const finite = `FILTER (WHERE isfinite(${x}))`;
  switch (part) {
    case 'count':
      return `count(${x})`;
    case 'mean':
      return meanText(x, finite);
    case 'm2':
      return finiteText(`bool_and(isfinite(${x}))`, `var_pop(${x}) ${finite} * count(${x})`);
    default:
      return unreachable(part);
  }
}

function comomentText(part: SqlComoment, x: string, y: string): string {
  const finite = `FILTER (WHERE isfinite(${x}) AND isfinite(${y}))`;
  const both = `FILTER (WHERE ${x} IS NOT NULL AND ${y} IS NOT NULL)`;
  const isFinite = `bool_and(isfinite(${x}) AND isfinite(${y})) ${both}`;
  const count = `regr_count(${y}, ${x})`;
  switch (part) {
    case 'count':
      return count;
    case 'meanX':
      return meanText(x, finite);
    case 'meanY':
      return meanText(y, finite);
    case 'm2X':
      return finiteText(isFinite, `var_pop(${x}) ${finite} * ${count}`);
    case 'm2Y':
      return finiteText(isFinite, `var_pop(${y}) ${finite} * ${count}`);
    case 'c':
      return finiteText(isFinite, `covar_pop(${y}, ${x}) ${finite} * ${count}`);
    default:
      return unreachable(part);
  }
}

/** The mean of what is always the same is that very value, so that merged groups of it have no variance. */
function meanText(x: string, filter: string): string {
  return `CASE WHEN min(${x}) ${filter} = max(${x}) ${filter} THEN min(${x}) ${filter} ELSE favg(${x}) ${filter} END`;
}

function finiteText(isFinite: string, moment: string): string {
  return `CASE WHEN NOT ${isFinite} THEN CAST('NaN' AS DOUBLE) ELSE ${moment} END`;
}

/**
 * The values of a group, gathered by a macro, go to a function, both of `sources/duckdb-sketches.ts`. What is hashed:
 * 8 bytes of an integer (a time: its microseconds; beyond 64 bits: 63 bits of the MD5 of its digits) or of a double,
 * else the UTF-8 bytes of the text.
 */
function sketchText(operand: string, type: LogicalType | null, precision: number): string {
  const kind = isUhugeint(type) ? 'integer' : (type?.kind ?? 'string');
  const call = kind === 'integer' || kind === 'time' ? 'integers' : kind === 'double' ? 'doubles' : 'strings';
  const value = {
    integers: kind === 'time' ? `epoch_us(CAST(${operand} AS TIMESTAMP))` : wordText(operand),
    doubles: `CAST(${operand} AS DOUBLE)`,
    strings: `CAST(${operand} AS VARCHAR)`,
  }[call];
  return `granary_sketch_${call}(granary_values(${value}), ${precision})`;
}

/** An integer of any type in a BIGINT. */
function wordText(operand: string): string {
  const digest = `md5_number_lower(CAST(${operand} AS VARCHAR))`;
  return `coalesce(TRY_CAST(${operand} AS BIGINT), CAST(${digest} // 2 AS BIGINT))`;
}

/** The literal becomes a value of the operand's own type, so that no digit of either is lost. */
function compareNumberText(test: SqlNumberTest, operand: string, bind: (text: string) => string): string {
  const bound = numberBound(test);
  const { operator } = test;
  if (bound.kind === 'double') return `${operand} ${operator} CAST(${bind(bound.text)} AS DOUBLE)`;
  const below = operator === '<' || operator === '<=';
  if (bound.kind === 'beyond')
    return operator !== '=' && below === bound.above ? `${operand} IS NOT NULL` : 'FALSE';
  if (operator === '=' && !bound.equal) return 'FALSE';
  // Between two representable values `<` and `<=` mean the same, and so do `>` and `>=`.
  const exact = bound.equal ? operator : below ? '<=' : '>';
  return `${operand} ${exact} ${exactText(bound, bind)}`;
}

type ExactBound = Extract<NumberBound, { kind: 'exact' }>;

type NumberBound =
  | { readonly kind: 'double'; readonly text: string }
  /** The greatest value of the column's scale that is not above the literal. */
  | { readonly kind: 'exact'; readonly scaled: bigint; readonly scale: number; readonly equal: boolean }
  /** Above or below every value of the type. */
  | { readonly kind: 'beyond'; readonly above: boolean };

function numberBound({ type, digits, scale }: SqlNumberTest): NumberBound {
  if (type.kind === 'double') return { kind: 'double', text: `${digits}e${-scale}` };
  const columnScale = type.kind === 'decimal' ? type.scale : 0;
  const shift = columnScale - scale;
  const divisor = shift < 0 ? 10n ** BigInt(-shift) : 1n;
  const raised = shift < 0 ? digits : digits * 10n ** BigInt(shift);
  const rest = ((raised % divisor) + divisor) % divisor;
  const scaled = (raised - rest) / divisor;
  // HUGEINT holds more than the 38 digits of a decimal.
  const end = columnScale === 0 ? 2n ** 127n : 10n ** 38n;
  if (scaled >= end || scaled <= -end) return { kind: 'beyond', above: scaled > 0n };
  return { kind: 'exact', scaled, scale: columnScale, equal: rest === 0n };
}

function exactText({ scaled, scale }: ExactBound, bind: (text: string) => string): string {
  if (scale === 0) return `CAST(${bind(String(scaled))} AS HUGEINT)`;
  const digits = String(scaled < 0n ? -scaled : scaled).padStart(scale + 1, '0');
  const text = `${scaled < 0n ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
  return `CAST(${bind(text)} AS DECIMAL(38,${scale}))`;
}
