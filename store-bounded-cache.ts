/** Values by text, the least recently asked out first, within a number of entries and a budget of bytes. */
export class BoundedCache<Kept> {
  readonly #entries = new Map<string, Entry<Kept>>();
  readonly #entriesMax: number;
  readonly #bytesMax: number;
  /** In the order of their use: of a list that is closed by what holds nothing, the next is the oldest. */
  readonly #ends: Link = closed();
  #bytes = 0;

  constructor(entriesMax: number, bytesMax: number) {
    this.#entriesMax = entriesMax;
    this.#bytesMax = bytesMax;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get size(): number {
    return this.#entries.size;
  }

  take(key: string): Kept | null {
    const entry = this.#entries.get(key);
    if (entry === undefined) return null;
    unlink(entry);
    link(entry, this.#ends);
    return entry.kept;
  }

  /** What alone is beyond the budget is not kept. */
  keep(key: string, kept: Kept, bytes: number): void {
    this.drop(key);
    if (bytes > this.#bytesMax) return;
    const entry: Entry<Kept> = { ...closed(), key, kept, bytes };
    link(entry, this.#ends);
    this.#entries.set(key, entry);
    this.#bytes += bytes;
    while (this.#entries.size > this.#entriesMax || this.#bytes > this.#bytesMax)
      this.drop((this.#ends.next as Entry<Kept>).key);
  }

  drop(key: string): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    unlink(entry);
    this.#bytes -= entry.bytes;
    this.#entries.delete(key);
  }

  clear(): void {
    for (const key of [...this.#entries.keys()]) this.drop(key);
  }
}

interface Link {
  before: Link;
  next: Link;
}

interface Entry<Kept> extends Link {
  readonly key: string;
  readonly kept: Kept;
  readonly bytes: number;
}

function closed(): Link {
  const own = {} as Link;
  own.before = own;
  own.next = own;
  return own;
}

/** As the last before another. */
function link(own: Link, next: Link): void {
  own.before = next.before;
  own.next = next;
  next.before.next = own;
  next.before = own;
}

function unlink({ before, next }: Link): void {
  before.next = next;
  next.before = before;
}
