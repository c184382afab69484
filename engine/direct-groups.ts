import type { Chunk } from './chunk.js';
import type { Kernels } from './kernels/kernels.js';
import { slotOfRun } from './key-runs.js';
import type { ScanSlice, SliceKey } from './scan-task.js';
import { scratch } from './scratch.js';

/** The slots of one key as groups. Which of them occur is only asked in the end, so that rows are not numbered. */
export class DirectGroups {
  /** Slots; after `keepOccurring`, groups. */
  count: number;
  private readonly occurs: Uint8Array;
  private kept: Uint32Array | null = null;
  private isMarked = false;

  constructor(slots: number) {
    this.count = slots;
    this.occurs = scratch().zeroed(Uint8Array, slots);
  }

  /** Before the chunks of a slice. */
  begin({ whole, keys: [{ slots }] }: ScanSlice, kernels: Kernels): void {
    this.isMarked = whole;
    if (whole) kernels.markSeen(this.occurs, slots, slots.length);
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

  /** The slots that occur, ascending: the groups from now on. */
  keepOccurring(): Uint32Array {
    const kept = new Uint32Array(this.count);
    let groups = 0;
    for (let slot = 0; slot < this.count; slot++) {
      kept[groups] = slot;
      groups += this.occurs[slot];
    }
    this.count = groups;
    return (this.kept = kept.subarray(0, groups));
  }

  slots(): [Uint32Array] {
    return [this.kept ?? this.keepOccurring()];
  }
}
