/** Which granularities Cube lets stand for which: fixed lists, and the one that two have in common. */
import { isOnGrid } from '../../model/civil-time.js';
import type { Granularity } from '../../model/schema.js';

const HIERARCHIES: Readonly<Record<Granularity, readonly Granularity[]>> = {
  second: ['second'],
  minute: ['minute', 'second'],
  hour: ['hour', 'minute', 'second'],
  day: ['day', 'hour', 'minute', 'second'],
  week: ['week', 'day', 'hour', 'minute', 'second'],
  month: ['month', 'day', 'hour', 'minute', 'second'],
  quarter: ['quarter', 'month', 'day', 'hour', 'minute', 'second'],
  year: ['year', 'quarter', 'month', 'day', 'hour', 'minute', 'second'],
};

/** A granularity and the finer ones of rollups that may answer for it. */
export function granularityHierarchy(granularity: Granularity): readonly Granularity[] {
  return HIERARCHIES[granularity];
}

/** The coarsest granularity that may answer for both; null stands for none, and then it is the other one. */
export function minGranularity(a: Granularity | null, b: Granularity | null): Granularity | null {
  if (a === null || b === null) return a ?? b;
  return HIERARCHIES[a].find((granularity) => HIERARCHIES[b].includes(granularity)) ?? 'second';
}

/** Never `quarter`, and a Monday that begins a month or a year does not count as the begin of a week. */
const BEGINS = ['year', 'month', 'week', 'day', 'hour', 'minute'] as const;

/** What a wall-clock time looks like the begin of. */
export function granularityFor(localMs: number): Granularity {
  return BEGINS.find((granularity) => isOnGrid(localMs, granularity)) ?? 'second';
}
