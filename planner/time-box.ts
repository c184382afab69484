/** The times that a query asks for, one span for each time dimension, and the same query over other times. */
import type { Box } from '../model/cover.js';
import type { Query, QueryTimeDimension, TimeRange, TimeSpan } from '../model/query.js';
import type { MemberId } from '../model/schema.js';

/** A span for each time dimension that is bounded: the rows whose times lie in all of them. */
export type TimeBox = ReadonlyMap<MemberId, TimeSpan>;

export const ALL_TIME: TimeSpan = { from: -Infinity, to: Infinity, orNull: true };

/** The rows without a time, and no others. */
export const NO_TIME: TimeSpan = { from: -Infinity, to: -Infinity, orNull: true };

export function spanOf(range: TimeRange): TimeSpan {
  return { from: range.from, to: range.to, orNull: false };
}

/** Several ranges of one dimension are intersected; without a common time they are empty. */
export function askedBox(query: Pick<Query, 'timeDimensions'>): TimeBox {
  const box = new Map<MemberId, TimeSpan>();
  for (const { dimension, range } of query.timeDimensions) {
    if (range === null) continue;
    const { from, to, orNull } = box.get(dimension) ?? range;
    box.set(dimension, {
      from: Math.max(from, range.from),
      to: Math.min(to, range.to),
      orNull: orNull && range.orNull,
    });
  }
  return box;
}

/** The query over the times of a box that lies within its own. */
export function queryWithin(query: Query, box: TimeBox): Query {
  const named = new Set(query.timeDimensions.map(({ dimension }) => dimension));
  const added = [...box].filter(([dimension]) => !named.has(dimension));
  return {
    ...query,
    timeDimensions: [
      ...query.timeDimensions.map((time): QueryTimeDimension => ({
        ...time,
        range: box.get(time.dimension) ?? time.range,
      })),
      ...added.map(([dimension, range]): QueryTimeDimension => ({ dimension, granularity: null, range })),
    ],
  };
}

export function plainBox(box: TimeBox): Box {
  return [...box].map(([dimension, span]) => ({ dimension, span }));
}
