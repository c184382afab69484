import { bucketIndex, bucketStart, DAY_MS, floorLocal, nextBucket } from './civil-time.js';
import { LIMITS } from './limits.js';
import type { TimeRange } from './query.js';
import { parseTime, wallRange } from './time-range.js';
import { toLocal, toUtc } from './timezone.js';

/** What `parseRelativeRange` understands, as the end of a sentence for people. */
export const RELATIVE_FORMS = `this week, last month, next year, last 7 days, next 2 hours, today, yesterday, tomorrow, now, 2 weeks ago, 3 days from now, from 2 weeks ago to now, from 2024-01-31 to now (with at most ${LIMITS.relativeUnitsMax} units)`;

const UNIT = '(day|week|month|year|quarter|hour|minute|second)';
const ONE_UNIT = new RegExp(`(this|last|next)\\s+${UNIT}`);
const SOME_UNITS = new RegExp(`(last|next)\\s+(\\d+)\\s+${UNIT}`);
const FROM_TO = /^from (.*) to (.*)$/;
const AWAY = new RegExp(`^(\\d+|an?)\\s+${UNIT}s?\\s+(ago|from\\s+now)$`);

type Unit = CalendarUnit | ClockUnit;
type CalendarUnit = 'day' | 'week' | 'month' | 'quarter' | 'year';
type ClockUnit = 'hour' | 'minute' | 'second';

/**
 * The range that a text such as `last 7 days` means at the instant `now`, in the days of `zone`; null for a text that
 * says none, and an empty range for one that runs backwards. The rules are Cube's, and so is their order: the first
 * that is found anywhere in the text counts, so that `from 2 weeks ago to today` is today.
 *
 * Weeks begin on Monday. `last 7 days` ends before the current day, `next 7 days` begins after it. A text with
 * `second`, `minute` or `hour` in it is rounded to the finest of them, any other to whole days.
 */
export function parseRelativeRange(text: string, now: number, zone: string): TimeRange | null {
  if (text.length > LIMITS.relativeRangeChars) return null;
  const words = text.trim().toLowerCase();
  const one = ONE_UNIT.exec(words);
  if (one !== null) {
    const away = one[1] === 'this' ? 0 : one[1] === 'last' ? -1 : 1;
    return unitsRange(away, away, one[2] as Unit, now, zone);
  }
  const some = SOME_UNITS.exec(words);
  if (some !== null) {
    const [, direction, digits, unit] = some;
    const count = Number(digits);
    if (count > LIMITS.relativeUnitsMax) return null;
    const [first, last] = direction === 'last' ? [-count, -1] : [1, count];
    return unitsRange(first, last, unit as Unit, now, zone);
  }
  if (words.includes('today')) return unitsRange(0, 0, 'day', now, zone);
  if (words.includes('yesterday')) return unitsRange(-1, -1, 'day', now, zone);
  if (words.includes('tomorrow')) return unitsRange(1, 1, 'day', now, zone);
  const [, from, to] = FROM_TO.exec(words) ?? [words, words, words];
  const grain = (['second', 'minute', 'hour'] as const).find((unit) => words.includes(unit)) ?? 'day';
  const first = pointRange(from.trim(), grain, now, zone);
  const last = pointRange(to.trim(), grain, now, zone);
  return first === null || last === null ? null : spanOf(first, last);
}

/** From the start of one unit to the end of another, both counted from the current one. */
function unitsRange(first: number, last: number, unit: Unit, now: number, zone: string): TimeRange {
  if (isClockUnit(unit)) {
    const size = bucketStart(1, unit);
    return spanOf(clockBucket(now + first * size, unit, zone), clockBucket(now + last * size, unit, zone));
  }
  const current = bucketIndex(toLocal(now, zone), unit);
  return wallRange(bucketStart(current + first, unit), bucketStart(current + last + 1, unit), zone);
}

/** The bucket of a single time such as `2 weeks ago`; a date means its day, whatever the grain. */
function pointRange(words: string, grain: 'day' | ClockUnit, now: number, zone: string): TimeRange | null {
  const date = parseTime(words);
  if (date !== null) return date.precision === 'date' ? dayRange(date.ms, zone) : null;
  const away = words === 'now' ? { unit: 'second' as const, count: 0 } : parseAway(words);
  if (away === null) return null;
  const { unit, count } = away;
  if (isClockUnit(unit)) {
    const instant = now + count * bucketStart(1, unit);
    return grain === 'day' ? dayRange(toLocal(instant, zone), zone) : clockBucket(instant, grain, zone);
  }
  const local = moveLocal(toLocal(now, zone), unit, count);
  return grain === 'day' ? dayRange(local, zone) : clockBucket(toUtc(local, zone, 'earlier'), grain, zone);
}

function parseAway(words: string): { unit: Unit; count: number } | null {
  const match = AWAY.exec(words);
  if (match === null) return null;
  const [, digits, unit, direction] = match;
  const count = digits.startsWith('a') ? 1 : Number(digits);
  if (count > LIMITS.relativeUnitsMax) return null;
  return { unit: unit as Unit, count: direction === 'ago' ? -count : count };
}

/** The same time of day some units away; a day that the month there lacks becomes its last day. */
export function moveLocal(localMs: number, unit: CalendarUnit, count: number): number {
  if (unit === 'day' || unit === 'week') return localMs + count * (unit === 'day' ? 1 : 7) * DAY_MS;
  const months = count * { month: 1, quarter: 3, year: 12 }[unit];
  const month = bucketIndex(localMs, 'month');
  const start = bucketStart(month + months, 'month');
  const timeOfDay = localMs - floorLocal(localMs, 'day');
  const lastDay = bucketStart(month + months + 1, 'month') - DAY_MS;
  return Math.min(start + localMs - timeOfDay - bucketStart(month, 'month'), lastDay) + timeOfDay;
}

function dayRange(localMs: number, zone: string): TimeRange {
  return wallRange(floorLocal(localMs, 'day'), nextBucket(floorLocal(localMs, 'day'), 'day'), zone);
}

/**
 * The hour, minute or second around an instant, by the offset then in force: of an hour that the clock shows twice
 * it is the pass that the instant lies in, so that `last 30 seconds` never are an hour.
 */
function clockBucket(instant: number, unit: ClockUnit, zone: string): TimeRange {
  const local = toLocal(instant, zone);
  const from = instant - (local - floorLocal(local, unit));
  return { from, to: from + bucketStart(1, unit) };
}

function isClockUnit(unit: Unit): unit is ClockUnit {
  return unit === 'hour' || unit === 'minute' || unit === 'second';
}

function spanOf(first: TimeRange, last: TimeRange): TimeRange {
  return { from: first.from, to: Math.max(first.from, last.to) };
}
