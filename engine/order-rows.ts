import type { GroupedCodes, GroupedNumbers } from '../model/batch.js';
import { compareValues, type Value } from '../model/value.js';
import type { FinishedColumn } from './finish-measure.js';
import { leadingRows } from './leading-rows.js';
import { type CodeOrder, orderByCodes, rankCodes } from './order-codes.js';

export interface RowOrder {
  readonly values: FinishedColumn;
  readonly descending: boolean;
}

/**
 * The first `count` of the rows in order, NULLs last in both directions; rows that are equal in all of it stay as
 * they come. No order leaves all as it is.
 */
export function orderRows(rows: Uint32Array, order: readonly RowOrder[], count: number): Uint32Array {
  if (order.length === 0 || count === 0) return rows.subarray(0, count);
  if (rows.length <= FEW_ROWS) {
    return insertInOrder(rows, inTurn(order.map((key) => compareValuesBy(key, rows, false)))).subarray(
      0,
      count,
    );
  }
  const isRanked = count * TOP_SHARE > rows.length;
  return (
    (isRanked ? orderedByCodes(rows, order)?.subarray(0, count) : leadingInOrder(rows, order, count)) ??
    orderByKeys(rows, order, count, isRanked)
  );
}

/** By the first keys, as far as they are codes; null where these leave rows to the keys after them. */
function orderedByCodes(rows: Uint32Array, order: readonly RowOrder[]): Uint32Array | null {
  const codes: CodeOrder[] = [];
  for (const { values, descending } of order) {
    if (!isCoded(values, rows)) break;
    codes.push({ ...values.coded, descending });
  }
  return codes.length === 0 ? null : orderByCodes(rows, codes, codes.length === order.length);
}

/** Null where the first key is no number, or leaves open too much. */
function leadingInOrder(rows: Uint32Array, order: readonly RowOrder[], count: number): Uint32Array | null {
  const [{ values, descending }] = order;
  if (values.numbers === undefined || count > LEADING_MAX) return null;
  const leading = leadingRows(values.numbers, descending, rows, count, count + LEADING_MAX);
  if (leading === null) return null;
  const compare = inTurn(order.map((key) => compareValuesBy(key, leading, false)));
  return leading.sort(compare).subarray(0, count);
}

/** So few are compared sooner than ranked. */
const FEW_ROWS = 16;

function insertInOrder(rows: Uint32Array, compare: Compare): Uint32Array {
  const sorted = rows.slice();
  for (let i = 1; i < sorted.length; i++) {
    const row = sorted[i];
    let at = i;
    for (; at > 0 && compare(sorted[at - 1], row) > 0; at--) sorted[at] = sorted[at - 1];
    sorted[at] = row;
  }
  return sorted;
}

/** So few are put in order one by one. */
const LEADING_MAX = 200;

function orderByKeys(
  rows: Uint32Array,
  order: readonly RowOrder[],
  count: number,
  isRanked: boolean,
): Uint32Array {
  const [first, ...others] = order;
  const leads = numericRanks(first, rows);
  const compare = inTurn([
    leads === null ? compareValuesBy(first, rows, isRanked) : compareRanks(leads),
    ...others.map((key) => lazily(() => compareBy(key, rows, isRanked))),
  ]);
  return isRanked ? rows.toSorted(compare).subarray(0, count) : topRows(rows, leads, compare, count);
}

/** A heap looks at each row once; it is worth it for the first quarter of them. */
const TOP_SHARE = 4;

type Compare = (a: number, b: number) => number;

