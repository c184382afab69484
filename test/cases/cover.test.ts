/** Covers: several rollups and the source answer one query together, and the caller says who may. */
import { expect, test } from 'vitest';
import { StoreError } from '../../dist/index.js';
import { planQuery } from '../../dist/planner/plan-query.js';
import { coverFault } from '../../dist/planner/prove-cover.js';
import { refusalText } from '../../dist/planner/refuse-source.js';
import { fakeCatalog, prepare } from '../support/fake-catalog.js';
import { openTables, refusals } from '../support/open-tables.js';
import type { Store } from '../support/open-tables.js';

const init = [
  `CREATE TABLE sales AS SELECT
     i AS id,
     CASE WHEN i % 7 = 0 THEN NULL ELSE 'kind ' || (i % 4) END AS kind,
     (i * 37 % 1000)::DECIMAL(9, 2) / 8 AS price,
     i * 7919 % 300 AS visitor,
     i % 40 AS shop_id,
     CASE WHEN i % 50 = 0 THEN NULL ELSE TIMESTAMP '2023-12-20' + INTERVAL (i * 5000001) MILLISECOND END AS at
   FROM range(3000) AS numbers(i)`,
  `CREATE TABLE shops AS SELECT i AS id, TIMESTAMP '2023-12-01' + INTERVAL (i * 5) DAY AS opened FROM range(40) AS n(i)`,
];

const yaml = (rollups: string, more = ''): string => `
cubes:
  - name: sales
    sql_table: sales
    joins: [{ name: shops, relationship: many_to_one, sql: "{CUBE}.shop_id = {shops}.id" }]
    measures:
      - { name: count, type: count }
      - { name: revenue, sql: price, type: sum }
      - { name: dearest, sql: price, type: max }
      - { name: mean, sql: price, type: avg }
      - { name: visitors, sql: visitor, type: count_distinct_approx }
      - { name: buyers, sql: visitor, type: count_distinct }
      - { name: per_sale, sql: "{revenue} / {count}", type: number }
    dimensions:
      - { name: id, sql: id, type: number, primary_key: true }
      - { name: kind, sql: kind, type: string }
      - { name: at, sql: at, type: time }
    pre_aggregations:
${rollups}
  - name: shops
    sql_table: shops
    dimensions:
      - { name: id, sql: id, type: number, primary_key: true }
      - { name: opened, sql: opened, type: time }
${more}`;

const rollup = (name: string, measures: string, rest: string): string =>
  `      - { name: ${name}, measures: [${measures}], dimensions: [kind], ${rest} }`;

const ALL = 'count, revenue, dearest, mean, visitors';
const DAILY = 'time_dimension: at, granularity: day, partition_granularity: month';
const daily = rollup('daily', ALL, DAILY);
const monthly = rollup('monthly', ALL, 'time_dimension: at, granularity: month');

const measures = ['count', 'revenue', 'dearest', 'mean', 'visitors', 'per_sale'].map(
  (name) => `sales.${name}`,
);
const during = (...dateRange: string[]): object => ({ dimension: 'sales.at', dateRange });

/** The answer, which must be that of the source alone. */
async function checked(store: Store, query: object, options: object = {}): ReturnType<Store['query']> {
  const answer = await store.query(query, options);
  const expected = await store.query(query, { policy: 'sourceOnly' });
  expect(expected.meta).toMatchObject({ mode: 'source', preAggregation: null });
  expect(answer.data).toEqual(expected.data);
  expect(answer.total).toBe(expected.total);
  return answer;
}

const readFrom = ({ usedPreAggregations }: Awaited<ReturnType<Store['query']>>): string[] =>
  Object.values(usedPreAggregations).map(({ preAggregationId }) => preAggregationId);

