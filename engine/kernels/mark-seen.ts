import type { Codes } from '../scan-task.js';

/** Marks the groups that occur. */
export function markSeen(seen: Uint8Array, groups: Int32Array, count: number): void {
  for (let i = 0; i < count; i++) seen[groups[i]] = 1;
}

/** Marks the groups that occur with a value. */
export function markValid(
  seen: Uint8Array,
  groups: Int32Array,
  validity: Uint8Array,
  from: number,
  count: number,
): void {
  for (let i = 0; i < count; i++) seen[groups[i]] |= validity[from + i];
}

/** As `markValid` where the slots of a key are the groups. */
export function markByKey(
  seen: Uint8Array,
  keys: Codes,
  slots: Int32Array,
  validity: Uint8Array,
  from: number,
  count: number,
): void {
  for (let row = from; row < from + count; row++) seen[slots[keys[row]]] |= validity[row];
}
