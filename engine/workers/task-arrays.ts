/** Arrays on their way to a worker: those in the column memory go as the place where they lie. */
import { arrayAt, type ArrayPlace, type Numbers, placeOf } from '../../storage/column-memory.js';

/**
 * The same plain data, with places in it instead of arrays.
 *
 * @param placed gives a copy in the column memory, or the array itself where there is no room; default the array
 */
export function packArrays<T extends object>(value: T, placed = (array: Numbers): Numbers => array): T {
  return packed(value, placed) as T;
}

function packed(value: unknown, placed: (array: Numbers) => Numbers): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (ArrayBuffer.isView(value)) {
    const array = placed(value as Numbers);
    return placeOf(array) ?? array;
  }
  if (Array.isArray(value)) return value.map((item) => packed(item, placed));
  const fields: Record<string, unknown> = {};
  for (const name in value) fields[name] = packed((value as Record<string, unknown>)[name], placed);
  return fields;
}

/**
 * Puts the arrays into what `packArrays` gave, on a thread that sees the same memory. The message is nobody else's
 * there, so that it is changed and not made again.
 */
export function unpackArrays<T extends object>(value: T): T {
  unpack(value as Record<string, unknown>);
  return value;
}

function unpack(fields: Record<string, unknown>): void {
  for (const name in fields) {
    const value = fields[name];
    if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) continue;
    if (isPlace(value)) fields[name] = arrayAt(value);
    else unpack(value as Record<string, unknown>);
  }
}

function isPlace(value: object): value is ArrayPlace {
  return 'address' in value;
}
