import { throwIfAborted } from '../model/throw-if-aborted.js';
import type { ScanInput, ScanPart, ScanSlice, ScanTask } from './scan-task.js';
import type { AskedTask, WorkerPool } from './workers/pool.js';

/** Whether workers can run it: numbers and sketches only, all in shared memory. */
export function isNumeric({ slices }: ScanTask): boolean {
  return slices.every(
    ({ keys, inputs }) =>
      keys.every(({ codes }) => isShared(codes)) && inputs.every((columns) => columns.every(isSharedInput)),
  );
}

function isSharedInput(input: ScanInput): boolean {
  switch (input.kind) {
    case 'number':
      return isShared(input.values);
    case 'narrow':
      return isShared(input.codes);
    case 'sketch':
      return isShared(input.bytes);
    case 'dictionary':
    case 'wide':
      return false;
  }
}

function isShared(array: ArrayBufferView): boolean {
  return array.buffer instanceof SharedArrayBuffer;
}

/**
 * Splits a scan into tasks; gives what each of them found, until the pool takes it back. `isNumeric` holds.
 *
 * @throws StoreError `aborted`; `worker_failed`; `sketch_invalid`
 */
export async function scanOnWorkers(
  { shape, slices }: ScanTask,
  pool: WorkerPool,
  count: number,
  asked: AskedTask,
): Promise<ScanPart[]> {
  const own = slices.map(withoutTypes);
  const threads = Math.min(count, pool.threads);
  const tasks =
    shape.direct && threads > 1
      ? shareSlices({ shape, slices: own }, threads)
      : splitTask({ shape, slices: own }, count);
  return runTasks(tasks, pool, asked);
}

/**
 * A task for each thread, which takes the next slice when it is done with one: none waits for the other to end. Only
 * where it makes no difference which rows come together, nor which group is met first.
 */
function shareSlices({ shape, slices }: ScanTask, threads: number): ScanTask[] {
  const next = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const shared = slices.flatMap((slice) => splitSlices([slice], SHARED_ROWS_MAX).flat());
  return Array.from({ length: Math.min(threads, shared.length) }, () => ({ shape, slices: shared, next }));
}

/** A slice of so many rows keeps a thread busy for some milliseconds. */
const SHARED_ROWS_MAX = 2 ** 20;

function splitTask({ shape, slices }: ScanTask, count: number): ScanTask[] {
  const rowsMax = Math.max(1, Math.ceil(visitedRows(slices) / count));
  return splitSlices(slices, Math.min(rowsMax, TASK_ROWS_MAX)).map((part) => ({ shape, slices: part }));
}

/** Fewer than those of the shape, where states stand for rows. */
export function visitedRows(slices: readonly ScanSlice[]): number {
  return slices.reduce((sum, { from, to }) => sum + to - from, 0);
}

/** See `HALVES_ROWS_MAX`. */
const TASK_ROWS_MAX = 2 ** 26;

/** Cuts slices into runs of `rowsMax` rows each; the last may be shorter. */
function splitSlices(slices: readonly ScanSlice[], rowsMax: number): ScanSlice[][] {
  const runs: ScanSlice[][] = [];
  let room = 0;
  for (const slice of slices) {
    for (let from = slice.from; from < slice.to;) {
      if (room === 0) {
        runs.push([]);
        room = rowsMax;
      }
      const to = Math.min(from + room, slice.to);
      const isCut = to - from < slice.to - slice.from;
      runs[runs.length - 1].push(isCut ? { ...slice, from, to, whole: false, ordered: null } : slice);
      room -= to - from;
      from = to;
    }
  }
  return runs;
}

/** Posts no more of a column than its arrays. */
function withoutTypes(slice: ScanSlice): ScanSlice {
  return { ...slice, inputs: slice.inputs.map((columns) => columns.map(withoutType)) };
}

function withoutType(input: ScanInput): ScanInput {
  if (input.kind === 'number') return { kind: input.kind, values: input.values, validity: input.validity };
  if (input.kind === 'narrow') {
    return { kind: input.kind, codes: input.codes, base: input.base, validity: input.validity };
  }
  if (input.kind === 'sketch') return { kind: input.kind, bytes: input.bytes, offsets: input.offsets };
  return input;
}

/**
 * The parts in the order of their tasks. A task begins when a thread is free, and none after a failure; which ends the
 * call only after those that were begun, for they read columns that somebody else may overwrite once nobody holds them.
 */
async function runTasks(tasks: readonly ScanTask[], pool: WorkerPool, asked: AskedTask): Promise<ScanPart[]> {
  const parts: ScanPart[] = [];
  let next = 0;
  const runner = async (): Promise<void> => {
    try {
      while (next < tasks.length) {
        throwIfAborted(asked.signal);
        const task = next++;
        parts[task] = await pool.run(tasks[task], asked);
      }
    } catch (error) {
      next = tasks.length;
      for (const { next: shared, slices } of tasks)
        if (shared !== undefined) Atomics.store(shared, 0, slices.length);
      throw error;
    }
  };
  const runners = Array.from({ length: Math.min(pool.threads, tasks.length) }, runner);
  await Promise.allSettled(runners);
  try {
    await Promise.all(runners);
    throwIfAborted(asked.signal);
    return parts;
  } catch (error) {
    for (const part of parts.filter((each) => each !== undefined)) pool.release(part);
    throw error;
  }
}
