/** Build ranges that give no time, or no range: a typed error with the place, and what was published stays. */
import { describe, expect, test } from 'vitest';
import { openTables, temporaryFolder } from '../support/open-tables.js';
import { built, checkAnswers, partitionsOf, statusOf, tablesOf } from '../support/ranged-events.js';

describe('[D64] a build range that cannot be used', () => {
  const LINE = /^(.*model\.yml):(\d+):(\d+): events\.main/;

  test.each([
    ['SELECT 5', 'build_failed', "the SQL gives '5', which is no time"],
    ["SELECT 'last week'", 'build_failed', "the SQL gives 'last week', which is no time"],
    ["SELECT ''", 'build_failed', "the SQL gives '', which is no time"],
    ['SELECT true', 'build_failed', "the SQL gives 'true', which is no time"],
    ["SELECT TIME '10:00'", 'build_failed', "the SQL gives '10:00:00', which is no time"],
    ['SELECT INTERVAL 3 DAY', 'build_failed', "the SQL gives '3 days', which is no time"],
    ["SELECT '\\xAA'::BLOB", 'build_failed', 'the SQL gives a BLOB, which is no time'],
    ["SELECT repeat('x', 1000000)", 'build_failed', `the SQL gives '${'x'.repeat(100)}', which`],
    ["SELECT TIMESTAMP 'infinity'", 'value_out_of_range', 'A time is infinite'],
    ["SELECT DATE '-infinity'", 'value_out_of_range', 'A time is infinite'],
    ["SELECT TIMESTAMP '294247-01-10 04:00:54'", 'value_out_of_range', 'A time is infinite or lies beyond'],
    ["SELECT '+290000-01-01'", 'build_failed', "the SQL gives '+290000-01-01', which is no time"],
    ['SELECT nothing', 'source_failed', 'nothing'],
    ['SELECT 1; DROP TABLE events', 'source_failed', 'multiple statements'],
    ['-- nothing', 'source_failed', 'No statement'],
  ])('%s', async (sql, code, message) => {
    for (const side of ['start', 'end']) {
      const store = await openTables(tablesOf({ [side]: sql }));
      const error = await store.build().then(
        () => null,
        (thrown: unknown) => thrown as Error & { code: string },
      );
      expect(error).toMatchObject({ name: 'StoreError', code, message: expect.stringContaining(message) });
      expect(error?.message).toMatch(LINE);
      expect((await statusOf(store)).state).toBe('not_built');
      await store.close();
    }
  });

  test('running backwards: what was published stays', async () => {
    const folder = temporaryFolder();
    const first = await built({ folder, end: "SELECT '2024-01-01'" });
    await first.close();
    const store = await openTables(
      tablesOf({ folder, start: "SELECT '2024-03-01'", end: "SELECT '2024-02-29 23:59:59.999'" }),
    );
    await expect(store.build()).rejects.toThrow(
      'events.main: its build range runs backwards, from 2024-03-01T00:00:00.000Z to 2024-02-29T23:59:59.999Z.',
    );
    await expect(store.build()).rejects.toMatchObject({ code: 'build_failed', position: { line: 17 } });
    expect(await partitionsOf(store)).toEqual(['20231101', '20231201', '20240101']);
    await checkAnswers(store);
  });

  test.each([
    ['SELECT max({CUBE}.made)', 'a build range is a query of its own, without the columns of `events`'],
    ['SELECT max({made})', 'a build range is a query of its own, without the columns of `events`'],
    [
      'SELECT max({events.made.month})',
      'a build range is a query of its own, without the columns of `events`',
    ],
    [
      "SELECT max(made) FROM events WHERE {FILTER_PARAMS.events.made.filter('made')}",
      'a build has no filters',
    ],
    ['SELECT max(made) FROM {nowhere.sql()}', 'there is no cube `nowhere`'],
  ])('in the model: %s', async (sql, message) => {
    const { yaml, init } = tablesOf({ start: sql });
    await expect(openTables({ yaml, init })).rejects.toMatchObject({
      code: 'model_invalid',
      message: expect.stringContaining(message),
      position: { line: 16 },
    });
  });
});
