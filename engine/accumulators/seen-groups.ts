import type { Chunk } from '../chunk.js';
import type { NumberInput } from '../scan-task.js';
import { grow, keepElements } from './grow.js';

/** As many as are looked through for each chunk; their numbers stay in the nearest cache. */
export const FEW_GROUPS = 256;

/** Which groups met a value. */
export class SeenGroups {
  private groups = 0;
  private areAll = false;
  /** Made when the first is marked. */
  private flags = new Uint8Array(0);

  reserve(groups: number): void {
    this.groups = groups;
  }

  add(input: NumberInput, chunk: Chunk): void {
    const validity = chunk.validityOf(input);
    const { kernels, count, oneGroup } = chunk;
    const { marks } = this;
    if (validity === null && oneGroup >= 0 && count > 0) {
      marks[oneGroup] = 1;
      return;
    }
    const { groups } = chunk;
    if (validity === null) kernels.markSeen(marks, groups, count);
    else kernels.markValid(marks, groups, validity, chunk.offset, count);
  }

  /** Whether all of the first `groups` groups are marked; only asked where these are few. */
  isFull(groups: number): boolean {
    if (groups > FEW_GROUPS) return false;
    for (let group = 0; group < groups; group++) if (!this.has(group)) return false;
    return true;
  }

  /** To mark groups in. */
  get marks(): Uint8Array {
    return (this.flags = grow(this.flags, this.groups));
  }

  keepGroups(groups: Uint32Array): void {
    if (!this.areAll) keepElements(this.marks, groups);
    this.groups = groups.length;
  }

  /** Once there will be no more groups. */
  markAll(): void {
    this.areAll = true;
  }

  mark(group: number): void {
    this.marks[group] = 1;
  }

  has(group: number): boolean {
    return this.areAll || this.flags[group] === 1;
  }

  /** In an array of its own; null: all are marked. */
  validity(groups: number): Uint8Array | null {
    return this.areAll ? null : this.marks.slice(0, groups);
  }

  validityInPlace(): Uint8Array | null {
    return this.areAll ? null : this.marks;
  }
}
