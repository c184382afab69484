/** Relative date ranges: they become absolute before anything is matched, from a now that the caller may set. */
import { describe, expect, test } from 'vitest';
import { buildTables, openTables, refusals } from '../support/open-tables.js';
import type { Store } from '../support/open-tables.js';
import { main, shop } from '../support/reference-model.js';

const now = Date.UTC(2024, 1, 29, 12);
const at = (dateRange: unknown, granularity?: string) => ({
  dimension: 'orders.created_at',
  dateRange,
  ...(granularity === undefined ? {} : { granularity }),
});
const valuesOf = ({ data }: Awaited<ReturnType<Store['query']>>): unknown[][] =>
  data.map((row) => Object.values(row));

/** The examples of 2019, in the words of the reference model: category is `orders.status`. */
describe('[C22] [FX-5] relative ranges on a rollup by day', () => {
  const year = ['2024-01-01', '2024-12-31'];
  const cases: [name: string, query: (year: unknown, month: unknown) => object, rows: unknown[][]][] = [
    [
      'revenue by category this month',
      (_, month) => ({
        measures: ['orders.revenue'],
        dimensions: ['orders.status'],
        timeDimensions: [at(month)],
      }),
      [
        ['completed', '30'],
        ['new', '20'],
      ],
    ],
    [
      'count by day this year',
      (thisYear) => ({ measures: ['orders.count'], timeDimensions: [at(thisYear, 'day')] }),
      [
        ['2024-01-31T00:00:00.000', '2024-01-31T00:00:00.000', '1'],
        ['2024-02-01T00:00:00.000', '2024-02-01T00:00:00.000', '2'],
        ['2024-05-01T00:00:00.000', '2024-05-01T00:00:00.000', '1'],
      ],
    ],
    ['count for all time', () => ({ measures: ['orders.count'] }), [['5']]],
    [
      'revenue by week this year',
      (thisYear) => ({ measures: ['orders.revenue'], timeDimensions: [at(thisYear, 'week')] }),
      [
        ['2024-01-29T00:00:00.000', '2024-01-29T00:00:00.000', '60'],
        ['2024-04-29T00:00:00.000', '2024-04-29T00:00:00.000', '40'],
      ],
    ],
    [
      'revenue by month this year',
      (thisYear) => ({ measures: ['orders.revenue'], timeDimensions: [at(thisYear, 'month')] }),
      [
        ['2024-01-01T00:00:00.000', '2024-01-01T00:00:00.000', '10'],
        ['2024-02-01T00:00:00.000', '2024-02-01T00:00:00.000', '50'],
        ['2024-05-01T00:00:00.000', '2024-05-01T00:00:00.000', '40'],
      ],
    ],
  ];
  test.for(cases)('%s uses the rollup and equals the source', async ([, query, rows]) => {
    const store = await buildTables(shop);
    const result = await store.query(query('this year', 'this month'), { now });
    expect(valuesOf(result)).toEqual(rows);
    expect(result.meta).toMatchObject({ mode: 'rollup', preAggregation: main });
    const absolute = await store.query(query(year, ['2024-02-01', '2024-02-29']));
    expect([absolute.data, absolute.meta.partitions]).toEqual([result.data, result.meta.partitions]);
    const unbuilt = await (await openTables(shop)).query(query('this year', 'this month'), { now });
    expect([unbuilt.data, unbuilt.meta.mode]).toEqual([result.data, 'source']);
    expect(unbuilt.lastRefreshTime).toBe(new Date(now).toISOString());
  });

  test('count by a name that is not stored, this year, does not', async () => {
    const store = await buildTables(shop);
    const query = {
      measures: ['orders.count'],
      dimensions: ['orders.user_id'],
      timeDimensions: [at('this year')],
    };
    const result = await store.query(query, { now });
    expect(valuesOf(result)).toEqual([
      ['1', '2'],
      ['2', '1'],
      [null, '1'],
    ]);
    expect(result.meta.mode).toBe('source');
    expect(await refusals(store, query, main)).toEqual(['dimension_missing']);
  });

  test('only the partitions of the range are read', async () => {
    const store = await buildTables(shop);
    const { meta } = await store.query(
      { measures: ['orders.count'], timeDimensions: [at('this month')] },
      { now },
    );
    expect(meta.partitions.read).toBe(1);
    expect(meta.partitions.total).toBeGreaterThan(1);
  });
});

const count = (timeDimension: object, rest: object = {}): object => ({
  measures: ['orders.count'],
  timeDimensions: [timeDimension],
  ...rest,
});

test('now is a Date or milliseconds, and the clock when it is not given', async () => {
  const store = await buildTables(shop);
  const query = count(at('last month'));
  expect(valuesOf(await store.query(query, { now }))).toEqual([['1']]);
  expect(valuesOf(await store.query(query, { now: new Date('2024-03-01T00:00:00Z') }))).toEqual([['2']]);
  expect(valuesOf(await store.query(query, { now: 0 }))).toEqual([['0']]);
  expect(valuesOf(await store.query(count(at('last 1000 years'))))).toEqual([['4']]);
  expect(valuesOf(await store.query(count(at('next 1000 years'))))).toEqual([['0']]);
  for (const wrong of [new Date(Number.NaN), Number.NaN, Infinity]) {
    for (const call of [store.query(query, { now: wrong }), store.explain(query, { now: wrong })]) {
      await expect(call).rejects.toMatchObject({
        code: 'query_invalid',
        message: expect.stringMatching(/option now/),
      });
    }
  }
});

