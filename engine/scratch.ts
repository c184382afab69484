/**
 * Room for what a scan makes on its way: groups, their states, the rows of a chunk. Each thread has its own stretch of
 * the column memory, so that kernels see it; a scan takes what it needs from the front, and the next scan begins there
 * anew. What does not fit lies outside, where only the plain kernels work.
 */
import { LIMITS } from '../model/limits.js';
import { allocateIn, type ArrayKind, isInColumnMemory, type Numbers } from '../storage/column-memory.js';
import { clearMemory } from './kernels/kernels.js';

/** A scan needs more than it may have; who knows its groups makes an error of it. */
export class OutOfRoom extends Error {
  override readonly name = 'OutOfRoom';
}

export class Scratch {
  /** Null: no column memory. */
  readonly #space: Uint8Array | null;
  #top = 0;
  /** Where scans begin. */
  #floor = 0;
  /** Where they end: behind it lies what is lent. */
  #ceiling: number;
  /** Bytes that may still be taken until the next `reset`, within the stretch or outside of it. */
  #left = Infinity;

  constructor(space: Uint8Array | null) {
    this.#space = space;
    this.#ceiling = space?.byteLength ?? 0;
  }

  /**
   * Gives up what was taken since the last `keep`: the arrays get other values.
   *
   * @param bytesMax may be taken from now on: beyond it comes OutOfRoom
   */
  reset(bytesMax = Infinity): void {
    this.#top = this.#floor;
    this.#left = bytesMax;
  }

  /** Ends the bound of the last `reset`. */
  unbound(): void {
    this.#left = Infinity;
  }

  /** What was taken so far stays. */
  keep(): void {
    this.#floor = this.#top;
  }

  /** An array with anything in it. */
  take<T extends Numbers>(kind: ArrayKind<T>, length: number): T {
    this.#spend(kind, length);
    return this.#within(kind, length) ?? outside(kind, length);
  }

  zeroed<T extends Numbers>(kind: ArrayKind<T>, length: number): T {
    this.#spend(kind, length);
    const array = this.#within(kind, length);
    if (array === null) return outside(kind, length);
    clearMemory(array);
    return array;
  }

  /** What kernels see of an array: a copy, unless it lies in their memory already, or there is no room. */
  placed<T extends Numbers>(array: T): T {
    if (isInColumnMemory(array)) return array;
    const copy = this.#within(array.constructor as ArrayKind<T>, array.length);
    copy?.set(array);
    return copy ?? array;
  }

  /**
   * What kernels see of some arrays, for all scans within `use`: copies, as long as half of the stretch holds them; the
   * arrays themselves beyond that. What the last scan has left there is given up.
   */
  lend<R>(use: (place: <T extends Numbers>(array: T) => T) => R): R {
    const ceiling = this.#ceiling;
    try {
      return use((array) => this.#atEnd(array, ceiling / 2) ?? array);
    } finally {
      this.#ceiling = ceiling;
    }
  }

  #atEnd<T extends Numbers>(array: T, lowest: number): T | null {
    if (this.#space === null || isInColumnMemory(array)) return null;
    const start = this.#ceiling - Math.ceil(array.byteLength / ALIGNMENT) * ALIGNMENT;
    if (start < Math.max(lowest, this.#floor)) return null;
    this.#ceiling = start;
    const kind = array.constructor as ArrayKind<T>;
    const copy = new kind(this.#space.buffer, this.#space.byteOffset + start, array.length);
    copy.set(array);
    return copy;
  }

  #spend(kind: ArrayKind<Numbers>, length: number): void {
    this.#left -= length * kind.BYTES_PER_ELEMENT;
    if (this.#left < 0) throw new OutOfRoom();
  }

  #within<T extends Numbers>(kind: ArrayKind<T>, length: number): T | null {
    if (this.#space === null) return null;
    const start = this.#top;
    const end = start + Math.ceil((length * kind.BYTES_PER_ELEMENT) / ALIGNMENT) * ALIGNMENT;
    if (end > this.#ceiling) return null;
    this.#top = end;
    return new kind(this.#space.buffer, this.#space.byteOffset + start, length);
  }
}

const ALIGNMENT = 64;

function outside<T extends Numbers>(kind: ArrayKind<T>, length: number): T {
  return new kind(new ArrayBuffer(length * kind.BYTES_PER_ELEMENT), 0, length);
}

let own: Scratch | null = null;

/** That of this thread. */
export function scratch(): Scratch {
  own ??= new Scratch(allocateIn(Uint8Array, LIMITS.scratchBytes));
  return own;
}

/** Lends this thread a stretch for its next scan; null: it works outside of the memory. */
export function useScratch(space: Uint8Array | null): void {
  own = new Scratch(space);
}
