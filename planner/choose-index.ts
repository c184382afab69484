/**
 * Which index of a rollup to read, by Cube Store's rule but for one point (`fits`): the wanted columns are those that
 * the filter pins to one value and, when the query groups by nothing but stored values, those that it groups by. An
 * index that was made for the query has exactly them first. The others of `CRITERIA` decide among several.
 */
import type { IndexMeta, RollupMeta } from '../model/catalog.js';
import { type Filter, filterMembers, type Test } from '../model/filter.js';
import type { ScanPlan } from '../model/plan.js';
import { isPlainKey } from './is-plain-key.js';

export interface IndexNeeds extends Pick<ScanPlan, 'keys' | 'filter'> {
  /** Whether all measures can be merged, as those of an aggregating index were. */
  readonly merging: boolean;
}

export type IndexedRollup = Pick<RollupMeta, 'columns' | 'indexes' | 'partitions'>;

/** @returns a position in `rollup.indexes` */
export function chooseIndex(rollup: IndexedRollup, needs: IndexNeeds): number {
  const { indexes } = rollup;
  if (indexes.length === 1) return 0;
  const ask = askOf(rollup, needs);
  let best = 0;
  for (let at = 1; at < indexes.length; at++) {
    if (canServe(indexes[at], ask) && firstDifference(at, best, ask).by < 0) best = at;
  }
  return best;
}

/** Columns that hold one value in every row that passes the filter. */
export function pinnedColumns(filter: Filter | null): ReadonlySet<string> {
  return new Set(conjuncts(filter).flatMap(({ column, test }) => (pins(test) ? [column] : [])));
}

/** What a query needs of the indexes of a rollup. */
export interface IndexAsk {
  readonly rollup: IndexedRollup;
  readonly merging: boolean;
  readonly pinned: ReadonlySet<string>;
  /** Columns of which the filter sets a range. */
  readonly ranged: ReadonlySet<string>;
  readonly filtered: ReadonlySet<string>;
  readonly grouped: ReadonlySet<string>;
  /** What an index that was made for the query has first. */
  readonly wanted: ReadonlySet<string>;
  /** Whether there is such an index besides the default one, which was made for no query. */
  readonly served: boolean;
}

export function askOf(rollup: IndexedRollup, { keys, filter, merging }: IndexNeeds): IndexAsk {
  const pinned = pinnedColumns(filter);
  const grouped = new Set(keys.map(({ column }) => column));
  const ask = {
    rollup,
    merging,
    pinned,
    ranged: new Set(conjuncts(filter).flatMap(({ column, test }) => (isRange(test) ? [column] : []))),
    filtered: filter === null ? new Set<string>() : filterMembers(filter),
    grouped,
    wanted: keys.every((key) => isPlainKey(key, rollup)) ? new Set([...pinned, ...grouped]) : pinned,
    served: false,
  };
  const served = rollup.indexes.some(
    (index) => index.name !== null && canServe(index, ask) && fits(index, ask),
  );
  return { ...ask, served: served && ask.wanted.size > 0 };
}

/** Regular indexes hold every column of the rollup. */
export function canServe(
  { type, sortColumns }: IndexMeta,
  { merging, filtered, grouped }: IndexAsk,
): boolean {
  if (type === 'regular') return true;
  return merging && [...filtered, ...grouped].every((column) => sortColumns.includes(column));
}

/**
 * Whether exactly the wanted columns come first. In a regular index those that the filter pins come before the others:
 * only then the rows that pass lie together, and to group needs no order. Cube Store, which groups in order, takes any.
 */
function fits({ type, sortColumns }: IndexMeta, { wanted, pinned }: IndexAsk): boolean {
  return leads(sortColumns, wanted) && (type === 'aggregate' || leads(sortColumns, pinned));
}

function leads(sortColumns: readonly string[], columns: ReadonlySet<string>): boolean {
  return sortColumns.slice(0, columns.size).filter((column) => columns.has(column)).length === columns.size;
}

interface Criterion {
  /** The least wins. */
  readonly score: (index: IndexMeta, ask: IndexAsk, at: number) => number;
  /** Why an index stands behind the winner. */
  readonly behind: (winner: string) => string;
}

/** In the order in which they count, up to positions by Cube Store; where it leaves off, ours go on. */
const CRITERIA: readonly Criterion[] = [
  {
    score: (index, ask) => (ask.served && !fits(index, ask) ? 1 : 0),
    behind: (winner) => `${winner} has first all that the filter pins and the query groups by`,
  },
  {
    score: ({ type }) => (type === 'aggregate' ? 0 : 1),
    behind: (winner) => `${winner} aggregates, so it has fewer rows`,
  },
  {
    score: ({ type, sortColumns }) => (type === 'aggregate' ? sortColumns.length : 0),
    behind: (winner) => `${winner} has fewer columns`,
  },
  {
    score: (index, { filtered }) => positions(index, filtered),
    behind: (winner) => `what the filter looks at stands further in front in ${winner}`,
  },
  {
    score: (index, { grouped }) => positions(index, grouped),
    behind: (winner) => `what the query groups by stands further in front in ${winner}`,
  },
  {
    score: (index, ask) => -narrowing(index, ask),
    behind: (winner) => `more of what the filter sets leads in ${winner}`,
  },
  {
    // Of regular ones all have the same.
    score: ({ type }, { rollup }, at) => (type === 'aggregate' ? rowsOf(rollup, at) : 0),
    behind: (winner) => `${winner} has fewer rows`,
  },
  {
    score: ({ name }, { served }) => (served && name === null ? 1 : 0),
    behind: (winner) => `${winner} serves as well and was made for such a query`,
  },
];

const DEFINED_BEFORE: Criterion['behind'] = (winner) => `${winner} serves as well and is defined before it`;

/** Below 0 when the index comes before the other; 0 when only the order of definition tells them apart. */
export function firstDifference(
  at: number,
  other: number,
  ask: IndexAsk,
): Pick<Criterion, 'behind'> & { by: number } {
  const { indexes } = ask.rollup;
  for (const { score, behind } of CRITERIA) {
    const by = score(indexes[at], ask, at) - score(indexes[other], ask, other);
    if (by !== 0) return { by, behind };
  }
  return { by: 0, behind: DEFINED_BEFORE };
}

function rowsOf({ partitions }: IndexedRollup, index: number): number {
  return partitions.reduce((rows, { files }) => rows + (files[index]?.rows ?? 0), 0);
}

function positions({ sortColumns }: IndexMeta, columns: ReadonlySet<string>): number {
  return [...columns].reduce((sum, column) => sum + sortColumns.indexOf(column), 0);
}

/** Two for each pinned leading column, one more for a range on the column after them. */
function narrowing({ sortColumns }: IndexMeta, { pinned, ranged }: IndexAsk): number {
  const open = sortColumns.findIndex((column) => !pinned.has(column));
  return open < 0 ? 2 * sortColumns.length : 2 * open + (ranged.has(sortColumns[open]) ? 1 : 0);
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
