import { PRECISION_DEFAULT } from '../model/aggregates.js';
import type { GroupedBatch, GroupedColumn, StoredBatch } from '../model/batch.js';
import { LIMITS } from '../model/limits.js';
import type { ScanPlan } from '../model/plan.js';
import type { LogicalType } from '../model/value.js';
import { valuesOf } from './accumulators/accumulator.js';
import { prepareScan, type PreparedScan, type PrepareOptions } from './prepare-scan.js';
import { isNumeric, scanOnWorkers } from './scan-on-workers.js';
import { mergeParts, scanSlices, type ScanStates } from './scan-slices.js';
import type { WorkerPool } from './workers/pool.js';

export interface ScanOptions extends PrepareOptions {
  /** Null: everything runs on the calling thread. */
  readonly pool: WorkerPool | null;
  /** Rows, after narrowing, below which a scan stays on the calling thread. */
  readonly workerRowsMin?: number;
  readonly signal?: AbortSignal | undefined;
}

export interface ScanResult {
  /** One row for each group, in no order: keys by their `output`, then states by their column. */
  readonly batch: GroupedBatch;
  /** How many stored rows were looked at. */
  readonly rowsScanned: number;
}

/**
 * Filters, groups and merges the rows of some partitions of one index. Without keys there is one group, even over
 * no rows.
 *
 * @param sort the columns that each batch is sorted by
 * @throws StoreError `aborted`; `corrupt`; `sketch_invalid`
 */
export async function runScan(
  scan: ScanPlan,
  sort: readonly string[],
  batches: readonly StoredBatch[],
  options: ScanOptions,
): Promise<ScanResult> {
  const { pool, signal, workerRowsMin = LIMITS.workerRowsMin } = options;
  const prepared = prepareScan(scan, sort, batches, options);
  if (pool === null || prepared.shape.rows < workerRowsMin || !isNumeric(prepared)) {
    return toResult(scan, prepared, scanSlices(prepared));
  }
  const parts = await scanOnWorkers(prepared, pool, signal);
  return toResult(scan, prepared, mergeParts(prepared.shape, parts));
}

/** `runScan` on the calling thread, without a pause. */
export function runScanSync(
  scan: ScanPlan,
  sort: readonly string[],
  batches: readonly StoredBatch[],
  options: PrepareOptions,
): ScanResult {
  const prepared = prepareScan(scan, sort, batches, options);
  return toResult(scan, prepared, scanSlices(prepared));
}

function toResult(
  scan: ScanPlan,
  { shape, keys: numberings, types }: PreparedScan,
  states: ScanStates,
): ScanResult {
  const groups = states.grouping.count;
  const overNothing = scan.keys.length === 0 && groups === 0;
  const slots = states.grouping.slots();
  const keys = scan.keys.map((key, i): GroupedColumn => {
    const { values } = numberings[i];
    return {
      name: key.output,
      type: types.get(key.column) ?? { kind: 'string' },
      values: valuesOf(groups, (group) => values[slots[i][group]]),
    };
  });
  const aggregates = scan.aggregates.flatMap(({ columns, operation, emptyValue }, i) => {
    const all = overNothing ? columns.map(() => [null]) : states.accumulators[i].values(groups);
    return columns.map((name, part): GroupedColumn => {
      const values = all[part];
      const type = types.get(name);
      return {
        name,
        ...(type === undefined ? { type: typeOfNothing(operation), guessed: true as const } : { type }),
        values: values.includes(null) ? values.map((value) => value ?? emptyValue) : values,
      };
    });
  });
  return {
    batch: { rows: overNothing ? 1 : groups, columns: [...keys, ...aggregates] },
    rowsScanned: shape.rows,
  };
}

/** Where no partition tells the type, there is no value but an empty one. */
function typeOfNothing(operation: ScanPlan['aggregates'][number]['operation']): LogicalType {
  return operation === 'sketch' ? { kind: 'sketch', precision: PRECISION_DEFAULT } : { kind: 'integer' };
}