test('[H13] [X14] gaps before, between and after what is built come from the source, and rows without a time', async () => {
  const store = await openTables({ init, yaml: yaml(daily) });
  await store.build({ range: ['2024-01-01', '2024-02-01'] });
  await store.build({ range: ['2024-03-01', '2024-05-01'] });
  const queries: object[] = [
    { measures },
    { measures, dimensions: ['sales.kind'], total: true },
    { measures, timeDimensions: [{ dimension: 'sales.at', granularity: 'quarter' }] },
    { measures, timeDimensions: [{ dimension: 'sales.at', granularity: 'week' }], timezone: 'UTC' },
    { measures, timeDimensions: [during('2023-12-01', '2024-12-31')] },
    { measures, timeDimensions: [during('2024-01-20T07:00:00.000', '2024-03-10T11:30:00.000')] },
    { measures, filters: [{ member: 'sales.kind', operator: 'equals', values: ['kind 1', null] }] },
  ];
  for (const query of queries) {
    const { meta } = await checked(store, query);
    expect(meta.mode).toBe('hybrid');
    expect(await refusals(store, query, 'sales.daily')).toContain('partitions_missing');
  }
  const { pieces } = await store.explain(queries[0]);
  const span = (from: string, to: string, orNull = false): object => {
    const iso = (at: string): string => (at === '' ? 'unbounded' : `${at}T00:00:00.000Z`);
    return { 'sales.at': { range: [iso(from), iso(to)], orNull } };
  };
  expect(pieces.map(({ from, range, boxes }) => [from, range ?? boxes])).toEqual([
    ['sales.daily', ['2024-01-01T00:00:00.000Z', '2024-02-01T00:00:00.000Z']],
    ['sales.daily', ['2024-03-01T00:00:00.000Z', '2024-05-01T00:00:00.000Z']],
    ['source', [span('', '2024-01-01', true), span('2024-02-01', '2024-03-01'), span('2024-05-01', '')]],
  ]);
  // Within what is built nothing else is asked.
  const inside = await checked(store, { measures, timeDimensions: [during('2024-03-05', '2024-04-20')] });
  expect(inside.meta.mode).toBe('rollup');
});

test('[X14] a measure that cannot be merged, and a window, come from the source where a partition is missing', async () => {
  const store = await openTables({
    init,
    yaml: yaml(rollup('exact', 'count, buyers', DAILY)),
  });
  await store.build({ range: ['2024-01-01', '2024-02-01'] });
  const byDay = { dimension: 'sales.at', granularity: 'day', dateRange: ['2024-01-05', '2024-02-05'] };
  const query = { measures: ['sales.buyers'], dimensions: ['sales.kind'], timeDimensions: [byDay] };
  expect((await checked(store, query)).meta.mode).toBe('source');
  const within = { ...query, timeDimensions: [{ ...byDay, dateRange: ['2024-01-05', '2024-01-25'] }] };
  expect((await checked(store, within)).meta.mode).toBe('direct');
});

test('a gap in a time that the query does not ask for is known by another cube', async () => {
  const opened = `      - { name: by_opening, measures: [count, revenue], dimensions: [kind], time_dimension: shops.opened, granularity: day, partition_granularity: month }`;
  const store = await openTables({ init, yaml: yaml(opened) });
  await store.build({ range: ['2024-02-01', '2024-03-01'] });
  const query = { measures: ['sales.count'], dimensions: ['sales.kind'] };
  // Without the join to shops the source cannot tell which rows are not built.
  expect((await checked(store, query)).meta.mode).toBe('source');
  const timeDimensions = [{ dimension: 'shops.opened', granularity: 'month' }];
  expect((await checked(store, { ...query, timeDimensions })).meta.mode).toBe('hybrid');
});

test('FILTER_PARAMS stand for what the query asks, not for the gap that the source answers for', async () => {
  const table = 'sql: "SELECT * FROM sales WHERE {FILTER_PARAMS.sales.at.filter(\'at + INTERVAL 40 DAY\')}"';
  const store = await openTables({ init, yaml: yaml(daily).replace('sql_table: sales', table) });
  await store.build({ range: ['2024-01-01', '2024-02-01'] });
  expect((await checked(store, { measures, dimensions: ['sales.kind'] })).meta.mode).toBe('hybrid');
});

