/** Registers of sketches, one byte for each bucket, raised to what stored sketches hold. */

/** To other registers, from `at` on: as many as there are. */
export function raiseRegisters(others: Uint8Array, at: number, registers: Uint8Array): void {
  for (let bucket = 0; bucket < registers.length; bucket++) {
    const register = others[at + bucket];
    if (register > registers[bucket]) registers[bucket] = register;
  }
}

/** To `baseline` plus deltas of 4 bits from byte `at` on, even buckets in the high halves: an even number of them. */
export function raiseDeltas(bytes: Uint8Array, at: number, baseline: number, registers: Uint8Array): void {
  for (let i = at, bucket = 0; bucket < registers.length; i++, bucket += 2) {
    const pair = bytes[i];
    const even = baseline + (pair >>> 4);
    const odd = baseline + (pair & 15);
    if (even > registers[bucket]) registers[bucket] = even;
    if (odd > registers[bucket + 1]) registers[bucket + 1] = odd;
  }
}

/**
 * To what `count` entries of 32 bits from byte `at` on, little-endian, put into 2^precision registers; an entry is told
 * in sketch-entry.ts.
 */
export function raiseEntries(
  bytes: Uint8Array,
  at: number,
  count: number,
  precision: number,
  registers: Uint8Array,
): void {
  const inPrefix = 26 - precision;
  for (let i = 0, from = at; i < count; i++, from += 4) {
    const entry = bytes[from] | (bytes[from + 1] << 8) | (bytes[from + 2] << 16) | (bytes[from + 3] << 24);
    const zeros = Math.clz32(entry << precision);
    const register = (zeros < inPrefix ? zeros : inPrefix + (entry & 63)) + 1;
    const bucket = entry >>> (32 - precision);
    if (register > registers[bucket]) registers[bucket] = register;
  }
}

/** Adds to `counts[value]` how many of `count` registers from `at` on have each value, which is below 64. */
export function countRegisters(registers: Uint8Array, at: number, count: number, counts: Int32Array): void {
  for (let i = at; i < at + count; i++) counts[registers[i]]++;
}
