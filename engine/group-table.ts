import type { Chunk } from './chunk.js';
import { findCell } from './kernels/assign-groups.js';
import { slotOfRun } from './key-runs.js';
import type { SliceKey } from './scan-task.js';
import { scratch } from './scratch.js';

/** The group of each group id, numbered from 0 on in the order of their first rows. */
export interface GroupTable {
  /** How many groups there are. */
  readonly count: number;
  /** The id of each group; as long as the capacity. */
  readonly ids: Float64Array;
  /** Writes the group of each of `chunk.ids`, making those that are new. */
  assign(chunk: Chunk): void;
}

/** One cell for each id below `idsMax`. */
export class DenseGroupTable implements GroupTable {
  count = 0;
  readonly ids: Float64Array;
  private readonly cells: Int32Array;

  constructor(idsMax: number) {
    this.ids = scratch().take(Float64Array, idsMax);
    this.cells = scratch().zeroed(Int32Array, idsMax);
  }

  assign({ kernels, ids, count, groups }: Chunk): void {
    this.count = kernels.assignIds(ids, count, this.cells, this.ids, this.count, groups);
  }

  /** As `assign` where one key's slots are the ids: each pass over the rows that is saved counts. */
  assignKey(chunk: Chunk, key: SliceKey): void {
    const run = slotOfRun(key, chunk);
    if (run >= 0) {
      chunk.oneGroup = this.groupOf(run);
      return;
    }
    const { codes, slots } = key;
    const { kernels, offset, count, groups } = chunk;
    const own = chunk.codesOf(codes);
    this.count = kernels.assignKey(own, slots, offset, count, this.cells, this.ids, this.count, groups);
  }

  private groupOf(id: number): number {
    if (this.cells[id] === 0) {
      this.ids[this.count] = id;
      this.cells[id] = ++this.count;
    }
    return this.cells[id] - 1;
  }
}

export class HashedGroupTable implements GroupTable {
  count = 0;
  ids = scratch().take(Float64Array, CAPACITY_START);
  private cells = scratch().zeroed(Int32Array, 2 * CAPACITY_START);

  assign({ kernels, ids, count, groups }: Chunk): void {
    while (this.count + count > this.ids.length) this.grow();
    this.count = kernels.assignHashed(ids, count, this.cells, this.ids, this.count, groups);
  }

  private grow(): void {
    const known = this.ids;
    this.ids = scratch().take(Float64Array, 2 * known.length);
    this.ids.set(known);
    this.cells = scratch().zeroed(Int32Array, 2 * this.ids.length);
    for (let group = 0; group < this.count; group++) {
      this.cells[findCell(this.cells, this.ids, this.ids[group])] = group + 1;
    }
  }
}

/** More than the rows of a chunk, which can all be new. */
const CAPACITY_START = 8_192;
