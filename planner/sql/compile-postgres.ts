/**
 * SQL as PostgreSQL 15 reads it, in a session whose time zone is UTC and a database in UTF-8. Text is compared and
 * ordered by its bytes (collation "C"), whatever the collation of the database.
 */
import { unreachable } from '../../model/assert.js';
import { StoreError } from '../../model/errors.js';
import type { Grain } from '../../model/schema.js';
import type { LogicalType } from '../../model/value.js';
import { gridSql } from './grid-sql.js';
import type { SqlDialect } from './sql-dialect.js';
import type { SqlComoment, SqlMoment, SqlNumberTest } from './sql-tree.js';

export const postgresDialect: SqlDialect = {
  name: (name) => quoteName(requireShort(name)),
  // What stands without quotes is lower case to PostgreSQL.
  word: (word) => quoteName(word.toLowerCase()),
  // Without a type, a parameter would take that of its surroundings.
  parameter: (place, type) =>
    `CAST(${place} AS ${{ string: 'TEXT', boolean: 'BOOLEAN', time: 'TIMESTAMP' }[type]})`,
  nullOf: nullText,
  cast: (operand, type) =>
    type === 'string'
      ? textText(operand)
      : `CAST(${operand} AS ${{ boolean: 'BOOLEAN', time: 'TIMESTAMP', double: 'DOUBLE PRECISION' }[type]})`,
  // NUMERIC divides as a real number, and keeps every digit.
  real: (operand) => `CAST(${operand} AS NUMERIC)`,
  number: (text, type) => `CAST(${text} AS ${numberType(type)})`,
  bucket: bucketText,
  match: matchText,
  compareNumber: compareNumberText,
  // REAL would be added up in single precision.
  sum: (operand, type) =>
    type?.kind === 'double' ? `sum(CAST(${operand} AS DOUBLE PRECISION))` : `sum(${operand})`,
  extreme: extremeText,
  avg: (operand) => `CAST(avg(${operand}) AS DOUBLE PRECISION)`,
  anyValue: (operand) => `(array_agg(${operand}) FILTER (WHERE ${operand} IS NOT NULL))[1]`,
  moments: momentText,
  comoments: comomentText,
  ordered: orderedText,
  atEnd(end, value, time, filter) {
    const direction = end === 'first' ? 'ASC' : 'DESC';
    return `(array_agg(${value} ORDER BY ${time} ${direction}, ${value} ${direction}) ${filter})[1]`;
  },
  sketch: () => {
    throw new StoreError(
      'query_invalid',
      'PostgreSQL has no function that makes the sketch of a count_distinct_approx.',
      {
        next: 'Ask for a measure of type count_distinct, or keep the rows in a DuckDB source.',
      },
    );
  },
};

/** PostgreSQL cuts longer names, and two of them may become one. */
const NAME_BYTES_MAX = 63;

function requireShort(name: string): string {
  const bytes = new TextEncoder().encode(name).length;
  if (bytes <= NAME_BYTES_MAX) return name;
  throw new StoreError('query_invalid', `PostgreSQL would cut the name '${name}': it has ${bytes} bytes.`, {
    next: `Choose names of cube and member with at most ${NAME_BYTES_MAX} bytes together.`,
  });
}

function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function numberType(type: LogicalType): string {
  if (type.kind === 'decimal') return 'NUMERIC';
  return type.kind === 'integer' ? 'BIGINT' : 'DOUBLE PRECISION';
}

function bucketText(time: string, granularity: Grain | null): string {
  if (typeof granularity === 'object' && granularity !== null)
    return gridSql(time, granularity.grid, yearText);
  return `date_trunc('${granularity ?? 'milliseconds'}', ${time})`;
}

/** 1 BC is the year -1 to PostgreSQL, the year 0 to the model. */
function yearText(date: string): string {
  const year = `extract(year FROM ${date})`;
  return `(${year} + CASE WHEN ${year} < 0 THEN 1 ELSE 0 END)`;
}

function textText(operand: string): string {
  return `(CAST(${operand} AS TEXT) COLLATE "C")`;
}

