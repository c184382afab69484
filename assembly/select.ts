// Twins: engine/kernels/select-rows.ts, gather.ts.

// @ts-ignore: decorator
@inline
function codeAt<T>(codes: usize, row: usize): usize {
  return <usize>load<T>(codes + row * sizeof<T>());
}

/** Whether one of four codes passes. */
// @ts-ignore: decorator
@inline
function anyOfFour<T>(table: usize, at: usize): u32 {
  const a = load<u8>(table + <usize>load<T>(at));
  const b = load<u8>(table + <usize>load<T>(at, sizeof<T>()));
  const c = load<u8>(table + <usize>load<T>(at, 2 * sizeof<T>()));
  const d = load<u8>(table + <usize>load<T>(at, 3 * sizeof<T>()));
  return (<u32>a | <u32>b) | (<u32>c | <u32>d);
}

/** Eight rows of which none passes, as most are where few do, are not written one by one. */
// @ts-ignore: decorator
@inline
function selectRows<T>(codes: usize, table: usize, from: u32, to: u32, rows: usize): u32 {
  let out = rows;
  let row = from;
  while (row < to) {
    const at = codes + (<usize>row) * sizeof<T>();
    if (row + 8 <= to && (anyOfFour<T>(table, at) | anyOfFour<T>(table, at + 4 * sizeof<T>())) == 0) {
      row += 8;
      continue;
    }
    const end = min(row + 8, to);
    for (; row < end; row++) {
      store<u32>(out, row);
      out += (<usize>load<u8>(table + codeAt<T>(codes, row))) << 2;
    }
  }
  return <u32>((out - rows) >> 2);
}

export function selectRows8(codes: usize, table: usize, from: u32, to: u32, rows: usize): u32 {
  return selectRows<u8>(codes, table, from, to, rows);
}
export function selectRows16(codes: usize, table: usize, from: u32, to: u32, rows: usize): u32 {
  return selectRows<u16>(codes, table, from, to, rows);
}
export function selectRows32(codes: usize, table: usize, from: u32, to: u32, rows: usize): u32 {
  return selectRows<u32>(codes, table, from, to, rows);
}

// @ts-ignore: decorator
@inline
function refineRows<T>(codes: usize, table: usize, rows: usize, count: u32): u32 {
  let out = rows;
  const end = rows + ((<usize>count) << 2);
  for (let at = rows; at < end; at += 4) {
    const row = load<u32>(at);
    store<u32>(out, row);
    out += (<usize>load<u8>(table + codeAt<T>(codes, row))) << 2;
  }
  return <u32>((out - rows) >> 2);
}

export function refineRows8(codes: usize, table: usize, rows: usize, count: u32): u32 {
  return refineRows<u8>(codes, table, rows, count);
}
export function refineRows16(codes: usize, table: usize, rows: usize, count: u32): u32 {
  return refineRows<u16>(codes, table, rows, count);
}
export function refineRows32(codes: usize, table: usize, rows: usize, count: u32): u32 {
  return refineRows<u32>(codes, table, rows, count);
}

export function refineByMask(mask: usize, from: u32, rows: usize, count: u32): u32 {
  let out = rows;
  const end = rows + ((<usize>count) << 2);
  for (let at = rows; at < end; at += 4) {
    const row = load<u32>(at);
    store<u32>(out, row);
    out += (<usize>load<u8>(mask + (row - from))) << 2;
  }
  return <u32>((out - rows) >> 2);
}

export function writeRows(from: u32, to: u32, rows: usize): void {
  let out = rows;
  let row = from;
  let four = i32x4.add(i32x4.splat(from), i32x4(0, 1, 2, 3));
  for (; row + 4 <= to; row += 4) {
    v128.store(out, four);
    four = i32x4.add(four, i32x4.splat(4));
    out += 16;
  }
  for (; row < to; row++) {
    store<u32>(out, row);
    out += 4;
  }
}

// @ts-ignore: decorator
@inline
function writeMask<T>(codes: usize, table: usize, from: u32, to: u32, mask: usize): void {
  for (let row = from; row < to; row++) store<u8>(mask + (row - from), load<u8>(table + codeAt<T>(codes, row)));
}

export function writeMask8(codes: usize, table: usize, from: u32, to: u32, mask: usize): void {
  writeMask<u8>(codes, table, from, to, mask);
}
export function writeMask16(codes: usize, table: usize, from: u32, to: u32, mask: usize): void {
  writeMask<u16>(codes, table, from, to, mask);
}
export function writeMask32(codes: usize, table: usize, from: u32, to: u32, mask: usize): void {
  writeMask<u32>(codes, table, from, to, mask);
}

