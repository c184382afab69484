import { LIMITS } from '../model/limits.js';
import type { Kernels } from './kernels/kernels.js';
import type { Codes, NumberInput, SliceKey } from './scan-task.js';
import { type Scratch, scratch } from './scratch.js';

const makeScratch = () => ({
  rows: scratch().take(Int32Array, LIMITS.chunkRows),
  groups: scratch().take(Int32Array, LIMITS.chunkRows),
  ids: scratch().take(Float64Array, LIMITS.chunkRows),
  codes: scratch().take(Uint32Array, LIMITS.chunkRows),
  numbers: scratch().take(Float64Array, LIMITS.chunkRows),
  flags: scratch().take(Uint8Array, LIMITS.chunkRows),
  spill: {
    groups: scratch().take(Int32Array, LIMITS.chunkRows),
    numbers: scratch().take(Float64Array, LIMITS.chunkRows),
  },
});

type ChunkScratch = ReturnType<typeof makeScratch>;

const shared = new WeakMap<Scratch, ChunkScratch>();

/** All chunks of a thread share their scratch: one chunk is in use at a time, and never over a pause. */
function sharedScratch(): ChunkScratch {
  const own = scratch();
  let made = shared.get(own);
  if (made === undefined) {
    shared.set(own, (made = makeScratch()));
    own.keep();
  }
  return made;
}

const KEYED = -2;

/** The rows that pass, out of a stretch of rows of one partition: the unit that kernels work on. */
export class Chunk {
  /** The first row of the stretch. */
  from = 0;
  /** How many rows pass. */
  count = 0;
  /** Of all chunks of the slice, those included that do not pass. */
  sliceRows = 0;
  /** Whether these are the rows from `from` on without a gap; if not, `rows` tells which. */
  whole = true;
  /** The group that all rows have; -1: `groups` tells. */
  oneGroup = -1;
  /** The key whose slots are the groups; null: they were numbered. */
  keyed: SliceKey | null = null;
  readonly kernels: Kernels;
  readonly rows: Int32Array;
  /** Scratch of the grouping. */
  readonly ids: Float64Array;
  /** Scratch of sums that spill. */
  readonly spill: { readonly groups: Int32Array; readonly numbers: Float64Array };
  readonly #scratch = sharedScratch();
  #filledWith = -1;

  constructor(kernels: Kernels) {
    this.kernels = kernels;
    this.rows = this.#scratch.rows;
    this.ids = this.#scratch.ids;
    this.spill = this.#scratch.spill;
  }

  /** All rows of [from, to) pass. */
  setWhole(from: number, to: number): void {
    this.from = from;
    this.count = to - from;
    this.whole = true;
    this.oneGroup = -1;
    this.keyed = null;
    this.#filledWith = -1;
  }

  /**
   * The group of each row that passes; to be written only while `oneGroup` is -1 and nothing is `keyed`. May take the
   * scratch of `codesOf`.
   */
  get groups(): Int32Array {
    const { groups } = this.#scratch;
    if (this.keyed !== null) {
      const { rowSlots } = this.keyed;
      if (rowSlots !== null && this.whole)
        return new Int32Array(rowSlots.buffer, rowSlots.byteOffset + 4 * this.from, this.count);
      if (this.#filledWith !== KEYED) {
        const { codes, slots } = this.keyed;
        this.kernels.slotsOf(this.codesOf(codes), slots, this.offset, this.count, groups);
        this.#filledWith = KEYED;
      }
      return groups;
    }
    if (this.oneGroup !== this.#filledWith) {
      this.kernels.fillGroups(groups, this.oneGroup, this.count);
      this.#filledWith = this.oneGroup;
    }
    return groups;
  }

  /** The position of the i-th row that passes. */
  row(i: number): number {
    return this.whole ? this.from + i : this.rows[i];
  }

  /** The positions of the rows that pass, from 0 on. */
  positions(): Int32Array {
    if (this.whole) this.kernels.writeRows(this.from, this.from + this.count, this.rows);
    return this.rows;
  }

  /** Where the rows that pass begin in what `codesOf` and `validityOf` give. */
  get offset(): number {
    return this.whole ? this.from : 0;
  }

  /** The codes of the rows that pass, from `offset` on, valid until the next call. */
  codesOf(codes: Codes): Codes {
    if (this.whole) return codes;
    this.kernels.gatherCodes(codes, this.rows, this.count, this.#scratch.codes);
    return this.#scratch.codes;
  }

  /**
   * The numbers of the rows that pass, valid until the next call, from `numbersOffset` on. NULL slots hold what is
   * stored.
   */
  numbersOf(input: NumberInput): Float64Array {
    const { numbers } = this.#scratch;
    const { kernels, from, count, rows } = this;
    if (input.kind === 'number') {
      if (this.whole) return input.values;
      kernels.gatherNumbers(input.values, rows, count, numbers);
    } else if (this.whole) kernels.widenRange(input.codes, input.base, from, count, numbers);
    else kernels.widenRows(input.codes, input.base, rows, count, numbers);
    return numbers;
  }

  numbersOffset(numbers: Float64Array): number {
    return numbers === this.#scratch.numbers ? 0 : this.offset;
  }

  /** As `numbersOf`, with `nullAs` where the value is NULL. */
  numbersWith(input: NumberInput, nullAs: number): Float64Array {
    const values = this.numbersOf(input);
    const validity = this.validityOf(input);
    if (validity === null) return values;
    const { numbers } = this.#scratch;
    const from = this.numbersOffset(values);
    this.kernels.replaceNulls(values, from, validity, this.offset, this.count, nullAs, numbers);
    return numbers;
  }

  /** 1 where there is a value, from `offset` on, valid until the next call; null when every row has one. */
  validityOf(input: NumberInput): Uint8Array | null {
    if (input.validity === null || this.whole) return input.validity;
    this.kernels.gatherFlags(input.validity, this.rows, this.count, this.#scratch.flags);
    return this.#scratch.flags;
  }
}
