import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LIMITS } from '../../dist/model/limits.js';
import { parseRelativeRange } from '../../dist/model/relative-range.js';
import { bucketStart, wallTime } from '../support/oracle-time.js';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

function iso(text: string, now: string, zone = 'UTC'): string[] | null {
  const range = parseRelativeRange(text, Date.parse(now), zone);
  return range && [range.from, range.to].map((ms) => new Date(ms).toISOString().replace(':00.000Z', ''));
}

/** A leap day, a Thursday. */
const LEAP_DAY = '2024-02-29T10:37:42.123Z';

describe('parseRelativeRange', () => {
  test.each([
    ['this second', '2024-02-29T10:37:42.000Z', '2024-02-29T10:37:43.000Z'],
    ['this minute', '2024-02-29T10:37', '2024-02-29T10:38'],
    ['this hour', '2024-02-29T10:00', '2024-02-29T11:00'],
    ['this day', '2024-02-29T00:00', '2024-03-01T00:00'],
    ['this week', '2024-02-26T00:00', '2024-03-04T00:00'],
    ['this month', '2024-02-01T00:00', '2024-03-01T00:00'],
    ['this quarter', '2024-01-01T00:00', '2024-04-01T00:00'],
    ['this year', '2024-01-01T00:00', '2025-01-01T00:00'],
    ['last hour', '2024-02-29T09:00', '2024-02-29T10:00'],
    ['last week', '2024-02-19T00:00', '2024-02-26T00:00'],
    ['last month', '2024-01-01T00:00', '2024-02-01T00:00'],
    ['last quarter', '2023-10-01T00:00', '2024-01-01T00:00'],
    ['last year', '2023-01-01T00:00', '2024-01-01T00:00'],
    ['next day', '2024-03-01T00:00', '2024-03-02T00:00'],
    ['next year', '2025-01-01T00:00', '2026-01-01T00:00'],
    ['last 1 day', '2024-02-28T00:00', '2024-02-29T00:00'],
    ['last 7 days', '2024-02-22T00:00', '2024-02-29T00:00'],
    ['last 2 weeks', '2024-02-12T00:00', '2024-02-26T00:00'],
    ['last 3 months', '2023-11-01T00:00', '2024-02-01T00:00'],
    ['last 90 minutes', '2024-02-29T09:07', '2024-02-29T10:37'],
    ['next 2 quarters', '2024-04-01T00:00', '2024-10-01T00:00'],
    ['next 36 hours', '2024-02-29T11:00', '2024-03-01T23:00'],
    ['today', '2024-02-29T00:00', '2024-03-01T00:00'],
    ['yesterday', '2024-02-28T00:00', '2024-02-29T00:00'],
    ['tomorrow', '2024-03-01T00:00', '2024-03-02T00:00'],
    ['now', '2024-02-29T00:00', '2024-03-01T00:00'],
    ['2 weeks ago', '2024-02-15T00:00', '2024-02-16T00:00'],
    ['a month ago', '2024-01-29T00:00', '2024-01-30T00:00'],
    ['1 year ago', '2023-02-28T00:00', '2023-03-01T00:00'],
    ['4 years from now', '2028-02-29T00:00', '2028-03-01T00:00'],
    ['an hour ago', '2024-02-29T09:00', '2024-02-29T10:00'],
    ['50 minutes ago', '2024-02-29T09:47', '2024-02-29T09:48'],
    ['from 7 days ago to now', '2024-02-22T00:00', '2024-03-01T00:00'],
    ['from now to 2 weeks from now', '2024-02-29T00:00', '2024-03-15T00:00'],
    ['from 3 hours ago to now', '2024-02-29T07:00', '2024-02-29T11:00'],
    ['from 1 day ago to 2 hours ago', '2024-02-28T10:00', '2024-02-29T09:00'],
    ['from 2024-01-30 to 2024-02-02', '2024-01-30T00:00', '2024-02-03T00:00'],
    ['from 2024-01-30 to 2 hours ago', '2024-01-30T00:00', '2024-02-29T09:00'],
    ['from 1 quarter ago to now', '2023-11-29T00:00', '2024-03-01T00:00'],
    ['  LAST \t 7   Days ', '2024-02-22T00:00', '2024-02-29T00:00'],
  ])('%s', (text, from, to) => {
    expect(iso(text, LEAP_DAY)).toEqual([from, to]);
  });

  test.each([
    ['a unit', 'last week or the last 3 days', 'last week'],
    ['some units', 'today and the next 2 days', 'next 2 days'],
    ['today', 'from yesterday to today', 'today'],
    ['yesterday', 'from tomorrow to yesterday', 'yesterday'],
    ['tomorrow', 'from 2 days ago to tomorrow', 'tomorrow'],
    ['a plural', 'these last months', 'last month'],
  ])('finds %s anywhere in the text, in the order of Cube', (_, text, meaning) => {
    expect(iso(text, LEAP_DAY)).toEqual(iso(meaning, LEAP_DAY));
    expect(iso(meaning, LEAP_DAY)).not.toBeNull();
  });

  test.each([
    '',
    'soon',
    'friday',
    'last',
    'last -3 days',
    'last 2.5 days',
    'last three days',
    'this 3 days',
    'lastweek',
    '2 weeks',
    '2 fortnights ago',
    'weeks ago',
    'not 2 weeks ago',
    'from now',
    'from now to',
    'from to now',
    'from now to soon',
    'from soon to now',
    'from 2024-02-30 to now',
    'from 2024-01-01t10:00 to now',
    'from 2024-01-01 10:00 to now',
    'till from 2 days ago to now',
    `last ${LIMITS.relativeUnitsMax + 1} days`,
    `${LIMITS.relativeUnitsMax + 1} days ago`,
    `last ${'9'.repeat(100)} days`,
    `${' '.repeat(LIMITS.relativeRangeChars)}today`,
  ])('does not understand %j', (text) => {
    expect(iso(text, LEAP_DAY)).toBeNull();
  });

  test.each(['last 0 days', 'next 0 hours', 'from now to 2 days ago', 'from 2024-02-02 to 2024-02-01'])(
    'gives an empty range for what runs backwards: %s',
    (text) => {
      const range = parseRelativeRange(text, Date.parse(LEAP_DAY), 'UTC');
      expect(range).not.toBeNull();
      expect(range!.to).toBe(range!.from);
    },
  );

  test('counts as far as its limit', () => {
    const most = LIMITS.relativeUnitsMax;
    expect(iso(`last ${most} seconds`, '2024-02-29T00:00:00Z')).toEqual([
      '2024-02-27T20:13:20.000Z',
      '2024-02-29T00:00',
    ]);
    const years = parseRelativeRange(`next ${most} years`, Date.parse(LEAP_DAY), 'UTC')!;
    expect(new Date(years.to).getUTCFullYear()).toBe(2025 + most);
  });

  test.each([
    ['2024-03-31T12:00:00Z', 'a month ago', '2024-02-29T00:00', '2024-03-01T00:00'],
    ['2023-03-31T12:00:00Z', '1 month ago', '2023-02-28T00:00', '2023-03-01T00:00'],
    ['2024-01-31T12:00:00Z', '1 quarter from now', '2024-04-30T00:00', '2024-05-01T00:00'],
    ['2024-12-31T23:59:59.999Z', 'this week', '2024-12-30T00:00', '2025-01-06T00:00'],
    ['2021-01-03T12:00:00Z', 'this week', '2020-12-28T00:00', '2021-01-04T00:00'],
    ['2021-01-04T00:00:00Z', 'last week', '2020-12-28T00:00', '2021-01-04T00:00'],
    ['2024-03-31T23:59:59.999Z', 'last quarter', '2023-10-01T00:00', '2024-01-01T00:00'],
    ['2024-04-01T00:00:00Z', 'last quarter', '2024-01-01T00:00', '2024-04-01T00:00'],
    ['2024-03-01T00:00:00Z', 'yesterday', '2024-02-29T00:00', '2024-03-01T00:00'],
    ['2023-03-01T00:00:00Z', 'yesterday', '2023-02-28T00:00', '2023-03-01T00:00'],
  ])('at the edge of a unit, %s: %s', (now, text, from, to) => {
    expect(iso(text, now)).toEqual([from, to]);
  });
});

