/** Stored buckets must be the pieces that the query's buckets and ranges are made of. */
import { assert } from '../model/assert.js';
import type { RollupMeta } from '../model/catalog.js';
import { canBuildFrom, isOnGrid, nextBucket } from '../model/civil-time.js';
import type { Reason } from '../model/plan.js';
import type { QueryTimeDimension, TimeRange } from '../model/query.js';
import { GRANULARITIES, grainName, timeColumn } from '../model/schema.js';
import type { Grain } from '../model/schema.js';
import { zoneFitsGrid } from '../model/timezone.js';
import { setGranularity } from './fix.js';
import type { QueryShape } from './match-rollup.js';
import type { RollupShape } from './rollup-shape.js';

export function matchTimes({ query }: QueryShape, shape: RollupShape, meta: RollupMeta | null): Reason[] {
  return query.timeDimensions.flatMap((time) => matchTime(time, query.timezone, shape, meta));
}

/**
 * Of the granularities in which a rollup stores a time dimension, the one that answers the query's: the very same,
 * else the first that serves. Null: none does.
 */
function servingGrain(
  time: QueryTimeDimension,
  timezone: string,
  shape: RollupShape,
  meta: RollupMeta | null,
): Grain | null {
  const { granularity } = time;
  const stored = shape.times.get(time.dimension) ?? [];
  const same = granularity === null ? undefined : stored.find((grain) => isSame(grain, granularity));
  const inOrder = same === undefined ? stored : [same, ...stored];
  return inOrder.find((grain) => refusal(grain, { time, timezone, shape, meta }).length === 0) ?? null;
}

/** The granularity to read of a rollup that matches. */
export function readGrain(
  time: QueryTimeDimension,
  timezone: string,
  shape: RollupShape,
  meta: RollupMeta,
): Grain {
  const stored = shape.times.get(time.dimension) ?? [];
  const serving = stored.length === 1 ? stored[0] : servingGrain(time, timezone, shape, meta);
  assert(serving !== null, `${meta.id} serves ${time.dimension}`);
  return serving;
}

function isSame(one: Grain, other: Grain): boolean {
  return grainName(one) === grainName(other);
}

/** A time of a query beside the rollup that may answer it. */
interface Asked {
  readonly time: QueryTimeDimension;
  readonly timezone: string;
  readonly shape: RollupShape;
  readonly meta: RollupMeta | null;
}

type TimeCode = 'granularity' | 'range_not_aligned' | 'timezone_not_aligned';

function matchTime(
  time: QueryTimeDimension,
  timezone: string,
  shape: RollupShape,
  meta: RollupMeta | null,
): Reason[] {
  if (time.granularity === null && time.range === null) return [];
  const stored = shape.times.get(time.dimension);
  const { preAggregation } = shape;
  if (stored === undefined) {
    const member = time.dimension;
    const message = `${preAggregation.id} has no time dimension ${member}.`;
    return [{ code: 'time_dimension_missing', message, member }];
  }
  if (servingGrain(time, timezone, shape, meta) !== null) return [];
  const asked = { time, timezone, shape, meta };
  const refused = stored.map((grain) => ({ grain, codes: refusal(grain, asked) }));
  // Whatever needs the least change; of equals the one that is written first.
  const [{ grain, codes }] = refused.toSorted((a, b) => a.codes.length - b.codes.length);
  const serves = GRANULARITIES.findLast(
    (fine) => canBuildFrom(fine, grain) && refusal(fine, asked).length === 0,
  );
  const fix = serves === undefined ? {} : { fix: setGranularity(preAggregation, serves) };
  return codes.map((code) => ({ ...explainRefusal(code, grain, asked), member: time.dimension, ...fix }));
}

/** Why buckets of a granularity, stored in UTC, do not answer; empty when they do. */
function refusal(stored: Grain, { time, timezone, shape, meta }: Asked): TimeCode[] {
  const { granularity, range } = time;
  const codes: TimeCode[] = [];
  if (granularity !== null) {
    const span = timezone === 'UTC' ? null : storedSpan(meta, time, shape);
    const nested = canBuildFrom(stored, granularity);
    const fits = span === null ? nested : zoneFitsGrid(timezone, stored, granularity, span);
    if (!fits) codes.push(nested ? 'timezone_not_aligned' : 'granularity');
  }
  if (range !== null && !(isOnGrid(range.from, stored) && isOnGrid(range.to, stored))) {
    codes.push('range_not_aligned');
  }
  return codes;
}

function explainRefusal(code: TimeCode, grain: Grain, { time, timezone, shape }: Asked): Reason {
  const { id } = shape.preAggregation;
  const stored = grainName(grain);
  if (code === 'range_not_aligned') {
    return { code, message: `the range cuts through a ${stored} of ${id}, which is stored whole.` };
  }
  const granularity = time.granularity as Grain;
  const asked = grainName(granularity);
  if (code === 'timezone_not_aligned') {
    const message = `a ${asked} in ${timezone} does not begin where a stored ${stored} (UTC) begins.`;
    return { code, message };
  }
  return canBuildFrom(granularity, grain)
    ? {
        code: 'granularity_too_fine',
        message: `the query asks for each ${asked} of ${time.dimension}, ${id} stores whole ${stored}s.`,
      }
    : {
        code: 'granularity_not_nested',
        message: `a ${asked} is not made of whole ${stored}s, which ${id} stores.`,
      };
}

/** The time that stored buckets span within the asked range; null: none is stored. */
function storedSpan(
  meta: RollupMeta | null,
  { dimension, range }: QueryTimeDimension,
  shape: RollupShape,
): TimeRange | null {
  const [stored] = shape.times.get(dimension) ?? [];
  if (stored === undefined) return null;
  const column = timeColumn(dimension, stored);
  let from = Infinity;
  let to = -Infinity;
  for (const partition of meta?.partitions ?? []) {
    const stats = partition.files[0]?.columns.find(({ name }) => name === column);
    if (typeof stats?.min !== 'number' || typeof stats.max !== 'number') continue;
    from = Math.min(from, stats.min);
    to = Math.max(to, nextBucket(stats.max, stored));
  }
  if (range !== null) {
    from = Math.max(from, range.from);
    to = Math.min(to, range.to);
  }
  return from < to ? { from, to } : null;
}
