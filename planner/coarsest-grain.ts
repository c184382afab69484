/** The coarsest granularity of a time dimension that serves a query. */
import { canBuildFrom } from '../model/civil-time.js';
import type { QueryTimeDimension, TimeRange } from '../model/query.js';
import { GRANULARITIES } from '../model/schema.js';
import type { Grain, Granularity, MemberId } from '../model/schema.js';
import { zoneFitsGrid } from '../model/timezone.js';
import type { QueryShape } from './match-rollup.js';
import { isRangeOn } from './match-times.js';
import { isWindowGrain } from './match-windows.js';

/** Times of which nothing is known are taken to lie here, where no zone keeps local mean time. */
const COMMON_TIMES: TimeRange = { from: Date.UTC(1970, 0, 1), to: Date.UTC(2100, 0, 1) };

/**
 * Coarse is small: the buckets, ranges and windows of all parts of a query on this dimension are made of whole buckets of
 * the granularity that is returned, which is predefined. Where none does, the finest.
 * @param base what is stored already, and must be possible to build from it; null: nothing
 * @param span of the stored times; null: not known
 */
export function coarsestGrain(
  parts: readonly QueryShape[],
  dimension: MemberId,
  base: Grain | null,
  span: TimeRange | null,
): Granularity {
  const serves = (grain: Granularity): boolean =>
    (base === null || canBuildFrom(grain, base)) && isServed(parts, dimension, [grain], span);
  return GRANULARITIES.findLast(serves) ?? 'second';
}

/** Whether each entry of each part on this dimension is made of whole buckets of one of the granularities. */
export function isServed(
  parts: readonly QueryShape[],
  dimension: MemberId,
  stored: readonly Grain[],
  span: TimeRange | null,
): boolean {
  return parts.every(({ query, windows }) =>
    query.timeDimensions.every((time) => {
      if (time.dimension !== dimension) return true;
      if (windows === null) return stored.some((grain) => servesTime(grain, time, query.timezone, span));
      const { from, to } = within(span ?? COMMON_TIMES, time.range);
      return stored.some((grain) => isWindowGrain(windows, grain, from < to ? { from, to } : null));
    }),
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
  const { from, to } = within(span ?? range ?? COMMON_TIMES, range);
  if (timezone === 'UTC' || from >= to) return canBuildFrom(grain, granularity);
  return zoneFitsGrid(timezone, grain, granularity, { from, to });
}

function within(known: TimeRange, range: TimeRange | null): TimeRange {
  return {
    from: Math.max(known.from, range?.from ?? -Infinity),
    to: Math.min(known.to, range?.to ?? Infinity),
  };
}
