/** Partitions that need not be read: what is known of their columns is all that a scan would find. */
import type { ColumnStats, FileMeta } from './catalog.js';
import { floorLocal } from './civil-time.js';
import { filterMembers } from './filter.js';
import type { MergeOperation } from './aggregates.js';
import type { ScanKey, ScanPlan } from './plan.js';
import { fitFilter } from './range-fit.js';
import { compareValues, type Value } from './value.js';

/**
 * By column, one row that stands for all rows of a file: scanned in their place it gives the same group with the same
 * states. That is so where every row passes the filter and falls into one group, and where each state is an exact sum,
 * a least or a greatest value that the catalog tells. Null: the file has to be read.
 */
export function totalsRow(file: FileMeta, scan: ScanPlan): ReadonlyMap<string, Value> | null {
  const { keys, filter, aggregates } = scan;
  const { rows } = file;
  if (rows === 0) return null;
  const row = new Map<string, Value>();
  // Most files fail at their first key: a query with thousands of partitions asks each.
  for (const key of keys) {
    const value = constantKey(statsOf(file, key.column), rows, key);
    if (!put(row, key.column, value)) return null;
  }
  for (const { columns, operation } of aggregates) {
    const [name, ...others] = columns;
    if (others.length > 0 || !put(row, name, stateOf(statsOf(file, name), rows, operation))) return null;
  }
  if (filter === null) return row;
  if (fitFilter(filter, (name) => rangeStats(statsOf(file, name), rows)) !== 'all') return null;
  // Each value within the bounds passes, whatever the others are.
  for (const name of filterMembers(filter))
    if (!row.has(name)) row.set(name, statsOf(file, name)?.min ?? null);
  return row;
}

/** False: there is no value, or another one already. */
function put(row: Map<string, Value>, name: string, value: Value | undefined): boolean {
  if (value === undefined || (row.has(name) && row.get(name) !== value)) return false;
  row.set(name, value);
  return true;
}

function statsOf({ columns }: FileMeta, name: string): ColumnStats | undefined {
  for (const column of columns) if (column.name === name) return column;
  return undefined;
}

/** The value of all rows, or one in the same bucket; undefined: they may differ. */
function constantKey(stats: ColumnStats | undefined, rows: number, { bucket }: ScanKey): Value | undefined {
  if (stats === undefined) return undefined;
  const { nulls, min, max } = stats;
  if (nulls === rows) return null;
  if (nulls > 0 || min === null || max === null) return undefined;
  if (compareValues(min, max) === 0) return min;
  // The clock of other zones may go back between two times, and through other buckets.
  if (bucket === null || bucket.granularity === null || bucket.timezone !== 'UTC') return undefined;
  if (typeof min !== 'number' || typeof max !== 'number') return undefined;
  return floorLocal(min, bucket.granularity) === floorLocal(max, bucket.granularity) ? min : undefined;
}

function stateOf(stats: ColumnStats | undefined, rows: number, operation: MergeOperation): Value | undefined {
  if (stats === undefined || stats.type.kind === 'sketch') return undefined;
  if (operation !== 'sum' && operation !== 'min' && operation !== 'max') return undefined;
  if (stats.nulls === rows) return null;
  const value = operation === 'sum' ? stats.total : stats[operation];
  return value ?? undefined;
}

function rangeStats(stats: ColumnStats | undefined, rows: number): (ColumnStats & { rows: number }) | null {
  return stats === undefined ? null : { ...stats, rows };
}
