/**
 * Where the calendar and the types of times end: exact, or a typed error, in builds, queries, filters and ranges.
 * Answers are compared with SQL for DuckDB that does not come from the planner.
 */
import { describe, expect, test } from 'vitest';
import {
  asked,
  at,
  builtAlike,
  counted,
  duckRows,
  names,
  open,
  OWN,
  queryOf,
  reads,
} from '../support/calendar-events.js';
import type { Asked } from '../support/calendar-events.js';
import { temporaryFolder } from '../support/open-tables.js';

const ALL_GRAINS = ['day', 'week', 'month', 'quarter', 'year', ...Object.keys(OWN)];

describe('the ends of the calendar: exact', () => {
  const ancient = at(
    "TIMESTAMP '0005-03-01 (BC) 11:00'",
    "TIMESTAMP '0001-02-29 (BC)'",
    "TIMESTAMP '0001-12-31 (BC) 23:59:59.999'",
    "TIMESTAMP '0001-01-01'",
    "TIMESTAMP '0001-01-01 00:00:00.000001'",
    "TIMESTAMP '0004-02-29 12:00'",
    'NULL::TIMESTAMP',
  );
  const distant = at(
    "TIMESTAMP '9999-12-31 23:59:59.999'",
    "TIMESTAMP '9999-12-31 23:59:59.999999'",
    "TIMESTAMP '10000-01-01'",
    "TIMESTAMP '10000-02-29 00:00:00.001'",
    'NULL::TIMESTAMP',
  );
  const turn = at(
    "TIMESTAMP '9999-12-31 23:59:59.999'",
    "TIMESTAMP '10000-01-01'",
    "TIMESTAMP '10000-01-01 05:00'",
  );
  const last = at(
    "TIMESTAMP '275760-09-13'",
    "TIMESTAMP '275760-09-12 23:59:59.999'",
    "TIMESTAMP '200000-02-29'",
  );
  const first = at(
    "TIMESTAMP '271821-12-31 (BC)'",
    "TIMESTAMP '200001-02-28 (BC)'",
    "TIMESTAMP '0001-01-01'",
  );

  test.each([
    ['around the year 0', ancient, undefined],
    ['around the year 0, by year', ancient, 'year'],
    ['around the year 0, by month', ancient, 'month'],
    ['around the year 0, by week', ancient, 'week'],
    ['around the year 10000', distant, undefined],
    ['around the year 10000, by month', distant, 'month'],
    ['around the year 10000, by day', distant, 'day'],
    ['around the year 10000, by hour', turn, 'hour'],
    ['at the last times', last, undefined],
    ['at the first times', first, undefined],
  ])('%s', async (_, rows, partitions) => {
    const queries: Asked[] = [...ALL_GRAINS.map((granularity) => ({ granularity })), {}];
    const rollups = [{ name: 'main', granularity: 'minute', ...(partitions && { partitions }) }];
    const folder = temporaryFolder();
    await (await builtAlike(rows, rollups, queries, folder)).close();
    // What was published is read by another store, from its files and their names.
    const store = await open(rows, rollups, folder);
    for (const query of queries) {
      expect(await reads(store, query)).toBe('events.main');
      expect(await asked(store, query)).toEqual(await counted(rows, query));
    }
    expect((await store.verify()).ok).toBe(true);
    const ends = await store.query({ measures: ['events.first', 'events.last'] });
    expect(ends.meta.preAggregation).toBe('events.main');
    const [found] = await duckRows(
      `SELECT epoch_ms(date_trunc('millisecond', min(t)))::DOUBLE, epoch_ms(date_trunc('millisecond', max(t)))::DOUBLE
       FROM (${rows})`,
    );
    expect(Object.values(ends.data[0])).toEqual(
      found.map((ms) => new Date(ms as number).toISOString().slice(0, -1)),
    );
    // On the clock of a zone of which only the local mean time is known, the source answers.
    const inZone = { granularity: 'month', timezone: 'Asia/Kathmandu' };
    expect(await asked(store, inZone)).toEqual(await counted(rows, inZone));
  });

  test.each([
    ['0001-01-01', '9999-12-31'],
    ['0000-01-01', '0000-12-31'],
    ['-000004-03-01', '+010000-01-01'],
    ['-271821-04-20', '+275760-09-13'],
    ['9999-12-31T23:59:59.999', '9999-12-31T23:59:59.999'],
    ['+010000-01-01', '+010000-12-31'],
    ['+275760-09-13', '+275760-09-13'],
  ])('a range from %s to %s, in every place and way', async (from, to) => {
    const union = [ancient, distant, last].map((rows) => `SELECT * FROM (${rows})`).join(' UNION ALL ');
    const rollups = [{ name: 'main', granularity: 'minute' }];
    const sql = (text: string): string => {
      const [, sign, year, rest] = /^([+-]?)(\d+)(-.*)$/.exec(text) as unknown as string[];
      const isBc = sign === '-' || Number(year) === 0;
      const shown = isBc
        ? `${String(Number(year) + 1).padStart(4, '0')}${rest} (BC)`
        : `${Number(year)}`.padStart(4, '0') + rest;
      return `TIMESTAMP '${shown.replace('T', ' ')}'`;
    };
    const end = to.includes('T') ? `${sql(to)} + INTERVAL 1 MILLISECOND` : `${sql(to)} + INTERVAL 1 DAY`;
    const within = `t >= ${sql(from)} AND t < ${end}`;
    const asks: readonly (readonly [Asked, string])[] = [
      [{ dateRange: [from, to], granularity: 'year' }, within],
      [{ dateRange: [from, to] }, within],
      [{ filter: ['inDateRange', from, to] }, within],
      [{ filter: ['notInDateRange', from, to] }, `NOT (${within})`],
      [{ filter: ['beforeDate', from] }, `t < ${sql(from)}`],
      [{ filter: ['afterOrOnDate', from] }, `t >= ${sql(from)}`],
      [{ filter: ['beforeOrOnDate', to] }, `t < ${end}`],
      [{ filter: ['afterDate', to] }, `t >= ${end}`],
    ];
    const store = await open(union, rollups);
    for (const round of ['source', 'rollup']) {
      if (round === 'rollup') await store.build();
      for (const [query, where] of asks) {
        expect([query, await asked(store, query)]).toEqual([query, await counted(union, query, where)]);
      }
    }
  });
});

