/**
 * How many calls of a store run, for who waits until none does. They are counted, not held: what a set that lives long has
 * held stays until the next full collection, and with promises that is every answer.
 */
export class RunningCalls {
  #count = 0;
  #onEnd: (() => void) | null = null;

  /** The same promise, which counts until it is settled. */
  watched<T>(call: Promise<T>): Promise<T> {
    this.#count++;
    call.then(this.#end, this.#end);
    return call;
  }

  /** Resolves when none runs; asked once. */
  ended(): Promise<void> {
    return new Promise((resolve) => {
      this.#onEnd = resolve;
      if (this.#count === 0) resolve();
    });
  }

  readonly #end = (): void => {
    this.#count--;
    if (this.#count === 0) this.#onEnd?.();
  };
}
