import { expect, test } from 'vitest';
import { bucketStart, parseWallTime, printWallTime, wallTime } from './oracle-time.js';

const utc = (text: string): number => Date.parse(`${text}Z`);

test('buckets', () => {
  const wall = utc('2001-05-17T13:45:59.987'); // a Thursday
  const start = (granularity: Parameters<typeof bucketStart>[1]): string =>
    printWallTime(bucketStart(wall, granularity));
  expect(start('second')).toBe('2001-05-17T13:45:59.000');
  expect(start('minute')).toBe('2001-05-17T13:45:00.000');
  expect(start('hour')).toBe('2001-05-17T13:00:00.000');
  expect(start('day')).toBe('2001-05-17T00:00:00.000');
  expect(start('week')).toBe('2001-05-14T00:00:00.000');
  expect(start('month')).toBe('2001-05-01T00:00:00.000');
  expect(start('quarter')).toBe('2001-04-01T00:00:00.000');
  expect(start('year')).toBe('2001-01-01T00:00:00.000');
  expect(printWallTime(bucketStart(utc('2001-05-20T23:00:00.000'), 'week'))).toBe('2001-05-14T00:00:00.000');
  expect(printWallTime(bucketStart(utc('1969-12-31T23:59:59.999'), 'second'))).toBe(
    '1969-12-31T23:59:59.000',
  );
});

test('clocks on the wall, through the changes of 2001', () => {
  const show = (text: string, zone: string): string => printWallTime(wallTime(utc(text), zone));
  expect(show('2001-01-01T00:00:00.123', 'Asia/Kolkata')).toBe('2001-01-01T05:30:00.123');
  expect(show('2001-04-01T06:59:59.999', 'America/New_York')).toBe('2001-04-01T01:59:59.999');
  expect(show('2001-04-01T07:00:00.000', 'America/New_York')).toBe('2001-04-01T03:00:00.000');
  expect(show('2001-03-24T15:30:00.000', 'Australia/Sydney')).toBe('2001-03-25T02:30:00.000');
  expect(show('2001-03-24T16:30:00.000', 'Australia/Sydney')).toBe('2001-03-25T02:30:00.000');
  expect(show('1969-12-31T23:59:59.999', 'Europe/Berlin')).toBe('1970-01-01T00:59:59.999');
  expect(parseWallTime('2001-01-01')).toBe(utc('2001-01-01T00:00:00.000'));
});
