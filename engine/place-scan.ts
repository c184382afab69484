import { LIMITS } from '../model/limits.js';
import { isNumeric, visitedRows } from './scan-on-workers.js';
import type { ScanInput, ScanSlice, ScanTask } from './scan-task.js';
import type { WorkerPool } from './workers/pool.js';

/** Where a scan runs: on the calling thread, or on workers in so many tasks. */
export type ScanPlace =
  | { readonly kind: 'here' }
  /** @param tasks more than one where the scan is split */
  | { readonly kind: 'workers'; readonly tasks: number };

export interface PlaceOptions {
  /** Null: everything runs on the calling thread. */
  readonly pool: WorkerPool | null;
  /** Rows, after narrowing, from which a scan goes to the workers and is split; default by its cost. */
  readonly workerRowsMin?: number | undefined;
  /** Whether nothing else wants the calling thread. */
  readonly isAlone?: (() => boolean) | undefined;
}

/** By the estimated cost: rows after narrowing times columns that are looked at. */
export function placeScan(scan: ScanTask, { pool, workerRowsMin, isAlone }: PlaceOptions): ScanPlace {
  const { rows } = scan.shape;
  if (pool === null || (workerRowsMin === undefined && isTiny(scan))) return HERE;
  const { cells, canMove } = costOf(scan);
  if (!canMove) return HERE;
  if (workerRowsMin !== undefined)
    return rows < workerRowsMin ? HERE : { kind: 'workers', tasks: pool.threads * TASKS_PER_THREAD };
  const posted = LIMITS.postedGroupCells * groupsMax(scan);
  if (cells < posted + (isAlone?.() === true ? LIMITS.aloneCells : LIMITS.ownThreadCells)) return HERE;
  if (!pool.isStarted && cells < LIMITS.coldCells) {
    // Whoever asks once need not wait for threads, nor start them.
    if (startsWith(pool)) pool.start();
    return HERE;
  }
  const isSplit = visitedRows(scan.slices) >= LIMITS.splitRowsMin && pool.idle > 1;
  return { kind: 'workers', tasks: isSplit ? pool.idle * TASKS_PER_THREAD : 1 };
}

/** Not worth to be looked at for long. */
function isTiny({ shape: { rows, aggregates, radices } }: ScanTask): boolean {
  const columns = TINY_FILTERS + radices.length + aggregates.length;
  return rows * columns < LIMITS.ownThreadCells && aggregates.every(({ kind }) => kind !== 'sketch');
}

/** More filters, or aggregates of more columns, only make a scan stay that might as well go. */
const TINY_FILTERS = 8;

/** How many groups there can be. */
function groupsMax({ shape: { radices, rows } }: ScanTask): number {
  return Math.min(
    radices.reduce((product, radix) => product * radix, 1),
    rows,
  );
}

const HERE: ScanPlace = { kind: 'here' };

/** More than one, so that a thread that ends early helps the others. */
const TASKS_PER_THREAD = 2;

/** Scans of each pool that would have gone to its threads. */
const coldScans = new WeakMap<WorkerPool, number>();

function startsWith(pool: WorkerPool): boolean {
  const scans = (coldScans.get(pool) ?? 0) + 1;
  coldScans.set(pool, scans);
  return scans > 1;
}

interface ScanCost {
  /** Of about equal cost; a sketch counts by its bytes. */
  readonly cells: number;
  /** Whether workers can run it. */
  readonly canMove: boolean;
}

/** Of scans that are asked again. */
const costs = new WeakMap<ScanTask['slices'], ScanCost>();

function costOf(scan: ScanTask): ScanCost {
  const { slices } = scan;
  let cost = costs.get(slices);
  if (cost === undefined) {
    const cells = slices.reduce((sum, slice) => sum + cellsOf(slice), 0);
    costs.set(slices, (cost = { cells, canMove: isNumeric(scan) }));
  }
  return cost;
}

function cellsOf({ from, to, filters, keys, inputs }: ScanSlice): number {
  let cells = (to - from) * (1 + filters.length + keys.length);
  for (const columns of inputs) for (const input of columns) cells += cellsOfInput(input, from, to);
  return cells;
}

function cellsOfInput(input: ScanInput, from: number, to: number): number {
  return input.kind === 'sketch' ? (input.offsets[to] - input.offsets[from]) / BYTES_PER_CELL : to - from;
}

const BYTES_PER_CELL = 4;
