/**
 * Which index of a rollup to read. An aggregating index that holds every column of the query comes before
 * regular ones, the one with the fewest columns first (Cube Store's rule). Among regular indexes the one whose
 * sort order begins with the most columns that the query pins to one value wins, because its rows lie together;
 * then the one that can also use a range on the next column; then the order of definition.
 */
import type { IndexMeta } from '../model/catalog.js';
import type { Filter, Test } from '../model/filter.js';

/**
 * @param columns the key columns that the scan groups or filters by
 * @param filter on columns
 * @param merging whether all measures can be merged, as those of an aggregating index were
 * @returns a position in `indexes`
 */
export function chooseIndex(
  indexes: readonly IndexMeta[],
  columns: ReadonlySet<string>,
  filter: Filter | null,
  merging: boolean,
): number {
  let best = 0;
  for (let at = 1; at < indexes.length; at++) {
    if (!canServe(indexes[at], columns, merging)) continue;
    if (isBetter(indexes[at], indexes[best], filter)) best = at;
  }
  return best;
}

/** Columns that hold one value in every row that passes the filter. */
export function pinnedColumns(filter: Filter | null): ReadonlySet<string> {
  return new Set(conjuncts(filter).flatMap(({ column, test }) => (pins(test) ? [column] : [])));
}

function canServe(index: IndexMeta, columns: ReadonlySet<string>, merging: boolean): boolean {
  if (index.type === 'regular') return true;
  if (!merging) return false;
  return [...columns].every((column) => index.sortColumns.includes(column));
}

function isBetter(index: IndexMeta, than: IndexMeta, filter: Filter | null): boolean {
  if (index.type !== than.type) return index.type === 'aggregate';
  if (index.type === 'aggregate' && index.sortColumns.length !== than.sortColumns.length) {
    return index.sortColumns.length < than.sortColumns.length;
  }
  return usablePrefix(index, filter) > usablePrefix(than, filter);
}

/** Two for each pinned leading column, one more for a range on the column after them. */
function usablePrefix(index: IndexMeta, filter: Filter | null): number {
  const pinned = pinnedColumns(filter);
  let count = 0;
  while (count < index.sortColumns.length && pinned.has(index.sortColumns[count])) count += 1;
  const next = index.sortColumns[count];
  const ranged = conjuncts(filter).some(({ column, test }) => column === next && isRange(test));
  return 2 * count + (ranged ? 1 : 0);
}

function conjuncts(filter: Filter | null): { column: string; test: Test }[] {
  if (filter === null || filter.kind === 'or') return [];
  if (filter.kind === 'test') return [{ column: filter.member, test: filter.test }];
  return filter.filters.flatMap(conjuncts);
}

function pins(test: Test): boolean {
  if (test.kind === 'isNull') return !test.negated;
  return test.kind === 'oneOf' && !test.negated && test.values.length + (test.orNull ? 1 : 0) === 1;
}

function isRange(test: Test): boolean {
  return test.kind === 'compare' || (test.kind === 'timeRange' && !test.negated);
}
