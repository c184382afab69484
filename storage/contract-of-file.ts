import type { RollupMeta } from '../model/catalog.js';
import type { FileContract } from './inspect-file.js';
import { LazyRollup } from './lazy-rollup.js';
import { columnsOf } from './read-partition.js';

/** What must be true of a published file, by the rollup that names it; null: none of those whose pages are read. */
export function contractOfFile(rollups: Iterable<RollupMeta>, path: string): FileContract | null {
  for (const rollup of rollups) {
    if (rollup instanceof LazyRollup && !rollup.isRead) continue;
    for (const { files } of rollup.partitions) {
      const at = files.findIndex((file) => file.path === path);
      if (at < 0) continue;
      const file = files[at];
      return {
        rows: file.rows,
        columns: columnsOf(rollup, file),
        sortColumns: rollup.indexes[at]?.sortColumns ?? [],
      };
    }
  }
  return null;
}