test('measures that no rollup holds together come from several, joined on the dimensions', async () => {
  const store = await openTables({
    init,
    yaml: yaml(
      [
        rollup('counts', 'count', DAILY),
        rollup('money', 'revenue, dearest', 'time_dimension: at, granularity: hour'),
        rollup('others', 'mean, visitors', 'time_dimension: at, granularity: month'),
      ].join('\n'),
    ),
  });
  await store.build();
  const byMonth = [{ dimension: 'sales.at', granularity: 'month' }];
  for (const query of [
    { measures },
    { measures, dimensions: ['sales.kind'], timeDimensions: byMonth, total: true, limit: 7 },
    { measures: ['sales.per_sale'], dimensions: ['sales.kind'], order: { 'sales.per_sale': 'desc' } },
    {
      measures: ['sales.count', 'sales.mean'],
      timeDimensions: byMonth,
      filters: [{ member: 'sales.revenue', operator: 'gt', values: ['1000'] }],
    },
  ]) {
    const answer = await checked(store, query);
    expect(answer.meta.mode).toBe('rollup');
    expect(readFrom(answer).length).toBeGreaterThan(1);
    expect(new Set(await refusals(store, query, 'sales.counts'))).toEqual(new Set(['measure_missing']));
  }
  // A range that one of them holds whole, and the other not: the source gives all, in one statement.
  const cut = {
    measures: ['sales.count', 'sales.revenue'],
    timeDimensions: [during('2024-01-05', '2024-02-05T11:59:59.999')],
  };
  const answer = await checked(store, cut);
  expect(answer.meta.mode).toBe('hybrid');
  expect(readFrom(answer)).toEqual(['sales.counts', 'sales.money']);
  // A measure that nobody holds leaves nothing to several rollups.
  const exact = { measures: ['sales.count', 'sales.buyers'] };
  expect((await checked(store, exact)).meta.mode).toBe('source');
});

test("[X3] with selection: 'cost' the cheapest cover answers, a coarse rollup with a finer one at its edges", async () => {
  const store = await openTables({
    init,
    yaml: yaml(`${daily}\n${monthly}\n${rollup('hourly', ALL, 'time_dimension: at, granularity: hour')}`),
    options: { selection: 'cost' },
  });
  await store.build();
  const cut = await checked(store, { measures, timeDimensions: [during('2024-01-10', '2024-04-20')] });
  expect(cut.meta.mode).toBe('rollup');
  expect(readFrom(cut)).not.toContain('sales.hourly');
  const hours = { measures, timeDimensions: [during('2024-01-10T05:00:00.000', '2024-03-31')] };
  const answer = await checked(store, hours);
  expect(answer.meta.mode).toBe('rollup');
  const { pieces } = await store.explain(hours);
  expect(pieces.some(({ from }) => from === 'source')).toBe(false);
});

