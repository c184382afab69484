/** Arrays on their way to a worker: those in the column memory go as the place where they lie. */
import { arrayAt, type ArrayPlace, type Numbers, placeOf } from '../../storage/column-memory.js';

/** The same plain data, with places in it instead of arrays. */
export function packArrays<T extends object>(value: T): T {
  return packed(value) as T;
}

function packed(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (ArrayBuffer.isView(value)) return placeOf(value as Numbers) ?? value;
  if (Array.isArray(value)) return value.map(packed);
  const fields: Record<string, unknown> = {};
  for (const name in value) fields[name] = packed((value as Record<string, unknown>)[name]);
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
