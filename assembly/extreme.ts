// Twins: engine/kernels/extreme-numbers.ts, merge-moments.ts.

export function minNumbers(best: usize, groups: usize, numbers: usize, from: u32, count: u32): void {
  const first = numbers + ((<usize>from) << 3);
  for (let i: usize = 0; i < <usize>count; i++) {
    const number = load<f64>(first + (i << 3));
    const at = best + ((<usize>load<u32>(groups + (i << 2))) << 3);
    const old = load<f64>(at);
    if (number < old || old != old) store<f64>(at, number);
  }
}

export function maxNumbers(best: usize, groups: usize, numbers: usize, from: u32, count: u32): void {
  const first = numbers + ((<usize>from) << 3);
  for (let i: usize = 0; i < <usize>count; i++) {
    const number = load<f64>(first + (i << 3));
    const at = best + ((<usize>load<u32>(groups + (i << 2))) << 3);
    if (number > load<f64>(at) || number != number) store<f64>(at, number);
  }
}

export function maxRanks(best: usize, groups: usize, ranks: usize, count: u32): void {
  for (let i: usize = 0; i < <usize>count; i++) {
    const rank = load<u32>(ranks + (i << 2));
    const at = best + ((<usize>load<u32>(groups + (i << 2))) << 2);
    if (rank > load<u32>(at)) store<u32>(at, rank);
  }
}

/** Whether four numbers are all beyond the bound: above it, or below where `isAbove` is false. */
// @ts-ignore: decorator
@inline
function areBeyond(at: usize, bounds: v128, isAbove: bool): v128 {
  const low = v128.load(at);
  const high = v128.load(at, 16);
  return isAbove
    ? v128.and(f64x2.gt(low, bounds), f64x2.gt(high, bounds))
    : v128.and(f64x2.lt(low, bounds), f64x2.lt(high, bounds));
}

// @ts-ignore: decorator
@inline
function rowsNotBeyond(numbers: usize, count: u32, bound: f64, isAbove: bool, rows: usize, room: u32): u32 {
  const bounds = f64x2.splat(bound);
  let found: u32 = 0;
  let row: u32 = 0;
  while (row < count) {
    const at = numbers + ((<usize>row) << 3);
    if (row + 8 <= count) {
      const both = v128.and(areBeyond(at, bounds, isAbove), areBeyond(at + 32, bounds, isAbove));
      if (i64x2.all_true(both)) {
        row += 8;
        continue;
      }
    }
    // One of the next eight, or what is left after the last eight.
    const stop = min(row + 8, count);
    for (; row < stop; row++) {
      const number = load<f64>(numbers + ((<usize>row) << 3));
      if (isAbove ? number > bound : number < bound) continue;
      if (found === room) return found;
      store<u32>(rows + ((<usize>found) << 2), row);
      found++;
    }
  }
  return found;
}

/** The sign is 1 or -1. */
export function reachingRows(numbers: usize, count: u32, sign: f64, bound: f64, rows: usize, room: u32): u32 {
  return sign > 0
    ? rowsNotBeyond(numbers, count, bound, true, rows, room)
    : rowsNotBeyond(numbers, count, -bound, false, rows, room);
}