test('[E43] policy, use and avoid say who may answer, and explain says the same', async () => {
  const store = await openTables({ init, yaml: yaml(`${daily}\n${monthly}`) });
  await store.build();
  const query = { measures, timeDimensions: [during('2024-01-01', '2024-03-31')] };
  expect(readFrom(await checked(store, query))).toEqual(['sales.daily']);
  expect(readFrom(await checked(store, query, { avoid: ['sales.daily'] }))).toEqual(['sales.monthly']);
  expect(readFrom(await checked(store, query, { use: ['sales.monthly'] }))).toEqual(['sales.monthly']);
  expect((await checked(store, query, { use: [] })).meta.mode).toBe('source');
  const explained = await store.explain(query, { avoid: ['sales.daily'] });
  expect(explained.selected).toBe('sales.monthly');
  expect(explained.candidates[0]).toMatchObject({ matched: false, fix: null });
  expect(explained.candidates[0].reasons.map(({ code }) => code)).toEqual(['avoided']);
  expect(explained.candidates[0].help).toContain('take it off the list avoid');
  const asked = await store.explain(query, { policy: 'sourceOnly' });
  expect([asked.mode, asked.candidates.map(({ reasons }) => reasons[0]?.code)]).toEqual([
    'source',
    ['source_only', 'source_only'],
  ]);
  for (const [options, message] of [
    [{ use: ['sales.dayly'] }, "use: there is no pre-aggregation 'sales.dayly'. Did you mean 'sales.daily'?"],
    [{ avoid: ['x'] }, "avoid: there is no pre-aggregation 'x'. There are: sales.daily, sales.monthly."],
    [
      { policy: 'rollup_only' },
      "the option policy of query() is not valid. It must be 'auto', 'rollupOnly' or 'sourceOnly'.",
    ],
    [
      { use: 'sales.daily' },
      "the option use of query() is not valid. It must be a list such as ['orders.daily'].",
    ],
  ] as const) {
    await expect(store.query(query, options as object)).rejects.toMatchObject({
      code: 'query_invalid',
      message,
    });
  }
});

test("[H6] policy: 'rollupOnly' answers from rollups, or names what they lack", async () => {
  const store = await openTables({ init, yaml: yaml(daily) });
  await store.build({ range: ['2024-01-01', '2024-03-01'] });
  const rollupOnly = { policy: 'rollupOnly' } as const;
  const whole = { measures, timeDimensions: [during('2024-01-10', '2024-02-20')] };
  expect((await checked(store, whole, rollupOnly)).meta.mode).toBe('rollup');
  const refused = async (query: object): Promise<StoreError> => {
    const error: unknown = await store.query(query, rollupOnly).catch((thrown: unknown) => thrown);
    if (!(error instanceof StoreError)) throw new Error('it was not refused');
    expect(error.code).toBe('not_covered');
    const { refusal } = await store.explain(query, rollupOnly);
    expect(error.message).toContain(refusal);
    return error;
  };
  const cut = await refused({
    measures: ['sales.count'],
    timeDimensions: [during('2024-01-10T12:00:00.000', '2024-03-09')],
  });
  const times = (from: string, to: string): object => ({
    measures: ['sales.count'],
    times: { 'sales.at': { range: [from, to], orNull: false } },
  });
  expect(cut.uncovered).toEqual([
    times('2024-01-10T12:00:00.000Z', '2024-01-11T00:00:00.000Z'),
    times('2024-03-01T00:00:00.000Z', '2024-03-10T00:00:00.000Z'),
  ]);
  expect(cut.message).toContain(
    'no rollup holds sales.count of sales.at from 2024-01-10T12:00:00.000Z to before 2024-01-11T00:00:00.000Z, and',
  );
  expect(cut.message).toContain('the range cuts through a day of sales.daily');
  const missing = await refused({ measures: ['sales.buyers'], dimensions: ['sales.id'] });
  expect(missing.uncovered).toEqual([{ measures: ['sales.buyers'], times: {} }]);
  expect(missing.message).toContain('sales.daily');
  const none = await openTables({ init, yaml: yaml('').replace('pre_aggregations:', '') });
  await expect(none.query({ measures }, rollupOnly)).rejects.toMatchObject({ code: 'not_covered' });
});

