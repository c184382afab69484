/** Which rows of each partition a scan visits. */
import type { StoredBatch } from '../model/batch.js';
import { LIMITS } from '../model/limits.js';
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
  const form = `${blockRows} ${sort.join()}`;
  return batches.flatMap((batch) => {
    const known = narrowings.get(batch)?.get(scan);
    if (known?.form === form) return known.narrowed;
    const narrowed = narrowBatch(batch, sort, filterOf(batch), blockRows);
    const bytes = narrowed
      .flatMap(({ tests }) => [...tests.values()])
      .reduce((sum, { table }) => sum + table.length, 0);
    if (bytes <= LIMITS.narrowingBytes) {
      const ofBatch = narrowings.get(batch) ?? new WeakMap<ScanPlan, Narrowing>();
      narrowings.set(batch, ofBatch.set(scan, { form, narrowed }));
    }
    return narrowed;
  });
}

interface Narrowing {
  readonly form: string;
  /** One, or none where no row can pass. */
  readonly narrowed: readonly NarrowedBatch[];
}

/** A plan that is kept is asked again and again: what it looks at stays known while the partition is in memory. */
const narrowings = new WeakMap<StoredBatch, WeakMap<ScanPlan, Narrowing>>();

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
