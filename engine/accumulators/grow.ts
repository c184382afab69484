type Numbers = Float64Array | Uint32Array | Uint8Array;

/** The array itself when it holds `size` elements, else a copy at least twice as long, filled up with `fill`. */
export function grow<T extends Numbers>(array: T, size: number, fill = 0): T {
  if (size <= array.length) return array;
  const create = array.constructor as new (length: number) => T;
  const larger = new create(Math.max(size, 2 * array.length, CAPACITY_START));
  larger.set(array);
  if (fill !== 0) larger.fill(fill, array.length);
  return larger;
}

const CAPACITY_START = 64;
