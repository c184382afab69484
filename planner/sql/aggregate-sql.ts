/** The SQL of a measure's state over its input. */
import { unreachable } from '../../model/assert.js';
import type { MeasureState } from '../../model/aggregates.js';
import type { Measure } from '../../model/schema.js';
import type { LogicalType } from '../../model/value.js';
import { isMeasure, measureOf, stateOf } from '../leaf-states.js';
import { renderPart, renderTemplate } from './sql-writer.js';
import type { SqlScope } from './sql-writer.js';

/**
 * What is aggregated, a row's value or NULL when a filter of the measure does not hold. Null for a count of
 * rows.
 * @param counted what a count without SQL counts; null: rows
 */
export function measureInput(
  scope: SqlScope,
  measure: Measure,
  counted: string | null = null,
): string | null {
  if (measure.type === 'number') return null;
  const sql = measure.sql === null ? counted : renderTemplate(scope, measure.sql, measure.cube);
  if (measure.filters.length === 0) return sql;
  const conditions = measure.filters.map((filter) => `(${renderTemplate(scope, filter, measure.cube)})`);
  return `CASE WHEN ${conditions.join(' AND ')} THEN ${sql ?? '1'} END`;
}

/** @param inputOf the `measureInput` of the state's measure, and of those that a calculated one refers to */
export function aggregateSql(
  scope: SqlScope,
  state: MeasureState,
  inputOf: (measure: Measure) => string | null,
): string {
  const type = scope.types.get(state.measure.id) ?? null;
  const input = inputOf(state.measure);
  switch (state.kind) {
    case 'count':
      return `count(${input ?? '*'})`;
    case 'sum':
      return type?.kind === 'double' ? doubleSumSql(input as string) : `sum(${input})`;
    case 'min':
    case 'max':
      return `${state.kind}(${orderedSql(input as string, type)})`;
    case 'distinct':
      return `count(DISTINCT ${input})`;
    case 'sketch':
      return sketchSql(input as string, type, state.measure.precision);
    case 'raw':
      return state.measure.type === 'avg' ? `avg(${input})` : rawSql(scope, state.measure, inputOf);
    default:
      return unreachable(state.kind);
  }
}

/**
 * Distinct values per group go to the functions that `sources/duckdb-sketches.ts` registers. What is hashed: 8 bytes of
 * an integer (a time: its microseconds; beyond 64 bits: 63 bits of the MD5 of its digits) or of a double, else the
 * UTF-8 bytes of the text.
 */
function sketchSql(input: string, type: LogicalType | null, precision: number): string {
  const kind = type?.kind ?? 'string';
  const call = kind === 'integer' || kind === 'time' ? 'integers' : kind === 'double' ? 'doubles' : 'strings';
  const value = {
    integers: kind === 'time' ? `epoch_us(CAST(${input} AS TIMESTAMP))` : wordSql(input),
    doubles: `CAST(${input} AS DOUBLE)`,
    strings: `CAST(${input} AS VARCHAR)`,
  }[call];
  return `granary_sketch_${call}(list(DISTINCT ${value}) FILTER (WHERE (${input}) IS NOT NULL), ${precision})`;
}

/** `sum` of doubles depends on the order of rows; `fsum` compensates, but makes NaN of what is infinite. */
function doubleSumSql(input: string): string {
  return `CASE WHEN isfinite(fsum(${input})) THEN fsum(${input}) ELSE sum(${input}) END`;
}

/** The input in a form whose order in the source is that of its values here: what has no type of its own is text. */
function orderedSql(input: string, type: LogicalType | null): string {
  switch (type?.kind) {
    case 'time':
      return `date_trunc('millisecond', CAST(${input} AS TIMESTAMP))`;
    case 'string':
    case 'sketch':
      return `CAST(${input} AS VARCHAR)`;
    default:
      return input;
  }
}

/** An integer of any type in a BIGINT. */
function wordSql(input: string): string {
  const digest = `md5_number_lower(CAST(${input} AS VARCHAR))`;
  return `coalesce(TRY_CAST(${input} AS BIGINT), CAST(${digest} // 2 AS BIGINT))`;
}

/** A calculated measure in SQL: measures in it become their aggregates. */
function rawSql(scope: SqlScope, measure: Measure, inputOf: (measure: Measure) => string | null): string {
  const parts = (measure.sql?.parts ?? []).map((part) => {
    if (part.kind !== 'member' || !isMeasure(scope.model, part.member)) {
      return renderPart(scope, part, measure.cube);
    }
    const state = stateOf(measureOf(scope.model, part.member));
    // Nothing is merged here: an exact count does for an estimate, and SQL can reckon with it.
    const kind = state.kind === 'sketch' ? 'distinct' : state.kind;
    return `(${aggregateSql(scope, { ...state, kind }, inputOf)})`;
  });
  return parts.join('');
}
