import hyperLogLog from 'hyperloglog-lite';
import { describe, expect, test } from 'vitest';
import { relativeErrorBound } from '../../../dist/model/aggregates.js';
import { countOfEstimate, estimateDense, estimateSparse } from '../../../dist/engine/sketches/estimate.js';
import { entryOfInteger, entryOfString } from '../../../dist/engine/sketches/sketch-entry.js';
import { Sketch } from '../../../dist/engine/sketches/sketch.js';

const sets = process.env['GRANARY_LONG'] ? 200 : 30;

/** Of one of many disjoint sets of integers. */
function estimateOfSet(set: number, size: number, precision: number): number {
  const sketch = new Sketch(precision);
  for (let i = 0; i < size; i++) sketch.addEntry(entryOfInteger(set * 2 ** 32 + i));
  return sketch.estimate();
}

describe('the error of an estimate', () => {
  const cases = [10, 12, 14, 16].flatMap((p) => [1000, 100_000].map((n) => [p, n] as const));

  test.each(cases)('precision %i, %i values: 1.04 / √2^p in the mean square', (precision, size) => {
    const theory = 1.04 / Math.sqrt(2 ** precision);
    const errors = Array.from({ length: sets }, (_, set) => estimateOfSet(set, size, precision) / size - 1);
    const rms = Math.sqrt(errors.reduce((sum, error) => sum + error ** 2, 0) / sets);
    expect(rms).toBeLessThan(1.5 * theory);
    for (const error of errors) expect(Math.abs(error)).toBeLessThan(1.2 * relativeErrorBound(precision));
  });

  test('no bias at 2.5 × the buckets, where older estimators have one', () => {
    const size = 2.5 * 2 ** 12;
    const sum = Array.from({ length: 60 }, (_, set) => estimateOfSet(set, size, 12) / size - 1);
    const mean = sum.reduce((a, b) => a + b) / 60;
    expect(Math.abs(mean)).toBeLessThan((3 * 0.0163) / Math.sqrt(60));
  });

  test('a sparse sketch counts each value', () => {
    for (const size of [0, 1, 2, 100, 512]) {
      const sketch = new Sketch(12);
      for (let i = 0; i < size; i++) sketch.addEntry(entryOfString(`value ${i}`));
      expect(sketch.form).toBe('sparse');
      expect(countOfEstimate(sketch.estimate())).toBe(size);
    }
  });
});

test('agrees with hyperloglog-lite, which has another hash, another order and another estimator', () => {
  const bound = relativeErrorBound(12);
  for (const size of [2000, 20_000, 60_000]) {
    const theirs = hyperLogLog(12);
    const ours = new Sketch(12);
    for (let i = 0; i < size; i++) {
      theirs.add(hyperLogLog.hash(`route ${i}`));
      ours.addEntry(entryOfString(`route ${i}`));
    }
    expect(Math.abs(ours.estimate() / size - 1)).toBeLessThan(bound);
    expect(Math.abs(ours.estimate() - theirs.count()) / size).toBeLessThan(Math.SQRT2 * bound);
  }
});

describe('by hand', () => {
  test('linear counting over 2^26 places', () => {
    expect(estimateSparse(0)).toBe(0);
    expect(estimateSparse(2 ** 25)).toBeCloseTo(2 ** 26 * Math.LN2, 3);
  });

  test('registers that are all empty, all saturated, or all equal', () => {
    expect(estimateDense(new Uint8Array(1024), 10)).toBe(0);
    expect(estimateDense(new Uint8Array(1024).fill(55), 10)).toBe(2 ** 64);
    // Neither the empty nor the saturated term counts: 2^10 × 2^5 / (2 ln 2).
    expect(estimateDense(new Uint8Array(1024).fill(5), 10)).toBeCloseTo(2 ** 15 / (2 * Math.LN2), 6);
  });

  test('half of the registers empty: σ(1/2) is 1/2 + 1/4 + 2/16 + 4/256 + 8/65536 + …', () => {
    const registers = new Uint8Array(1024).fill(1, 0, 512);
    const sigma = 0.5 + 2 ** -2 + 2 ** -3 + 2 ** -6 + 2 ** -13 + 2 ** -28 + 2 ** -59;
    expect(estimateDense(registers, 10)).toBeCloseTo(1024 / (2 * Math.LN2 * (0.25 + sigma)), 9);
  });

  test('an eighth of the registers saturated: τ(7/8) by its series', () => {
    const registers = new Uint8Array(1024).fill(55, 0, 128).fill(54, 128);
    let tau = 1 / 8;
    for (let k = 1; k < 60; k++) tau -= (1 - 0.875 ** (2 ** -k)) ** 2 * 2 ** -k;
    const z = (tau / 3 + 7 / 8) * 2 ** -54;
    expect(estimateDense(registers, 10) / (1024 / (2 * Math.LN2 * z))).toBeCloseTo(1, 9);
  });
});
