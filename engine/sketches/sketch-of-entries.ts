import { sparseBytes } from './airlift-bytes.js';
import { ZEROS_BITS } from './sketch-entry.js';
import { Sketch } from './sketch.js';

/**
 * The stored bytes of the sketch of some entries: those that `Sketch` gives of them, made in one go.
 * @param entries in any order, repeated or not; they are sorted in place
 */
export function sketchOfEntries(entries: Uint32Array, precision: number): Uint8Array {
  if (entries.length > 2 ** precision / 8) return manyBytes(entries, precision);
  entries.sort();
  // Of those with one prefix the last has the most zeros.
  let kept = 0;
  for (let i = 0; i < entries.length; i++) {
    const isLast = i + 1 === entries.length || entries[i] >>> ZEROS_BITS !== entries[i + 1] >>> ZEROS_BITS;
    if (isLast) entries[kept++] = entries[i];
  }
  return sparseBytes(precision, entries.subarray(0, kept));
}

/** They may be dense, or repeat a few. */
function manyBytes(entries: Uint32Array, precision: number): Uint8Array {
  const sketch = new Sketch(precision);
  for (let i = 0; i < entries.length; i++) sketch.addEntry(entries[i]);
  return sketch.toBytes();
}
