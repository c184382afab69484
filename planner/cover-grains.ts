import type { RollupMeta } from '../model/catalog.js';
import type { Query } from '../model/query.js';
import { regroups } from './match-times.js';
import { fitsZone } from './match-timezone.js';
import type { RollupShape } from './rollup-shape.js';

/**
 * The granularities of a rollup whose whole buckets answer a part of the query's ranges: of each time dimension those
 * that every bounded time of the query can be made of.
 */
export function coverGrains(query: Query, { times }: RollupShape, meta: RollupMeta): RollupShape['times'] {
  const { timezone } = query;
  const bounded = query.timeDimensions.filter(({ range }) => range !== null);
  return new Map(
    [...times].map(([dimension, stored]) => {
      // What is stored alone has matched.
      if (stored.length === 1) return [dimension, stored];
      const asked = bounded.filter((time) => time.dimension === dimension);
      const fits = stored.filter((grain) =>
        asked.every((time) => regroups(time, grain, timezone) && fitsZone(time, grain, timezone, meta)),
      );
      return [dimension, fits];
    }),
  );
}
