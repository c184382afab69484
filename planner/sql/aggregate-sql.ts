/** The SQL of a measure's state over its input. */
import { unreachable } from '../../model/assert.js';
import type { MeasureState } from '../../model/aggregates.js';
import type { Measure, MemberId } from '../../model/schema.js';
import type { SqlTemplate } from '../../model/sql-template.js';
import { isMeasure, measureOf, stateOf } from '../leaf-states.js';
import type { SqlScope } from './sql-scope.js';
import type { SqlExpression } from './sql-tree.js';
import { memberSql, partsSql, templateSql } from './template-sql.js';

/**
 * What is aggregated, a row's value or NULL when a filter of the measure does not hold. Null for a count of
 * rows.
 * @param counted what a count without SQL counts; null: rows
 */
export function measureInput(
  scope: SqlScope,
  measure: Measure,
  counted: SqlExpression | null = null,
): SqlExpression | null {
  if (measure.type === 'number') return null;
  const value = measure.sql === null ? counted : templateSql(scope, measure.sql, measure.cube);
  if (measure.filters.length === 0) return value;
  return {
    kind: 'case',
    condition: {
      kind: 'and',
      operands: measure.filters.map((filter) => templateSql(scope, filter, measure.cube)),
    },
    value: value ?? { kind: 'constant', value: 1 },
  };
}

/** @param inputOf the `measureInput` of the state's measure, and of those that a calculated one refers to */
export function aggregateSql(
  scope: SqlScope,
  state: MeasureState,
  inputOf: (measure: Measure) => SqlExpression | null,
): SqlExpression {
  const type = scope.types.get(state.measure.id) ?? null;
  if (state.kind === 'count') return { kind: 'count', operand: inputOf(state.measure) };
  if (state.kind === 'raw' && state.measure.type === 'number')
    return calculatedSql(scope, state.measure, inputOf);
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
  scope: SqlScope,
  measure: Measure,
  inputOf: (measure: Measure) => SqlExpression | null,
): SqlExpression {
  const { model } = scope;
  const memberOf = (member: MemberId): SqlExpression => {
    if (!isMeasure(model, member)) return memberSql(scope, member);
    const state = stateOf(measureOf(model, member));
    // Nothing is merged here: an exact count does for an estimate, and SQL can reckon with it.
    const kind = state.kind === 'sketch' ? 'distinct' : state.kind;
    return operandSql(aggregateSql(scope, { ...state, kind }, inputOf));
  };
  const { parts } = measure.sql as SqlTemplate;
  return partsSql(scope, parts, { cube: measure.cube, table: null, memberOf });
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
