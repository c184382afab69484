/** The times that a query asks for, one range for each time dimension, and the same query over other times. */
import type { PieceRange } from '../model/plan.js';
import type { Query, TimeRange } from '../model/query.js';
import type { MemberId } from '../model/schema.js';

/** A range for each time dimension that is bounded: the rows whose times lie in all of them. */
export type TimeBox = ReadonlyMap<MemberId, TimeRange>;

/** Several ranges of one dimension are intersected; without a common time they are empty. */
export function askedBox(query: Query): TimeBox {
  const box = new Map<MemberId, TimeRange>();
  for (const { dimension, range } of query.timeDimensions) {
    if (range === null) continue;
    const { from, to } = box.get(dimension) ?? range;
    box.set(dimension, { from: Math.max(from, range.from), to: Math.min(to, range.to) });
  }
  return box;
}

/** The query over the times of a box that lies within its own. */
export function queryWithin(query: Query, box: TimeBox): Query {
  return {
    ...query,
    timeDimensions: query.timeDimensions.map((time) =>
      time.range === null ? time : { ...time, range: box.get(time.dimension) as TimeRange },
    ),
  };
}

export function pieceRanges(query: Query): PieceRange[] {
  return [...askedBox(query)].map(([dimension, range]) => ({ dimension, range }));
}
