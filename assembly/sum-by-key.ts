// Twins: engine/kernels/sum-numbers.ts, mark-seen.ts: what the slots of one key are the groups of.

import { addTo } from './add';

// @ts-ignore: decorator
@inline
function slotOf<K>(key: usize, slots: usize): usize {
  return <usize>load<u32>(slots + ((<usize>load<K>(key)) << 2));
}

// @ts-ignore: decorator
@inline
function sumByKey<K, V>(
  sums: usize, base: f64, keys: usize, slots: usize, codes: usize, from: u32, count: u32,
): void {
  let key = keys + (<usize>from) * sizeof<K>();
  let code = codes + (<usize>from) * sizeof<V>();
  const end = code + (<usize>count) * sizeof<V>();
  while (code < end) {
    addTo(sums, <u32>slotOf<K>(key, slots), base + <f64>(<u32>load<V>(code)));
    key += sizeof<K>();
    code += sizeof<V>();
  }
}

// @ts-ignore: decorator
@inline
function sumByCode<K, V>(sums: usize, base: f64, keys: usize, codes: usize, from: u32, count: u32): void {
  let key = keys + (<usize>from) * sizeof<K>();
  let code = codes + (<usize>from) * sizeof<V>();
  const end = code + (<usize>count) * sizeof<V>();
  while (code < end) {
    addTo(sums, <u32>load<K>(key), base + <f64>(<u32>load<V>(code)));
    key += sizeof<K>();
    code += sizeof<V>();
  }
}

// @ts-ignore: decorator
@inline
function markByKey<K>(seen: usize, keys: usize, slots: usize, validity: usize, from: u32, count: u32): void {
  const first = keys + (<usize>from) * sizeof<K>();
  for (let i: usize = 0; i < <usize>count; i++) {
    const flag = seen + slotOf<K>(first + i * sizeof<K>(), slots);
    store<u8>(flag, load<u8>(flag) | load<u8>(validity + <usize>from + i));
  }
}

export function markByKey8(seen: usize, keys: usize, slots: usize, validity: usize, from: u32, count: u32): void {
  markByKey<u8>(seen, keys, slots, validity, from, count);
}

export function markByKey16(seen: usize, keys: usize, slots: usize, validity: usize, from: u32, count: u32): void {
  markByKey<u16>(seen, keys, slots, validity, from, count);
}
export function sumByKey16x8(
  sums: usize, base: f64, keys: usize, slots: usize, slotCount: u32, codes: usize, from: u32, count: u32, room: usize,
): void {
  sumByKey<u16, u8>(sums, base, keys, slots, codes, from, count);
}
export function sumByKey16x16(
  sums: usize, base: f64, keys: usize, slots: usize, slotCount: u32, codes: usize, from: u32, count: u32, room: usize,
): void {
  sumByKey<u16, u16>(sums, base, keys, slots, codes, from, count);
}
export function sumByKey16x32(
  sums: usize, base: f64, keys: usize, slots: usize, slotCount: u32, codes: usize, from: u32, count: u32, room: usize,
): void {
  sumByKey<u16, u32>(sums, base, keys, slots, codes, from, count);
}
export function markByKey32(seen: usize, keys: usize, slots: usize, validity: usize, from: u32, count: u32): void {
  markByKey<u32>(seen, keys, slots, validity, from, count);
}
export function sumByKey32x8(
  sums: usize, base: f64, keys: usize, slots: usize, slotCount: u32, codes: usize, from: u32, count: u32, room: usize,
): void {
  sumByKey<u32, u8>(sums, base, keys, slots, codes, from, count);
}
export function sumByKey32x16(
  sums: usize, base: f64, keys: usize, slots: usize, slotCount: u32, codes: usize, from: u32, count: u32, room: usize,
): void {
  sumByKey<u32, u16>(sums, base, keys, slots, codes, from, count);
}
export function sumByKey32x32(
  sums: usize, base: f64, keys: usize, slots: usize, slotCount: u32, codes: usize, from: u32, count: u32, room: usize,
): void {
  sumByKey<u32, u32>(sums, base, keys, slots, codes, from, count);
}
export function sumByCode8x8(sums: usize, base: f64, keys: usize, codes: usize, from: u32, count: u32): void {
  sumByCode<u8, u8>(sums, base, keys, codes, from, count);
}
export function sumByCode8x16(sums: usize, base: f64, keys: usize, codes: usize, from: u32, count: u32): void {
  sumByCode<u8, u16>(sums, base, keys, codes, from, count);
}
export function sumByCode8x32(sums: usize, base: f64, keys: usize, codes: usize, from: u32, count: u32): void {
  sumByCode<u8, u32>(sums, base, keys, codes, from, count);
}
export function sumByCode16x8(sums: usize, base: f64, keys: usize, codes: usize, from: u32, count: u32): void {
  sumByCode<u16, u8>(sums, base, keys, codes, from, count);
}
export function sumByCode16x16(sums: usize, base: f64, keys: usize, codes: usize, from: u32, count: u32): void {
  sumByCode<u16, u16>(sums, base, keys, codes, from, count);
}
export function sumByCode16x32(sums: usize, base: f64, keys: usize, codes: usize, from: u32, count: u32): void {
  sumByCode<u16, u32>(sums, base, keys, codes, from, count);
}
export function sumByCode32x8(sums: usize, base: f64, keys: usize, codes: usize, from: u32, count: u32): void {
  sumByCode<u32, u8>(sums, base, keys, codes, from, count);
}
export function sumByCode32x16(sums: usize, base: f64, keys: usize, codes: usize, from: u32, count: u32): void {
  sumByCode<u32, u16>(sums, base, keys, codes, from, count);
}
export function sumByCode32x32(sums: usize, base: f64, keys: usize, codes: usize, from: u32, count: u32): void {
  sumByCode<u32, u32>(sums, base, keys, codes, from, count);
}
