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

export function reachingRows(numbers: usize, count: u32, sign: f64, bound: f64, rows: usize, room: u32): u32 {
  const signs = f64x2.splat(sign);
  const bounds = f64x2.splat(bound);
  let found: u32 = 0;
  let row: u32 = 0;
  while (row < count) {
    const at = numbers + ((<usize>row) << 3);
    if (row + 4 <= count) {
      const low = f64x2.gt(f64x2.mul(v128.load(at), signs), bounds);
      const high = f64x2.gt(f64x2.mul(v128.load(at, 16), signs), bounds);
      if (i64x2.all_true(v128.and(low, high))) {
        row += 4;
        continue;
      }
    }
    // One of the next four, or what is left after the last four.
    const stop = min(row + 4, count);
    for (; row < stop; row++) {
      if (load<f64>(numbers + ((<usize>row) << 3)) * sign > bound) continue;
      if (found === room) return found;
      store<u32>(rows + ((<usize>found) << 2), row);
      found++;
    }
  }
  return found;
}
