import { PREFIX_BITS } from './sketch-entry.js';

/** More than any register. */
export const COUNTS = 64;

/** The number of hashes there are: no estimate is beyond it. */
const HASHES = 2 ** 64;

/**
 * How many values gave `prefixes` distinct 26-bit prefixes: linear counting over 2^26 places, so exact for small
 * sets but for two values in one place.
 */
export function estimateSparse(prefixes: number): number {
  const places = 2 ** PREFIX_BITS;
  return -places * Math.log1p(-prefixes / places);
}

/**
 * How many values gave these registers of 64-bit hashes: the improved raw estimator of O. Ertl, "New cardinality
 * estimation algorithms for HyperLogLog sketches", arXiv 1702.01284, algorithm 6. It has no tables and no
 * thresholds, and a relative standard error of 1.04 / √2^precision.
 */
export function estimateDense(registers: Uint8Array, precision: number): number {
  const counts = new Int32Array(COUNTS);
  for (let i = 0; i < registers.length; i++) counts[registers[i]]++;
  return estimateCounts(counts, precision);
}

/** `estimateDense` of how many registers have each value, to `COUNTS` (exclusive). */
export function estimateCounts(counts: Int32Array, precision: number): number {
  const registerMax = 64 - precision + 1;
  const buckets = 1 << precision;
  let z = buckets * tau(1 - counts[registerMax] / buckets);
  for (let value = registerMax - 1; value >= 1; value--) z = 0.5 * (z + counts[value]);
  z += buckets * sigma(counts[0] / buckets);
  return Math.min((buckets * buckets) / (2 * Math.LN2 * z), HASHES);
}

/** The number that a user sees for an estimate. */
export function countOfEstimate(estimate: number): number {
  return Math.round(estimate);
}

/** x + Σ x^(2^k) 2^(k-1) over k ≥ 1: what the empty buckets tell. Infinite when all are empty. */
function sigma(share: number): number {
  if (share === 1) return Infinity;
  let x = share;
  let y = 1;
  let z = x;
  for (;;) {
    x *= x;
    const before = z;
    z += x * y;
    y += y;
    if (z === before) return z;
  }
}

/** (1 - x - Σ (1 - x^(2^-k))² 2^-k over k ≥ 1) / 3: what the saturated buckets tell. */
function tau(share: number): number {
  if (share === 0 || share === 1) return 0;
  let x = share;
  let y = 1;
  let z = 1 - x;
  for (;;) {
    x = Math.sqrt(x);
    const before = z;
    y *= 0.5;
    z -= (1 - x) ** 2 * y;
    if (z === before) return z / 3;
  }
}
