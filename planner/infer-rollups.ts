import type { Granularity } from '../model/schema.js';
import type { InferredDimension, InferredMembers } from './infer-members.js';

/** A rollup is worth its place while it has at most this share of the source's rows … */
const ROWS_SHARE_MAX = 0.25;
/** … or so few rows that its size does not matter. */
const ROWS_SMALL = 5_000;
/** A rollup by time alone has at most this share of the source's rows. */
const BUCKETS_SHARE_MAX = 0.1;
const BUCKETS_SMALL = 100;
const DIMENSIONS_PER_ROLLUP_MAX = 3;
/** Below, cutting a rollup into partitions costs more than it saves. */
const PARTITION_SOURCE_ROWS_MIN = 200_000;
const PARTITION_DAYS_MIN = 60;
const PARTITION_DAYS_MAX = 20 * 366;

const DAY_MS = 86_400_000;

export interface InferredRollup {
  readonly name: string;
  readonly time: { readonly dimension: InferredDimension; readonly granularity: Granularity } | null;
  readonly partitionGranularity: Granularity | null;
  readonly dimensions: readonly InferredDimension[];
  /** Upper bound on its rows: the product of what it groups by, at most the source's rows. */
  readonly rowsMax: number;
}

/**
 * Picks up to three rollups that together hold as many dimensions as stay small: one fine in time with the
 * dimensions of fewest values, one by month, one over all time with those of most values. The smallest come first.
 */
export function inferRollups(members: InferredMembers, rows: number): InferredRollup[] {
  const time = members.time;
  const rising = members.dimensions
    .filter((dimension) => dimension.type !== 'time')
    .sort((a, b) => a.column.distinct - b.column.distinct);
  const left = new Set(rising);
  const rollups: InferredRollup[] = [];
  const add = (granularity: Granularity | null, order: readonly InferredDimension[]): void => {
    const grain = time === null || granularity === null ? null : { dimension: time, granularity };
    const rollup = fill(grain, order, rows);
    if (rollup.dimensions.length === 0 && rollups.length > 0) return;
    for (const dimension of rollup.dimensions) left.delete(dimension);
    rollups.push(rollup);
  };

  if (time !== null) {
    const finest = finestGranularity(time, rows);
    add(finest, rising);
    add(finest === 'month' || finest === 'year' ? 'year' : 'month', [...left]);
  } else {
    add(null, rising);
    add(null, [...left]);
  }
  // Nothing left: the pairs of all dimensions are what no other rollup has.
  add(null, left.size === 0 ? rising : [...left].reverse());
  // The first rollup that fits a query answers it.
  return withoutRepeats(rollups).sort((a, b) => a.rowsMax - b.rowsMax);
}

function fill(
  time: InferredRollup['time'],
  order: readonly InferredDimension[],
  sourceRows: number,
): InferredRollup {
  const limit = Math.max(ROWS_SMALL, sourceRows * ROWS_SHARE_MAX);
  const chosen: InferredDimension[] = [];
  let product = time === null ? 1 : bucketsMax(time.dimension, time.granularity);
  for (const dimension of order) {
    const values = dimension.column.distinct + (dimension.column.nulls > 0 ? 1 : 0);
    if (chosen.length === DIMENSIONS_PER_ROLLUP_MAX || product * values > limit) continue;
    product *= values;
    chosen.push(dimension);
  }
  return {
    name: rollupName(time?.granularity ?? null, chosen),
    time,
    partitionGranularity: partitioning(time, sourceRows),
    dimensions: chosen,
    rowsMax: Math.min(sourceRows, product),
  };
}

function withoutRepeats(rollups: readonly InferredRollup[]): InferredRollup[] {
  const seen = new Set<string>();
  return rollups.filter((rollup) => {
    const key = rollup.dimensions.map((dimension) => dimension.name).sort();
    const text = JSON.stringify([rollup.time?.granularity ?? null, key]);
    if (seen.has(text)) return false;
    seen.add(text);
    return true;
  });
}

function finestGranularity(time: InferredDimension, rows: number): Granularity {
  const limit = Math.max(BUCKETS_SMALL, rows * BUCKETS_SHARE_MAX);
  const days = spanDays(time);
  const granularities: readonly Granularity[] = days <= 7 ? ['hour', 'day'] : ['day', 'week', 'month'];
  return granularities.find((granularity) => bucketsMax(time, granularity) <= limit) ?? 'year';
}

/** Upper bound on the buckets between the smallest and the largest time. */
function bucketsMax(time: InferredDimension, granularity: Granularity): number {
  const daysEach = {
    second: 1 / 86_400,
    minute: 1 / 1_440,
    hour: 1 / 24,
    day: 1,
    week: 7,
    month: 28,
    quarter: 90,
    year: 365,
  };
  const buckets = Math.ceil(spanDays(time) / daysEach[granularity]) + 1;
  const nulls = time.column.nulls > 0 ? 1 : 0;
  return Math.min(time.column.distinct, buckets) + nulls;
}

/** Days between the smallest and the largest time; infinite where a bound is not a common date. */
function spanDays(time: InferredDimension): number {
  const from = parseDay(time.column.min);
  const to = parseDay(time.column.max);
  return Number.isNaN(from) || Number.isNaN(to) ? Number.POSITIVE_INFINITY : (to - from) / DAY_MS + 1;
}

function parseDay(text: string | null): number {
  return text === null ? Number.NaN : Date.parse(`${text.slice(0, 10)}T00:00:00Z`);
}

function partitioning(time: InferredRollup['time'], sourceRows: number): Granularity | null {
  if (time === null || (time.granularity !== 'day' && time.granularity !== 'hour')) return null;
  const days = spanDays(time.dimension);
  if (sourceRows < PARTITION_SOURCE_ROWS_MIN || days < PARTITION_DAYS_MIN || days > PARTITION_DAYS_MAX)
    return null;
  return 'month';
}

/** The grain and the first dimension: `daily_by_country`. Two rollups of one grain never share the first. */
function rollupName(granularity: Granularity | null, dimensions: readonly InferredDimension[]): string {
  const grain = granularity === 'day' ? 'daily' : granularity === null ? null : `${granularity}ly`;
  const first = dimensions[0];
  const by = first === undefined ? null : `by_${first.name}`;
  return [grain, by].filter((part) => part !== null).join('_') || 'totals';
}
