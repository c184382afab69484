import type { ArrayKind } from '../../storage/column-memory.js';
import { scratch } from '../scratch.js';

type Numbers = Float64Array | Uint32Array | Uint8Array;

/** The array itself when it holds `size` elements, else a copy at least twice as long, filled up with `fill`. */
export function grow<T extends Numbers>(array: T, size: number, fill = 0): T {
  if (size <= array.length) return array;
  const capacity = Math.max(size, 2 * array.length, CAPACITY_START);
  const larger = scratch().zeroed(array.constructor as ArrayKind<T>, capacity);
  larger.set(array);
  if (fill !== 0) larger.fill(fill, array.length);
  return larger;
}

const CAPACITY_START = 64;

/** Moves the elements at these places, which ascend, to the front. */
export function keepElements(array: Numbers, places: Uint32Array): void {
  for (let i = 0; i < places.length; i++) array[i] = array[places[i]];
}
