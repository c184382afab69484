/**
 * Which of the rollups that match answers (X3). `first`: the first in the order of definition, as Cube does. `priority`:
 * the highest priority, then the one whose number of dimensions is closest to the query's, then the coarser. `cost`:
 * the fewest rows to scan after pruning. What is left equal is decided by the order of definition.
 */
import type { CatalogSnapshot, RollupMeta } from '../model/catalog.js';
import { DAY_MS, gridOf } from '../model/civil-time.js';
import type { Grain, MemberId, PreAggregation, PreAggregationType } from '../model/schema.js';
import type { QueryShape, RollupCandidate } from './match-rollup.js';
import { canAnswer } from './match-rollup.js';
import type { RollupShape } from './rollup-shape.js';

export type Selection = 'first' | 'priority' | 'cost';

/** A rollup as it is known before anything is published. */
export type PreparedRollup = Omit<RollupCandidate, 'meta'>;

/** Those that are tried first come first; the order of definition decides among equals. */
export function trialOrder(rollups: readonly PreparedRollup[], selection: Selection): PreparedRollup[] {
  return rollups.toSorted((a, b) => trialRank(a, selection) - trialRank(b, selection));
}

/** Lower is tried first. */
export function trialRank(
  { preAggregation: { type, priority } }: PreparedRollup,
  selection: Selection,
): number {
  return CLASS[type] * 1_000 - (selection === 'priority' ? priority : 0);
}

/** A rollup comes before the original SQL, wherever they stand. */
const CLASS: Readonly<Record<PreAggregationType, number>> = {
  rollup_lambda: 0,
  rollup: 0,
  rollup_join: 0,
  auto_rollup: 0,
  original_sql: 1,
};

export interface MatchedRollup {
  readonly shape: RollupShape;
  readonly meta: RollupMeta;
}

/**
 * @param rollups in trial order
 * @param rowsOf rows to scan of a rollup that matches
 * @returns null when none matches
 */
export function chooseRollup(
  query: QueryShape,
  rollups: readonly PreparedRollup[],
  catalog: CatalogSnapshot,
  selection: Selection,
  rowsOf: (matched: MatchedRollup) => number,
): MatchedRollup | null {
  let best: MatchedRollup | null = null;
  let bestRows = 0;
  for (const { preAggregation, shape, definition } of rollups) {
    const meta = catalog.rollups.get(preAggregation.id);
    if (shape === null || meta === undefined) continue;
    if (selection === 'priority' && isBehind(preAggregation, best)) break;
    if (!canAnswer(query, shape, { definition, meta })) continue;
    const matched: MatchedRollup = { shape, meta };
    if (selection === 'first') return matched;
    const rows = selection === 'cost' ? rowsOf(matched) : 0;
    const better =
      best === null || (selection === 'cost' ? rows < bestRows : isCloser(query, shape, best.shape));
    if (better) [best, bestRows] = [matched, rows];
  }
  return best;
}

function isBehind({ priority }: PreAggregation, best: MatchedRollup | null): boolean {
  return best !== null && priority < best.shape.preAggregation.priority;
}

/** Of two of one priority: fewer dimensions too many, then coarser times, since these are fewer rows (X11). */
function isCloser(query: QueryShape, shape: RollupShape, than: RollupShape): boolean {
  const distance = distanceOf(query, shape) - distanceOf(query, than);
  if (distance !== 0) return distance < 0;
  return query.query.timeDimensions.some(
    ({ dimension }) => rankOf(shape, dimension) > rankOf(than, dimension),
  );
}

function distanceOf({ query, filtered }: QueryShape, { dimensions, times }: RollupShape): number {
  const asked = new Set([
    ...query.dimensions,
    ...filtered,
    ...query.timeDimensions.map((time) => time.dimension),
  ]);
  return Math.abs(dimensions.size + times.size - asked.size);
}

/** By the finest of several granularities, which decides how many rows there are. */
function rankOf({ times }: RollupShape, dimension: MemberId): number {
  const stored = times.get(dimension);
  return stored === undefined ? -1 : Math.min(...stored.map(lengthOf));
}

const MEAN_MONTH_MS = (DAY_MS * 146_097) / 4_800;

function lengthOf(granularity: Grain): number {
  const { unit, size } = gridOf(granularity);
  return unit === 'month' ? size * MEAN_MONTH_MS : size;
}
