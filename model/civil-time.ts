/**
 * Wall clocks and calendars without zones. A wall-clock label is a number: the milliseconds since 1970 of the
 * same label read as if it were UTC. Calendar: proleptic Gregorian with a year 0, as in ISO 8601. Exact from the
 * year -200000 to 200000.
 */
import { unreachable } from './assert.js';
import { GRANULARITIES, type Granularity } from './schema.js';

const SECOND = 1_000;
const MINUTE = 60_000;
const HOUR = 3_600_000;
export const DAY_MS = 86_400_000;

/** The start of the bucket that holds a wall-clock time. Weeks begin on Monday. */
export function floorLocal(localMs: number, granularity: Granularity): number {
  return bucketStart(bucketIndex(localMs, granularity), granularity);
}

/** The start of the bucket after the one that starts at `localStart`. */
export function nextBucket(localStart: number, granularity: Granularity): number {
  return bucketStart(bucketIndex(localStart, granularity) + 1, granularity);
}

/** Buckets are numbered without gaps: which one holds the time, counted from the one that holds 1970-01-01. */
export function bucketIndex(localMs: number, granularity: Granularity): number {
  switch (granularity) {
    case 'second':
      return Math.floor(localMs / SECOND);
    case 'minute':
      return Math.floor(localMs / MINUTE);
    case 'hour':
      return Math.floor(localMs / HOUR);
    case 'day':
      return Math.floor(localMs / DAY_MS);
    case 'week':
      // 1970-01-01 was a Thursday, three days after its Monday.
      return Math.floor((Math.floor(localMs / DAY_MS) + 3) / 7);
    case 'month':
      return monthIndex(localMs);
    case 'quarter':
      return Math.floor(monthIndex(localMs) / 3);
    case 'year':
      return Math.floor(monthIndex(localMs) / 12);
    default:
      return unreachable(granularity);
  }
}

/** The wall-clock time at which the bucket with this number starts: the inverse of `bucketIndex`. */
export function bucketStart(index: number, granularity: Granularity): number {
  switch (granularity) {
    case 'second':
      return index * SECOND;
    case 'minute':
      return index * MINUTE;
    case 'hour':
      return index * HOUR;
    case 'day':
      return index * DAY_MS;
    case 'week':
      return (index * 7 - 3) * DAY_MS;
    case 'month':
      return monthStart(index);
    case 'quarter':
      return monthStart(index * 3);
    case 'year':
      return monthStart(index * 12);
    default:
      return unreachable(granularity);
  }
}

/** Whether a time in UTC is the start of a bucket of UTC. */
export function isOnGrid(utcMs: number, granularity: Granularity): boolean {
  return floorLocal(utcMs, granularity) === utcMs;
}

/**
 * Whether every bucket of `coarse` is a union of buckets of `fine`. Weeks are unions of days, and nothing but
 * weeks is a union of weeks.
 */
export function canBuildFrom(fine: Granularity, coarse: Granularity): boolean {
  if (fine === coarse) return true;
  if (fine === 'week') return false;
  const rank = GRANULARITIES.indexOf(fine);
  return coarse === 'week' ? rank <= GRANULARITIES.indexOf('day') : rank < GRANULARITIES.indexOf(coarse);
}

/** `YYYY-MM-DDTHH:mm:ss.SSS`; years outside of 0 to 9999 have a sign and six digits, as ISO 8601 extends them. */
export function formatLocal(localMs: number): string {
  const days = Math.floor(localMs / DAY_MS);
  const { year, month, day } = civilFromDays(days);
  const date = `${formatYear(year)}-${pad2(month)}-${pad2(day)}`;
  const ms = localMs - days * DAY_MS;
  if (ms === 0) return `${date}T00:00:00.000`;
  const hour = Math.floor(ms / HOUR);
  const minute = Math.floor((ms % HOUR) / MINUTE);
  const second = Math.floor((ms % MINUTE) / SECOND);
  return `${date}T${pad2(hour)}:${pad2(minute)}:${pad2(second)}.${String(ms % SECOND).padStart(3, '0')}`;
}

function formatYear(year: number): string {
  if (year >= 0 && year <= 9999) return String(year).padStart(4, '0');
  return `${year < 0 ? '-' : '+'}${String(Math.abs(year)).padStart(6, '0')}`;
}

function pad2(value: number): string {
  return value < 10 ? `0${value}` : `${value}`;
}

/** Months since January 1970. */
function monthIndex(localMs: number): number {
  const { year, month } = civilFromDays(Math.floor(localMs / DAY_MS));
  return (year - 1970) * 12 + month - 1;
}

function monthStart(index: number): number {
  const years = Math.floor(index / 12);
  return daysFromCivil(1970 + years, index - years * 12 + 1, 1) * DAY_MS;
}

interface CivilDate {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

/*
 * Both conversions count in years that begin on March 1st, so that the leap day is the last day of its year, and
 * in cycles of 400 years, which all have the same length. Hinnant, "chrono-Compatible Low-Level Date Algorithms".
 */
const CYCLE_DAYS = 146_097;
/** From 0000-03-01 to 1970-01-01. */
const EPOCH_DAYS = 719_468;

/** Days since 1970-01-01 of a date; the day may lie beyond the end of its month. */
export function daysFromCivil(year: number, month: number, day: number): number {
  const marchYear = month > 2 ? year : year - 1;
  const marchMonth = month > 2 ? month - 3 : month + 9;
  const cycle = Math.floor(marchYear / 400);
  const yearOfCycle = marchYear - cycle * 400;
  const leapDays = Math.floor(yearOfCycle / 4) - Math.floor(yearOfCycle / 100);
  return cycle * CYCLE_DAYS + yearOfCycle * 365 + leapDays + daysBefore(marchMonth) + day - 1 - EPOCH_DAYS;
}

/** The date of a number of days since 1970-01-01. */
export function civilFromDays(days: number): CivilDate {
  const shifted = days + EPOCH_DAYS;
  const cycle = Math.floor(shifted / CYCLE_DAYS);
  const dayOfCycle = shifted - cycle * CYCLE_DAYS;
  // Without the leap days before it, every day of the cycle counts towards years of 365 days.
  const leapDays =
    Math.floor(dayOfCycle / 1_460) - Math.floor(dayOfCycle / 36_524) + Math.floor(dayOfCycle / 146_096);
  const yearOfCycle = Math.floor((dayOfCycle - leapDays) / 365);
  const yearStart = yearOfCycle * 365 + Math.floor(yearOfCycle / 4) - Math.floor(yearOfCycle / 100);
  const dayOfYear = dayOfCycle - yearStart;
  const marchMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9;
  return {
    year: cycle * 400 + yearOfCycle + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - daysBefore(marchMonth) + 1,
  };
}

/** Days from March 1st to the first of a month that is counted from March: 31, 61, 92, … */
function daysBefore(marchMonth: number): number {
  return Math.floor((153 * marchMonth + 2) / 5);
}
