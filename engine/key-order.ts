/**
 * Where a key has about as many values as rows, what a row is added to lies far from what the row before it was added to.
 * So the rows of a partition are put in the order of the slots of that key: then both are read from front to back.
 *
 *     slots of rows  5 2 2 0 9    in order  0 2 2 5 9    first 0, steps  0 2 0 3 4
 *     codes          a b c d e              d b c a e
 */
import type { NarrowColumn } from '../model/batch.js';
import { allocateIn, type ArrayKind } from '../storage/column-memory.js';
import type { Codes } from './scan-task.js';

export class KeyOrder {
  /** The slot of the first row. */
  readonly first: number;
  /** By row in order, how many slots after that of the row before. */
  readonly steps: Uint8Array;
  private readonly laidOut = new WeakMap<NarrowColumn, Codes>();

  private constructor(first: number, steps: Uint8Array) {
    this.first = first;
    this.steps = steps;
  }

  /**
   * @param keys of at least one row
   * @param slots by code of the key
   * @returns `scattered`: rows are too far from each other for a step of one byte; null: there is no room
   */
  static of(keys: Codes, slots: Int32Array): KeyOrder | 'scattered' | null {
    const steps = allocateIn(Uint8Array, keys.length);
    if (steps === null) return null;
    const rows = rowsInOrder(keys, slots);
    const first = slots[keys[rows[0]]];
    let before = first;
    for (let i = 0; i < rows.length; i++) {
      const slot = slots[keys[rows[i]]];
      if (slot - before > STEP_MAX) return 'scattered';
      steps[i] = slot - before;
      before = slot;
    }
    return new KeyOrder(first, steps);
  }

  knownCodesOf(column: NarrowColumn): Codes | null {
    return this.laidOut.get(column) ?? null;
  }

  /**
   * The codes of a column of the same partition, in order; null: there is no room.
   *
   * @param keys, slots as it was made of
   */
  codesOf(column: NarrowColumn, keys: Codes, slots: Int32Array): Codes | null {
    const { codes } = column;
    const inOrder = allocateIn<Codes>(codes.constructor as ArrayKind<Codes>, codes.length);
    if (inOrder === null) return null;
    const rows = rowsInOrder(keys, slots);
    for (let i = 0; i < rows.length; i++) inOrder[i] = codes[rows[i]];
    this.laidOut.set(column, inOrder);
    return inOrder;
  }
}

const STEP_MAX = 255;

/** Sorted by counting: of equal slots, the row that comes first stays first. */
function rowsInOrder(keys: Codes, slots: Int32Array): Uint32Array {
  const ends = new Uint32Array(slots.reduce((most, slot) => Math.max(most, slot), 0) + 1);
  for (const key of keys) ends[slots[key]]++;
  for (let slot = 1; slot < ends.length; slot++) ends[slot] += ends[slot - 1];
  const rows = new Uint32Array(keys.length);
  for (let row = keys.length - 1; row >= 0; row--) rows[--ends[slots[keys[row]]]] = row;
  return rows;
}
