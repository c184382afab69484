/**
 * Sketches as plainly as they can be written: no accumulator, no growth, no sharing, 64-bit arithmetic in bigints.
 */
const MASK = 2n ** 64n - 1n;

/** MurmurHash3 x64 128 with a seed: both 64-bit halves. */
export function murmur3Reference(bytes: Uint8Array, seed: bigint): [bigint, bigint] {
  const C1 = 0x87c37b91114253d5n;
  const C2 = 0x4cf5ad432745937fn;
  const first = (k: bigint) => times(rotate(times(k, C1), 31n), C2);
  const second = (k: bigint) => times(rotate(times(k, C2), 33n), C1);
  let h1 = seed;
  let h2 = seed;
  const whole = bytes.length - (bytes.length % 16);
  for (let at = 0; at < whole; at += 16) {
    h1 ^= first(readBits(bytes.subarray(at, at + 8)));
    h1 = (times(rotate(h1, 27n) + h2, 5n) + 0x52dce729n) & MASK;
    h2 ^= second(readBits(bytes.subarray(at + 8, at + 16)));
    h2 = (times(rotate(h2, 31n) + h1, 5n) + 0x38495ab5n) & MASK;
  }
  h2 ^= second(readBits(bytes.subarray(whole + 8)));
  h1 ^= first(readBits(bytes.subarray(whole, whole + 8)));
  h1 ^= BigInt(bytes.length);
  h2 ^= BigInt(bytes.length);
  h1 = (h1 + h2) & MASK;
  h2 = (h2 + h1) & MASK;
  h1 = avalanche(h1);
  h2 = avalanche(h2);
  h1 = (h1 + h2) & MASK;
  return [h1, (h2 + h1) & MASK];
}

/** The sparse entry of a 64-bit hash, by its binary digits. */
export function entryReference(hash: bigint): number {
  const digits = hash.toString(2).padStart(64, '0');
  const zeros = digits.slice(26).padEnd(39, '1').indexOf('1');
  return parseInt(digits.slice(0, 26), 2) * 64 + zeros;
}

/** The stored bytes of a set of entries. */
export function bytesReference(entries: readonly number[], precision: number): Uint8Array {
  const zerosOfPrefix = new Map<number, number>();
  for (const entry of entries) {
    const prefix = Math.floor(entry / 64);
    zerosOfPrefix.set(prefix, Math.max(zerosOfPrefix.get(prefix) ?? 0, entry % 64));
  }
  const kept = [...zerosOfPrefix].sort(([a], [b]) => a - b);
  if (kept.length <= 2 ** precision / 8) {
    return Uint8Array.from([
      ...[2, precision, ...littleEndian(kept.length, 2)],
      ...kept.flatMap(([prefix, zeros]) => littleEndian(prefix * 64 + zeros, 4)),
    ]);
  }
  const registers = new Array<number>(2 ** precision).fill(0);
  for (const [prefix, zeros] of kept) {
    const digits = prefix.toString(2).padStart(26, '0');
    const rest = digits.slice(precision);
    const value = 1 + (rest.includes('1') ? rest.indexOf('1') : rest.length + zeros);
    const bucket = parseInt(digits.slice(0, precision), 2);
    registers[bucket] = Math.max(registers[bucket], value);
  }
  const baseline = registers.reduce((a, b) => Math.min(a, b));
  const deltas = registers.map((register) => Math.min(register - baseline, 15));
  const over = registers.flatMap((register, bucket) => (register - baseline > 15 ? [bucket] : []));
  return Uint8Array.from([
    ...[3, precision, baseline],
    ...deltas.flatMap((delta, bucket) => (bucket % 2 === 0 ? [delta * 16 + deltas[bucket + 1]] : [])),
    ...littleEndian(over.length, 2),
    ...over.flatMap((bucket) => littleEndian(bucket, 2)),
    ...over.map((bucket) => registers[bucket] - baseline - 15),
  ]);
}

function readBits(bytes: Uint8Array): bigint {
  return bytes.reduceRight((bits, byte) => (bits << 8n) | BigInt(byte), 0n);
}

function littleEndian(value: number, size: number): number[] {
  return Array.from({ length: size }, (_, i) => Math.floor(value / 256 ** i) % 256);
}

function times(a: bigint, b: bigint): bigint {
  return (a * b) & MASK;
}

function rotate(x: bigint, bits: bigint): bigint {
  return ((x << bits) | (x >> (64n - bits))) & MASK;
}

function avalanche(x: bigint): bigint {
  x = times(x ^ (x >> 33n), 0xff51afd7ed558ccdn);
  x = times(x ^ (x >> 33n), 0xc4ceb9fe1a85ec53n);
  return x ^ (x >> 33n);
}
