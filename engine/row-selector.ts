import { LIMITS } from '../model/limits.js';
import type { Chunk } from './chunk.js';
import type { Kernels } from './kernels/kernels.js';
import type { CodeFilter } from './scan-task.js';
import { scratch } from './scratch.js';

/** Finds the rows that pass. Keeps its scratch from chunk to chunk of a scan. */
export class RowSelector {
  private readonly kernels: Kernels;
  /** One for each level of nesting. */
  private readonly masks: Uint8Array[] = [];

  constructor(kernels: Kernels) {
    this.kernels = kernels;
  }

  /** Sets the chunk to those rows of [from, to) that pass all filters. */
  select(filters: readonly CodeFilter[], from: number, to: number, chunk: Chunk): void {
    chunk.setWhole(from, to);
    const { kernels, rows } = chunk;
    let selected = false;
    for (const filter of filters) {
      if (filter.kind === 'test') {
        const { codes, table } = filter;
        chunk.count = selected
          ? kernels.refineRows(codes, table, rows, chunk.count)
          : kernels.selectRows(codes, table, from, to, rows);
      } else {
        if (!selected) kernels.writeRows(from, to, rows);
        chunk.count = kernels.refineByMask(this.mask(filter, from, to), from, rows, chunk.count);
      }
      selected = true;
    }
    chunk.whole = chunk.count === to - from;
  }

  /** Which rows of [from, to) pass, valid until the next call with this depth. */
  mask(filter: CodeFilter, from: number, to: number, depth = 0): Uint8Array {
    const mask = (this.masks[depth] ??= scratch().take(Uint8Array, LIMITS.chunkRows));
    if (filter.kind === 'test') {
      this.kernels.writeMask(filter.codes, filter.table, from, to, mask);
      return mask;
    }
    const combine = filter.kind === 'and' ? this.kernels.andMasks : this.kernels.orMasks;
    mask.fill(filter.kind === 'and' ? 1 : 0, 0, to - from);
    for (const inner of filter.filters) combine(mask, this.mask(inner, from, to, depth + 1), to - from);
    return mask;
  }
}
