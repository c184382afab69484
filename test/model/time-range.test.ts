import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bucketStart, formatLocal, isOnGrid } from '../../dist/model/civil-time.js';
import { GRANULARITIES, type Granularity } from '../../dist/model/schema.js';
import { bucketCount, bucketsBetween, parseDateRange, parseTime } from '../../dist/model/time-range.js';
import { toLocal } from '../../dist/model/timezone.js';
import { duckRows } from './duckdb.js';

const MINUTE = 60_000;
const DAY = 1_440 * MINUTE;

describe('parseTime', () => {
  test.each([
    ['2021-01-05', 'local', '2021-01-05T00:00:00.000Z', 'date'],
    ['2021-01-05T10', 'local', '2021-01-05T10:00:00.000Z', 'time'],
    ['2021-01-05T10:30', 'local', '2021-01-05T10:30:00.000Z', 'time'],
    ['2021-01-05 10:30:15', 'local', '2021-01-05T10:30:15.000Z', 'time'],
    ['2021-01-05T10:30:15.1', 'local', '2021-01-05T10:30:15.100Z', 'time'],
    ['2021-01-05T10:30:15.123999', 'local', '2021-01-05T10:30:15.123Z', 'time'],
    ['2021-01-05T10:30:15Z', 'utc', '2021-01-05T10:30:15.000Z', 'time'],
    ['2021-01-05T10:30+02:00', 'utc', '2021-01-05T08:30:00.000Z', 'time'],
    ['2021-01-05T22:30-05:30', 'utc', '2021-01-06T04:00:00.000Z', 'time'],
    ['0000-02-29', 'local', '0000-02-29T00:00:00.000Z', 'date'],
  ])('reads %s', (text, kind, iso, precision) => {
    expect(parseTime(text)).toEqual({ kind, ms: Date.parse(iso), precision });
  });

  test.each([
    '',
    '2021',
    '2021-01',
    '2021-1-5',
    '2021-02-30',
    '2021-13-01',
    '2021-00-10',
    '2021-01-00',
    '1900-02-29',
    '2021-01-05T24:00',
    '2021-01-05T10:60',
    '2021-01-05T10:30:60',
    '2021-01-05T10:30:15.',
    '2021-01-05T10:30:15.1234567',
    '2021-01-05T10:30+24:00',
    '2021-01-05T10:30+0200',
    '2021-01-05Z',
    '2021-01-05T',
    ' 2021-01-05',
    '2021-01-05\n',
    'last month',
    "2021-01-05'; --",
  ])('refuses %j', (text) => {
    expect(parseTime(text)).toBeNull();
  });

  test('knows the same dates as DuckDB', async () => {
    const dates = "format('{:04d}-{:02d}-{:02d}', y, m, d)";
    const rows = await duckRows(`
      SELECT ${dates}, epoch_ms(try_cast(${dates} AS TIMESTAMP))
      FROM (SELECT unnest([1, 1600, 1900, 1999, 2000, 2024, 9999]) AS y), range(0, 14) t(m), range(0, 33) u(d)`);
    expect(rows).toHaveLength(7 * 14 * 33);
    for (const [text, ms] of rows) {
      const expected = ms === null ? null : Number(ms);
      expect(parseTime(text as string)?.ms ?? null, text as string).toBe(expected);
    }
  });

  test('reads every label that formatLocal writes', () => {
    fc.assert(
      fc.property(fc.integer({ min: -6e15, max: 6e15 }), (ms) => {
        expect(parseTime(formatLocal(ms))).toEqual({ kind: 'local', ms, precision: 'time' });
      }),
    );
  });
});

