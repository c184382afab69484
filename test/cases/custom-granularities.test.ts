/** Granularities that a time dimension defines itself: in YAML and JavaScript, in rollups, queries and time zones. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { assertEqualAnswers } from '../support/assert-equal-answers.js';
import type { CubeQuery } from '../support/cube-query.js';
import { buildTables, openTables, refusals, tableOf, temporaryFolder } from '../support/open-tables.js';
import type { Store } from '../support/open-tables.js';
import { answer } from '../support/oracle.js';
import type { OracleModel } from '../support/oracle.js';
import type { OracleGrid } from '../support/oracle-time.js';

const times = [
  '1969-12-28 23:59:59.999',
  '1999-12-31 23:59:59.999',
  '2000-01-02 12:00:00',
  '2023-03-31 23:59:59.999',
  '2023-04-01 00:00:00',
  '2024-01-14 10:00:00',
  '2024-01-15 00:00:00',
  '2024-01-28 23:30:00',
  '2024-01-29 00:15:00',
  '2024-03-31 00:59:59.999',
  '2024-03-31 01:00:00',
  '2024-03-31 22:30:00',
  '2024-04-01 00:00:00',
  '2024-10-27 00:30:00',
  '2024-10-27 01:30:00',
  '2024-12-31 23:45:00',
];
const init = [
  tableOf(
    'orders',
    ['id', 'amount', 'created_at'],
    [...times.map((time, at) => `${at}, ${at + 1}, TIMESTAMP '${time}'`), '99, 100, NULL'],
  ),
];

interface Row {
  readonly amount: number;
  readonly createdAt: number | null;
}

const rows: readonly Row[] = [
  ...times.map((time, at) => ({ amount: at + 1, createdAt: Date.parse(`${time.replace(' ', 'T')}Z`) })),
  { amount: 100, createdAt: null },
];

const granularities = `
              - { name: fiscal_year, title: Year to March, interval: 1 year, offset: 3 months }
              - { name: two_weeks, interval: 2 weeks, origin: 2024-01-15 }
              - { name: sunday_week, interval: 1 week, offset: -1 day }
              - { name: quarter_hour, interval: 15 minutes }
              - { name: morning, interval: 1 day, offset: 6 hours }
              - { name: half_year, interval: 6 months }`;

const grids: Readonly<Record<string, OracleGrid>> = {
  fiscal_year: { first: '2023-04-01', months: 12 },
  two_weeks: { first: '2024-01-15', ms: 14 * 86_400_000 },
  sunday_week: { first: '2023-12-31', ms: 7 * 86_400_000 },
  quarter_hour: { first: '2000-01-01', ms: 900_000 },
  morning: { first: '2000-01-01T06:00:00', ms: 86_400_000 },
  half_year: { first: '2000-01-01', months: 6 },
};

const oracle = oracleWith(grids);

function oracleWith(own: Readonly<Record<string, OracleGrid>>): OracleModel<Row> {
  return {
    dimensions: {
      'orders.created_at': { type: 'time', of: (row) => row.createdAt, granularities: own },
    },
    measures: {
      'orders.count': { kind: 'count' },
      'orders.revenue': { kind: 'double_sum', of: (row) => row.amount },
    },
    segments: {},
  };
}

/** @param own the granularities of the time dimension */
function yamlWith(rollups: string, own = granularities): string {
  return `
    cubes:
      - name: orders
        sql_table: orders
        measures:
          - { name: count, type: count }
          - { name: revenue, sql: amount, type: sum }
          - { name: buyers, sql: amount, type: count_distinct }
        dimensions:
          - { name: id, sql: id, type: number, primary_key: true }
          - name: created_at
            sql: created_at
            type: time
            granularities: ${own}
        pre_aggregations: ${rollups}
`;
}

function rollup(name: string, granularity: string, more = ''): string {
  return `
          - name: ${name}
            measures: [count, revenue]
            time_dimension: created_at
            granularity: ${granularity}
            ${more}`;
}

