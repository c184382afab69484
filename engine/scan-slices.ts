import { StoreError } from '../model/errors.js';
import { LIMITS } from '../model/limits.js';
import type { Accumulator } from './accumulators/accumulator.js';
import { createAccumulator } from './accumulators/create-accumulator.js';
import { addsByKey } from './accumulators/keyed-sums.js';
import { isInColumnMemory } from '../storage/column-memory.js';
import { Chunk } from './chunk.js';
import { Grouping } from './grouping.js';
import { identity } from './identity.js';
import { runEnd } from './key-runs.js';
import { isMasked, MaskedRows } from './masked-rows.js';
import { RowSelector } from './row-selector.js';
import { type Kernels, kernels } from './kernels/kernels.js';
import { plainKernels } from './kernels/plain-kernels.js';
import type {
  CodeFilter,
  OrderedRows,
  ScanInput,
  ScanPart,
  ScanShape,
  ScanSlice,
  ScanTask,
  SliceKey,
} from './scan-task.js';
import { OutOfRoom, scratch } from './scratch.js';

/** Groups and their states, on the thread that made them, until its next scan. */
export interface ScanStates {
  readonly grouping: Grouping;
  /** One for each aggregate. */
  readonly accumulators: readonly Accumulator[];
  readonly kernels: Kernels;
}

/**
 * Filters, groups and merges the rows of some slices, on this thread.
 *
 * @param stop shared with who asked: another number than 0 ends the scan
 * @throws StoreError `aborted`; `sketch_invalid`; `out_of_memory`
 */
export function scanSlices(task: ScanTask, stop: Int32Array | null = null): ScanStates {
  return withinRoom(task.shape, (states) => scanAll(states, task, stop));
}

function* slicesOf({ slices, next }: ScanTask): Generator<ScanSlice> {
  if (next === undefined) yield* slices;
  else for (let at; (at = Atomics.add(next, 0, 1)) < slices.length;) yield slices[at];
}

function scanAll(states: ScanInProgress, task: ScanTask, stop: Int32Array | null): void {
  const selector = new RowSelector(states.chunk.kernels);
  const placed = placer();
  let masked: MaskedRows | null = null;
  for (const each of slicesOf(task)) {
    const slice = placeSlice(each, placed);
    states.grouping.begin(slice);
    if (task.shape.direct && slice.ordered !== null) {
      throwIfStopped(stop);
      addOrdered(states, slice, slice.ordered);
      continue;
    }
    states.chunk.sliceRows = slice.to - slice.from;
    if (isMasked(slice, task.shape)) {
      addMasked(states, slice, (masked ??= new MaskedRows(selector)), stop);
      continue;
    }
    const rowsMax = isByKey(slice, task.shape) ? LIMITS.keyedRows : LIMITS.chunkRows;
    for (let from = slice.from; from < slice.to;) {
      throwIfStopped(stop);
      const to = runEnd(slice, from, Math.min(from + rowsMax, slice.to));
      from = selector.select(slice.filters, from, to, slice.to, states.chunk);
      addChunk(states, slice);
    }
  }
}

function throwIfStopped(stop: Int32Array | null): void {
  if (stop !== null && Atomics.load(stop, 0) !== 0) throw new StoreError('aborted', 'the scan was stopped.');
}

function addMasked(
  { grouping, accumulators }: ScanInProgress,
  slice: ScanSlice,
  rows: MaskedRows,
  stop: Int32Array | null,
): void {
  const [key] = slice.keys;
  for (const accumulator of accumulators) accumulator.reserve(grouping.count);
  for (let { from } = slice; from < slice.to; from += LIMITS.chunkRows) {
    throwIfStopped(stop);
    rows.select(slice, from, Math.min(from + LIMITS.chunkRows, slice.to));
    grouping.assignMasked(rows, key);
    accumulators.forEach((accumulator, i) => accumulator.addMasked?.(slice.inputs[i], rows, key));
  }
}

function addOrdered(
  { grouping, accumulators, kernels: own }: ScanInProgress,
  slice: ScanSlice,
  rows: OrderedRows,
): void {
  accumulators.forEach((accumulator, i) => {
    accumulator.reserve(grouping.count);
    accumulator.addOrdered?.(slice.inputs[i], rows, rows.codes[i], slice.keys[0], own);
  });
}

/** Whether all is added by a key, so that nothing is written for each row, and more rows go at once. */
function isByKey({ whole, keys, inputs }: ScanSlice, { direct, radices, aggregates }: ScanShape): boolean {
  return (
    whole &&
    direct &&
    !keys[0].ascending &&
    aggregates.every(({ kind }, i) => kind === 'sum' && isNarrowByKey(inputs[i][0], keys[0], radices[0]))
  );
}

function isNarrowByKey(input: ScanInput, key: SliceKey, groups: number): boolean {
  return input.kind === 'narrow' && addsByKey(key, input, groups);
}

