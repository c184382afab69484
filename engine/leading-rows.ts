import type { GroupedNumbers } from '../model/batch.js';

/**
 * Those of the rows that can be among the first `count` by a key of numbers, in one look at each: all that are no later
 * than the `count`-th so far, of which few turn up once it is near its place. Rows that are equal to it stay.
 *
 * @param most null is given rather than more rows
 * @returns null also where there is NaN, which has an order of its own
 */
export function leadingRows(
  { values, validity }: GroupedNumbers,
  descending: boolean,
  rows: Uint32Array,
  count: number,
  most: number,
): Uint32Array | null {
  const best = new Float64Array(count).fill(LAST);
  const sign = descending ? -1 : 1;
  let last = LAST; // of the best
  const near: number[] = [];
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i];
    // Of NULL it is some number: where that is passed by, so is NULL.
    const rank = sign * values[row];
    if (rank > last) continue;
    const isNull = validity !== null && validity[row] === 0;
    if (isNull && last < LAST) continue;
    if ((Number.isNaN(rank) && !isNull) || near.length === PASSED * most) return null;
    near.push(row);
    if (!isNull && rank < last) last = insertRank(best, rank);
  }
  const leading = near.filter((row) => last === LAST || sign * values[row] <= last);
  return leading.length > most ? null : Uint32Array.from(leading);
}

/** The rank of NULL, and of nothing. */
export const LAST = Infinity;

/** As often as this many, rows may seem to be among the first that in the end are not. */
const PASSED = 8;

/** Puts a number at its place among those that ascend, which drops the last of them; gives who is last now. */
export function insertRank(ascending: Float64Array, number: number): number {
  let at = ascending.length - 1;
  for (; at > 0 && ascending[at - 1] > number; at--) ascending[at] = ascending[at - 1];
  ascending[at] = number;
  return ascending[ascending.length - 1];
}
