import type { Query } from '../model/query.js';
import { grainName } from '../model/schema.js';
import { trialRank } from './choose-rollup.js';
import type { PreparedRollup, Selection } from './choose-rollup.js';

/**
 * The order in which rollups are tried: where the query asks for granularities that its time dimensions define
 * themselves, of those that are ranked alike the ones that store the most of these come first (H3); else, and among
 * equals, the order in which they were.
 */
export function preferGrain(
  rollups: readonly PreparedRollup[],
  query: Query,
  selection: Selection,
): readonly PreparedRollup[] {
  const custom = query.timeDimensions.flatMap(({ dimension, granularity }) =>
    granularity === null || typeof granularity === 'string' ? [] : [{ dimension, name: granularity.name }],
  );
  if (custom.length === 0) return rollups;
  const stored = ({ shape }: PreparedRollup): number =>
    custom.filter(({ dimension, name }) =>
      shape?.times.get(dimension)?.some((grain) => grainName(grain) === name),
    ).length;
  return rollups.toSorted(
    (a, b) => trialRank(a, selection) - trialRank(b, selection) || stored(b) - stored(a),
  );
}
