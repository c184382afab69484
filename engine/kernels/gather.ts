import type { Codes } from '../scan-task.js';

export function gatherCodes(codes: Codes, rows: Int32Array, count: number, into: Uint32Array): void {
  for (let i = 0; i < count; i++) into[i] = codes[rows[i]];
}

export function gatherNumbers(
  values: Float64Array,
  rows: Int32Array,
  count: number,
  into: Float64Array,
): void {
  for (let i = 0; i < count; i++) into[i] = values[rows[i]];
}

/** The numbers `base + code` of some rows. */
export function widenRows(
  codes: Codes,
  base: number,
  rows: Int32Array,
  count: number,
  into: Float64Array,
): void {
  for (let i = 0; i < count; i++) into[i] = base + codes[rows[i]];
}

/** The numbers `base + code` of the rows from `from` on. */
export function widenRange(
  codes: Codes,
  base: number,
  from: number,
  count: number,
  into: Float64Array,
): void {
  for (let i = 0; i < count; i++) into[i] = base + codes[from + i];
}

export function gatherFlags(flags: Uint8Array, rows: Int32Array, count: number, into: Uint8Array): void {
  for (let i = 0; i < count; i++) into[i] = flags[rows[i]];
}

/** Copies numbers and flags from `from` on, with `nullAs` in place of those without a value. `into` may be `values`. */
export function replaceNulls(
  values: Float64Array,
  valuesFrom: number,
  validity: Uint8Array,
  validityFrom: number,
  count: number,
  nullAs: number,
  into: Float64Array,
): void {
  for (let i = 0; i < count; i++) {
    into[i] = validity[validityFrom + i] === 1 ? values[valuesFrom + i] : nullAs;
  }
}
