// Twin: sumByKey in engine/kernels/sum-numbers.ts, of keys of one byte.

import { addTo } from './add';

/** As many codes as one byte has: each has two sums of 64 bits, so that a row need not wait for the one before it. */
const BYTE_CODES: usize = 256;

// @ts-ignore: decorator
@inline
function addWhole(wholes: usize, key: usize, number: i64): void {
  const at = wholes + (key << 3);
  store<i64>(at, load<i64>(at) + number);
}

/** By two sums of each code. */
// @ts-ignore: decorator
@inline
function addRows<V>(wholes: usize, whole: i64, keys: usize, codes: usize, count: usize): void {
  const others = wholes + (BYTE_CODES << 3);
  let key = keys;
  let code = codes;
  const end = key + count;
  const fours = key + (count & ~3);
  while (key < fours) {
    addWhole(wholes, <usize>load<u8>(key), whole + <i64>load<V>(code));
    addWhole(others, <usize>load<u8>(key, 1), whole + <i64>load<V>(code, sizeof<V>()));
    addWhole(wholes, <usize>load<u8>(key, 2), whole + <i64>load<V>(code, 2 * sizeof<V>()));
    addWhole(others, <usize>load<u8>(key, 3), whole + <i64>load<V>(code, 3 * sizeof<V>()));
    key += 4;
    code += 4 * sizeof<V>();
  }
  while (key < end) {
    addWhole(wholes, <usize>load<u8>(key), whole + <i64>load<V>(code));
    key += 1;
    code += sizeof<V>();
  }
}

/** So few codes are told apart by comparing all keys with each of them, five at a time. */
const FEW_CODES: u32 = 10;
const CODES_AT_ONCE: u32 = 5;
/** Rows of a block, a multiple of 16: lanes of 8 and of 16 bits hold what 128 steps add. */
const BLOCK: usize = 2_048;
/** Lanes of 32 bits hold what a block adds, four rows to a step each, of numbers below 2^23. */
const WIDE_BITS: i32 = 0xff800000;

// @ts-ignore: decorator
@inline
function addLanes(wholes: usize, code: u32, lanes: v128): void {
  const low = i64x2.extend_low_i32x4_u(lanes);
  const both = i64x2.add(low, i64x2.extend_high_i32x4_u(lanes));
  addWhole(wholes, <usize>code, i64x2.extract_lane(both, 0) + i64x2.extract_lane(both, 1));
}

// @ts-ignore: decorator
@inline
function addFive(wholes: usize, first: u32, a: v128, b: v128, c: v128, d: v128, e: v128): void {
  addLanes(wholes, first, a);
  addLanes(wholes, first + 1, b);
  addLanes(wholes, first + 2, c);
  addLanes(wholes, first + 3, d);
  addLanes(wholes, first + 4, e);
}

/** Lanes of 16 bits as half as many of 32 bits. */
// @ts-ignore: decorator
@inline
function wider(lanes: v128): v128 {
  return i32x4.extadd_pairwise_i16x8_u(lanes);
}

/** Adds the numbers of a block of rows, a multiple of 16, to the sums of five codes. */
// @ts-ignore: decorator
@inline
function addBytes(wholes: usize, first: u32, keys: usize, numbers: usize, count: usize): void {
  let a = i16x8.splat(0);
  let b = i16x8.splat(0);
  let c = i16x8.splat(0);
  let d = i16x8.splat(0);
  let e = i16x8.splat(0);
  const keyA = i8x16.splat(<u8>(first + 0));
  const keyB = i8x16.splat(<u8>(first + 1));
  const keyC = i8x16.splat(<u8>(first + 2));
  const keyD = i8x16.splat(<u8>(first + 3));
  const keyE = i8x16.splat(<u8>(first + 4));
  for (let i: usize = 0; i < count; i += 16) {
    const key = v128.load(keys + i);
    const number = v128.load(numbers + i);
    a = i16x8.add(a, i16x8.extadd_pairwise_i8x16_u(v128.and(number, i8x16.eq(key, keyA))));
    b = i16x8.add(b, i16x8.extadd_pairwise_i8x16_u(v128.and(number, i8x16.eq(key, keyB))));
    c = i16x8.add(c, i16x8.extadd_pairwise_i8x16_u(v128.and(number, i8x16.eq(key, keyC))));
    d = i16x8.add(d, i16x8.extadd_pairwise_i8x16_u(v128.and(number, i8x16.eq(key, keyD))));
    e = i16x8.add(e, i16x8.extadd_pairwise_i8x16_u(v128.and(number, i8x16.eq(key, keyE))));
  }
  addFive(wholes, first, wider(a), wider(b), wider(c), wider(d), wider(e));
}