describe('[B44] date ranges are inclusive', () => {
  const iso = (from: string, to: string, zone: string): string[] => {
    const range = parseDateRange(from, to, zone);
    return [range.from, range.to].map((ms) => new Date(ms).toISOString());
  };

  test('a date means its whole day, a time its millisecond', () => {
    expect(iso('2021-01-05', '2021-01-06', 'UTC')).toEqual([
      '2021-01-05T00:00:00.000Z',
      '2021-01-07T00:00:00.000Z',
    ]);
    expect(iso('2021-01-05T10', '2021-01-05T10:00:00.000', 'UTC')).toEqual([
      '2021-01-05T10:00:00.000Z',
      '2021-01-05T10:00:00.001Z',
    ]);
    expect(iso('2021-01-05', '2021-01-05T23:59:59.999', 'UTC')).toEqual(
      iso('2021-01-05', '2021-01-05', 'UTC'),
    );
  });

  test('[H2] days are those of the zone, also when they are not 24 hours long', () => {
    expect(iso('2021-03-28', '2021-03-28', 'Europe/Berlin')).toEqual([
      '2021-03-27T23:00:00.000Z',
      '2021-03-28T22:00:00.000Z',
    ]);
    // The clock went back from midnight to 23:00, within the day.
    expect(iso('2018-02-17', '2018-02-17', 'America/Sao_Paulo')).toEqual([
      '2018-02-17T02:00:00.000Z',
      '2018-02-18T03:00:00.000Z',
    ]);
    // The clock went back from 01:00 to midnight, within the next day.
    expect(iso('2021-11-06', '2021-11-06', 'America/Havana')).toEqual([
      '2021-11-06T04:00:00.000Z',
      '2021-11-07T04:00:00.000Z',
    ]);
    // The day was left out.
    expect(iso('2011-12-30', '2011-12-30', 'Pacific/Apia')).toEqual([
      '2011-12-30T10:00:00.000Z',
      '2011-12-30T10:00:00.000Z',
    ]);
  });

  test('a time with an offset is an instant, whatever the zone', () => {
    expect(iso('2021-01-05T10:00Z', '2021-01-05T12:00+01:00', 'Asia/Tokyo')).toEqual([
      '2021-01-05T10:00:00.000Z',
      '2021-01-05T11:00:00.001Z',
    ]);
  });

  test('an end before the start gives an empty range', () => {
    const range = parseDateRange('2021-01-05', '2021-01-01', 'Europe/Berlin');
    expect(range.to).toBe(range.from);
  });

  test('a text that is no time is named in the error', () => {
    expect(() => parseDateRange('2021-01-05', '2021-02-30', 'UTC')).toThrow(
      expect.objectContaining({
        code: 'query_invalid',
        message: expect.stringContaining("'2021-02-30'") as unknown,
      }),
    );
  });

  // A random case found it: both ends in the hour that Sao Paulo repeats, the last a millisecond before the first.
  test('are empty when the last time is before the first, in a repeated hour too', () => {
    const range = parseDateRange('2018-02-17T23:57:00.000', '2018-02-17T23:56:59.999', 'America/Sao_Paulo');
    expect(range.to).toBe(range.from);
  });

  test('hold the instants at which the clock shows a time between the two, from the first to the last', () => {
    const change = fc.constantFrom<[string, string]>(
      ['Europe/Berlin', '2021-03-28'],
      ['Europe/Berlin', '2021-10-31'],
      ['America/Havana', '2021-03-14'],
      ['America/Havana', '2021-11-07'],
      ['America/Sao_Paulo', '2018-02-18'],
      ['America/Sao_Paulo', '2018-11-04'],
      ['America/Goose_Bay', '2010-11-07'],
      ['Pacific/Apia', '2011-12-30'],
    );
    const minute = fc.integer({ min: -26 * 60, max: 26 * 60 });
    fc.assert(
      fc.property(change, minute, minute, ([zone, date], a, b) => {
        const day = Date.parse(`${date}T00:00:00Z`);
        const [first, last] = [day + Math.min(a, b) * MINUTE, day + Math.max(a, b) * MINUTE - 1];
        const shown: number[] = [];
        for (let utcMs = day - 3 * DAY; utcMs < day + 3 * DAY; utcMs += MINUTE) {
          const local = toLocal(utcMs, zone);
          if (first <= local && local <= last) shown.push(utcMs);
        }
        const range = parseDateRange(formatLocal(first), formatLocal(last), zone);
        if (shown.length === 0) expect(range.to).toBe(range.from);
        else expect(range).toEqual({ from: shown[0], to: (shown.at(-1) as number) + MINUTE });
      }),
      { numRuns: 200 },
    );
  });
});

describe('bucketsBetween', () => {
  test('gives whole buckets of UTC without a gap, and only those that the range touches', () => {
    const granularity = fc.constantFrom<Granularity>(...GRANULARITIES);
    fc.assert(
      fc.property(
        fc.integer({ min: -3e12, max: 3e12 }),
        granularity,
        fc.nat(5),
        fc.nat(),
        (ms, unit, units, rest) => {
          const size = bucketStart(1, unit) - bucketStart(0, unit);
          const range = { from: ms, to: ms + units * size + (rest % size) };
          const buckets = bucketsBetween(range, unit);
          expect(buckets).toHaveLength(bucketCount(range, unit));
          expect(buckets.length === 0).toBe(range.to === range.from);
          buckets.forEach((bucket, i) => {
            expect(isOnGrid(bucket.from, unit) && isOnGrid(bucket.to, unit)).toBe(true);
            expect(bucket.from < range.to && bucket.to > range.from).toBe(true);
            if (i > 0) expect(bucket.from).toBe(buckets[i - 1].to);
          });
          if (buckets.length > 0) {
            expect(buckets[0].from <= range.from && range.to <= buckets.at(-1)!.to).toBe(true);
          }
        },
      ),
    );
  });

  test('months of half a year', () => {
    const range = { from: Date.UTC(2001, 0, 1), to: Date.UTC(2001, 6, 1) };
    const starts = bucketsBetween(range, 'month').map(({ from }) =>
      new Date(from).toISOString().slice(0, 10),
    );
    expect(starts).toEqual([
      '2001-01-01',
      '2001-02-01',
      '2001-03-01',
      '2001-04-01',
      '2001-05-01',
      '2001-06-01',
    ]);
  });
});
