/** `build_range_start` and `build_range_end`: which partitions a build holds, and that the answers are those of all rows. */
import { describe, expect, test } from 'vitest';
import { duckRows } from '../model/duckdb.js';
import { openTables, temporaryFolder } from '../support/open-tables.js';
import {
  ALL_MONTHS,
  built,
  checkAnswers,
  partitionsOf,
  ROWS,
  statusOf,
  tablesOf,
  WITH_NULLS,
} from '../support/ranged-events.js';
import type { Setting } from '../support/ranged-events.js';

test('[D66] without a build range all of the source is built, from its first time to its last', async () => {
  const store = await built({ rows: WITH_NULLS });
  expect(await partitionsOf(store)).toEqual([...ALL_MONTHS, 'null']);
  expect((await statusOf(store)).buildRange).toBeNull();
  expect(await checkAnswers(store, WITH_NULLS)).not.toContain('source');
});

// A build range takes a part of times that reach far: listing the partitions that are not there took gigabytes.
test('[D65] millions of partitions that are not built are told as the stretches that they are', async () => {
  const rows = `SELECT 1 AS amount, TIMESTAMP '0001-01-01' AS made UNION ALL SELECT 2, TIMESTAMP '9999-12-31' UNION ALL SELECT 4, TIMESTAMP '2024-01-01'`;
  const day = "SELECT '2024-01-01'";
  const store = await built({ rows, granularity: 'hour', partitions: 'hour', start: day, end: day });
  const query = { measures: ['events.amount'] };
  const { data, meta } = await store.query(query);
  expect([data, meta.mode]).toEqual([[{ 'events.amount': '7' }], 'hybrid']);
  const { candidates } = await store.explain(query);
  expect(candidates[0].reasons[0].message).toContain(
    'lacks the partitions of 0001-01-01T00:00:00.000 to before 2024-01-01T00:00:00.000, and 2024-01-01T01:00:00.000 to before 9999-12-31T00:00:00.001:',
  );
});

