/**
 * Which rows pass. Codes come in three widths and one body serves them all: over three kinds of array a loop is as
 * fast as over one; from the fifth on it would not be.
 */
import type { Codes } from '../scan-task.js';

/**
 * Writes the rows of [from, to) whose code passes; gives their number. Eight rows of which none passes, as most are where
 * few do, are not written one by one.
 */
export function selectRows(
  codes: Codes,
  table: Uint8Array,
  from: number,
  to: number,
  rows: Int32Array,
): number {
  let count = 0;
  let row = from;
  while (row < to) {
    const end = Math.min(row + 8, to);
    if (end - row === 8 && (anyOfFour(codes, table, row) | anyOfFour(codes, table, row + 4)) === 0) {
      row = end;
      continue;
    }
    for (; row < end; row++) {
      rows[count] = row;
      count += table[codes[row]];
    }
  }
  return count;
}

/** Whether one of four codes passes. */
function anyOfFour(codes: Codes, table: Uint8Array, row: number): number {
  return table[codes[row]] | table[codes[row + 1]] | table[codes[row + 2]] | table[codes[row + 3]];
}

/** So many codes are told apart by comparing rows with each of them. */
export const FEW_CODES = 8;

/**
 * The rows of [from, to) that have one of a few codes; gives how many.
 *
 * @param few `FEW_CODES` of them, some of which may be the same
 */
export function selectFew(
  codes: Codes,
  few: Uint32Array,
  from: number,
  to: number,
  rows: Int32Array,
): number {
  let count = 0;
  for (let row = from; row < to; row++) if (few.includes(codes[row])) rows[count++] = row;
  return count;
}

/** Keeps those of the rows whose code passes; gives their number. */
export function refineRows(codes: Codes, table: Uint8Array, rows: Int32Array, count: number): number {
  let kept = 0;
  for (let i = 0; i < count; i++) {
    const row = rows[i];
    rows[kept] = row;
    kept += table[codes[row]];
  }
  return kept;
}

/** Keeps those of the rows whose flag is set; flags count from `from`. */
export function refineByMask(mask: Uint8Array, from: number, rows: Int32Array, count: number): number {
  let kept = 0;
  for (let i = 0; i < count; i++) {
    const row = rows[i];
    rows[kept] = row;
    kept += mask[row - from];
  }
  return kept;
}

/** Writes the rows of [from, to), all of them. */
export function writeRows(from: number, to: number, rows: Int32Array): void {
  for (let row = from; row < to; row++) rows[row - from] = row;
}

/** Writes for each row of [from, to) whether its code passes; flags count from `from`. */
export function writeMask(codes: Codes, table: Uint8Array, from: number, to: number, mask: Uint8Array): void {
  for (let row = from; row < to; row++) mask[row - from] = table[codes[row]];
}

export function andMasks(mask: Uint8Array, other: Uint8Array, count: number): void {
  for (let i = 0; i < count; i++) mask[i] &= other[i];
}

export function orMasks(mask: Uint8Array, other: Uint8Array, count: number): void {
  for (let i = 0; i < count; i++) mask[i] |= other[i];
}

/** The code of a row that is hidden: no other has it where there are at most so many. */
export const HIDDEN = 255;

/** The codes of the rows from `from` on of which the mask is 1, and that of hidden ones for the others. */
export function hideCodes(
  codes: Uint8Array,
  mask: Uint8Array,
  from: number,
  count: number,
  into: Uint8Array,
): void {
  for (let i = 0; i < count; i++) into[i] = mask[i] === 1 ? codes[from + i] : HIDDEN;
}
