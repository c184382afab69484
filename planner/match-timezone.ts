/** Buckets of a time zone must begin where stored buckets, which are of UTC, begin. */
import { nextBucket } from '../model/civil-time.js';
import type { RollupMeta } from '../model/catalog.js';
import type { QueryTimeDimension, TimeRange } from '../model/query.js';
import type { Grain } from '../model/schema.js';
import { grainName, timeColumn } from '../model/schema.js';
import { zoneFitsGrid } from '../model/timezone.js';
import type { WindowSeries } from '../model/window-series.js';
import { localTimesFinding } from './match-local-times.js';
import type { QueryShape } from './match-rollup.js';
import { isMadeOf, regroups } from './match-times.js';
import { isWindowGrain } from './match-windows.js';
import type { RollupShape } from './rollup-shape.js';
import type { BuiltRollup, Finding, Rule } from './rule.js';
import { foundOrNull } from './rule.js';
import { seriesHull } from './window-series.js';

export const timezoneRule: Rule = {
  name: 'timezone',
  asks: 'Does every bucket of the query’s time zone begin where a stored bucket, which is of UTC, begins?',
  codes: {
    timezone_not_aligned:
      'Within the stored times that the query reads, a bucket of its time zone begins within a stored one.',
    local_times_differ:
      'SQL of the model shows times on the clock of the query (convertTz, a time with a granularity), which the rollup did on that of UTC.',
  },
  spec: ['H2'],
  check: matchTimezone,
};

function matchTimezone(
  shape: QueryShape,
  rollup: RollupShape,
  { meta }: BuiltRollup,
): readonly Finding[] | null {
  const { query, windows } = shape;
  const { timezone } = query;
  if (shape.localTimes) return [localTimesFinding(shape, rollup)];
  if (timezone === 'UTC' || meta === null) return null;
  if (windows !== null) return windowFinding(windows, rollup, meta);
  return foundOrNull(query.timeDimensions.flatMap((time) => zoneFinding(time, timezone, rollup, meta) ?? []));
}

function zoneFinding(
  time: QueryTimeDimension,
  timezone: string,
  rollup: RollupShape,
  meta: RollupMeta,
): Finding | null {
  const { dimension: member, granularity } = time;
  if (granularity === null) return null;
  const nested = rollup.times.get(member)?.filter((grain) => regroups(time, grain, timezone)) ?? [];
  const whole = nested.filter((grain) => isMadeOf(time, grain, timezone));
  // Where the range cuts through all of them, some may answer a part of it.
  const judged = whole.length === 0 ? nested : whole;
  if (judged.length === 0 || judged.some((grain) => fitsZone(time, grain, timezone, meta))) return null;
  const message = (): string =>
    `a ${grainName(granularity)} in ${timezone} does not begin where a stored ${grainName(judged[0])} (UTC) begins.`;
  return { code: 'timezone_not_aligned', member, message };
}

function windowFinding(windows: WindowSeries, rollup: RollupShape, meta: RollupMeta): Finding[] | null {
  const { dimension: member, timezone } = windows;
  const [nearest] = rollup.times.get(member)?.filter((grain) => isWindowGrain(windows, grain, null)) ?? [];
  if (nearest === undefined || windowGrain(windows, rollup, meta) !== null) return null;
  const message = (): string =>
    `a window in ${timezone} does not begin and end where a stored ${grainName(nearest)} (UTC) begins.`;
  return [{ code: 'timezone_not_aligned', member, message }];
}

/** The stored granularity of whose whole buckets, as far as they are stored, all windows are made; null: there is none. */
export function windowGrain(windows: WindowSeries, { times }: RollupShape, meta: RollupMeta): Grain | null {
  const hull = seriesHull(windows);
  const stored = times.get(windows.dimension) ?? [];
  const found = stored.find((grain) => {
    const span = storedSpan(meta, timeColumn(windows.dimension, grain), grain, hull);
    return isWindowGrain(windows, grain, span);
  });
  return found ?? null;
}

/** Whether buckets of a zone begin where stored ones do, over the stored times that the query asks for. */
export function fitsZone(
  { dimension, granularity, range }: QueryTimeDimension,
  stored: Grain,
  timezone: string,
  meta: RollupMeta,
): boolean {
  if (granularity === null || timezone === 'UTC') return true;
  const span = storedSpan(meta, timeColumn(dimension, stored), stored, range);
  return span === null || zoneFitsGrid(timezone, stored, granularity, span);
}

/** The time that stored buckets span within the asked range; null: none is stored. */
export function storedSpan(
  meta: RollupMeta,
  column: string,
  granularity: Grain,
  asked: TimeRange | null,
): TimeRange | null {
  let from = Infinity;
  let to = -Infinity;
  for (const partition of meta.partitions) {
    const stats = partition.files[0]?.columns.find(({ name }) => name === column);
    if (typeof stats?.min !== 'number' || typeof stats.max !== 'number') continue;
    from = Math.min(from, stats.min);
    to = Math.max(to, nextBucket(stats.max, granularity));
  }
  if (asked !== null) {
    from = Math.max(from, asked.from);
    to = Math.min(to, asked.to);
  }
  return from < to ? { from, to } : null;
}
