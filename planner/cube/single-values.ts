import type { DataModel } from '../../model/schema.js';
import { lookUp } from '../find-member.js';

/** A filter of a query that has been found valid, as it was written. */
interface WrittenFilter {
  readonly member?: string;
  readonly dimension?: string;
  readonly operator?: string;
  readonly values?: unknown;
  readonly and?: readonly WrittenFilter[];
  readonly or?: readonly WrittenFilter[];
}

/**
 * The selected members and those that the filters pin to one value each. Null where a filter is anything but `equals`
 * with one value, or a group of these under `and`: an `in` with one value is not the same to Cube. Filters on measures
 * do not count.
 */
export function singleValues(
  model: DataModel,
  selected: readonly string[],
  filters: unknown,
): ReadonlySet<string> | null {
  // How many values a member may have; what is grouped by has one at a time.
  const counts = new Map(selected.map((name) => [name, 1]));
  const count = (filter: WrittenFilter): boolean => {
    if (filter.and !== undefined) return filter.and.every(count);
    const name = filter.member ?? filter.dimension;
    if (filter.operator !== 'equals' || name === undefined) return false;
    counts.set(name, Math.min(counts.get(name) ?? 2, [filter.values].flat().length));
    return true;
  };
  const all = (filters ?? []) as readonly WrittenFilter[];
  const pinned = all.filter((filter) => !isOnMeasure(model, filter)).every(count);
  return pinned && [...counts.values()].every((values) => values === 1) ? new Set(counts.keys()) : null;
}

function isOnMeasure(model: DataModel, filter: WrittenFilter): boolean {
  const [inner] = filter.and ?? filter.or ?? [];
  if (inner !== undefined) return isOnMeasure(model, inner);
  if (filter.operator === 'measureFilter') return false;
  return lookUp(model, filter.member ?? filter.dimension ?? '')?.kind === 'measure';
}
