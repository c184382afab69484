import { unreachable } from '../model/assert.js';
import type { PartitionMeta, RollupMeta } from '../model/catalog.js';
import { StoreError } from '../model/errors.js';
import { testFits } from '../model/filter.js';
import type { Filter } from '../model/filter.js';
import type { LogicalType } from '../model/value.js';

/**
 * Makes sure that every test can be made on what its column really holds, which the model may have got wrong.
 * @param filter on columns
 * @param partitions those that are read
 * @throws StoreError `query_invalid`
 */
export function requireTestsFit(
  filter: Filter | null,
  rollup: RollupMeta,
  partitions: readonly PartitionMeta[],
): void {
  if (filter === null) return;
  switch (filter.kind) {
    case 'and':
    case 'or':
      return filter.filters.forEach((inner) => requireTestsFit(inner, rollup, partitions));
    case 'test': {
      const types = columnTypes(partitions, filter.member);
      // With no partition to read the others still tell what the column holds.
      const told = types.length > 0 ? types : columnTypes(rollup.partitions, filter.member).slice(0, 1);
      const type = told.find((each) => !testFits(filter.test, each));
      if (type === undefined) return;
      throw new StoreError(
        'query_invalid',
        `${filter.member} holds values of type ${type.kind}, which the filter does not fit.`,
        {
          next: 'Correct the type of the dimension in the model and build again.',
        },
      );
    }
    default:
      return unreachable(filter);
  }
}

/** Of the partitions that have rows: a type of the source may have changed between two builds. */
function columnTypes(partitions: readonly PartitionMeta[], column: string): LogicalType[] {
  return partitions.flatMap(({ files }) => {
    const stats = files[0]?.columns.find(({ name }) => name === column);
    return stats === undefined ? [] : [stats.type];
  });
}
