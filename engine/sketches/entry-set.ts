import { ZEROS_BITS } from './sketch-entry.js';

const CAPACITY_MIN = 16;

/** A set of sketch entries that keeps, of those with one 26-bit prefix, the one with the most zeros. */
export class EntrySet {
  /**
   * Open addressing with linear probing; at most half full, so that a probe always ends. A slot holds an entry + 1,
   * which leaves its prefix as it is (zeros end at 38), or 0 for none.
   */
  private slots = new Uint32Array(CAPACITY_MIN);
  private used = 0;

  get size(): number {
    return this.used;
  }

  add(entry: number): void {
    if (place(this.slots, entry + 1)) {
      this.used++;
      if (2 * this.used > this.slots.length) this.grow(2 * this.slots.length);
    }
  }

  /** Makes room for `size` entries at once. */
  reserve(size: number): void {
    let capacity = this.slots.length;
    while (capacity < 2 * size) capacity *= 2;
    if (capacity > this.slots.length) this.grow(capacity);
  }

  /** The entries in ascending order. */
  sorted(): Uint32Array {
    const slots = this.slots;
    const entries = new Uint32Array(this.used);
    let n = 0;
    for (let i = 0; i < slots.length; i++) if (slots[i] !== 0) entries[n++] = slots[i] - 1;
    return entries.sort();
  }

  clear(): void {
    if (this.used > 0) this.slots.fill(0);
    this.used = 0;
  }

  private grow(capacity: number): void {
    const slots = this.slots;
    this.slots = new Uint32Array(capacity);
    for (let i = 0; i < slots.length; i++) if (slots[i] !== 0) place(this.slots, slots[i]);
  }
}

/** Puts an entry + 1 into its slot; true when its prefix is new. */
function place(slots: Uint32Array, entry: number): boolean {
  const mask = slots.length - 1;
  const prefix = entry >>> ZEROS_BITS;
  let at = prefix & mask; // a prefix is part of a hash
  for (;;) {
    const found = slots[at];
    if (found === 0) {
      slots[at] = entry;
      return true;
    }
    if (found >>> ZEROS_BITS === prefix) {
      if (entry > found) slots[at] = entry;
      return false;
    }
    at = (at + 1) & mask;
  }
}
