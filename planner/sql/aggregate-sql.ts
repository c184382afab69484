/** The SQL of a measure's state over its input. */
import { unreachable } from '../../model/assert.js';
import type { MeasureState } from '../../model/aggregates.js';
import type { Measure, MemberId } from '../../model/schema.js';
import type { SqlTemplate } from '../../model/sql-template.js';
import { isMeasure, isTruth, measureOf, sourceState } from '../leaf-states.js';
import { dimensionOf } from '../output-columns.js';
import type { SqlScope } from './sql-scope.js';
import { COMOMENTS, MOMENTS } from './sql-tree.js';
import type { SqlExpression } from './sql-tree.js';
import { dimensionSql, memberSql, partsSql, templateSql } from './template-sql.js';

/** What is aggregated of each row, see `measureInputs`. */
export type InputsOf = (measure: Measure) => readonly SqlExpression[];

/**
 * What is aggregated: a row's value or NULL when a filter of the measure does not hold, and what stands beside it. None
 * for a count of rows.
 * @param counted what a count without SQL counts; null: rows
 */
export function measureInputs(
  scope: SqlScope,
  measure: Measure,
  counted: SqlExpression | null = null,
): readonly SqlExpression[] {
  if (measure.type === 'number') return [];
  const value = measure.sql === null ? counted : templateSql(scope, measure.sql, measure.cube);
  const filtered = measure.filters.length === 0 ? value : filteredSql(scope, measure, value);
  if (filtered === null) return [];
  switch (measure.type) {
    case 'variance':
    case 'stddev':
    case 'covariance':
    case 'correlation':
      return [typedSql(filtered, 'double'), ...secondSql(scope, measure)];
    case 'bool_and':
    case 'bool_or':
      return [typedSql(filtered, 'boolean')];
    default:
      return [filtered, ...secondSql(scope, measure)];
  }
}

function filteredSql(scope: SqlScope, measure: Measure, value: SqlExpression | null): SqlExpression {
  const operands = measure.filters.map((filter) => templateSql(scope, filter, measure.cube));
  return {
    kind: 'case',
    condition: { kind: 'and', operands },
    value: value ?? { kind: 'constant', value: 1 },
  };
}

/** The `sql2` of a measure, or its time. */
function secondSql(scope: SqlScope, { type, second, cube }: Measure): SqlExpression[] {
  if (second === null) return [];
  const [part] = second.parts;
  return (type === 'first' || type === 'last') && part?.kind === 'member'
    ? [dimensionSql(scope, dimensionOf(scope.model, part.member))]
    : [typedSql(templateSql(scope, second, cube), 'double')];
}

function typedSql(operand: SqlExpression, type: 'double' | 'boolean'): SqlExpression {
  return { kind: 'cast', operand, type };
}

/**
 * The columns of a state.
 * @param inputsOf the `measureInputs` of the state's measure, and of those that a calculated one refers to
 */
export function stateSql(scope: SqlScope, state: MeasureState, inputsOf: InputsOf): readonly SqlExpression[] {
  const { kind, measure } = state;
  switch (kind) {
    case 'moments': {
      const [operand] = inputsOf(measure);
      return MOMENTS.map((part) => ({ kind, part, operand }));
    }
    case 'comoments': {
      const [operand, other] = inputsOf(measure);
      return COMOMENTS.map((part) => ({ kind, part, operand, other }));
    }
    case 'first':
    case 'last':
      return (['value', 'time'] as const).map((part) => byTimeSql(scope, measure, kind, part, inputsOf));
    default:
      return [aggregateSql(scope, state, inputsOf)];
  }
}

function byTimeSql(
  scope: SqlScope,
  measure: Measure,
  end: 'first' | 'last',
  part: 'value' | 'time',
  inputsOf: InputsOf,
): SqlExpression {
  const [operand, time] = inputsOf(measure);
  return { kind: 'byTime', end, part, operand, time, type: scope.types.get(measure.id) ?? null };
}

/** A state that is one aggregate. */
function aggregateSql(scope: SqlScope, { kind, measure }: MeasureState, inputsOf: InputsOf): SqlExpression {
  if (kind === 'raw') return rawSql(scope, measure, inputsOf);
  const [operand] = inputsOf(measure);
  const type = scope.types.get(measure.id) ?? null;
  switch (kind) {
    case 'count':
      return { kind: 'count', operand: operand ?? null };
    case 'sum':
      return { kind, operand, type };
    case 'min':
    case 'max':
      return { kind, operand, type: isTruth(measure) ? { kind: 'boolean' } : type };
    case 'distinct':
      return { kind: 'countDistinct', operand };
    case 'sketch':
      return { kind: 'sketch', operand, type, precision: measure.precision };
    case 'moments':
    case 'comoments':
    case 'first':
    case 'last':
      throw new Error(`a state of kind ${kind} is several aggregates`);
    default:
      return unreachable(kind);
  }
}

/** The value of a measure by the source's own means. */
function rawSql(scope: SqlScope, measure: Measure, inputsOf: InputsOf): SqlExpression {
  const { type } = measure;
  const [operand, other] = inputsOf(measure);
  switch (type) {
    case 'number':
      return calculatedSql(scope, measure, inputsOf);
    case 'variance':
    case 'stddev':
      return { kind: 'spread', statistic: type, operand };
    case 'covariance':
    case 'correlation':
      return { kind: 'together', statistic: type, operand, other };
    case 'first':
    case 'last':
      return byTimeSql(scope, measure, type, 'value', inputsOf);
    default:
      return { kind: 'avg', operand };
  }
}

/** A calculated measure in SQL: measures in it become their aggregates. */
function calculatedSql(scope: SqlScope, measure: Measure, inputsOf: InputsOf): SqlExpression {
  const { model } = scope;
  const memberOf = (member: MemberId): SqlExpression => {
    if (!isMeasure(model, member)) return memberSql(scope, member);
    const state = sourceState(measureOf(model, member));
    // Nothing is merged here: an exact count does for an estimate, and SQL can reckon with it.
    const kind = state.kind === 'sketch' ? 'distinct' : state.kind;
    return operandSql(aggregateSql(scope, { ...state, kind }, inputsOf));
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
