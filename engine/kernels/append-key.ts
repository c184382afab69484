/**
 * Group ids in mixed radix: each key is a digit, appended to the ids so far. Ids are doubles, exact up to 2^53, so
 * that one loop serves few groups and many. Codes: see select-rows.ts.
 */
import type { Codes } from '../scan-task.js';

export function appendKey(
  codes: Codes,
  slots: Int32Array,
  radix: number,
  from: number,
  count: number,
  ids: Float64Array,
): void {
  for (let i = 0; i < count; i++) ids[i] = ids[i] * radix + slots[codes[from + i]];
}
