import type { RollupMeta } from '../model/catalog.js';
import type { ScanKey } from '../model/plan.js';
import { grainName } from '../model/schema.js';

/** Whether a key groups by the very values of its column: a time that is stored by day is no plain key by month. */
export function isPlainKey({ column, bucket }: ScanKey, { columns }: Pick<RollupMeta, 'columns'>): boolean {
  if (bucket === null) return true;
  if (bucket.timezone !== 'UTC') return false;
  if (bucket.granularity === null) return true;
  const role = columns.find(({ name }) => name === column)?.role;
  return role?.kind === 'time' && role.granularity === grainName(bucket.granularity);
}
