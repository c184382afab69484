/** The rows of boxes as a filter on their dimensions. */
import { andFilters } from '../model/filter.js';
import type { Filter } from '../model/filter.js';
import type { Box } from '../model/cover.js';
import type { TimeSpan } from '../model/query.js';
import type { MemberId } from '../model/schema.js';

/** Null: all rows lie in one of them. */
export function boxesFilter(boxes: readonly Box[]): Filter | null {
  const filters = boxes.map((box) =>
    andFilters(...box.map(({ dimension, span }) => spanFilter(dimension, span))),
  );
  const some = filters.filter((filter) => filter !== null);
  if (some.length < filters.length) return null;
  return some.length === 1 ? some[0] : { kind: 'or', filters: some };
}

/** Ends at infinity are none. */
export function spanFilter(member: MemberId, { from, to, orNull }: TimeSpan): Filter {
  const end = (at: number): number | null => (Number.isFinite(at) ? at : null);
  const isNull: Filter = { kind: 'test', member, test: { kind: 'isNull', negated: false } };
  if (orNull && from >= to) return isNull;
  const test = { kind: 'timeRange', from: end(from), to: end(to), negated: false } as const;
  const range: Filter = { kind: 'test', member, test };
  return orNull ? { kind: 'or', filters: [range, isNull] } : range;
}
