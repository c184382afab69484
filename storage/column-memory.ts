/**
 * One stretch of shared WebAssembly memory for the columns of all stores of this process. Kernels read columns where
 * they lie, and so do worker threads: nothing is copied. It is reserved whole, for a memory that grows changes its
 * buffer; the system gives pages when they are first touched.
 *
 * An array owns its bytes: they are free again once nothing refers to the array. So never keep what was cut from one
 * (`subarray`) without it.
 */
import { assert } from '../model/assert.js';
import { LIMITS } from '../model/limits.js';
import { FreeSpace } from './free-space.js';

/** Undefined: not asked for yet. Null: the system gives none, and columns lie in buffers of their own. */
let memory: WebAssembly.Memory | null | undefined;
let buffer: ArrayBufferLike | null = null;
/** Null on threads that only look. */
let free: FreeSpace | null = null;

/** The memory of this thread; null where there is none. */
export function columnMemory(): WebAssembly.Memory | null {
  if (memory === undefined) {
    attachColumnMemory(reserve());
    free = memory === null ? null : new FreeSpace(LIMITS.columnMemoryBytes);
  }
  return memory ?? null;
}

/** Makes a thread see the memory of another one, which alone gives room in it; before it asks for its own. */
export function attachColumnMemory(given: WebAssembly.Memory | null): void {
  memory = given;
  buffer = given?.buffer ?? null;
}

/** Whether an array lies where kernels see it. */
export function isInColumnMemory(array: ArrayBufferView): boolean {
  return array.buffer === buffer;
}

export type Numbers = Uint8Array | Uint16Array | Int32Array | Uint32Array | Float64Array;

/** An array of that kind in the column memory, with anything in it; null: there is no room. */
export function allocateIn<T extends Numbers>(kind: ArrayKind<T>, length: number): T | null {
  columnMemory();
  if (buffer === null || free === null) return null;
  const bytes = length * kind.BYTES_PER_ELEMENT;
  const address = free.take(bytes);
  if (address === null) return null;
  const array = new kind(buffer, address, length);
  owners.register(array, { address, bytes });
  return array;
}

/** A copy of an array in the column memory; the array itself where it lies there already, or where there is no room. */
export function placed<T extends Numbers>(array: T): T {
  if (isInColumnMemory(array)) return array;
  const copy = allocateIn(array.constructor as ArrayKind<T>, array.length);
  if (copy === null) return array;
  copy.set(array);
  return copy;
}

/** Where an array lies, for a thread that sees the same memory: a buffer does not keep its identity on the way there. */
export interface ArrayPlace {
  readonly kind: (typeof KINDS)[number];
  readonly address: number;
  readonly length: number;
}

const KINDS = ['Uint8Array', 'Uint16Array', 'Int32Array', 'Uint32Array', 'Float64Array'] as const;

/** Null: it does not lie in the column memory. */
export function placeOf(array: Numbers): ArrayPlace | null {
  if (!isInColumnMemory(array)) return null;
  const kind = array.constructor.name as ArrayPlace['kind'];
  return { kind, address: array.byteOffset, length: array.length };
}

/** The array at a place in the memory of this thread, which owns nothing of it. */
export function arrayAt({ kind, address, length }: ArrayPlace): Numbers {
  assert(buffer !== null, 'the thread sees the column memory');
  return new ARRAYS[kind](buffer, address, length);
}

const ARRAYS: Readonly<Record<ArrayPlace['kind'], ArrayKind<Numbers>>> = {
  Uint8Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float64Array,
};

export interface ArrayKind<T extends Numbers> {
  new (buffer: ArrayBufferLike, byteOffset: number, length: number): T;
  readonly BYTES_PER_ELEMENT: number;
}

const owners = new FinalizationRegistry<{ readonly address: number; readonly bytes: number }>(
  ({ address, bytes }) => free?.give(address, bytes),
);

function reserve(): WebAssembly.Memory | null {
  const pages = LIMITS.columnMemoryBytes / 65_536;
  try {
    return new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
  } catch {
    return null; // no WebAssembly, or no address space: slower, and the same answers
  }
}
