/**
 * Wall clocks and calendars without zones. A wall-clock label is a number: the milliseconds since 1970 of the
 * same label read as if it were UTC. Calendar: proleptic Gregorian with a year 0, as in ISO 8601. Exact from the
 * year -200000 to 200000.
 */
import type { Grain, Granularity, Grid } from './schema.js';

export const SECOND_MS = 1_000;
export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;
/** Enough to meet months of every length: in steps of four years too, of which the year 2100 has no leap day. */
const MONTHS_LOOKED_AT = 48;

const EVERY_MONTH = { unit: 'month', anchor: 0, lead: 0 } as const;
const FROM_MIDNIGHT = { unit: 'millisecond', anchor: 0 } as const;

/** 1970-01-01 was a Thursday, three days after its Monday. */
const PREDEFINED: Readonly<Record<Granularity, Grid>> = {
  second: { ...FROM_MIDNIGHT, size: SECOND_MS },
  minute: { ...FROM_MIDNIGHT, size: MINUTE_MS },
  hour: { ...FROM_MIDNIGHT, size: HOUR_MS },
  day: { ...FROM_MIDNIGHT, size: DAY_MS },
  week: { unit: 'millisecond', size: 7 * DAY_MS, anchor: -3 * DAY_MS },
  month: { ...EVERY_MONTH, size: 1 },
  quarter: { ...EVERY_MONTH, size: 3 },
  year: { ...EVERY_MONTH, size: 12 },
};

export function gridOf(granularity: Grain): Grid {
  return typeof granularity === 'string' ? PREDEFINED[granularity] : granularity.grid;
}

/** The start of the bucket that holds a wall-clock time. Weeks begin on Monday. */
export function floorLocal(localMs: number, granularity: Grain): number {
  return bucketStart(bucketIndex(localMs, granularity), granularity);
}

/** The start of the bucket after the one that starts at `localStart`. */
export function nextBucket(localStart: number, granularity: Grain): number {
  return bucketStart(bucketIndex(localStart, granularity) + 1, granularity);
}

/** Buckets are numbered without gaps: which one holds the time, counted from the one that holds 1970-01-01. */
export function bucketIndex(localMs: number, granularity: Grain): number {
  const grid = gridOf(granularity);
  if (grid.unit === 'millisecond') return Math.floor((localMs - grid.anchor) / grid.size);
  return Math.floor((monthIndex(localMs - grid.lead) - grid.anchor) / grid.size);
}

/** The wall-clock time at which the bucket with this number starts: the inverse of `bucketIndex`. */
export function bucketStart(index: number, granularity: Grain): number {
  const grid = gridOf(granularity);
  const start = grid.anchor + index * grid.size;
  return grid.unit === 'millisecond' ? start : monthStart(start) + grid.lead;
}

/** Whether a time in UTC is the start of a bucket of UTC. */
export function isOnGrid(utcMs: number, granularity: Grain): boolean {
  return floorLocal(utcMs, granularity) === utcMs;
}

/**
 * Whether every bucket of `coarse` is a union of buckets of `fine`: wherever one begins, one of `fine` does. With
 * `lead`, buckets of `fine` that are cut by UTC are regrouped by a wall clock that is ahead by so many milliseconds.
 *
 * The days of a month have no common measure but the day, so that months are made of spans that divide a day; and
 * nothing but months is made of months. (400 years always are the same number of days, but no granularity is as long:
 * `LIMITS.granularityYearsMax`.)
 */
export function canBuildFrom(fine: Grain, coarse: Grain, lead = 0): boolean {
  const [from, to] = [gridOf(fine), gridOf(coarse)];
  if (from.unit === 'millisecond') {
    const [first, step] = to.unit === 'millisecond' ? [to.anchor, to.size] : [to.lead, DAY_MS];
    return step % from.size === 0 && (first - from.anchor - lead) % from.size === 0;
  }
  if (to.unit === 'millisecond' || to.lead !== from.lead + lead) return false;
  return to.size % from.size === 0 && (to.anchor - from.anchor) % from.size === 0;
}

/** Whether there is a `lead` with which `canBuildFrom` holds, be it that of a time zone or not. */
export function canRegroup(fine: Grain, coarse: Grain): boolean {
  const [from, to] = [gridOf(fine), gridOf(coarse)];
  if (from.unit === 'millisecond') return (to.unit === 'millisecond' ? to.size : DAY_MS) % from.size === 0;
  return to.unit === 'month' && to.size % from.size === 0 && (to.anchor - from.anchor) % from.size === 0;
}

/** The grid of buckets of `size` milliseconds or months of which one begins at a wall-clock time. */
export function gridThrough(unit: Grid['unit'], size: number, start: number): Grid {
  if (unit === 'millisecond') return { unit, size, anchor: Math.floor(-start / size) * size + start };
  const month = monthIndex(start);
  const lead = start - monthStart(month);
  // Where the bucket begins within January, 1970-01-01 lies in the one that began the month before.
  const last = lead === 0 ? 0 : -1;
  return { unit, size, anchor: month + Math.floor((last - month) / size) * size, lead };
}

/**
 * Whether `shift` milliseconds after the first of a month are the same day and time of the same month in every `size`
 * months from then on: the 31st is not, and neither is the 60th day of a year.
 */
export function isSteady(firstOfMonth: number, shift: number, size: number): boolean {
  const month = monthIndex(firstOfMonth);
  const landings = Array.from({ length: MONTHS_LOOKED_AT }, (_, at) => {
    const landing = monthStart(month + at * size) + shift;
    const landed = monthIndex(landing);
    return { month: landed - at * size, lead: landing - monthStart(landed) };
  });
  return landings.every(({ month, lead }) => month === landings[0].month && lead === landings[0].lead);
}

/** `YYYY-MM-DDTHH:mm:ss.SSS`; years outside of 0 to 9999 have a sign and six digits, as ISO 8601 extends them. */
export function formatLocal(localMs: number): string {
  const days = Math.floor(localMs / DAY_MS);
  const { year, month, day } = civilFromDays(days);
  const date = `${formatYear(year)}-${pad2(month)}-${pad2(day)}`;
  const ms = localMs - days * DAY_MS;
  if (ms === 0) return `${date}T00:00:00.000`;
  const hour = Math.floor(ms / HOUR_MS);
  const minute = Math.floor((ms % HOUR_MS) / MINUTE_MS);
  const second = Math.floor((ms % MINUTE_MS) / SECOND_MS);
  return `${date}T${pad2(hour)}:${pad2(minute)}:${pad2(second)}.${String(ms % SECOND_MS).padStart(3, '0')}`;
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
