/** The judge is judged by answers that were computed by hand. */
import { describe, expect, test } from 'vitest';
import type { CubeFilter, CubeQuery } from './cube-query.js';
import { assertEqualAnswers } from './assert-equal-answers.js';
import { answer } from './oracle.js';
import type { OracleModel } from './oracle.js';

const utc = (text: string): number => Date.parse(`${text}Z`);

interface Order {
  readonly status: string | null;
  readonly at: number | null;
}

const orderModel: OracleModel<Order> = {
  dimensions: {
    'Orders.status': { type: 'string', of: (row) => row.status },
    'Orders.completedAt': { type: 'time', of: (row) => row.at },
  },
  measures: { 'Orders.count': { kind: 'count' } },
  segments: { 'Orders.open': (row) => row.status !== 'completed' },
};

const orders: readonly Order[] = [
  { status: 'completed', at: utc('2021-02-15T12:21:11.290') },
  { status: 'completed', at: utc('2021-02-25T18:15:12.369') },
  { status: 'shipped', at: utc('2021-03-15T20:40:57.404') },
  { status: 'processing', at: utc('2021-03-13T10:30:21.360') },
  { status: 'completed', at: utc('2021-03-10T18:25:32.109') },
];

const ordersWithNulls: readonly Order[] = [...orders, { status: null, at: null }];

function rowsOf(query: CubeQuery, rows = orders): unknown[][] {
  return answer(orderModel, rows, query).rows.map((row) => Object.values(row));
}

test('[FX-2] the dropdown and the months', () => {
  expect(rowsOf({ dimensions: ['Orders.status'] })).toEqual([['completed'], ['processing'], ['shipped']]);
  const byMonth = answer(orderModel, orders, {
    measures: ['Orders.count'],
    timeDimensions: [{ dimension: 'Orders.completedAt', granularity: 'month' }],
  });
  expect(byMonth.rows).toEqual([
    {
      'Orders.completedAt.month': '2021-02-01T00:00:00.000',
      'Orders.completedAt': '2021-02-01T00:00:00.000',
      'Orders.count': '2',
    },
    {
      'Orders.completedAt.month': '2021-03-01T00:00:00.000',
      'Orders.completedAt': '2021-03-01T00:00:00.000',
      'Orders.count': '3',
    },
  ]);
});

interface LineItem {
  readonly product: number;
  readonly quantity: bigint;
  readonly price: bigint;
  readonly margin: number;
  readonly at: number;
}

const itemModel: OracleModel<LineItem> = {
  dimensions: { 'LineItems.createdAt': { type: 'time', of: (row) => row.at } },
  measures: {
    'LineItems.quantity': { kind: 'sum', of: (row) => row.quantity },
    'LineItems.price': { kind: 'sum', of: (row) => row.price },
    'LineItems.cost': { kind: 'double_sum', of: (row) => Number(row.price) / (1 + row.margin) },
    'LineItems.cheapest': { kind: 'min', of: (row) => row.price },
    'LineItems.dearest': { kind: 'max', of: (row) => row.price },
    'LineItems.products': { kind: 'approx', of: (row) => row.product },
    'LineItems.each': {
      kind: 'calculated',
      from: ['LineItems.price', 'LineItems.quantity'],
      of: (price, quantity) =>
        price === null || quantity === null || quantity === 0 ? null : price / quantity,
    },
  },
  segments: {},
};

const items: readonly LineItem[] = [
  { product: 31, quantity: 1n, price: 275n, margin: 1, at: utc('2021-01-20T00:00:00.000') },
  { product: 49, quantity: 6n, price: 248n, margin: 0.1, at: utc('2021-01-20T00:00:00.000') },
  { product: 89, quantity: 6n, price: 197n, margin: 0.35, at: utc('2021-01-21T00:00:00.000') },
  { product: 71, quantity: 8n, price: 223n, margin: 0.15, at: utc('2021-01-21T00:00:00.000') },
  { product: 64, quantity: 5n, price: 75n, margin: 0.75, at: utc('2021-01-22T00:00:00.000') },
  { product: 64, quantity: 8n, price: 75n, margin: 0.65, at: utc('2021-01-22T00:00:00.000') },
];

