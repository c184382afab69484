/** The rows of boxes as a filter on their dimensions. */
import { andFilters } from '../model/filter.js';
import type { Filter, Test } from '../model/filter.js';
import type { Box } from '../model/cover.js';
import type { TimeSpan } from '../model/query.js';
import type { MemberId } from '../model/schema.js';

/**
 * Null: all rows lie in one of the boxes, which are disjoint.
 *
 * Of several boxes of one dimension it is the range from the first to the last of them, and for each gap between two
 * that a time lies before or after it: engines skip blocks by such a comparison of one column, and read all of them for
 * a choice of ranges.
 */
export function boxesFilter(boxes: readonly Box[]): Filter | null {
  const [first, ...others] = boxes;
  if (others.length === 0) return boxFilter(first);
  if (boxes.some((box) => box.length === 0)) return null;
  const [{ dimension }] = first;
  if (boxes.every((box) => box.length === 1 && box[0].dimension === dimension)) {
    return spansFilter(
      dimension,
      boxes.map(([{ span }]) => span),
    );
  }
  return { kind: 'or', filters: boxes.flatMap((box) => boxFilter(box) ?? []) };
}

function boxFilter(box: Box): Filter | null {
  return andFilters(...box.map(({ dimension, span }) => spanFilter(dimension, span)));
}

/** Ends at infinity are none. */
export function spanFilter(member: MemberId, span: TimeSpan): Filter {
  const { from, to, orNull } = span;
  if (orNull && from >= to) return isNull(member);
  const range: Filter = { kind: 'test', member, test: between(from, to) };
  return orNull ? { kind: 'or', filters: [range, isNull(member)] } : range;
}

function spansFilter(member: MemberId, spans: readonly TimeSpan[]): Filter | null {
  const nulls = spans.some(({ orNull }) => orNull) ? [isNull(member)] : [];
  const ranges = spans.filter(({ from, to }) => from < to).toSorted((a, b) => a.from - b.from);
  if (ranges.length === 0) return spanFilter(member, spans[0]);
  const orNull = nulls.length > 0;
  const hull = { from: ranges[0].from, to: ranges[ranges.length - 1].to, orNull };
  const gaps = ranges.slice(1).map(({ from }, at): Filter => {
    const [before, after] = [between(-Infinity, ranges[at].to), between(from, Infinity)];
    const tests = [before, after].map((test): Filter => ({ kind: 'test', member, test }));
    return { kind: 'or', filters: [...tests, ...nulls] };
  });
  const isBounded = Number.isFinite(hull.from) || Number.isFinite(hull.to) || !orNull;
  return andFilters(isBounded ? spanFilter(member, hull) : null, ...gaps);
}

function between(from: number, to: number): Test {
  const end = (at: number): number | null => (Number.isFinite(at) ? at : null);
  return { kind: 'timeRange', from: end(from), to: end(to), negated: false };
}

function isNull(member: MemberId): Filter {
  return { kind: 'test', member, test: { kind: 'isNull', negated: false } };
}
