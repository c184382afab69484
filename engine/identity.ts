let identities = new Uint32Array(0);

/** 0, 1, … below `length`; shared, and not to be written. */
export function identity(length: number): Uint32Array {
  if (identities.length < length) identities = Uint32Array.from({ length }, (_, i) => i);
  return identities.subarray(0, length);
}
