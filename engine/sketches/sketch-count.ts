import { precisionOfBytes } from './airlift-bytes.js';
import { countOfEstimate } from './estimate.js';
import { Sketch } from './sketch.js';

/** The answer of count_distinct_approx from a stored sketch: the rounded estimate. `sketch_invalid` if it is none. */
export function sketchCount(bytes: Uint8Array): number {
  const sketch = new Sketch(precisionOfBytes(bytes, 0, bytes.length));
  sketch.mergeBytes(bytes, 0, bytes.length);
  return countOfEstimate(sketch.estimate());
}