test('explain sees the same absolute range', async () => {
  const store = await buildTables(shop);
  const { selected, pieces } = await store.explain(count(at('last 2 months')), { now });
  expect(selected).toBe(main);
  expect(pieces).toMatchObject([
    {
      from: main,
      granularity: 'day',
      range: ['2023-12-01T00:00:00.000Z', '2024-02-01T00:00:00.000Z'],
      partitions: ['20240101'],
    },
  ]);
});

test('a text alone and a list of one are the same', async () => {
  const store = await buildTables(shop);
  for (const range of ['last month', ['last month'], ['Last  Month']]) {
    const { data, meta } = await store.query(count(at(range)), { now });
    expect([Object.values(data[0]), meta.mode]).toEqual([['1'], 'rollup']);
  }
});

test('[H2] [X21] of a month of the zone the source gives the hours that are no whole day of the rollup', async () => {
  const store = await buildTables(shop);
  const query = count(at('this month'), { timezone: 'Europe/Berlin' });
  const { data, meta } = await store.query(query, { now });
  expect([Object.values(data[0]), meta.mode]).toEqual([['3'], 'hybrid']);
  const begun = await store.query(query, { now: Date.UTC(2024, 0, 31, 23) });
  expect(begun.data).toEqual(data);
  const before = await store.query(query, { now: Date.UTC(2024, 0, 31, 23) - 1 });
  expect(Object.values(before.data[0])).toEqual(['0']);
});

test('a range that cuts a stored day goes to the source', async () => {
  const store = await buildTables(shop);
  const query = count(at('last 2 hours'));
  const cut = { now: Date.UTC(2024, 1, 1, 2, 30) };
  const { data, meta } = await store.query(query, cut);
  expect([Object.values(data[0]), meta.mode]).toEqual([['2'], 'source']);
  const { candidates } = await store.explain(query, cut);
  expect(candidates[0].reasons.map(({ code }) => code)).toEqual(['range_not_aligned']);
});

/** Orders lie on January 31, twice on February 1, on May 1, and one has no time. */
test.for([
  ['inDateRange', 'last month', '1'],
  ['inDateRange', 'from 2024-01-31 to now', '3'],
  ['notInDateRange', 'this month', '2'],
  ['onTheDate', '4 weeks ago', '2'],
  ['onTheDate', 'this month', '2'],
  ['beforeDate', 'this month', '1'],
  ['beforeOrOnDate', 'this month', '3'],
  ['afterDate', 'last month', '3'],
  ['afterOrOnDate', 'last month', '4'],
  ['afterDate', 'today', '1'],
] as const)('the filter %s takes %s', async ([operator, value, expected]) => {
  const store = await openTables(shop);
  const filters = [{ member: 'orders.created_at', operator, values: [value] }];
  const query = { measures: ['orders.count'], filters };
  expect(valuesOf(await store.query(query, { now }))).toEqual([[expected]]);
});

test('as many units as can be counted are within the times of the source', async () => {
  const store = await openTables(shop);
  expect(valuesOf(await store.query(count(at('last 100000 years')), { now }))).toEqual([['0']]);
  expect(valuesOf(await store.query(count(at('next 100000 years')), { now }))).toEqual([['0']]);
});

const filter = (operator: string, ...values: string[]): object => ({
  measures: ['orders.count'],
  filters: [{ member: 'orders.created_at', operator, values }],
});

test.for([
  ['a text that says no range', count(at('soon')), /dateRange: Can't parse date: 'soon'.*last 7 days/],
  ['one in a list', count(at(['soon'])), /Can't parse date: 'soon'/],
  ['one in a filter', filter('afterDate', 'soon'), /filters\[0\]\.values: Can't parse date: 'soon'/],
  ['a pair of relative ranges', count(at(['last week', 'today'])), /'last week'.*one text alone/],
  ['a relative end', count(at(['2024-01-01', 'today'])), /Can't parse date: 'today'/],
  ['a pair in a filter', filter('inDateRange', 'last week', 'today'), /Can't parse date: 'last week'/],
  ['a comparison with one', filter('gt', 'last week'), /can't parse date/],
  ['a range that runs backwards', count(at('from now to 2 days ago')), /backwards/],
  ['one of no days', count(at('last 0 days')), /backwards/],
  ['one that runs backwards in a filter', filter('inDateRange', 'from now to a week ago'), /backwards/],
  ['too many units', count(at('last 100001 days')), /100000/],
  ['a text without end', count(at(`last ${'7'.repeat(1_000_000)} days`)), /^.{0,500}$/],
  ['two lines', count(at('so\non')), /'so\\non'/],
  [
    'ranges to compare',
    count({ dimension: 'orders.created_at', compareDateRange: ['this week', 'last week'] }),
    /compareDateRange: .*not supported yet/,
  ],
] as const)('refused: %s', async ([, query, says]) => {
  const store = await openTables(shop);
  for (const call of [store.query(query, { now }), store.explain(query, { now })]) {
    await expect(call).rejects.toMatchObject({ code: 'query_invalid', message: expect.stringMatching(says) });
  }
});