/** A UNION of NULLs without a type would be text. */
function nullText(type: LogicalType | null): string {
  switch (type?.kind) {
    case undefined:
      return 'NULL';
    case 'string':
    case 'sketch':
      return textText('NULL');
    case 'boolean':
      return 'CAST(NULL AS BOOLEAN)';
    case 'integer':
      return 'CAST(NULL AS BIGINT)';
    case 'decimal':
      return 'CAST(NULL AS NUMERIC)';
    case 'double':
      return 'CAST(NULL AS DOUBLE PRECISION)';
    case 'time':
      return 'CAST(NULL AS TIMESTAMP)';
  }
}

/**
 * One character at a time, as `lowerCase` of the model: ICU would make two characters of the dotted capital I, and a
 * final sigma at the end of a word.
 */
function lowerText(operand: string): string {
  return `lower(translate(${operand}, '\u0130\u03a3', 'i\u03c3') COLLATE "und-x-icu")`;
}

function matchText(kind: 'contains' | 'startsWith' | 'endsWith', operand: string, needle: string): string {
  const lower = lowerText(operand);
  switch (kind) {
    case 'contains':
      return `strpos(${lower}, ${needle}) > 0`;
    case 'startsWith':
      return `starts_with(${lower}, ${needle})`;
    case 'endsWith':
      return `right(${lower}, length(${needle})) = ${needle}`;
  }
}

/** NUMERIC holds every literal; a double is compared with the nearest double, which no literal is too large for. */
function compareNumberText(test: SqlNumberTest, operand: string, bind: (text: string) => string): string {
  const { operator, type, digits, scale } = test;
  const digitsText = `${digits}e${-scale}`;
  const literal =
    type.kind === 'double'
      ? `CAST(${bind(String(Number(digitsText)))} AS DOUBLE PRECISION)`
      : `CAST(${bind(digitsText)} AS NUMERIC)`;
  return `${operand} ${operator} ${literal}`;
}

/** PostgreSQL orders truth values but has no minimum of them. */
function extremeText(kind: 'min' | 'max', operand: string, type: LogicalType | null): string {
  switch (type?.kind) {
    case 'boolean':
      return `${kind === 'min' ? 'bool_and' : 'bool_or'}(${operand})`;
    default:
      return `${kind}(${orderedText(operand, type)})`;
  }
}

/** The operand in a form whose order here is that of its values in the house. */
function orderedText(operand: string, type: LogicalType | null): string {
  switch (type?.kind) {
    case 'time':
      return `date_trunc('milliseconds', CAST(${operand} AS TIMESTAMP))`;
    case 'string':
    case 'sketch':
      return textText(operand);
    default:
      return operand;
  }
}

/** What is not finite makes moments NaN by itself. */
function momentText(part: SqlMoment, x: string): string {
  switch (part) {
    case 'count':
      return `count(${x})`;
    case 'mean':
      return meanText(x, `avg(${x})`, '');
    case 'm2':
      return `var_pop(${x}) * count(${x})`;
    default:
      return unreachable(part);
  }
}

function comomentText(part: SqlComoment, x: string, y: string): string {
  const both = ` FILTER (WHERE ${x} IS NOT NULL AND ${y} IS NOT NULL)`;
  switch (part) {
    case 'count':
      return `regr_count(${y}, ${x})`;
    case 'meanX':
      return meanText(x, `regr_avgx(${y}, ${x})`, both);
    case 'meanY':
      return meanText(y, `regr_avgy(${y}, ${x})`, both);
    case 'm2X':
      return `regr_sxx(${y}, ${x})`;
    case 'm2Y':
      return `regr_syy(${y}, ${x})`;
    case 'c':
      return `regr_sxy(${y}, ${x})`;
    default:
      return unreachable(part);
  }
}

/** The mean of what is always the same is that very value, so that merged groups of it have no variance. */
function meanText(x: string, mean: string, filter: string): string {
  return `CASE WHEN min(${x})${filter} = max(${x})${filter} THEN min(${x})${filter} ELSE ${mean} END`;
}