test('[FX-3] quantities and prices by day, and every other measure over all', () => {
  const byDay = answer(itemModel, items, {
    measures: ['LineItems.quantity', 'LineItems.price', 'LineItems.cost'],
    timeDimensions: [{ dimension: 'LineItems.createdAt', granularity: 'day' }],
  });
  expect(byDay.rows.map((row) => [row['LineItems.quantity'], row['LineItems.price']])).toEqual([
    ['7', '523'],
    ['14', '420'],
    ['13', '150'],
  ]);
  const costs = byDay.rows.map((row) => Number(row['LineItems.cost']));
  expect(costs[0]).toBeCloseTo(362.9545, 4);
  expect(costs[1]).toBeCloseTo(339.839, 4);
  expect(costs[2]).toBeCloseTo(88.3117, 4);
  const others = ['LineItems.cheapest', 'LineItems.dearest', 'LineItems.products', 'LineItems.each'];
  expect(Object.values(answer(itemModel, items, { measures: others }).rows[0])).toEqual([
    '75',
    '275',
    '5',
    String(1093 / 34),
  ]);
});

test('a sum of doubles is rounded once', () => {
  const model: OracleModel<number> = {
    dimensions: {},
    measures: { 'x.sum': { kind: 'double_sum', of: (row) => row } },
    segments: {},
  };
  const sumOf = (...values: number[]): unknown =>
    answer(model, values, { measures: ['x.sum'] }).rows[0]['x.sum'];
  expect(sumOf(1e100, 1, -1e100)).toBe('1');
  expect(sumOf(...Array.from({ length: 10 }, () => 0.1))).toBe('1');
  expect(answer(model, [3, -4], { measures: ['x.sum'] }).absSums).toEqual([{ 'x.sum': 7 }]);
});

test('without keys there is one row, even of nothing; with keys there is none', () => {
  expect(rowsOf({ measures: ['Orders.count'] }, [])).toEqual([['0']]);
  expect(rowsOf({ measures: ['Orders.count'], dimensions: ['Orders.status'] }, [])).toEqual([]);
  expect(answer(itemModel, [], { measures: ['LineItems.quantity', 'LineItems.each'] }).rows).toEqual([
    { 'LineItems.quantity': null, 'LineItems.each': null },
  ]);
});

describe('order', () => {
  const byStatus = { measures: ['Orders.count'], dimensions: ['Orders.status'] };

  test('by the first measure, most first, then by the remaining columns; NULLs last both ways', () => {
    expect(rowsOf(byStatus, ordersWithNulls)).toEqual([
      ['completed', '3'],
      ['processing', '1'],
      ['shipped', '1'],
      [null, '1'],
    ]);
    const backwards = { ...byStatus, order: { 'Orders.status': 'desc' as const } };
    expect(rowsOf(backwards, ordersWithNulls).map(([status]) => status)).toEqual([
      'shipped',
      'processing',
      'completed',
      null,
    ]);
  });

  test('a time dimension is named with or without its granularity', () => {
    const timeDimensions = [{ dimension: 'Orders.completedAt', granularity: 'year' as const }];
    for (const name of ['Orders.completedAt', 'Orders.completedAt.year']) {
      const order = [[name, 'desc'] as const];
      const rows = rowsOf({ measures: ['Orders.count'], timeDimensions, order }, ordersWithNulls);
      expect(rows.map((row) => row.at(-1))).toEqual(['5', '1']);
    }
  });

  test('strings by their UTF-8 bytes, which UTF-16 does not follow', () => {
    const rows = ['ﬀ', '😀', 'a', 'B', 'é', ''].map((status) => ({ status, at: null }));
    expect(rowsOf({ dimensions: ['Orders.status'] }, rows).flat()).toEqual(['', 'B', 'a', 'é', 'ﬀ', '😀']);
  });

  test('limit and offset cut the ordered rows, total counts before', () => {
    const page = answer(orderModel, orders, { ...byStatus, limit: 1, offset: 1 });
    expect([page.rows.map((row) => row['Orders.status']), page.total]).toEqual([['processing'], 3]);
    expect(answer(orderModel, orders, { ...byStatus, limit: 0 }).rows).toEqual([]);
  });
});