function by(granularity: string, more: object = {}): CubeQuery {
  return {
    measures: ['orders.count', 'orders.revenue'],
    timeDimensions: [{ dimension: 'orders.created_at', granularity, ...more }],
  };
}

/** The answer, which is the oracle's, and where it came from. */
async function checked(store: Store, query: CubeQuery, model = oracle): Promise<string> {
  const result = await store.query(query);
  assertEqualAnswers(result, answer(model, rows, query));
  return result.meta.preAggregation ?? result.meta.mode;
}

test('[D28] [B40] [B41] a rollup of a custom granularity answers the queries by it, in its columns', async () => {
  const partitioned = yamlWith(rollup('fiscal', 'fiscal_year', 'partition_granularity: quarter'));
  await expect(openTables({ yaml: partitioned, init })).rejects.toThrow(
    /a partition of a quarter cuts through buckets of a fiscal_year: use a finer `granularity`/,
  );
  const fiscal = await buildTables({ yaml: yamlWith(rollup('fiscal', 'fiscal_year')), init });
  expect(await checked(fiscal, by('fiscal_year'))).toBe('orders.fiscal');
  const { data, meta, annotation } = await fiscal.query(by('fiscal_year'));
  expect(meta.mode).toBe('direct');
  expect(data[0]).toEqual({
    'orders.created_at.fiscal_year': '1969-04-01T00:00:00.000',
    'orders.created_at': '1969-04-01T00:00:00.000',
    'orders.count': '1',
    'orders.revenue': '1',
  });
  expect(annotation.timeDimensions['orders.created_at.fiscal_year'].granularity).toEqual({
    name: 'fiscal_year',
    title: 'Year to March',
    interval: '1 year',
    offset: '3 months',
  });
  expect(await refusals(fiscal, by('year'), 'orders.fiscal')).toEqual(['granularity_not_nested']);
  expect(await refusals(fiscal, by('month'), 'orders.fiscal')).toEqual(['granularity_too_fine']);
  expect(await refusals(fiscal, by('two_weeks'), 'orders.fiscal')).toEqual(['granularity_not_nested']);
});

test('[D28] the same in JavaScript, in camelCase and as maps', async () => {
  const js = `cube('orders', {
    sqlTable: 'orders',
    measures: { count: { type: 'count' }, revenue: { type: 'sum', sql: 'amount' } },
    dimensions: {
      created_at: {
        type: 'time',
        sql: 'created_at',
        granularities: {
          fiscal_year: { interval: '1 year', offset: '3 months' },
          two_weeks: { interval: '2 weeks', origin: '2024-01-15' },
        },
      },
    },
    preAggregations: {
      fiscal: {
        measures: [CUBE.count, CUBE.revenue],
        timeDimension: CUBE.created_at,
        granularity: 'fiscal_year',
        indexes: { byTime: { columns: ['created_at.fiscal_year'] } },
      },
      daily: { measures: [CUBE.count], timeDimension: CUBE.created_at, granularity: 'day' },
    },
  });`;
  const store = await buildTables({ yaml: '', js, init });
  expect(await checked(store, by('fiscal_year'))).toBe('orders.fiscal');
  const count: CubeQuery = { ...by('two_weeks'), measures: ['orders.count'] };
  expect(await checked(store, count)).toBe('orders.daily');
  const annotation = (await store.query(count)).annotation.timeDimensions['orders.created_at.two_weeks'];
  expect(annotation.granularity).toEqual({
    name: 'two_weeks',
    title: 'Two Weeks',
    interval: '2 weeks',
    origin: '2024-01-15',
  });
});

