/**
 * An answer that shows the first few of many groups: what the others come to need not leave the scan. The first of a sample
 * give a bound that all of the first reach, and few others do.
 */
import type { GroupedNumbers } from '../model/batch.js';
import type { Kernels } from './kernels/kernels.js';
import { insertRank, LAST, leadingRows } from './leading-rows.js';
import { scratch } from './scratch.js';

/** What the groups are put in order by first, and how many of them are asked for. */
export interface LeadingBy {
  /** A column of a state. */
  readonly column: string;
  readonly descending: boolean;
  readonly count: number;
}

/**
 * Those that can be among the first, ascending: these and all that are equal to the last of them. Null: it does not pay, or
 * their order leaves too much open.
 *
 * @param groups of which `numbers` tells the first so many
 * @param groupsMin fewer are put in order sooner than looked through
 */
export function leadingGroups(
  numbers: GroupedNumbers,
  groups: number,
  { descending, count }: LeadingBy,
  kernels: Kernels,
  groupsMin = GROUPS_MIN,
): Uint32Array | null {
  if (groups < groupsMin || count < 1 || count > COUNT_MAX) return null;
  const sign = descending ? -1 : 1;
  const bound = boundOf(numbers, groups, sign, count);
  if (bound === null) return null;
  const reaching = scratch().take(Uint32Array, REACHING_MAX);
  const found = kernels.reachingRows(numbers.values, groups, sign, bound, reaching);
  if (found === REACHING_MAX) return null;
  return leadingRows(numbers, descending, reaching.subarray(0, found), count, count + TIES_MAX);
}

const GROUPS_MIN = 2_048;
const SAMPLE = 1_024;
/** So few that a sample tells them from most of the others. */
const COUNT_MAX = 200;
const REACHING_MAX = 16_384;
const TIES_MAX = 200;

/** The rank, which ascends in the order, of the last of the first `count` of a sample; null: so many it does not have. */
function boundOf(
  { values, validity }: GroupedNumbers,
  groups: number,
  sign: number,
  count: number,
): number | null {
  const sample = Math.min(SAMPLE, groups);
  const best = new Float64Array(count).fill(LAST);
  let known = 0;
  let last = LAST; // of the best
  for (let i = 0; i < sample; i++) {
    const group = Math.floor((i * groups) / sample);
    if (validity !== null && validity[group] === 0) continue;
    known++;
    const rank = sign * values[group];
    if (rank < last) last = insertRank(best, rank);
  }
  return known < count ? null : last;
}
