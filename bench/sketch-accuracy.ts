/** How far estimates were from the truth over several sets of one size; a line of `bench/results/sketches.jsonl` has a list of them as `accuracy`. */
export interface SketchAccuracy {
  readonly precision: number;
  /** True number of distinct values of each set. */
  readonly distinct: number;
  readonly sets: number;
  /** Root of the mean squared relative error, as a share. */
  readonly rms: number;
}

/** What HyperLogLog promises: 1.04 / √(2^p), as a share (Flajolet et al. 2007). */
export function theoreticalError(precision: number): number {
  return 1.04 / Math.sqrt(2 ** precision);
}
