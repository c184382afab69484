/** refresh_key and the ranges of a build: understood and checked when the model is loaded. */
import { describe, expect, test } from 'vitest';
import { LANGUAGES, loadIn } from '../support/both-languages.js';
import { ordersRollup, twoSources, withRollups } from '../support/two-sources.js';

const partitioned = { ...ordersRollup, partition_granularity: 'day' };
const withKey = (refresh_key: object, rollup: object = partitioned) =>
  withRollups({ ...rollup, refresh_key });

async function expectRefused(refreshKey: object, message: string, rollup?: object): Promise<void> {
  for (const language of LANGUAGES) {
    const failure = loadIn(language, withKey(refreshKey, rollup));
    await expect(failure).rejects.toMatchObject({ code: 'model_invalid', position: { line: 3 } });
    await expect(failure).rejects.toThrow(message);
  }
}

async function codesOf(rollup: object): Promise<string[]> {
  const [yaml, js] = await Promise.all(LANGUAGES.map((language) => loadIn(language, withRollups(rollup))));
  const codes = yaml.warnings.map(({ code }) => code);
  expect(js.warnings.map(({ code }) => code)).toEqual(codes);
  return codes;
}

describe('every', () => {
  test.each([
    '1 hour',
    '30 minutes',
    '10 seconds',
    '1 day',
    '2 weeks',
    '0 2 * * *',
    '0 0 2 * * *',
    '*/15 8-18 * * mon-fri',
    '0,30 0 1 JAN,jul *',
    '30 5 * * 7',
  ])('[D38] [D39] [X17] %s', async (every) => {
    expect(await codesOf({ ...ordersRollup, refresh_key: { every } })).toEqual([]);
  });

  test.each([
    ['1 month', 'unknown unit `month`: one of second, minute, hour, day, week'],
    ['1 huor', 'unknown unit `huor`: one of second, minute, hour, day, week. Did you mean `hour`?'],
    ['0 hours', 'at least 1'],
    ['hourly', '`hourly` is not an interval such as `1 hour`, or a CRON line of 5 or 6 fields'],
    ['-1 hour', 'is not an interval'],
    ['1.5 hours', 'is not an interval'],
    ['* * * *', 'a CRON line of 5 or 6 fields'],
    ['* * * * * * *', 'a CRON line of 5 or 6 fields'],
    ['60 * * * *', '`60` is no minute of a CRON line: *, or 0 to 59'],
    ['* 24 * * *', '`24` is no hour'],
    ['* * 0 * *', '`0` is no day of the month'],
    ['* * * 13 *', '`13` is no month'],
    ['* * * * 8', '`8` is no day of the week'],
    ['*/0 * * * *', '`*/0` is no minute'],
    ['5-1 * * * *', '`5-1` is no minute'],
    ['61 0 2 * * *', '`61` is no second'],
  ])('[D39] %s is refused', (every, message) => expectRefused({ every }, message));

  test('[D40] stands beside `sql` as an interval', async () => {
    const refresh_key = { every: '1 hour', sql: 'SELECT MAX(created_at) FROM orders' };
    expect(await codesOf({ ...ordersRollup, refresh_key })).toEqual([]);
  });

  test('[D41] [FX-7] does not stand beside `sql` as a CRON line', () =>
    expectRefused({ every: '0 2 * * *', sql: 'SELECT 1' }, 'a CRON line cannot stand beside `sql`'));
});

test.each(['Europe/Berlin', 'UTC', 'America/New_York'])('[D39] the time zone %s', async (timezone) => {
  expect(await codesOf({ ...ordersRollup, refresh_key: { every: '0 2 * * *', timezone } })).toEqual([]);
});

test.each([
  ['Europe/Berln', 'there is no time zone `Europe/Berln`. Did you mean `Europe/Berlin`?'],
  ['+02:00', 'there is no time zone `+02:00`: use a name such as'],
  ['x'.repeat(10_000), 'there is no time zone'],
])('[D39] an unknown time zone', (timezone, message) =>
  expectRefused({ every: '0 2 * * *', timezone }, message),
);

