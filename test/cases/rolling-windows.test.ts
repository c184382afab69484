/** Running totals and rolling windows, in both languages: what each bucket shows, from a rollup and from the source. */
import { describe, expect, test } from 'vitest';
import { LIMITS } from '../../dist/model/limits.js';
import { loadYamlModel } from '../../dist/model/load/load-yaml-model.js';
import { explainQuery } from '../../dist/planner/explain-query.js';
import { LANGUAGES, loadIn } from '../support/both-languages.js';
import { fakeCatalog, prepare } from '../support/fake-catalog.js';
import { buildTables, refusals, tableOf } from '../support/open-tables.js';

const init = [
  tableOf(
    'orders',
    ['id', 'status', 'amount', 'user_id', 'created_at'],
    [
      "1, 'a', 10, 1, TIMESTAMP '2024-01-30 10:00:00'",
      "2, 'b', 20, 2, TIMESTAMP '2024-02-01 00:00:00'",
      "3, 'a', 5, 1, TIMESTAMP '2024-02-02 23:59:59.999'",
      "4, 'a', 7, 3, NULL",
    ],
  ),
];
const orders = {
  name: 'orders',
  sql_table: 'orders',
  measures: [
    { name: 'count', type: 'count' },
    { name: 'running', type: 'running_total', sql: 'amount' },
    { name: 'two_days', type: 'sum', sql: 'amount', rolling_window: { trailing: '2 day' } },
    { name: 'users', type: 'count_distinct', sql: 'user_id', rolling_window: { trailing: '7 day' } },
    { name: 'next', type: 'count', rolling_window: { leading: '1 day' } },
    { name: 'before', type: 'count', rolling_window: { trailing: 'unbounded', offset: 'start' } },
    { name: 'mtd', type: 'sum', sql: 'amount', rolling_window: { type: 'to_date', granularity: 'month' } },
    { name: 'mtd_old', type: 'sum', sql: 'amount', rolling_window: { type: 'month_to_date' } },
    { name: 'mean', type: 'avg', sql: 'amount', rolling_window: { trailing: '1 month' } },
    { name: 'share', type: 'number', sql: '{two_days} / {running}' },
    { name: 'odd', type: 'number', sql: 'CASE WHEN {running} > 1 THEN 1 END' },
  ],
  dimensions: [
    { name: 'id', sql: 'id', type: 'number', primary_key: true },
    { name: 'status', sql: 'status', type: 'string' },
    {
      name: 'created_at',
      sql: 'created_at',
      type: 'time',
      granularities: [{ name: 'fortnight', interval: '2 weeks', origin: '2024-01-01' }],
    },
    { name: 'other_at', sql: 'created_at', type: 'time' },
  ],
  segments: [{ name: 'a', sql: "{CUBE}.status = 'a'" }],
};
const stored = ['count', 'running', 'two_days', 'next', 'before', 'mtd', 'mean'];
const daily = {
  name: 'daily',
  measures: stored,
  dimensions: ['status'],
  time_dimension: 'created_at',
  granularity: 'day',
  partition_granularity: 'month',
};
const views = [
  {
    name: 'sales',
    cubes: [{ join_path: 'orders', includes: ['running', { name: 'created_at', alias: 'day' }] }],
  },
];

const open = (...pre_aggregations: object[]) =>
  buildTables({ yaml: JSON.stringify({ cubes: [{ ...orders, pre_aggregations }], views }), init });
const asked = (names: string[], more: object = {}) => ({
  measures: names.map((name) => `orders.${name}`),
  timeDimensions: [
    { dimension: 'orders.created_at', granularity: 'day', dateRange: ['2024-02-01', '2024-02-03'] },
  ],
  ...more,
});
/** Of each row the given columns. */
const table = (data: readonly Readonly<Record<string, unknown>>[], ...names: string[]): unknown[] =>
  data.map((row) => names.map((name) => row[`orders.${name}`]));

