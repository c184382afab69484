import type { Chunk } from '../chunk.js';
import type { Kernels } from '../kernels/kernels.js';
import { WHOLES } from '../kernels/sum-numbers.js';
import type { NumberInput, SliceKey } from '../scan-task.js';
import { scratch } from '../scratch.js';
import { FEW_GROUPS, type SeenGroups } from './seen-groups.js';

type Narrow = Extract<NumberInput, { kind: 'narrow' }>;

/** Whether to add by a key is quicker than to number the groups of the rows, once for all aggregates, and to add by these. */
export function addsByKey({ codes }: SliceKey, groups: number): boolean {
  return codes.BYTES_PER_ELEMENT === 1 || groups > FEW_GROUPS;
}

/**
 * What rows add to the groups that are the slots of their key, in one pass over them. Which groups met a value is only
 * asked where a sum is 0.
 */
export class KeyedSums {
  /** By slot. */
  readonly sums: Float64Array;
  private readonly kernels: Kernels;
  private readonly wholes = scratch().zeroed(Float64Array, WHOLES);
  private readonly parts: (() => void)[] = [];

  constructor(groups: number, kernels: Kernels) {
    this.kernels = kernels;
    this.sums = scratch().zeroed(Float64Array, groups);
  }

  /** @param seen null: every row has a value */
  add({ codes, base, validity }: Narrow, key: SliceKey, chunk: Chunk, seen: SeenGroups | null): void {
    const { kernels, from, count } = chunk;
    kernels.sumByKey(this.sums, base, key.codes, key.slots, codes, from, count, this.wholes);
    if (seen !== null) this.parts.push(() => mark(seen, kernels, key, validity, from, count));
  }

  /** The sums by slot, of groups that stay, with what was added `besides`; and marks those that met a value. */
  settle(groups: Uint32Array, besides: Float64Array | null, seen: SeenGroups | null): Float64Array {
    const { sums: own } = this;
    if (besides === null && !this.kernels.hasZero(own, own.length)) {
      seen?.markFirst(own.length);
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

function mark(
  seen: SeenGroups,
  kernels: Kernels,
  { codes, slots }: SliceKey,
  validity: Uint8Array | null,
  from: number,
  count: number,
): void {
  if (validity !== null) kernels.markByKey(seen.marks, codes, slots, validity, from, count);
  else for (let row = from; row < from + count; row++) seen.mark(slots[codes[row]]);
}