test('[X1] [B42] custom buckets are made of any stored ones that nest in them', async () => {
  const store = await buildTables({
    yaml: yamlWith(rollup('daily', 'day', 'partition_granularity: month') + rollup('fine', 'quarter_hour')),
    init,
  });
  for (const granularity of ['fiscal_year', 'two_weeks', 'sunday_week', 'half_year']) {
    expect(await checked(store, by(granularity))).toBe('orders.daily');
  }
  expect(await checked(store, by('morning'))).toBe('orders.fine');
  expect(await checked(store, by('hour'))).toBe('orders.fine');
  expect(await checked(store, by('minute'))).toBe('source');
  const inYear = { dateRange: ['2023-04-01', '2024-03-31'] };
  expect(await checked(store, by('fiscal_year', inYear))).toBe('orders.daily');
});

test('[B43] a range must begin and end where a stored bucket does', async () => {
  const store = await buildTables({ yaml: yamlWith(rollup('fiscal', 'fiscal_year')), init });
  const [april, march] = ['2023-04-01', '2024-03-31'];
  expect(await checked(store, by('fiscal_year', { dateRange: [april, march] }))).toBe('orders.fiscal');
  const cut = by('fiscal_year', { dateRange: ['2024-01-01', '2024-12-31'] });
  expect(await refusals(store, cut, 'orders.fiscal')).toEqual(['range_not_aligned']);
  expect(await checked(store, cut)).toBe('source');
  const total = {
    ...by('day'),
    timeDimensions: [{ dimension: 'orders.created_at', dateRange: [april, march] }],
  };
  expect(await checked(store, total)).toBe('orders.fiscal');
});

test('[H3] a query by a custom granularity prefers the rollup that stores it; other queries keep the order', async () => {
  const store = await buildTables({
    yaml: yamlWith(rollup('daily', 'day') + rollup('monthly', 'month') + rollup('fiscal', 'fiscal_year')),
    init,
  });
  expect(await checked(store, by('fiscal_year'))).toBe('orders.fiscal');
  expect(await checked(store, by('half_year'))).toBe('orders.daily');
  expect(await checked(store, by('year'))).toBe('orders.daily');
  const { candidates, selected } = await store.explain(by('fiscal_year'));
  expect(candidates.map(({ id }) => id)).toEqual(['orders.fiscal', 'orders.daily', 'orders.monthly']);
  expect(selected).toBe('orders.fiscal');
  // What it cannot answer is answered by the next.
  const cut = by('fiscal_year', { dateRange: ['2024-01-01', '2024-12-31'] });
  expect(await checked(store, cut)).toBe('orders.daily');
});

test('[C17] of several granularities of one time dimension any that serves is read', async () => {
  const both = `
          - name: both
            measures: [count, revenue, buyers]
            time_dimensions:
              - { dimension: created_at, granularity: two_weeks }
              - { dimension: created_at, granularity: month }`;
  const store = await buildTables({ yaml: yamlWith(both), init });
  for (const granularity of ['two_weeks', 'month', 'quarter', 'half_year', 'fiscal_year', 'year']) {
    expect(await checked(store, by(granularity))).toBe('orders.both');
  }
  expect(await refusals(store, by('week'), 'orders.both')).toEqual(['granularity_too_fine']);
  expect(await refusals(store, by('sunday_week'), 'orders.both')).toEqual(['granularity_not_nested']);
  // The range is looked for in the column whose buckets it does not cut.
  const year = by('two_weeks', { dateRange: ['2024-01-01', '2024-12-31'] });
  expect(await refusals(store, year, 'orders.both')).toEqual(['range_not_aligned']);
  const month = by('month', { dateRange: ['2024-01-01', '2024-12-31'] });
  expect(await checked(store, month)).toBe('orders.both');
  const weeks = by('two_weeks', { dateRange: ['2024-01-15', '2024-02-11'] });
  expect(await checked(store, weeks)).toBe('orders.both');
  const exact: CubeQuery = {
    measures: ['orders.buyers'],
    timeDimensions: [
      { dimension: 'orders.created_at', granularity: 'two_weeks' },
      { dimension: 'orders.created_at', granularity: 'month' },
    ],
  };
  expect((await store.query(exact)).meta.mode).toBe('direct');
  const source = await openTables({ yaml: yamlWith('[]'), init });
  expect((await store.query(exact)).data).toEqual((await source.query(exact)).data);
});

