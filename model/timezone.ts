/**
 * Time zones, from the data that Node carries. Intl is asked little: the changes of a zone's offset are looked
 * up once for each stretch of time and kept as sorted tables.
 */
import { assert } from './assert.js';
import { canBuildFrom, DAY_MS, isOnGrid } from './civil-time.js';
import { LIMITS } from './limits.js';
import type { TimeRange } from './query.js';
import type { Grain } from './schema.js';

/** Whether a name is that of a time zone, as IANA or its links name it. Offsets such as `+02:00` are not names. */
export function isTimezone(name: string): boolean {
  if (isUtc(name) || zoneTables.has(name)) return true;
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: name });
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** The wall clock's lead over UTC at an instant, in milliseconds. `zone` is known to be a time zone. */
export function offsetAt(utcMs: number, zone: string): number {
  if (isUtc(zone)) return 0;
  const instant = foldInstant(utcMs);
  const changes = changesOf(zoneTable(zone), Math.floor(instant / STRETCH_MS));
  return changes.offsets[lastAtOrBefore(changes.instants, instant)];
}

/** What the wall clock shows at an instant. */
export function toLocal(utcMs: number, zone: string): number {
  return utcMs + offsetAt(utcMs, zone);
}

/**
 * The instant at which the wall clock shows `localMs`: of two, when the clock was set back, the one that `which`
 * says; of none, when it was set forward past `localMs`, the instant of that change.
 */
export function toUtc(localMs: number, zone: string, which: 'earlier' | 'later'): number {
  if (isUtc(zone)) return localMs;
  // No offset is as long as a day, and changes lie more than two days apart: at most one change is in question.
  const before = offsetAt(localMs - DAY_MS, zone);
  const after = offsetAt(localMs + DAY_MS, zone);
  const early = localMs - before;
  if (before === after) return early;
  const late = localMs - after;
  const earlyShows = offsetAt(early, zone) === before;
  const lateShows = offsetAt(late, zone) === after;
  if (earlyShows && lateShows) return which === 'earlier' ? early : late;
  if (earlyShows) return early;
  if (lateShows) return late;
  return firstWith(after, late, early, (instant) => offsetAt(instant, zone));
}

/**
 * Whether, within the range, each stored bucket of UTC lies as a whole in one asked bucket of the zone: with every
 * offset in force asked buckets begin where stored ones do, and the clock changes only between stored buckets.
 */
export function zoneFitsGrid(zone: string, stored: Grain, asked: Grain, range: TimeRange): boolean {
  if (isUtc(zone)) return canBuildFrom(stored, asked);
  const { instants, offsets } = changesWithin(zone, range);
  return offsets.every(
    (offset, at) => canBuildFrom(stored, asked, offset) && (at === 0 || isOnGrid(instants[at], stored)),
  );
}

/** Stretches without a change, in order: `offsets[i]` is in force from `instants[i]` on. */
interface OffsetChanges {
  readonly instants: readonly number[];
  readonly offsets: readonly number[];
}

interface ZoneTable {
  /** Slow: the offset at an instant, from Intl. */
  readonly ask: (utcMs: number) => number;
  readonly stretches: Map<number, OffsetChanges>;
}

const STRETCH_MS = 400 * DAY_MS;
/** Shorter than any time between two changes of a zone; the shortest is four days, Freetown's in 1939. */
const STEP_MS = 2 * DAY_MS;
/** Before it no zone of the database changes: local mean time was in force. */
const FIRST_CHANGE_MS = Date.UTC(1800, 0, 1);
/** From here on only yearly rules are in force, and these repeat with the calendar, every 400 years. */
const RULES_MS = Date.UTC(2100, 0, 1);
const CYCLE_MS = 146_097 * DAY_MS;

const zoneTables = new Map<string, ZoneTable>();