/** The sum of 16 numbers of two bytes where the mask of bytes is set, in four lanes. */
// @ts-ignore: decorator
@inline
function maskedPairs(mask: v128, low: v128, high: v128): v128 {
  return i32x4.add(
    i32x4.extadd_pairwise_i16x8_u(v128.and(low, i16x8.extend_low_i8x16_s(mask))),
    i32x4.extadd_pairwise_i16x8_u(v128.and(high, i16x8.extend_high_i8x16_s(mask))),
  );
}

// @ts-ignore: decorator
@inline
function addPairs(wholes: usize, first: u32, keys: usize, numbers: usize, count: usize): void {
  let a = i32x4.splat(0);
  let b = i32x4.splat(0);
  let c = i32x4.splat(0);
  let d = i32x4.splat(0);
  let e = i32x4.splat(0);
  const keyA = i8x16.splat(<u8>(first + 0));
  const keyB = i8x16.splat(<u8>(first + 1));
  const keyC = i8x16.splat(<u8>(first + 2));
  const keyD = i8x16.splat(<u8>(first + 3));
  const keyE = i8x16.splat(<u8>(first + 4));
  for (let i: usize = 0; i < count; i += 16) {
    const key = v128.load(keys + i);
    const at = numbers + (i << 1);
    const low = v128.load(at);
    const high = v128.load(at, 16);
    a = i32x4.add(a, maskedPairs(i8x16.eq(key, keyA), low, high));
    b = i32x4.add(b, maskedPairs(i8x16.eq(key, keyB), low, high));
    c = i32x4.add(c, maskedPairs(i8x16.eq(key, keyC), low, high));
    d = i32x4.add(d, maskedPairs(i8x16.eq(key, keyD), low, high));
    e = i32x4.add(e, maskedPairs(i8x16.eq(key, keyE), low, high));
  }
  addFive(wholes, first, a, b, c, d, e);
}

/** Of four numbers of four bytes, those whose keys are the same as another. */
// @ts-ignore: decorator
@inline
function maskedFours(sum: v128, keys: v128, key: v128, numbers: v128): v128 {
  return i32x4.add(sum, v128.and(numbers, i32x4.eq(keys, key)));
}

// @ts-ignore: decorator
@inline
function addFours(wholes: usize, first: u32, keys: usize, numbers: usize, count: usize): void {
  let a = i32x4.splat(0);
  let b = i32x4.splat(0);
  let c = i32x4.splat(0);
  let d = i32x4.splat(0);
  let e = i32x4.splat(0);
  const keyA = i32x4.splat(first);
  const keyB = i32x4.splat(first + 1);
  const keyC = i32x4.splat(first + 2);
  const keyD = i32x4.splat(first + 3);
  const keyE = i32x4.splat(first + 4);
  for (let i: usize = 0; i < count; i += 8) {
    const pairs = v128.load8x8_u(keys + i);
    const lowKeys = i32x4.extend_low_i16x8_u(pairs);
    const highKeys = i32x4.extend_high_i16x8_u(pairs);
    const low = v128.load(numbers + (i << 2));
    const high = v128.load(numbers + (i << 2), 16);
    a = maskedFours(maskedFours(a, lowKeys, keyA, low), highKeys, keyA, high);
    b = maskedFours(maskedFours(b, lowKeys, keyB, low), highKeys, keyB, high);
    c = maskedFours(maskedFours(c, lowKeys, keyC, low), highKeys, keyC, high);
    d = maskedFours(maskedFours(d, lowKeys, keyD, low), highKeys, keyD, high);
    e = maskedFours(maskedFours(e, lowKeys, keyE, low), highKeys, keyE, high);
  }
  addFive(wholes, first, a, b, c, d, e);
}

/** Whether some of a multiple of four numbers of four bytes is too large for lanes of 32 bits. */
// @ts-ignore: decorator
@inline
function isWide(numbers: usize, count: usize): bool {
  let bits = i32x4.splat(0);
  const end = numbers + (count << 2);
  for (let at = numbers; at < end; at += 16) bits = v128.or(bits, v128.load(at));
  return v128.any_true(v128.and(bits, i32x4.splat(WIDE_BITS)));
}