describe('[D61] [D64] [D65] [X14] a build range', () => {
  test('builds whole the partitions that it touches, and no other', async () => {
    // Both ends lie in the middle of a partition and of a day.
    const store = await built({
      start: "SELECT TIMESTAMP '2024-02-20 13:45'",
      end: "SELECT TIMESTAMP '2024-04-03 00:30'",
    });
    expect(await partitionsOf(store)).toEqual(['20240201', '20240301', '20240401']);
    const rows = await duckRows(
      `SELECT count(DISTINCT date_trunc('day', made)) FROM (${ROWS}) WHERE made >= '2024-02-01' AND made < '2024-05-01'`,
    );
    expect(await statusOf(store)).toMatchObject({
      state: 'built',
      partitions: 3,
      rows: Number(rows[0][0]),
      buildRange: { start: '2024-02-20T13:45:00.000Z', end: '2024-04-03T00:30:00.000Z' },
    });
    const modes = await checkAnswers(store);
    // The ranges that lie in February to April are the rollup's, and so is one that no row lies in.
    expect([modes[2], modes[3], modes[8]]).toEqual(['rollup', 'rollup', 'rollup']);
    expect([modes[0], modes[1], modes[4], modes[7]]).toEqual(Array(4).fill('hybrid'));
    expect([modes[5], modes[6]]).toEqual(['source', 'source']);
  });

  test.each([
    ['a start alone', { start: "SELECT DATE '2024-07-31'" }, ['20240701', '20240801', '20240901']],
    ['an end alone', { end: "SELECT '2023-12-01'" }, ['20231101', '20231201']],
    ['the end of a partition', { start: "SELECT '2024-09-01'", end: "SELECT '2024-09-30'" }, ['20240901']],
    ['a single instant', { start: "SELECT '2024-05-05'", end: "SELECT '2024-05-05'" }, ['20240501']],
    [
      'all the times that there are',
      { start: "SELECT '-271821-04-20'", end: "SELECT '+275760-09-13'", partitions: 'year' },
      ['20230101', '20240101'],
    ],
    ['more than there is', { start: "SELECT '1900-01-01'", end: "SELECT '2999-12-31'" }, ALL_MONTHS],
    ['times in which there are no rows', { start: "SELECT '2030-01-01'" }, []],
    ['a partition whose rows all lie before its start', { start: "SELECT '2024-09-30'" }, ['20240901']],
    ['a partition whose rows all lie after its end', { end: "SELECT '2023-11-01'" }, ['20231101']],
    ['NULL as a start', { start: 'SELECT NULL', end: "SELECT '2024-01-01'" }, ALL_MONTHS.slice(0, 3)],
    [
      'NULL on both sides',
      { start: 'SELECT NULL::DATE', end: 'SELECT max(made) FROM events WHERE false' },
      ALL_MONTHS,
    ],
    ['no row', { start: 'SELECT 1 WHERE false', end: "SELECT '2023-11-30'" }, ['20231101']],
  ] satisfies [string, Setting, string[]][])('of %s', async (_, setting, partitions) => {
    const store = await built(setting);
    expect(await partitionsOf(store)).toEqual(partitions);
    expect((await statusOf(store)).state).toBe('built');
    await checkAnswers(store);
  });

  test.each([
    ['hour', 'hour', ['2024030117', '2024030212']],
    ['hour', 'day', ['20240301', '20240302']],
    ['day', 'week', ['20240226']],
    ['month', 'quarter', ['20240101']],
    ['month', 'year', ['20240101']],
  ])('of rollups by %s in partitions of a %s', async (granularity, partitions, keys) => {
    const [start, end] = ["SELECT '2024-03-01 17:59:59.999'", "SELECT '2024-03-02 12:00'"];
    const store = await built({ start, end, granularity, partitions });
    expect(await partitionsOf(store)).toEqual(keys);
    await checkAnswers(store);
  });

  test('is in UTC, whatever the times of the source say of their zone', async () => {
    const folder = temporaryFolder();
    for (const start of [
      "SELECT TIMESTAMPTZ '2024-06-01 01:30:00+02:00'",
      "SELECT '2024-06-01T01:30:00+02:00'",
      "SELECT TIMESTAMP_NS '2024-05-31 23:30:00.000000001'",
      "SELECT TIMESTAMP_S '2024-05-31 23:30:00'",
    ]) {
      const store = await openTables(tablesOf({ start, folder }));
      await store.build({ force: true });
      expect((await statusOf(store)).buildRange).toEqual({ start: '2024-05-31T23:30:00.000Z', end: null });
      expect((await partitionsOf(store))[0]).toBe('20240501');
      await store.close();
    }
  });

  test('leaves out the rows without a time as soon as one of its sides has a bound', async () => {
    const bounded = await built({ start: "SELECT '2000-01-01'", rows: WITH_NULLS });
    expect(await partitionsOf(bounded)).toEqual(ALL_MONTHS);
    const modes = await checkAnswers(bounded, WITH_NULLS);
    expect(modes[0]).toBe('hybrid');
    expect(modes[1]).toBe('rollup');
    const open = await built({ start: 'SELECT NULL', end: 'SELECT NULL', rows: WITH_NULLS });
    expect(await partitionsOf(open)).toEqual([...ALL_MONTHS, 'null']);
    expect((await statusOf(open)).buildRange).toEqual({ start: null, end: null });
    expect(await checkAnswers(open, WITH_NULLS)).not.toContain('source');
  });

  test('under its old names, and with the rows of a cube by name', async () => {
    const store = await built({
      old: true,
      start: 'SELECT min(made) + INTERVAL 6 MONTH FROM {events.sql()} AS rows',
      end: 'SELECT made, amount FROM events ORDER BY amount DESC LIMIT 3',
    });
    expect(await partitionsOf(store)).toEqual(ALL_MONTHS.slice(6));
    expect((await store.status()).modelWarnings).toEqual([]);
    await checkAnswers(store);
  });

  test('has no effect, and a warning, without partitions', async () => {
    const store = await built({ start: "SELECT 'no time'", partitions: null });
    expect((await store.status()).modelWarnings).toMatchObject([
      {
        code: 'key_without_effect',
        message: '`build_range_start` has no effect without a `partition_granularity`',
      },
    ]);
    expect(await statusOf(store)).toMatchObject({ partitions: 1, buildRange: null });
    expect(await checkAnswers(store)).not.toContain('source');
  });
});

