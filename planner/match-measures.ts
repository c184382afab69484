/**
 * Every state that the query needs must be stored, not multiplied by a join, and mergeable, unless the query asks
 * for the very groups that are stored.
 */
import { isMergeable, stateName } from '../model/aggregates.js';
import type { MeasureState } from '../model/aggregates.js';
import { isExactKey } from './exact-key.js';
import { leafIds } from './leaf-states.js';
import type { QueryShape } from './match-rollup.js';
import type { RollupShape } from './rollup-shape.js';
import type { Finding, Rule } from './rule.js';
import { foundOrNull } from './rule.js';

export const measuresRule: Rule = {
  name: 'measures',
  asks: 'Is every measure, or every leaf that it is computed from, stored as values that can be merged?',
  codes: {
    measure_multiplied: 'A join of the query or of the rollup repeats the rows of the measure.',
    measure_not_additive:
      'Values of the measure (count_distinct, number) cannot be merged, and the query does not ask for exactly the stored groups.',
    measure_expression:
      'The SQL of the calculated measure is more than arithmetic over measures, and the query does not ask for exactly the stored groups.',
    measure_missing: 'The rollup does not store the measure, nor the leaves that it is computed from.',
  },
  spec: ['B19', 'B20', 'B21', 'B22', 'B23', 'B24', 'E25', 'X22'],
  check: matchMeasures,
};

function matchMeasures(query: QueryShape, rollup: RollupShape): readonly Finding[] | null {
  const { states } = query;
  const exact = states.every(({ kind }) => isMergeable(kind)) || isExactKey(query, rollup);
  if (exact && states.every((state) => isStoredOnce(query, rollup, state))) return null;
  return foundOrNull(
    // A measure of two states, an avg, is told of once.
    eachMeasureOnce(states).flatMap(
      (state) =>
        multipliedFinding(query, rollup, state) ??
        (exact ? null : mergeFinding(query, rollup, state)) ??
        missingFinding(rollup, state) ??
        [],
    ),
  );
}

function eachMeasureOnce(states: readonly MeasureState[]): readonly MeasureState[] {
  return [...new Map(states.map((state) => [state.measure.id, state])).values()];
}

/** Whether all states of the query can be merged, as those of an aggregating index have been. */
export function canMerge(query: QueryShape): boolean {
  return query.states.every(({ kind }) => isMergeable(kind));
}

function isStoredOnce(query: QueryShape, rollup: RollupShape, state: MeasureState): boolean {
  const { cube } = state.measure;
  return !query.multiplied.has(cube) && !rollup.multiplied.has(cube) && rollup.states.has(stateName(state));
}

function multipliedFinding(
  query: QueryShape,
  rollup: RollupShape,
  { measure }: MeasureState,
): Finding | null {
  const { id, cube } = measure;
  if (query.multiplied.has(cube)) {
    const message = (): string =>
      `${id} is multiplied: the query joins ${cube} to many rows for each of its own.`;
    return { code: 'measure_multiplied', member: id, message };
  }
  if (!rollup.multiplied.has(cube)) return null;
  const message = (): string =>
    `${rollup.preAggregation.id} stores measures of ${cube} multiplied by its joins; they cannot be added up.`;
  return { code: 'measure_multiplied', member: id, message };
}

/** Why stored values of the measure cannot be merged into larger groups. */
function mergeFinding(
  query: QueryShape,
  rollup: RollupShape,
  { kind, measure }: MeasureState,
): Finding | null {
  if (isMergeable(kind)) return null;
  const { id, type } = measure;
  const only = (): string =>
    `only a query by exactly the dimensions and the granularity of ${rollup.preAggregation.id} could read it.`;
  if (leafIds(query.model, measure).length > 0) {
    const message = (): string =>
      `the SQL of ${id} is more than arithmetic, so merged measures do not give it; ${only()}`;
    return { code: 'measure_expression', member: id, message };
  }
  const advice = kind === 'distinct' ? ' With count_distinct_approx every query can.' : '';
  const message = (): string => `${id} is of type ${type}, whose values cannot be merged; ${only()}${advice}`;
  return { code: 'measure_not_additive', member: id, message };
}

function missingFinding(rollup: RollupShape, state: MeasureState): Finding | null {
  if (rollup.states.has(stateName(state))) return null;
  const { measure } = state;
  const message = (): string => `${rollup.preAggregation.id} does not store ${measure.id}.`;
  return { code: 'measure_missing', member: measure.id, message };
}
