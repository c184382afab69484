import type { Codes } from '../scan-task.js';

/** The group of a group id, numbered from 0 on in the order of their first rows. */
export interface GroupTable {
  /** How many groups there are. */
  readonly count: number;
  /** The id of each group; as long as the capacity. */
  readonly ids: Float64Array;
  /** Writes the group of each id, making those that are new. */
  assign(ids: Float64Array, count: number, groups: Int32Array): void;
}

const CAPACITY_START = 256;

/** One cell for each id below `idsMax`. */
export class DenseGroupTable implements GroupTable {
  count = 0;
  ids = new Float64Array(CAPACITY_START);
  /** The group + 1, or 0. */
  private readonly cells: Int32Array;

  constructor(idsMax: number) {
    this.cells = new Int32Array(idsMax);
  }

  assign(ids: Float64Array, count: number, groups: Int32Array): void {
    const cells = this.cells;
    for (let i = 0; i < count; i++) {
      let group = cells[ids[i]];
      if (group === 0) group = this.add(ids[i]);
      groups[i] = group - 1;
    }
  }

  /** As `assign` where one key's slots are the ids: each pass over the rows that is saved counts. */
  assignKey(codes: Codes, slots: Int32Array, count: number, groups: Int32Array): void {
    const cells = this.cells;
    for (let i = 0; i < count; i++) {
      const id = slots[codes[i]];
      let group = cells[id];
      if (group === 0) group = this.add(id);
      groups[i] = group - 1;
    }
  }

  /** As `assign` for two keys. */
  assignKeys(
    codes: Codes,
    slots: Int32Array,
    otherCodes: Codes,
    otherSlots: Int32Array,
    otherRadix: number,
    count: number,
    groups: Int32Array,
  ): void {
    const cells = this.cells;
    for (let i = 0; i < count; i++) {
      const id = slots[codes[i]] * otherRadix + otherSlots[otherCodes[i]];
      let group = cells[id];
      if (group === 0) group = this.add(id);
      groups[i] = group - 1;
    }
  }

  private add(id: number): number {
    if (this.count === this.ids.length) this.ids = doubled(this.ids);
    this.ids[this.count] = id;
    this.cells[id] = ++this.count;
    return this.count;
  }
}

/** Open addressing with linear probing, at most half full. */
export class HashedGroupTable implements GroupTable {
  count = 0;
  ids = new Float64Array(CAPACITY_START);
  /** The group + 1, or 0. */
  private cells = new Int32Array(2 * CAPACITY_START);

  assign(ids: Float64Array, count: number, groups: Int32Array): void {
    let cells = this.cells;
    let known = this.ids;
    // Rows are sorted: often the next has the group of the last.
    let lastId = NaN;
    let last = 0;
    for (let i = 0; i < count; i++) {
      const id = ids[i];
      if (id !== lastId) {
        lastId = id;
        last = cells[findCell(cells, known, id)] - 1;
        if (last < 0) {
          last = this.add(id);
          cells = this.cells;
          known = this.ids;
        }
      }
      groups[i] = last;
    }
  }

  private add(id: number): number {
    if (this.count === this.ids.length) this.grow();
    const group = this.count++;
    this.ids[group] = id;
    this.cells[findCell(this.cells, this.ids, id)] = group + 1;
    return group;
  }

  private grow(): void {
    this.ids = doubled(this.ids);
    this.cells = new Int32Array(2 * this.ids.length);
    for (let group = 0; group < this.count; group++) {
      this.cells[findCell(this.cells, this.ids, this.ids[group])] = group + 1;
    }
  }
}

/** The cell that holds the group of an id, or the empty one that can. */
function findCell(cells: Int32Array, known: Float64Array, id: number): number {
  const mask = cells.length - 1;
  let cell = hash(id) & mask;
  while (cells[cell] !== 0 && known[cells[cell] - 1] !== id) cell = (cell + 1) & mask;
  return cell;
}

function doubled(ids: Float64Array): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(2 * ids.length);
  larger.set(ids);
  return larger;
}

/** Mixes all 53 bits of an id into 32. */
function hash(id: number): number {
  let mixed = Math.imul(id | 0, 0x9e3779b1) ^ Math.imul((id / 4294967296) | 0, 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d);
  return mixed ^ (mixed >>> 13);
}