test('[D70] the last 300 days, in monthly partitions', async () => {
  const rows = `SELECT i AS amount, CURRENT_DATE + INTERVAL 12 HOUR - INTERVAL (i) DAY AS made FROM range(500) AS n(i)`;
  const store = await built({
    rows,
    start: 'SELECT CURRENT_DATE - INTERVAL 300 DAY',
    end: 'SELECT CURRENT_DATE',
  });
  const [expected] = await duckRows(
    `SELECT list(strftime(month, '%Y%m01') ORDER BY month) FROM (
       SELECT unnest(range(date_trunc('month', CURRENT_DATE - INTERVAL 300 DAY)::TIMESTAMP,
         CURRENT_DATE::TIMESTAMP + INTERVAL 1 MICROSECOND, INTERVAL 1 MONTH)) AS month)`,
  );
  expect([10, 11]).toContain((expected[0] as unknown[]).length);
  expect(await partitionsOf(store)).toEqual(expected[0]);
});

describe('[D61] [D71] a range that moves', () => {
  const settings = (from: string, to: string, folder: string): Setting => ({
    folder,
    rows: WITH_NULLS,
    start: 'SELECT first FROM bounds',
    end: 'SELECT last FROM bounds',
    init: [`CREATE TABLE bounds AS SELECT '${from}' AS first, '${to}' AS last`],
  });

  /** What one build with this range does, and what is there afterwards. */
  async function buildWith(from: string, to: string, folder: string, options = {}) {
    const store = await openTables(tablesOf(settings(from, to, folder)));
    const { rollups } = await store.build(options);
    const { outcome, partitionsBuilt, partitionsKept } = rollups[0];
    const partitions = await partitionsOf(store);
    await checkAnswers(store, WITH_NULLS);
    const { version } = await store.status();
    await store.close();
    return { outcome, partitionsBuilt, partitionsKept, partitions, version };
  }

  test('drops what it has left, builds what it comes to, keeps the rest', async () => {
    const folder = temporaryFolder();
    expect(await buildWith('2024-01-15', '2024-03-15', folder)).toMatchObject({
      outcome: 'built',
      partitionsBuilt: 3,
      partitions: ['20240101', '20240201', '20240301'],
    });
    // Within the same partitions: nothing is to be done, and nothing is published.
    expect(await buildWith('2024-01-20', '2024-03-31', folder)).toMatchObject({
      outcome: 'current',
      version: 1,
    });
    expect(await buildWith('2024-02-15', '2024-04-15', folder)).toMatchObject({
      outcome: 'built',
      partitionsBuilt: 1,
      partitionsKept: 2,
      partitions: ['20240201', '20240301', '20240401'],
    });
    expect(await buildWith('2024-03-01', '2024-03-02', folder)).toMatchObject({
      outcome: 'built',
      partitionsBuilt: 0,
      partitionsKept: 1,
      partitions: ['20240301'],
    });
    expect(await buildWith('2026-01-01', '2026-03-02', folder)).toMatchObject({ partitions: [] });
    expect(await buildWith('2023-01-01', '2026-01-01', folder)).toMatchObject({ partitions: ALL_MONTHS });
  });

  test('together with the range of build()', async () => {
    const folder = temporaryFolder();
    const range = ['2024-02-01', '2024-03-01'];
    expect(await buildWith('2024-02-10', '2024-05-10', folder, { range })).toMatchObject({
      partitions: ['20240201'],
    });
    // What lies beside the build range is not built, whatever is wished for.
    expect(
      await buildWith('2024-02-10', '2024-05-10', folder, { range: ['2024-05-31', '2024-08-01'] }),
    ).toMatchObject({ partitions: ['20240201', '20240501'] });
    expect(
      await buildWith('2024-02-10', '2024-05-10', folder, { range: ['2024-07-01', '2024-08-01'] }),
    ).toMatchObject({ outcome: 'current', partitions: ['20240201', '20240501'] });
    expect(await buildWith('2024-02-10', '2024-05-10', folder)).toMatchObject({
      partitionsBuilt: 2,
      partitionsKept: 2,
    });
  });

  test.each([
    ['after its end', "UNION ALL SELECT 7, TIMESTAMP '2025-06-01'"],
    ['before its start', "UNION ALL SELECT 7, TIMESTAMP '2023-06-01'"],
    ['without a time', 'UNION ALL SELECT 8, NULL'],
  ])('[X14] rows that come to the source %s are told by the next build', async (_, more) => {
    const folder = temporaryFolder();
    const setting: Setting = { ...settings('2023-11-01', '2024-09-30', folder), rows: ROWS };
    const first = await openTables(tablesOf(setting));
    await first.build();
    expect(await partitionsOf(first)).toEqual(ALL_MONTHS);
    expect(await checkAnswers(first)).not.toContain('source');
    await first.close();
    const rows = `${ROWS} ${more}`;
    const second = await openTables(tablesOf({ ...setting, rows }));
    expect((await second.build()).rollups[0]).toMatchObject({ partitionsBuilt: 0, partitionsKept: 11 });
    expect(await partitionsOf(second)).toEqual(ALL_MONTHS);
    await checkAnswers(second, rows);
    expect((await second.build()).rollups[0].outcome).toBe('current');
  });

  test('a change of the range in the model makes nothing stale', async () => {
    const folder = temporaryFolder();
    const first = await built({ folder, end: "SELECT '2024-01-01'" });
    await first.close();
    const second = await openTables(tablesOf({ folder, end: "SELECT '2024-02-01'" }));
    expect((await statusOf(second)).state).toBe('built');
    await checkAnswers(second);
    expect((await second.build()).rollups[0]).toMatchObject({ partitionsBuilt: 1, partitionsKept: 3 });
  });
});

