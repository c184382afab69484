/** When a query asks for the very groups that a rollup stores. */
import { isSameGrain } from '../model/schema.js';
import { pinnedColumns } from './choose-index.js';
import type { QueryShape } from './match-rollup.js';
import { namesPrimaryKeys } from './require-primary-keys.js';
import type { RollupShape } from './rollup-shape.js';

/**
 * Whether each row of the answer is one stored row, so that nothing is merged and any stored value is right: every
 * key of the rollup is grouped by as it is stored, or pinned to one value by the filter; or the query names the rows
 * themselves, by their primary keys. That all keys of the query are stored is for the rules of dimensions and filters.
 */
export function isExactKey({ model, query }: QueryShape, shape: RollupShape): boolean {
  if (query.ungrouped && namesPrimaryKeys(model, query, shape.tree)) return true;
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
          isSameGrain(granularity, stored.granularity),
      ),
    )
  );
}
