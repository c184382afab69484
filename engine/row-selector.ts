import { LIMITS } from '../model/limits.js';
import type { Chunk } from './chunk.js';
import type { Kernels } from './kernels/kernels.js';
import { FEW_CODES } from './kernels/select-rows.js';
import type { CodeFilter } from './scan-task.js';
import { scratch } from './scratch.js';

/** With less room left the chunk is done. */
const STRETCH_MIN = 1_024;

/** Finds the rows that pass. Keeps its scratch from chunk to chunk of a scan. */
export class RowSelector {
  readonly kernels: Kernels;
  /** One for each level of nesting. */
  private readonly masks: Uint8Array[] = [];
  /** The codes that pass `fewTable`, where they are few. */
  private readonly few = scratch().take(Uint32Array, FEW_CODES);
  private fewTable: Uint8Array | null = null;
  private fewCount = 0;

  constructor(kernels: Kernels) {
    this.kernels = kernels;
  }

  /**
   * Sets the chunk to rows that pass all filters: to those of [from, to), and where few of these do, to those of further
   * stretches before `end`, for each chunk costs as much as many rows.
   *
   * @returns the row after those that were looked at
   */
  select(filters: readonly CodeFilter[], from: number, to: number, end: number, chunk: Chunk): number {
    chunk.setWhole(from, to);
    if (filters.length === 0) return to;
    chunk.count = this.rowsOf(filters, from, to, chunk.rows);
    chunk.whole = chunk.count === to - from;
    let at = to;
    // Not too many, for a scan can be stopped between two chunks.
    const last = Math.min(end, from + LIMITS.keyedRows);
    while (at < last && !chunk.whole) {
      const room = chunk.rows.length - chunk.count;
      if (room < STRETCH_MIN) break;
      const next = Math.min(at + room, last);
      chunk.count += this.rowsOf(filters, at, next, chunk.rows.subarray(chunk.count));
      at = next;
    }
    return at;
  }

  /** Writes which rows of [from, to) pass; gives how many. */
  private rowsOf(filters: readonly CodeFilter[], from: number, to: number, rows: Int32Array): number {
    const { kernels } = this;
    let count = -1;
    for (const filter of filters) {
      if (filter.kind === 'test') {
        const { codes, table } = filter;
        if (count >= 0) count = kernels.refineRows(codes, table, rows, count);
        else if (this.isFew(table)) count = kernels.selectFew(codes, this.few, from, to, rows);
        else count = kernels.selectRows(codes, table, from, to, rows);
        continue;
      }
      if (count < 0) {
        kernels.writeRows(from, to, rows);
        count = to - from;
      }
      count = kernels.refineByMask(this.mask(filter, from, to), from, rows, count);
    }
    return count;
  }

  /** Whether so few codes pass that `few` holds them. */
  private isFew(table: Uint8Array): boolean {
    if (table === this.fewTable) return this.fewCount > 0;
    this.fewTable = table;
    this.fewCount = 0;
    for (let code = table.indexOf(1); code >= 0; code = table.indexOf(1, code + 1)) {
      if (this.fewCount === FEW_CODES) {
        this.fewCount = 0;
        return false;
      }
      // The rest is filled up with the last.
      this.few.fill(code, this.fewCount++);
    }
    return this.fewCount > 0;
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
