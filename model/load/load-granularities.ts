/** The granularities of a time dimension: intervals become grids, or are refused with what to write instead. */
import { bucketIndex, bucketStart, DAY_MS, gridThrough, isSteady } from '../civil-time.js';
import { LIMITS } from '../limits.js';
import { GRANULARITIES, type CustomGranularity, type Grid } from '../schema.js';
import { parseTime } from '../time-range.js';
import { nodeAt, type LocatedMap, type Place } from './located.js';
import { parseInterval, type Interval, type IntervalPart } from './parse-interval.js';
import type { Problems } from './problems.js';
import type { DimensionText, GranularityText } from './structure.js';
import { titleize } from './titleize.js';

/** By name. `node` is that of the dimension; faults go to `problems`. */
export function loadGranularities(
  text: DimensionText,
  node: LocatedMap,
  problems: Problems,
): ReadonlyMap<string, CustomGranularity> {
  const granularities = new Map<string, CustomGranularity>();
  const taken = new Set<string>(GRANULARITIES);
  const list = text.granularities ?? [];
  if (list.length > 0 && text.type !== 'time') {
    const place = node.entries.get('granularities')?.key ?? node.place;
    problems.add(place, 'only a dimension of type time has `granularities`');
    return granularities;
  }
  for (const [index, granularity] of list.entries()) {
    const placeOf = (key: string): Place =>
      (nodeAt(node, ['granularities', index, key]) ?? nodeAt(node, ['granularities', index]) ?? node).place;
    const { name, title, interval, offset, origin } = granularity;
    // Names become names of columns, and these ignore case.
    if (taken.has(name.toLowerCase())) {
      problems.add(placeOf('name'), `the granularity \`${name}\` is there already: choose another name`);
    }
    taken.add(name.toLowerCase());
    const grid = loadGrid(granularity);
    if ('fault' in grid) problems.add(placeOf(grid.key), grid.fault);
    else {
      granularities.set(name, {
        name,
        title: title ?? titleize(name),
        interval: interval as string,
        offset: offset ?? null,
        origin: origin ?? null,
        grid,
      });
    }
  }
  return granularities;
}

/** What is wrong, and under which key. */
interface Fault {
  readonly key: 'interval' | 'offset' | 'origin';
  readonly fault: string;
}

function loadGrid({ interval: text, offset, origin }: GranularityText): Grid | Fault {
  if (text === undefined) {
    return { key: 'interval', fault: '`interval` is missing: write, for example, `interval: 2 weeks`' };
  }
  const interval = parseInterval(text);
  const fault = intervalFault(shorten(text), interval);
  if (interval === null || fault !== null) return { key: 'interval', fault: fault ?? '' };
  if (offset !== undefined && origin !== undefined) {
    return { key: 'offset', fault: 'write either `offset` or `origin`, not both' };
  }
  if (origin !== undefined) return gridFrom(interval, origin);
  return offset === undefined ? gridAt(interval, DEFAULT_OFFSET) : gridAfter(interval, offset);
}

const DEFAULT_OFFSET = { months: 0, ms: 0 };
/** Where buckets are counted from unless the model says it: documented, do not change. */
const ANCHOR = Date.UTC(2000, 0, 1);
const ANCHOR_OF_WEEKS = Date.UTC(2000, 0, 3); // a Monday
const DAYS_OF_YEAR_MAX = 366;
const TEXT_SHOWN = 60;

function intervalFault(text: string, interval: Interval | null): string | null {
  if (interval === null) {
    return `\`${text}\` is no interval: write numbers with units, as in \`2 weeks\` or \`1 hour 30 minutes\``;
  }
  const { months, ms, parts } = interval;
  if (parts.some(({ count }) => count <= 0)) {
    return `every part of the interval \`${text}\` must be 1 or more`;
  }
  if (months > 0 && ms > 0) {
    return `\`${text}\` mixes months with days or shorter: months differ in length, so that its buckets have no fixed grid. Write months, quarters and years alone, or weeks, days, hours, minutes and seconds alone`;
  }
  const years = LIMITS.granularityYearsMax;
  if (months > years * 12 || ms > years * DAYS_OF_YEAR_MAX * DAY_MS) {
    return `\`${text}\` is longer than ${years} years`;
  }
  return null;
}

