import { describe, expect, test } from 'vitest';
import { buildTables, refusals, tableOf } from '../support/open-tables.js';
import type { Store } from '../support/open-tables.js';

const MODEL = `
cubes:
  - name: visits
    sql_table: visits
    dimensions:
      - { name: id, sql: id, type: number, primary_key: true }
      - { name: country, sql: country, type: string }
      - { name: device, sql: device, type: string }
      - { name: at, sql: visited_at, type: time }
    measures:
      - { name: count, type: count }
      - { name: users, sql: user_id, type: count_distinct }
      - { name: mean, sql: seconds, type: avg }
      - { name: per_user, sql: "{count} / {users}", type: number }
      - { name: longest, sql: "CASE WHEN {count} > 1 THEN 'many' ELSE 'one' END", type: number }
    pre_aggregations:
      - name: by_country
        measures: [count, users, mean, longest]
        dimensions: [country, device]
        time_dimension: at
        granularity: day
        partition_granularity: month
        indexes:
          - { name: countries, columns: [country, device, at.day], type: aggregate }
`;

const visits = tableOf(
  'visits',
  ['id', 'country', 'device', 'user_id', 'seconds', 'visited_at'],
  [
    "1, 'de', 'phone', 7, 10, TIMESTAMP '2024-01-05 08:00'",
    "2, 'de', 'phone', 7, 20, TIMESTAMP '2024-01-05 09:00'",
    "3, 'de', 'phone', 8, 60, TIMESTAMP '2024-01-05 10:00'",
    "4, 'de', 'desk', 7, 5, TIMESTAMP '2024-01-06 10:00'",
    "5, 'fr', 'phone', 9, NULL, TIMESTAMP '2024-02-05 10:00'",
  ],
);
const day = [{ dimension: 'visits.at', granularity: 'day' }];
const both = ['visits.country', 'visits.device'];

function open(): Promise<Store> {
  return buildTables({ yaml: MODEL, init: [visits] });
}

describe('measures whose values cannot be merged', () => {
  test('[B24] [C16] [X4] are read where the query asks for exactly the groups that are stored', async () => {
    const store = await open();
    const { data, meta } = await store.query({
      measures: ['visits.users', 'visits.mean'],
      dimensions: both,
      timeDimensions: day,
    });
    expect(meta).toMatchObject({ preAggregation: 'visits.by_country', mode: 'direct' });
    expect(data.map((row) => [row['visits.device'], row['visits.users'], row['visits.mean']])).toEqual([
      ['phone', '2', '30'],
      ['desk', '1', '5'],
      ['phone', '1', null],
    ]);
  });

  test('[D80] never from an aggregating index, which additive measures of the same query shape use', async () => {
    const store = await open();
    const query = { dimensions: both, timeDimensions: day };
    const additive = await store.query({ ...query, measures: ['visits.count'] });
    expect(additive.meta.index).toBe('countries');
    const distinct = await store.query({ ...query, measures: ['visits.count', 'visits.users'] });
    expect(distinct.meta).toMatchObject({ preAggregation: 'visits.by_country', index: null });
  });

  test('a dimension that the filter pins to one value need not be asked for', async () => {
    const store = await open();
    const { data, meta } = await store.query({
      measures: ['visits.users'],
      dimensions: ['visits.device'],
      timeDimensions: day,
      filters: [{ member: 'visits.country', operator: 'equals', values: ['de'] }],
    });
    expect(meta.preAggregation).toBe('visits.by_country');
    expect(data.map((row) => row['visits.users'])).toEqual(['2', '1']);
  });

  test('calculated measures over them, and SQL that only the source can evaluate, when stored', async () => {
    const store = await open();
    const { data, meta } = await store.query({
      measures: ['visits.per_user', 'visits.longest'],
      dimensions: both,
      timeDimensions: day,
    });
    expect(meta.preAggregation).toBe('visits.by_country');
    expect(data.map((row) => [row['visits.per_user'], row['visits.longest']])).toEqual([
      ['1.5', 'many'],
      ['1', 'one'],
      ['1', 'one'],
    ]);
  });

  const coarser: [string, object][] = [
    ['[B22] without the granularity', { dimensions: both }],
    [
      '[B22] with a coarser granularity',
      { dimensions: both, timeDimensions: [{ dimension: 'visits.at', granularity: 'month' }] },
    ],
    ['[B24] without one of the dimensions', { dimensions: ['visits.country'], timeDimensions: day }],
    [
      '[B23] with a filter that leaves more than one value of a dimension that is not asked for',
      {
        dimensions: ['visits.device'],
        timeDimensions: day,
        filters: [{ member: 'visits.country', operator: 'equals', values: ['de', 'fr'] }],
      },
    ],
    ['in a time zone', { dimensions: both, timeDimensions: day, timezone: 'Africa/Abidjan' }],
  ];
  test.each(coarser)('%s the source answers', async (_, query) => {
    const store = await open();
    const asked = { measures: ['visits.users'], ...query };
    const { meta } = await store.query(asked);
    expect(meta.mode).toBe('source');
    expect(await refusals(store, asked, 'visits.by_country')).toEqual(['measure_not_additive']);
  });
});

describe('an avg', () => {
  test('[X22] is kept as its sum and count, and read by every coarser query', async () => {
    const store = await open();
    const query = { measures: ['visits.mean'], dimensions: ['visits.country'] };
    const { data, meta } = await store.query(query);
    expect(meta).toMatchObject({ preAggregation: 'visits.by_country', mode: 'rollup' });
    // 10, 20, 60 and 5 of one country; the only value of the other is NULL.
    expect(data).toEqual([
      { 'visits.country': 'de', 'visits.mean': '23.75' },
      { 'visits.country': 'fr', 'visits.mean': null },
    ]);
    expect((await store.query({ measures: ['visits.mean'] })).data).toEqual([{ 'visits.mean': '23.75' }]);
  });

  test('[X22] may be read from an aggregating index, and filtered by', async () => {
    const store = await open();
    const filters = [{ member: 'visits.mean', operator: 'gt', values: ['10'] }];
    const query = { measures: ['visits.mean'], dimensions: ['visits.device'], filters };
    const { data, meta } = await store.query(query);
    expect(meta).toMatchObject({ index: 'countries', mode: 'rollup' });
    expect(data).toEqual([{ 'visits.device': 'phone', 'visits.mean': '30' }]);
  });

  test('[B30] [X22] is not additive to Cube', async () => {
    const store = await buildTables({ yaml: MODEL, init: [visits], options: { compatibility: 'cube' } });
    const query = { measures: ['visits.mean'], dimensions: ['visits.country'] };
    const { selected, cube } = await store.explain(query);
    expect(selected).toBeNull();
    expect(cube?.candidates.map(({ id, canUse }) => [id, canUse])).toEqual([['visits.by_country', false]]);
    expect((await store.query(query)).meta.mode).toBe('source');
  });
});