/** What a worker gives of its groups. */
export function partOf({ grouping, accumulators }: ScanStates): ScanPart {
  const groups = grouping.count;
  return {
    groups,
    slots: grouping.slots(),
    states: accumulators.map((accumulator) => accumulator.states(groups)),
  };
}

/** Merges the groups of several workers: those of a part are grouped as if they were rows. */
export function mergeParts(shape: ScanShape, parts: readonly ScanPart[]): ScanStates {
  return withinRoom(shape, (states) => mergeAll(states, parts));
}

function mergeAll(states: ScanInProgress, parts: readonly ScanPart[]): void {
  const codes = scratch().placed(identity(Math.max(0, ...parts.map(({ groups }) => groups))));
  for (const part of parts) {
    const keys = part.slots.map((rowSlots) => ({
      codes,
      slots: new Int32Array(rowSlots.buffer, rowSlots.byteOffset, rowSlots.length),
      rowSlots,
      ascending: false,
    }));
    states.grouping.begin({ whole: true, keys });
    for (let from = 0; from < part.groups; from += LIMITS.chunkRows) {
      const { chunk, grouping, accumulators } = states;
      chunk.setWhole(from, Math.min(from + LIMITS.chunkRows, part.groups));
      grouping.assign(chunk, keys);
      accumulators.forEach((accumulator, i) => {
        accumulator.reserve(grouping.count);
        accumulator.addStates(part.states[i], chunk);
      });
    }
  }
}

/** Groups that outgrow their memory are a refusal with their number, not the end of the process. */
function withinRoom(shape: ScanShape, work: (states: ScanInProgress) => void): ScanStates {
  let states: ScanInProgress | null = null;
  try {
    scratch().reset(shape.roomBytes);
    states = emptyStates(shape);
    work(states);
    finish(states);
    return states;
  } catch (error) {
    if (!(error instanceof OutOfRoom)) throw error;
    const groups = states?.grouping.count ?? shape.radices.reduce((product, radix) => product * radix, 1);
    const room = `the ${Number((shape.roomBytes / 2 ** 20).toFixed(1))} MiB that a query may have`;
    throw new StoreError(
      'out_of_memory',
      `${groups} groups or more, of ${shape.aggregates.length} states each, do not fit in ${room}.`,
      {
        next: 'Group by fewer columns, filter more, or open the store with a higher queryMemoryMb.',
        cause: error,
      },
    );
  } finally {
    scratch().unbound();
  }
}

type Place = <T extends Uint8Array | Int32Array>(array: T) => T;

/** Tables are made for one query: kernels see copies of them, one of each. */
function placer(): Place {
  const copies = new Map<Uint8Array | Int32Array, Uint8Array | Int32Array>();
  return <T extends Uint8Array | Int32Array>(array: T): T => {
    let copy = copies.get(array);
    if (copy === undefined) copies.set(array, (copy = scratch().placed(array)));
    return copy as T;
  };
}

function placeSlice(slice: ScanSlice, placed: Place): ScanSlice {
  if (slice.filters.length === 0 && slice.keys.every(({ slots }) => isInColumnMemory(slots))) return slice;
  return {
    ...slice,
    filters: slice.filters.map((filter) => placeFilter(filter, placed)),
    keys: slice.keys.map((key) => ({ ...key, slots: placed(key.slots) })),
  };
}

function placeFilter(filter: CodeFilter, placed: Place): CodeFilter {
  return filter.kind === 'test'
    ? { ...filter, table: placed(filter.table) }
    : { ...filter, filters: filter.filters.map((inner) => placeFilter(inner, placed)) };
}

interface ScanInProgress extends ScanStates {
  readonly chunk: Chunk;
}

function emptyStates(shape: ScanShape): ScanInProgress {
  const own = shape.plain ? plainKernels : kernels();
  // First: what the first chunk of a thread takes, and all before it, is never given back.
  const chunk = new Chunk(own);
  return {
    grouping: new Grouping(shape),
    accumulators: shape.aggregates.map(createAccumulator),
    kernels: own,
    chunk,
  };
}

/** Leaves out the groups that no row has. */
function finish({ grouping, accumulators, chunk }: ScanInProgress): void {
  const keyed = accumulators.map(({ keyedSums = null }) => keyedSums).find((sums) => sums !== null) ?? null;
  const groups = grouping.keepOccurring(keyed, chunk.kernels);
  if (groups !== null) for (const accumulator of accumulators) accumulator.keepGroups?.(groups);
}

function addChunk({ chunk, grouping, accumulators }: ScanInProgress, slice: ScanSlice): void {
  if (chunk.count === 0) return;
  grouping.assign(chunk, slice.keys);
  for (let i = 0; i < accumulators.length; i++) {
    accumulators[i].reserve(grouping.count);
    accumulators[i].add(slice.inputs[i], chunk);
  }
}
