/** The coarsest granularity of a time dimension that serves a query. */
import { canBuildFrom } from '../model/civil-time.js';
import type { Query, TimeRange } from '../model/query.js';
import { GRANULARITIES } from '../model/schema.js';
import type { Granularity, MemberId } from '../model/schema.js';
import { zoneFitsGrid } from '../model/timezone.js';
import type { QueryShape } from './match-rollup.js';
import { isRangeOn } from './match-times.js';
import { areWindowsOn } from './match-windows.js';
import { seriesHull } from './window-series.js';

/** Times of which nothing is known are taken to lie here, where no zone keeps local mean time. */
const COMMON_TIMES: TimeRange = { from: Date.UTC(1970, 0, 1), to: Date.UTC(2100, 0, 1) };

/**
 * Coarse is small: the buckets, ranges and windows of all parts of the query on this dimension are made of whole buckets
 * of the granularity that is returned. Where none does, the finest.
 * @param base what is stored already, and must be possible to build from it; null: nothing
 * @param span of the stored times; null: not known
 */
export function coarsestGrain(
  parts: readonly Pick<QueryShape, 'query' | 'windows'>[],
  dimension: MemberId,
  base: Granularity | null,
  span: TimeRange | null,
): Granularity {
  const serves = (grain: Granularity): boolean =>
    (base === null || canBuildFrom(grain, base)) &&
    parts.every(({ query, windows }) =>
      windows === null
        ? timesFit(query, dimension, grain, span)
        : areWindowsOn(windows, grain) &&
          zoneFits(query.timezone, grain, withinCommon(seriesHull(windows)), span),
    );
  return GRANULARITIES.findLast(serves) ?? 'second';
}

function timesFit(query: Query, dimension: MemberId, grain: Granularity, span: TimeRange | null): boolean {
  return query.timeDimensions
    .filter((time) => time.dimension === dimension)
    .every(
      ({ granularity, range }) =>
        (granularity === null || canBuildFrom(grain, granularity)) &&
        (range === null || isRangeOn(range, grain)) &&
        (granularity === null || zoneFits(query.timezone, grain, range, span)),
    );
}

/** Windows without a bound reach as far as times are. */
function withinCommon({ from, to }: TimeRange): TimeRange {
  return {
    from: Number.isFinite(from) ? from : COMMON_TIMES.from,
    to: Number.isFinite(to) ? to : COMMON_TIMES.to,
  };
}

function zoneFits(
  timezone: string,
  grain: Granularity,
  asked: TimeRange | null,
  span: TimeRange | null,
): boolean {
  if (timezone === 'UTC') return true;
  const known = span ?? (asked === null ? COMMON_TIMES : asked);
  const from = Math.max(known.from, asked?.from ?? -Infinity);
  const to = Math.min(known.to, asked?.to ?? Infinity);
  return from >= to || zoneFitsGrid(timezone, grain, { from, to }).kind === 'fits';
}
