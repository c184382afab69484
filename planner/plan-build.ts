/** Which partitions of a rollup to build, newest first, and which to keep. */
import type { BuildRange, PartitionMeta, RollupMeta } from '../model/catalog.js';
import { StoreError } from '../model/errors.js';
import { LIMITS } from '../model/limits.js';
import type { BuildPartition, BuildTask, SourceRequest } from '../model/plan.js';
import type { TimeRange } from '../model/query.js';
import type { Granularity, MemberId } from '../model/schema.js';
import { assert } from '../model/assert.js';
import { bucketIndex, floorLocal, formatLocal, nextBucket } from '../model/civil-time.js';
import { bucketCount, bucketsBetween } from '../model/time-range.js';
import { partitioningColumns } from './rollup-shape.js';
import type { RollupShape } from './rollup-shape.js';
import { NO_TIME, spanOf } from './time-box.js';

/** What the source holds in the partitioning time dimension, and how much of it is to be built. */
export interface SourceTimes {
  /** Null: no row has a time. */
  readonly range: TimeRange | null;
  readonly hasNulls: boolean;
  /** Null: all of it. */
  readonly buildRange: BuildRange | null;
}

export interface BuildWish {
  /** Only partitions that touch it; rows without a time are left for a build without a range. */
  readonly range: TimeRange | null;
  /** Build also what is there already. */
  readonly force: boolean;
}

/**
 * @param times null for a rollup without partitions
 * @param meta what is published; null: nothing
 * @param definition hash of the definition that is built now
 * @returns null when nothing is left to do
 */
export function planBuild(
  shape: RollupShape,
  definition: string,
  times: SourceTimes | null,
  meta: RollupMeta | null,
  wish: BuildWish,
): BuildTask | null {
  const { preAggregation, request } = shape;
  const current = meta !== null && meta.definition === definition ? meta.partitions : [];
  const all = allPartitions(shape, times);
  const wanted = all.filter((partition) => touches(partition, wish.range));
  const has = (key: string): boolean => current.some((partition) => partition.key === key);
  const build = wish.force ? wanted : wanted.filter(({ key }) => !has(key));
  const replaced = new Set(build.map(({ key }) => key));
  const alive = new Set(all.map(({ key }) => key));
  const kept = current.filter(({ key }) => alive.has(key) && !replaced.has(key));
  const unchanged = kept.length === current.length && meta?.definition === definition;
  if (build.length === 0 && unchanged && tellsWhatLacks(meta, times)) return null;
  return {
    rollup: preAggregation.id,
    dataSource: request.dataSource,
    columns: shape.columns,
    indexes: shape.indexes,
    partitionGranularity: preAggregation.partitionGranularity,
    sourceRange: times?.range ?? null,
    sourceHasNullTimes: times?.hasNulls ?? false,
    buildRange: times?.buildRange ?? null,
    partitionColumn: partitioningColumns(shape)[0] ?? null,
    partitions: build.toReversed(),
    kept,
  };
}

/**
 * Whether the catalog says of the source what a query has to know: between which partitions its times lie, and whether
 * it has rows without one. Of what is not built nothing else tells that it is there.
 */
function tellsWhatLacks(meta: RollupMeta, times: SourceTimes | null): boolean {
  const { partitionGranularity: granularity, sourceRange, sourceHasNullTimes } = meta;
  if (granularity === null || times === null) return true;
  if (sourceHasNullTimes !== times.hasNulls) return false;
  if (sourceRange === null || times.range === null) return sourceRange === times.range;
  return (
    bucketIndex(sourceRange.from, granularity) === bucketIndex(times.range.from, granularity) &&
    bucketIndex(sourceRange.to - 1, granularity) === bucketIndex(times.range.to - 1, granularity)
  );
}

/** Every partition that the source has rows for and the build range touches, in ascending order of time. */
function allPartitions(shape: RollupShape, times: SourceTimes | null): BuildPartition[] {
  const { request, partitionDimension, preAggregation } = shape;
  const granularity = preAggregation.partitionGranularity;
  if (granularity === null || partitionDimension === null || times === null) {
    return [{ key: 'all', range: null, request }];
  }
  const of = (key: string, range: TimeRange | null): BuildPartition => partitionOf(shape, key, range);
  const { from, to } = wholePartitions(times.buildRange, granularity);
  const partitions = times.hasNulls && from === -Infinity && to === Infinity ? [of('null', null)] : [];
  if (times.range === null) return partitions;
  const held = { from: Math.max(from, times.range.from), to: Math.min(to, times.range.to) };
  const count = bucketCount(held, granularity);
  if (count > LIMITS.partitionsMax) throw tooMany(preAggregation.id, count, partitionDimension);
  const ranges = bucketsBetween(held, granularity);
  return [...ranges.map((range) => of(partitionKey(range.from, granularity), range)), ...partitions];
}

/** What builds one partition. */
export function partitionOf(
  { request, partitionDimension }: RollupShape,
  key: string,
  range: TimeRange | null,
): BuildPartition {
  if (partitionDimension === null) return { key, range, request };
  return {
    key,
    range,
    request: {
      ...request,
      boxes: [[{ dimension: partitionDimension, span: range === null ? NO_TIME : spanOf(range) }]],
    },
  };
}

/** What brings the rows of several partitions at once, which follow one another without a gap, newest first. */
export function joinedRequest(shape: RollupShape, partitions: readonly BuildPartition[]): SourceRequest {
  const [newest, oldest] = [partitions[0], partitions[partitions.length - 1]];
  if (partitions.length === 1) return newest.request;
  assert(newest.range !== null && oldest.range !== null, 'partitions without a range come alone');
  return partitionOf(shape, newest.key, { from: oldest.range.from, to: newest.range.to }).request;
}

/** The build range, widened to the partitions that it touches: a stored bucket is never half full. */
export function wholePartitions(range: BuildRange | null, granularity: Granularity): TimeRange {
  return {
    from: range?.start == null ? -Infinity : floorLocal(range.start, granularity),
    to: range?.end == null ? Infinity : nextBucket(floorLocal(range.end, granularity), granularity),
  };
}

/** `20010131`, with the hour where partitions are hours: Cube's manner of naming. */
export function partitionKey(from: number, granularity: Granularity): string {
  const digits = formatLocal(from).replaceAll(/[-T:.]/g, '');
  return digits.slice(0, granularity === 'hour' ? -7 : -9);
}

/** A rollup without partitions is built whole, whatever range is wished for. */
function touches({ key, range }: Pick<PartitionMeta, 'key' | 'range'>, wish: TimeRange | null): boolean {
  if (wish === null || key === 'all') return true;
  return range !== null && range.from < wish.to && range.to > wish.from;
}

function tooMany(id: string, count: number, dimension: MemberId): StoreError {
  return new StoreError(
    'build_failed',
    `${id} would have ${count} partitions, more than ${LIMITS.partitionsMax}: the times of ${dimension} reach too far.`,
    {
      next: 'Choose a coarser partition_granularity, give a build_range_start and build_range_end, or correct the outlying times in the source.',
    },
  );
}
