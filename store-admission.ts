import { StoreError } from './model/errors.js';

/**
 * Counts the queries under way in a store, those that wait included, and refuses what is beyond the bound. A client that
 * has none under way is let in beside the others, as long as these are less than twice the bound: nobody is kept out by
 * what another asks.
 */
export class Admission {
  readonly #queriesMax: number;
  readonly #ofClient = new Map<string, number>();
  #count = 0;

  constructor(queriesMax: number) {
    this.#queriesMax = queriesMax;
  }

  get count(): number {
    return this.#count;
  }

  /** @throws StoreError `overloaded` with the number */
  enter(client: string): void {
    const own = this.#ofClient.get(client) ?? 0;
    const bound = own === 0 && this.#ofClient.size > 0 ? 2 * this.#queriesMax : this.#queriesMax;
    if (this.#count >= bound) throw overloaded(this.#count, own);
    this.#count++;
    this.#ofClient.set(client, own + 1);
  }

  /** Once for each that entered. */
  leave(client: string): void {
    this.#count--;
    const own = (this.#ofClient.get(client) ?? 1) - 1;
    if (own === 0) this.#ofClient.delete(client);
    else this.#ofClient.set(client, own);
  }
}

function overloaded(count: number, own: number): StoreError {
  return new StoreError(
    'overloaded',
    `${count} queries are under way in this store, ${own} of them of this client, and it takes no more.`,
    { next: 'Ask again when some have ended, or open the store with a higher queriesMax.' },
  );
}
