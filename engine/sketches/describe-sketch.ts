import { relativeErrorBound } from '../../model/aggregates.js';
import type { SketchDomain } from '../../model/sketch-domain.js';
import { countOfEstimate } from './estimate.js';
import { mergeSketches as unite } from './merge-sketches.js';

/** A stored sketch as a program sees it. */
export interface SketchDescription {
  /** Whose bytes they are, and with which others they can be merged. */
  readonly domain: SketchDomain;
  /** 2^precision registers. */
  readonly precision: number;
  /** Of distinct values, rounded: what `count_distinct_approx` gives. */
  readonly estimate: number;
  /** At three sigma, as a share of the true number. */
  readonly relativeError: number;
}

/**
 * What a stored sketch says: bytes of Airlift (Trino, Presto, Athena, Cube Store), or of PostgreSQL's hll as `hll_send`
 * gives them.
 *
 * @throws StoreError `sketch_invalid` for bytes that are neither
 */
export function describeSketch(bytes: Uint8Array): SketchDescription {
  const sketch = unite([bytes]);
  return {
    domain: sketch.domain,
    precision: sketch.precision,
    estimate: countOfEstimate(sketch.estimate()),
    relativeError: relativeErrorBound(sketch.precision),
  };
}

/**
 * The sketch of all that is in some stored ones, in their own format and at the coarsest of their precisions.
 *
 * @param sketches at least one
 * @throws StoreError `sketch_invalid` for bytes that are none, for sketches of two domains, and for those of PostgreSQL
 *   that PostgreSQL itself would not unite
 */
export function mergeSketches(sketches: readonly Uint8Array[]): Uint8Array {
  return unite(sketches).toBytes();
}
