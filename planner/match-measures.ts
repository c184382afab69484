/**
 * Every state that the query needs must be stored, not multiplied by a join, and mergeable, unless the query asks
 * for the very groups that are stored.
 */
import { isMergeable } from '../model/aggregates.js';
import type { MeasureState } from '../model/aggregates.js';
import type { Reason } from '../model/plan.js';
import type { DataModel } from '../model/schema.js';
import { isExactKey } from './exact-key.js';
import { addToList } from './fix.js';
import { leafIds, statesOf } from './leaf-states.js';
import type { QueryShape } from './match-rollup.js';
import { namesPrimaryKeys } from './require-primary-keys.js';
import type { RollupShape } from './rollup-shape.js';

export function matchMeasures(model: DataModel, query: QueryShape, shape: RollupShape): Reason[] {
  const exact =
    isExactKey(query.query, shape) ||
    (query.query.ungrouped && namesPrimaryKeys(model, query.query, shape.tree));
  return statesOf(query.finish).flatMap((state) => {
    const reason =
      multipliedReason(query, shape, state) ??
      (exact ? null : mergeReason(model, shape, state)) ??
      storedReason(shape, state);
    return reason === null ? [] : [reason];
  });
}

/** Whether all states of the query can be merged, as those of an aggregating index have been. */
export function canMerge(query: QueryShape): boolean {
  return statesOf(query.finish).every(({ kind }) => isMergeable(kind));
}

function multipliedReason(query: QueryShape, shape: RollupShape, { measure }: MeasureState): Reason | null {
  const member = measure.id;
  if (query.multiplied.has(measure.cube)) {
    const message = `${member} is multiplied: the query joins ${measure.cube} to many rows for each of its own.`;
    return { code: 'measure_multiplied', message, member };
  }
  if (!shape.multiplied.has(measure.cube)) return null;
  const message = `${shape.preAggregation.id} stores measures of ${measure.cube} multiplied by its joins; they cannot be added up.`;
  return { code: 'measure_multiplied', message, member };
}

/** Why stored values of the measure cannot be merged into larger groups. */
function mergeReason(model: DataModel, shape: RollupShape, { kind, measure }: MeasureState): Reason | null {
  if (isMergeable(kind)) return null;
  const member = measure.id;
  const only = `only a query by exactly the dimensions and the granularity of ${shape.preAggregation.id} could read it.`;
  if (leafIds(model, measure).length > 0) {
    const message = `the SQL of ${member} is more than arithmetic, so merged measures do not give it; ${only}`;
    return { code: 'measure_expression', message, member };
  }
  const advice = kind === 'distinct' ? ' With count_distinct_approx every query can.' : '';
  const message = `${member} is of type ${measure.type}, whose values cannot be merged; ${only}${advice}`;
  return { code: 'measure_not_additive', message, member };
}

function storedReason(shape: RollupShape, state: MeasureState): Reason | null {
  if (shape.states.has(state.column)) return null;
  const { preAggregation } = shape;
  const member = state.measure.id;
  return {
    code: 'measure_missing',
    message: `${preAggregation.id} does not store ${member}.`,
    member,
    fix: addToList(preAggregation, 'measures', member),
  };
}