test('[H2] stored in UTC, a custom grid serves the zones whose buckets it makes', async () => {
  const own = `
              - { name: fiscal_year, interval: 1 year, offset: 3 months }
              - { name: india_day, interval: 1 day, origin: "2024-01-01T18:30:00" }
              - { name: half_hour, interval: 30 minutes }`;
  const model = oracleWith({
    fiscal_year: grids['fiscal_year'],
    half_hour: { first: '2000-01-01', ms: 1_800_000 },
  });
  const store = await buildTables({
    yaml: yamlWith(
      rollup('india', 'india_day') + rollup('halves', 'half_hour') + rollup('fiscal', 'fiscal_year'),
      own,
    ),
    init,
  });
  const from2000 = { dateRange: ['2023-01-01', '2024-12-31'] };
  const inZone = (granularity: string, timezone: string, more = {}): CubeQuery => ({
    ...by(granularity, more),
    timezone,
  });
  expect(await checked(store, inZone('day', 'Asia/Kolkata', from2000), model)).toBe('orders.india');
  expect(await checked(store, inZone('month', 'Asia/Kolkata', from2000), model)).toBe('orders.india');
  expect(await checked(store, inZone('day', 'Europe/Berlin', from2000), model)).toBe('orders.halves');
  expect(await checked(store, inZone('half_hour', 'Europe/Berlin', from2000), model)).toBe('orders.halves');
  expect(await checked(store, inZone('fiscal_year', 'Europe/Berlin', from2000), model)).toBe('orders.halves');
  expect(await refusals(store, inZone('fiscal_year', 'Europe/Berlin'), 'orders.fiscal')).toEqual([
    'timezone_not_aligned',
  ]);
  expect(await checked(store, inZone('day', 'Asia/Kathmandu', from2000), model)).toBe('source');
});

test('[E24] what a rollup lacks is proposed, and then it matches', async () => {
  const yaml = yamlWith(rollup('main', 'two_weeks'));
  const store = await buildTables({ yaml, init });
  const misses: [CubeQuery, string][] = [
    [by('sunday_week'), 'day'],
    [by('month'), 'day'],
    [by('morning'), 'hour'],
    [by('quarter_hour'), 'minute'],
    [by('two_weeks', { dateRange: ['2024-01-15', '2024-01-20'] }), 'day'],
    [by('month', { dateRange: ['2024-03-31T00:00:00.000', '2024-03-31T00:59:59.999'] }), 'hour'],
    [{ ...by('two_weeks'), timezone: 'Asia/Kolkata' }, 'minute'],
  ];
  for (const [query, granularity] of misses) {
    const { candidates } = await store.explain(query);
    const fixes = candidates[0].reasons.map(({ fix }) => fix?.patch);
    expect(new Set(fixes.map((fix) => JSON.stringify(fix)))).toHaveLength(1);
    expect(fixes[0]).toEqual([
      { op: 'replace', path: '/cubes/0/pre_aggregations/0/granularity', value: granularity },
    ]);
    const fixed = await buildTables({
      yaml: yaml.replace('granularity: two_weeks', `granularity: ${granularity}`),
      init,
    });
    expect(await checked(fixed, query)).toBe('orders.main');
  }
});

