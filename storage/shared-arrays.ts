/** Typed arrays over shared memory, zeroed: workers see them without a copy. */

export function sharedBytes(length: number): Uint8Array {
  return new Uint8Array(new SharedArrayBuffer(length));
}

export function sharedUint16(length: number): Uint16Array {
  return new Uint16Array(new SharedArrayBuffer(length * 2));
}

export function sharedUint32(length: number): Uint32Array {
  return new Uint32Array(new SharedArrayBuffer(length * 4));
}

export function sharedFloat64(length: number): Float64Array {
  return new Float64Array(new SharedArrayBuffer(length * 8));
}

/** The narrowest codes that hold 0 to `max`. */
export function sharedCodes(length: number, max: number): Uint8Array | Uint16Array | Uint32Array {
  if (max < 1 << 8) return sharedBytes(length);
  if (max < 1 << 16) return sharedUint16(length);
  return sharedUint32(length);
}
