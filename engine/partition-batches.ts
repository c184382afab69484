import { LIMITS } from '../model/limits.js';
import type { BuildPartition } from '../model/plan.js';

/**
 * Which partitions one statement of a build brings together. Each statement may read all of the source, as it does of a
 * file of text, so they are few; but its rows take memory, and lanes without a statement of their own would have nothing
 * to do. Nobody knows before how many rows a partition has: the first ones come alone, and as many come together as the
 * ones that are through let expect. The newest is seldom whole, and of those without rows nothing can be expected.
 */
export class PartitionBatches implements Iterable<readonly BuildPartition[]> {
  readonly #partitions: readonly BuildPartition[];
  readonly #newest: BuildPartition | undefined;
  /** Partitions of a batch. */
  #most: number;
  /** Of the partition with the most; 0: none with rows is through. */
  #rows = 0;
  /** Partitions with rows that are through. */
  #filled = 0;
  #hasEmpty = false;

  /**
   * @param partitions newest first, rows without a time anywhere
   * @param lanes batches that are brought at the same time
   * @param most partitions of a batch; 1: their rows could not be told apart
   */
  constructor(partitions: readonly BuildPartition[], lanes: number, most: number) {
    this.#partitions = partitions;
    this.#newest = partitions.find(({ range }) => range !== null);
    this.#most = Math.min(most, Math.ceil(partitions.length / lanes));
  }

  /** @param rows of a partition that is through */
  learn(partition: Pick<BuildPartition, 'key' | 'range'>, rows: number): void {
    if (partition.range === null || partition.key === this.#newest?.key) return;
    if (rows === 0) this.#hasEmpty = true;
    else this.#filled += 1;
    this.#rows = Math.max(this.#rows, rows);
  }

  /** @param size of a batch that did not fit into memory */
  shrink(size: number): void {
    this.#most = Math.min(this.#most, Math.max(1, Math.floor(size / 2)));
  }

  *[Symbol.iterator](): Generator<readonly BuildPartition[]> {
    for (let from = 0; from < this.#partitions.length;) {
      const end = Math.min(from + this.#size(), this.#partitions.length);
      let to = from + 1;
      while (to < end && follows(this.#partitions[to - 1], this.#partitions[to])) to++;
      yield this.#partitions.slice(from, to);
      from = to;
    }
  }

  #size(): number {
    if (this.#filled === 0) return this.#hasEmpty ? Math.min(this.#most, LIMITS.stagedBlindly) : 1;
    const fitting = Math.max(1, Math.floor(LIMITS.stagedRowsMax / this.#rows));
    return Math.min(this.#most, fitting, LIMITS.stagedGrowth * this.#filled);
  }
}

/** Whether the older one of two partitions ends where the newer one begins. */
function follows(newer: BuildPartition, older: BuildPartition): boolean {
  return newer.range !== null && older.range !== null && newer.range.from === older.range.to;
}
