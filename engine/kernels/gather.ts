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

export function gatherFlags(flags: Uint8Array, rows: Int32Array, count: number, into: Uint8Array): void {
  for (let i = 0; i < count; i++) into[i] = flags[rows[i]];
}

/** Copies numbers, with `nullAs` in place of those without a value. `into` may be `values`. */
export function replaceNulls(
  values: Float64Array,
  validity: Uint8Array,
  count: number,
  nullAs: number,
  into: Float64Array,
): void {
  for (let i = 0; i < count; i++) into[i] = validity[i] === 1 ? values[i] : nullAs;
}
