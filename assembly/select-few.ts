// Twin: selectFew in engine/kernels/select-rows.ts.

/** Writes the rows from `row` on whose bits are set; gives where the next is written. */
// @ts-ignore: decorator
@inline
function writeBits(bits: i32, row: u32, out: usize): usize {
  let left = bits;
  let at = out;
  while (left !== 0) {
    store<u32>(at, row + ctz(left));
    at += 4;
    left &= left - 1;
  }
  return at;
}

// @ts-ignore: decorator
@inline
function isOneOf(few: usize, code: u32): bool {
  for (let at = few; at < few + 32; at += 4) if (load<u32>(at) === code) return true;
  return false;
}

/**
 * By the value of four bits of a code, which of the eight have them: a bit for each. A code that has one of its bits in the
 * tables of all its fours is that one.
 */
function tableOf(few: usize, shift: u32): v128 {
  const values = i8x16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  let table = i8x16.splat(0);
  for (let i: u32 = 0; i < 8; i++) {
    const four = (load<u32>(few + ((<usize>i) << 2)) >> shift) & 15;
    const bit = i8x16.splat(<i8>(<i32>1 << i));
    table = v128.or(table, v128.and(i8x16.eq(values, i8x16.splat(<i8>four)), bit));
  }
  return table;
}

/** Which of the eight have the bits of 16 bytes. */
// @ts-ignore: decorator
@inline
function likeBytes(bytes: v128, lows: v128, highs: v128): v128 {
  const four = i8x16.splat(15);
  const high = v128.and(i16x8.shr_u(bytes, 4), four);
  return v128.and(i8x16.swizzle(lows, v128.and(bytes, four)), i8x16.swizzle(highs, high));
}

/** Which of the eight 16 codes are; with one or two bytes to a code, whose tables these are. */
// @ts-ignore: decorator
@inline
function likeCodes<T>(at: usize, a: v128, b: v128, c: v128, d: v128): v128 {
  const first = v128.load(at);
  if (sizeof<T>() === 1) return likeBytes(first, a, b);
  const second = v128.load(at, 16);
  const lows = i8x16.shuffle(first, second, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
  const highs = i8x16.shuffle(first, second, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31);
  return v128.and(likeBytes(lows, a, b), likeBytes(highs, c, d));
}

// @ts-ignore: decorator
@inline
function selectRest<T>(codes: usize, few: usize, from: u32, to: u32, out: usize): usize {
  for (let row = from; row < to; row++) {
    if (!isOneOf(few, <u32>load<T>(codes + (<usize>row) * sizeof<T>()))) continue;
    store<u32>(out, row);
    out += 4;
  }
  return out;
}

// @ts-ignore: decorator
@inline
function selectFew<T>(codes: usize, few: usize, from: u32, to: u32, rows: usize): u32 {
  const a = tableOf(few, 0);
  const b = tableOf(few, 4);
  const c = tableOf(few, 8);
  const d = tableOf(few, 12);
  const none = i8x16.splat(0);
  let out = rows;
  let row = from;
  for (; row + 16 <= to; row += 16) {
    const like = likeCodes<T>(codes + (<usize>row) * sizeof<T>(), a, b, c, d);
    if (v128.any_true(like)) out = writeBits(i8x16.bitmask(i8x16.ne(like, none)), row, out);
  }
  return <u32>((selectRest<T>(codes, few, row, to, out) - rows) >> 2);
}

/** The lanes of four codes that are one of eight. */
// @ts-ignore: decorator
@inline
function lanesOf(at: usize, a: v128, b: v128, c: v128, d: v128, e: v128, f: v128, g: v128, h: v128): v128 {
  const codes = v128.load(at);
  const ab = v128.or(i32x4.eq(codes, a), i32x4.eq(codes, b));
  const cd = v128.or(i32x4.eq(codes, c), i32x4.eq(codes, d));
  const ef = v128.or(i32x4.eq(codes, e), i32x4.eq(codes, f));
  const gh = v128.or(i32x4.eq(codes, g), i32x4.eq(codes, h));
  return v128.or(v128.or(ab, cd), v128.or(ef, gh));
}

export function selectFew8(codes: usize, few: usize, from: u32, to: u32, rows: usize): u32 {
  return selectFew<u8>(codes, few, from, to, rows);
}
export function selectFew16(codes: usize, few: usize, from: u32, to: u32, rows: usize): u32 {
  return selectFew<u16>(codes, few, from, to, rows);
}

/** Codes of four bytes are compared with each of the eight. */
export function selectFew32(codes: usize, few: usize, from: u32, to: u32, rows: usize): u32 {
  const a = i32x4.splat(load<u32>(few));
  const b = i32x4.splat(load<u32>(few, 4));
  const c = i32x4.splat(load<u32>(few, 8));
  const d = i32x4.splat(load<u32>(few, 12));
  const e = i32x4.splat(load<u32>(few, 16));
  const f = i32x4.splat(load<u32>(few, 20));
  const g = i32x4.splat(load<u32>(few, 24));
  const h = i32x4.splat(load<u32>(few, 28));
  let out = rows;
  let row = from;
  for (; row + 16 <= to; row += 16) {
    const at = codes + ((<usize>row) << 2);
    const first = lanesOf(at, a, b, c, d, e, f, g, h);
    const low = i16x8.narrow_i32x4_s(first, lanesOf(at + 16, a, b, c, d, e, f, g, h));
    const third = lanesOf(at + 32, a, b, c, d, e, f, g, h);
    const high = i16x8.narrow_i32x4_s(third, lanesOf(at + 48, a, b, c, d, e, f, g, h));
    out = writeBits(i8x16.bitmask(i8x16.narrow_i16x8_s(low, high)), row, out);
  }
  return <u32>((selectRest<u32>(codes, few, row, to, out) - rows) >> 2);
}
