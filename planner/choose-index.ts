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

/** What `explain` says of an index. */
export interface IndexVerdict {
  /** Null: the default index. */
  readonly name: string | null;
  readonly type: 'regular' | 'aggregate';
  readonly usable: boolean;
  readonly chosen: boolean;
  readonly why: string;
}

/** Each index with the reason why it is read, or is not; the arguments are those of `chooseIndex`. */
export function explainIndexes(
  indexes: readonly IndexMeta[],
  columns: ReadonlySet<string>,
  filter: Filter | null,
  merging: boolean,
): IndexVerdict[] {
  const best = chooseIndex(indexes, columns, filter, merging);
  return indexes.map((index, at) => {
    const { name, type } = index;
    const usable = canServe(index, columns, merging);
    const told = usable ? usableText(index, filter) : refusedText(index, columns, merging);
    const why = usable && at !== best ? `${told}; ${behindText(index, indexes[best], filter)}` : told;
    return { name, type, usable, chosen: at === best, why: `${why}.` };
  });
}

function refusedText({ sortColumns }: IndexMeta, columns: ReadonlySet<string>, merging: boolean): string {
  if (!merging)
    return 'the query needs values that cannot be merged, and an aggregating index holds merged ones';
  const missing = [...columns].filter((column) => !sortColumns.includes(column));
  return `it does not hold ${missing.join(', ')}`;
}

function usableText(index: IndexMeta, filter: Filter | null): string {
  if (index.type === 'aggregate') return 'this aggregating index holds every column of the query';
  const { pinned, ranged } = prefixOf(index, filter);
  const { sortColumns } = index;
  const lead = sortColumns.slice(0, pinned).join(', ');
  const next = ranged ? sortColumns[pinned] : null;
  if (pinned === 0) {
    return next === null
      ? 'it holds every column; the filter pins none that its rows are sorted by first'
      : `its rows are sorted by ${next} first, of which the filter sets a range`;
  }
  const range = next === null ? '' : `, then by ${next}, of which it sets a range`;
  return `its rows are sorted by ${lead} first, which the filter pins${range}`;
}

function behindText(index: IndexMeta, best: IndexMeta, filter: Filter | null): string {
  const winner = best.name === null ? 'the default index' : `index ${best.name}`;
  if (index.type !== best.type) return `${winner} aggregates, so it has fewer rows`;
  if (isBetter(best, index, filter)) {
    return index.type === 'aggregate'
      ? `${winner} has fewer columns`
      : `more of what the filter sets leads in ${winner}`;
  }
  return `${winner} serves as well and is defined before it`;
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
  const { pinned, ranged } = prefixOf(index, filter);
  return 2 * pinned + (ranged ? 1 : 0);
}

/** How many leading columns the filter pins, and whether it sets a range of the next. */
function prefixOf(index: IndexMeta, filter: Filter | null): { pinned: number; ranged: boolean } {
  const columns = pinnedColumns(filter);
  let pinned = 0;
  while (pinned < index.sortColumns.length && columns.has(index.sortColumns[pinned])) pinned += 1;
  const next = index.sortColumns[pinned];
  return { pinned, ranged: conjuncts(filter).some(({ column, test }) => column === next && isRange(test)) };
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
