/** A query whose measures no rollup stores all together, in groups that one rollup each stores. */
import type { MeasureState } from '../model/aggregates.js';
import { isMergeable, stateName } from '../model/aggregates.js';
import type { CatalogSnapshot } from '../model/catalog.js';
import type { PreparedRollup } from './choose-rollup.js';
import { canMerge } from './match-measures.js';
import { canAnswer, canAnswerPart } from './match-rollup.js';
import type { QueryShape } from './match-rollup.js';

/**
 * The same query for each group of states: its tree, dimensions and filters stay, so that all of them have the same
 * groups of rows, by which they are joined.
 *
 * @param rollups in trial order
 * @returns null where a state is left over, and for a single group
 */
export function measureGroups(
  query: QueryShape,
  rollups: readonly PreparedRollup[],
  catalog: CatalogSnapshot,
): readonly QueryShape[] | null {
  const groups: QueryShape[] = [];
  let left = query.states;
  for (const rollup of rollups) {
    if (left.length === 0) break;
    const group = storedGroup(query, left, rollup, catalog);
    if (group === null) continue;
    groups.push(group);
    const taken = new Set(group.states);
    left = left.filter((state) => !taken.has(state));
  }
  return left.length === 0 && groups.length > 1 ? groups : null;
}

/** With all states that the rollup stores, else with those that can be merged; null: it answers neither. */
function storedGroup(
  query: QueryShape,
  left: readonly MeasureState[],
  { preAggregation, shape, definition }: PreparedRollup,
  catalog: CatalogSnapshot,
): QueryShape | null {
  const meta = catalog.rollups.get(preAggregation.id);
  if (shape === null || meta === undefined) return null;
  const stored = left.filter((state) => shape.states.has(stateName(state)));
  const mergeable = stored.filter(({ kind }) => isMergeable(kind));
  for (const states of mergeable.length < stored.length ? [stored, mergeable] : [stored]) {
    const group = { ...query, states };
    const built = { definition, meta };
    if (states.length === 0) continue;
    if (canAnswer(group, shape, built) || (canMerge(group) && canAnswerPart(group, shape, built)))
      return group;
  }
  return null;
}
