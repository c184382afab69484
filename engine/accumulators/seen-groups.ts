import type { Chunk } from '../chunk.js';
import type { NumberInput } from '../scan-task.js';
import { grow, keepElements } from './grow.js';

/** As many as are looked through for each chunk; their numbers stay in the nearest cache. */
export const FEW_GROUPS = 256;

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

  /** Whether all of the first `groups` groups are marked; only asked where these are few. */
  isFull(groups: number): boolean {
    if (groups > FEW_GROUPS) return false;
    for (let group = 0; group < groups; group++) if (this.flags[group] === 0) return false;
    return true;
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