describe('[H2] in a zone', () => {
  test('the current day is that of the zone', () => {
    expect(iso('today', '2024-02-29T23:30:00Z', 'Asia/Tokyo')).toEqual([
      '2024-02-29T15:00',
      '2024-03-01T15:00',
    ]);
    expect(iso('this month', '2024-03-01T04:59:59Z', 'America/New_York')).toEqual([
      '2024-02-01T05:00',
      '2024-03-01T05:00',
    ]);
  });

  test('days are as long as the clock makes them', () => {
    expect(iso('yesterday', '2021-03-29T10:00:00Z', 'Europe/Berlin')).toEqual([
      '2021-03-27T23:00',
      '2021-03-28T22:00',
    ]);
    expect(iso('1 day ago', '2021-11-01T10:00:00Z', 'Europe/Berlin')).toEqual([
      '2021-10-30T22:00',
      '2021-10-31T23:00',
    ]);
    expect(iso('today', '2018-02-18T02:30:00Z', 'America/Sao_Paulo')).toEqual([
      '2018-02-17T02:00',
      '2018-02-18T03:00',
    ]);
  });

  test('a day that the zone left out is empty', () => {
    const apia = parseRelativeRange('tomorrow', Date.parse('2011-12-29T20:00:00Z'), 'Pacific/Apia')!;
    expect(apia.to).toBe(apia.from);
    expect(iso('1 day ago', '2011-12-30T20:00:00Z', 'Pacific/Apia')).toEqual(
      iso('yesterday', '2011-12-30T20:00:00Z', 'Pacific/Apia'),
    );
  });

  test('of an hour that the clock shows twice, the current one is the one that now lies in', () => {
    const [first, second] = ['2021-10-31T00:30:10Z', '2021-10-31T01:30:10Z'];
    const berlin = (text: string, now: string) => iso(text, now, 'Europe/Berlin');
    expect(berlin('this hour', first)).toEqual(['2021-10-31T00:00', '2021-10-31T01:00']);
    expect(berlin('this hour', second)).toEqual(['2021-10-31T01:00', '2021-10-31T02:00']);
    expect(berlin('last hour', second)).toEqual(['2021-10-31T00:00', '2021-10-31T01:00']);
    expect(berlin('last 3 minutes', second)).toEqual(['2021-10-31T01:27', '2021-10-31T01:30']);
    expect(berlin('from 1 hour ago to now', second)).toEqual(['2021-10-31T00:00', '2021-10-31T02:00']);
    expect(berlin('from 1 day ago to 0 hours ago', second)).toEqual(['2021-10-30T00:00', '2021-10-31T02:00']);
  });

  test('a time of day that a past day had twice is its first pass', () => {
    expect(iso('from 1 day ago to 0 hours ago', '2021-11-01T01:30:00Z', 'Europe/Berlin')).toEqual([
      '2021-10-31T00:00',
      '2021-11-01T02:00',
    ]);
  });

  test('an hour begins where the clock shows it, also half past the hour of UTC', () => {
    expect(iso('this hour', '2024-02-29T10:37:42Z', 'Asia/Kolkata')).toEqual([
      '2024-02-29T10:30',
      '2024-02-29T11:30',
    ]);
  });
});

