import { floorLocal } from '../../model/civil-time.js';
import type { CustomGranularity, Granularity } from '../../model/schema.js';
import { parseTime } from '../../model/time-range.js';
import { toLocal, toUtc } from '../../model/timezone.js';
import { granularityFor, minGranularity } from './granularity-hierarchy.js';

/**
 * The coarsest granularity whose rollups Cube lets serve a custom one: of the unit of its interval and that of its
 * offset or, without an offset, of what its origin looks like in UTC. So a midnight of another zone takes the days
 * away, and an origin on a Monday that begins a month the weeks.
 * @param now milliseconds since the epoch: without an origin, intervals count from the begin of its year
 */
export function customMinimum(
  { interval, offset, origin }: Pick<CustomGranularity, 'interval' | 'offset' | 'origin'>,
  timezone: string,
  now: number,
): Granularity {
  const begin =
    offset === null
      ? granularityFor(origin === null ? yearBegin(interval, timezone, now) : instantOf(origin, timezone))
      : unitOf(offset);
  return minGranularity(unitOf(interval), begin) ?? 'second';
}

const UNITS = ['second', 'minute', 'hour', 'day', 'week', 'month', 'quarter', 'year'] as const;

/** The smallest unit of an interval. Beside other units a week counts as days and a quarter as months. */
function unitOf(interval: string): Granularity {
  const units = partsOf(interval);
  const smallest = UNITS.find((unit) => units.includes(unit)) ?? 'second';
  if (units.length === 1) return smallest;
  return smallest === 'week' ? 'day' : smallest === 'quarter' ? 'month' : smallest;
}

/** `1 year 2 months` → `year`, `month`. */
function partsOf(interval: string): readonly string[] {
  return [...interval.matchAll(/-?\d+\s+([a-z]+?)s?(?=\s|$)/gi)].map(([, unit = '']) => unit.toLowerCase());
}

function instantOf(text: string, timezone: string): number {
  const time = parseTime(text);
  if (time === null) return 0; // the loader refuses it
  return time.kind === 'utc' ? time.ms : toUtc(time.ms, timezone, 'earlier');
}

/** The begin of the year in the zone; of an interval in weeks alone, the Monday of the week that holds it. */
function yearBegin(interval: string, timezone: string, now: number): number {
  const year = floorLocal(toLocal(now, timezone), 'year');
  const isWeeks = partsOf(interval).join() === 'week';
  return toUtc(isWeeks ? floorLocal(year, 'week') : year, timezone, 'earlier');
}
