/**
 * The same requests compiled for DuckDB and for PostgreSQL, run in both on the same tables: the answers are each
 * other's, and the oracle's where it can judge. PostgreSQL is at hand under `.ci/postgres`.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { finishRows } from '../../../dist/engine/finish-rows.js';
import type { SourceRequest } from '../../../dist/model/plan.js';
import { memberColumn } from '../../../dist/model/schema.js';
import type { MemberId } from '../../../dist/model/schema.js';
import type { LogicalType } from '../../../dist/model/value.js';
import { planQuery } from '../../../dist/planner/plan-query.js';
import { rowMembers } from '../../../dist/planner/row-members.js';
import type { SqlDialect } from '../../../dist/planner/sql/sql-dialect.js';
import { duckdbDialect } from '../../../dist/planner/sql/compile-duckdb.js';
import { postgresDialect } from '../../../dist/planner/sql/compile-postgres.js';
import {
  rangeStatement,
  requestMembers,
  sourceStatement,
  typeStatement,
} from '../../../dist/planner/sql/source-statement.js';
import { subQueriesOf } from '../../../dist/planner/sub-query.js';
import { assertEqualAnswers } from '../../support/assert-equal-answers.js';
import type { CubeFilter, CubeQuery } from '../../support/cube-query.js';
import { prepare } from '../../support/fake-catalog.js';
import { answer } from '../../support/oracle.js';
import { gridStart } from '../../support/oracle-time.js';
import { openPostgres, withoutPostgres } from '../../support/postgres.js';
import type { AskedSource } from '../../support/postgres.js';
import { formatLocal } from '../../../dist/model/civil-time.js';
import {
  document,
  eras,
  init,
  openTestDuckdb,
  oracleModel,
  orders,
  ownGrids,
  securityContext,
} from './dialect-tables.js';

const prepared = prepare(document, 'first', securityContext);
const { model } = prepared;

interface Side {
  readonly source: AskedSource;
  readonly dialect: SqlDialect;
}

const sides: Record<'duckdb' | 'postgres', Side | null> = { duckdb: null, postgres: null };

beforeAll(async () => {
  sides.duckdb = { source: await openTestDuckdb(), dialect: duckdbDialect };
  if (!withoutPostgres) sides.postgres = { source: await openPostgres(init), dialect: postgresDialect };
});

afterAll(async () => {
  await sides.duckdb?.source.close();
  await sides.postgres?.source.close();
});

type Rows = readonly Readonly<Record<string, unknown>>[];

function plan(query: object) {
  const planned = planQuery(prepared, { version: 1, rollups: new Map() }, query, { now: 0 });
  const [piece] = planned.pieces;
  if (piece.kind !== 'source') throw new Error('without rollups the source answers');
  return { ...planned, request: piece.request };
}

async function statement({ source, dialect }: Side, request: SourceRequest) {
  const types = new Map<MemberId, LogicalType>();
  const subQueries = subQueriesOf(model, rowMembers(model, request));
  const asked = [{ request, measures: requestMembers(model, request) }, ...subQueries];
  for (const { request: typed, measures } of asked) {
    const columns = await source.typesOf(typeStatement(model, typed, measures, dialect));
    for (const member of measures) {
      const type = columns.get(memberColumn(member));
      if (type !== undefined) types.set(member, type);
    }
  }
  return sourceStatement(model, request, types, dialect);
}

async function rowsOf(side: Side, query: object): Promise<Rows> {
  const { request, finish, output } = plan(query);
  const batch = await side.source.query(await statement(side, request));
  return finishRows(batch, finish, output, { numbers: 'string' }).data;
}

/** The answer of both. */
async function rowsOfBoth(query: object): Promise<Rows> {
  const [duck, postgres] = [
    await rowsOf(sides.duckdb as Side, query),
    await rowsOf(sides.postgres as Side, query),
  ];
  expect(postgres.map(rounded), JSON.stringify(query)).toEqual(duck.map(rounded));
  return duck;
}

/** What a source divides itself has as many digits as it gives; here those of a double. */
function rounded(row: Rows[number]): object {
  return Object.fromEntries(
    Object.entries(row).map(([name, cell]) => {
      if (typeof cell !== 'string') return [name, cell];
      // The last digits of a statistic hang on the order in which a source meets its rows.
      if (name.includes('.stat_')) return [name, Number(cell).toPrecision(11)];
      return [name, name.startsWith('orders.raw_') ? String(Number(cell)) : cell];
    }),
  );
}

