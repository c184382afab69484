import { PRECISION_MAX, PRECISION_MIN } from '../../model/aggregates.js';
import { assert } from '../../model/assert.js';
import {
  checkBytes,
  denseBytes,
  entryAt,
  entryCount,
  mergeEntries,
  mergeRegisters,
  sparseBytes,
  type SketchForm,
} from './airlift-bytes.js';
import { EntrySet } from './entry-set.js';
import { estimateDense, estimateSparse } from './estimate.js';
import type { SketchState } from './sketch-state.js';
import { bucketOfEntry, registerOfEntry, ZEROS_MAX, zerosOfEntry } from './sketch-entry.js';

export type RegisterRoom = (length: number) => Uint8Array;

const ownRoom: RegisterRoom = (length) => new Uint8Array(length);

/**
 * HyperLogLog: a set of values of which only an estimate of its size can be asked, in at most about 2^precision
 * bytes. Union is its one operation.
 *
 * The law of rollups: the bytes of a sketch follow from the set of its entries alone. No order, repetition or
 * grouping of `addEntry` and `mergeBytes` changes them, so the union of the parts is the sketch of the whole.
 * It is sparse (all entries are kept) up to 2^precision / 8 distinct prefixes and dense (registers) above; dense
 * bytes that another writer made of fewer stay dense.
 */
export class Sketch implements SketchState {
  readonly domain = 'airlift';
  readonly precision: number;
  private readonly room: RegisterRoom;
  private readonly sparseMax: number;
  /** Of the sparse form. Empty in the dense form. */
  private entries = new EntrySet();
  /** Of the dense form, one for each bucket. Null in the sparse form. */
  private registers: Uint8Array | null = null;

  /** @param room lends registers, of zeros */
  constructor(precision: number, room: RegisterRoom = ownRoom) {
    assert(precision >= PRECISION_MIN && precision <= PRECISION_MAX, `precision ${precision} of a sketch`);
    this.precision = precision;
    this.room = room;
    this.sparseMax = 2 ** precision / 8;
  }

  /** Of the dense form; what raises them adds to the sketch. Null in the sparse form. */
  get denseRegisters(): Uint8Array | null {
    return this.registers;
  }

  get form(): SketchForm {
    return this.registers === null ? 'sparse' : 'dense';
  }

  /** Adds what `entryOfString` and its kin made of a value. */
  addEntry(entry: number): void {
    assert(zerosOfEntry(entry) <= ZEROS_MAX, 'an entry counts at most 38 zeros');
    if (this.registers !== null) {
      raise(this.registers, entry, this.precision);
      return;
    }
    this.entries.add(entry);
    if (this.entries.size > this.sparseMax) this.densify();
  }

  /**
   * Adds the sketch that is stored from `start` to `end` (exclusive), of this precision or a higher one, which is folded
   * down: the bytes become those that its set would have here. `sketch_invalid` if it is malformed or coarser; then
   * nothing was added.
   */
  mergeBytes(bytes: Uint8Array, start: number, end: number): void {
    if (checkBytes(bytes, start, end, this.precision) === 'dense') {
      mergeRegisters(bytes, start, this.densify());
      return;
    }
    if (this.registers !== null) {
      mergeEntries(bytes, start, this.precision, this.registers);
      return;
    }
    const count = entryCount(bytes, start);
    this.entries.reserve(Math.min(count, this.sparseMax));
    for (let i = 0; i < count; i++) this.addEntry(entryAt(bytes, start, i));
  }

  /** The canonical stored form, see airlift-bytes.ts. */
  toBytes(): Uint8Array {
    return this.registers === null
      ? sparseBytes(this.precision, this.entries.sorted())
      : denseBytes(this.precision, this.registers);
  }

  /** The estimated number of distinct values, not rounded. */
  estimate(): number {
    return this.registers === null
      ? estimateSparse(this.entries.size)
      : estimateDense(this.registers, this.precision);
  }

  /** Makes it empty again. */
  reset(): void {
    this.entries.clear();
    this.registers = null;
  }

  private densify(): Uint8Array {
    if (this.registers !== null) return this.registers;
    const registers = this.room(2 ** this.precision);
    for (const entry of this.entries.sorted()) raise(registers, entry, this.precision);
    this.registers = registers;
    this.entries = new EntrySet();
    return registers;
  }
}

function raise(registers: Uint8Array, entry: number, precision: number): void {
  const bucket = bucketOfEntry(entry, precision);
  const register = registerOfEntry(entry, precision);
  if (register > registers[bucket]) registers[bucket] = register;
}
