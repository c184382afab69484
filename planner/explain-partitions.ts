/** Which partitions of a rollup a plan reads and which it skips, and why. */
import type { PartitionMeta } from '../model/catalog.js';
import { formatLocal } from '../model/civil-time.js';
import { totalsRow } from '../model/partition-totals.js';
import type { RollupPiece } from '../model/plan.js';
import type { TimeRange } from '../model/query.js';

/** Partitions that follow each other and share their fate. */
export interface PartitionRun {
  readonly fate: PartitionFate;
  /** First and last day, or hour, that they hold, both included: `2024-01-01..2024-03-31`; `all`; `without a time`. */
  readonly span: string;
  readonly partitions: number;
  /** In the index that is read. */
  readonly rows: number;
}

/**
 * `range`: outside of the asked times; `statistics`: by the bounds of its columns no row passes the filter. `totals`: it
 * answers, and by what the catalog tells of its columns alone.
 */
export type PartitionFate =
  'kept' | 'kept by totals' | 'empty' | 'skipped by range' | 'skipped by statistics';

/** In the order of time. @param asked on the partitioning time; null: all time */
export function explainPartitions(piece: RollupPiece, asked: TimeRange | null): PartitionRun[] {
  const kept = new Set(piece.partitions);
  const runs: PartitionMeta[][] = [];
  const fateOf = (partition: PartitionMeta): PartitionFate => {
    if (kept.has(partition))
      return totalsRow(partition.files[piece.index], piece.scan) === null ? 'kept' : 'kept by totals';
    if (partition.files.length === 0) return 'empty';
    return asked === null || touches(partition, asked) ? 'skipped by statistics' : 'skipped by range';
  };
  for (const partition of piece.rollup.partitions) {
    const run = runs.at(-1);
    const last = run?.at(-1);
    const follows = last !== undefined && fateOf(last) === fateOf(partition) && isNext(last, partition);
    if (run !== undefined && follows) run.push(partition);
    else runs.push([partition]);
  }
  return runs.map((run) => ({
    fate: fateOf(run[0]),
    span: spanText(run[0], run[run.length - 1]),
    partitions: run.length,
    rows: run.reduce((rows, { files }) => rows + (files[piece.index]?.rows ?? 0), 0),
  }));
}

/** `2024-01-01..2024-03-31: 3 partitions kept, 2 of them by their totals, 997 skipped`. */
export function partitionsText(runs: readonly PartitionRun[]): string {
  const count = (some: readonly PartitionRun[]): number =>
    some.reduce((sum, { partitions }) => sum + partitions, 0);
  const kept = runs.filter(({ fate }) => fate.startsWith('kept'));
  const byTotals = count(kept.filter(({ fate }) => fate === 'kept by totals'));
  const spans = kept.map(({ span }) => span).join(', ');
  const partitions = `${count(kept)} partition${count(kept) === 1 ? '' : 's'} kept`;
  const skipped = runs.filter(({ fate }) => fate.startsWith('skipped'));
  const totals = byTotals === 0 ? '' : `, ${byTotals} of them by their totals`;
  const text = `${partitions}${totals}, ${count(skipped)} skipped`;
  return spans === '' ? text : `${spans}: ${text}`;
}

function touches({ range }: PartitionMeta, asked: TimeRange): boolean {
  return range !== null && range.from < asked.to && range.to > asked.from;
}

function isNext(last: PartitionMeta, next: PartitionMeta): boolean {
  return last.range !== null && last.range.to === next.range?.from;
}

function spanText(first: PartitionMeta, last: PartitionMeta): string {
  if (first.range === null || last.range === null) return first.key === 'null' ? 'without a time' : 'all';
  const [from, to] = [formatLocal(first.range.from), formatLocal(last.range.to - 1)];
  const whole = from.endsWith('T00:00:00.000') && to.endsWith('T23:59:59.999');
  return whole ? `${from.slice(0, 10)}..${to.slice(0, 10)}` : `${from.slice(0, 16)}..${to.slice(0, 16)}`;
}