export function andMasks(mask: usize, other: usize, count: u32): void {
  let i: usize = 0;
  for (; i + 16 <= <usize>count; i += 16) {
    v128.store(mask + i, v128.and(v128.load(mask + i), v128.load(other + i)));
  }
  for (; i < <usize>count; i++) store<u8>(mask + i, load<u8>(mask + i) & load<u8>(other + i));
}

export function orMasks(mask: usize, other: usize, count: u32): void {
  let i: usize = 0;
  for (; i + 16 <= <usize>count; i += 16) {
    v128.store(mask + i, v128.or(v128.load(mask + i), v128.load(other + i)));
  }
  for (; i < <usize>count; i++) store<u8>(mask + i, load<u8>(mask + i) | load<u8>(other + i));
}

// @ts-ignore: decorator
@inline
function gather<T>(values: usize, rows: usize, count: u32, into: usize): void {
  for (let i: usize = 0; i < <usize>count; i++) {
    store<u32>(into + (i << 2), <u32>load<T>(values + (<usize>load<u32>(rows + (i << 2))) * sizeof<T>()));
  }
}

export function gatherCodes8(codes: usize, rows: usize, count: u32, into: usize): void {
  gather<u8>(codes, rows, count, into);
}
export function gatherCodes16(codes: usize, rows: usize, count: u32, into: usize): void {
  gather<u16>(codes, rows, count, into);
}
export function gatherCodes32(codes: usize, rows: usize, count: u32, into: usize): void {
  gather<u32>(codes, rows, count, into);
}

export function gatherNumbers(values: usize, rows: usize, count: u32, into: usize): void {
  for (let i: usize = 0; i < <usize>count; i++) {
    store<f64>(into + (i << 3), load<f64>(values + ((<usize>load<u32>(rows + (i << 2))) << 3)));
  }
}

export function gatherFlags(flags: usize, rows: usize, count: u32, into: usize): void {
  for (let i: usize = 0; i < <usize>count; i++) {
    store<u8>(into + i, load<u8>(flags + <usize>load<u32>(rows + (i << 2))));
  }
}

// @ts-ignore: decorator
@inline
function widenRows<T>(codes: usize, base: f64, rows: usize, count: u32, into: usize): void {
  for (let i: usize = 0; i < <usize>count; i++) {
    const code = <f64>(<u32>load<T>(codes + (<usize>load<u32>(rows + (i << 2))) * sizeof<T>()));
    store<f64>(into + (i << 3), base + code);
  }
}

export function widenRows8(codes: usize, base: f64, rows: usize, count: u32, into: usize): void {
  widenRows<u8>(codes, base, rows, count, into);
}
export function widenRows16(codes: usize, base: f64, rows: usize, count: u32, into: usize): void {
  widenRows<u16>(codes, base, rows, count, into);
}
export function widenRows32(codes: usize, base: f64, rows: usize, count: u32, into: usize): void {
  widenRows<u32>(codes, base, rows, count, into);
}

// @ts-ignore: decorator
@inline
function widenRange<T>(codes: usize, base: f64, from: u32, count: u32, into: usize): void {
  let at = codes + (<usize>from) * sizeof<T>();
  const end = into + ((<usize>count) << 3);
  for (let out = into; out < end; out += 8) {
    store<f64>(out, base + <f64>(<u32>load<T>(at)));
    at += sizeof<T>();
  }
}

export function widenRange8(codes: usize, base: f64, from: u32, count: u32, into: usize): void {
  widenRange<u8>(codes, base, from, count, into);
}
export function widenRange16(codes: usize, base: f64, from: u32, count: u32, into: usize): void {
  widenRange<u16>(codes, base, from, count, into);
}
export function widenRange32(codes: usize, base: f64, from: u32, count: u32, into: usize): void {
  widenRange<u32>(codes, base, from, count, into);
}

export function replaceNulls(
  values: usize, valuesFrom: u32, validity: usize, validityFrom: u32, count: u32, nullAs: f64, into: usize,
): void {
  const numbers = values + ((<usize>valuesFrom) << 3);
  const flags = validity + <usize>validityFrom;
  for (let i: usize = 0; i < <usize>count; i++) {
    store<f64>(into + (i << 3), load<u8>(flags + i) == 1 ? load<f64>(numbers + (i << 3)) : nullAs);
  }
}

export function hideCodes(codes: usize, mask: usize, from: u32, count: u32, into: usize): void {
  const first = codes + <usize>from;
  const one = i8x16.splat(1);
  let i: usize = 0;
  // 0 - 1 hides, 1 - 1 does not.
  for (; i + 16 <= <usize>count; i += 16) {
    v128.store(into + i, v128.or(v128.load(first + i), i8x16.sub(v128.load(mask + i), one)));
  }
  for (; i < <usize>count; i++) store<u8>(into + i, load<u8>(first + i) | (load<u8>(mask + i) - 1));
}
