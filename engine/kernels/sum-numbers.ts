import { LARGE } from '../double-units.js';
import type { Codes } from '../scan-task.js';

/** Exact while every sum is a safe integer. Four rows a turn, for the turn costs as much as a row. */
export function sumNumbers(
  sums: Float64Array,
  groups: Int32Array,
  numbers: Float64Array,
  from: number,
  count: number,
): void {
  let i = 0;
  for (; i + 3 < count; i += 4) {
    sums[groups[i]] += numbers[from + i];
    sums[groups[i + 1]] += numbers[from + i + 1];
    sums[groups[i + 2]] += numbers[from + i + 2];
    sums[groups[i + 3]] += numbers[from + i + 3];
  }
  for (; i < count; i++) sums[groups[i]] += numbers[from + i];
}

/** As `sumNumbers` of the numbers `base + code`. */
export function sumCodes(
  sums: Float64Array,
  base: number,
  groups: Int32Array,
  codes: Codes,
  from: number,
  count: number,
): void {
  for (let i = 0; i < count; i++) sums[groups[i]] += base + codes[from + i];
}

/** How many numbers of room `sumByKey` asks for. */
export const WHOLES = 512;

/**
 * As `sumCodes` where the slots of a key are the groups; a row whose key is hidden, and has no slot, counts for nothing.
 * Exact while every sum is a safe integer.
 *
 * @param _room of WebAssembly's for sums of 64 bits: zeros, before and after
 */
export function sumByKey(
  sums: Float64Array,
  base: number,
  keys: Codes,
  slots: Int32Array,
  codes: Codes,
  from: number,
  count: number,
  _room: Float64Array,
): void {
  for (let row = from; row < from + count; row++)
    if (keys[row] < slots.length) sums[slots[keys[row]]] += base + codes[row];
}

/** As `sumByKey` where the keys themselves are the groups. */
export function sumByCode(
  sums: Float64Array,
  base: number,
  keys: Codes,
  codes: Codes,
  from: number,
  count: number,
): void {
  for (let row = from; row < from + count; row++) sums[keys[row]] += base + codes[row];
}

/**
 * As `sumByCode` where rows are in the order of their groups, and only the steps between these are told.
 *
 * @param wholes sums whose bits are integers of 64 bits, as `settleWholes` takes them
 * @param group that the first step is counted from
 */
export function sumInOrder(
  wholes: Float64Array,
  base: number,
  group: number,
  steps: Uint8Array,
  codes: Codes,
): void {
  const sums = bitsOf(wholes);
  for (let row = 0; row < steps.length; row++) {
    group += steps[row];
    sums[group] += BigInt(base + codes[row]);
  }
}

/** Makes doubles of integers of 64 bits; they are safe integers. */
export function settleWholes(wholes: Float64Array): void {
  const sums = bitsOf(wholes);
  for (let i = 0; i < wholes.length; i++) wholes[i] = Number(sums[i]);
}

function bitsOf({ buffer, byteOffset, length }: Float64Array): BigInt64Array {
  return new BigInt64Array(buffer, byteOffset, length);
}

/** The sum of all, in four lanes that do not wait for each other. Exact while every sum is a safe integer. */
export function sumOfNumbers(numbers: Float64Array, from: number, count: number): number {
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  const to = from + count;
  let i = from;
  for (; i + 3 < to; i += 4) {
    a += numbers[i];
    b += numbers[i + 1];
    c += numbers[i + 2];
    d += numbers[i + 3];
  }
  for (; i < to; i++) a += numbers[i];
  return a + b + (c + d);
}

/** The sum of the codes from `from` on. */
export function sumOfCodes(codes: Codes, from: number, count: number): number {
  let sum = 0;
  for (let i = from; i < from + count; i++) sum += codes[i];
  return sum;
}

/** Whether one of the first `count` is 0. */
export function hasZero(numbers: Float64Array, count: number): boolean {
  for (let i = 0; i < count; i++) if (numbers[i] === 0) return true;
  return false;
}

/** Safe integers are split here: high halves are at most 2^27, so that 2^26 of them add up to at most 2^53. */
const SPLIT = 2 ** 26;

/** How many safe integers `sumHalves` adds exactly into one group. */
export const HALVES_ROWS_MAX = 2 ** 26;

/** Adds safe integers as x = high × 2^26 + low with 0 ≤ low < 2^26. */
export function sumHalves(
  highs: Float64Array,
  lows: Float64Array,
  groups: Int32Array,
  numbers: Float64Array,
  from: number,
  count: number,
): void {
  for (let i = 0; i < count; i++) {
    const number = numbers[from + i];
    const high = Math.floor(number / SPLIT);
    highs[groups[i]] += high;
    lows[groups[i]] += number - high * SPLIT;
  }
}

/** The integer that the sums of both halves stand for. */
export function joinHalves(high: number, low: number): bigint {
  return BigInt(high) * BigInt(SPLIT) + BigInt(low);
}

/** Numbers that a kernel leaves to slower code, with their groups, from 0 on. */
export interface Spill {
  readonly groups: Int32Array;
  readonly numbers: Float64Array;
}

/**
 * Adds doubles without loss: sum + rest + what is spilled is exactly what was there and what is added. A spilled number
 * is one that the sums are not to hold, or what is left of one where the rest was rounded too. The errors of additions
 * are exact: D. E. Knuth, "The Art of Computer Programming", volume 2, 4.2.2, theorem B (TwoSum); the two levels are
 * those of T. Ogita, S. M. Rump, S. Oishi, "Accurate Sum and Dot Product", 2005.
 *
 * @param spill with room for `count`
 * @returns how many numbers are spilled
 */
export function sumDoubles(
  sums: Float64Array,
  rests: Float64Array,
  groups: Int32Array,
  numbers: Float64Array,
  from: number,
  count: number,
  spill: Spill,
): number {
  let spilled = 0;
  for (let i = 0; i < count; i++) {
    const group = groups[i];
    const number = numbers[from + i];
    let left = number;
    if (number < LARGE && number > -LARGE) {
      const sum = sums[group];
      const total = sum + number;
      const added = total - sum;
      const lost = sum - (total - added) + (number - added);
      sums[group] = total;
      const rest = rests[group];
      const restTotal = rest + lost;
      const restAdded = restTotal - rest;
      rests[group] = restTotal;
      left = rest - (restTotal - restAdded) + (lost - restAdded);
    }
    if (left !== 0) {
      spill.groups[spilled] = group;
      spill.numbers[spilled] = left;
      spilled++;
    }
  }
  return spilled;
}