describe('incremental', () => {
  test('[D44] [D47] [D49] with an `update_window`', async () => {
    for (const update_window of ['7 day', '1 week', '3 months', '1 year']) {
      const refresh_key = { every: '1 day', incremental: true, update_window };
      expect(await codesOf({ ...partitioned, refresh_key })).toEqual([]);
    }
  });

  test('[D48] [D50] [X6] is accepted without one, with a warning', async () => {
    const refresh_key = { every: '1 day', incremental: true };
    expect(await codesOf({ ...partitioned, refresh_key })).toEqual(['update_window_missing']);
  });

  test('[X17] an `update_window` without it is told of', async () => {
    expect(
      await codesOf({ ...partitioned, refresh_key: { every: '1 day', update_window: '7 day' } }),
    ).toEqual(['key_without_effect']);
  });

  test('[D46] [FX-7] excludes `sql`', () =>
    expectRefused(
      { incremental: true, sql: 'SELECT 1', update_window: '7 day' },
      '`sql` and `incremental` exclude each other',
    ));

  test('[D44] needs partitions', () =>
    expectRefused(
      { every: '1 day', incremental: true },
      "Incremental refresh key can only be used for partitioned pre-aggregations but set for non-partitioned 'orders.orders_rollup': add a `partition_granularity`",
      ordersRollup,
    ));

  test.each([
    ['7', 'is not an interval such as `7 day`'],
    [
      '7 dya',
      'unknown unit `dya`: one of second, minute, hour, day, week, month, quarter, year. Did you mean `day`?',
    ],
    ['0 day', 'at least 1'],
    ['unbounded', 'is not an interval'],
  ])('[D47] the window %s is refused', (update_window, message) =>
    expectRefused({ incremental: true, update_window }, message),
  );
});

test.each([
  [{ evry: '1 hour' }, 'evry: unknown key. Did you mean `every`?'],
  [{ every: '1 hour', updateWindwo: '7 day' }, 'unknown key. Did you mean `update_window`?'],
  [{ every: 10 }, 'every: expected text, got 10'],
  [{ incremental: 'yes' }, 'incremental: expected true or false'],
  [{ sql: '' }, 'sql: is empty'],
])('[D35] [X17] the key %j is refused', (key, message) => expectRefused(key, message));

describe('the refresh key of a cube', () => {
  test.each(LANGUAGES)('[D33] is checked alike, in %s', async (language) => {
    const load = (refresh_key: object) => loadIn(language, twoSources({ users: { refresh_key } }));
    expect((await load({ every: '1 hour' })).warnings).toEqual([]);
    await expect(load({ every: '1 huor' })).rejects.toThrow('Did you mean `hour`?');
    await expect(load({ every: '0 2 * * *', sql: 'SELECT 1' })).rejects.toThrow('a CRON line cannot stand');
    await expect(load({ incremental: true })).rejects.toThrow(
      '`incremental` belongs into the `refresh_key` of a pre-aggregation',
    );
    expect((await load({ immutable: true, every: '1 hour' })).warnings).toMatchObject([
      { code: 'key_without_effect', message: 'what is `immutable` is never refreshed' },
    ]);
  });
});

describe('the range of a build', () => {
  const range = { build_range_start: { sql: 'SELECT 1' }, build_range_end: { sql: 'SELECT 2' } };
  const old = { refresh_range_start: { sql: 'SELECT 1' }, refresh_range_end: { sql: 'SELECT 2' } };

  test('[D64] is told to have no effect where there are no partitions', async () => {
    expect(await codesOf({ ...partitioned, ...range })).toEqual([]);
    expect(await codesOf({ ...ordersRollup, ...range })).toEqual(['key_without_effect']);
  });

  test('[D64] under its old and its present name at once', async () => {
    expect(await codesOf({ ...partitioned, ...old })).toEqual([]);
    expect(await codesOf({ ...partitioned, ...old, ...range })).toEqual([
      'key_without_effect',
      'key_without_effect',
    ]);
  });
});
