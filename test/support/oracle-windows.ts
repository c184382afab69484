/**
 * Cumulative measures by the oracle: for each bucket the rows whose time, as the wall shows it, lies in the window of the
 * bucket are answered like any other rows. Times are reckoned by Date alone.
 */
import type { CubeGranularity, CubeQuery, CubeTimeDimension } from './cube-query.js';
import { answer } from './oracle.js';
import type { OracleModel, PrintedRow } from './oracle.js';
import { find } from './oracle-measure.js';
import { bucketStart, printWallTime, wallRange, wallTime } from './oracle-time.js';

export interface OracleWindow {
  /** `7 day`, `unbounded`; absent: nothing. */
  readonly trailing?: string;
  readonly leading?: string;
  readonly offset?: 'start' | 'end';
  readonly toDate?: CubeGranularity;
}

interface Stretch {
  readonly from: number;
  readonly to: number; // exclusive
}

/**
 * The rows of the answer, in no order, before measure filters.
 * @param query by one time dimension with a dateRange of days
 */
export function answerWindows<Row>(
  model: OracleModel<Row>,
  windows: Readonly<Record<string, OracleWindow>>,
  rows: readonly Row[],
  query: CubeQuery,
): PrintedRow[] {
  const { timeDimensions = [], measures = [], ...rest } = query;
  const [{ dimension, granularity, dateRange }] = timeDimensions as CubeTimeDimension[];
  const zone = query.timezone ?? 'UTC';
  const { first, last } = wallRange(dateRange as readonly string[]);
  const bucketsOf =
    granularity === undefined
      ? [{ from: first, to: last + 1 }]
      : buckets(first, last, granularity as CubeGranularity).filter((bucket) => isShown(bucket, zone));
  const found = new Map<string, Record<string, PrintedRow[string]>>();
  const put = (row: PrintedRow): void => {
    const key = keyOf(row, measures);
    found.set(key, { ...found.get(key), ...row });
  };
  const labelled = (bucket: Stretch): PrintedRow => {
    const label = printWallTime(bucket.from);
    return granularity === undefined ? {} : { [`${dimension}.${granularity}`]: label, [dimension]: label };
  };
  if ((query.dimensions ?? []).length === 0) bucketsOf.forEach((bucket) => put(labelled(bucket)));
  const regular = measures.filter((name) => !Object.hasOwn(windows, name));
  if (regular.length > 0) answer(model, rows, { ...query, measures: regular }).rows.forEach(put);
  const { of } = find(model.dimensions, dimension);
  const timed = rows.flatMap((row) => {
    const time = of(row);
    return time === null ? [] : [{ row, wall: wallTime(Number(time), zone) }];
  });
  for (const name of measures.filter((each) => Object.hasOwn(windows, each))) {
    for (const bucket of bucketsOf) {
      const { from, to } = stretchOf(windows[name], bucket);
      const inside = timed.filter(({ wall }) => wall >= from && wall < to).map(({ row }) => row);
      const part = answer(model, inside, { ...rest, measures: [name] });
      part.rows.forEach((row) => put({ ...row, ...labelled(bucket) }));
    }
  }
  const empty = Object.fromEntries(measures.map((name) => [name, emptyOf(model, name)]));
  return [...found.values()].map((row) => ({ ...empty, ...row }));
}

/** What a row is grouped by, in the order of the names. */
export function keyOf(row: PrintedRow, measures: readonly string[]): string {
  const names = Object.keys(row).filter((name) => !measures.includes(name));
  return JSON.stringify(names.toSorted((a, b) => (a < b ? -1 : 1)).map((name) => [name, row[name]]));
}

function emptyOf<Row>(model: OracleModel<Row>, name: string): string | null {
  return ['count', 'distinct', 'approx'].includes(find(model.measures, name).kind) ? '0' : null;
}

function buckets(first: number, last: number, granularity: CubeGranularity): Stretch[] {
  const found: Stretch[] = [];
  for (let from = bucketStart(first, granularity); from <= last;) {
    const to = later(from, 1, granularity);
    found.push({ from, to });
    from = to;
  }
  return found;
}

/** Whether a quarter of an hour of the bucket is ever shown on the wall. */
function isShown({ from, to }: Stretch, zone: string): boolean {
  if (zone === 'UTC' || to - from > 3_600_000) return true;
  for (let at = from - 86_400_000; at < to + 86_400_000; at += 900_000) {
    const wall = wallTime(at, zone);
    if (wall >= from && wall < to) return true;
  }
  return false;
}

function stretchOf({ trailing, leading, offset, toDate }: OracleWindow, { from, to }: Stretch): Stretch {
  if (toDate !== undefined) return { from: bucketStart(from, toDate), to };
  const anchor = offset === 'start' ? from : to;
  return { from: moved(anchor, trailing, -1), to: moved(anchor, leading, 1) };
}

function moved(anchor: number, step: string | undefined, sign: number): number {
  if (step === undefined) return anchor;
  if (step === 'unbounded') return sign * Infinity;
  const [count, unit] = step.split(' ');
  return later(anchor, sign * Number(count), unit.replace(/s$/, '') as CubeGranularity);
}

function later(wall: number, count: number, unit: CubeGranularity): number {
  const date = new Date(wall);
  switch (unit) {
    case 'second':
      return wall + count * 1_000;
    case 'minute':
      return wall + count * 60_000;
    case 'hour':
      return wall + count * 3_600_000;
    case 'day':
    case 'week':
      return date.setUTCDate(date.getUTCDate() + count * (unit === 'week' ? 7 : 1));
    default: {
      const day = date.getUTCDate();
      date.setUTCDate(1);
      date.setUTCMonth(date.getUTCMonth() + count * { month: 1, quarter: 3, year: 12 }[unit]);
      const days = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
      return date.setUTCDate(Math.min(day, days));
    }
  }
}
