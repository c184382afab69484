/** Arrays on their way to a worker: those in the column memory go as the place where they lie. */
import { arrayAt, type ArrayPlace, type Numbers, placeOf } from '../../storage/column-memory.js';

/** The same plain data, with places in it instead of arrays. */
export function packArrays<T>(value: T): T {
  return mapArrays(value, (array) => {
    const place = placeOf(array);
    return place === null ? array : { [MARK]: place };
  }) as T;
}

/** What `packArrays` was given, on a thread that sees the same memory. */
export function unpackArrays<T>(value: T): T {
  return mapArrays(value, (array) => array) as T;
}

const MARK = '$place';

function mapArrays(value: unknown, ofArray: (array: Numbers) => unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (ArrayBuffer.isView(value)) return ofArray(value as Numbers);
  if (Array.isArray(value)) return value.map((each) => mapArrays(each, ofArray));
  if (MARK in value) return arrayAt(value[MARK] as ArrayPlace);
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, mapArrays(each, ofArray)]));
}