describe.each([
  ['a rollup', [daily], 'rollup'],
  ['the source', [], 'source'],
])('from %s', (_from, rollups, mode) => {
  test('[B20] every bucket of the range shows its window, regular measures their own bucket', async () => {
    const store = await open(...rollups);
    const names = ['count', 'running', 'two_days', 'next', 'before', 'mtd', 'mean', 'share'];
    const { data, meta } = await store.query(asked(names));
    expect(meta.mode).toBe(mode);
    expect(table(data, 'created_at.day', ...names)).toEqual([
      ['2024-02-01T00:00:00.000', '1', '30', '20', '1', '1', '20', '15', String(20 / 30)],
      ['2024-02-02T00:00:00.000', '1', '35', '25', '0', '2', '25', String(35 / 3), String(25 / 35)],
      ['2024-02-03T00:00:00.000', '0', '35', '5', '0', '3', '25', String(35 / 3), String(5 / 35)],
    ]);
  });

  test('[B20] by a dimension, a row for each group with a row in the window; filter and segment before it', async () => {
    const store = await open(...rollups);
    const by = { dimensions: ['orders.status'] };
    const columns = ['created_at.day', 'status', 'two_days'];
    expect(table((await store.query(asked(['two_days'], by))).data, ...columns)).toEqual([
      ['2024-02-01T00:00:00.000', 'b', '20'],
      ['2024-02-02T00:00:00.000', 'a', '5'],
      ['2024-02-02T00:00:00.000', 'b', '20'],
      ['2024-02-03T00:00:00.000', 'a', '5'],
    ]);
    const filters = [{ member: 'orders.status', operator: 'equals', values: ['a'] }];
    const filtered = await store.query(asked(['running'], { filters }));
    expect(table(filtered.data, 'running')).toEqual([['10'], ['15'], ['15']]);
  });

  test('[B20] measure filters, order, limit, offset and total see the finished windows', async () => {
    const store = await open(...rollups);
    const filters = [{ member: 'orders.running', operator: 'gt', values: ['30'] }];
    const more = { filters, order: { 'orders.two_days': 'asc' }, limit: 1, offset: 1, total: true };
    const { data, total } = await store.query(asked(['two_days'], more));
    expect(total).toBe(2);
    expect(table(data, 'created_at.day', 'two_days')).toEqual([['2024-02-02T00:00:00.000', '25']]);
  });

  test('[B20] without a granularity the range is the one bucket, and without a time all rows count', async () => {
    const store = await open(...rollups);
    const timeDimensions = [{ dimension: 'orders.created_at', dateRange: ['2024-02-01', '2024-02-02'] }];
    const range = await store.query({ ...asked(['count', 'running', 'two_days', 'before']), timeDimensions });
    expect(table(range.data, 'count', 'running', 'two_days', 'before')).toEqual([['2', '35', '25', '1']]);
    const all = await store.query({ measures: ['orders.running', 'orders.two_days'] });
    expect(table(all.data, 'running', 'two_days')).toEqual([['42', '42']]);
  });

  test('[B45] through a view', async () => {
    const store = await open(...rollups);
    const dateRange = ['2024-02-02', '2024-02-02'];
    const time = { dimension: 'sales.day', granularity: 'day', dateRange };
    const { data } = await store.query({ measures: ['sales.running'], timeDimensions: [time] });
    expect(data).toMatchObject([{ 'sales.day.day': '2024-02-02T00:00:00.000', 'sales.running': '35' }]);
  });
});

test('[H3] buckets of a custom granularity have windows too', async () => {
  for (const rollups of [[], [daily]]) {
    const store = await open(...rollups);
    const time = { dimension: 'orders.created_at', granularity: 'fortnight' };
    const timeDimensions = [{ ...time, dateRange: ['2024-01-20', '2024-02-01'] }];
    const { data, meta } = await store.query({ ...asked(['running', 'count', 'two_days']), timeDimensions });
    expect(meta.mode).toBe(rollups.length === 0 ? 'source' : 'rollup');
    expect(table(data, 'created_at.fortnight', 'running', 'count', 'two_days')).toEqual([
      ['2024-01-15T00:00:00.000', null, '0', null],
      ['2024-01-29T00:00:00.000', '35', '2', null],
    ]);
  }
});

test('[B19] what cannot be merged comes from the source, each window from where it can', async () => {
  const store = await open(daily);
  const { data, meta } = await store.query(asked(['users', 'running']));
  expect(meta).toMatchObject({ mode: 'hybrid', preAggregation: 'orders.daily' });
  expect(table(data, 'users', 'running')).toEqual([
    ['2', '30'],
    ['2', '35'],
    ['2', '35'],
  ]);
  expect(await refusals(store, asked(['users', 'running']), 'orders.daily')).toEqual([
    'measure_not_additive',
  ]);
});

test('[B43] a window within stored buckets is refused with the granularity that would do', async () => {
  const store = await open({ ...daily, granularity: 'month' });
  const months = {
    measures: ['orders.two_days'],
    timeDimensions: [
      { dimension: 'orders.created_at', granularity: 'month', dateRange: ['2024-01-01', '2024-02-29'] },
    ],
  };
  expect(await refusals(store, months, 'orders.daily')).toEqual(['window_not_aligned']);
  const { fix } = await store.explain(months);
  expect(fix?.patch).toMatchObject([{ path: '/cubes/0/pre_aggregations/0/granularity', value: 'day' }]);
  const running = { ...months, measures: ['orders.running'] };
  expect((await store.query(running)).meta.mode).toBe('rollup');
});

test('[E41] the partitions of the whole windows are read, not only those of the range', async () => {
  const store = await open(daily);
  const { pieces } = await store.explain(asked(['mean']));
  const range = ['2024-01-02T00:00:00.000Z', '2024-02-04T00:00:00.000Z'];
  expect(pieces).toMatchObject([{ from: 'orders.daily', partitions: ['20240101', '20240201'], range }]);
  expect((await store.explain(asked(['running']))).pieces[0].range).toEqual(['unbounded', range[1]]);
});

