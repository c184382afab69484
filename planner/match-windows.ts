/** The windows of cumulative measures must be made of whole stored buckets. */
import { isOnGrid } from '../model/civil-time.js';
import type { Granularity } from '../model/schema.js';
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
  if (stored === undefined || areWindowsOn(windows, stored)) return null;
  const message = (): string =>
    `a window over ${windows.dimension} begins or ends within a ${stored} of ${rollup.preAggregation.id}, which is stored whole.`;
  return [{ code: 'window_not_aligned', member: windows.dimension, message }];
}

/** Whether all bounds lie where buckets of the granularity begin, both on the wall clock. */
export function areWindowsOn({ windows }: WindowSeries, granularity: Granularity): boolean {
  return windows.every(
    ({ from, to }) =>
      (from === null || isOnGrid(from, granularity)) && (to === null || isOnGrid(to, granularity)),
  );
}
