import { unreachable } from '../model/assert.js';
import type { PartitionMeta, RollupMeta } from '../model/catalog.js';
import { StoreError } from '../model/errors.js';
import { testFits } from '../model/filter.js';
import type { Filter, Test } from '../model/filter.js';
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
      // With no partition to read the others still tell what the column holds.
      const type =
        misfit(filter.test, partitions, filter.member) ??
        (partitions.length > 0 ? null : misfit(filter.test, rollup.partitions, filter.member));
      if (type === null) return;
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

/** A type of the column that the test does not fit: it may have changed in the source between two builds. */
function misfit(test: Test, partitions: readonly PartitionMeta[], column: string): LogicalType | null {
  for (const { files } of partitions) {
    for (const { name, type } of files[0]?.columns ?? []) {
      if (name === column && !testFits(test, type)) return type;
    }
  }
  return null;
}
