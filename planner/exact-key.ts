/** When a query asks for the very groups that a rollup stores. */
import type { Query } from '../model/query.js';
import { grainName } from '../model/schema.js';
import { pinnedColumns } from './choose-index.js';
import type { RollupShape } from './rollup-shape.js';

/**
 * Whether each row of the answer is one stored row, so that nothing is merged and any stored value is right: every
 * key of the rollup is grouped by as it is stored, or pinned to one value by the filter. That all keys of the query
 * are stored is for others to check.
 */
export function isExactKey(query: Query, shape: RollupShape): boolean {
  const pinned = pinnedColumns(query.filter);
  const hasTimes = shape.request.keys.some((key) => key.time);
  if (hasTimes && query.timezone !== 'UTC') return false; // two stored times may carry one label
  return (
    [...shape.dimensions].every((member) => query.dimensions.includes(member) || pinned.has(member)) &&
    [...shape.segments].every((segment) => query.segments.includes(segment)) &&
    shape.preAggregation.timeDimensions.every((stored) =>
      query.timeDimensions.some(
        ({ dimension, granularity }) =>
          dimension === stored.dimension &&
          granularity !== null &&
          grainName(granularity) === grainName(stored.granularity),
      ),
    )
  );
}
