import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

import { loadObjectModel } from '../../../dist/model/load/load-object-model.js';
import type { CustomGranularity, DataModel } from '../../../dist/model/schema.js';
import { bucketStart, floorLocal, formatLocal } from '../../../dist/model/civil-time.js';
import { errorsOf, load } from './failures.js';

/** A cube with one time dimension, whose granularities are the text given. */
function withGranularities(text: string, type = 'time'): string {
  return `cubes:
  - name: orders
    sql_table: orders
    dimensions:
      - name: created_at
        type: ${type}
        sql: created_at
        granularities: ${text}
`;
}

function granularityOf(model: DataModel, cube = 'orders', dimension = 'created_at'): CustomGranularity {
  const found = model.cubes.get(cube)?.dimensions.get(dimension)?.granularities.values().next().value;
  if (found === undefined) throw new Error('no granularity');
  return found;
}

/** The start of the bucket that holds 2024-02-29T12:34:56. */
function startIn2024(keys: string): string {
  const granularity = granularityOf(load(withGranularities(`[{name: own, ${keys}}]`)));
  return formatLocal(floorLocal(Date.UTC(2024, 1, 29, 12, 34, 56), granularity)).replace('T00:00:00.000', '');
}

describe('[D28] where the buckets of a custom granularity begin', () => {
  test.each([
    // Natural alignment, and offsets from it.
    ['interval: 1 year', '2024-01-01'],
    ['interval: 1 year, offset: 3 months', '2023-04-01'],
    ['interval: 1 year, offset: -1 month', '2023-12-01'],
    ['interval: 1 year, offset: -1 day', '2023-12-31'],
    ['interval: 1 year, offset: 1 month 14 days', '2024-02-15'],
    ['interval: 6 months', '2024-01-01'],
    ['interval: 6 months, offset: 2 months', '2023-09-01'],
    ['interval: 2 quarters, offset: 1 quarter', '2023-10-01'],
    ['interval: 1 month, offset: 14 days', '2024-02-15'],
    ['interval: 1 month, offset: 28 days', '', 'offset'],
    ['interval: 1 week', '2024-02-26'],
    ['interval: 1 week, offset: -1 day', '2024-02-25'],
    ['interval: 1 day, offset: 6 hours', '2024-02-29T06:00:00.000'],
    ['interval: 1 day, offset: -8 hours', '2024-02-28T16:00:00.000'],
    ['interval: 15 minutes', '2024-02-29T12:30:00.000'],
    ['interval: 15 minutes, offset: 5 minutes', '2024-02-29T12:20:00.000'],
    ['interval: 30 seconds', '2024-02-29T12:34:30.000'],
    ['interval: 1 hour 30 minutes', '2024-02-29T12:00:00.000'],
    ['interval: 90 MINUTES', '2024-02-29T12:00:00.000'],
    // From 2000-01-01, weeks from Monday 2000-01-03, whatever the day is.
    ['interval: 2 weeks', '2024-02-26'],
    ['interval: 7 days', '2024-02-24'],
    ['interval: 5 months', '2023-10-01'],
    ['interval: 1 year 6 months', '2024-01-01'],
    ['interval: 10 years', '2020-01-01'],
    ['interval: 5 hours', '2024-02-29T10:00:00.000'],
    // From an origin in the past or in the future, wherever it lies.
    ['interval: 2 weeks, origin: 2024-01-15', '2024-02-26'],
    ['interval: 2 weeks, origin: 2024-01-08', '2024-02-19'],
    ['interval: 2 weeks, origin: "2024-02-01 10:00"', '2024-02-29T10:00:00.000'],
    ['interval: 1 month, origin: 2030-06-10', '2024-02-10'],
    ['interval: 5 months, origin: 1900-01-01', '2023-10-01'],
    ['interval: 1 year, origin: 2024-12-31', '2023-12-31'],
    ['interval: 1 day, origin: "2024-01-01T18:30:00"', '2024-02-28T18:30:00.000'],
  ])('%s', (keys, start, fault?: string) => {
    if (fault === undefined) expect(startIn2024(keys)).toBe(start);
    else expect(errorsOf(withGranularities(`[{name: own, ${keys}}]`)).join()).toContain(fault);
  });

  test('does not hang on the spelling: YAML list, map, JavaScript object', () => {
    const list = load(withGranularities('[{name: fiscal_year, interval: 1 year, offset: 3 months}]'));
    const map = load(withGranularities('{fiscal_year: {interval: 1 year, origin: 1980-04-01}}'));
    const object = loadObjectModel({
      cubes: {
        Orders: {
          sqlTable: 'orders',
          dimensions: {
            createdAt: {
              type: 'time',
              sql: 'created_at',
              granularities: { fiscalYear: { title: 'FY', interval: '1 year', offset: '-9 months' } },
            },
          },
        },
      },
    });
    const [a, b, c] = [granularityOf(list), granularityOf(map), granularityOf(object, 'Orders', 'createdAt')];
    expect(a).toEqual({
      name: 'fiscal_year',
      title: 'Fiscal Year',
      interval: '1 year',
      offset: '3 months',
      origin: null,
      grid: { unit: 'month', size: 12, anchor: -9, lead: 0 },
    });
    expect([b.grid, c.grid]).toEqual([a.grid, a.grid]);
    expect([b.origin, c.name, c.title]).toEqual(['1980-04-01', 'fiscalYear', 'FY']);
    expect(formatLocal(bucketStart(0, a))).toBe('1969-04-01T00:00:00.000');
  });
});

