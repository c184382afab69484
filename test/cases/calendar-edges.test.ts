/**
 * The edges of calendars and clocks: odd offsets, changed clocks, long years, leap days. Each answer is asked twice, of
 * the source and of rollups, and compared with SQL for DuckDB that does not come from the planner.
 */
import { describe, expect, test } from 'vitest';
import {
  asked,
  builtAlike,
  counted,
  duckRows,
  every,
  names,
  open,
  queryOf,
  reads,
} from '../support/calendar-events.js';
import type { Asked, Rollup } from '../support/calendar-events.js';
import { refusals } from '../support/open-tables.js';

const next = (day: string): string => new Date(Date.parse(day) + 86_400_000).toISOString().slice(0, 10);

const BY_CLOCK: readonly Rollup[] = ['day', 'hour', 'half_hour', 'quarter_hour', 'minute'].map(
  (granularity) => ({ name: `by_${granularity}`, granularity }),
);
const UNITS = ['day', 'week', 'month', 'quarter', 'year', 'fiscal_year', 'sunday_week'];

describe('[H2] one rollup for all zones', () => {
  // In both years each clock that changes is set forward and back. All of UTC's quarters of an hour have events.
  const changes = [
    '2024-03-09',
    '2024-03-30',
    '2024-04-06',
    '2024-09-28',
    '2024-10-05',
    '2024-10-26',
    '2024-11-02',
  ];
  const rows = changes
    .map(
      (day) =>
        `SELECT * FROM (${every(15, day, `${day} 23:59`)}) UNION ALL ${every(15, next(day), `${next(day)} 23:59`)}`,
    )
    .join(' UNION ALL ')
    .concat(` UNION ALL ${every(397, '2023-01-01', '2024-12-31')}`);

  test.each([
    ['Europe/Berlin', 'hour'],
    ['America/New_York', 'hour'],
    ['Asia/Kolkata', 'half_hour'],
    ['America/St_Johns', 'half_hour'],
    ['Australia/Lord_Howe', 'half_hour'],
    ['Asia/Kathmandu', 'quarter_hour'],
    ['Pacific/Chatham', 'quarter_hour'],
    ['Australia/Eucla', 'quarter_hour'],
    ['Pacific/Apia', 'hour'],
  ])('days and longer in %s come from each %s', async (timezone, grain) => {
    const queries = [...UNITS, 'hour', 'half_hour', 'six_hours'].map((granularity) => ({
      granularity,
      timezone,
    }));
    const store = await builtAlike(rows, BY_CLOCK, queries);
    const able = BY_CLOCK.slice(BY_CLOCK.findIndex(({ granularity }) => granularity === grain));
    for (const query of queries) {
      expect(able.map(({ name }) => `events.${name}`)).toContain(await reads(store, query));
    }
    expect(await reads(store, { granularity: 'day', timezone })).toBe(`events.by_${grain}`);
    expect(await refusals(store, queryOf({ granularity: 'day', timezone }), 'events.by_day')).toEqual([
      'timezone_not_aligned',
    ]);
  });

  test('of days only those whose clock does not change within a stored bucket', async () => {
    // In 2010 the clocks of Newfoundland changed at one minute past midnight.
    const days = every(1, '2010-03-13', '2010-03-16');
    const timezone = 'America/St_Johns';
    const of = (first: string, last: string): Asked => ({
      granularity: 'day',
      timezone,
      dateRange: [first, last],
    });
    const store = await open(days, BY_CLOCK);
    await store.build();
    expect(await reads(store, of('2010-03-13', '2010-03-15'))).toBe('events.by_minute');
    expect(await reads(store, of('2010-03-15', '2010-03-15'))).toBe('events.by_half_hour');
    for (const [first, last] of [
      ['2010-03-12', '2010-03-15'],
      ['2010-03-14', '2010-03-14'],
      ['2010-03-15', '2010-03-15'],
    ]) {
      const query = of(first, last);
      const where = `local >= DATE '${first}' AND local < DATE '${last}' + INTERVAL 1 DAY`;
      expect(await asked(store, query)).toEqual(await counted(days, query, where));
    }
  });
});

describe('[H2] explain names a granularity that will do', () => {
  test.each([
    ['Europe/Berlin', '2024-03-29', '2024-04-03', 'hour'],
    ['Asia/Tokyo', '2024-03-29', '2024-04-03', 'hour'],
    ['Asia/Kolkata', '2024-03-29', '2024-04-03', 'minute'],
    ['Asia/Kathmandu', '2024-03-29', '2024-04-03', 'minute'],
    ['Australia/Lord_Howe', '2024-04-05', '2024-04-09', 'minute'],
    // At half past ten ahead its days begin within an hour, at eleven they do not.
    ['Australia/Lord_Howe', '2024-01-05', '2024-01-09', 'hour'],
    ['America/St_Johns', '2010-03-13', '2010-03-16', 'minute'],
    // 44 minutes and 30 seconds behind until 1972.
    ['Africa/Monrovia', '1971-12-30', '1972-01-10', 'second'],
  ])('days in %s from %s to %s: each %s', async (timezone, from, to, granularity) => {
    const rows = every(7, from, to);
    const model = (grain: string) => [{ name: 'main', granularity: grain }];
    const query: Asked = { granularity: 'day', timezone };
    const expected = await counted(rows, query);
    const daily = await open(rows, model('day'));
    await daily.build();
    expect(await asked(daily, query)).toEqual(expected);
    expect(await reads(daily, query)).toBe('source');
    const { candidates } = await daily.explain(queryOf(query));
    const [{ reasons, fix }] = candidates;
    expect(reasons.map(({ code, fix: own }) => [code, own?.text])).toEqual([
      ['timezone_not_aligned', `Set the granularity of events.main to ${granularity}.`],
    ]);
    expect(fix?.patch.map(({ value }) => value)).toEqual([granularity]);
    const finer = await open(rows, model(granularity));
    await finer.build();
    expect(await reads(finer, query)).toBe('events.main');
    expect(await asked(finer, query)).toEqual(expected);
  });
});

