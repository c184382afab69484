import { unreachable } from '../model/assert.js';
import type { RollupMeta } from '../model/catalog.js';
import { StoreError } from '../model/errors.js';
import { testFits } from '../model/filter.js';
import type { Filter } from '../model/filter.js';

/**
 * Makes sure that every test can be made on what its column really holds, which the model may have got wrong.
 * @param filter on columns
 * @throws StoreError `query_invalid`
 */
export function requireTestsFit(filter: Filter | null, rollup: RollupMeta): void {
  if (filter === null) return;
  switch (filter.kind) {
    case 'and':
    case 'or':
      return filter.filters.forEach((inner) => requireTestsFit(inner, rollup));
    case 'test': {
      const type = columnType(rollup, filter.member);
      if (type === null || testFits(filter.test, type)) return;
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

/** Null when no partition has rows. */
function columnType(rollup: RollupMeta, column: string) {
  for (const { files } of rollup.partitions) {
    const stats = files[0]?.columns.find(({ name }) => name === column);
    if (stats !== undefined) return stats.type;
  }
  return null;
}
