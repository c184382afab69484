/** The oracle's own clock: local times by Intl, buckets and ranges on local times alone. */
import type { CubeGranularity } from './cube-query.js';

const formats = new Map<string, Intl.DateTimeFormat>();
const clocks = new Map<string, Map<number, number>>();
const parsed = new Map<string, number>();

/**
 * What a clock on the wall of `zone` shows at the instant `ms`, written as the milliseconds at which a clock in
 * UTC shows the same. An hour that a zone lives twice is one hour here, as it is on the wall.
 */
export function wallTime(ms: number, zone: string): number {
  if (zone === 'UTC') return ms;
  const known = clocks.get(zone) ?? new Map<number, number>();
  clocks.set(zone, known);
  const seen = known.get(ms);
  if (seen !== undefined) return seen;
  const wall = readClock(ms, zone);
  known.set(ms, wall);
  return wall;
}

/** The first wall time of the bucket that `wall` lies in; weeks begin on Monday. */
export function bucketStart(wall: number, granularity: CubeGranularity): number {
  const date = new Date(wall);
  const [year, month, day] = [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()];
  switch (granularity) {
    case 'second':
      return date.setUTCMilliseconds(0);
    case 'minute':
      return date.setUTCSeconds(0, 0);
    case 'hour':
      return date.setUTCMinutes(0, 0, 0);
    case 'day':
      return Date.UTC(year, month, day);
    case 'week':
      return Date.UTC(year, month, day - ((date.getUTCDay() + 6) % 7));
    case 'month':
      return Date.UTC(year, month, 1);
    case 'quarter':
      return Date.UTC(year, month - (month % 3), 1);
    case 'year':
      return Date.UTC(year, 0, 1);
  }
}

/** Buckets of a model's own: one of them starts at `first`, and each is so many months or milliseconds long. */
export interface OracleGrid {
  readonly first: string;
  readonly months?: number;
  readonly ms?: number;
}

/** Start number `at` of a grid, counted from its first, which is number 0. */
export function gridStep({ first, months = 0, ms = 0 }: OracleGrid, at: number): number {
  const date = new Date(parseWallTime(first));
  return date.setUTCMonth(date.getUTCMonth() + at * months) + at * ms;
}

/** The first wall time of the grid's bucket that `wall` lies in: steps that double until they pass it, then halve. */
export function gridStart(wall: number, grid: OracleGrid): number {
  // Beyond the years that a Date holds a step is NaN, which no time reaches.
  const isBefore = (at: number): boolean => gridStep(grid, at) > wall;
  const side = isBefore(0) ? -1 : 1;
  let steps = 1;
  while (side > 0 ? gridStep(grid, steps) <= wall : isBefore(-steps)) steps *= 2;
  let at = side > 0 ? 0 : -steps;
  for (; steps >= 1; steps /= 2) if (gridStep(grid, at + steps) <= wall) at += steps;
  return gridStep(grid, at);
}

/** `2001-02-03T04:05:06.789` */
export function printWallTime(wall: number): string {
  return new Date(wall).toISOString().slice(0, -1);
}

/** The wall times that a date or a pair of dates means, both ends included, to the millisecond. */
export function wallRange(dates: readonly string[]): { first: number; last: number } {
  const [from = '', to = from] = dates;
  return {
    first: parseWallTime(isDay(from) ? `${from}T00:00:00.000` : from),
    last: parseWallTime(isDay(to) ? `${to}T23:59:59.999` : to),
  };
}

export function parseWallTime(text: string): number {
  const known = parsed.get(text);
  if (known !== undefined) return known;
  const wall = Date.parse(isDay(text) ? `${text}T00:00:00.000Z` : `${text}Z`);
  if (Number.isNaN(wall)) throw new Error(`the oracle cannot read the time '${text}'`);
  parsed.set(text, wall);
  return wall;
}

function isDay(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text);
}

function readClock(ms: number, zone: string): number {
  const parts = new Map(
    formatOf(zone)
      .formatToParts(ms)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const part = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? Number.NaN;
  const millisecond = ((ms % 1000) + 1000) % 1000;
  const [year, month, day] = [part('year'), part('month') - 1, part('day')];
  return Date.UTC(year, month, day, part('hour'), part('minute'), part('second'), millisecond);
}

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known !== undefined) return known;
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  formats.set(zone, format);
  return format;
}
