/**
 * MurmurHash3 x64 128 by Austin Appleby, with seed 0, of which sketches use the first 64 bits (h1). Frozen: stored
 * sketches depend on every bit of it.
 *
 * A 64-bit number is a pair of 32-bit halves. The state is the caller's `Int32Array(4)`: h1 low, h1 high, h2 low,
 * h2 high; the hash is left in its first two slots.
 */
const C1_LOW = 0x114253d5;
const C1_HIGH = 0x87c37b91 | 0;
const C2_LOW = 0x2745937f;
const C2_HIGH = 0x4cf5ad43;

/** Leaves the hash of the first `length` bytes in `state[0]` (low half) and `state[1]` (high half). */
export function murmur3(bytes: Uint8Array, length: number, state: Int32Array): void {
  clear(state);
  let at = 0;
  for (; at + 16 <= length; at += 16) {
    absorbFirst(state, readWord(bytes, at), readWord(bytes, at + 4));
    stirFirst(state);
    absorbSecond(state, readWord(bytes, at + 8), readWord(bytes, at + 12));
    stirSecond(state);
  }
  // A half of zeros absorbs to nothing, so the tail needs no cases of its own.
  if (at < length) absorbFirst(state, readTail(bytes, at, length), readTail(bytes, at + 4, length));
  if (at + 8 < length) absorbSecond(state, readTail(bytes, at + 8, length), readTail(bytes, at + 12, length));
  finish(state, length);
}

/** The hash of 8 bytes, given as the little-endian 64-bit number that they are. */
export function murmur3Of64Bits(low: number, high: number, state: Int32Array): void {
  clear(state);
  absorbFirst(state, low, high);
  finish(state, 8);
}

function clear(state: Int32Array): void {
  state[0] = 0;
  state[1] = 0;
  state[2] = 0;
  state[3] = 0;
}

function readWord(bytes: Uint8Array, at: number): number {
  return bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24);
}

/** As `readWord`, with zeros from `end` on. */
function readTail(bytes: Uint8Array, at: number, end: number): number {
  let word = 0;
  for (let shift = 0; shift < 32 && at < end; shift += 8, at++) word |= bytes[at] << shift;
  return word;
}

/** h1 ^= rotl(k × C1, 31) × C2 */
function absorbFirst(state: Int32Array, kLow: number, kHigh: number): void {
  const low = Math.imul(kLow, C1_LOW);
  const high = multiplyHigh(kLow, kHigh, C1_LOW, C1_HIGH);
  const turnedLow = (low << 31) | (high >>> 1);
  const turnedHigh = (high << 31) | (low >>> 1);
  state[0] ^= Math.imul(turnedLow, C2_LOW);
  state[1] ^= multiplyHigh(turnedLow, turnedHigh, C2_LOW, C2_HIGH);
}

/** h2 ^= rotl(k × C2, 33) × C1 */
function absorbSecond(state: Int32Array, kLow: number, kHigh: number): void {
  const low = Math.imul(kLow, C2_LOW);
  const high = multiplyHigh(kLow, kHigh, C2_LOW, C2_HIGH);
  const turnedLow = (high << 1) | (low >>> 31);
  const turnedHigh = (low << 1) | (high >>> 31);
  state[2] ^= Math.imul(turnedLow, C1_LOW);
  state[3] ^= multiplyHigh(turnedLow, turnedHigh, C1_LOW, C1_HIGH);
}

/** h1 = (rotl(h1, 27) + h2) × 5 + 0x52dce729 */
function stirFirst(state: Int32Array): void {
  const low = state[0];
  const high = state[1];
  state[0] = (low << 27) | (high >>> 5);
  state[1] = (high << 27) | (low >>> 5);
  add(state, 0, state[2], state[3]);
  timesFive(state, 0);
  add(state, 0, 0x52dce729, 0);
}

/** h2 = (rotl(h2, 31) + h1) × 5 + 0x38495ab5 */
function stirSecond(state: Int32Array): void {
  const low = state[2];
  const high = state[3];
  state[2] = (low << 31) | (high >>> 1);
  state[3] = (high << 31) | (low >>> 1);
  add(state, 2, state[0], state[1]);
  timesFive(state, 2);
  add(state, 2, 0x38495ab5, 0);
}

function finish(state: Int32Array, length: number): void {
  state[0] ^= length;
  state[2] ^= length;
  add(state, 0, state[2], state[3]);
  add(state, 2, state[0], state[1]);
  avalanche(state, 0);
  avalanche(state, 2);
  add(state, 0, state[2], state[3]);
}

/** The 64-bit finalizer: each input bit reaches each output bit. */
function avalanche(state: Int32Array, at: number): void {
  let high = state[at + 1];
  let low = state[at] ^ (high >>> 1);
  high = multiplyHigh(low, high, 0xed558ccd | 0, 0xff51afd7 | 0);
  low = Math.imul(low, 0xed558ccd) ^ (high >>> 1);
  high = multiplyHigh(low, high, 0x1a85ec53, 0xc4ceb9fe | 0);
  low = Math.imul(low, 0x1a85ec53) ^ (high >>> 1);
  state[at] = low;
  state[at + 1] = high;
}

function add(state: Int32Array, at: number, low: number, high: number): void {
  const sum = (state[at] + low) | 0;
  const carry = sum >>> 0 < low >>> 0 ? 1 : 0;
  state[at] = sum;
  state[at + 1] = state[at + 1] + high + carry;
}

function timesFive(state: Int32Array, at: number): void {
  const low = state[at];
  state[at + 1] = multiplyHigh(low, state[at + 1], 5, 0);
  state[at] = Math.imul(low, 5);
}

/** The upper half of a × b modulo 2^64; the lower half is `Math.imul` of the lower halves. */
function multiplyHigh(aLow: number, aHigh: number, bLow: number, bHigh: number): number {
  const a0 = aLow & 0xffff;
  const a1 = aLow >>> 16;
  const b0 = bLow & 0xffff;
  const b1 = bLow >>> 16;
  const middle = (Math.imul(a1, b0) + (Math.imul(a0, b0) >>> 16)) | 0;
  const carry = ((middle & 0xffff) + Math.imul(a0, b1)) | 0;
  const cross = Math.imul(aHigh, bLow) + Math.imul(aLow, bHigh);
  return (Math.imul(a1, b1) + (middle >>> 16) + (carry >>> 16) + cross) | 0;
}
