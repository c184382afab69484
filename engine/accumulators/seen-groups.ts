import type { Chunk } from '../chunk.js';
import type { NumberInput } from '../scan-task.js';
import { grow, keepElements } from './grow.js';

/** Which groups met a value. */
export class SeenGroups {
  private flags = new Uint8Array(0);

  reserve(groups: number): void {
    this.flags = grow(this.flags, groups);
  }

  add(input: NumberInput, chunk: Chunk): void {
    const validity = chunk.validityOf(input);
    const { kernels, count, oneGroup } = chunk;
    if (validity === null && oneGroup >= 0 && count > 0) {
      this.flags[oneGroup] = 1;
      return;
    }
    const { groups } = chunk;
    if (validity === null) kernels.markSeen(this.flags, groups, count);
    else kernels.markValid(this.flags, groups, validity, chunk.offset, count);
  }

  get marks(): Uint8Array {
    return this.flags;
  }

  keepGroups(groups: Uint32Array): void {
    keepElements(this.flags, groups);
  }

  markFirst(groups: number): void {
    this.flags.fill(1, 0, groups);
  }

  mark(group: number): void {
    this.flags[group] = 1;
  }

  has(group: number): boolean {
    return this.flags[group] === 1;
  }

  validity(groups: number): Uint8Array {
    return this.flags.slice(0, groups);
  }
}