/** The first that tells two rows apart decides; else the rows stay as they come. */
function inTurn(compares: readonly Compare[]): Compare {
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

function compareBy(key: RowOrder, rows: Uint32Array, ranked: boolean): Compare {
  const ranks = numericRanks(key, rows);
  return ranks === null ? compareValuesBy(key, rows, ranked) : compareRanks(ranks);
}

/**
 * @param ranked whether a row is compared so often that ranks are worth computing
 */
function compareValuesBy(key: RowOrder, rows: Uint32Array, ranked: boolean): Compare {
  if (ranked) return compareRanks(valueRanks(key, rows));
  const { valueAt } = key.values;
  const sign = key.descending ? -1 : 1;
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
function numericRanks({ values, descending }: RowOrder, rows: Uint32Array): Float64Array | null {
  if (values.numbers !== undefined) return ranksOfNumbers(values.numbers, descending, rows);
  const { valueAt } = values;
  const ranks = ranksFor(rows);
  for (const row of rows) {
    const value = valueAt(row);
    if (value === null) ranks[row] = LAST;
    else if (typeof value === 'number' && Number.isFinite(value)) ranks[row] = descending ? -value : value;
    else return null;
  }
  return ranks;
}

function ranksOfNumbers(
  { values, validity }: GroupedNumbers,
  descending: boolean,
  rows: Uint32Array,
): Float64Array | null {
  const ranks = ranksFor(rows);
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i];
    const value = values[row];
    // The difference is NaN where the value is not finite.
    if (validity !== null && validity[row] === 0) ranks[row] = LAST;
    else if (value - value === 0) ranks[row] = descending ? -value : value;
    else return null;
  }
  return ranks;
}

/** The rank of NULL, in both directions. */
const LAST = Infinity;

/** By row, the position of its value among the distinct values in order. */
function valueRanks({ values, descending }: RowOrder, rows: Uint32Array): Float64Array {
  return isCoded(values, rows)
    ? ranksOfCodes({ ...values.coded, descending }, rows)
    : ranksOfValues(values.valueAt, descending, rows);
}

/** A dictionary of many values that do not occur is dearer than a map of those that do. */
function isCoded(values: FinishedColumn, rows: Uint32Array): values is Coded {
  return values.coded !== undefined && values.coded.dictionary.length <= 4 * rows.length;
}

type Coded = FinishedColumn & { readonly coded: GroupedCodes };

function ranksOfValues(
  valueAt: FinishedColumn['valueAt'],
  descending: boolean,
  rows: Uint32Array,
): Float64Array {
  const distinct = new Map<Value, number>();
  for (const row of rows) distinct.set(valueAt(row), LAST);
  const values = [...distinct.keys()].filter((value) => value !== null).sort(compareValues);
  if (descending) values.reverse();
  values.forEach((value, rank) => distinct.set(value, rank));
  const ranks = ranksFor(rows);
  for (const row of rows) ranks[row] = distinct.get(valueAt(row)) as number;
  return ranks;
}

function ranksOfCodes(coded: CodeOrder, rows: Uint32Array): Float64Array {
  const { rankOf } = rankCodes(coded, rows);
  const ranks = ranksFor(rows);
  for (const row of rows) ranks[row] = rankOf[coded.codes[row]];
  return ranks;
}

/** Rows ascend. */
function ranksFor(rows: Uint32Array): Float64Array {
  return new Float64Array(rows.length === 0 ? 0 : rows[rows.length - 1] + 1);
}

/**
 * The first `count` rows by a heap that has the last of them on top.
 *
 * @param leads ranks by the first key, where it has some: a row behind the top in these needs no further look
 */
function topRows(
  rows: Uint32Array,
  leads: Float64Array | null,
  compare: Compare,
  count: number,
): Uint32Array {
  const heap = rows.slice(0, count);
  for (let at = (count >> 1) - 1; at >= 0; at--) sink(heap, at, heap[at], compare);
  let top = leads === null ? LAST : leads[heap[0]];
  for (let i = count; i < rows.length; i++) {
    const row = rows[i];
    if (leads !== null && leads[row] > top) continue;
    if (compare(row, heap[0]) >= 0) continue;
    sink(heap, 0, row, compare);
    if (leads !== null) top = leads[heap[0]];
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