describe('[X1] [X2] which granularity is made of which', () => {
  const rows = every(431, '2019-11-01', '2021-03-01');

  test.each([
    [
      'week',
      ['week', 'two_weeks', 'three_weeks'],
      ['month', 'quarter', 'year', 'half_year', 'sunday_week', 'ten_days'],
    ],
    ['two_weeks', ['two_weeks'], ['three_weeks', 'month', 'year']],
    ['sunday_week', ['sunday_week'], ['week', 'two_weeks', 'month', 'year']],
    ['day', ['week', 'two_weeks', 'sunday_week', 'ten_days', 'month', 'fiscal_year', 'british_year'], []],
    ['ten_days', ['ten_days'], ['month', 'week', 'year']],
    ['month', ['quarter', 'half_year', 'year', 'fiscal_year'], ['british_year', 'week']],
    ['quarter', ['half_year', 'year', 'fiscal_year'], ['british_year']],
    ['half_year', ['year'], ['fiscal_year', 'british_year']],
    ['year', ['year'], ['fiscal_year', 'half_year']],
    ['british_year', ['british_year'], ['year', 'fiscal_year']],
    ['two_hours', ['four_hours', 'six_hours', 'day', 'month', 'british_year'], []],
    ['four_hours', ['day', 'week', 'year'], ['six_hours']],
    ['six_hours', ['day', 'ten_days', 'fiscal_year'], ['four_hours']],
  ])('%s serves %j and not %j', async (stored, served, refused) => {
    const queries = [...served, ...refused].map((granularity): Asked => ({ granularity }));
    const store = await builtAlike(rows, names(stored), queries);
    for (const granularity of served) expect(await reads(store, { granularity })).toBe(`events.${stored}`);
    for (const granularity of refused) expect(await reads(store, { granularity })).toBe('source');
  });
});

describe('long years, leap days, and years that begin in spring', () => {
  const grains = ['week', 'day', 'month', 'quarter', 'year', 'fiscal_year', 'british_year', 'half_year'];

  test.each([
    ['53 weeks in 2020', '2019-12-20', '2021-01-12'],
    ['53 weeks in 2026', '2026-12-21', '2027-01-12'],
    ['52 weeks in 2024', '2023-12-25', '2025-01-08'],
    ['the leap day of 2024', '2024-02-26', '2024-03-04'],
    ['the leap day of 2000', '2000-02-26', '2000-03-04'],
    ['none in 1900', '1900-02-26', '1900-03-04'],
    ['none in 2100', '2100-02-26', '2100-03-04'],
    ['none in 1999, and the first of 2000', '1999-02-26', '2000-01-04'],
  ])('%s', async (_, from, to) => {
    const rows = every(317, from, to);
    const queries = ['UTC', 'Asia/Tokyo'].flatMap((timezone) =>
      grains.map((granularity): Asked => ({ granularity, timezone })),
    );
    const store = await builtAlike(rows, names('hour'), queries);
    for (const query of queries) expect(await reads(store, query)).toBe('events.hour');
  });

  test('ISO years have 52 or 53 weeks, each of seven days', async () => {
    const rows = every(1440, '2014-01-01', '2028-12-31');
    const store = await builtAlike(rows, names('day'), [{ granularity: 'week' }]);
    const weeks = (await asked(store, { granularity: 'week' })) as [string, string, string][];
    expect(weeks.slice(1, -1).every(([, count]) => count === '7')).toBe(true);
    const years = await duckRows(
      `SELECT isoyear(t)::INTEGER, count(DISTINCT date_trunc('week', t))::INTEGER FROM (${rows}) GROUP BY 1 ORDER BY 1`,
    );
    expect(years.filter(([, count]) => count === 53).map(([year]) => year)).toEqual([2015, 2020, 2026]);
    const labels = new Set(weeks.map(([label]) => label));
    expect(labels.has('2020-12-28T00:00:00.000') && labels.has('2021-01-04T00:00:00.000')).toBe(true);
  });

  test('a day that its year lacks is refused', async () => {
    const store = await open(every(1440, '2023-01-01', '2024-12-31'), names('day'));
    await store.build();
    for (const day of ['2023-02-29', '1900-02-29', '2024-02-30', '2024-13-01', '2024-00-01']) {
      expect(await asked(store, { dateRange: [day, '2024-12-31'] })).toBe('query_invalid');
      expect(await asked(store, { filter: ['beforeDate', day] })).toBe('query_invalid');
    }
    expect(await asked(store, { dateRange: ['2024-02-29', '2024-02-29'] })).toEqual([['1', '425']]);
  });
});
