/** The tables that an answer was read from, by the names that Cube would give them. */
import type { PartitionMeta, RollupMeta } from './model/catalog.js';
import type { RollupPiece } from './model/plan.js';
import { tablePrefix } from './storage/table-version.js';

export interface UsedPreAggregation {
  /** As in Cube: the table; of several partitions `(SELECT * FROM … UNION ALL SELECT * FROM …)`. */
  readonly targetTableName: string;
  readonly preAggregationId: string;
  readonly type: 'rollup';
  /** Milliseconds since the epoch. */
  readonly lastUpdatedAt: number;
}

export function usedPreAggregations(
  schema: string,
  pieces: readonly RollupPiece[],
): Record<string, UsedPreAggregation> {
  const used: Record<string, UsedPreAggregation> = {};
  for (const [id, own] of groupBy(pieces, ({ rollup }) => rollup.id)) {
    const [cube, name] = id.split('.');
    const [{ rollup }] = own;
    used[tablePrefix(schema, cube, name)] = {
      // A long text where many partitions were read, which few look at.
      get targetTableName() {
        return tableText(rollup, new Set(own.flatMap(({ partitions }) => partitions)));
      },
      preAggregationId: id,
      type: 'rollup',
      lastUpdatedAt: rollup.lastRefreshTime,
    };
  }
  return used;
}

/** The tables that were read, as Cube writes them into its SQL; none: the name of all. */
function tableText(rollup: RollupMeta, partitions: ReadonlySet<PartitionMeta>): string {
  const [first = rollup.targetTableName, ...others] = [...partitions].map(
    ({ targetTableName }) => targetTableName ?? rollup.targetTableName,
  );
  if (others.length === 0) return first;
  return `(${[first, ...others].map((table) => `SELECT * FROM ${table}`).join(' UNION ALL ')})`;
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, [T, ...T[]]> {
  const groups = new Map<string, [T, ...T[]]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return groups;
}
