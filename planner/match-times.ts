/** Stored buckets must be the pieces that the query's buckets and ranges are made of. */
import type { RollupMeta } from '../model/catalog.js';
import { GRANULARITIES } from '../model/schema.js';
import type { Reason } from '../model/plan.js';
import type { QueryTimeDimension, TimeRange } from '../model/query.js';
import type { Granularity } from '../model/schema.js';
import { timeColumn } from '../model/schema.js';
import { canBuildFrom, isOnGrid, nextBucket } from '../model/civil-time.js';
import { zoneFitsGrid } from '../model/timezone.js';
import { setGranularity } from './fix.js';
import type { QueryShape } from './match-rollup.js';
import type { RollupShape } from './rollup-shape.js';

export function matchTimes({ query }: QueryShape, shape: RollupShape, meta: RollupMeta | null): Reason[] {
  return query.timeDimensions.flatMap((time) => matchTime(time, query.timezone, shape, meta));
}

function matchTime(
  time: QueryTimeDimension,
  timezone: string,
  shape: RollupShape,
  meta: RollupMeta | null,
): Reason[] {
  if (time.granularity === null && time.range === null) return [];
  const stored = shape.times.get(time.dimension);
  const member = time.dimension;
  const { preAggregation } = shape;
  if (stored === undefined) {
    const message = `${preAggregation.id} has no time dimension ${member}.`;
    return [{ code: 'time_dimension_missing', message, member }];
  }
  const reasons: Reason[] = [];
  if (time.granularity !== null && !canBuildFrom(stored, time.granularity)) {
    reasons.push(granularityReason(shape, member, stored, time.granularity));
  }
  if (time.range !== null && !(isOnGrid(time.range.from, stored) && isOnGrid(time.range.to, stored))) {
    const finer = GRANULARITIES.toReversed().find(
      (grain) => canBuildFrom(grain, stored) && onGrid(time.range as TimeRange, grain),
    );
    reasons.push({
      code: 'range_not_aligned',
      message: `the range cuts through a ${stored} of ${preAggregation.id}, which is stored whole.`,
      member,
      ...(finer === undefined ? {} : { fix: setGranularity(preAggregation, finer) }),
    });
  }
  const zoned = time.granularity !== null && timezone !== 'UTC';
  const span = zoned ? storedSpan(meta, timeColumn(member, stored), stored, time.range) : null;
  if (span !== null) {
    const fit = zoneFitsGrid(timezone, stored, span);
    if (fit.kind === 'finer') {
      reasons.push({
        code: 'timezone_not_aligned',
        message: `a ${time.granularity} in ${timezone} does not begin where a stored ${stored} (UTC) begins.`,
        member,
        fix: setGranularity(preAggregation, fit.granularity),
      });
    }
  }
  return reasons;
}

function onGrid(range: TimeRange, granularity: Granularity): boolean {
  return isOnGrid(range.from, granularity) && isOnGrid(range.to, granularity);
}

function granularityReason(
  shape: RollupShape,
  member: string,
  stored: Granularity,
  asked: Granularity,
): Reason {
  const { preAggregation } = shape;
  const both = GRANULARITIES.toReversed().find(
    (grain) => canBuildFrom(grain, asked) && canBuildFrom(grain, stored),
  ) as Granularity;
  const nested = canBuildFrom(asked, stored);
  return {
    code: nested ? 'granularity_too_fine' : 'granularity_not_nested',
    message: nested
      ? `the query asks for each ${asked} of ${member}, ${preAggregation.id} stores whole ${stored}s.`
      : `a ${asked} is not made of whole ${stored}s, which ${preAggregation.id} stores.`,
    member,
    fix: setGranularity(preAggregation, both),
  };
}

/** The time that stored buckets span within the asked range; null: none is stored. */
function storedSpan(
  meta: RollupMeta | null,
  column: string,
  granularity: Granularity,
  asked: TimeRange | null,
): TimeRange | null {
  let from = Infinity;
  let to = -Infinity;
  for (const partition of meta?.partitions ?? []) {
    const stats = partition.files[0]?.columns.find(({ name }) => name === column);
    if (typeof stats?.min !== 'number' || typeof stats.max !== 'number') continue;
    from = Math.min(from, stats.min);
    to = Math.max(to, nextBucket(stats.max, granularity));
  }
  if (asked !== null) {
    from = Math.max(from, asked.from);
    to = Math.min(to, asked.to);
  }
  return from < to ? { from, to } : null;
}
