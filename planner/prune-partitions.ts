/** Which partitions can hold rows of the query. */
import type { FileMeta, PartitionMeta, RollupMeta } from '../model/catalog.js';
import type { Filter } from '../model/filter.js';
import { fitFilter } from '../model/range-fit.js';
import type { RangeStats } from '../model/range-fit.js';
import type { Query, TimeRange } from '../model/query.js';
import type { RollupShape } from './rollup-shape.js';

export interface PrunedPartitions {
  readonly partitions: readonly PartitionMeta[];
  /** Whether every row of every kept partition lies in the asked range, so that no row needs a look. */
  readonly whole: boolean;
}

/**
 * The one range that the query sets on the partitioning time dimension, several intersected.
 * Null: all time, rows without a time included.
 */
export function askedRange(query: Query, shape: RollupShape): TimeRange | null {
  let asked: TimeRange | null = null;
  for (const { dimension, range } of query.timeDimensions) {
    if (dimension !== shape.partitionDimension || range === null) continue;
    asked =
      asked === null ? range : { from: Math.max(asked.from, range.from), to: Math.min(asked.to, range.to) };
  }
  return asked;
}

/** Partitions without rows are left out: they have nothing to read. */
export function prunePartitions(meta: RollupMeta, asked: TimeRange | null): PrunedPartitions {
  const filled = meta.partitions.filter((partition) => partition.files.length > 0);
  if (asked === null || meta.partitionGranularity === null)
    return { partitions: filled, whole: asked === null };
  const partitions = filled.filter(
    ({ range }) => range !== null && range.from < asked.to && range.to > asked.from,
  );
  const whole = partitions.every(
    ({ range }) => range !== null && range.from >= asked.from && range.to <= asked.to,
  );
  return { partitions, whole };
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

function rangeStats(file: FileMeta, column: string): RangeStats | null {
  const stats = file.columns.find(({ name }) => name === column);
  return stats === undefined ? null : { ...stats, rows: file.rows };
}
