import { expect, test } from 'vitest';
import { bucketStart, gridStart, parseWallTime, printWallTime, wallTime } from './oracle-time.js';

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

test("buckets of a model's own", () => {
  const start = (wall: string, grid: Parameters<typeof gridStart>[1]): string =>
    printWallTime(gridStart(utc(wall), grid)).slice(0, 16);
  const fiscal = { first: '2024-04-01', months: 12 };
  expect(start('2024-03-31T23:59:59.999', fiscal)).toBe('2023-04-01T00:00');
  expect(start('2024-04-01T00:00:00.000', fiscal)).toBe('2024-04-01T00:00');
  expect(start('1969-01-01T00:00:00.000', fiscal)).toBe('1968-04-01T00:00');
  const fortnight = { first: '2024-01-15', ms: 14 * 86_400_000 };
  expect(start('2024-01-14T23:00:00.000', fortnight)).toBe('2024-01-01T00:00');
  expect(start('2024-02-11T23:59:59.999', fortnight)).toBe('2024-01-29T00:00');
  expect(start('0001-01-01T00:00:00.000', { first: '0001-01-01', months: 7 })).toBe('0001-01-01T00:00');
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
