/** Which partitions of a rollup given rows become, and which stay. */
import { bucketIndex, floorLocal, nextBucket } from '../model/civil-time.js';
import type { RollupMeta } from '../model/catalog.js';
import { formatLocal } from '../model/civil-time.js';
import { StoreError } from '../model/errors.js';
import { LIMITS } from '../model/limits.js';
import type { BuildPartition, BuildTask } from '../model/plan.js';
import type { TimeRange } from '../model/query.js';
import type { Granularity } from '../model/schema.js';
import { bucketCount, bucketsBetween } from '../model/time-range.js';
import { partitionKey } from './plan-build.js';
import type { SourceTimes } from './plan-build.js';
import type { RollupShape } from './rollup-shape.js';

/** What the given rows hold in the partitioning time. */
export interface GivenTimes {
  /** Distinct, in any order. */
  readonly starts: readonly number[];
  readonly hasNulls: boolean;
}

/**
 * The partitions that the rows touch, or all of the range, newest first; all others are kept. What the rollup tells of
 * the source's times grows by those of the rows, so that a query finds them.
 *
 * @param given null for a rollup without partitions
 * @param source null where no source is asked: the given rows are all that there is
 * @throws StoreError `query_invalid` for a range that cuts through partitions, `build_failed` for too many of them
 */
export function planIngest(
  shape: RollupShape,
  definition: string,
  given: GivenTimes | null,
  source: SourceTimes | null,
  meta: RollupMeta | null,
  range: TimeRange | null,
): BuildTask {
  const { preAggregation, request } = shape;
  const { id, partitionGranularity: granularity } = preAggregation;
  const known = meta !== null && meta.definition === definition ? meta : null;
  if (range !== null && granularity === null) {
    throw new StoreError('query_invalid', `range: ${id} has no partitions, so that all of it is replaced.`, {
      next: 'Leave the range out, or give the rollup a partition_granularity.',
    });
  }
  const partitions = givenPartitions(shape, given, range);
  const replaced = new Set(partitions.map(({ key }) => key));
  const kept = (known?.partitions ?? []).filter(({ key }) => !replaced.has(key));
  const times = timesOf(given?.starts ?? []);
  const count = partitions.length + kept.length;
  if (count > LIMITS.partitionsMax) throw tooMany(id, count);
  return {
    rollup: id,
    dataSource: request.dataSource,
    columns: shape.columns,
    indexes: shape.indexes,
    partitionGranularity: granularity,
    sourceRange:
      granularity === null
        ? null
        : [known?.sourceRange ?? null, source?.range ?? null].reduce(joinRanges, times),
    sourceHasNullTimes:
      given?.hasNulls === true || source?.hasNulls === true || known?.sourceHasNullTimes === true,
    buildRange: source?.buildRange ?? known?.buildRange ?? null,
    partitionColumn: null,
    partitions: partitions.toReversed(),
    kept,
  };
}

function givenPartitions(
  { preAggregation, request }: RollupShape,
  given: GivenTimes | null,
  range: TimeRange | null,
): BuildPartition[] {
  const granularity = preAggregation.partitionGranularity;
  if (granularity === null || given === null) return [{ key: 'all', range: null, request }];
  const ranges = range === null ? touched(given.starts, granularity) : wholeRange(range, granularity);
  const timed = ranges.map((each) => ({ key: partitionKey(each.from, granularity), range: each, request }));
  return given.hasNulls ? [...timed, { key: 'null', range: null, request }] : timed;
}

function touched(starts: readonly number[], granularity: Granularity): TimeRange[] {
  const first = new Map(starts.map((start) => [bucketIndex(start, granularity), start]));
  return [...first]
    .toSorted(([a], [b]) => a - b)
    .map(([, start]) => {
      const from = floorLocal(start, granularity);
      return { from, to: nextBucket(from, granularity) };
    });
}

function wholeRange(range: TimeRange, granularity: Granularity): TimeRange[] {
  const from = floorLocal(range.from, granularity);
  const start = floorLocal(range.to, granularity);
  const to = start === range.to ? start : nextBucket(start, granularity);
  if (from !== range.from || to !== range.to) {
    throw new StoreError('query_invalid', `range: it cuts through a partition, which is a ${granularity}.`, {
      next: `Give ['${formatLocal(from)}Z', '${formatLocal(to)}Z'] and all rows of it.`,
    });
  }
  const count = bucketCount(range, granularity);
  if (count > LIMITS.partitionsMax) throw tooMany('the range', count);
  return bucketsBetween(range, granularity);
}

function timesOf(starts: readonly number[]): TimeRange | null {
  let [from, to] = [Infinity, -Infinity];
  for (const start of starts) {
    from = Math.min(from, start);
    to = Math.max(to, start + 1);
  }
  return from < to ? { from, to } : null;
}

function joinRanges(a: TimeRange | null, b: TimeRange | null): TimeRange | null {
  if (a === null || b === null) return a ?? b;
  return { from: Math.min(a.from, b.from), to: Math.max(a.to, b.to) };
}

function tooMany(what: string, count: number): StoreError {
  return new StoreError(
    'build_failed',
    `${what} would have ${count} partitions, more than ${LIMITS.partitionsMax}.`,
    { next: 'Choose a coarser partition_granularity, or leave out rows of outlying times.' },
  );
}
