/** What a build tells of itself when it is through. */
import type { RollupMeta } from './model/catalog.js';
import type { BuildPartition } from './model/plan.js';

export interface BuildReport {
  readonly rollups: readonly RollupBuild[];
  readonly durationMs: number;
  /** The most that the whole process has held in memory since it began. */
  readonly peakMemoryBytes: number;
}

export interface RollupBuild {
  readonly preAggregation: string;
  readonly outcome: 'built' | 'current' | 'skipped';
  /** Why it was skipped. */
  readonly reason?: string;
  readonly partitionsBuilt: number;
  readonly partitionsKept: number;
  /** Of all partitions, in the default index. */
  readonly rows: number;
  /** Of all files of all indexes. */
  readonly bytes: number;
  readonly durationMs: number;
  /** Of the partitions that this build made, added up: more than `durationMs` where it made several at the same time. */
  readonly partitionsMs: number;
  /** What each index takes, the default one first. */
  readonly indexes: readonly IndexBuild[];
}

export interface IndexBuild {
  /** Null for the default index. */
  readonly name: string | null;
  /** Of all partitions. */
  readonly bytes: number;
  /** Of `partitionsMs`: what its files add to those before them, written, read back and compared. */
  readonly durationMs: number;
}

/**
 * What indexes take: bytes of all partitions, times of those that this build made.
 *
 * @param made by this build
 */
export function indexBuilds(
  { indexes, partitions }: RollupMeta,
  made: readonly Pick<BuildPartition, 'key'>[],
): Pick<RollupBuild, 'partitionsMs' | 'indexes'> {
  const built = new Set(made.map(({ key }) => key));
  const receipts = partitions.flatMap(({ key, receipt }) => (built.has(key) && receipt ? [receipt] : []));
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  return {
    partitionsMs: sum(receipts.map(({ durationMs }) => durationMs)),
    indexes: indexes.map(({ name }, at) => ({
      name,
      bytes: sum(partitions.map(({ files }) => files[at]?.bytes ?? 0)),
      durationMs: sum(receipts.map(({ filesMs }) => filesMs?.[at] ?? 0)),
    })),
  };
}
