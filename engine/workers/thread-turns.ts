import { LIMITS } from '../../model/limits.js';
import { FairQueue } from './fair-queue.js';

/**
 * Gives the calling thread to one piece of work after the other, and the event loop its turn once
 * `LIMITS.turnMs` have gone by since it last had one. Without it, answers that ask the next question would follow each
 * other as microtasks, and neither timers nor sockets would be heard of in between.
 *
 *     turn of the loop │ work work work … 1 ms │ timers, sockets │ work …
 */
export class ThreadTurns {
  readonly #waiting = new FairQueue<() => void>();
  /** When work of this turn of the loop began; null: none has. */
  #startedAt: number | null = null;
  #isLetting = false;

  /** Null: begin now. Else begin when it resolves, at once and before any pause. */
  next(client: string): Promise<void> | null {
    if (this.#waiting.size === 0 && !this.#isOver()) return null;
    return new Promise((resolve) => {
      this.#waiting.push(client, resolve);
      this.#letSome();
    });
  }

  #isOver(): boolean {
    const now = performance.now();
    if (this.#startedAt === null) {
      this.#startedAt = now;
      setImmediate(() => (this.#startedAt = null));
    }
    return now - this.#startedAt >= LIMITS.turnMs;
  }

  /** Each in a callback of its own, after which what it let go runs before the next looks at the clock. */
  #letSome(): void {
    if (this.#isLetting) return;
    this.#isLetting = true;
    const count = Math.min(this.#waiting.size, LIMITS.turnWorkMax);
    for (let i = 0; i < count; i++) setImmediate(() => this.#letOne());
    setImmediate(() => {
      this.#isLetting = false;
      if (this.#waiting.size > 0) this.#letSome();
    });
  }

  #letOne(): void {
    if (!this.#isOver()) this.#waiting.shift()?.();
  }
}