function gridFrom(interval: Interval, origin: string): Grid | Fault {
  const time = parseTime(origin);
  if (time === null) {
    const fault = `\`${shorten(origin)}\` is no date or time: write it as \`2024-01-15\` or \`2024-01-15T10:00:00\``;
    return { key: 'origin', fault };
  }
  if (time.kind === 'utc') {
    const fault = `\`${origin}\` names its offset from UTC, but an origin is what the wall clock shows in the time zone of each query: leave the offset out`;
    return { key: 'origin', fault };
  }
  if (time.ms % 1_000 !== 0) {
    return { key: 'origin', fault: `\`${origin}\` lies within a second: write whole seconds` };
  }
  if (interval.months === 0) return gridThrough('millisecond', interval.ms, time.ms);
  const month = bucketStart(bucketIndex(time.ms, 'month'), 'month');
  if (isSteady(month, time.ms - month, interval.months)) {
    return gridThrough('month', interval.months, time.ms);
  }
  const fault = `\`${origin}\` is a day that not every month of the grid has: begin on one of the days 1 to 28`;
  return { key: 'origin', fault };
}

function gridAfter(interval: Interval, text: string): Grid | Fault {
  const offset = parseInterval(text);
  if (offset === null) {
    const fault = `\`${shorten(text)}\` is no interval: write a number with its unit, as in \`3 months\` or \`-1 day\``;
    return { key: 'offset', fault };
  }
  if (interval.parts.length !== 1 || !dividesParent(interval.parts[0])) {
    const fault =
      'an `offset` needs an interval of one unit that divides a year (months, quarters), a day (hours), an hour (minutes) or a minute (seconds), or 1 year, 1 week or 1 day: give the start of any bucket as `origin` instead';
    return { key: 'offset', fault };
  }
  const years = LIMITS.granularityYearsMax;
  if (Math.abs(offset.months) > years * 12 || Math.abs(offset.ms) > years * DAYS_OF_YEAR_MAX * DAY_MS) {
    return { key: 'offset', fault: `\`${text}\` is longer than ${years} years` };
  }
  if (interval.months === 0 && offset.months !== 0) {
    const fault = `months differ in length, so that an interval of \`${interval.parts[0].unit}\` cannot be moved by them: use days or shorter units`;
    return { key: 'offset', fault };
  }
  if (interval.months > 0 && !isSteady(monthsAfter(offset.months), offset.ms, interval.months)) {
    const fault = `\`${text}\` after the start of the interval is not the same day of the same month each time: use months, and days up to the 28th`;
    return { key: 'offset', fault };
  }
  return gridAt(interval, offset);
}

/** What the user wrote, as it may stand in a message that goes on. */
function shorten(text: string): string {
  return text.length <= TEXT_SHOWN ? text : `${text.slice(0, TEXT_SHOWN)}…`;
}

/** Moved from where the unit begins by itself. */
function gridAt({ months, ms, parts }: Interval, offset: Pick<Interval, 'months' | 'ms'>): Grid {
  if (months > 0) return gridThrough('month', months, monthsAfter(offset.months) + offset.ms);
  const anchor = parts.some(({ unit }) => unit === 'week') ? ANCHOR_OF_WEEKS : ANCHOR;
  return gridThrough('millisecond', ms, anchor + offset.ms);
}

function monthsAfter(months: number): number {
  return bucketStart(bucketIndex(ANCHOR, 'month') + months, 'month');
}

const PARENTS: Readonly<Record<IntervalPart['unit'], number>> = {
  second: 60,
  minute: 60,
  hour: 24,
  day: 1,
  week: 1,
  month: 12,
  quarter: 4,
  year: 1,
};

function dividesParent({ count, unit }: IntervalPart): boolean {
  return PARENTS[unit] % count === 0;
}
