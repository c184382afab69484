import { assert } from '../model/assert.js';
import type { KeyedSums } from './accumulators/keyed-sums.js';
import { FEW_GROUPS } from './accumulators/seen-groups.js';
import type { Chunk } from './chunk.js';
import { identity } from './identity.js';
import type { Kernels } from './kernels/kernels.js';
import { slotOfRun } from './key-runs.js';
import type { MaskedRows } from './masked-rows.js';
import type { ScanSlice, SliceKey } from './scan-task.js';
import { scratch } from './scratch.js';

/** The slots of one key as groups. Which of them occur is only asked in the end, so that rows are not numbered. */
export class DirectGroups {
  /** Slots; after `keepOccurring`, groups. */
  count: number;
  private readonly occurs: Uint8Array;
  private kept: Uint32Array | null = null;
  private isMarked = false;
  /** Of the slices that are whole partitions: every code of theirs occurs. */
  private readonly wholeTables: Int32Array[] = [];

  constructor(slots: number) {
    this.count = slots;
    this.occurs = scratch().zeroed(Uint8Array, slots);
  }

  /** Before the chunks of a slice. */
  begin({ whole, keys: [{ slots }] }: Pick<ScanSlice, 'whole' | 'keys'>): void {
    this.isMarked = whole;
    if (whole) this.wholeTables.push(slots);
  }

  assign(chunk: Chunk, key: SliceKey): void {
    const slot = slotOfRun(key, chunk);
    if (slot >= 0) {
      chunk.oneGroup = slot;
      this.occurs[slot] = 1;
      return;
    }
    chunk.keyed = key;
    if (!this.isMarked) chunk.kernels.markSeen(this.occurs, chunk.groups, chunk.count);
  }

  assignMasked(rows: MaskedRows, key: SliceKey): void {
    if (this.count > FEW_GROUPS || this.occurs.includes(0)) rows.mark(this.occurs, key, null);
  }

  /**
   * The slots that occur, ascending: the groups from now on.
   *
   * @param keyed a sum that is not 0 has rows, and only of others the tables of whole partitions are asked
   */
  keepOccurring(keyed: KeyedSums | null, kernels: Kernels): Uint32Array {
    const { occurs, count } = this;
    if (keyed?.hasZero === false) return (this.kept = identity(count));
    const sums = keyed?.sums() ?? null;
    for (const slots of this.wholeTables) kernels.markSeen(occurs, slots, slots.length);
    const kept = new Uint32Array(count);
    let groups = 0;
    for (let slot = 0; slot < count; slot++) {
      kept[groups] = slot;
      groups += occurs[slot] | (sums !== null && sums[slot] !== 0 ? 1 : 0);
    }
    this.count = groups;
    return (this.kept = kept.subarray(0, groups));
  }

  /** Of some groups. */
  slots(groups: Uint32Array): [Uint32Array] {
    const { kept } = this;
    assert(kept !== null, 'what occurs is known once all rows are in');
    return [groups.length === kept.length ? kept : groups.map((group) => kept[group])];
  }
}
