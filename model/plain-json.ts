/**
 * The JSON text of plain data, from which `JSON.parse` makes the same data again: two values with one text are one to
 * whoever reads them. Null for everything else (other classes, `undefined`, what is no finite number, -0), for what is
 * nested deeper than `depthMax`, and for a text of more than `charsMax`. It never throws.
 *
 * The order of keys counts. What an accessor gives may change from reading to reading: read the text, not the value.
 */
export function plainJson(value: unknown, depthMax: number, charsMax: number): string | null {
  if (roomAfter(value, depthMax, charsMax) < 0) return null;
  const text = JSON.stringify(value);
  return text.length <= charsMax ? text : null;
}

/** What is left of the room after the least that a value takes in JSON; negative: it is not plain, or too much. */
function roomAfter(value: unknown, depth: number, room: number): number {
  if (typeof value === 'string') return room - value.length - 2;
  if (typeof value === 'number') return Number.isFinite(value) && !Object.is(value, -0) ? room - 1 : -1;
  if (typeof value === 'boolean' || value === null) return room - 4;
  if (typeof value !== 'object' || depth === 0 || 'toJSON' in value) return -1;
  return Array.isArray(value) ? roomAfterList(value, depth, room) : roomAfterRecord(value, depth, room);
}

function roomAfterList(values: readonly unknown[], depth: number, room: number): number {
  if (values.length > room) return -1;
  let left = room - 2;
  for (let i = 0; i < values.length && left >= 0; i++) left = roomAfter(values[i], depth - 1, left - 1);
  return left;
}

function roomAfterRecord(value: object, depth: number, room: number): number {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return -1;
  let left = room - 2;
  for (const key of Object.keys(value)) {
    left = roomAfter((value as Readonly<Record<string, unknown>>)[key], depth - 1, left - key.length - 4);
    if (left < 0) return -1;
  }
  return left;
}
