/**
 * What was decided for a scan of few rows stays known while its first partition is in memory: a plan that is kept is asked
 * again. From the second time on its rows lie side by side.
 */
import type { StoredBatch } from '../model/batch.js';
import { LIMITS } from '../model/limits.js';
import type { ScanPlan } from '../model/plan.js';
import { gatherSlices } from './gather-slices.js';
import { prepareScan, type PreparedScan, type PrepareOptions } from './prepare-scan.js';

/**
 * As `prepareScan`.
 *
 * @throws StoreError `corrupt`
 */
export function keptPreparation(
  scan: ScanPlan,
  sort: readonly string[],
  batches: readonly StoredBatch[],
  options: PrepareOptions,
): PreparedScan {
  const first = batches.at(0);
  const known = first === undefined ? undefined : preparations.get(first)?.get(scan);
  if (known !== undefined && isSame(known, sort, batches, options)) {
    if (known.gathered === null) {
      known.gathered = gatherSlices(known.prepared);
      if (known.gathered !== known.prepared) gatheredScans.set(scan, known.gathered);
    }
    return known.gathered;
  }
  const prepared = prepareScan(scan, sort, batches, options);
  if (first !== undefined && prepared.shape.rows <= LIMITS.preparedRowsMax) {
    const ofFirst = preparations.get(first) ?? new WeakMap<ScanPlan, Preparation>();
    const { dictionaries, grouping, plainKernels, blockRows, roomBytes, types, states } = options;
    const asked = { dictionaries, grouping, plainKernels, blockRows, roomBytes, types, states };
    preparations.set(first, ofFirst.set(scan, { sort, batches, options: asked, prepared, gathered: null }));
  }
  return prepared;
}

/**
 * The scan with its rows side by side, for which no partition is needed any more; null: there is none yet. A plan is of
 * one store and one publish, and so are they.
 */
export function gatheredScan(scan: ScanPlan): PreparedScan | null {
  return gatheredScans.get(scan) ?? null;
}

const gatheredScans = new WeakMap<ScanPlan, PreparedScan>();

interface Preparation {
  readonly sort: readonly string[];
  readonly batches: readonly StoredBatch[];
  readonly options: { readonly [K in keyof PrepareOptions]: PrepareOptions[K] | undefined };
  readonly prepared: PreparedScan;
  /** For those that ask again. */
  gathered: PreparedScan | null;
}

const preparations = new WeakMap<StoredBatch, WeakMap<ScanPlan, Preparation>>();

function isSame(
  known: Preparation,
  sort: readonly string[],
  batches: readonly StoredBatch[],
  options: PrepareOptions,
): boolean {
  const { dictionaries, grouping, plainKernels, blockRows, roomBytes, types, states } = known.options;
  return (
    options.dictionaries === dictionaries &&
    options.grouping === grouping &&
    options.plainKernels === plainKernels &&
    options.blockRows === blockRows &&
    options.roomBytes === roomBytes &&
    options.types === types &&
    options.states === states &&
    batches.length === known.batches.length &&
    batches.every((batch, at) => batch === known.batches[at]) &&
    sort.length === known.sort.length &&
    sort.every((column, at) => column === known.sort[at])
  );
}
