/**
 * Numbers group ids: 0, 1, … in the order of their first rows. `cells` hold the group + 1, or 0; `ids` the id of each
 * group, with room for `count` more than the `known` ones. Each gives how many groups are known afterwards. Codes: see
 * select-rows.ts.
 */
import type { Codes } from '../scan-task.js';

/** Ids that have a cell each: the slots of one key. */
export function assignKey(
  codes: Codes,
  slots: Int32Array,
  from: number,
  count: number,
  cells: Int32Array,
  ids: Float64Array,
  known: number,
  groups: Int32Array,
): number {
  let found = known;
  for (let i = 0; i < count; i++) {
    const id = slots[codes[from + i]];
    let group = cells[id];
    if (group === 0) {
      ids[found] = id;
      cells[id] = group = ++found;
    }
    groups[i] = group - 1;
  }
  return found;
}

/** Ids that have a cell each. */
export function assignIds(
  numbers: Float64Array,
  count: number,
  cells: Int32Array,
  ids: Float64Array,
  known: number,
  groups: Int32Array,
): number {
  let found = known;
  for (let i = 0; i < count; i++) {
    const id = numbers[i];
    let group = cells[id];
    if (group === 0) {
      ids[found] = id;
      cells[id] = group = ++found;
    }
    groups[i] = group - 1;
  }
  return found;
}

/** Open addressing with linear probing; the number of cells is a power of two, and at most half of them get full. */
export function assignHashed(
  numbers: Float64Array,
  count: number,
  cells: Int32Array,
  ids: Float64Array,
  known: number,
  groups: Int32Array,
): number {
  let found = known;
  // Rows are sorted: often the next has the group of the last.
  let lastId = NaN;
  let last = 0;
  for (let i = 0; i < count; i++) {
    const id = numbers[i];
    if (id !== lastId) {
      lastId = id;
      const cell = findCell(cells, ids, id);
      if (cells[cell] === 0) {
        ids[found] = id;
        cells[cell] = ++found;
      }
      last = cells[cell] - 1;
    }
    groups[i] = last;
  }
  return found;
}

/** The cell that holds the group of an id, or the empty one that can. */
export function findCell(cells: Int32Array, ids: Float64Array, id: number): number {
  const mask = cells.length - 1;
  let cell = hash(id) & mask;
  while (cells[cell] !== 0 && ids[cells[cell] - 1] !== id) cell = (cell + 1) & mask;
  return cell;
}

/** Mixes all 53 bits of an id into 32. */
function hash(id: number): number {
  let mixed = Math.imul(id | 0, 0x9e3779b1) ^ Math.imul((id / 4294967296) | 0, 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d);
  return mixed ^ (mixed >>> 13);
}

export function fillGroups(groups: Int32Array, group: number, count: number): void {
  groups.fill(group, 0, count);
}

/** The slots themselves are the groups. */
export function slotsOf(
  codes: Codes,
  slots: Int32Array,
  from: number,
  count: number,
  groups: Int32Array,
): void {
  for (let i = 0; i < count; i++) groups[i] = slots[codes[from + i]];
}
