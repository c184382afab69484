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
