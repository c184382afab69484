import { LIMITS } from '../model/limits.js';
import type { BuildPartition } from '../model/plan.js';

/**
 * Which partitions one statement of a build brings together. Each statement may read all of the source, as it does of a
 * file of text, so they are few; but its rows take memory, and lanes without a statement of their own would have nothing
 * to do. What nobody knows before is how many rows a partition has: the first ones come alone, and tell.
 */
export class PartitionBatches implements Iterable<readonly BuildPartition[]> {
  readonly #partitions: readonly BuildPartition[];
  readonly #lanes: number;
  readonly #areJoined: boolean;
  /** Of the partition with the most so far; null: none is through. */
  #rows: number | null = null;
  /** Partitions of the largest batch so far. */
  #largest = 1;

  /**
   * @param partitions newest first
   * @param areJoined whether rows of one statement can be told apart by partition
   */
  constructor(partitions: readonly BuildPartition[], lanes: number, areJoined: boolean) {
    this.#partitions = partitions;
    this.#lanes = lanes;
    this.#areJoined = areJoined;
  }

  /** @param rows of a partition that is through */
  learn(rows: number): void {
    this.#rows = Math.max(this.#rows ?? 0, rows);
  }

  *[Symbol.iterator](): Generator<readonly BuildPartition[]> {
    for (let from = 0; from < this.#partitions.length;) {
      const size = this.#size();
      let to = from + 1;
      const end = Math.min(from + size, this.#partitions.length);
      while (to < end && follows(this.#partitions[to - 1], this.#partitions[to])) to++;
      this.#largest = Math.max(this.#largest, to - from);
      yield this.#partitions.slice(from, to);
      from = to;
    }
  }

  #size(): number {
    if (!this.#areJoined || this.#rows === null) return 1;
    return Math.min(
      Math.max(1, Math.floor(LIMITS.stagedRowsMax / Math.max(1, this.#rows))),
      LIMITS.stagedGrowth * this.#largest,
      Math.ceil(this.#partitions.length / this.#lanes),
    );
  }
}

/** Whether the older one of two partitions ends where the newer one begins. */
function follows(newer: BuildPartition, older: BuildPartition): boolean {
  return newer.range !== null && older.range !== null && newer.range.from === older.range.to;
}