describe('what explain says of times outside', () => {
  const query = (first: string, last: string) => ({
    measures: ['events.count'],
    timeDimensions: [{ dimension: 'events.made', dateRange: [first, last] }],
  });

  test('[X14] the place of the range that leaves them out, and no build that would not help', async () => {
    const store = await built({ start: "SELECT '2024-02-01'" });
    const { candidates } = await store.explain(query('2024-01-01', '2024-01-31'));
    const [{ reasons, fix, help }] = candidates;
    expect(reasons.map(({ code }) => code)).toEqual(['partitions_missing']);
    expect(fix).toBeNull();
    expect(help).toMatch(
      /^The build range of events\.main \(.*model\.yml:\d+:\d+\) leaves out times that the query asks for/,
    );
  });

  test('a build, where a build of a range left them out', async () => {
    const store = await openTables(tablesOf({ start: "SELECT '2024-02-01'" }));
    await store.build({ range: ['2024-02-01', '2024-03-01'] });
    const { candidates } = await store.explain(query('2024-03-01', '2024-03-31'));
    expect(candidates[0].fix).toMatchObject({ patch: [], text: expect.stringContaining('granary build') });
  });
});

test('the range of a build in JavaScript, in camelCase', async () => {
  const js = `cube('events', {
    sql_table: 'events',
    measures: { count: { type: 'count' }, amount: { sql: 'amount', type: 'sum' } },
    dimensions: { made: { sql: 'made', type: 'time' } },
    preAggregations: {
      main: {
        measures: [CUBE.count, CUBE.amount], timeDimension: CUBE.made, granularity: 'day',
        partitionGranularity: 'month',
        buildRangeStart: { sql: "SELECT DATE '2024-08-01'" },
        refreshRangeEnd: { sql: \`SELECT max(made) - INTERVAL 1 MONTH FROM \${events.sql()} AS rows\` },
      },
    },
  });`;
  const store = await openTables({ yaml: '', js, init: [`CREATE TABLE events AS ${ROWS}`] });
  await store.build();
  expect(await partitionsOf(store)).toEqual(['20240801']);
  await checkAnswers(store);
});

test('a source with times at the ends of the calendar, of which the range takes a part', async () => {
  const rows = `${ROWS} UNION ALL SELECT 5, TIMESTAMP '0001-01-01' UNION ALL SELECT 6, TIMESTAMP '9999-12-31 23:59:59'`;
  const [start, end] = ["SELECT '2024-01-01'", "SELECT '2024-03-31'"];
  await expect(built({ rows })).rejects.toThrow(
    /would have 119988 partitions.*build_range_start and build_range_end/,
  );
  const store = await built({ rows, start, end });
  expect(await partitionsOf(store)).toEqual(['20240101', '20240201', '20240301']);
  await checkAnswers(store, rows);
});