describe('filters', () => {
  const on = (member: string) => (operator: string, values?: (string | null)[]) =>
    rowsOf(
      {
        dimensions: ['Orders.status'],
        filters: [{ member, operator, ...(values && { values }) } as CubeFilter],
      },
      ordersWithNulls,
    ).flat();
  const status = on('Orders.status');
  const time = on('Orders.completedAt');

  test('equality, with NULL as Cube has it', () => {
    expect(status('equals', ['shipped', 'nope'])).toEqual(['shipped']);
    expect(status('equals', [null])).toEqual([null]);
    expect(status('in', ['shipped', null])).toEqual(['shipped', null]);
    expect(status('notEquals', ['shipped'])).toEqual(['completed', 'processing', null]);
    expect(status('notEquals', ['shipped', null])).toEqual(['completed', 'processing']);
    expect(status('notIn', ['shipped', 'completed'])).toEqual(['processing', null]);
    expect(status('set')).toEqual(['completed', 'processing', 'shipped']);
    expect(status('notSet')).toEqual([null]);
  });

  test('text, whatever the case', () => {
    expect(status('contains', ['PE', 'ROC'])).toEqual(['processing', 'shipped']);
    expect(status('notContains', ['pe'])).toEqual(['completed', 'processing', null]);
    expect(status('startsWith', ['S', 'c'])).toEqual(['completed', 'shipped']);
    expect(status('notStartsWith', ['S'])).toEqual(['completed', 'processing', null]);
    expect(status('endsWith', ['ED'])).toEqual(['completed', 'shipped']);
    expect(status('notEndsWith', ['ed'])).toEqual(['processing', null]);
    expect(status('contains', ['%'])).toEqual([]);
  });

  test('comparison', () => {
    expect(status('gt', ['completed'])).toEqual(['processing', 'shipped']);
    expect(status('gte', ['processing'])).toEqual(['processing', 'shipped']);
    expect(status('lt', ['processing'])).toEqual(['completed']);
    expect(status('lte', ['processing'])).toEqual(['completed', 'processing']);
    expect(time('gt', ['2021-03-15T20:40:57.403'])).toEqual(['shipped']);
  });

  test('dates, inclusive to the millisecond', () => {
    expect(time('inDateRange', ['2021-03-13', '2021-03-15'])).toEqual(['processing', 'shipped']);
    expect(time('inDateRange', ['2021-03-13T10:30:21.360', '2021-03-15T20:40:57.404'])).toEqual([
      'processing',
      'shipped',
    ]);
    expect(time('inDateRange', ['2021-03-13T10:30:21.361', '2021-03-15T20:40:57.403'])).toEqual([]);
    expect(time('notInDateRange', ['2021-02-01', '2021-03-13'])).toEqual(['shipped']);
    expect(time('onTheDate', ['2021-03-13'])).toEqual(['processing']);
    expect(time('beforeDate', ['2021-02-25'])).toEqual(['completed']);
    expect(time('beforeOrOnDate', ['2021-03-13'])).toEqual(['completed', 'processing']);
    expect(time('afterDate', ['2021-03-13'])).toEqual(['shipped']);
    expect(time('afterOrOnDate', ['2021-03-13'])).toEqual(['processing', 'shipped']);
  });

  test('trees, segments and measures', () => {
    const march: CubeFilter = { member: 'Orders.completedAt', operator: 'afterDate', values: ['2021-02-28'] };
    const done: CubeFilter = { member: 'Orders.status', operator: 'equals', values: ['completed'] };
    const nested: CubeFilter[] = [
      { or: [{ and: [march, done] }, { member: 'Orders.status', operator: 'notSet' }] },
    ];
    const count = { measures: ['Orders.count'] };
    expect(rowsOf({ ...count, filters: nested }, ordersWithNulls)).toEqual([['2']]);
    expect(rowsOf({ ...count, segments: ['Orders.open'] })).toEqual([['2']]);
    const many: CubeFilter[] = [{ member: 'Orders.count', operator: 'gt', values: ['1'] }];
    expect(rowsOf({ dimensions: ['Orders.status'], filters: many })).toEqual([['completed']]);
  });
});

