import { PRECISION_DEFAULT } from '../model/aggregates.js';
import type { GroupedBatch, GroupedColumn, StoredBatch } from '../model/batch.js';
import type { ScanAggregate, ScanPlan } from '../model/plan.js';
import { throwIfAborted } from '../model/throw-if-aborted.js';
import type { LogicalType } from '../model/value.js';
import type { Accumulator } from './accumulators/accumulator.js';
import { CodedGroups, NumberGroups, nullsAsZero } from './grouped-columns.js';
import { mergeFew } from './few-rows.js';
import { identity } from './identity.js';
import { type GatheredScan, keptPreparation } from './kept-preparations.js';
import { withKeptStates } from './kept-states.js';
import { leadingGroups, type LeadingBy } from './leading-groups.js';
import type { PreparedScan, PrepareOptions } from './prepare-scan.js';
import { placeScan, type PlaceOptions } from './place-scan.js';
import { scanOnWorkers } from './scan-on-workers.js';
import { mergeParts, scanSlices, type ScanStates } from './scan-slices.js';
import type { ThreadTurns } from './workers/thread-turns.js';

export interface ScanOptions extends PrepareOptions, PlaceOptions {
  /** Who has the calling thread; absent: the scan begins at once. */
  readonly turns?: ThreadTurns;
  /** Whose turn it takes. */
  readonly client?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Absent: all groups are asked for. */
  readonly leading?: LeadingBy | undefined;
}

export interface ScanResult {
  /** One row for each group that is asked for, in no order: keys by their `output`, then states by their column. */
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
  const { pool, client = '', signal, states = 'again' } = options;
  const turn = waitForTurn(options);
  if (turn !== null) await turn;
  const kept = keptPreparation(scan, sort, batches, options);
  if (kept.few !== null) return scanGathered(scan, kept);
  const prepared = withKeptStates(kept.prepared, states);
  const place = placeScan(prepared, options);
  if (pool === null || place.kind === 'here') return toResult(scan, prepared, scanSlices(prepared), options);
  const parts = await scanOnWorkers(prepared, pool, place.tasks, { client, signal });
  // In one go: the states stand in scratch.
  try {
    return toResult(scan, prepared, mergeParts(prepared.shape, parts), options);
  } finally {
    for (const part of parts) pool.release(part);
  }
}

/** `runScan` of what `gatheredScan` gives, at once. */
export function scanGathered(scan: ScanPlan, { prepared, few }: GatheredScan): ScanResult {
  return few === null
    ? toResult(scan, prepared, scanSlices(prepared))
    : { batch: mergeFew(few), rowsScanned: prepared.shape.rows };
}

/** Null: it is now. */
export function waitForTurn({
  turns,
  client = '',
  signal,
}: Pick<ScanOptions, 'turns' | 'client' | 'signal'>): Promise<void> | null {
  const turn = turns?.next(client) ?? null;
  return turn === null ? null : turn.then(() => throwIfAborted(signal));
}

/** `runScan` on the calling thread, without a pause. */
export function runScanSync(
  scan: ScanPlan,
  sort: readonly string[],
  batches: readonly StoredBatch[],
  options: PrepareOptions,
): ScanResult {
  return scanGathered(scan, keptPreparation(scan, sort, batches, options));
}

function toResult(
  scan: ScanPlan,
  { shape, keys: numberings, types }: PreparedScan,
  states: ScanStates,
  wanted: Pick<ScanOptions, 'leading' | 'eager'> = {},
): ScanResult {
  const { grouping } = states;
  const overNothing = scan.keys.length === 0 && grouping.count === 0;
  const kept = keepLeading(scan, states, wanted) ?? identity(grouping.count);
  const groups = kept.length;
  const slots = grouping.slots(kept);
  const keys = scan.keys.map((key, i): GroupedColumn => {
    const type = types.get(key.column) ?? { kind: 'string' };
    return new CodedGroups(key.output, type, { codes: slots[i], dictionary: numberings[i].values });
  });
  const aggregates = scan.aggregates.flatMap((aggregate, i) =>
    overNothing
      ? aggregate.columns.map((name) => valueGroups(name, [null], aggregate, types))
      : stateGroups(aggregate, states.accumulators[i], groups, types),
  );
  return {
    batch: { rows: overNothing ? 1 : groups, columns: [...keys, ...aggregates] },
    rowsScanned: shape.rows,
  };
}

/** Leaves of the states those of groups that can lead, which it gives; null: all stay. */
function keepLeading(
  { aggregates }: ScanPlan,
  { grouping, accumulators, kernels }: ScanStates,
  { leading, eager = false }: Pick<ScanOptions, 'leading' | 'eager'>,
): Uint32Array | null {
  if (leading === undefined) return null;
  const at = aggregates.findIndex(({ columns }) => columns.includes(leading.column));
  if (at < 0 || accumulators.some((each) => each.keepGroups === undefined)) return null;
  const numbers = accumulators[at].numbersInPlace?.()[aggregates[at].columns.indexOf(leading.column)];
  // What is NULL here may be 0 in the answer.
  if (numbers === undefined || (aggregates[at].emptyValue !== null && numbers.validity !== null)) return null;
  const groups = leadingGroups(numbers, grouping.count, leading, kernels, eager ? 1 : undefined);
  if (groups !== null) for (const accumulator of accumulators) accumulator.keepGroups?.(groups);
  return groups;
}

function stateGroups(
  aggregate: ScanAggregate,
  accumulator: Accumulator,
  groups: number,
  types: PreparedScan['types'],
): GroupedColumn[] {
  const { columns, emptyValue } = aggregate;
  const numbers = columns.every((name) => types.has(name)) ? accumulator.numbers?.(groups) : undefined;
  if (numbers === undefined) {
    const values = accumulator.values(groups);
    return columns.map((name, part) => valueGroups(name, values[part], aggregate, types));
  }
  return columns.map((name, part) => {
    const own = emptyValue === 0 ? nullsAsZero(numbers[part]) : numbers[part];
    return new NumberGroups(name, types.get(name) as LogicalType, own);
  });
}

function valueGroups(
  name: string,
  values: GroupedColumn['values'],
  { operation, emptyValue }: ScanAggregate,
  types: PreparedScan['types'],
): GroupedColumn {
  const type = types.get(name);
  return {
    name,
    ...(type === undefined ? { type: typeOfNothing(operation), guessed: true as const } : { type }),
    values: values.includes(null) ? values.map((value) => value ?? emptyValue) : values,
  };
}

/** Where no partition tells the type, there is no value but an empty one. */
function typeOfNothing(operation: ScanAggregate['operation']): LogicalType {
  return operation === 'sketch' ? { kind: 'sketch', precision: PRECISION_DEFAULT } : { kind: 'integer' };
}
