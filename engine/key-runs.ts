/** Rows that are sorted by the key that they are grouped by: runs of one group, of which no row need be looked at. */
import type { Chunk } from './chunk.js';
import type { ScanSlice, SliceKey } from './scan-task.js';

/**
 * Where a chunk from `from` on best ends: with its run, if that is worth a chunk of its own.
 * @param to where it ends at the latest
 */
export function runEnd({ keys }: ScanSlice, from: number, to: number): number {
  const [key] = keys;
  if (keys.length !== 1 || !key.ascending || to - from < RUN_ROWS_MIN) return to;
  const { codes, slots } = key;
  const slot = slots[codes[from]];
  if (slots[codes[to - 1]] === slot) return to;
  let low = from + 1;
  let high = to - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (slots[codes[middle]] === slot) low = middle + 1;
    else high = middle;
  }
  return low - from < RUN_ROWS_MIN ? to : low;
}

/** The slot that all rows of a chunk have; -1: they may have several. */
export function slotOfRun({ codes, slots, ascending }: SliceKey, chunk: Chunk): number {
  if (!ascending) return -1;
  const first = codes[chunk.row(0)];
  const last = codes[chunk.row(chunk.count - 1)];
  const slot = slots[first];
  // Local times may turn back between two that are the same.
  for (let code = first + 1; code <= last; code++) if (slots[code] !== slot) return -1;
  return slot;
}

/** A chunk costs as much as about so many rows. */
const RUN_ROWS_MIN = 128;
