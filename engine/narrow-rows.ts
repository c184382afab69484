import type { StoredBatch } from '../model/batch.js';
import type { CodeTest, Codes } from './scan-task.js';

export interface NarrowedRows {
  readonly from: number;
  readonly to: number; // exclusive
  /** The tests that rows of the range can still fail. */
  readonly tests: readonly CodeTest[];
}

/**
 * The range of rows outside of which the tests fail, by binary search in the sort order: as long as a sort column
 * is pinned to one code the next one is sorted within, and the first that is not pinned is narrowed to the span of
 * codes that pass.
 *
 * @param sort the columns that rows are sorted by; one that was not loaded ends the search
 */
export function narrowRows(
  batch: StoredBatch,
  sort: readonly string[],
  tests: ReadonlyMap<string, CodeTest>,
): NarrowedRows {
  let from = 0;
  let to = batch.rows;
  const open = new Map(tests);
  for (const name of sort) {
    const column = batch.columns.get(name);
    if (column?.kind !== 'dictionary') break;
    const span = codeSpan(column.values.length + (column.hasNulls ? 1 : 0), tests.get(name));
    from = lowerBound(column.codes, span.first, from, to);
    to = lowerBound(column.codes, span.last + 1, from, to);
    if (span.gapless) open.delete(name);
    if (span.first !== span.last) break;
  }
  return { from, to, tests: [...open.values()] };
}

interface CodeSpan {
  readonly first: number;
  readonly last: number;
  /** Whether every code from first to last passes. */
  readonly gapless: boolean;
}

/** The codes that pass; at least one does. */
function codeSpan(codes: number, test: CodeTest | undefined): CodeSpan {
  if (test === undefined) return { first: 0, last: codes - 1, gapless: true };
  const first = test.table.indexOf(1);
  const last = test.table.lastIndexOf(1);
  const gap = test.table.indexOf(0, first);
  return { first, last, gapless: gap < 0 || gap > last };
}

/** The first row of [from, to) whose code is at least `code`; `to` if there is none. Codes ascend within. */
function lowerBound(codes: Codes, code: number, from: number, to: number): number {
  let low = from;
  let high = to;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (codes[middle] < code) low = middle + 1;
    else high = middle;
  }
  return low;
}
