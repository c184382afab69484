import { compareValues, type Value } from '../model/value.js';
import type { FinishedColumn } from './finish-measure.js';

export interface RowOrder {
  readonly values: FinishedColumn;
  readonly descending: boolean;
}

/**
 * The first `count` of the rows in order, NULLs last in both directions; rows that are equal in all of it stay as
 * they come. No order leaves all as it is.
 */
export function orderRows(rows: Uint32Array, order: readonly RowOrder[], count: number): Uint32Array {
  if (order.length === 0) return rows.subarray(0, count);
  if (count * TOP_SHARE <= rows.length) return topRows(rows, comparator(order, rows, false), count);
  return rows.toSorted(comparator(order, rows, true)).subarray(0, count);
}

/** A heap looks at each row once; it is worth it for the first quarter of them. */
const TOP_SHARE = 4;

type Compare = (a: number, b: number) => number;

/**
 * @param ranked whether a row is compared so often that ranks are worth computing
 */
function comparator(order: readonly RowOrder[], rows: Uint32Array, ranked: boolean): Compare {
  const compares = order.map((key) => lazily(() => compareBy(key, rows, ranked)));
  const [first] = compares;
  return (a, b) => {
    let result = first(a, b);
    for (let i = 1; result === 0 && i < compares.length; i++) result = compares[i](a, b);
    return result === 0 ? a - b : result;
  };
}

/** Later keys are only needed by rows that tie. */
function lazily(make: () => Compare): Compare {
  let compare: Compare | null = null;
  return (a, b) => (compare ??= make())(a, b);
}

function compareBy({ values, descending }: RowOrder, rows: Uint32Array, ranked: boolean): Compare {
  const { valueAt } = values;
  const ranks = numericRanks(valueAt, rows, descending);
  if (ranks !== null) return compareRanks(ranks);
  if (ranked) return compareRanks(valueRanks(valueAt, rows, descending));
  const sign = descending ? -1 : 1;
  return (a, b) => {
    const x = valueAt(a);
    const y = valueAt(b);
    if (x === null || y === null) return Number(x === null) - Number(y === null);
    return sign * compareValues(x, y);
  };
}

function compareRanks(ranks: Float64Array): Compare {
  return (a, b) => (ranks[a] < ranks[b] ? -1 : ranks[a] > ranks[b] ? 1 : 0);
}

/** By row, a finite number or NULL as a number that ascends in the order; null when there are other values. */
function numericRanks(
  valueAt: FinishedColumn['valueAt'],
  rows: Uint32Array,
  descending: boolean,
): Float64Array | null {
  const ranks = ranksFor(rows);
  for (const row of rows) {
    const value = valueAt(row);
    if (value === null) ranks[row] = Infinity;
    else if (typeof value === 'number' && Number.isFinite(value)) ranks[row] = descending ? -value : value;
    else return null;
  }
  return ranks;
}

/** By row, the position of its value among the distinct values in order. */
function valueRanks(
  valueAt: FinishedColumn['valueAt'],
  rows: Uint32Array,
  descending: boolean,
): Float64Array {
  const distinct = new Map<Value, number>();
  for (const row of rows) distinct.set(valueAt(row), Infinity);
  const values = [...distinct.keys()].filter((value) => value !== null).sort(compareValues);
  if (descending) values.reverse();
  values.forEach((value, rank) => distinct.set(value, rank));
  const ranks = ranksFor(rows);
  for (const row of rows) ranks[row] = distinct.get(valueAt(row)) as number;
  return ranks;
}

/** Rows ascend. */
function ranksFor(rows: Uint32Array): Float64Array {
  return new Float64Array(rows.length === 0 ? 0 : rows[rows.length - 1] + 1);
}

/** The first `count` rows by a heap that has the last of them on top. */
function topRows(rows: Uint32Array, compare: Compare, count: number): Uint32Array {
  if (count === 0) return rows.subarray(0, 0);
  const heap = rows.slice(0, count);
  for (let at = (count >> 1) - 1; at >= 0; at--) sink(heap, at, heap[at], compare);
  for (let i = count; i < rows.length; i++) {
    if (compare(rows[i], heap[0]) < 0) sink(heap, 0, rows[i], compare);
  }
  return heap.sort(compare);
}

/** Puts a row at a place or below, where no row beneath it is later in order. */
function sink(heap: Uint32Array, place: number, row: number, compare: Compare): void {
  let at = place;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && compare(heap[child + 1], heap[child]) > 0) child++;
    if (compare(heap[child], row) <= 0) break;
    heap[at] = heap[child];
    at = child;
  }
  heap[at] = row;
}
