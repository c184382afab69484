/** How Cube compares granularities: cube-semantics 1.6. */
import { describe, expect, test } from 'vitest';
import type { Granularity } from '../../dist/model/schema.js';
import { parseDateRange } from '../../dist/model/time-range.js';
import { customMinimum } from '../../dist/planner/cube/custom-minimum.js';
import {
  granularityFor,
  granularityHierarchy,
  minGranularity,
} from '../../dist/planner/cube/granularity-hierarchy.js';
import { spanOf } from '../../dist/planner/time-box.js';
import { rollupGranularity } from '../../dist/planner/cube/rollup-granularity.js';

describe('hierarchies', () => {
  test.each([
    ['year', 'quarter month day hour minute second'],
    ['quarter', 'month day hour minute second'],
    ['month', 'day hour minute second'],
    ['week', 'day hour minute second'],
    ['day', 'hour minute second'],
    ['hour', 'minute second'],
    ['minute', 'second'],
    ['second', ''],
  ] as const)('[X1] %s is served by itself and by %s', (granularity, finer) => {
    expect(granularityHierarchy(granularity).join(' ')).toBe(`${granularity} ${finer}`.trim());
  });

  test.each([
    ['hour', 'day', 'hour'], // FX-6
    ['week', 'month', 'day'],
    ['week', 'quarter', 'day'],
    ['year', 'week', 'day'],
    ['quarter', 'year', 'quarter'],
    ['month', 'month', 'month'],
    ['second', 'year', 'second'],
    [null, 'week', 'week'],
    ['week', null, 'week'],
    [null, null, null],
  ] as const)('[B42] the common granularity of %s and %s is %s', (a, b, expected) => {
    expect(minGranularity(a, b)).toBe(expected);
    expect(minGranularity(b, a)).toBe(expected);
  });

  test.each([
    ['2024-01-01T00:00:00.000', 'year'], // a Monday too: the year is asked first
    ['2024-04-01T00:00:00.000', 'month'], // a Monday and the begin of a quarter
    ['2024-01-15T00:00:00.000', 'week'],
    ['2024-01-16T00:00:00.000', 'day'],
    ['2024-01-16T05:00:00.000', 'hour'],
    ['2024-01-16T05:06:00.000', 'minute'],
    ['2024-01-16T05:06:07.000', 'second'],
    ['2024-01-16T05:06:07.008', 'second'],
  ])('%s looks like the begin of a %s', (time, expected) => {
    expect(granularityFor(Date.parse(`${time}Z`))).toBe(expected);
  });
});

describe('the granularity that a strict rollup must have', () => {
  const needed = (granularity: Granularity | null, range: readonly [string, string] | null, zone = 'UTC') =>
    rollupGranularity(
      {
        dimension: 'orders.created_at',
        granularity,
        range: range === null ? null : spanOf(parseDateRange(range[0], range[1], zone)),
      },
      zone,
      Date.parse('2024-06-15'),
    );

  test.each([
    ['month', ['2020-01-01T00:00:00.000', '2020-01-31T23:59:59.999'], 'month'],
    ['day', ['2020-01-01T00:00:00.000', '2020-01-01T23:59:59.999'], 'day'],
    ['day', ['2020-01-01T00:00:00.000', '2020-01-01T23:59:59.998'], 'second'],
    ['day', ['2020-01-01T00:00:00.001', '2020-01-01T23:59:59.999'], 'second'],
    ['day', ['2020-01-01T00:00:00.000', '2020-01-01T11:59:59.999'], 'hour'],
    ['month', ['2020-01-10', '2020-02-29'], 'day'],
    ['year', ['2020-01-01', '2020-12-31'], 'year'],
    ['quarter', ['2020-01-01', '2020-12-31'], 'quarter'],
    ['quarter', ['2020-04-01', '2020-06-30'], 'month'], // only ends that look like years reach a quarter
    ['week', ['2024-01-08', '2024-01-21'], 'week'],
    ['week', ['2024-04-01', '2024-04-07'], 'day'], // a Monday, but the begin of a month
    ['week', ['2023-12-25', '2023-12-31'], 'day'], // ends where a year begins
    [null, ['2020-01-01', '2020-01-31'], 'month'],
    [null, null, null],
    ['week', null, 'week'],
  ] as const)('[B42][B43][D52][FX-6] %s in %j: %s', (granularity, range, expected) => {
    expect(needed(granularity, range)).toBe(expected);
  });

  test('the ends are those of the zone', () => {
    expect(needed('day', ['2024-03-01', '2024-03-31'], 'Europe/Berlin')).toBe('day');
    expect(needed('month', ['2024-03-01', '2024-03-31'], 'Europe/Berlin')).toBe('month');
    expect(needed('month', ['2024-03-01T00:00:00Z', '2024-03-31T23:59:59.999Z'], 'Europe/Berlin')).toBe(
      'hour',
    );
  });
});

describe('custom granularities', () => {
  const NOW = Date.parse('2026-05-05T12:00:00Z');
  const minimum = (
    texts: { interval: string; offset?: string; origin?: string },
    zone = 'UTC',
    now: number = NOW,
  ) => customMinimum({ offset: null, origin: null, ...texts }, zone, now);

  test.each([
    [{ interval: '6 months' }, 'month'],
    [{ interval: '1 year', offset: '1 month' }, 'month'],
    [{ interval: '1 month', offset: '2 weeks' }, 'day'],
    [{ interval: '1 day', offset: '-6 hours' }, 'hour'],
    [{ interval: '1 hour', offset: '10 minutes' }, 'minute'],
    [{ interval: '1 year 2 months 3 weeks' }, 'day'], // a week beside other units counts as days
    [{ interval: '1 year 1 quarter' }, 'month'],
    [{ interval: '1 quarter' }, 'quarter'],
    [{ interval: '2 weeks', origin: '2024-01-15' }, 'week'],
    [{ interval: '2 weeks', origin: '2024-01-01' }, 'day'], // a Monday, but the begin of a year
    [{ interval: '2 weeks', origin: '2024-02-01 10:00:00' }, 'hour'],
    [{ interval: '1 month', origin: '2024-01-15' }, 'day'],
    [{ interval: '1 year', origin: '2024-04-01' }, 'month'],
    [{ interval: '1 year', origin: '2024-04-01T00:00:00+01:00' }, 'hour'],
  ] as const)('[B42] %j is made of %ss', (texts, expected) => {
    expect(minimum(texts)).toBe(expected);
  });

  test('an origin is a time of the zone of the query, judged in UTC', () => {
    expect(minimum({ interval: '1 month', origin: '2024-01-15' }, 'Europe/Berlin')).toBe('hour');
    expect(minimum({ interval: '1 month', offset: '3 days' }, 'Europe/Berlin')).toBe('day');
    expect(minimum({ interval: '6 months' }, 'Asia/Kathmandu')).toBe('minute');
  });

  test('without an origin intervals count from this year, weeks from the Monday of its first week', () => {
    expect(minimum({ interval: '2 weeks' })).toBe('week');
    expect(minimum({ interval: '2 weeks' }, 'UTC', Date.parse('2024-05-05'))).toBe('day');
  });
});
