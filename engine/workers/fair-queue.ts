/**
 * What waits, in turns of the clients that it belongs to: who asks for much waits for himself, and not others for him.
 * Of one client the first to come is the first to go.
 */
export class FairQueue<Item> {
  /** In the order of their turns; none is empty. */
  readonly #lines = new Map<string, Item[]>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** A client that waits for nothing yet comes after all who do. */
  push(client: string, item: Item): void {
    const line = this.#lines.get(client);
    if (line === undefined) this.#lines.set(client, [item]);
    else line.push(item);
    this.#size++;
  }

  /** The next, whose client then comes after all others; undefined: nothing waits. */
  shift(): Item | undefined {
    for (const [client, line] of this.#lines) {
      const item = line.shift();
      this.#lines.delete(client);
      if (line.length > 0) this.#lines.set(client, line);
      this.#size--;
      return item;
    }
    return undefined;
  }

  /** Takes out one that need not wait any more; nothing, where it has gone already. */
  remove(client: string, item: Item): void {
    const line = this.#lines.get(client) ?? [];
    const at = line.indexOf(item);
    if (at < 0) return;
    line.splice(at, 1);
    if (line.length === 0) this.#lines.delete(client);
    this.#size--;
  }
}
