/** The coarsest granularity of a time dimension that serves a query. */
import { canBuildFrom } from '../model/civil-time.js';
import type { Query, QueryTimeDimension, TimeRange } from '../model/query.js';
import { GRANULARITIES } from '../model/schema.js';
import type { Grain, Granularity, MemberId } from '../model/schema.js';
import { zoneFitsGrid } from '../model/timezone.js';
import { isRangeOn } from './match-times.js';

/** Times of which nothing is known are taken to lie here, where no zone keeps local mean time. */
const COMMON_TIMES: TimeRange = { from: Date.UTC(1970, 0, 1), to: Date.UTC(2100, 0, 1) };

/**
 * Coarse is small: the buckets and ranges of all entries of the query on this dimension are made of whole buckets of
 * the granularity that is returned, which is predefined. Where none does, the finest.
 * @param base what is stored already, and must be possible to build from it; null: nothing
 * @param span of the stored times; null: not known
 */
export function coarsestGrain(
  query: Query,
  dimension: MemberId,
  base: Grain | null,
  span: TimeRange | null,
): Granularity {
  const times = query.timeDimensions.filter((time) => time.dimension === dimension);
  const serves = (grain: Granularity): boolean =>
    (base === null || canBuildFrom(grain, base)) &&
    times.every((time) => servesTime(grain, time, query.timezone, span));
  return GRANULARITIES.findLast(serves) ?? 'second';
}

/** Whether each entry of the query on this dimension is made of whole buckets of one of the granularities. */
export function isServed(
  query: Query,
  dimension: MemberId,
  stored: readonly Grain[],
  span: TimeRange | null,
): boolean {
  return query.timeDimensions.every(
    (time) =>
      time.dimension !== dimension || stored.some((grain) => servesTime(grain, time, query.timezone, span)),
  );
}

function servesTime(
  grain: Grain,
  { granularity, range }: QueryTimeDimension,
  timezone: string,
  span: TimeRange | null,
): boolean {
  if (range !== null && !isRangeOn(range, grain)) return false;
  if (granularity === null) return true;
  const known = span ?? range ?? COMMON_TIMES;
  const from = Math.max(known.from, range?.from ?? -Infinity);
  const to = Math.min(known.to, range?.to ?? Infinity);
  if (timezone === 'UTC' || from >= to) return canBuildFrom(grain, granularity);
  return zoneFitsGrid(timezone, grain, granularity, { from, to });
}