function zoneTable(zone: string): ZoneTable {
  let table = zoneTables.get(zone);
  if (table === undefined) {
    // Names are valid in any case of their letters, so that their number has no bound of its own.
    if (zoneTables.size >= LIMITS.timezonesMax) zoneTables.clear();
    table = { ask: askIntl(zone), stretches: new Map() };
    zoneTables.set(zone, table);
  }
  return table;
}

/** Of a stretch, looked for once. */
function changesOf({ ask, stretches }: ZoneTable, stretch: number): OffsetChanges {
  let changes = stretches.get(stretch);
  if (changes === undefined) {
    changes = findChanges(stretch * STRETCH_MS, (stretch + 1) * STRETCH_MS, ask);
    stretches.set(stretch, changes);
  }
  return changes;
}

function askIntl(zone: string): (utcMs: number) => number {
  const format = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' });
  return (utcMs) => {
    const text = format.format(utcMs);
    const match = /GMT(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?$/.exec(text);
    assert(match !== null, `an offset at the end of ${text}`);
    const [, sign, hours = 0, minutes = 0, seconds = 0] = match;
    const size = (Number(hours) * 3_600 + Number(minutes) * 60 + Number(seconds)) * 1_000;
    return sign === '-' ? 0 - size : size;
  };
}

function isUtc(zone: string): boolean {
  return zone === 'UTC' || zone === 'Etc/UTC' || zone === 'GMT';
}

/** An instant with the same offset for which there is a table: keeps the tables few. */
function foldInstant(utcMs: number): number {
  if (utcMs < FIRST_CHANGE_MS) return FIRST_CHANGE_MS;
  if (utcMs < RULES_MS) return utcMs;
  return RULES_MS + ((utcMs - RULES_MS) % CYCLE_MS);
}

/** The changes in a range of any length, looked for only where they can differ. */
export function changesWithin(zone: string, range: TimeRange): OffsetChanges {
  const from = Math.max(range.from, FIRST_CHANGE_MS);
  const to = Math.min(range.to, Math.max(from, RULES_MS) + CYCLE_MS);
  // Of stretches beyond it there are no tables.
  if (isUtc(zone) || to > RULES_MS + CYCLE_MS)
    return findChanges(from, to, (instant) => offsetAt(instant, zone));
  const table = zoneTable(zone);
  const found = { instants: [from], offsets: [offsetAt(from, zone)] };
  for (let stretch = Math.floor(from / STRETCH_MS); stretch * STRETCH_MS < to; stretch++) {
    const { instants, offsets } = changesOf(table, stretch);
    instants.forEach((instant, at) => {
      // That of the stretch itself need be no change.
      if (instant <= from || instant >= to || offsets[at] === found.offsets[found.offsets.length - 1]) return;
      found.instants.push(instant);
      found.offsets.push(offsets[at]);
    });
  }
  return found;
}

/** Walks from `from` to `to` (exclusive) in steps that no two changes fit between. */
function findChanges(from: number, to: number, offsetOf: (utcMs: number) => number): OffsetChanges {
  const instants = [from];
  const offsets = [offsetOf(from)];
  for (let start = from; start < to - 1; start += STEP_MS) {
    const end = Math.min(start + STEP_MS, to - 1);
    const offset = offsetOf(end);
    if (offset === offsets[offsets.length - 1]) continue;
    instants.push(firstWith(offset, start, end, offsetOf));
    offsets.push(offset);
  }
  return { instants, offsets };
}

/** The first instant with `offset`, which `end` has and `start` has not. */
function firstWith(offset: number, start: number, end: number, offsetOf: (utcMs: number) => number): number {
  let low = start;
  let high = end;
  while (high - low > 1) {
    const middle = low + Math.floor((high - low) / 2);
    if (offsetOf(middle) === offset) high = middle;
    else low = middle;
  }
  return high;
}

/** `sorted[0]` is at or before `instant`. */
function lastAtOrBefore(sorted: readonly number[], instant: number): number {
  let low = 0;
  let high = sorted.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (sorted[middle] <= instant) low = middle;
    else high = middle;
  }
  return low;
}
