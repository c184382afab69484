import type { RollupMeta } from '../model/catalog.js';
import type { Query } from '../model/query.js';
import { regroups } from './match-times.js';
import { fitsZone } from './match-timezone.js';
import type { RollupShape } from './rollup-shape.js';

/**
 * The granularities of a rollup whose whole buckets answer for some of the query's times: of each time dimension those
 * that every one of its buckets in the query can be made of.
 */
export function coverGrains(query: Query, { times }: RollupShape, meta: RollupMeta): RollupShape['times'] {
  const { timezone, timeDimensions } = query;
  return new Map(
    [...times].map(([dimension, stored]) => {
      // What is stored alone has matched.
      if (stored.length === 1) return [dimension, stored];
      const asked = timeDimensions.filter((time) => time.dimension === dimension);
      const fits = stored.filter((grain) =>
        asked.every((time) => regroups(time, grain, timezone) && fitsZone(time, grain, timezone, meta)),
      );
      return [dimension, fits];
    }),
  );
}
