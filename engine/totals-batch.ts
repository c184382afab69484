import type { StoredBatch, StoredColumn } from '../model/batch.js';
import type { FileMeta } from '../model/catalog.js';
import { filterMembers } from '../model/filter.js';
import { totalsRow } from '../model/partition-totals.js';
import type { ScanPlan } from '../model/plan.js';
import type { LogicalType } from '../model/value.js';
import { placed } from '../storage/column-memory.js';
import { storeColumn } from './store-column.js';

/** The one row that stands for a file, as a partition of its own; null: the file has to be read. */
export function totalsBatch(file: FileMeta, scan: ScanPlan): StoredBatch | null {
  const ofFile = made.get(file) ?? new WeakMap<ScanPlan, StoredBatch | null>();
  let batch = ofFile.get(scan);
  if (batch === undefined) made.set(file, ofFile.set(scan, (batch = makeBatch(file, scan))));
  return batch;
}

/** A plan that is kept is asked again and again. */
const made = new WeakMap<FileMeta, WeakMap<ScanPlan, StoredBatch | null>>();

function makeBatch(file: FileMeta, scan: ScanPlan): StoredBatch | null {
  const row = totalsRow(file, scan);
  if (row === null) return null;
  const filtered = scan.filter === null ? [] : filterMembers(scan.filter);
  const keys = new Set([...scan.keys.map(({ column }) => column), ...filtered]);
  const types = new Map(file.columns.map(({ name, type }) => [name, type]));
  const columns = [...row].map(([name, value]) => {
    const type = types.get(name) as LogicalType;
    return [name, shared(storeColumn({ name, type, values: [value] }, type, keys.has(name)))] as const;
  });
  return { rows: 1, columns: new Map(columns), bytes: 0 };
}

/** Kernels and workers see it beside the partitions that are read. */
function shared(column: StoredColumn): StoredColumn {
  if (column.kind === 'dictionary') return { ...column, codes: placed(column.codes) };
  if (column.kind !== 'number') return column;
  const validity = column.validity === null ? null : placed(column.validity);
  return { ...column, values: placed(column.values), validity };
}
