import { type CodeRange, fitCodes, fitTree } from '../model/range-fit.js';
import { codeRange } from './kernels/code-range.js';
import type { CodeFilter, Codes, CodeTest } from './scan-task.js';

/** A stretch of rows, and the filters that rows of it can still fail. */
export interface RowRange {
  readonly from: number;
  readonly to: number; // exclusive
  readonly filters: readonly CodeFilter[];
}

/**
 * Leaves out the blocks of which no row passes, by the codes that occur in each, and takes the filters from those of
 * which every row does. Serves columns that rows are not sorted by first; what lies in one block is left as it is.
 *
 * @param blockRows rows of a block, which is counted from the first row of the partition; Infinity: skips nothing
 */
export function skipBlocks(range: RowRange, blockRows: number): RowRange[] {
  const { from, to, filters } = range;
  if (filters.length === 0 || to - from <= blockRows) return [range];
  const fitsOf = new Map<CodeTest, BlockFit>();
  const all = { kind: 'and', filters } as const;
  const kept: { from: number; to: number; filters: readonly CodeFilter[] }[] = [];
  for (let block = Math.floor(from / blockRows); block * blockRows < to; block++) {
    const fit = fitTree<CodeTest>(all, (test) => {
      let fitOf = fitsOf.get(test);
      if (fitOf === undefined) fitsOf.set(test, (fitOf = blockFit(test, blockRows)));
      return fitOf(block);
    });
    if (fit === 'none') continue;
    const start = Math.max(from, block * blockRows);
    const end = Math.min(to, (block + 1) * blockRows);
    const open = fit === 'all' ? NO_FILTERS : filters;
    const last = kept.at(-1);
    if (last !== undefined && last.to === start && last.filters === open) last.to = end;
    else kept.push({ from: start, to: end, filters: open });
  }
  return kept;
}

const NO_FILTERS: readonly CodeFilter[] = [];

type BlockFit = (block: number) => ReturnType<typeof fitCodes>;

function blockFit({ codes, table }: CodeTest, blockRows: number): BlockFit {
  const passing = new Uint32Array(table.length + 1);
  for (let code = 0; code < table.length; code++) passing[code + 1] = passing[code] + table[code];
  const zones = zonesOf(codes, blockRows);
  return (block) => {
    const from = block * blockRows;
    const to = Math.min(from + blockRows, codes.length);
    return fitCodes(passing, (zones[block] ??= codeRange(codes, from, to, table.length - 1)));
  };
}

interface ZoneMap {
  readonly blockRows: number;
  /** By block; made when a filter first looks at it. */
  readonly zones: (CodeRange | undefined)[];
}

/** As long as a column is in memory, so is what is known of its blocks. */
const zoneMaps = new WeakMap<Codes, ZoneMap>();

function zonesOf(codes: Codes, blockRows: number): ZoneMap['zones'] {
  let map = zoneMaps.get(codes);
  if (map?.blockRows !== blockRows) zoneMaps.set(codes, (map = { blockRows, zones: [] }));
  return map.zones;
}