describe('beyond the calendar: a typed error, and nothing is lost', () => {
  const code = async (run: Promise<unknown>): Promise<unknown> =>
    run.then(
      () => null,
      (error: unknown) => error,
    );

  test.each([
    ["TIMESTAMP 'infinity'", 'A time is infinite or lies beyond ±8.64e15 milliseconds of 1970.'],
    ["TIMESTAMP '-infinity'", 'A time is infinite'],
    ["DATE 'infinity'", 'A time is infinite'],
    ["TIMESTAMP '275760-09-14'", 'lies beyond'],
    ["TIMESTAMP '294247-01-10 04:00:54.775806'", 'lies beyond'],
    ["TIMESTAMP '290308-12-22 (BC)'", 'lies beyond'],
    ["TIMESTAMPTZ '294247-01-10 04:00:54.775806+00'", 'A time lies beyond'],
    ["DATE '5881580-07-10'", 'A time lies beyond'],
    ["DATE '5877642-06-25 (BC)'", 'A time lies beyond'],
    ["'5881580-07-10'", 'A time lies beyond'],
  ])('%s', async (time, message) => {
    const type = time.startsWith("'") ? '' : time.slice(0, time.indexOf(' '));
    const rows = `SELECT 1 AS amount, ${time} AS t UNION ALL SELECT 2, ${type} '2024-02-29' UNION ALL SELECT 4, NULL`;
    for (const [granularity, partitions, build] of [
      ['day', undefined, /^.*model\.yml:\d+:\d+: events\.main: /],
      ['day', 'month', /^.*model\.yml:\d+:\d+: events\.main: (events\.t: )?/],
    ] as const) {
      const store = await open(rows, [{ name: 'main', granularity, ...(partitions && { partitions }) }]);
      const built = await code(store.build());
      expect(built).toMatchObject({ code: 'value_out_of_range', message: expect.stringContaining(message) });
      expect((built as Error).message).toMatch(build);
      expect((built as Error).message).toMatch(/in the sql of the dimension\.$/);
      for (const timezone of ['UTC', 'Asia/Kathmandu']) {
        // A time that is a little too late lies in a year whose beginning is not.
        const query = { granularity: 'year', timezone };
        const answer = await asked(store, query);
        if (answer !== 'value_out_of_range') expect(answer).toEqual(await counted(rows, query));
      }
      // What does not look at the time has it among its rows.
      expect(await asked(store, {})).toEqual([['3', '7']]);
      expect((await store.status()).rollups[0].state).toBe('not_built');
      expect((await store.verify()).ok).toBe(true);
      await store.close();
    }
  });

  test('in a bucket that begins beyond it the rollup has the answer that the source cannot give', async () => {
    const store = await open(at("TIMESTAMP '271822-04-20 (BC)'"), names('day'));
    expect(await asked(store, { granularity: 'year' })).toBe('value_out_of_range');
    expect(await asked(store, { granularity: 'day' })).toEqual([['-271821-04-20T00:00:00.000', '1', '1']]);
    await store.build();
    expect(await asked(store, { granularity: 'year' })).toEqual([['-271821-01-01T00:00:00.000', '1', '1']]);
  });

  test.each(['+275760-09-14', '-271821-04-19', '+999999-12-31', '-999999-01-01', '+300000-01-01T12:00'])(
    'in a query: %s',
    async (time) => {
      const store = await open(at("TIMESTAMP '2024-02-29 12:00'"), names('day'));
      for (const round of ['source', 'rollup']) {
        if (round === 'rollup') await store.build();
        for (const timezone of ['UTC', 'Asia/Kathmandu']) {
          for (const query of [
            { dateRange: [time, time] },
            { filter: ['beforeDate', time] },
            { filter: ['afterDate', time] },
            { filter: ['notInDateRange', '2024-01-01', time] },
            { filter: ['equals', time] },
          ] as Asked[]) {
            expect(await code(store.query(queryOf({ ...query, timezone })))).toMatchObject({
              code: 'query_invalid',
              message: expect.stringContaining('Times reach from -271821-04-20 to +275760-09-13.'),
            });
          }
        }
      }
      await expect(store.build({ range: [time, time] })).rejects.toMatchObject({ code: 'query_invalid' });
    },
  );

  test('too many partitions', async () => {
    const rows = at("TIMESTAMP '0001-01-01'", "TIMESTAMP '9999-12-31 23:59:59.999'");
    for (const [partitions, count] of [
      ['hour', 87649416],
      ['day', 3652059],
      ['month', 119988],
    ] as const) {
      const store = await open(rows, [{ name: 'main', granularity: 'hour', partitions }]);
      await expect(store.build()).rejects.toMatchObject({
        code: 'build_failed',
        message: expect.stringContaining(`events.main would have ${count} partitions, more than 10000`),
      });
    }
  });
});

