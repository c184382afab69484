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

/** The lanes of 16 bytes of codes that are one of eight. */
// @ts-ignore: decorator
@inline
function lanesOf<T>(at: usize, a: v128, b: v128, c: v128, d: v128, e: v128, f: v128, g: v128, h: v128): v128 {
  const codes = v128.load(at);
  const ab = v128.or(v128.eq<T>(codes, a), v128.eq<T>(codes, b));
  const cd = v128.or(v128.eq<T>(codes, c), v128.eq<T>(codes, d));
  const ef = v128.or(v128.eq<T>(codes, e), v128.eq<T>(codes, f));
  const gh = v128.or(v128.eq<T>(codes, g), v128.eq<T>(codes, h));
  return v128.or(v128.or(ab, cd), v128.or(ef, gh));
}

// @ts-ignore: decorator
@inline
function selectFew<T>(codes: usize, few: usize, from: u32, to: u32, rows: usize): u32 {
  const a = v128.splat<T>(<T>load<u32>(few));
  const b = v128.splat<T>(<T>load<u32>(few, 4));
  const c = v128.splat<T>(<T>load<u32>(few, 8));
  const d = v128.splat<T>(<T>load<u32>(few, 12));
  const e = v128.splat<T>(<T>load<u32>(few, 16));
  const f = v128.splat<T>(<T>load<u32>(few, 20));
  const g = v128.splat<T>(<T>load<u32>(few, 24));
  const h = v128.splat<T>(<T>load<u32>(few, 28));
  let out = rows;
  let row = from;
  for (; row + 16 <= to; row += 16) {
    const at = codes + (<usize>row) * sizeof<T>();
    let lanes = lanesOf<T>(at, a, b, c, d, e, f, g, h);
    if (sizeof<T>() === 2) lanes = i8x16.narrow_i16x8_s(lanes, lanesOf<T>(at + 16, a, b, c, d, e, f, g, h));
    if (sizeof<T>() === 4) {
      const low = i16x8.narrow_i32x4_s(lanes, lanesOf<T>(at + 16, a, b, c, d, e, f, g, h));
      const third = lanesOf<T>(at + 32, a, b, c, d, e, f, g, h);
      const high = i16x8.narrow_i32x4_s(third, lanesOf<T>(at + 48, a, b, c, d, e, f, g, h));
      lanes = i8x16.narrow_i16x8_s(low, high);
    }
    out = writeBits(i8x16.bitmask(lanes), row, out);
  }
  for (; row < to; row++) {
    if (!isOneOf(few, <u32>load<T>(codes + (<usize>row) * sizeof<T>()))) continue;
    store<u32>(out, row);
    out += 4;
  }
  return <u32>((out - rows) >> 2);
}

export function selectFew8(codes: usize, few: usize, from: u32, to: u32, rows: usize): u32 {
  return selectFew<u8>(codes, few, from, to, rows);
}
export function selectFew16(codes: usize, few: usize, from: u32, to: u32, rows: usize): u32 {
  return selectFew<u16>(codes, few, from, to, rows);
}
export function selectFew32(codes: usize, few: usize, from: u32, to: u32, rows: usize): u32 {
  return selectFew<u32>(codes, few, from, to, rows);
}
