import { LIMITS } from '../model/limits.js';
import type { Codes, NumberInput } from './scan-task.js';
import { gatherCodes, gatherFlags, gatherNumbers, replaceNulls } from './kernels/gather.js';

const ROWS = new Int32Array(LIMITS.chunkRows);
const GROUPS = new Int32Array(LIMITS.chunkRows);
const IDS = new Float64Array(LIMITS.chunkRows);
const CODES = [new Uint32Array(LIMITS.chunkRows), new Uint32Array(LIMITS.chunkRows)] as const;
const NUMBERS = new Float64Array(LIMITS.chunkRows);
const FLAGS = new Uint8Array(LIMITS.chunkRows);

/**
 * The rows that pass, out of a stretch of rows of one partition: the unit that kernels work on. All chunks of a
 * thread share their scratch, for fresh memory is dear: one chunk is in use at a time, and never over a pause.
 */
export class Chunk {
  /** The first row of the stretch. */
  from = 0;
  /** How many rows pass. */
  count = 0;
  /** Whether these are the rows from `from` on without a gap; if not, `rows` tells which. */
  whole = true;
  /** Whether all rows have group 0. */
  readonly oneGroup: boolean;
  readonly rows = ROWS;
  /** The group of each row that passes. */
  readonly groups = GROUPS;
  /** Scratch of the grouping. */
  readonly ids = IDS;

  constructor(oneGroup: boolean) {
    this.oneGroup = oneGroup;
  }

  /** All rows of [from, to) pass. */
  setWhole(from: number, to: number): void {
    this.from = from;
    this.count = to - from;
    this.whole = true;
  }

  /** The position of the i-th row that passes. */
  row(i: number): number {
    return this.whole ? this.from + i : this.rows[i];
  }

  /** The positions of the rows that pass, from 0 on. */
  positions(): Int32Array {
    if (this.whole) for (let i = 0; i < this.count; i++) this.rows[i] = this.from + i;
    return this.rows;
  }

  /** The codes of the rows that pass, from 0 on, valid until the next call with the same scratch. */
  codesOf(codes: Codes, scratch: 0 | 1): Codes {
    if (this.whole) return codes.subarray(this.from, this.from + this.count);
    gatherCodes(codes, this.rows, this.count, CODES[scratch]);
    return CODES[scratch];
  }

  /** The numbers of the rows that pass, from 0 on, valid until the next call. NULL slots hold what is stored. */
  numbersOf(input: NumberInput): Float64Array {
    if (this.whole) return input.values.subarray(this.from, this.from + this.count);
    gatherNumbers(input.values, this.rows, this.count, NUMBERS);
    return NUMBERS;
  }

  /** As `numbersOf`, with `nullAs` where the value is NULL. */
  numbersWith(input: NumberInput, nullAs: number): Float64Array {
    const numbers = this.numbersOf(input);
    const validity = this.validityOf(input);
    if (validity === null) return numbers;
    replaceNulls(numbers, validity, this.count, nullAs, NUMBERS);
    return NUMBERS;
  }

  /** 1 where there is a value, from 0 on, valid until the next call; null when every row has one. */
  validityOf(input: NumberInput): Uint8Array | null {
    if (input.validity === null) return null;
    if (this.whole) return input.validity.subarray(this.from, this.from + this.count);
    gatherFlags(input.validity, this.rows, this.count, FLAGS);
    return FLAGS;
  }
}
