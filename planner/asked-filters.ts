/** What a request asks of single members: the filters that FILTER_PARAMS can stand for. */
import { andFilters, filterMembers } from '../model/filter.js';
import type { Filter } from '../model/filter.js';
import type { SourceRequest } from '../model/plan.js';
import type { MemberId } from '../model/schema.js';
import { boxesFilter } from './box-filter.js';

/** The filters and times of a request that are about these members alone; null: there are none. */
export function askedFilters(
  { filter, boxes }: Pick<SourceRequest, 'filter' | 'boxes'>,
  members: ReadonlySet<MemberId>,
): Filter | null {
  const own = conjuncts(filter).filter((part) => [...filterMembers(part)].every((id) => members.has(id)));
  const times = boxesFilter(boxes.map((box) => box.filter(({ dimension }) => members.has(dimension))));
  return andFilters(times, ...own);
}

/** Whether the filter holds where all its members are NULL, as those of a row that a LEFT JOIN did not find. */
export function holdsForNulls(filter: Filter): boolean {
  if (filter.kind === 'and') return filter.filters.every(holdsForNulls);
  if (filter.kind === 'or') return filter.filters.some(holdsForNulls);
  const { test } = filter;
  switch (test.kind) {
    case 'isNull':
      return !test.negated;
    case 'oneOf':
      return test.orNull !== test.negated;
    case 'text':
      return test.negated;
    case 'compare':
    case 'timeRange':
      return false;
  }
}

function conjuncts(filter: Filter | null): readonly Filter[] {
  if (filter === null) return [];
  return filter.kind === 'and' ? filter.filters.flatMap(conjuncts) : [filter];
}
