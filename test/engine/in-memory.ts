import { allocateIn, type ArrayKind, type Numbers } from '../../dist/storage/column-memory.js';

/** An array owns its bytes: what is cut from it does not. */
const alive: Numbers[] = [];

/** A copy where kernels see it, with the same elements, at an address that is no multiple of much. */
export function inMemory<T extends Numbers>(array: T, shift: number): T {
  const kind = array.constructor as ArrayKind<T>;
  const room = allocateIn(kind, array.length + shift);
  if (room === null) throw new Error('no room in the column memory');
  const copy = new kind(room.buffer, room.byteOffset + shift * kind.BYTES_PER_ELEMENT, array.length);
  copy.set(array);
  alive.push(room);
  return copy;
}

/** How many copies there are. */
export function copies(): number {
  return alive.length;
}

/** Gives up the copies that were made since there were so many. */
export function forgetCopies(since = 0): void {
  alive.length = since;
}
