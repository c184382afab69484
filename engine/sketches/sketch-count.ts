import { domainOfBytes } from '../../model/sketch-domain.js';
import { checkBytes, countRegisters, precisionOfBytes } from './airlift-bytes.js';
import { COUNTS, countOfEstimate, estimateCounts } from './estimate.js';
import { mergeSketches } from './merge-sketches.js';

/** The answer of count_distinct_approx from a stored sketch: the rounded estimate. `sketch_invalid` if it is none. */
export function sketchCount(bytes: Uint8Array): number {
  if (domainOfBytes(bytes, 0) === 'airlift') {
    const precision = precisionOfBytes(bytes, 0, bytes.length);
    if (checkBytes(bytes, 0, bytes.length, precision) === 'dense') {
      const counts = new Int32Array(COUNTS);
      countRegisters(bytes, 0, counts);
      return countOfEstimate(estimateCounts(counts, precision));
    }
  }
  return countOfEstimate(mergeSketches([bytes]).estimate());
}
