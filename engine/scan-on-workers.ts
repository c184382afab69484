import { throwIfAborted } from '../model/throw-if-aborted.js';
import type { ScanInput, ScanPart, ScanSlice, ScanTask } from './scan-task.js';
import type { WorkerPool } from './workers/pool.js';

/** Whether workers can run it: numbers and sketches only, all in shared memory. */
export function isNumeric({ slices }: ScanTask): boolean {
  return slices.every(
    ({ keys, inputs }) => keys.every(({ codes }) => isShared(codes)) && inputs.flat().every(isSharedInput),
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
 * Splits a scan into tasks; gives what each of them found. `isNumeric` holds.
 *
 * @throws StoreError `aborted` as soon as a task ends after the signal; `sketch_invalid`
 */
export async function scanOnWorkers(
  { shape, slices }: ScanTask,
  pool: WorkerPool,
  signal: AbortSignal | undefined,
): Promise<ScanPart[]> {
  const rowsMax = Math.ceil(shape.rows / (pool.threads * TASKS_PER_THREAD));
  const tasks = splitSlices(slices, Math.min(rowsMax, TASK_ROWS_MAX)).map((part): ScanTask => ({
    shape,
    slices: part.map(withoutTypes),
  }));
  return runTasks(tasks, pool, signal);
}

/** More than one, so that a thread that ends early helps the others. */
const TASKS_PER_THREAD = 2;

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
      runs[runs.length - 1].push({ ...slice, from, to });
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

/** The parts in the order of their tasks. A task begins when a thread is free, and none after a failure. */
async function runTasks(
  tasks: readonly ScanTask[],
  pool: WorkerPool,
  signal: AbortSignal | undefined,
): Promise<ScanPart[]> {
  const parts: ScanPart[] = [];
  let next = 0;
  const runner = async (): Promise<void> => {
    try {
      while (next < tasks.length) {
        throwIfAborted(signal);
        const task = next++;
        parts[task] = await pool.run(tasks[task]);
      }
    } catch (error) {
      next = tasks.length;
      throw error;
    }
  };
  await Promise.all(Array.from({ length: Math.min(pool.threads, tasks.length) }, runner));
  throwIfAborted(signal);
  return parts;
}
