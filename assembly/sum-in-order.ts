// Twins: engine/kernels/sum-numbers.ts: rows in the order of the groups that they are added to, as integers of 64 bits.

// @ts-ignore: decorator
@inline
function addNext<V>(sum: usize, step: usize, base: i64, code: usize): usize {
  const at = sum + ((<usize>load<u8>(step)) << 3);
  store<i64>(at, load<i64>(at) + (base + <i64>(<u32>load<V>(code))));
  return at;
}

// Four rows a turn, which costs as much as a row.
// @ts-ignore: decorator
@inline
function sumInOrder<V>(wholes: usize, base: i64, group: u32, steps: usize, codes: usize, count: u32): void {
  let sum = wholes + ((<usize>group) << 3);
  let code = codes;
  const end = steps + <usize>count;
  const turns = steps + <usize>(count & ~3);
  while (steps < turns) {
    sum = addNext<V>(sum, steps, base, code);
    sum = addNext<V>(sum, steps + 1, base, code + sizeof<V>());
    sum = addNext<V>(sum, steps + 2, base, code + 2 * sizeof<V>());
    sum = addNext<V>(sum, steps + 3, base, code + 3 * sizeof<V>());
    steps += 4;
    code += 4 * sizeof<V>();
  }
  for (; steps < end; steps++) {
    sum = addNext<V>(sum, steps, base, code);
    code += sizeof<V>();
  }
}

export function sumInOrder8(wholes: usize, base: f64, group: u32, steps: usize, codes: usize, count: u32): void {
  sumInOrder<u8>(wholes, <i64>base, group, steps, codes, count);
}

export function sumInOrder16(wholes: usize, base: f64, group: u32, steps: usize, codes: usize, count: u32): void {
  sumInOrder<u16>(wholes, <i64>base, group, steps, codes, count);
}

export function sumInOrder32(wholes: usize, base: f64, group: u32, steps: usize, codes: usize, count: u32): void {
  sumInOrder<u32>(wholes, <i64>base, group, steps, codes, count);
}

export function settleWholes(wholes: usize, count: u32): void {
  const end = wholes + ((<usize>count) << 3);
  for (; wholes < end; wholes += 8) store<f64>(wholes, <f64>load<i64>(wholes));
}
