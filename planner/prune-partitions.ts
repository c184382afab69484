/** Which partitions can hold rows of the query. */
import type { FileMeta, PartitionMeta, RollupMeta } from '../model/catalog.js';
import type { Filter } from '../model/filter.js';
import { fitFilter } from '../model/range-fit.js';
import type { RangeStats } from '../model/range-fit.js';
import type { Query, TimeRange, TimeSpan } from '../model/query.js';
import type { RollupShape } from './rollup-shape.js';
import { askedBox } from './time-box.js';

export interface PrunedPartitions {
  readonly partitions: readonly PartitionMeta[];
  /** Whether every row of every kept partition lies in the asked range, so that no row needs a look. */
  readonly whole: boolean;
}

/**
 * The one range that the query sets on the partitioning time dimension, several intersected.
 * Null: all time, rows without a time included.
 */
export function askedRange(query: Query, { partitionDimension }: RollupShape): TimeSpan | null {
  return partitionDimension === null ? null : (askedBox(query).get(partitionDimension) ?? null);
}

/** Partitions without rows are left out: they have nothing to read. */
export function prunePartitions(meta: RollupMeta, asked: TimeSpan | null): PrunedPartitions {
  const touched =
    asked === null || meta.partitionGranularity === null
      ? meta.partitions
      : partitionsIn(meta.partitions, asked);
  const partitions = touched.filter((partition) => partition.files.length > 0);
  const whole =
    asked === null ||
    (meta.partitionGranularity !== null &&
      partitions.every(({ range }) =>
        range === null ? asked.orNull : range.from >= asked.from && range.to <= asked.to,
      ));
  return { partitions, whole };
}

/**
 * The partitions that share an instant with the span, found by halving: what a query costs must not grow with the
 * partitions that it does not read.
 * @param partitions in ascending order of time, that of rows without a time last
 */
export function partitionsIn(partitions: readonly PartitionMeta[], span: TimeSpan): readonly PartitionMeta[] {
  const first = firstAt(partitions, ({ to }) => to > span.from);
  const end = firstAt(partitions, ({ from }) => from >= span.to);
  const within = partitions.slice(first, end);
  const last = partitions.at(-1);
  return span.orNull && last?.range === null ? [...within, last] : within;
}

/** The first position of which the test holds, and with it of all that follow; the partition without a time follows. */
function firstAt(partitions: readonly PartitionMeta[], holds: (range: TimeRange) => boolean): number {
  let low = 0;
  let high = partitions.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const { range } = partitions[middle];
    if (range === null || holds(range)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/**
 * Without the partitions of which the statistics say that no row passes.
 * @param index position of the index that is read
 */
export function skipByStatistics(
  partitions: readonly PartitionMeta[],
  index: number,
  filter: Filter | null,
): readonly PartitionMeta[] {
  if (filter === null) return partitions;
  return partitions.filter(
    ({ files }) => fitFilter(filter, (column) => rangeStats(files[index], column)) !== 'none',
  );
}

function rangeStats({ columns, rows }: FileMeta, column: string): RangeStats | null {
  for (const { name, type, nulls, min, max } of columns) {
    if (name === column) return { type, rows, nulls, min, max };
  }
  return null;
}
