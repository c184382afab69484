/**
 * Central moments of doubles, in the form that can be merged without the loss of digits that Σx² suffers:
 *
 *     n      how many values, or pairs
 *     mean   their mean
 *     M2     Σ (x − mean)²
 *     C      Σ (x − mean x) (y − mean y)
 *
 * Two groups a and b with δ = mean b − mean a merge to
 *
 *     n    = nₐ + n_b
 *     mean = meanₐ + δ × n_b / n
 *     M2   = M2ₐ + M2_b + δ² × nₐ n_b / n          C = Cₐ + C_b + δx δy × nₐ n_b / n
 *
 * B. P. Welford, "Note on a Method for Calculating Corrected Sums of Squares and Products", 1962 (one value after the
 * other); T. F. Chan, G. H. Golub, R. J. LeVeque, "Algorithms for Computing the Sample Variance", 1983 (the merge);
 * P. Pébay, "Formulas for Robust, One-Pass Parallel Computation of Covariances and Arbitrary-Order Statistical
 * Moments", 2008 (C).
 *
 * M2 and C tell what has no finite answer: NaN, an input was NaN or infinite; Infinity, the inputs are finite and the
 * moment is beyond a double. Then the means mean nothing.
 */
export type Statistic = 'variance' | 'stddev' | 'covariance' | 'correlation';

/** The mean of two groups; `nA` and `nB` are not 0. */
export function mergeMeans(nA: number, meanA: number, nB: number, meanB: number): number {
  return meanA + (meanB - meanA) * (nB / (nA + nB));
}

/**
 * M2, or C of two variables, of two groups. With both deltas the same it is M2.
 * @param deltaX mean b − mean a
 */
export function mergeMoments(
  nA: number,
  momentA: number,
  nB: number,
  momentB: number,
  deltaX: number,
  deltaY: number,
): number {
  const merged = momentA + momentB + deltaX * deltaY * (nA * (nB / (nA + nB)));
  if (merged - merged === 0) return merged;
  return Number.isNaN(momentA) || Number.isNaN(momentB) ? Number.NaN : Number.POSITIVE_INFINITY;
}

/** Sample variance and standard deviation from n and M2; NULL for fewer than two values, Infinity beyond a double. */
export function finishSpread(statistic: 'variance' | 'stddev', n: number, m2: number): number | null {
  if (n < 2) return null;
  const variance = m2 / (n - 1);
  return statistic === 'variance' ? variance : Math.sqrt(variance);
}

/**
 * Sample covariance and Pearson's correlation from n, M2 of x, M2 of y and C; NULL for fewer than two pairs, and as a
 * correlation where x or y is always the same; Infinity beyond a double.
 */
export function finishTogether(
  statistic: 'covariance' | 'correlation',
  n: number,
  [m2X, m2Y, c]: readonly [number, number, number],
): number | null {
  if (n < 2) return null;
  const isKnown = Number.isFinite(m2X) && Number.isFinite(m2Y) && Number.isFinite(c);
  if (!isKnown) return [m2X, m2Y, c].some(Number.isNaN) ? Number.NaN : Number.POSITIVE_INFINITY;
  if (statistic === 'covariance') return c / (n - 1);
  if (m2X === 0 || m2Y === 0) return null;
  // Rounding may lead just beyond 1.
  return Math.max(-1, Math.min(1, c / rootOf(m2X, m2Y)));
}

/** √(a b), in the one step that is exact for the most, where the product is neither too large nor too small. */
function rootOf(a: number, b: number): number {
  const product = a * b;
  return product > 1e-290 && product < Infinity ? Math.sqrt(product) : Math.sqrt(a) * Math.sqrt(b);
}
