/** Why an index is read, or is not: the words to the choice of `chooseIndex`. */
import type { IndexMeta } from '../model/catalog.js';
import { askOf, canServe, chooseIndex, firstDifference } from './choose-index.js';
import type { IndexAsk, IndexedRollup, IndexNeeds } from './choose-index.js';

/** What `explain` says of an index. */
export interface IndexVerdict {
  /** Null: the default index. */
  readonly name: string | null;
  readonly type: 'regular' | 'aggregate';
  readonly usable: boolean;
  readonly chosen: boolean;
  readonly why: string;
}

/** Each index with the reason why `chooseIndex` takes it, or does not. */
export function explainIndexes(rollup: IndexedRollup, needs: IndexNeeds): IndexVerdict[] {
  const ask = askOf(rollup, needs);
  const best = chooseIndex(rollup, needs);
  const winner = rollup.indexes[best].name;
  return rollup.indexes.map((index, at) => {
    const { name, type } = index;
    const usable = canServe(index, ask);
    const told = usable ? usableText(index, ask) : refusedText(index, ask);
    const { behind } = firstDifference(at, best, ask);
    const loses = behind(winner === null ? 'the default index' : `index ${winner}`);
    const why = usable && at !== best ? `${told}; ${loses}` : told;
    return { name, type, usable, chosen: at === best, why: `${why}.` };
  });
}

function refusedText({ sortColumns }: IndexMeta, { merging, filtered, grouped }: IndexAsk): string {
  if (!merging)
    return 'the query needs values that cannot be merged, and an aggregating index holds merged ones';
  const columns = new Set([...grouped, ...filtered]);
  return `it does not hold ${[...columns].filter((column) => !sortColumns.includes(column)).join(', ')}`;
}

function usableText({ type, sortColumns }: IndexMeta, { wanted, pinned, ranged }: IndexAsk): string {
  if (type === 'aggregate') return 'this aggregating index holds every column of the query';
  const first = sortColumns.findIndex((column) => !wanted.has(column));
  const lead = first < 0 ? sortColumns : sortColumns.slice(0, first);
  const next = sortColumns[lead.length];
  if (lead.length === 0) {
    return ranged.has(next)
      ? `its rows are sorted by ${next} first, of which the filter sets a range`
      : 'it holds every column, but has none first that the filter pins or the query groups by as it is stored';
  }
  const left = [...wanted].filter((column) => !lead.includes(column));
  const range =
    left.length === 0 && ranged.has(next) ? `, then by ${next}, of which the filter sets a range` : '';
  const rest = left.length === 0 ? range : `, but not by ${left.join(', ')} next`;
  return `its rows are sorted by ${lead.join(', ')} first, ${whyWanted(lead, pinned)}${rest}`;
}

function whyWanted(columns: readonly string[], pinned: ReadonlySet<string>): string {
  const grouped = columns.filter((column) => !pinned.has(column));
  if (grouped.length === 0) return 'which the filter pins';
  if (grouped.length === columns.length) return 'which the query groups by';
  const set = columns.filter((column) => pinned.has(column));
  return `of which the filter pins ${set.join(', ')} and the query groups by ${grouped.join(', ')}`;
}
