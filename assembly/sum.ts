// Twins: engine/kernels/sum-numbers.ts, mark-seen.ts.

import { addTo } from './add';

export function sumNumbers(sums: usize, groups: usize, numbers: usize, from: u32, count: u32): void {
  const first = numbers + ((<usize>from) << 3);
  for (let i: usize = 0; i < <usize>count; i++) {
    addTo(sums, load<u32>(groups + (i << 2)), load<f64>(first + (i << 3)));
  }
}

export function sumOfNumbers(numbers: usize, from: u32, count: u32): f64 {
  let at = numbers + ((<usize>from) << 3);
  const end = at + ((<usize>count) << 3);
  let a = f64x2.splat(0);
  let b = f64x2.splat(0);
  let c = f64x2.splat(0);
  let d = f64x2.splat(0);
  for (; at + 64 <= end; at += 64) {
    a = f64x2.add(a, v128.load(at));
    b = f64x2.add(b, v128.load(at, 16));
    c = f64x2.add(c, v128.load(at, 32));
    d = f64x2.add(d, v128.load(at, 48));
  }
  const all = f64x2.add(f64x2.add(a, b), f64x2.add(c, d));
  let sum = f64x2.extract_lane(all, 0) + f64x2.extract_lane(all, 1);
  for (; at < end; at += 8) sum += load<f64>(at);
  return sum;
}

// @ts-ignore: decorator
@inline
function sumCodes<T>(sums: usize, base: f64, groups: usize, codes: usize, from: u32, count: u32): void {
  const first = codes + (<usize>from) * sizeof<T>();
  for (let i: usize = 0; i < <usize>count; i++) {
    const code = <f64>(<u32>load<T>(first + i * sizeof<T>()));
    addTo(sums, load<u32>(groups + (i << 2)), base + code);
  }
}

export function sumCodes8(sums: usize, base: f64, groups: usize, codes: usize, from: u32, count: u32): void {
  sumCodes<u8>(sums, base, groups, codes, from, count);
}
export function sumCodes16(sums: usize, base: f64, groups: usize, codes: usize, from: u32, count: u32): void {
  sumCodes<u16>(sums, base, groups, codes, from, count);
}
export function sumCodes32(sums: usize, base: f64, groups: usize, codes: usize, from: u32, count: u32): void {
  sumCodes<u32>(sums, base, groups, codes, from, count);
}

/** 32-bit lanes hold the sums of 65,536 steps: a step adds less than 2^16. */
const STEPS: usize = 65_536;

export function sumOfCodes8(codes: usize, from: u32, count: u32): f64 {
  let at = codes + <usize>from;
  const end = at + <usize>count;
  let sum: u64 = 0;
  while (at + 16 <= end) {
    const stop = min(end - 15, at + STEPS * 16);
    let lanes = i32x4.splat(0);
    for (; at < stop; at += 16) {
      lanes = i32x4.add(lanes, i32x4.extadd_pairwise_i16x8_u(i16x8.extadd_pairwise_i8x16_u(v128.load(at))));
    }
    sum += lanesOf(lanes);
  }
  for (; at < end; at++) sum += load<u8>(at);
  return <f64>sum;
}

export function sumOfCodes16(codes: usize, from: u32, count: u32): f64 {
  let at = codes + ((<usize>from) << 1);
  const end = at + ((<usize>count) << 1);
  let sum: u64 = 0;
  while (at + 16 <= end) {
    // A step adds less than 2^17 to a lane.
    const stop = min(end - 15, at + STEPS * 8);
    let lanes = i32x4.splat(0);
    for (; at < stop; at += 16) lanes = i32x4.add(lanes, i32x4.extadd_pairwise_i16x8_u(v128.load(at)));
    sum += lanesOf(lanes);
  }
  for (; at < end; at += 2) sum += load<u16>(at);
  return <f64>sum;
}

