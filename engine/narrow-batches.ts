/** Which rows of each partition a scan visits. */
import type { StoredBatch } from '../model/batch.js';
import type { ScanPlan } from '../model/plan.js';
import { type BatchFilter, compileFilter } from './compile-filter.js';
import { narrowRows } from './narrow-rows.js';
import type { CodeTest } from './scan-task.js';
import { type RowRange, skipBlocks } from './skip-blocks.js';

/** A partition with the rows to visit. */
export interface NarrowedBatch {
  readonly batch: StoredBatch;
  /** In order, and at least one. */
  readonly ranges: readonly RowRange[];
  /** By column, before narrowing. */
  readonly tests: ReadonlyMap<string, CodeTest>;
}

/** Partitions of which no row can pass are left out. */
export function narrowBatches(
  scan: ScanPlan,
  sort: readonly string[],
  batches: readonly StoredBatch[],
  blockRows: number,
): NarrowedBatch[] {
  const filterOf = compileFilter(scan.filter);
  return batches.flatMap((batch) => narrowBatch(batch, sort, filterOf(batch), blockRows));
}

function narrowBatch(
  batch: StoredBatch,
  sort: readonly string[],
  filter: BatchFilter,
  blockRows: number,
): readonly NarrowedBatch[] {
  if (filter.kind === 'none') return [];
  const { from, to, tests } = narrowRows(batch, sort, filter.tests);
  if (from === to) return [];
  const ranges = skipBlocks({ from, to, filters: [...tests, ...filter.trees] }, blockRows);
  return ranges.length === 0 ? [] : [{ batch, ranges, tests: filter.tests }];
}
