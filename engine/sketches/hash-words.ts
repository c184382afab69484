/**
 * The entries of many 64-bit values at once: murmur3 of their 8 bytes, as `murmur3Of64Bits` in `murmur3.ts` reckons it,
 * with the state in registers. Frozen: stored sketches depend on every bit of it.
 */
import { PREFIX_BITS, ZEROS_BITS } from './sketch-entry.js';

const C1_LOW = 0x114253d5;
const C1_HIGH = 0x87c37b91 | 0;
const C2_LOW = 0x2745937f;
const C2_HIGH = 0x4cf5ad43;
const M1_LOW = 0xed558ccd | 0;
const M1_HIGH = 0xff51afd7 | 0;
const M2_LOW = 0x1a85ec53;
const M2_HIGH = 0xc4ceb9fe | 0;
const NAN_HIGH = 0x7ff80000;

/**
 * As `entryOfInteger` makes them.
 * @param words each value as its low and its high half
 * @param entries one for each value, written from the start
 */
export function hashIntegers(words: Int32Array, entries: Uint32Array): void {
  for (let i = 0; i < entries.length; i++) entries[i] = hashWord(words[2 * i], words[2 * i + 1]);
}

/** As `entryOfDouble` makes them: zeros of both signs are one value, and so are all NaNs. */
export function hashDoubles(words: Int32Array, entries: Uint32Array): void {
  for (let i = 0; i < entries.length; i++) {
    const low = words[2 * i];
    const high = words[2 * i + 1];
    const size = high & 0x7fffffff;
    if (size > 0x7ff00000 || (size === 0x7ff00000 && low !== 0)) entries[i] = hashWord(0, NAN_HIGH);
    else entries[i] = hashWord(low, size === 0 && low === 0 ? 0 : high);
  }
}

function hashWord(low: number, high: number): number {
  // h1 = rotl(k × C1, 31) × C2
  let l = Math.imul(low, C1_LOW);
  let h = (upperHalf(low, C1_LOW) + Math.imul(high, C1_LOW) + Math.imul(low, C1_HIGH)) | 0;
  const turnedLow = (l << 31) | (h >>> 1);
  const turnedHigh = (h << 31) | (l >>> 1);
  l = Math.imul(turnedLow, C2_LOW);
  h = (upperHalf(turnedLow, C2_LOW) + Math.imul(turnedHigh, C2_LOW) + Math.imul(turnedLow, C2_HIGH)) | 0;
  // h1 ^= 8, h2 = 8, h1 += h2, h2 += h1
  const firstLow = ((l ^ 8) + 8) | 0;
  const firstHigh = (h + (firstLow >>> 0 < 8 ? 1 : 0)) | 0;
  const secondLow = (firstLow + 8) | 0;
  const secondHigh = (firstHigh + (secondLow >>> 0 < 8 ? 1 : 0)) | 0;
  // The finalizer of each.
  l = firstLow ^ (firstHigh >>> 1);
  h = (upperHalf(l, M1_LOW) + Math.imul(firstHigh, M1_LOW) + Math.imul(l, M1_HIGH)) | 0;
  l = Math.imul(l, M1_LOW) ^ (h >>> 1);
  const endHigh = (upperHalf(l, M2_LOW) + Math.imul(h, M2_LOW) + Math.imul(l, M2_HIGH)) | 0;
  const endLow = Math.imul(l, M2_LOW) ^ (endHigh >>> 1);
  l = secondLow ^ (secondHigh >>> 1);
  h = (upperHalf(l, M1_LOW) + Math.imul(secondHigh, M1_LOW) + Math.imul(l, M1_HIGH)) | 0;
  l = Math.imul(l, M1_LOW) ^ (h >>> 1);
  const otherHigh = (upperHalf(l, M2_LOW) + Math.imul(h, M2_LOW) + Math.imul(l, M2_HIGH)) | 0;
  const otherLow = Math.imul(l, M2_LOW) ^ (otherHigh >>> 1);
  // h1 += h2
  l = (endLow + otherLow) | 0;
  h = (endHigh + otherHigh + (l >>> 0 < otherLow >>> 0 ? 1 : 0)) | 0;
  const rest = h << PREFIX_BITS;
  const zeros = rest === 0 ? ZEROS_BITS + Math.clz32(l) : Math.clz32(rest);
  return (((h >>> ZEROS_BITS) << ZEROS_BITS) | zeros) >>> 0;
}

/** The upper 32 bits of the product of two unsigned 32-bit numbers. */
function upperHalf(a: number, b: number): number {
  const a0 = a & 0xffff;
  const a1 = a >>> 16;
  const b0 = b & 0xffff;
  const b1 = b >>> 16;
  const middle = (Math.imul(a1, b0) + (Math.imul(a0, b0) >>> 16)) | 0;
  const carry = ((middle & 0xffff) + Math.imul(a0, b1)) | 0;
  return (Math.imul(a1, b1) + (middle >>> 16) + (carry >>> 16)) | 0;
}
