import type { NarrowColumn } from '../../model/batch.js';
import { isInColumnMemory } from '../../storage/column-memory.js';
import type { Chunk } from '../chunk.js';
import { FOLDED_ROWS } from '../key-layouts.js';
import { clearMemory, type Kernels } from '../kernels/kernels.js';
import { WHOLES } from '../kernels/sum-numbers.js';
import type { MaskedRows } from '../masked-rows.js';
import type { Codes, NumberInput, OrderedRows, SliceKey } from '../scan-task.js';
import { scratch } from '../scratch.js';
import { FEW_GROUPS, type SeenGroups } from './seen-groups.js';

/** Whether to add by a key is quicker than to number the groups of the rows, once for all aggregates, and to add by these. */
export function addsByKey({ codes, rowSlots }: SliceKey, { kind }: NumberInput, groups: number): boolean {
  if (kind === 'number') return rowSlots !== null;
  return codes.BYTES_PER_ELEMENT === 1 || groups > FEW_GROUPS;
}

/**
 * What rows add to the groups that are the slots of their key, in one pass over them. Which groups met a value is only
 * asked where a sum is 0.
 */
export class KeyedSums {
  private readonly groups: number;
  private readonly kernels: Kernels;
  private readonly room = scratch().zeroed(Float64Array, WHOLES);
  /** By slot; but for what is still to be folded in, and for what is added in order. */
  private numbers: Float64Array | null = null;
  /** By slot, of what is added in order: as `sumInOrder` has them. */
  private wholes: Float64Array | null = null;
  /** Of the slice whose sums stand by code. */
  private foldedSlots: Int32Array | null = null;
  private byCode = new Float64Array(0);
  private readonly parts: (() => void)[] = [];
  /** Null: not looked for yet. */
  private isAnyZero: boolean | null = null;

  constructor(groups: number, kernels: Kernels) {
    this.groups = groups;
    this.kernels = kernels;
  }

  private get own(): Float64Array {
    return (this.numbers ??= scratch().zeroed(Float64Array, this.groups));
  }

  /** Whether a sum is 0, which does not tell whether its slot has rows; asked once all are in. */
  get hasZero(): boolean {
    return (this.isAnyZero ??= this.kernels.hasZero(this.sums(), this.groups));
  }

  /** By slot. */
  sums(): Float64Array {
    this.fold();
    this.settleWholes();
    return this.own;
  }

  private settleWholes(): void {
    const { wholes, numbers } = this;
    if (wholes === null) return;
    this.kernels.settleWholes(wholes);
    if (numbers === null) this.numbers = wholes;
    else for (let slot = 0; slot < wholes.length; slot++) numbers[slot] += wholes[slot];
    this.wholes = null;
  }

  /** @param seen null: every row has a value */
  add(column: NumberInput, key: SliceKey, chunk: Chunk, seen: SeenGroups | null): void {
    if (column.kind === 'narrow') this.addCodes(column, key, chunk);
    else chunk.kernels.sumNumbers(this.own, chunk.groups, column.values, chunk.from, chunk.count);
    const { kernels, from, count } = chunk;
    if (seen !== null) this.parts.push(() => mark(seen, kernels, key, column.validity, from, count));
  }

  addMasked(
    { codes, base }: Pick<NarrowColumn, 'codes' | 'base'>,
    { kernels, codes: keys, from, count }: MaskedRows,
    { slots }: SliceKey,
  ): void {
    const own = codes.subarray(from, from + count);
    kernels.sumByKey(this.own, base, keys, slots, own, 0, count, this.room);
  }

  addOrdered(
    { base, validity }: Pick<NarrowColumn, 'base' | 'validity'>,
    { first, steps }: OrderedRows,
    codes: Codes,
    key: SliceKey,
    seen: SeenGroups | null,
  ): void {
    const { kernels } = this;
    this.wholes ??= scratch().zeroed(Float64Array, this.groups);
    if (isInColumnMemory(this.wholes)) kernels.sumInOrder(this.wholes, base, first, steps, codes);
    else addInOrder(this.own, base, first, steps, codes);
    if (seen !== null) this.parts.push(() => mark(seen, kernels, key, validity, 0, codes.length));
  }

  private addCodes({ codes, base }: Pick<NarrowColumn, 'codes' | 'base'>, key: SliceKey, chunk: Chunk): void {
    const { kernels, from, count } = chunk;
    const { codes: keys, slots, rowSlots } = key;
    if (keys.BYTES_PER_ELEMENT > 1 && chunk.sliceRows >= FOLDED_ROWS * slots.length)
      kernels.sumByCode(this.sumsByCode(slots), base, keys, codes, from, count);
    else if (rowSlots !== null) kernels.sumByCode(this.own, base, rowSlots, codes, from, count);
    else kernels.sumByKey(this.own, base, keys, slots, codes, from, count, this.room);
  }

  private sumsByCode(slots: Int32Array): Float64Array {
    if (this.foldedSlots === slots) return this.byCode;
    this.fold();
    this.foldedSlots = slots;
    if (slots.length > this.byCode.length)
      this.byCode = scratch().zeroed(Float64Array, Math.max(slots.length, this.groups));
    return this.byCode;
  }

  private fold(): void {
    if (this.foldedSlots === null) return;
    const { length } = this.foldedSlots;
    this.kernels.sumNumbers(this.own, this.foldedSlots, this.byCode, 0, length);
    clearMemory(this.byCode.subarray(0, length));
    this.foldedSlots = null;
  }

  /** The sums by slot, of groups that stay, with what was added `besides`; and marks those that met a value. */
  settle(groups: Uint32Array, besides: Float64Array | null, seen: SeenGroups | null): Float64Array {
    const own = this.sums();
    if (besides === null && !this.hasZero) {
      seen?.markAll();
      return own;
    }
    const sums = besides ?? scratch().zeroed(Float64Array, own.length);
    let isOpen = false;
    for (const group of groups) {
      sums[group] += own[group];
      if (own[group] !== 0) seen?.mark(group);
      else isOpen = true;
    }
    if (isOpen) for (const markPart of this.parts) markPart();
    return sums;
  }
}

/** As `sumInOrder`, which where there is no WebAssembly to do it takes a bigint for each row. */
function addInOrder(sums: Float64Array, base: number, first: number, steps: Uint8Array, codes: Codes): void {
  let slot = first;
  for (let row = 0; row < steps.length; row++) {
    slot += steps[row];
    sums[slot] += base + codes[row];
  }
}

function mark(
  seen: SeenGroups,
  kernels: Kernels,
  { codes, slots }: SliceKey,
  validity: Uint8Array | null,
  from: number,
  count: number,
): void {
  const { marks } = seen;
  if (validity !== null) kernels.markByKey(marks, codes, slots, validity, from, count);
  else for (let row = from; row < from + count; row++) marks[slots[codes[row]]] = 1;
}