/** How many rows have each of five codes, each of which counts as `weight`. */
// @ts-ignore: decorator
@inline
function addCounts(wholes: usize, first: u32, keys: usize, count: usize, weight: i64): void {
  let a = i8x16.splat(0);
  let b = i8x16.splat(0);
  let c = i8x16.splat(0);
  let d = i8x16.splat(0);
  let e = i8x16.splat(0);
  const keyA = i8x16.splat(<u8>(first + 0));
  const keyB = i8x16.splat(<u8>(first + 1));
  const keyC = i8x16.splat(<u8>(first + 2));
  const keyD = i8x16.splat(<u8>(first + 3));
  const keyE = i8x16.splat(<u8>(first + 4));
  for (let i: usize = 0; i < count; i += 16) {
    const key = v128.load(keys + i);
    a = i8x16.sub(a, i8x16.eq(key, keyA));
    b = i8x16.sub(b, i8x16.eq(key, keyB));
    c = i8x16.sub(c, i8x16.eq(key, keyC));
    d = i8x16.sub(d, i8x16.eq(key, keyD));
    e = i8x16.sub(e, i8x16.eq(key, keyE));
  }
  addWhole(wholes, <usize>first, weight * countOf(a));
  addWhole(wholes, <usize>first + 1, weight * countOf(b));
  addWhole(wholes, <usize>first + 2, weight * countOf(c));
  addWhole(wholes, <usize>first + 3, weight * countOf(d));
  addWhole(wholes, <usize>first + 4, weight * countOf(e));
}

// @ts-ignore: decorator
@inline
function countOf(bytes: v128): i64 {
  const lanes = i32x4.extadd_pairwise_i16x8_u(i16x8.extadd_pairwise_i8x16_u(bytes));
  const both = i64x2.add(i64x2.extend_low_i32x4_u(lanes), i64x2.extend_high_i32x4_u(lanes));
  return i64x2.extract_lane(both, 0) + i64x2.extract_lane(both, 1);
}

/** As `sumByKey` by way of sums of each code in whole numbers, `wholes`: twice as many as there are codes, and zeros. */
// @ts-ignore: decorator
@inline
function sumByByte<V>(
  sums: usize, base: f64, keys: usize, slots: usize, slotCount: u32, codes: usize, from: u32, count: u32, wholes: usize,
): void {
  const others = wholes + (BYTE_CODES << 3);
  const whole = <i64>base;
  let key = keys + <usize>from;
  let code = codes + (<usize>from) * sizeof<V>();
  let left = <usize>count;
  while (slotCount <= FEW_CODES && left >= 16) {
    const rows = min(left, BLOCK) & ~15;
    if (sizeof<V>() === 4 && isWide(code, rows)) addRows<V>(wholes, whole, key, code, rows);
    else {
      for (let first: u32 = 0; first < slotCount; first += CODES_AT_ONCE) {
        if (sizeof<V>() === 1) addBytes(wholes, first, key, code, rows);
        else if (sizeof<V>() === 2) addPairs(wholes, first, key, code, rows);
        else addFours(wholes, first, key, code, rows);
        if (whole !== 0) addCounts(wholes, first, key, rows, whole);
      }
    }
    key += rows;
    code += rows * sizeof<V>();
    left -= rows;
  }
  addRows<V>(wholes, whole, key, code, left);
  for (let at: usize = 0; at < <usize>slotCount << 3; at += 8) {
    const sum = load<i64>(wholes + at) + load<i64>(others + at);
    if (sum != 0) addTo(sums, load<u32>(slots + (at >> 1)), <f64>sum);
    store<i64>(wholes + at, 0);
    store<i64>(others + at, 0);
  }
  // Of hidden rows.
  store<i64>(wholes + ((BYTE_CODES - 1) << 3), 0);
  store<i64>(others + ((BYTE_CODES - 1) << 3), 0);
}

export function sumByKey8x8(
  sums: usize, base: f64, keys: usize, slots: usize, slotCount: u32, codes: usize, from: u32, count: u32, wholes: usize,
): void {
  sumByByte<u8>(sums, base, keys, slots, slotCount, codes, from, count, wholes);
}
export function sumByKey8x16(
  sums: usize, base: f64, keys: usize, slots: usize, slotCount: u32, codes: usize, from: u32, count: u32, wholes: usize,
): void {
  sumByByte<u16>(sums, base, keys, slots, slotCount, codes, from, count, wholes);
}
export function sumByKey8x32(
  sums: usize, base: f64, keys: usize, slots: usize, slotCount: u32, codes: usize, from: u32, count: u32, wholes: usize,
): void {
  sumByByte<u32>(sums, base, keys, slots, slotCount, codes, from, count, wholes);
}
