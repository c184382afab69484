/** The windows of cumulative measures as a plan has them, and the buckets that they stand for. */
import type { WallStretch } from './rolling-window.js';
import type { Grain, MemberId } from './schema.js';

/** Starts of buckets, as labels of the wall clock. */
export interface AnsweredBuckets {
  readonly column: string;
  readonly labels: readonly number[];
}

/** What cumulative measures show: a row counts in every window that holds the time that the wall clock shows for it. */
export interface WindowSeries {
  readonly dimension: MemberId;
  readonly timezone: string;
  /** What the buckets are grouped as; null: there is one window, and no column tells it. */
  readonly key: { readonly column: string; readonly granularity: Grain } | null;
  /** In ascending order of the buckets. */
  readonly windows: readonly BucketWindow[];
}

export interface BucketWindow extends WallStretch {
  /** The start of its bucket. */
  readonly label: number;
}
