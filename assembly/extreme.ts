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
