/** The times for which a published rollup can answer: partitions that are built, and what the source had nothing of. */
import type { RollupMeta } from '../model/catalog.js';
import type { TimeRange } from '../model/query.js';

export interface HeldTimes {
  /** Of the partitioning time: ascending, apart from each other; the first may begin and the last end at infinity. */
  readonly ranges: readonly TimeRange[];
  /** Whether rows without a time are held. */
  readonly nulls: boolean;
}

const KNOWN = new WeakMap<RollupMeta, HeldTimes | null>();

/** Null: all times. Found once for each published state, since it looks at every partition. */
export function heldTimes(meta: RollupMeta): HeldTimes | null {
  let held = KNOWN.get(meta);
  if (held === undefined) KNOWN.set(meta, (held = findHeld(meta)));
  return held;
}

function findHeld({
  partitionGranularity,
  partitions,
  sourceRange,
  sourceHasNullTimes,
}: RollupMeta): HeldTimes | null {
  if (partitionGranularity === null) return null;
  const nulls = !sourceHasNullTimes || partitions.at(-1)?.key === 'null';
  const ranges =
    sourceRange === null ? [{ from: -Infinity, to: Infinity }] : heldRanges(partitions, sourceRange);
  const [first] = ranges;
  const all = ranges.length === 1 && first.from === -Infinity && first.to === Infinity;
  return all && nulls ? null : { ranges, nulls };
}

/** Runs of partitions; before its first time and after its last the source had nothing to build. */
function heldRanges(partitions: RollupMeta['partitions'], source: TimeRange): TimeRange[] {
  const runs: { from: number; to: number }[] = [];
  for (const { range } of partitions) {
    if (range === null) continue;
    const last = runs.at(-1);
    if (last?.to === range.from) last.to = range.to;
    else runs.push({ ...range });
  }
  const [first, last] = [runs[0], runs.at(-1)];
  if (first !== undefined && first.from <= source.from) first.from = -Infinity;
  if (last !== undefined && last.to >= source.to) last.to = Infinity;
  return runs;
}

/** What of a range lies beside other ranges, which ascend and may reach beyond it. */
export function gapsIn(range: TimeRange, others: readonly TimeRange[]): TimeRange[] {
  const gaps: TimeRange[] = [];
  let reached = range.from;
  for (const { from, to } of others) {
    if (reached < Math.min(from, range.to)) gaps.push({ from: reached, to: Math.min(from, range.to) });
    reached = Math.max(reached, to);
  }
  if (reached < range.to) gaps.push({ from: reached, to: range.to });
  return gaps;
}