test('[E41] a partition that is missing before the range refuses the windows that reach it', () => {
  const prepared = prepare({ cubes: [{ ...orders, pre_aggregations: [daily] }] });
  const full = fakeCatalog(prepared, '2024-01-01', '2024-07-01');
  const [meta] = full.rollups.values();
  const rollups = new Map([[meta.id, { ...meta, partitions: meta.partitions.slice(1) }]]);
  const codesOf = (name: string, day: string) => {
    const query = asked([name]);
    const timeDimensions = [{ ...query.timeDimensions[0], dateRange: [day, day] }];
    const catalog = { version: 1, rollups };
    const { explanation } = explainQuery(prepared, catalog, { ...query, timeDimensions }, { now: 0 });
    return explanation.candidates[0].reasons.map(({ code }) => code);
  };
  expect(codesOf('count', '2024-02-01')).toEqual([]);
  expect(codesOf('two_days', '2024-02-02')).toEqual([]);
  expect(codesOf('two_days', '2024-02-01')).toEqual(['partitions_missing']);
  expect(codesOf('running', '2024-06-01')).toEqual(['partitions_missing']);
});

describe('what has no clear window is refused with a next step', () => {
  const time = asked([]).timeDimensions[0];
  test.each([
    ['no dateRange', { timeDimensions: [{ ...time, dateRange: undefined }] }, 'Add a dateRange'],
    [
      'two times',
      { timeDimensions: [time, { ...time, dimension: 'orders.other_at' }] },
      'one time dimension',
    ],
    ['two granularities', { timeDimensions: [time, { ...time, granularity: 'month' }] }, 'query of its own'],
    ['ungrouped', { dimensions: ['orders.id'], ungrouped: true }, 'Leave out ungrouped'],
    [
      'too many buckets',
      { timeDimensions: [{ ...time, granularity: 'minute', dateRange: ['2024-01-01', '2024-01-31'] }] },
      `at most ${LIMITS.windowBucketsMax}`,
    ],
    ['SQL beyond arithmetic', { measures: ['orders.odd'] }, 'more than arithmetic'],
  ])('[B40] %s', async (_case, more, message) => {
    const store = await open();
    await expect(store.query(asked(['running'], more))).rejects.toMatchObject({
      code: 'query_invalid',
      message: expect.stringContaining(message),
    });
  });
});

describe('in a model', () => {
  test.each(LANGUAGES)('[A1] windows are read in %s', async (language) => {
    const model = await loadIn(language, [orders]);
    const windowOf = (name: string) => model.cubes.get('orders')?.measures.get(name);
    expect(windowOf('count')?.window).toBeNull();
    const end = { kind: 'fixed', offset: 'end' };
    expect(windowOf('running')).toMatchObject({ type: 'sum', window: { ...end, trailing: null } });
    expect(windowOf('two_days')?.window).toMatchObject({ ...end, trailing: { count: 2, unit: 'day' } });
    expect(windowOf('before')?.window).toMatchObject({ kind: 'fixed', offset: 'start', trailing: null });
    expect(windowOf('mtd')?.window).toEqual({ kind: 'toDate', granularity: 'month' });
    expect(windowOf('mtd_old')?.window).toEqual(windowOf('mtd')?.window);
  });

  test.each([
    ['type: sum, sql: x, rolling_window: {trailing: 7 fortnights}', 'is no length of a window'],
    ['type: sum, sql: x, rolling_window: {trailing: 999999999 day}', 'is no length of a window'],
    ['type: sum, sql: x, rolling_window: {offset: start}', 'the window is empty'],
    ['type: sum, sql: x, rolling_window: {type: to_date}', '`granularity` is missing'],
    ['type: sum, sql: x, rolling_window: {type: to_date, granularity: moon}', 'unknown granularity `moon`'],
    ['type: sum, sql: x, rolling_window: {type: to_date, trailing: 1 day}', 'has no `trailing`'],
    ['type: sum, sql: x, rolling_window: {trailing: 1 day, granularity: day}', 'belongs to windows of type'],
    ['type: number, sql: "1", rolling_window: {trailing: 1 day}', 'put it on the measures'],
    ['type: running_total, sql: x, rolling_window: {trailing: 1 day}', 'has a window already'],
  ])('[A1] %s is refused at its place', (keys, message) => {
    const text = `cubes:\n  - name: a\n    sql_table: t\n    measures:\n      - {name: m, ${keys}}\n`;
    expect(() => loadYamlModel([{ file: 'm.yml', text }])).toThrow(message);
    expect(() => loadYamlModel([{ file: 'm.yml', text }])).toThrow(/m\.yml:5:\d+/);
  });
});
