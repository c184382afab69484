/** Values by text, the least recently asked out first, within a number of entries and a budget of bytes. */
export class BoundedCache<Kept> {
  /** Oldest use first. */
  readonly #entries = new Map<string, { readonly kept: Kept; readonly bytes: number }>();
  readonly #entriesMax: number;
  readonly #bytesMax: number;
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
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return entry.kept;
  }

  /** What alone is beyond the budget is not kept. */
  keep(key: string, kept: Kept, bytes: number): void {
    this.drop(key);
    if (bytes > this.#bytesMax) return;
    this.#entries.set(key, { kept, bytes });
    this.#bytes += bytes;
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= this.#entriesMax && this.#bytes <= this.#bytesMax) break;
      this.drop(oldest);
    }
  }

  drop(key: string): void {
    this.#bytes -= this.#entries.get(key)?.bytes ?? 0;
    this.#entries.delete(key);
  }

  clear(): void {
    this.#entries.clear();
    this.#bytes = 0;
  }
}
