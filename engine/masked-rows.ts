/**
 * Where many rows of a stretch pass and all is added by a key of one byte, the rows are not listed: the codes of those that
 * do not pass are hidden, and count for nothing.
 */
import { LIMITS } from '../model/limits.js';
import type { Kernels } from './kernels/kernels.js';
import { HIDDEN } from './kernels/select-rows.js';
import type { RowSelector } from './row-selector.js';
import type { CodeFilter, ScanShape, ScanSlice, SliceKey } from './scan-task.js';
import { scratch } from './scratch.js';

export class MaskedRows {
  /** The first row of the stretch. */
  from = 0;
  /** How many rows it has. */
  count = 0;
  /** From 0 on: 1 for those that pass. */
  mask: Uint8Array = new Uint8Array(0);
  /** Of the key, from 0 on, without those that are hidden. */
  readonly codes = scratch().take(Uint8Array, LIMITS.chunkRows);
  readonly kernels: Kernels;
  private readonly selector: RowSelector;
  private readonly valid = scratch().take(Uint8Array, LIMITS.chunkRows);

  constructor(selector: RowSelector) {
    this.kernels = selector.kernels;
    this.selector = selector;
  }

  /** Sets it to the rows of [from, to) of a slice that `isMasked`. */
  select({ filters, keys: [key] }: ScanSlice, from: number, to: number): void {
    this.from = from;
    this.count = to - from;
    this.mask = this.selector.mask(filters.length === 1 ? filters[0] : { kind: 'and', filters }, from, to);
    this.kernels.hideCodes(key.codes as Uint8Array, this.mask, from, this.count, this.codes);
  }

  /** Marks the slots of the rows that pass, and have a value where `validity` tells which do. */
  mark(marks: Uint8Array, { codes, slots }: SliceKey, validity: Uint8Array | null): void {
    const { kernels, from, count, mask } = this;
    let passing = mask;
    if (validity !== null) {
      passing = this.valid;
      passing.set(mask.subarray(0, count));
      kernels.andMasks(passing, validity.subarray(from, from + count), count);
    }
    kernels.markByKey(marks, codes.subarray(from, from + count), slots, passing, 0, count);
  }
}

export function isMasked({ filters, keys, inputs }: ScanSlice, { direct, aggregates }: ScanShape): boolean {
  return (
    direct &&
    filters.length > 0 &&
    !keys[0].ascending &&
    keys[0].codes instanceof Uint8Array &&
    keys[0].slots.length <= HIDDEN &&
    aggregates.every(({ kind }, i) => kind === 'sum' && inputs[i][0].kind === 'narrow') &&
    filters.reduce((share, filter) => share * passingShare(filter), 1) >= PASSING_MIN
  );
}

/** Of the codes of a filter, how many pass, as a guess of how many rows do. */
function passingShare(filter: CodeFilter): number {
  if (filter.kind !== 'test' || filter.table.length > TABLE_MAX) return 0;
  let passing = 0;
  for (const passes of filter.table) passing += passes;
  return passing / filter.table.length;
}

/** Fewer rows are sooner listed. */
const PASSING_MIN = 1 / 8;
/** Larger tables are not counted. */
const TABLE_MAX = 4_096;