export function sumOfCodes32(codes: usize, from: u32, count: u32): f64 {
  let at = codes + ((<usize>from) << 2);
  const end = at + ((<usize>count) << 2);
  let low = i64x2.splat(0);
  let high = i64x2.splat(0);
  for (; at + 16 <= end; at += 16) {
    const four = v128.load(at);
    low = i64x2.add(low, i64x2.extend_low_i32x4_u(four));
    high = i64x2.add(high, i64x2.extend_high_i32x4_u(four));
  }
  const both = i64x2.add(low, high);
  let sum = <u64>i64x2.extract_lane(both, 0) + <u64>i64x2.extract_lane(both, 1);
  for (; at < end; at += 4) sum += load<u32>(at);
  return <f64>sum;
}

// @ts-ignore: decorator
@inline
function lanesOf(lanes: v128): u64 {
  return (
    <u64>(<u32>i32x4.extract_lane(lanes, 0)) +
    <u64>(<u32>i32x4.extract_lane(lanes, 1)) +
    <u64>(<u32>i32x4.extract_lane(lanes, 2)) +
    <u64>(<u32>i32x4.extract_lane(lanes, 3))
  );
}

export function hasZero(numbers: usize, count: u32): u32 {
  const end = numbers + ((<usize>count) << 3);
  const eights = numbers + ((<usize>(count & ~7)) << 3);
  const zero = f64x2.splat(0);
  let at = numbers;
  for (; at < eights; at += 64) {
    const a = v128.or(f64x2.eq(v128.load(at), zero), f64x2.eq(v128.load(at, 16), zero));
    const b = v128.or(f64x2.eq(v128.load(at, 32), zero), f64x2.eq(v128.load(at, 48), zero));
    if (v128.any_true(v128.or(a, b))) return 1;
  }
  for (; at < end; at += 8) if (load<f64>(at) == 0) return 1;
  return 0;
}

const SPLIT: f64 = 67_108_864; // 2^26

export function sumHalves(highs: usize, lows: usize, groups: usize, numbers: usize, from: u32, count: u32): void {
  const first = numbers + ((<usize>from) << 3);
  for (let i: usize = 0; i < <usize>count; i++) {
    const number = load<f64>(first + (i << 3));
    const high = floor(number / SPLIT);
    const group = load<u32>(groups + (i << 2));
    addTo(highs, group, high);
    addTo(lows, group, number - high * SPLIT);
  }
}

export function sumDoubles(
  sums: usize, rests: usize, groups: usize, numbers: usize, from: u32, count: u32, large: f64, spillGroups: usize, spillNumbers: usize,
): u32 {
  const first = numbers + ((<usize>from) << 3);
  let spilled: usize = 0;
  for (let i: usize = 0; i < <usize>count; i++) {
    const group = load<u32>(groups + (i << 2));
    const number = load<f64>(first + (i << 3));
    let left = number;
    if (number < large && number > -large) {
      const sumAt = sums + ((<usize>group) << 3);
      const sum = load<f64>(sumAt);
      const total = sum + number;
      const added = total - sum;
      const lost = sum - (total - added) + (number - added);
      store<f64>(sumAt, total);
      const restAt = rests + ((<usize>group) << 3);
      const rest = load<f64>(restAt);
      const restTotal = rest + lost;
      const restAdded = restTotal - rest;
      store<f64>(restAt, restTotal);
      left = rest - (restTotal - restAdded) + (lost - restAdded);
    }
    if (left != 0) {
      store<u32>(spillGroups + (spilled << 2), group);
      store<f64>(spillNumbers + (spilled << 3), left);
      spilled++;
    }
  }
  return <u32>spilled;
}

export function markSeen(seen: usize, groups: usize, count: u32): void {
  for (let i: usize = 0; i < <usize>count; i++) store<u8>(seen + <usize>load<u32>(groups + (i << 2)), 1);
}

export function markValid(seen: usize, groups: usize, validity: usize, from: u32, count: u32): void {
  const first = validity + <usize>from;
  for (let i: usize = 0; i < <usize>count; i++) {
    const at = seen + <usize>load<u32>(groups + (i << 2));
    store<u8>(at, load<u8>(at) | load<u8>(first + i));
  }
}

/** Clears shared memory, which `fill` does byte by byte. */
export function clear(at: usize, bytes: usize): void {
  memory.fill(at, 0, bytes);
}
