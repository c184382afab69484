import type { Query } from '../model/query.js';
import { grainName } from '../model/schema.js';
import type { RollupCandidate } from './match-rollup.js';

/**
 * The order in which rollups are tried: where the query asks for granularities that its time dimensions define
 * themselves, those that store the most of these come first; else, and among equals, the order in which they were.
 */
export function preferGrain<Rollup extends Pick<RollupCandidate, 'shape'>>(
  rollups: readonly Rollup[],
  query: Query,
): readonly Rollup[] {
  const custom = query.timeDimensions.flatMap(({ dimension, granularity }) =>
    granularity === null || typeof granularity === 'string' ? [] : [{ dimension, name: granularity.name }],
  );
  if (custom.length === 0) return rollups;
  const stored = ({ shape }: Rollup): number =>
    custom.filter(({ dimension, name }) =>
      shape?.times.get(dimension)?.some((grain) => grainName(grain) === name),
    ).length;
  return rollups.toSorted((a, b) => stored(b) - stored(a));
}
