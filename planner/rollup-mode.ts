import type { RollupPiece } from '../model/plan.js';
import { pinnedColumns } from './choose-index.js';
import { isPlainKey } from './is-plain-key.js';
import { partitioningColumns } from './rollup-shape.js';
import type { RollupShape } from './rollup-shape.js';

/** `direct` when each row of the answer is one stored row: no key column is left out or made coarser. */
export function rollupMode(piece: RollupPiece, shape: RollupShape): 'direct' | 'rollup' {
  const { rollup, scan } = piece;
  const pinned = pinnedColumns(scan.filter);
  const kept = (column: string): boolean => {
    const key = scan.keys.find((candidate) => candidate.column === column);
    return key === undefined ? pinned.has(column) : isPlainKey(key, rollup);
  };
  const sortColumns = rollup.indexes[piece.index].sortColumns;
  const apart =
    piece.partitions.length <= 1 || partitioningColumns(shape).some((column) => sortColumns.includes(column));
  return apart && sortColumns.every(kept) ? 'direct' : 'rollup';
}
