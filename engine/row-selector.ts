import { LIMITS } from '../model/limits.js';
import type { Chunk } from './chunk.js';
import {
  andMasks,
  orMasks,
  refineByMask,
  refineRows,
  selectRows,
  writeMask,
  writeRows,
} from './kernels/select-rows.js';
import type { CodeFilter } from './scan-task.js';

/** Finds the rows that pass. Keeps its scratch from chunk to chunk. */
export class RowSelector {
  /** One for each level of nesting. */
  private readonly masks: Uint8Array[] = [];

  /** Sets the chunk to those rows of [from, to) that pass all filters. */
  select(filters: readonly CodeFilter[], from: number, to: number, chunk: Chunk): void {
    chunk.setWhole(from, to);
    let selected = false;
    for (const filter of filters) {
      if (filter.kind === 'test') {
        const { codes, table } = filter;
        chunk.count = selected
          ? refineRows(codes, table, chunk.rows, chunk.count)
          : selectRows(codes, table, from, to, chunk.rows);
      } else {
        if (!selected) writeRows(from, to, chunk.rows);
        chunk.count = refineByMask(this.mask(filter, from, to, 0), from, chunk.rows, chunk.count);
      }
      selected = true;
    }
    chunk.whole = chunk.count === to - from;
  }

  /** Which rows of [from, to) pass, valid until the next call with this depth. */
  private mask(filter: CodeFilter, from: number, to: number, depth: number): Uint8Array {
    const mask = (this.masks[depth] ??= new Uint8Array(LIMITS.chunkRows));
    if (filter.kind === 'test') {
      writeMask(filter.codes, filter.table, from, to, mask);
      return mask;
    }
    const combine = filter.kind === 'and' ? andMasks : orMasks;
    mask.fill(filter.kind === 'and' ? 1 : 0, 0, to - from);
    for (const inner of filter.filters) combine(mask, this.mask(inner, from, to, depth + 1), to - from);
    return mask;
  }
}
