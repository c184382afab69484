import { assert } from '../model/assert.js';
import type { DictionaryColumn, NarrowColumn, StoredBatch, StoredColumn } from '../model/batch.js';
import type { ScanKey, ScanPlan } from '../model/plan.js';
import { type KeyLayouts, NOT_LAID_OUT } from './key-layouts.js';
import type { NarrowedBatch } from './narrow-batches.js';
import type { ScanSlice } from './scan-task.js';
import type { RowRange } from './skip-blocks.js';

/** What a scan has decided for all partitions, and for the keys of this one. */
export interface SliceWish {
  /** For each key, the slots of the partition's codes. */
  readonly slots: readonly Int32Array[];
  /** The first column that rows are sorted by. */
  readonly sortedBy: string | undefined;
  /** Whether all that is asked are sums of integers. */
  readonly areSummed: boolean;
  /** Of the one key, whose slots are the groups; null: groups are numbered. */
  readonly layouts: KeyLayouts | null;
}

export function slicesOf(
  { batch, ranges }: NarrowedBatch,
  scan: ScanPlan,
  { slots, sortedBy, areSummed, layouts }: SliceWish,
): ScanSlice[] {
  const inputs = scan.aggregates.map(({ columns }) => columns.map((column) => columnOf(batch, column)));
  const keys = scan.keys.map((key) => keyColumn(batch, key));
  const ascending = scan.keys.map(({ column }) => column === sortedBy);
  const isWhole = ({ from, to, filters }: RowRange): boolean =>
    from === 0 && to === batch.rows && filters.length === 0;
  const isOrderable = areSummed && isWhole(ranges[0]) && !ascending[0];
  // Listed rows look up their slots.
  const isListed = ranges.some(({ filters }) => filters.length > 0);
  const { rowSlots, ordered } =
    layouts === null || isListed
      ? NOT_LAID_OUT
      : layouts.of(keys[0], isOrderable ? narrowColumns(inputs) : null);
  const columns = {
    keys: keys.map(({ codes }, at) => ({ codes, slots: slots[at], rowSlots, ascending: ascending[at] })),
    inputs,
    ordered,
  };
  return ranges.map((range) => ({ ...range, whole: isWhole(range), ...columns }));
}

/** Null: not all are narrow. */
function narrowColumns(inputs: readonly (readonly StoredColumn[])[]): NarrowColumn[] | null {
  const columns: NarrowColumn[] = [];
  for (const [column] of inputs) {
    if (column.kind !== 'narrow') return null;
    columns.push(column);
  }
  return columns;
}

export function columnOf(batch: StoredBatch, name: string): StoredColumn {
  const column = batch.columns.get(name);
  assert(column !== undefined, `column ${name} was loaded`);
  return column;
}

export function keyColumn(batch: StoredBatch, { column: name }: ScanKey): DictionaryColumn {
  const column = columnOf(batch, name);
  assert(column.kind === 'dictionary', `${name} is a column of keys`);
  return column;
}
