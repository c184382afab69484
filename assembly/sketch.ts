// Twin: engine/kernels/raise-registers.ts. `registers` are 2^precision.

const DELTA_MAX: u32 = 15;

export function raiseStored(
  bytes: usize,
  offsets: usize,
  rows: usize,
  from: u32,
  to: u32,
  precision: u32,
  registers: usize,
): u32 {
  for (let i = from; i < to; i++) {
    const offset = offsets + ((<usize>load<u32>(rows + ((<usize>i) << 2))) << 2);
    const start = bytes + <usize>load<u32>(offset);
    const end = bytes + <usize>load<u32>(offset, 4);
    if (start == end) continue;
    if (end - start < 4) return i;
    const tag = <u32>load<u8>(start);
    if (tag == 3) {
      if (!isPlainDense(start, end, precision)) return i;
      const baseline = <u32>load<u8>(start, 2);
      raiseDeltas(start + 3, baseline, registers, precision);
      raiseOverflows(start, baseline, registers, precision);
    } else {
      if (tag != 2 || !isPlainSparse(start, end, precision)) return i;
      raiseEntries(start + 4, end, precision, registers);
    }
  }
  return to;
}

/** 16 bytes are 32 registers: their halves, in turn. */
// @ts-ignore: decorator
@inline
function raiseDeltas(deltas: usize, baseline: u32, registers: usize, precision: u32): void {
  const base = i8x16.splat(<i8>baseline);
  const low = i8x16.splat(15);
  const end = registers + ((<usize>1) << precision);
  for (let at = registers, from = deltas; at < end; at += 32, from += 16) {
    const pairs = v128.load(from);
    const even = v128.and(i16x8.shr_u(pairs, 4), low);
    const odd = v128.and(pairs, low);
    const first = i8x16.shuffle(even, odd, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
    const second = i8x16.shuffle(even, odd, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
    v128.store(at, i8x16.max_u(v128.load(at), i8x16.add(first, base)));
    v128.store(at, i8x16.max_u(v128.load(at, 16), i8x16.add(second, base)), 16);
  }
}

function raiseOverflows(start: usize, baseline: u32, registers: usize, precision: u32): void {
  const buckets = start + 5 + ((<usize>1) << (precision - 1));
  const overflows = <usize>load<u16>(buckets - 2);
  for (let i: usize = 0; i < overflows; i++) {
    const at = registers + <usize>load<u16>(buckets + (i << 1));
    const register = baseline + DELTA_MAX + <u32>load<u8>(buckets + (overflows << 1) + i);
    if (register > <u32>load<u8>(at)) store<u8>(at, register);
  }
}

// @ts-ignore: decorator
@inline
function raiseEntries(entries: usize, end: usize, precision: u32, registers: usize): void {
  const inPrefix: u32 = 26 - precision;
  for (let at = entries; at < end; at += 4) {
    const entry = load<u32>(at);
    const zeros = <u32>clz(entry << precision);
    const register = (zeros < inPrefix ? zeros : inPrefix + (entry & 63)) + 1;
    const bucket = registers + <usize>(entry >> (32 - precision));
    if (register > <u32>load<u8>(bucket)) store<u8>(bucket, register);
  }
}

// @ts-ignore: decorator
@inline
function isPlainSparse(start: usize, end: usize, precision: u32): bool {
  const found = <u32>load<u8>(start, 1);
  if (found < precision || found > 16) return false;
  if (end - start != 4 + ((<usize>load<u16>(start, 2)) << 2)) return false;
  let previous: i32 = -1;
  let fits: u32 = 1;
  for (let at = start + 4; at < end; at += 4) {
    const entry = load<u32>(at);
    const prefix = <i32>(entry >> 6);
    fits &= <u32>(prefix > previous) & <u32>((entry & 63) <= 38);
    previous = prefix;
  }
  return fits == 1;
}

// @ts-ignore: decorator
@inline
function isPlainDense(start: usize, end: usize, precision: u32): bool {
  const deltas = start + 3;
  const buckets = deltas + ((<usize>1) << (precision - 1)) + 2;
  const full = <u32>load<u8>(start, 2) + DELTA_MAX;
  if (<u32>load<u8>(start, 1) != precision || buckets > end || full > 65 - precision) return false;
  const overflows = <usize>load<u16>(buckets - 2);
  if (end - buckets != 3 * overflows) return false;
  return overflows == 0 || areOverflows(deltas, buckets, overflows, precision, 65 - precision - full);
}

function areOverflows(deltas: usize, buckets: usize, overflows: usize, precision: u32, excessMax: u32): bool {
  let previous: i32 = -1;
  for (let i: usize = 0; i < overflows; i++) {
    const bucket = <u32>load<u16>(buckets + (i << 1));
    if (<i32>bucket <= previous || bucket >= (<u32>1) << precision) return false;
    const pair = <u32>load<u8>(deltas + <usize>(bucket >> 1));
    if ((bucket & 1 ? pair & DELTA_MAX : pair >> 4) != DELTA_MAX) return false;
    const excess = <u32>load<u8>(buckets + (overflows << 1) + i);
    if (excess == 0 || excess > excessMax) return false;
    previous = <i32>bucket;
  }
  return true;
}
