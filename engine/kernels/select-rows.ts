/**
 * Which rows pass. Codes come in three widths and one body serves them all: over three kinds of array a loop is as
 * fast as over one; from the fifth on it would not be.
 */
import type { Codes } from '../scan-task.js';

/** Writes the rows of [from, to) whose code passes; gives their number. */
export function selectRows(
  codes: Codes,
  table: Uint8Array,
  from: number,
  to: number,
  rows: Int32Array,
): number {
  let count = 0;
  for (let row = from; row < to; row++) {
    rows[count] = row;
    count += table[codes[row]];
  }
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
