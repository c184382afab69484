/**
 * What was decided for a scan stays known until the next full collection: a plan that is kept is asked again. From the second
 * time on its rows lie side by side, where they are few; until then what was decided for them stays with the partition.
 */
import type { StoredBatch } from '../model/batch.js';
import { LIMITS } from '../model/limits.js';
import type { ScanPlan } from '../model/plan.js';
import { type FewRows, fewRows } from './few-rows.js';
import { gatherSlices } from './gather-slices.js';
import { prepareScan, type PreparedScan, type PrepareOptions } from './prepare-scan.js';

/** A scan as it is run. */
export interface GatheredScan {
  /** Where its rows lie side by side, in one slice. */
  readonly prepared: PreparedScan;
  /** These rows; null: they do not lie so, or are more than numbers that are merged. */
  readonly few: FewRows | null;
}

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
): GatheredScan {
  const first = batches.at(0);
  const known = first === undefined ? undefined : deref(preparations.get(first)?.get(scan));
  if (known !== undefined && isSame(known, sort, batches, options))
    return (known.gathered ??= gather(scan, known.prepared));
  const prepared = prepareScan(scan, sort, batches, options);
  if (first !== undefined && prepared.isSettled) {
    const ofFirst = preparations.get(first) ?? new WeakMap<ScanPlan, KeptPreparation>();
    const { dictionaries, grouping, plainKernels, blockRows, roomBytes, types, states, eager } = options;
    const asked = { dictionaries, grouping, plainKernels, blockRows, roomBytes, types, states, eager };
    const preparation = { sort, batches, options: asked, prepared, gathered: null };
    const areFew = prepared.shape.rows <= LIMITS.gatheredRowsMax;
    preparations.set(first, ofFirst.set(scan, areFew ? preparation : new WeakRef(preparation)));
  }
  return { prepared, few: null };
}

function gather(scan: ScanPlan, prepared: PreparedScan): GatheredScan {
  const gathered = gatherSlices(prepared);
  if (gathered === prepared) return { prepared, few: null };
  const made = { prepared: gathered, few: fewRows(scan, gathered) };
  gatheredScans.set(scan, made);
  return made;
}

/**
 * The scan with its rows side by side, for which no partition is needed any more; null: there is none yet. A plan is of
 * one store and one publish, and so are they.
 */
export function gatheredScan(scan: ScanPlan): GatheredScan | null {
  return gatheredScans.get(scan) ?? null;
}

const gatheredScans = new WeakMap<ScanPlan, GatheredScan>();

interface Preparation {
  readonly sort: readonly string[];
  readonly batches: readonly StoredBatch[];
  readonly options: { readonly [K in keyof PrepareOptions]: PrepareOptions[K] | undefined };
  readonly prepared: PreparedScan;
  /** For those that ask again. */
  gathered: GatheredScan | null;
}

/** By the first partition. Weak: columns that leave the cache are not held by whoever read them once. */
const preparations = new WeakMap<StoredBatch, WeakMap<ScanPlan, KeptPreparation>>();

type KeptPreparation = Preparation | WeakRef<Preparation>;

function deref(kept: KeptPreparation | undefined): Preparation | undefined {
  return kept instanceof WeakRef ? kept.deref() : kept;
}

function isSame(
  known: Preparation,
  sort: readonly string[],
  batches: readonly StoredBatch[],
  options: PrepareOptions,
): boolean {
  const { dictionaries, grouping, plainKernels, blockRows, roomBytes, types, states, eager } = known.options;
  return (
    options.dictionaries === dictionaries &&
    options.grouping === grouping &&
    options.plainKernels === plainKernels &&
    options.blockRows === blockRows &&
    options.roomBytes === roomBytes &&
    options.types === types &&
    options.states === states &&
    options.eager === eager &&
    batches.length === known.batches.length &&
    batches.every((batch, at) => batch === known.batches[at]) &&
    sort.length === known.sort.length &&
    sort.every((column, at) => column === known.sort[at])
  );
}