/** Changes at midnight and at noon of UTC, both hemispheres, half hours, a lost day; all on quarters of an hour. */
const ZONES = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'America/Havana',
  'America/Sao_Paulo',
  'Asia/Kolkata',
  'Asia/Kathmandu',
  'Pacific/Apia',
  'Pacific/Chatham',
];
const CALENDAR = ['day', 'week', 'month', 'quarter', 'year'] as const;
const CLOCK = { hour: HOUR, minute: MINUTE, second: SECOND };
/** Near the edges of years, leap days and the changes of the zones, or anywhere in forty years. */
const anyNow = fc.oneof(
  fc.integer({ min: Date.UTC(1995), max: Date.UTC(2035) }),
  fc
    .tuple(
      fc.integer({ min: 1995, max: 2034 }),
      fc.constantFrom(0, 59, 86, 90, 91, 181, 273, 303, 307, 363, 364, 365),
      fc.integer({ min: -30 * HOUR, max: 30 * HOUR }),
    )
    .map(([year, day, ms]) => Date.UTC(year, 0, 1 + day) + ms),
  fc
    .tuple(
      fc.constantFrom('2011-12-30', '2018-02-18', '2018-11-04', '2021-03-28', '2021-10-31', '2021-11-07'),
      fc.integer({ min: -30 * HOUR, max: 30 * HOUR }),
    )
    .map(([date, ms]) => Date.parse(date) + ms),
);
const anyZone = fc.constantFrom(...ZONES);
const anyAway = fc.oneof(fc.integer({ min: -40, max: 40 }), fc.constantFrom(-1, 0, 1));

/** `last 3 weeks`, `this week`, …: the text for a range of units around the current one. */
function textOf(away: number, unit: string): string {
  if (away === 0) return `this ${unit}`;
  const direction = away < 0 ? 'last' : 'next';
  return Math.abs(away) === 1 ? `${direction} ${unit}` : `${direction} ${Math.abs(away)} ${unit}s`;
}

