import { bucketIndex, bucketStart, civilFromDays, DAY_MS, daysFromCivil } from './civil-time.js';
import { TIME_MS_MAX } from './check-time.js';
import { StoreError } from './errors.js';
import type { TimeRange } from './query.js';
import type { Grain } from './schema.js';
import { toUtc } from './timezone.js';

/**
 * The range of instants between two times as a query writes them, both inclusive: a date alone means its whole
 * day, a time means its millisecond. Without an offset of their own they are what the wall clock of `zone` shows.
 * When the clock is set back the range holds both passes of a time at its ends. It is empty when `to` is before
 * `from`.
 * @throws StoreError `query_invalid` for a text that is no time.
 */
export function parseDateRange(from: string, to: string, zone: string): TimeRange {
  const first = requireTime(from);
  const last = requireTime(to);
  if (first.kind === 'local' && last.kind === 'local') return wallRange(first.ms, afterOf(last), zone);
  const fromMs = first.kind === 'utc' ? first.ms : toUtc(first.ms, zone, 'earlier');
  const toMs = last.kind === 'utc' ? afterOf(last) : endAt(afterOf(last), zone);
  return { from: fromMs, to: Math.max(fromMs, toMs) };
}

/**
 * The instants from the first to the last at which the wall clock of `zone` shows a time from `fromLocal` to before
 * `toLocal`. Empty when there is none: the clock skipped them, or `toLocal` is not after `fromLocal`.
 */
export function wallRange(fromLocal: number, toLocal: number, zone: string): TimeRange {
  const from = toUtc(fromLocal, zone, 'earlier');
  if (toLocal <= fromLocal) return { from, to: from }; // in a repeated hour its second pass lies after `from`
  return { from, to: Math.max(from, endAt(toLocal, zone)) };
}

/** The first time after a time or, for a date, after its day. */
function afterOf({ ms, precision }: ParsedTime): number {
  return ms + (precision === 'date' ? DAY_MS : 1);
}

/** The first instant after the last at which the wall clock shows the millisecond before `toLocal`. */
function endAt(toLocal: number, zone: string): number {
  // The second pass of the last time, but no later than the next time: a skipped time ends at the clock's change,
  // and a last time just before a repeated hour ends before its first pass.
  return Math.min(toUtc(toLocal - 1, zone, 'later') + 1, toUtc(toLocal, zone, 'later'));
}

function requireTime(text: string): ParsedTime {
  const time = parseTime(text);
  if (time !== null) return time;
  throw new StoreError('query_invalid', `Can't parse date: '${text}'.`, {
    next: dateHint(text) ?? 'Write it as 2021-01-05 or 2021-01-05T10:30:00.000.',
  });
}

/** What to write instead of a text that is no time, where its year has a sign; null: it has none. */
export function dateHint(text: string): string | null {
  return /^[+-]\d/.test(text) ? 'Times reach from -271821-04-20 to +275760-09-13.' : null;
}

/** A time as a text gives it: an instant when it names its offset, else a wall-clock time. */
export interface ParsedTime {
  readonly kind: 'local' | 'utc';
  readonly ms: number;
  readonly precision: 'date' | 'time';
}

const TIME =
  /^(\d{4}|[+-]\d{6})-(\d\d)-(\d\d)(?:[T ](\d\d)(?::(\d\d)(?::(\d\d)(?:\.(\d{1,6}))?)?)?(Z|[+-]\d\d:\d\d)?)?$/;

/**
 * Reads `2021-01-05` and, after a `T` or a space, as much of `10:30:15.123456` as there is, then `Z` or an offset
 * such as `+02:00`; also what `formatLocal` writes. Fractions are cut to milliseconds. Null for anything else, for
 * dates that no calendar has, and for times that ECMAScript does not reach.
 */
export function parseTime(text: string): ParsedTime | null {
  const time = readTime(text);
  return time === null || Math.abs(time.ms) > TIME_MS_MAX ? null : time;
}

function readTime(text: string): ParsedTime | null {
  const match = TIME.exec(text);
  if (match === null) return null;
  const [, yearText, monthText, dayText, hourText, minute = '0', second = '0', fraction = '', offset] = match;
  const year = Number(yearText);
  const days = daysFromCivil(year, Number(monthText), Number(dayText));
  const civil = civilFromDays(days);
  if (civil.year !== year || civil.month !== Number(monthText) || civil.day !== Number(dayText)) return null;
  if (hourText === undefined) return { kind: 'local', ms: days * DAY_MS, precision: 'date' };
  if (Number(hourText) > 23 || Number(minute) > 59 || Number(second) > 59) return null;
  const seconds = Number(hourText) * 3_600 + Number(minute) * 60 + Number(second);
  const ms = days * DAY_MS + seconds * 1_000 + Number(fraction.slice(0, 3).padEnd(3, '0'));
  if (offset === undefined) return { kind: 'local', ms, precision: 'time' };
  const lead = parseOffset(offset);
  return lead === null ? null : { kind: 'utc', ms: ms - lead, precision: 'time' };
}

/** `Z`, `+02:00`, in milliseconds. */
function parseOffset(text: string): number | null {
  if (text === 'Z') return 0;
  const hours = Number(text.slice(1, 3));
  const minutes = Number(text.slice(4));
  if (hours > 23 || minutes > 59) return null;
  return (text.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * 60_000;
}

/** The whole buckets of UTC that touch a range, in order. Their number is `bucketCount`, which callers bound. */
export function bucketsBetween(range: TimeRange, granularity: Grain): TimeRange[] {
  const count = bucketCount(range, granularity);
  const first = bucketIndex(range.from, granularity);
  return Array.from({ length: count }, (_, i) => ({
    from: bucketStart(first + i, granularity),
    to: bucketStart(first + i + 1, granularity),
  }));
}

/** How many buckets of UTC touch a range, without making them. */
export function bucketCount(range: TimeRange, granularity: Grain): number {
  if (range.to <= range.from) return 0;
  return bucketIndex(range.to - 1, granularity) - bucketIndex(range.from, granularity) + 1;
}