test('the plan carries the proof of its cover', () => {
  const prepared = prepare({
    cubes: [
      {
        name: 'sales',
        sql_table: 'sales',
        measures: [{ name: 'count', type: 'count' }],
        dimensions: [{ name: 'at', sql: 'at', type: 'time' }],
        pre_aggregations: [
          {
            name: 'daily',
            measures: ['count'],
            time_dimension: 'at',
            granularity: 'day',
            partition_granularity: 'month',
          },
        ],
      },
    ],
  });
  const catalog = fakeCatalog(prepared, '2024-01-01', '2024-07-01');
  const timeDimensions = [during('2024-01-10T12:00:00.000', '2024-03-09')];
  const { covers, pieces } = planQuery(
    prepared,
    catalog,
    { measures: ['sales.count'], timeDimensions },
    { now: 0 },
  );
  const [from, to] = [Date.UTC(2024, 0, 10, 12), Date.UTC(2024, 2, 10)];
  const day = Date.UTC(2024, 0, 11);
  const box = (start: number, end: number): object[] => [
    { dimension: 'sales.at', span: { from: start, to: end, orNull: false } },
  ];
  expect(covers).toEqual([
    {
      asked: box(from, to),
      states: ['sales__count'],
      parts: [
        { from: 'sales.daily', boxes: [box(day, to)] },
        { from: null, boxes: [box(from, day)] },
      ],
    },
  ]);
  expect(pieces.map(({ boxes }) => boxes)).toEqual(covers[0].parts.map(({ boxes }) => boxes));
  expect(coverFault(covers[0])).toBe(null);
  expect(coverFault({ ...covers[0], parts: covers[0].parts.slice(1) })).toMatch(/count 0 times instead of 1/);
});

// The source was asked for the gaps of a cube that nothing joined: DuckDB refused the statement.
test('a time of another cube that is only named divides nothing', async () => {
  const byOpening = rollup('by_opening', ALL, DAILY.replace('at,', 'shops.opened,'));
  const store = await openTables({ init, yaml: yaml(byOpening) });
  await store.build({ range: ['2024-01-01', '2024-02-01'] });
  const named = { measures, timeDimensions: [{ dimension: 'shops.opened' }] };
  const { meta } = await checked(store, named);
  expect(meta.mode).toBe('source');
  const asked = {
    measures,
    timeDimensions: [{ dimension: 'shops.opened', dateRange: ['2024-01-01', '2024-03-31'] }],
  };
  expect((await checked(store, asked)).meta.mode).toBe('hybrid');
});

// Told was that no rollup holds both measures for the gap of the first, although two others held one each.
test('[E43] rollupOnly: measures of which no rollup lacks anything apart are answered apart', async () => {
  const store = await openTables({
    init,
    yaml: yaml(
      [
        rollup('both', 'count, revenue, visitors', DAILY),
        rollup('counts', 'count, visitors', DAILY),
        rollup('revenues', 'revenue', DAILY),
      ].join('\n'),
    ),
  });
  await store.build({ preAggregations: ['sales.both'], range: ['2024-01-01', '2024-02-01'] });
  await store.build({ preAggregations: ['sales.counts', 'sales.revenues'] });
  const query = {
    measures: ['sales.count', 'sales.per_sale', 'sales.visitors'],
    dimensions: ['sales.kind'],
    timeDimensions: [during('2024-01-01', '2024-03-31')],
  };
  const answer = await checked(store, query, { policy: 'rollupOnly' });
  expect(readFrom(answer)).toEqual(['sales.counts', 'sales.revenues']);
});

// All measures of the query were told with all of its times.
test('[E43] a refusal names for each measure the times that no rollup holds of it, and no others', async () => {
  const store = await openTables({
    init,
    yaml: yaml([rollup('long', 'count', DAILY), rollup('short', 'count, revenue', DAILY)].join('\n')),
  });
  await store.build({ preAggregations: ['sales.long'], range: ['2024-01-01', '2024-03-01'] });
  await store.build({ preAggregations: ['sales.short'], range: ['2024-01-01', '2024-02-01'] });
  const query = {
    measures: ['sales.count', 'sales.revenue', 'sales.dearest'],
    timeDimensions: [during('2024-01-01', '2024-03-31')],
  };
  const lacking = (measure: string, from: string): object => ({
    measures: [measure],
    times: { 'sales.at': { range: [`${from}T00:00:00.000Z`, '2024-04-01T00:00:00.000Z'], orNull: false } },
  });
  await expect(store.query(query, { policy: 'rollupOnly' })).rejects.toMatchObject({
    code: 'not_covered',
    uncovered: [
      lacking('sales.count', '2024-03-01'),
      lacking('sales.revenue', '2024-02-01'),
      lacking('sales.dearest', '2024-01-01'),
    ],
  });
});