test('a day of another zone is that zone’s day', () => {
  const late: Order[] = [{ status: 'late', at: utc('2021-02-28T23:30:00.000') }];
  const query: CubeQuery = {
    timezone: 'Europe/Berlin',
    timeDimensions: [
      { dimension: 'Orders.completedAt', granularity: 'month', dateRange: ['2021-03-01', '2021-03-01'] },
    ],
  };
  expect(rowsOf(query, late)[0][0]).toBe('2021-03-01T00:00:00.000');
  expect(rowsOf({ ...query, timezone: 'UTC' }, late)).toEqual([]);
});

describe('assertEqualAnswers', () => {
  const query: CubeQuery = {
    measures: ['LineItems.products', 'LineItems.cost'],
    timeDimensions: [{ dimension: 'LineItems.createdAt', granularity: 'day' }],
  };
  const expected = answer(itemModel, items, query);
  const meta = { relativeErrors: { 'LineItems.products': 0.05 } };
  const changed = (at: number, change: Record<string, unknown>): object[] =>
    expected.rows.map((row, position) => (position === at ? { ...row, ...change } : row)) as object[];
  const judge = (data: object[], stated: Partial<typeof meta> = meta): unknown =>
    assertEqualAnswers({ data: data as Record<string, unknown>[], meta: stated }, expected);

  test('accepts the answer, and what is near where nearness is enough', () => {
    expect(judge(changed(0, {}))).toHaveLength(3);
    judge(changed(0, { 'LineItems.cost': String(Number(expected.rows[0]['LineItems.cost']) * (1 + 1e-13)) }));
    judge(changed(1, { 'LineItems.products': '3' }));
  });

  test.for([
    ['a row too few', changed(0, {}).slice(1)],
    ['rows in another order', changed(0, {}).toReversed()],
    ['a double too far off', changed(0, { 'LineItems.cost': '363' })],
    ['an estimate too far off', changed(0, { 'LineItems.products': '9' })],
    ['a number where text is due', changed(0, { 'LineItems.products': 2 })],
    ['NULL where a number is due', changed(0, { 'LineItems.cost': null })],
    ['another label', changed(0, { 'LineItems.createdAt': '2021-01-20' })],
    ['a column too many', changed(0, { extra: '1' })],
  ] as [string, object[]][])('refuses %s', ([, data]) => {
    expect(() => judge(data)).toThrow();
  });

  test('refuses estimates without a stated error', () => {
    expect(() => judge(changed(0, {}), {})).toThrow(/relative error/);
  });

  test('pairs rows by their keys where the order hangs on estimates', () => {
    const byProducts = answer(itemModel, items, { ...query, order: { 'LineItems.products': 'desc' } });
    const rows = byProducts.rows.map((row) => ({ ...row }));
    expect(rows.map((row) => row['LineItems.products'])).toEqual(['2', '2', '1']);
    const risen = [{ ...rows[1], 'LineItems.products': '3' }, rows[0], rows[2]];
    assertEqualAnswers({ data: risen, meta }, byProducts);
    expect(() => assertEqualAnswers({ data: [rows[0], risen[0], rows[2]], meta }, byProducts)).toThrow(
      /order/,
    );
  });
});