describe('types of times', () => {
  const moments = [
    '1969-12-31 23:59:59',
    '1970-01-01 00:00:00',
    '2024-02-29 18:14:59',
    '2024-02-29 18:15:00',
    '2024-12-31 23:59:59',
    '2038-01-19 03:14:08',
  ];

  test.each([
    ['DATE', (time: string) => `CAST(TIMESTAMP '${time}' AS DATE)`],
    ['TIMESTAMP', (time: string) => `TIMESTAMP '${time}.999999'`],
    ['TIMESTAMP_S', (time: string) => `TIMESTAMP_S '${time}'`],
    ['TIMESTAMP_MS', (time: string) => `TIMESTAMP_MS '${time}.999'`],
    ['TIMESTAMP_NS', (time: string) => `TIMESTAMP_NS '${time}.999999999'`],
    ['TIMESTAMPTZ', (time: string) => `TIMESTAMPTZ '${time}.5+05:45'`],
    ['VARCHAR', (time: string) => `'${time}'`],
  ])('%s', async (_, literal) => {
    const queries = ['UTC', 'Asia/Kathmandu', 'America/New_York'].flatMap((timezone) => [
      ...['second', 'minute', 'quarter_hour', 'hour', ...ALL_GRAINS].map((granularity): Asked => ({
        granularity,
        timezone,
      })),
      { timezone },
    ]);
    for (const [partitions, times] of [
      [undefined, [...moments, '1883-11-18 17:00:00']],
      ['year', moments],
    ] as const) {
      const rows = at(...times.map(literal), null);
      const rollup = { name: 'main', granularity: 'second', ...(partitions && { partitions }) };
      const store = await builtAlike(rows, [rollup], queries);
      for (const query of queries.slice(0, 8)) expect(await reads(store, query)).toBe('events.main');
    }
  });
});
