/**
 * The unit that sketches are made of. Frozen: this is the entry of Airlift's sparse form, as stored.
 *
 *     bit 31                              6 5            0
 *     | first 26 bits of the 64-bit hash   | zeros        |
 *
 * `zeros` counts the leading zeros of the remaining 38 bits, so it is 0 to 38. From an entry the register of every
 * precision up to 16 follows, and that is all that HyperLogLog keeps of a value.
 */
import { StoreError } from '../../model/errors.js';
import { murmur3, murmur3Of64Bits } from './murmur3.js';

export const PREFIX_BITS = 26;
export const ZEROS_BITS = 6;
export const ZEROS_MAX = 64 - PREFIX_BITS;

const SCRATCH_CHARS = 1024;
const scratch = new Uint8Array(3 * SCRATCH_CHARS);
const encoder = new TextEncoder();
const state = new Int32Array(4);
const double = new DataView(new ArrayBuffer(8));

/** The entry of a string: hashed as UTF-8, a lone surrogate as U+FFFD. */
export function entryOfString(value: string): number {
  if (value.length <= SCRATCH_CHARS) {
    const length = writeAscii(value) ? value.length : encoder.encodeInto(value, scratch).written;
    murmur3(scratch, length, state);
  } else {
    const bytes = encoder.encode(value);
    murmur3(bytes, bytes.length, state);
  }
  return entryOfHash(state[0], state[1]);
}

/** The entry of a string that lies in UTF-8 from `start` to `end` (exclusive). */
export function entryOfBytes(bytes: Uint8Array, start: number, end: number): number {
  murmur3(bytes.subarray(start, end), end - start, state);
  return entryOfHash(state[0], state[1]);
}

/**
 * The entry of an integer: hashed as 64 bits of two's complement, so that -1 and 2^64 - 1 are one. A number must be
 * integral; `value_out_of_range` for what has no 64-bit form.
 */
export function entryOfInteger(value: number | bigint): number {
  if (typeof value === 'bigint') {
    if (value < -(2n ** 63n) || value >= 2n ** 64n) throw outOfRange(value);
    murmur3Of64Bits(Number(value & 0xffff_ffffn) | 0, Number((value >> 32n) & 0xffff_ffffn) | 0, state);
  } else {
    if (!(value >= -(2 ** 63) && value < 2 ** 64) || Math.floor(value) !== value) throw outOfRange(value);
    murmur3Of64Bits(value | 0, Math.floor(value / 2 ** 32) | 0, state);
  }
  return entryOfHash(state[0], state[1]);
}

/** The entry of a double: hashed as its IEEE 754 bits. Zeros of both signs are one value, and so are all NaNs. */
export function entryOfDouble(value: number): number {
  double.setFloat64(0, Number.isNaN(value) ? NaN : value + 0);
  murmur3Of64Bits(double.getInt32(4), double.getInt32(0), state);
  return entryOfHash(state[0], state[1]);
}

/** The bucket of an entry among 2^precision. */
export function bucketOfEntry(entry: number, precision: number): number {
  return entry >>> (32 - precision);
}

/** What an entry puts into its register: the leading zeros of the hash after its first `precision` bits, plus 1. */
export function registerOfEntry(entry: number, precision: number): number {
  const inPrefix = PREFIX_BITS - precision;
  const zeros = Math.clz32(entry << precision);
  return (zeros < inPrefix ? zeros : inPrefix + zerosOfEntry(entry)) + 1;
}

export function zerosOfEntry(entry: number): number {
  return entry & ((1 << ZEROS_BITS) - 1);
}

function entryOfHash(low: number, high: number): number {
  const rest = high << PREFIX_BITS;
  const zeros = rest === 0 ? ZEROS_BITS + Math.clz32(low) : Math.clz32(rest);
  return (((high >>> ZEROS_BITS) << ZEROS_BITS) | zeros) >>> 0;
}

/** Writes a string to the scratch; false as soon as a character is not ASCII. */
function writeAscii(value: string): boolean {
  for (let i = 0; i < value.length; i++) {
    const code = value.charCodeAt(i);
    if (code > 0x7f) return false;
    scratch[i] = code;
  }
  return true;
}

function outOfRange(value: number | bigint): StoreError {
  return new StoreError('value_out_of_range', `${value} is no 64-bit integer and has no place in a sketch.`, {
    next: 'Cast the column of the count_distinct_approx measure to BIGINT, DOUBLE or VARCHAR.',
  });
}
