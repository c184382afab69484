/** The windows of a cumulative measure, one for each bucket of the asked range. */
import { bucketIndex, bucketStart } from '../model/civil-time.js';
import { StoreError } from '../model/errors.js';
import { LIMITS } from '../model/limits.js';
import type { TimeRange } from '../model/query.js';
import { windowOf } from '../model/rolling-window.js';
import type { RollingWindow } from '../model/rolling-window.js';
import { grainName, timeColumn } from '../model/schema.js';
import type { Grain, MemberId } from '../model/schema.js';
import { wallRange } from '../model/time-range.js';
import { changesWithin, toLocal, toUtc } from '../model/timezone.js';
import type { BucketWindow, WindowSeries } from '../model/window-series.js';

/** The one time dimension by which a query asks for windows. */
export interface WindowTime {
  readonly dimension: MemberId;
  /** Null: the asked range is the one bucket. */
  readonly granularity: Grain | null;
  readonly range: TimeRange;
  readonly timezone: string;
}

/** A stretch of the wall clock that a row of the answer stands for, half-open. */
export type Bucket = Readonly<TimeRange>;

/**
 * The buckets that the range touches, each as a whole; without a granularity the range itself.
 * @throws StoreError `query_invalid` for more than LIMITS allow
 */
export function answeredBuckets({ granularity, range, timezone }: WindowTime): readonly Bucket[] {
  if (range.from >= range.to) return granularity === null ? [range] : [];
  if (granularity === null) return [wallSpan(range, timezone)];
  const rough = { from: toLocal(range.from, timezone), to: toLocal(range.to - 1, timezone) };
  requireFew(bucketIndex(rough.to, granularity) - bucketIndex(rough.from, granularity) + 1, granularity);
  const { from, to } = wallSpan(range, timezone);
  const first = bucketIndex(from, granularity);
  const count = bucketIndex(to - 1, granularity) - first + 1;
  const buckets = Array.from({ length: count }, (_, at) => ({
    from: bucketStart(first + at, granularity),
    to: bucketStart(first + at + 1, granularity),
  }));
  return timezone === 'UTC' ? buckets : buckets.filter((bucket) => isShown(bucket, timezone));
}

export function windowSeries(
  { dimension, granularity, timezone }: WindowTime,
  buckets: readonly Bucket[],
  window: RollingWindow,
): WindowSeries {
  return {
    dimension,
    timezone,
    key: granularity === null ? null : { column: timeColumn(dimension, granularity), granularity },
    windows: buckets.map((bucket): BucketWindow => ({ label: bucket.from, ...windowOf(window, bucket) })),
  };
}

/** The instants within which all rows of the windows lie; infinite where windows have no bound. */
export function seriesHull({ windows, timezone }: WindowSeries): TimeRange {
  let from = Infinity;
  let to = -Infinity;
  for (const window of windows) {
    from = Math.min(from, window.from ?? -Infinity);
    to = Math.max(to, window.to ?? Infinity);
  }
  if (from >= to) return { from: 0, to: 0 };
  return {
    from: Number.isFinite(from) ? toUtc(from, timezone, 'earlier') : from,
    to: Number.isFinite(to) ? toUtc(to, timezone, 'later') : to,
  };
}

/** From the least time that the wall clock shows within the range to just after the greatest. */
function wallSpan(range: TimeRange, timezone: string): Bucket {
  if (timezone === 'UTC') return range;
  const changes = changesWithin(timezone, range).instants.filter((at) => at > range.from && at < range.to);
  const starts = [range.from, ...changes].map((at) => toLocal(at, timezone));
  const ends = [range.to, ...changes].map((at) => toLocal(at - 1, timezone) + 1);
  // A range that begins where the clock skips a stretch was asked for from the time that it skips.
  const before = toLocal(range.from - 1, timezone) + 1;
  return { from: Math.min(before, ...starts), to: Math.max(...ends) };
}

function isShown({ from, to }: Bucket, timezone: string): boolean {
  const shown = wallRange(from, to, timezone);
  return shown.from < shown.to;
}

function requireFew(buckets: number, granularity: Grain): void {
  if (buckets <= LIMITS.windowBucketsMax) return;
  throw new StoreError(
    'query_invalid',
    `timeDimensions: a cumulative measure would be computed for ${buckets} buckets of a ${grainName(granularity)}; at most ${LIMITS.windowBucketsMax} are possible.`,
    { next: 'Ask for a shorter dateRange or a coarser granularity.' },
  );
}
