/** The SQL of a measure's state over its input. */
import { unreachable } from '../../model/assert.js';
import type { MeasureState } from '../../model/aggregates.js';
import type { DataModel, Measure, MemberId, SqlTemplate } from '../../model/schema.js';
import type { LogicalType } from '../../model/value.js';
import { isMeasure, measureOf, stateOf } from '../leaf-states.js';
import type { SqlExpression } from './sql-tree.js';
import { memberSql, partsSql, templateSql } from './template-sql.js';

/**
 * What is aggregated, a row's value or NULL when a filter of the measure does not hold. Null for a count of
 * rows.
 * @param counted what a count without SQL counts; null: rows
 */
export function measureInput(
  model: DataModel,
  measure: Measure,
  counted: SqlExpression | null = null,
): SqlExpression | null {
  if (measure.type === 'number') return null;
  const value = measure.sql === null ? counted : templateSql(model, measure.sql, measure.cube);
  if (measure.filters.length === 0) return value;
  return {
    kind: 'case',
    condition: {
      kind: 'and',
      operands: measure.filters.map((filter) => templateSql(model, filter, measure.cube)),
    },
    value: value ?? { kind: 'constant', value: 1 },
  };
}

/** @param inputOf the `measureInput` of the state's measure, and of those that a calculated one refers to */
export function aggregateSql(
  model: DataModel,
  state: MeasureState,
  inputOf: (measure: Measure) => SqlExpression | null,
  types: ReadonlyMap<MemberId, LogicalType>,
): SqlExpression {
  const type = types.get(state.measure.id) ?? null;
  if (state.kind === 'count') return { kind: 'count', operand: inputOf(state.measure) };
  if (state.kind === 'raw' && state.measure.type === 'number')
    return calculatedSql(model, state.measure, inputOf, types);
  const operand = inputOf(state.measure) as SqlExpression;
  switch (state.kind) {
    case 'sum':
    case 'min':
    case 'max':
      return { kind: state.kind, operand, type };
    case 'distinct':
      return { kind: 'countDistinct', operand };
    case 'sketch':
      return { kind: 'sketch', operand, type, precision: state.measure.precision };
    case 'raw':
      return { kind: 'avg', operand };
    default:
      return unreachable(state.kind);
  }
}

/** A calculated measure in SQL: measures in it become their aggregates. */
function calculatedSql(
  model: DataModel,
  measure: Measure,
  inputOf: (measure: Measure) => SqlExpression | null,
  types: ReadonlyMap<MemberId, LogicalType>,
): SqlExpression {
  return partsSql(model, measure.sql as SqlTemplate, (member) => {
    if (!isMeasure(model, member)) return memberSql(model, member);
    const state = stateOf(measureOf(model, member));
    // Nothing is merged here: an exact count does for an estimate, and SQL can reckon with it.
    const kind = state.kind === 'sketch' ? 'distinct' : state.kind;
    return operandSql(aggregateSql(model, { ...state, kind }, inputOf, types));
  });
}

/** An aggregate as the model's own SQL reckons with it: in the source's own type, but integers divide as real numbers. */
function operandSql(aggregate: SqlExpression): SqlExpression {
  switch (aggregate.kind) {
    case 'count':
    case 'countDistinct':
      return { kind: 'real', operand: aggregate };
    case 'sum':
    case 'min':
    case 'max': {
      if (aggregate.type?.kind === 'integer') return { kind: 'real', operand: aggregate };
      const converted = aggregate.type?.kind === 'time' || aggregate.type?.kind === 'string';
      return converted ? { ...aggregate, type: null } : aggregate;
    }
    default:
      return aggregate;
  }
}
