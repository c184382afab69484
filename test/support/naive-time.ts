/** Time in naive SQL: the wall clock by DuckDB's `timezone()`, buckets on it, and ranges of instants by Intl. */
import { parseWallTime, printWallTime, wallTime } from './oracle-time.js';
import { ownGranularities } from './random-granularities.js';
import type { RandomDimension } from './random-model.js';
import { NoAnswer } from './naive-members.js';

const DAY = 86_400_000;

/** The instant of a dimension, a TIMESTAMP in UTC with all its digits. */
export function instantSql({ kind, sql }: Pick<RandomDimension, 'kind' | 'sql'>): string {
  return kind === 'tz' ? `timezone('UTC', ${sql})` : `CAST(${sql} AS TIMESTAMP)`;
}

/** What is shown of a time: milliseconds. */
export function shownSql(instant: string): string {
  return `date_trunc('millisecond', ${instant})`;
}

export function wallSql(instant: string, zone: string): string {
  return zone === 'UTC' ? instant : `timezone('${zone}', timezone('UTC', ${instant}))`;
}

/** The start of the bucket that a time on the wall clock lies in. */
export function bucketSql(wall: string, granularity: string): string {
  const own = Object.hasOwn(ownGranularities, granularity) ? ownGranularities[granularity].grid : null;
  if (own === null) return `date_trunc('${granularity}', ${wall})`;
  const first = `TIMESTAMP '${own.first.replace('T', ' ')}'`;
  if (own.ms !== undefined) {
    const past = `(epoch_us(${wall}) - epoch_us(${first}))`;
    const length = own.ms * 1000;
    return `make_timestamp(epoch_us(${wall}) - (((${past} % ${length}) + ${length}) % ${length}))`;
  }
  const months = own.months as number;
  // Counted in months from 400 years before the first, so that nothing is negative.
  const since = `(date_diff('month', ${first} - INTERVAL 4800 MONTH, ${wall}))`;
  const start = (back: number): string =>
    `(${first} - INTERVAL 4800 MONTH + to_months(CAST(${since} - ${since} % ${months} - ${back} AS INTEGER)))`;
  if (4800 % months === 0)
    return `CASE WHEN ${start(0)} > ${wall} THEN ${start(months)} ELSE ${start(0)} END`;
  throw new Error(`4800 months are no whole number of ${granularity}`);
}

/**
 * What the texts of a date range mean: from the first instant at which the clock shows the one time to the last at
 * which it shows the other, a date being its whole day.
 * @throws NoAnswer for a range that runs backwards
 */
export function rangeOf(texts: readonly string[], zone: string, now: number): { from: number; to: number } {
  const range =
    texts.length === 1 && !isDate(texts[0]) ? relative(texts[0], zone, now) : absolute(texts, zone);
  if (range.to <= range.from) throw new NoAnswer('backwards', /runs backwards/);
  return range;
}

function isDate(text: string): boolean {
  return /^\d{4}-/.test(text);
}

function absolute([first, last = first]: readonly string[], zone: string): { from: number; to: number } {
  const from = instantOf(first, zone, 'first');
  const to = /T/.test(last)
    ? instantOf(last, zone, 'last') + 1
    : firstAfter(parseWallTime(last) + DAY - 1, zone);
  return backwards(first, last) ? { from, to: from } : { from, to };
}

/** Two times of the wall clock, of which the second is the earlier one, run backwards whatever the clock does. */
function backwards(first: string, last: string): boolean {
  if (first.endsWith('Z') || last.endsWith('Z')) return false;
  const end = parseWallTime(last) + (last.includes('T') ? 0 : DAY - 1);
  return end < parseWallTime(first);
}

/** The instant at which the wall clock shows a time; of two the first or the last; of none, when it jumps past it. */
export function instantOf(text: string, zone: string, which: 'first' | 'last'): number {
  if (text.endsWith('Z')) return Date.parse(text);
  const shown = instantsShowing(parseWallTime(text), zone);
  if (shown.length === 0) return jumpPast(parseWallTime(text), zone) - (which === 'last' ? 1 : 0);
  return which === 'first' ? Math.min(...shown) : Math.max(...shown);
}

/** The instant after the last at which the wall clock shows a time. */
function firstAfter(wall: number, zone: string): number {
  const shown = instantsShowing(wall, zone);
  return shown.length === 0 ? jumpPast(wall, zone) : Math.max(...shown) + 1;
}

function instantsShowing(wall: number, zone: string): number[] {
  const leads = [wall - 2 * DAY, wall + 2 * DAY].map((near) => wallTime(near, zone) - near);
  return leads.map((lead) => wall - lead).filter((instant) => wallTime(instant, zone) === wall);
}

/** The first instant at which the wall clock shows more than `wall`, by halving. */
function jumpPast(wall: number, zone: string): number {
  let [low, high] = [wall - 2 * DAY, wall + 2 * DAY];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (wallTime(middle, zone) > wall) high = middle;
    else low = middle;
  }
  return high;
}

/** Ranges of whole days and longer units, counted on the wall clock from the day of `now`. */
function relative(text: string, zone: string, now: number): { from: number; to: number } {
  const today = Math.floor(wallTime(now, zone) / DAY) * DAY;
  const [from, to] = relativeDays(text, today);
  return absolute([printWallTime(from).slice(0, 10), printWallTime(to - DAY).slice(0, 10)], zone);
}

/** @returns the first day and the day after the last */
function relativeDays(text: string, today: number): [number, number] {
  const units = /^(this|last|next)(?: (\d+))? (day|week|month|quarter|year)s?$/.exec(text);
  if (units !== null) {
    const [, way, digits, unit] = units;
    const count = Number(digits ?? 1);
    const start = unitStart(today, unit);
    if (way === 'this') return [start, move(start, unit, 1)];
    return way === 'last'
      ? [move(start, unit, -count), start]
      : [move(start, unit, 1), move(start, unit, 1 + count)];
  }
  const span = /^from (.+) to (.+)$/.exec(text);
  if (span !== null) return [point(span[1], today), point(span[2], today) + DAY];
  return [point(text, today), point(text, today) + DAY];
}

function point(text: string, today: number): number {
  if (isDate(text)) return parseWallTime(text);
  if (text === 'now' || text === 'today') return today;
  if (text === 'yesterday') return today - DAY;
  if (text === 'tomorrow') return today + DAY;
  const [, digits, unit, way] = /^(\d+) (day|week|month|quarter|year)s? (ago|from now)$/.exec(text) ?? [];
  if (digits === undefined) throw new Error(`the naive calendar cannot read '${text}'`);
  return move(today, unit, way === 'ago' ? -Number(digits) : Number(digits));
}

function unitStart(day: number, unit: string): number {
  const date = new Date(day);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
  if (unit === 'week') return day - ((date.getUTCDay() + 6) % 7) * DAY;
  if (unit === 'month') return Date.UTC(year, month);
  if (unit === 'quarter') return Date.UTC(year, month - (month % 3));
  return unit === 'year' ? Date.UTC(year, 0) : day;
}

/** The same day so many units away; of a shorter month its last. */
function move(day: number, unit: string, count: number): number {
  if (unit === 'day' || unit === 'week') return day + count * (unit === 'day' ? 1 : 7) * DAY;
  const date = new Date(day);
  const month = date.getUTCMonth() + count * (unit === 'year' ? 12 : unit === 'quarter' ? 3 : 1);
  const lastDay = new Date(Date.UTC(date.getUTCFullYear(), month + 1, 0)).getUTCDate();
  return Date.UTC(date.getUTCFullYear(), month, Math.min(date.getUTCDate(), lastDay));
}
