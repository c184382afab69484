/** What is built and published, as the planner sees it: a snapshot that never changes. */
import type { MergeOperation } from './aggregates.js';
import type { TimeRange } from './query.js';
import type { Granularity, RollupId } from './schema.js';
import type { LogicalType, Value } from './value.js';

export interface CatalogSnapshot {
  /** Counts publishes; 0 is the empty store. */
  readonly version: number;
  readonly rollups: ReadonlyMap<RollupId, RollupMeta>;
}

export interface RollupMeta {
  readonly id: RollupId;
  /** Hash of everything in the model that decides the rollup's content. */
  readonly definition: string;
  readonly columns: readonly RollupColumn[];
  readonly indexes: readonly IndexMeta[];
  readonly partitionGranularity: Granularity | null;
  /**
   * What the source held in the partitioning time dimension when the build looked; null where it is not
   * partitioned or held no time at all. `to` is exclusive: one millisecond after the last time.
   */
  readonly sourceRange: TimeRange | null;
  /** Whether the source held rows without a partitioning time; they make the partition `null`. */
  readonly sourceHasNullTimes: boolean;
  /** What the model's build range was when the build looked; null: it has none. */
  readonly buildRange: BuildRange | null;
  /** In ascending order of time; the partition of rows without a time is last. */
  readonly partitions: readonly PartitionMeta[];
  /** Milliseconds since the epoch. */
  readonly lastRefreshTime: number;
  /** `<schema>.<table>` in the manner of Cube, with content and structure version. */
  readonly targetTableName: string;
}

/**
 * The first and the last time that a build was to hold, as instants; null: no bound on that side. The partitions that
 * they touch are built whole; all others are not, and neither are rows without a time when a side has a bound.
 */
export interface BuildRange {
  readonly start: number | null;
  readonly end: number | null;
}

export interface RollupColumn {
  readonly name: string;
  readonly role: ColumnRole;
}

export type ColumnRole =
  | { readonly kind: 'dimension' }
  | { readonly kind: 'segment' }
  /** The granularity by its name, which is of the time dimension's own or predefined. */
  | { readonly kind: 'time'; readonly granularity: string }
  /** `merge` is null where stored values cannot be merged (avg, exact distinct). */
  | { readonly kind: 'measure'; readonly merge: MergeOperation | null };

export interface IndexMeta {
  /** Null for the default index. */
  readonly name: string | null;
  readonly type: 'regular' | 'aggregate';
  /** The columns that rows are sorted by, in order: those listed, then the remaining key columns. */
  readonly sortColumns: readonly string[];
  /** How many of `sortColumns` were listed by the user; for the default index, all. */
  readonly listed: number;
}

export interface PartitionMeta {
  /** `all`, `null`, or the start of the partition as `20010101`, with the hour `2001010113` where hourly. */
  readonly key: string;
  /** Null for `all` and `null`. */
  readonly range: TimeRange | null;
  /** One per index, in the order of `RollupMeta.indexes`. Empty when the partition holds no rows. */
  readonly files: readonly FileMeta[];
  readonly builtAt: number;
  /** `<schema>.<table><key>_…`, its table in the manner of Cube; absent where the rollup is not partitioned. */
  readonly targetTableName?: string;
  /** Absent where no build made it. */
  readonly receipt?: BuildReceipt;
}

/** How a partition was made: what to look at when it is not what one expects. */
export interface BuildReceipt {
  /** MD5 of the SQL and its parameters that the source was asked, in hexadecimal. */
  readonly statement: string;
  /** MD5 of the configuration of the data source, in hexadecimal: another one, another database. */
  readonly source: string;
  /** Groups that the source gave: the rows of the default index. */
  readonly groups: number;
  /**
   * From the statement on, the waiting for partitions that are built at the same time too; of a statement that brought
   * several partitions, each has the same part.
   */
  readonly durationMs: number;
  /**
   * How much of it each file took, to the tenth, from the end of the one before it: writing (as far as that was not done
   * meanwhile), sealing, reading it back, comparing it. In the order of the files; absent where an older Granary made them.
   */
  readonly filesMs?: readonly number[];
  /** What wrote it: `granary 0.1.0`. */
  readonly writer: string;
}

export interface FileMeta {
  /** Relative to the store, with forward slashes. */
  readonly path: string;
  readonly bytes: number;
  /** CRC-32 of the whole file. */
  readonly crc32: number;
  readonly rows: number;
  /** In the order of the file's columns. */
  readonly columns: readonly ColumnStats[];
}

export interface ColumnStats {
  readonly name: string;
  readonly type: LogicalType;
  readonly nulls: number;
  /** Null when unknown: no values, a NaN, or a sketch. */
  readonly min: Value;
  readonly max: Value;
  /** Distinct values, NULL not counted: exact. Null when unknown, absent in files that were sealed by older versions. */
  readonly distinct?: number | null;
  /**
   * The sum of the values of a measure, exact: of integers, and of decimals in units of their last digit. Null where there
   * is no value, for doubles and for all else; absent in files that were sealed by older versions.
   */
  readonly total?: number | bigint | null;
}