test('a name that the dimension does not know gets the nearest of its own and the predefined ones', async () => {
  const store = await openTables({ yaml: yamlWith('[]'), init });
  const failing = async (query: object): Promise<string> =>
    store.query(query).then(
      () => 'answered',
      (error: unknown) => (error as Error).message,
    );
  expect(await failing(by('fiscal_yaer'))).toMatch(/timeDimensions\[0\].granularity: .*'fiscal_year'/);
  expect(await failing(by('mnth'))).toMatch(/Did you mean 'month'/);
  expect(await failing({ dimensions: ['orders.created_at.two_week'] })).toMatch(
    /dimensions\[0\]: .*'two_weeks'/,
  );
  expect(await failing(by('lustrum'))).toMatch(/Known: fiscal_year, two_weeks/);
  const dotted: CubeQuery = { measures: ['orders.count'], dimensions: ['orders.created_at.fiscal_year'] };
  expect(await checked(store, dotted)).toBe('source');
  const ordered: CubeQuery = { ...dotted, order: { 'orders.created_at.fiscal_year': 'desc' }, limit: 2 };
  expect(await checked(store, ordered)).toBe('source');
});

test('a grid that changes under its name needs a build, and a new spelling of it does not', async () => {
  const folder = temporaryFolder();
  const yaml = yamlWith(rollup('fiscal', 'fiscal_year'));
  const first = await buildTables({ yaml, init, folder });
  await first.close();
  const respelled = yaml.replace('offset: 3 months', 'origin: 1999-04-01');
  const second = await openTables({ yaml: respelled, init, folder });
  expect(await checked(second, by('fiscal_year'))).toBe('orders.fiscal');
  await second.close();
  const third = await openTables({
    yaml: yaml.replace('offset: 3 months', 'offset: 6 months'),
    init,
    folder,
  });
  expect(await refusals(third, by('fiscal_year'), 'orders.fiscal')).toEqual(['definition_changed']);
});

test(
  '[D28] [H2] rollup, source and oracle agree over random grids, ranges and zones',
  { timeout: 120_000 },
  async () => {
    const date = fc.constantFrom(
      '2000-01-01',
      '2024-01-15',
      '2024-02-28',
      '1969-12-30',
      '2024-03-31T02:00:00',
      '2031-07-04T18:30:00',
    );
    const spans: readonly [string, number][] = [
      ['2 weeks', 14 * 86_400_000],
      ['10 days', 10 * 86_400_000],
      ['36 hours', 36 * 3_600_000],
      ['8 hours', 8 * 3_600_000],
      ['30 minutes', 1_800_000],
      ['1 hour 30 minutes', 5_400_000],
      ['50 seconds', 50_000],
    ];
    const span = fc
      .tuple(fc.constantFrom(...spans), date)
      .map(([[interval, ms], first]) => ({ interval, grid: { first, ms } }));
    const month = fc
      .tuple(fc.constantFrom(1, 5, 6, 12, 18), date)
      .filter(([, first]) => Number(first.slice(8, 10)) <= 28)
      .map(([months, first]) => ({ interval: `${months} months`, grid: { first, months } }));
    const grain = fc.oneof(span, month);
    const zones = ['UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Australia/Lord_Howe'];
    const seen = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(grain, grain, fc.constantFrom('hour', 'day', 'minute'), async (a, b, predefined) => {
        const own = JSON.stringify({
          a: { interval: a.interval, origin: a.grid.first },
          b: { interval: b.interval, origin: b.grid.first },
        });
        const model = oracleWith({ a: a.grid, b: b.grid });
        const rollups = rollup('a', 'a') + rollup('b', 'b') + rollup('predefined', predefined);
        const store = await buildTables({ yaml: yamlWith(rollups, own), init });
        for (const granularity of ['a', 'b', 'week', 'quarter']) {
          for (const timezone of zones) {
            for (const dateRange of [undefined, ['2000-01-01', '2024-03-31'], ['2024-01-15', '2024-10-27']]) {
              const query = { ...by(granularity, dateRange === undefined ? {} : { dateRange }), timezone };
              const from = await checked(store, query, model);
              seen.set(from, (seen.get(from) ?? 0) + 1);
            }
          }
        }
        await store.close();
      }),
      { numRuns: 12, seed: 3 },
    );
    for (const from of ['orders.a', 'orders.b', 'orders.predefined', 'source']) {
      expect(seen.get(from), from).toBeGreaterThan(20);
    }
  },
);