/** Both give the oracle's answer, which is not empty. */
async function expectJudged(query: CubeQuery, { empty = false } = {}): Promise<void> {
  const data = await rowsOfBoth(query);
  try {
    assertEqualAnswers({ data, meta: {} }, answer(oracleModel, orders, query));
    if (!empty) expect(data.length).toBeGreaterThan(0);
  } catch (error) {
    throw new Error(`${JSON.stringify(query)}: ${(error as Error).message}`, { cause: error });
  }
}

const testOf = (member: string, operator: 'equals' | 'gt' | 'lt', value: string): CubeFilter => ({
  member,
  operator,
  values: [value],
});

const ids = (...filters: CubeFilter[]): CubeQuery => ({ dimensions: ['orders.id'], filters });

describe.skipIf(withoutPostgres)('DuckDB and PostgreSQL answer alike', () => {
  const additive = ['orders.count', 'orders.revenue', 'orders.load', 'orders.smallest', 'orders.dearest'];

  test.each([
    'orders.status',
    'orders.weird',
    'orders.paid',
    'orders.amount',
    'orders.price',
    'orders.weight',
    'users.city',
    'orders.created_at',
    'orders.day',
    'orders.order',
    'orders.mixed',
  ])('[B8] by %s', async (dimension) => {
    await expectJudged({ measures: additive, dimensions: [dimension] });
    await expectJudged({ dimensions: [dimension], order: { [dimension]: 'desc' } });
  });

  test('[X24] every kind of measure, filtered, calculated and divided for real', async () => {
    const measures = Object.keys(oracleModel.measures).filter((name) => name !== 'orders.amounts');
    await expectJudged({ measures });
    await expectJudged({ measures, dimensions: ['orders.status'] });
    await expectJudged({ measures, dimensions: ['users.city'], segments: ['orders.big'] });
    const [row] = await rowsOfBoth({ measures: ['orders.raw_share', 'orders.share', 'orders.raw_sums'] });
    expect(Number(row['orders.raw_share'])).toBeCloseTo(24 / 60, 12);
    await rowsOfBoth({ measures: ['orders.latest', 'orders.takings'], dimensions: ['orders.paid'] });
  });

  test('no row at all', async () => {
    const filters: CubeFilter[] = [{ member: 'orders.id', operator: 'lt', values: ['0'] }];
    await expectJudged({ measures: ['orders.count', 'orders.revenue', 'orders.mean'], filters });
    await expectJudged(
      { measures: ['orders.count'], dimensions: ['orders.status'], filters },
      { empty: true },
    );
  });

  const textFilters = [
    'contains',
    'notContains',
    'startsWith',
    'notStartsWith',
    'endsWith',
    'notEndsWith',
  ] as const;
  test.each(textFilters)('%s, whatever the case, with nothing of a pattern', async (operator) => {
    for (const member of ['orders.status', 'orders.weird', 'users.city']) {
      for (const values of [['PAI'], ['%'], ['_'], ['\\'], ["'"], ['Éc', 'b'], ['😀'], ['air'], ['"']])
        await expectJudged(ids({ member, operator, values }), { empty: true });
    }
    await expectJudged(ids({ member: 'orders.status', operator, values: ['a'] }));
  });

  test('lower case is that of one character, İ and Σ too', async () => {
    const needles: [string, string[]][] = [
      ['ix', ['1']],
      ['İX', ['1']],
      ['ας', []],
      ['ΑΣ', ['2', '3']],
      ['ß', ['4']],
      ['SS', []],
      ['ǆ', ['5']],
    ];
    for (const [needle, found] of needles) {
      const filters = [{ member: 'letters.text', operator: 'contains', values: [needle] }];
      const rows = await rowsOfBoth({ dimensions: ['letters.id'], filters, order: { 'letters.id': 'asc' } });
      expect(
        rows.map((row) => row['letters.id']),
        needle,
      ).toEqual(found);
    }
  });

  test.each(['equals', 'notEquals', 'in', 'notIn'] as const)('%s', async (operator) => {
    const cases: [string, (string | null)[]][] = [
      ['orders.status', ['paid', "o'x", '100%', 'a\\b']],
      ['orders.status', ['', null]],
      ['orders.status', ['ÉCLAIR', '\uff5e', '😀', '"q"']],
      ['orders.amount', ['3', '-5', '2.5']],
      ['orders.amount', ['0.0', '1e1', '99999999999999999999999999999999999999999', null]],
      ['orders.price', ['12.45', '12.450', '12.4500001', '0.75']],
      ['orders.weight', ['0.25', '4', '1e308', '-1e308', '1e-300']],
      ['orders.order', ['9223372036854775808', '7']],
      ['orders.paid', ['true']],
      ['orders.paid', ['false', null]],
      ['orders.created_at', ['2021-03-14T07:00:00.000', '1969-12-31T18:15:00.250']],
      ['orders.created_at', ['2020-12-31T23:59:59.999', null]],
      ['orders.seen', ['2021-11-07T06:30:00.000']],
    ];
    for (const [member, values] of cases)
      await expectJudged(ids({ member, operator, values }), { empty: true });
  });

  test.each(['gt', 'gte', 'lt', 'lte'] as const)('%s', async (operator) => {
    const cases: [string, string[]][] = [
      ['orders.amount', ['3', '2.5', '-2.5', '-0.0001', '1e50', '-1e50']],
      ['orders.price', ['12.45', '12.449999999', '1e-30', '123456789012345678901234567890123456789']],
      ['orders.weight', ['0.25', '0.2500000000000000001', '1e308', '-1e308', '1e-300']],
      ['orders.order', ['9223372036854775808', '-9223372036854775809', '30.5']],
    ];
    for (const [member, values] of cases)
      for (const value of values)
        await expectJudged(ids({ member, operator, values: [value] }), { empty: true });
  });

  test('set, notSet and trees', async () => {
    for (const member of [
      'orders.status',
      'orders.amount',
      'orders.paid',
      'orders.created_at',
      'users.city',
    ]) {
      await expectJudged(ids({ member, operator: 'set' }));
      await expectJudged(ids({ member, operator: 'notSet' }));
    }
    const paid = { member: 'orders.paid', operator: 'equals', values: ['true'] } as const;
    const named = { member: 'orders.status', operator: 'contains', values: ['a'] } as const;
    const unset = { member: 'orders.amount', operator: 'notSet' } as const;
    await expectJudged(ids({ or: [{ and: [paid, named] }, unset] }, { or: [named, paid] }));
  });

  test.each(['UTC', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu'])(
    '[H2] buckets, ranges and date filters in %s',
    async (timezone) => {
      for (const dimension of ['orders.created_at', 'orders.seen']) {
        for (const granularity of [
          'second',
          'minute',
          'hour',
          'day',
          'week',
          'month',
          'quarter',
          'year',
        ] as const) {
          const timeDimensions = [{ dimension, granularity }];
          await expectJudged({ measures: ['orders.count', 'orders.revenue'], timeDimensions, timezone });
        }
        const dateRange = ['2021-01-01', '2021-03-14'];
        await expectJudged({
          measures: ['orders.count'],
          timeDimensions: [{ dimension, dateRange }],
          timezone,
        });
        const values = ['2021-03-14', '2021-11-07'];
        for (const operator of ['inDateRange', 'notInDateRange'] as const)
          await expectJudged({ ...ids({ member: dimension, operator, values }), timezone });
        for (const operator of [
          'onTheDate',
          'beforeDate',
          'beforeOrOnDate',
          'afterDate',
          'afterOrOnDate',
        ] as const) {
          const filter = { member: dimension, operator, values: ['2021-03-14'] };
          await expectJudged({ ...ids(filter), timezone }, { empty: true });
        }
      }
      await expectJudged({ measures: ['orders.count'], dimensions: ['orders.created_at'], timezone });
    },
  );

  test.each(['UTC', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu'])(
    '[D28] buckets of granularities that the times define, in %s',
    async (timezone) => {
      for (const dimension of ['orders.created_at', 'orders.seen']) {
        for (const granularity of Object.keys(ownGrids)) {
          const timeDimensions = [{ dimension, granularity }];
          await expectJudged({ measures: ['orders.count', 'orders.revenue'], timeDimensions, timezone });
        }
      }
    },
  );

  test('[D28] they go on before their origin, and through the year 0', async () => {
    for (const [granularity, grid] of Object.entries(ownGrids)) {
      const time = `eras.at.${granularity}`;
      const rows = await rowsOfBoth({ dimensions: ['eras.id', time], order: { 'eras.id': 'asc' } });
      expect(rows.map((row) => row[time])).toEqual([
        null,
        ...eras.map(({ from, years }) => formatLocal(gridStart(yearsBefore(from, years), grid))),
      ]);
    }
  });

  test('segments, as filters and as keys', async () => {
    await expectJudged({ measures: additive, segments: ['orders.big'] });
    await expectJudged({ ...ids(), segments: ['orders.big', 'orders.is_paid'] });
    const { request } = plan({ measures: ['orders.count'] });
    const key = {
      member: 'orders.big',
      kind: 'segment',
      time: false,
      granularity: null,
      timezone: 'UTC',
    } as const;
    const keyed = { ...request, keys: [{ ...key, column: 'orders__big' }] };
    const pages = {
      ...keyed,
      page: { order: [{ column: 'orders__big', descending: false }], limit: null, offset: 0 },
    };
    const found = await batches(pages);
    const big = orders.filter(oracleModel.segments['orders.big']).length;
    expect(found.map(({ values }) => values)).toEqual([
      [false, true],
      [60 - big, big],
    ]);
  });

  test('[A19] order with NULLs last, limit and offset', async () => {
    for (const direction of ['asc', 'desc'] as const) {
      for (const member of ['orders.status', 'users.city', 'orders.paid', 'orders.amount']) {
        const query = { measures: ['orders.count', 'orders.first_status'], dimensions: [member] };
        await expectJudged({ ...query, order: { [member]: direction } });
        await expectJudged({ ...query, order: { 'orders.first_status': direction }, limit: 3, offset: 1 });
      }
    }
    await expectJudged({
      dimensions: ['orders.status'],
      order: { 'orders.status': 'asc' },
      limit: 4,
      offset: 12,
    });
  });

  test('[B21] measures that joins multiply count each row once', async () => {
    const byLine = await rowsOfBoth({
      measures: ['items.count', 'orders.count', 'orders.revenue', 'users.credit', 'users.first_city'],
      dimensions: ['items.line'],
      order: { 'items.line': 'asc' },
    });
    const linked = [...new Set([1, 2, 3])].map((id) => orders[id - 1]);
    expect(byLine).toHaveLength(3);
    expect(byLine[0]).toMatchObject({ 'items.line': '0', 'items.count': '3', 'orders.count': '2' });
    expect(byLine[1]).toMatchObject({ 'items.line': '1', 'items.count': '3', 'orders.count': '3' });
    expect(byLine[2]).toMatchObject({ 'items.line': null, 'items.count': '0', 'orders.count': '57' });
    expect(byLine[1]['orders.revenue']).toBe(
      String(linked.reduce((sum, { amount }) => sum + (amount ?? 0), 0)),
    );
    expect(byLine[1]['users.credit']).toBe('600');
    const all = {
      measures: [
        'items.quantity',
        'users.credit',
        'orders.mean',
        'orders.buyers',
        'orders.first_status',
        'orders.any_paid',
      ],
    };
    await rowsOfBoth(all);
    for (const dimension of ['items.label', 'orders.status', 'users.city'])
      await rowsOfBoth({ ...all, dimensions: [dimension], timezone: 'America/New_York' });
  });

  test('[B21] a key of several columns, and several cubes that multiply each other', async () => {
    const measures = ['items.quantity', 'items.count', 'notes.count', 'notes.latest', 'orders.count'];
    expect(await rowsOfBoth({ measures: [...measures.slice(0, 3), 'orders.count'] })).toEqual([
      { 'items.quantity': '21', 'items.count': '6', 'notes.count': '4', 'orders.count': '60' },
    ]);
    const order = { 'orders.id': 'asc' } as const;
    const rows = await rowsOfBoth({ measures, dimensions: ['orders.id'], order, limit: 4 });
    expect(rows.map((row) => measures.map((name) => row[name]))).toEqual([
      ['6', '3', '2', '2021-01-02T00:00:00.000', '1'],
      ['4', '1', '1', '2021-01-03T00:00:00.000', '1'],
      ['11', '2', '0', null, '1'],
      [null, '0', '1', '2021-01-04T00:00:00.000', '1'],
    ]);
    await rowsOfBoth({
      measures: [...measures, 'users.credit', 'users.first_city', 'orders.load'],
      dimensions: ['orders.status'],
      timeDimensions: [
        { dimension: 'orders.created_at', granularity: 'week', dateRange: ['2021-01-01', '2021-12-31'] },
      ],
      filters: [
        { member: 'orders.amount', operator: 'gt', values: ['0.5'] },
        { member: 'users.city', operator: 'notContains', values: ['x'] },
      ],
      order: { 'users.first_city': 'desc', 'notes.latest': 'asc' },
      timezone: 'America/New_York',
    });
  });

  test('[C10] [X24] statistics, values by time, and truths: alone, grouped, multiplied, in SQL and in sub-queries', async () => {
    const names = model.cubes.get('orders')!.measures.keys();
    const own = [...names].filter((name) => /^(stat|oldest|newest|every|some|raw_newest)/.test(name));
    const measures = own.map((name) => `orders.${name}`);
    expect(measures.length).toBe(13);
    const order = (dimension: string) => ({ dimensions: [dimension], order: { [dimension]: 'asc' } });
    const [whole] = await rowsOfBoth({ measures });
    expect(Object.values(whole)).not.toContain(null);
    for (const dimension of ['orders.status', 'users.city', 'orders.paid']) {
      await rowsOfBoth({ measures, ...order(dimension) });
    }
    const counted = measures.filter((name) => !/raw/.test(name));
    await rowsOfBoth({ measures: [...counted, 'items.count'], ...order('orders.paid') });
    const filters = [{ member: 'orders.id', operator: 'equals', values: ['1'] }];
    const [one] = await rowsOfBoth({ measures, filters });
    expect(one['orders.stat_variance']).toBe(null);
    const spreads = await rowsOfBoth({ measures: ['orders.count'], ...order('orders.part_spread') });
    expect(spreads.map((row) => row['orders.part_spread'])).toEqual(['0.5', '1', null]);
    await rowsOfBoth({ measures: ['orders.count'], ...order('orders.wide_parts') });
    const truths = [{ member: 'orders.some_paid', operator: 'equals', values: ['true'] }];
    await rowsOfBoth({ measures: ['orders.some_paid'], filters: truths, ...order('orders.status') });
  });

  test('[C10] statistics of what is not finite are NaN', async () => {
    const measures = ['doubles.stat_x', 'doubles.stat_xy', 'doubles.stat_yx'];
    const rows = await rowsOfBoth({ measures, dimensions: ['doubles.k'], order: { 'doubles.k': 'asc' } });
    expect(rows.map((row) => measures.map((name) => row[name]))).toEqual([
      ['NaN', 'NaN', 'NaN'],
      ['NaN', 'NaN', 'NaN'],
      [null, null, null],
      [null, null, null],
    ]);
  });

  test('doubles that are no numbers', async () => {
    const rows = await rowsOfBoth({
      measures: ['doubles.x_sum', 'doubles.x_max', 'doubles.y_sum'],
      dimensions: ['doubles.k'],
      order: { 'doubles.k': 'asc' },
    });
    expect(rows.map((row) => [row['doubles.x_sum'], row['doubles.x_max']])).toEqual([
      ['NaN', 'NaN'],
      ['Infinity', 'Infinity'],
      ['-Infinity', '-Infinity'],
      [null, null],
    ]);
    await rowsOfBoth({
      dimensions: ['doubles.x'],
      filters: [{ member: 'doubles.x', operator: 'gt', values: ['1'] }],
    });
  });

  test('what is meant to break out stays a value', async () => {
    const attempts = [
      "'; DROP TABLE orders; --",
      "' OR '1'='1",
      '$1',
      '" OR TRUE --',
      "\\'; SELECT 1; --",
      '/*',
    ];
    for (const attempt of attempts) {
      for (const operator of ['equals', 'contains', 'startsWith'] as const) {
        expect(await rowsOfBoth(ids({ member: 'orders.status', operator, values: [attempt] }))).toEqual([]);
      }
      expect(() => plan({ dimensions: [`orders.${attempt}`] })).toThrow(/orders/);
      expect(() => plan({ measures: ['orders.count'], timezone: attempt })).toThrow(/timezone/);
    }
    await expectJudged({ measures: ['orders.count'] });
  });

  test('sub-queries, of one key and of several, alone, calculated and in cases', async () => {
    const order = { 'orders.id': 'asc' };
    const dimensions = ['orders.id', 'orders.parts', 'orders.mean_part', 'orders.size'];
    const rows = await rowsOfBoth({ dimensions, order, limit: 4 });
    expect(rows.map((row) => [row['orders.parts'], Number(row['orders.mean_part'])])).toEqual([
      ['3', 2],
      ['1', 4],
      ['2', 5.5],
      ['0', 0],
    ]);
    expect(rows.map((row) => row['orders.size'])).toEqual([
      "it's large",
      'with 1 parts',
      'with 2 parts',
      expect.any(String),
    ]);
    await rowsOfBoth({ measures: ['orders.count', 'items.quantity'], dimensions: ['orders.size'] });
    await rowsOfBoth({
      measures: ['orders.count'],
      dimensions: ['users.city'],
      filters: [{ member: 'orders.parts', operator: 'gt', values: ['0'] }],
    });
    const parts = await rowsOfBoth({ dimensions: ['parts.part', 'parts.line', 'parts.revenue'] });
    expect(parts).toHaveLength(7);
    await rowsOfBoth({ measures: ['parts.count', 'parts.all_revenue'], dimensions: ['orders.status'] });
  });

  test.each(['UTC', 'America/New_York', 'Australia/Lord_Howe'])(
    'local times in SQL, in %s',
    async (timezone) => {
      const dimensions = ['orders.local_hour', 'orders.month', 'orders.sprint', 'orders.late'];
      for (const dimension of dimensions)
        await rowsOfBoth({ measures: ['orders.count'], dimensions: [dimension], timezone });
      const rows = await rowsOfBoth({
        measures: ['orders.count'],
        timeDimensions: [{ dimension: 'orders.month', granularity: 'quarter' }],
        timezone,
      });
      expect(rows.length).toBeGreaterThan(3);
    },
  );

  test('FILTER_PARAMS as columns and as functions, beside lists of the security context', async () => {
    const all = await rowsOfBoth({ dimensions: ['recent.id'] });
    expect(all.length).toBeGreaterThan(10);
    const range = { dimension: 'recent.created_at', dateRange: ['2021-01-01', '2021-03-31'] };
    const filters = [
      { member: 'recent.status', operator: 'contains', values: ['A'] },
      { or: [testOf('recent.amount', 'gt', '3.5'), testOf('recent.paid', 'equals', 'true')] },
      testOf('recent.price', 'lt', '12.45'),
    ];
    const some = await rowsOfBoth({ dimensions: ['recent.id'], filters });
    expect(some.length).toBeGreaterThan(0);
    expect(some.length).toBeLessThan(all.length);
    for (const filter of filters)
      await rowsOfBoth({ measures: ['recent.count'], filters: [filter], timeDimensions: [range] });
    const seven = [testOf('recent.status', 'equals', "'; DROP TABLE orders; --")];
    expect(await rowsOfBoth({ dimensions: ['recent.id'], filters: seven })).toEqual([]);
  });

  test('[B20] [H2] windows are the same values in both, on clocks that change', async () => {
    for (const timezone of ['UTC', 'America/New_York', 'Australia/Lord_Howe']) {
      for (const name of ['running', 'days', 'ahead', 'to_month']) {
        for (const granularity of ['day', 'hour', undefined]) {
          const dateRange = ['2021-04-03', '2021-04-05'];
          const time = { dimension: 'orders.created_at', dateRange, ...(granularity && { granularity }) };
          const dimensions = ['orders.status'];
          const query = { measures: [`orders.${name}`], dimensions, timeDimensions: [time], timezone };
          expect((await rowsOfBoth(query)).length).toBeGreaterThan(0);
        }
      }
    }
  });

  test('[B20] windows of orders that a join repeats count each order once', async () => {
    const dateRange = ['2021-03-13', '2021-03-16'];
    const timeDimensions = [{ dimension: 'orders.created_at', granularity: 'day', dateRange }];
    const dimensions = ['items.label'];
    const data = await rowsOfBoth({ measures: ['orders.running'], dimensions, timeDimensions });
    expect(data.length).toBeGreaterThan(0);
  });

  test('the range of times', async () => {
    const { request } = plan({ measures: ['orders.count'] });
    for (const { source, dialect } of [sides.duckdb as Side, sides.postgres as Side]) {
      const { columns } = await source.query(rangeStatement(model, request, 'orders.seen', dialect));
      expect(columns.map(({ name, values }) => [name, Number(values[0])])).toEqual([
        ['from', Date.UTC(1969, 11, 31, 18, 15, 0, 250)],
        ['to', Date.UTC(2021, 10, 7, 6, 30)],
        ['nulls', 7],
      ]);
    }
  });
});

/** As SQL subtracts years: the month and the day stay. */
function yearsBefore(from: string, years: number): number {
  const date = new Date(`${from.replace(' ', 'T')}Z`);
  return date.setUTCFullYear(date.getUTCFullYear() - years);
}

async function batches(request: SourceRequest) {
  const [duck, postgres] = [sides.duckdb as Side, sides.postgres as Side];
  const expected = await duck.source.query(await statement(duck, request));
  const found = await postgres.source.query(await statement(postgres, request));
  expect(found).toEqual(expected);
  return expected.columns;
}