test('the model of docs/granularities.md', () => {
  const text = /```yaml\n(.*?)```/s.exec(readFileSync('docs/granularities.md', 'utf8'))?.[1];
  const { cubes } = load(text ?? '');
  const time = cubes.get('orders')?.dimensions.get('created_at');
  expect([...(time?.granularities.keys() ?? [])]).toEqual([
    'fiscal_year',
    'sunday_week',
    'sprint',
    'quarter_hour',
  ]);
});

describe('[D28] a granularity that cannot be is refused with its place and what to write', () => {
  test.each([
    ['[{name: day, interval: 1 day}]', '8:32: .*the granularity `day` is there already'],
    ['[{name: Month, interval: 1 day}]', '`Month` is there already'],
    ['[{name: a, interval: 1 day}, {name: A, interval: 1 day}]', '8:60: .*`A` is there already'],
    ['[{name: a b, interval: 1 day}]', 'a name consists of letters'],
    ['[{name: a}]', '8:25: .*`interval` is missing: write, for example'],
    ['[{name: a, interval: 2}]', '8:45: .*expected text'],
    ['[{name: a, interval: fortnight}]', '8:45: .*`fortnight` is no interval: write numbers with units'],
    ['[{name: a, interval: ""}]', 'is no interval'],
    ['[{name: a, interval: 2 fortnights}]', 'is no interval'],
    ['[{name: a, interval: 1.5 hours}]', 'is no interval'],
    ['[{name: a, interval: 2weeks}]', 'is no interval'],
    ['[{name: a, interval: 0 days}]', 'must be 1 or more'],
    ['[{name: a, interval: -1 day}]', 'must be 1 or more'],
    ['[{name: a, interval: 1 day 0 hours}]', 'must be 1 or more'],
    ['[{name: a, interval: 1 month 2 days}]', 'mixes months with days.*Write months'],
    ['[{name: a, interval: 101 years}]', 'is longer than 100 years'],
    ['[{name: a, interval: 999999999999999 seconds}]', 'is longer than 100 years'],
    ['[{name: a, interval: 1 day, offset: 1 hour, origin: 2024-01-01}]', '8:60: .*write either `offset`'],
    ['[{name: a, interval: 1 day, offset: soon}]', '`soon` is no interval'],
    ['[{name: a, interval: 1 month, offset: -1 day}]', 'not the same day of the same month'],
    ['[{name: a, interval: 1 year, offset: 60 days}]', 'not the same day of the same month'],
    ['[{name: a, interval: 1 week, offset: 1 month}]', 'use days or shorter units'],
    ['[{name: a, interval: 1 day, offset: 999999999999999 hours}]', 'is longer than 100 years'],
    ['[{name: a, interval: 5 months, offset: 1 month}]', 'give the start of any bucket as `origin`'],
    ['[{name: a, interval: 2 weeks, offset: 1 day}]', 'give the start of any bucket as `origin`'],
    ['[{name: a, interval: 2 years, offset: 1 month}]', 'give the start of any bucket as `origin`'],
    ['[{name: a, interval: 3 quarters, offset: 1 month}]', 'give the start of any bucket as `origin`'],
    ['[{name: a, interval: 5 hours, offset: 1 hour}]', 'give the start of any bucket as `origin`'],
    ['[{name: a, interval: 1 hour 30 minutes, offset: 5 minutes}]', 'give the start of any bucket'],
    ['[{name: a, interval: 1 day, origin: 2024-02-30}]', '8:60: .*is no date or time'],
    ['[{name: a, interval: 1 day, origin: "2024-01-01T00:00:00Z"}]', 'leave the offset out'],
    ['[{name: a, interval: 1 day, origin: "2024-01-01T00:00:00.500"}]', 'write whole seconds'],
    ['[{name: a, interval: 1 month, origin: 2024-01-31}]', 'begin on one of the days 1 to 28'],
    ['[{name: a, interval: 1 year, origin: 2024-02-29}]', 'begin on one of the days 1 to 28'],
    ['[{name: a, interval: 1 day, step: 2}]', '8:52: .*unknown key'],
    ['[{name: week_of_sales, sql: "{CUBE}.w"}]', '8:52: .*not supported yet: granularities in SQL; give an'],
  ])('%s', (text, message) => {
    expect(errorsOf(withGranularities(text)).join('\n')).toMatch(new RegExp(message));
  });

  test('on a dimension that is no time', () => {
    expect(errorsOf(withGranularities('[{name: a, interval: 1 day}]', 'string'))).toEqual([
      '8:9: cubes[0].dimensions[0].granularities: only a dimension of type time has `granularities`',
    ]);
  });

  test('without end: a very long interval', () => {
    const long = withGranularities(`[{name: a, interval: "${'1 day '.repeat(100_000)}"}]`);
    expect(errorsOf(long).join()).toMatch(/is no interval/);
  });
});
