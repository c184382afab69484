import { countOfEstimate } from './estimate.js';
import { mergeSketches } from './merge-sketches.js';

/** The answer of count_distinct_approx from a stored sketch: the rounded estimate. `sketch_invalid` if it is none. */
export function sketchCount(bytes: Uint8Array): number {
  return countOfEstimate(mergeSketches([bytes]).estimate());
}
