/** Every state that the query merges must be stored, mergeable, and not multiplied by a join. */
import { isMergeable } from '../model/aggregates.js';
import type { MeasureState } from '../model/aggregates.js';
import type { Reason } from '../model/plan.js';
import type { DataModel } from '../model/schema.js';
import { addToList } from './fix.js';
import { leafIds, statesOf } from './leaf-states.js';
import type { QueryShape } from './match-rollup.js';
import type { RollupShape } from './rollup-shape.js';

export function matchMeasures(model: DataModel, query: QueryShape, shape: RollupShape): Reason[] {
  return statesOf(query.finish).flatMap((state) => matchState(model, query, shape, state));
}

function matchState(model: DataModel, query: QueryShape, shape: RollupShape, state: MeasureState): Reason[] {
  const { measure } = state;
  const member = measure.id;
  const { id } = shape.preAggregation;
  if (query.multiplied.has(measure.cube)) {
    const message = `${member} is multiplied: the query joins ${measure.cube} to many rows for each of its own.`;
    return [{ code: 'measure_multiplied', message, member }];
  }
  if (shape.multiplied.has(measure.cube)) {
    const message = `${id} stores measures of ${measure.cube} multiplied by its joins; they cannot be added up.`;
    return [{ code: 'measure_multiplied', message, member }];
  }
  if (!isMergeable(state.kind)) {
    if (leafIds(model, measure).length > 0) {
      const message = `the SQL of ${member} is more than arithmetic; only the source can evaluate it.`;
      return [{ code: 'measure_expression', message, member }];
    }
    const advice = state.kind === 'distinct' ? ' Use count_distinct_approx.' : '';
    const message = `${member} is of type ${measure.type}, whose values cannot be merged.${advice}`;
    return [{ code: 'measure_not_additive', message, member }];
  }
  if (shape.states.has(state.column)) return [];
  return [
    {
      code: 'measure_missing',
      message: `${id} does not store ${member}.`,
      member,
      fix: addToList(shape.preAggregation, 'measures', member),
    },
  ];
}