// The weeks came first and took up to May 27, and of the days to the end of that month no rollup had a whole bucket.
test('[E43] rollupOnly: a rollup that is tried first takes no times that leave a rest', async () => {
  const times = (granularity: string): string => `time_dimension: at, granularity: ${granularity}`;
  const rollups = [rollup('weekly', ALL, times('week')), rollup('monthly', ALL, times('month'))];
  const store = await openTables({ init, yaml: yaml(rollups.join('\n')) });
  await store.build();
  const query = { measures, timeDimensions: [during('2024-03-04', '2024-05-31')] };
  expect((await checked(store, query)).meta.mode).toBe('hybrid');
  const answer = await checked(store, query, { policy: 'rollupOnly' });
  expect(readFrom(answer)).toEqual(['sales.weekly', 'sales.monthly']);
});

// A new rollup was proposed, which would have been refused as well.
test('[E43] no rollup is proposed to a caller who allows none but some, or none at all', async () => {
  const store = await openTables({ init, yaml: yaml(daily) });
  const query = { measures: ['sales.count'] };
  for (const [options, code] of [
    [{ policy: 'sourceOnly' }, 'source_only'],
    [{ use: [] }, 'not_among_used'],
  ] as const) {
    const { fix, obstacles } = await store.explain(query, options);
    expect(fix).toBeNull();
    expect(obstacles.map((reason) => reason.code)).toEqual([code]);
  }
  expect((await store.explain(query, { avoid: ['sales.daily'] })).fix?.text).toMatch(/^Add a rollup/);
});

// Beyond 64 parts a rollup is left out of a cover, and was told to hold nothing; of its own measures that it did not
// store those of others; and of ten rollups the last were `5 more` without an end of the sentence.
test('[E43] a refusal tells what a rollup with many gaps lacks of the measures that it stores', () => {
  const daily = (name: string, measure: string): object => ({
    ...{ name, measures: [measure], time_dimension: 'at' },
    ...{ granularity: 'day', partition_granularity: 'day' },
  });
  const others = Array.from({ length: 6 }, (_, at) => daily(`other_${at}`, 'dearest'));
  const prepared = prepare({
    cubes: [
      {
        ...{ name: 'sales', sql_table: 'sales' },
        dimensions: [{ name: 'at', sql: 'at', type: 'time' }],
        measures: [
          { name: 'count', type: 'count' },
          { name: 'revenue', type: 'sum', sql: 'price' },
          { name: 'dearest', type: 'max', sql: 'price' },
        ],
        pre_aggregations: [daily('counts', 'count'), daily('revenues', 'revenue'), ...others],
      },
    ],
  });
  const built = fakeCatalog(prepared, '2024-01-01', '2024-07-01');
  const { 'sales.counts': counts, 'sales.revenues': _, ...rest } = Object.fromEntries(built.rollups);
  const gaps = { ...counts, partitions: counts.partitions.filter((_, at) => at % 2 === 0) };
  const catalog = { ...built, rollups: new Map(Object.entries({ ...rest, 'sales.counts': gaps })) };
  const timeDimensions = [during('2024-01-01', '2024-06-30')];
  const query = { measures: ['sales.count', 'sales.revenue'], timeDimensions };
  const { refusal } = planQuery(prepared, catalog, query, { now: 0, policy: 'rollupOnly' });
  if (refusal === null) throw new Error('the query is not refused');
  const byMeasure = refusal.uncovered.map(({ boxes, measures: [only] }) => [only, boxes.length]);
  expect(byMeasure).toEqual([
    ['sales.count', 91],
    ['sales.revenue', 1],
  ]);
  const text = refusalText(refusal);
  expect(text).toContain('sales.counts lacks the partitions of 2024-01-02');
  expect(text).toContain('sales.revenues is not built yet');
  expect(text).toMatch(/ 3 more rollups do not either\.$/);
});
