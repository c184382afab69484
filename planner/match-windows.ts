/** The windows of cumulative measures must be made of whole stored buckets. */
import { canRegroup, isOnGrid } from '../model/civil-time.js';
import type { TimeRange } from '../model/query.js';
import { grainName, GRANULARITIES } from '../model/schema.js';
import type { Grain } from '../model/schema.js';
import { zoneFitsGrid } from '../model/timezone.js';
import type { WindowSeries } from '../model/window-series.js';
import type { QueryShape } from './match-rollup.js';
import type { RollupShape } from './rollup-shape.js';
import type { Finding, Rule } from './rule.js';

export const windowsRule: Rule = {
  name: 'windows',
  asks: 'Does every window of a cumulative measure begin and end where a stored bucket does?',
  codes: {
    window_not_aligned: 'A window begins or ends within a stored bucket, as one of 7 days within a month.',
  },
  spec: ['B40', 'B43'],
  check: matchWindows,
};

function matchWindows({ windows }: QueryShape, rollup: RollupShape): readonly Finding[] | null {
  if (windows === null) return null;
  const stored = rollup.times.get(windows.dimension);
  // That it stores none is for the rule of times to say.
  if (stored === undefined || stored.some((grain) => isWindowGrain(windows, grain, null))) return null;
  const message = (): string =>
    `a window over ${windows.dimension} begins or ends within a ${grainName(stored[0])} of ${rollup.preAggregation.id}, which is stored whole.`;
  return [{ code: 'window_not_aligned', member: windows.dimension, message }];
}

/**
 * Whether every window is made of whole buckets of a stored granularity, which are of UTC: of buckets on the clock of
 * its own zone that begin where stored ones do.
 * @param span of the stored times; null: not known, and then whatever the clock of the zone does
 */
export function isWindowGrain(windows: WindowSeries, stored: Grain, span: TimeRange | null): boolean {
  const { timezone } = windows;
  if (timezone === 'UTC') return areOnGrid(windows, stored);
  return GRANULARITIES.some(
    (local) =>
      areOnGrid(windows, local) &&
      (span === null ? canRegroup(stored, local) : zoneFitsGrid(timezone, stored, local, span)),
  );
}

function areOnGrid({ windows }: WindowSeries, granularity: Grain): boolean {
  return windows.every(
    ({ from, to }) =>
      (from === null || isOnGrid(from, granularity)) && (to === null || isOnGrid(to, granularity)),
  );
}
