/**
 * Which bytes of a stretch are free: blocks in the order of their addresses, no two of them adjacent. First fit keeps
 * the low addresses in use, and the rest untouched.
 */
export class FreeSpace {
  readonly #starts: number[];
  readonly #ends: number[];

  /** From `ALIGNMENT` on, so that address 0 stands for nothing. Addresses and sizes are multiples of `ALIGNMENT`. */
  constructor(bytes: number) {
    this.#starts = [ALIGNMENT];
    this.#ends = [bytes];
  }

  /** The address of a block; null: none is large enough. */
  take(bytes: number): number | null {
    const size = aligned(bytes);
    for (let at = 0; at < this.#starts.length; at++) {
      const start = this.#starts[at];
      if (this.#ends[at] - start < size) continue;
      this.#starts[at] = start + size;
      if (this.#starts[at] === this.#ends[at]) this.#splice(at, 1);
      return start;
    }
    return null;
  }

  /** Gives back what `take` gave for as many bytes. */
  give(address: number, bytes: number): void {
    const end = address + aligned(bytes);
    if (end === address) return;
    const at = this.#firstAfter(address);
    const joinsLast = at > 0 && this.#ends[at - 1] === address;
    const joinsNext = this.#starts[at] === end;
    if (joinsLast && joinsNext) {
      this.#ends[at - 1] = this.#ends[at];
      this.#splice(at, 1);
    } else if (joinsLast) this.#ends[at - 1] = end;
    else if (joinsNext) this.#starts[at] = address;
    else {
      this.#starts.splice(at, 0, address);
      this.#ends.splice(at, 0, end);
    }
  }

  get bytes(): number {
    return this.#starts.reduce((sum, start, at) => sum + this.#ends[at] - start, 0);
  }

  #splice(at: number, count: number): void {
    this.#starts.splice(at, count);
    this.#ends.splice(at, count);
  }

  #firstAfter(address: number): number {
    let low = 0;
    let high = this.#starts.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#starts[middle] > address) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}

/** Bytes: a line of the processor's cache, and what Arrow recommends. */
const ALIGNMENT = 64;

function aligned(bytes: number): number {
  return Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
}