/** The wall time at which the unit some units away from that of `wall` begins, by the fields of a Date. */
function unitStart(wall: number, unit: (typeof CALENDAR)[number], away: number): number {
  const start = new Date(bucketStart(wall, unit));
  const months = { day: 0, week: 0, month: 1, quarter: 3, year: 12 }[unit];
  const days = { day: 1, week: 7, month: 0, quarter: 0, year: 0 }[unit];
  return Date.UTC(
    start.getUTCFullYear(),
    start.getUTCMonth() + months * away,
    start.getUTCDate() + days * away,
  );
}

/** The first and after the last quarter of an hour at which Intl shows a wall time in the range; null: at none. */
function naiveRange(fromWall: number, toWall: number, zone: string): { from: number; to: number } | null {
  const shows = (instant: number): boolean => {
    const wall = wallTime(instant, zone);
    return fromWall <= wall && wall < toWall;
  };
  const around = (wall: number): number[] =>
    Array.from({ length: 241 }, (_, at) => wall + (at - 120) * 15 * MINUTE);
  const from = around(fromWall).find(shows);
  const last = around(toWall).findLast(shows);
  return from === undefined || last === undefined ? null : { from, to: last + 15 * MINUTE };
}

function expectRange(text: string, now: number, zone: string, expected: ReturnType<typeof naiveRange>): void {
  const range = parseRelativeRange(text, now, zone);
  if (expected === null) expect(range!.to).toBe(range!.from);
  else expect(range).toEqual(expected);
}

describe('parseRelativeRange equals a naive reading of Intl', () => {
  test('for days, weeks, months, quarters and years', () => {
    fc.assert(
      fc.property(anyNow, anyZone, fc.constantFrom(...CALENDAR), anyAway, (now, zone, unit, away) => {
        const wall = wallTime(now, zone);
        const [first, last] = away < -1 ? [away, -1] : away > 1 ? [1, away] : [away, away];
        const expected = naiveRange(unitStart(wall, unit, first), unitStart(wall, unit, last + 1), zone);
        expectRange(textOf(away, unit), now, zone, expected);
      }),
      { numRuns: 300 },
    );
  });

  test('for hours, minutes and seconds', () => {
    const unit = fc.constantFrom<keyof typeof CLOCK>('hour', 'minute', 'second');
    fc.assert(
      fc.property(anyNow, anyZone, unit, anyAway, (now, zone, word, away) => {
        const size = CLOCK[word];
        const step = Math.min(size, MINUTE);
        let start = now - (((now % step) + step) % step);
        while (wallTime(start, zone) % size !== 0) start -= step;
        const [first, last] = away < -1 ? [away, -1] : away > 1 ? [1, away] : [away, away];
        const expected = { from: start + first * size, to: start + (last + 1) * size };
        expect(parseRelativeRange(textOf(away, word), now, zone)).toEqual(expected);
      }),
      { numRuns: 300 },
    );
  });

  test('for single days and pairs of them', () => {
    const ago = fc.nat(800);
    fc.assert(
      fc.property(anyNow, anyZone, ago, ago, (now, zone, a, b) => {
        const wall = wallTime(now, zone);
        const [most, least] = [Math.max(a, b), Math.min(a, b)];
        const start = unitStart(wall, 'day', -most);
        expectRange(`${most} days ago`, now, zone, naiveRange(start, start + DAY, zone));
        const pair = naiveRange(start, unitStart(wall, 'day', 1 - least), zone);
        expectRange(`from ${most} days ago to ${least} days ago`, now, zone, pair);
        const dates = [-most, -least].map((days) =>
          new Date(unitStart(wall, 'day', days)).toISOString().slice(0, 10),
        );
        expectRange(`from ${dates[0]} to ${dates[1]}`, now, zone, pair);
      }),
      { numRuns: 200 },
    );
  });
});

test('no text makes it throw or give a range that ends before it begins', () => {
  const word = fc.constantFrom(
    ...['this', 'last', 'next', 'from', 'to', 'ago', 'now', 'today', 'a', '0', '7', '99999', '1e3', ''],
    ...['day', 'weeks', 'month', 'years', 'hours', 'second', '2024-02-29', '2023-02-29', '\u0130', '\n'],
  );
  const text = fc.oneof(
    fc.array(word, { maxLength: 7 }).map((words) => words.join(' ')),
    fc.string(),
  );
  fc.assert(
    fc.property(text, anyNow, anyZone, (words, now, zone) => {
      const range = parseRelativeRange(words, now, zone);
      if (range === null) return;
      expect(Number.isSafeInteger(range.from) && Number.isSafeInteger(range.to)).toBe(true);
      expect(range.to).toBeGreaterThanOrEqual(range.from);
    }),
    { numRuns: 500 },
  );
});
