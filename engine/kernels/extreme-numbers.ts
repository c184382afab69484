/** NaN, the greatest number, is what `minNumbers` starts from and what NULL counts as. */
export const MIN_START = NaN;

export function minNumbers(
  best: Float64Array,
  groups: Int32Array,
  numbers: Float64Array,
  from: number,
  count: number,
): void {
  for (let i = 0; i < count; i++) {
    const number = numbers[from + i];
    const old = best[groups[i]];
    if (number < old || old !== old) best[groups[i]] = number;
  }
}

/** The least number: what `maxNumbers` starts from and what NULL counts as. */
export const MAX_START = -Infinity;

export function maxNumbers(
  best: Float64Array,
  groups: Int32Array,
  numbers: Float64Array,
  from: number,
  count: number,
): void {
  for (let i = 0; i < count; i++) {
    const number = numbers[from + i];
    if (number > best[groups[i]] || number !== number) best[groups[i]] = number;
  }
}

/**
 * The rows of the first `count` whose number times the sign is no greater than the bound, NaN among them, until `rows` is
 * full; gives how many.
 */
export function reachingRows(
  numbers: Float64Array,
  count: number,
  sign: number,
  bound: number,
  rows: Uint32Array,
): number {
  let found = 0;
  for (let row = 0; row < count && found < rows.length; row++)
    if (!(sign * numbers[row] > bound)) rows[found++] = row;
  return found;
}

/** The greatest rank of each group; 0 is none. */
export function maxRanks(best: Uint32Array, groups: Int32Array, ranks: Uint32Array, count: number): void {
  for (let i = 0; i < count; i++) {
    if (ranks[i] > best[groups[i]]) best[groups[i]] = ranks[i];
  }
}
