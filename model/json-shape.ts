/**
 * What plain data looks like inside, so that a value can be held against it without a text of its own: whoever asks again
 * mostly gives the same object, but nobody promised that it still says the same.
 */
export type JsonShape =
  | string
  | number
  | boolean
  | null
  | { readonly items: readonly JsonShape[] }
  | { readonly keys: readonly string[]; readonly values: readonly JsonShape[] };

/** @param value what `JSON.parse` gives */
export function jsonShape(value: unknown): JsonShape {
  if (typeof value !== 'object' || value === null) return value as string | number | boolean | null;
  if (Array.isArray(value)) return { items: value.map(jsonShape) };
  return { keys: Object.keys(value), values: Object.values(value).map(jsonShape) };
}

/** Whether `plainJson` of a value is the text that the shape was made from: keys in the same order, and no other class. */
export function hasShape(value: unknown, shape: JsonShape): boolean {
  if (typeof shape !== 'object' || shape === null) return Object.is(value, shape);
  if (typeof value !== 'object' || value === null || 'toJSON' in value) return false;
  return 'items' in shape ? hasItems(value, shape.items) : hasFields(value, shape.keys, shape.values);
}

function hasItems(value: object, items: readonly JsonShape[]): boolean {
  if (!Array.isArray(value) || value.length !== items.length) return false;
  for (let i = 0; i < items.length; i++) if (!hasShape(value[i], items[i])) return false;
  return true;
}

function hasFields(value: object, keys: readonly string[], values: readonly JsonShape[]): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return false;
  let at = 0;
  // Of its own alone, for what it inherits has none that are listed; else it is another shape.
  for (const key in value) {
    if (key !== keys[at] || !hasShape((value as Readonly<Record<string, unknown>>)[key], values[at]))
      return false;
    at++;
  }
  return at === keys.length;
}
