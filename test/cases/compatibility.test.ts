/** `compatibility: 'cube'`: Cube's choice is shown and served as far as it is exact; every answer is the source's. */
import { describe, expect, test } from 'vitest';
import { openTables, tableOf } from '../support/open-tables.js';
import type { Store } from '../support/open-tables.js';

const INIT = [
  tableOf(
    'orders',
    ['id', 'user_id', 'status', 'amount', 'created_at'],
    [
      "1, 1, 'completed', 10, TIMESTAMP '2024-01-05 10:00:00'",
      "2, 1, 'new', 20, TIMESTAMP '2024-01-20 00:00:00'",
      "3, 2, 'completed', 40, TIMESTAMP '2024-02-10 01:00:00'",
      "4, 2, 'new', 80, TIMESTAMP '2024-02-25 12:00:00'",
      "5, 1, 'new', 160, TIMESTAMP '2024-03-01 00:00:00'",
    ],
  ),
  tableOf('users', ['id', 'city'], ["1, 'Rome'", "2, 'Oslo'"]),
];

function yaml(orders: string, users = ''): string {
  return `
cubes:
  - name: orders
    sql_table: orders
    joins:
      - { name: users, relationship: many_to_one, sql: "{CUBE}.user_id = {users.id}" }
    dimensions:
      - { name: id, sql: id, type: number, primary_key: true }
      - { name: status, sql: status, type: string }
      - { name: created_at, sql: created_at, type: time }
    measures:
      - { name: count, type: count }
      - { name: revenue, sql: amount, type: sum }
      - { name: mean, sql: amount, type: avg }
    pre_aggregations:
${orders}
  - name: users
    sql_table: users
    dimensions:
      - { name: id, sql: id, type: number, primary_key: true }
      - { name: city, sql: city, type: string }
${users}
`;
}

const MONTHLY =
  '      - { name: monthly, measures: [count, revenue], time_dimension: created_at, granularity: month }';
const DAILY =
  '      - { name: daily, measures: [count, revenue], time_dimension: created_at, granularity: day }';
const STATUS = '      - { name: by_status, measures: [revenue, mean], dimensions: [status, users.city] }';

async function open(text: string, options: Readonly<Record<string, unknown>> = {}): Promise<Store> {
  const store = await openTables({ yaml: text, init: INIT, options: { compatibility: 'cube', ...options } });
  await store.build();
  return store;
}

/** The answer, with where it comes from and what Cube would have chosen. */
async function outcome(store: Store, query: object) {
  const [{ selected, cube, pieces }, { data, meta }] = [await store.explain(query), await store.query(query)];
  return {
    selected,
    from: pieces.map(({ from }) => from),
    read: meta.preAggregation,
    mode: meta.mode,
    data,
    cube,
  };
}

const byMonth = (dateRange?: readonly string[]) => ({
  measures: ['orders.revenue'],
  timeDimensions: [
    { dimension: 'orders.created_at', granularity: 'month', ...(dateRange !== undefined && { dateRange }) },
  ],
});
const revenues = (data: readonly Readonly<Record<string, unknown>>[]) =>
  data.map((row) => row['orders.revenue']);

describe("compatibility: 'cube'", () => {
  test('[B39] [X3] its choice is exact, and is read: the first in the file', async () => {
    const store = await open(yaml(`${MONTHLY}\n${DAILY}`));
    const found = await outcome(store, byMonth());
    expect(found).toMatchObject({ selected: 'orders.monthly', from: ['orders.monthly'], mode: 'direct' });
    expect(revenues(found.data)).toEqual(['30', '120', '160']);
    expect(found.cube).toMatchObject({
      selected: 'orders.monthly',
      deviation: null,
      candidates: [
        { id: 'orders.monthly', canUse: true, trace: [{ branch: 'leafAdditive', failed: null }] },
        { id: 'orders.daily', canUse: true },
      ],
    });
  });

  test('[X21] [D53] its choice is exact in part: the rest comes from another rollup, and explain says why', async () => {
    const store = await open(yaml(`${MONTHLY}\n${DAILY}`));
    const found = await outcome(store, byMonth(['2024-01-10', '2024-03-01']));
    // Cube reads the months alone: January is lost, since it begins before the range, and March is whole.
    expect(found.selected).toBe('orders.monthly');
    expect(revenues(found.data)).toEqual(['20', '120', '160']);
    expect(found.from).toEqual(['orders.daily', 'orders.monthly', 'orders.daily']);
    expect(found.cube?.deviation).toMatch(
      /^Cube chooses orders\.monthly, which does not answer alone: the range cuts through a month .* The answer comes from orders\.daily, orders\.monthly\.$/,
    );
  });

  test('[X21] [D53] no bucket of its choice lies in the range: another rollup answers', async () => {
    const store = await open(yaml(`${MONTHLY}\n${DAILY}`));
    const found = await outcome(store, byMonth(['2024-01-10', '2024-02-15']));
    expect(found).toMatchObject({ selected: 'orders.monthly', from: ['orders.daily'], read: 'orders.daily' });
    expect(revenues(found.data)).toEqual(['20', '40']);
  });

  test('[X21] [D53] the source gives the edges where no rollup can', async () => {
    const store = await open(yaml(MONTHLY));
    const found = await outcome(store, byMonth(['2024-01-10', '2024-03-01']));
    expect(found).toMatchObject({ from: ['orders.monthly', 'source'], mode: 'hybrid' });
    expect(revenues(found.data)).toEqual(['20', '120', '160']);
  });

  test('[X21] [D53] where no rollup is exact the source answers', async () => {
    const store = await open(yaml(MONTHLY));
    const found = await outcome(store, byMonth(['2024-01-10', '2024-02-15']));
    expect(found.selected).toBe('orders.monthly');
    expect(revenues(found.data)).toEqual(['20', '40']);
    expect(found.cube?.deviation).toMatch(/orders\.monthly/);
  });

  test('[D51][D52] the configuration sets the default for ranges, and Cube then chooses the days', async () => {
    const store = await open(yaml(`${MONTHLY}\n${DAILY}`), { allowNonStrictDateRangeMatch: false });
    const found = await outcome(store, byMonth(['2024-01-10', '2024-02-15']));
    expect(found).toMatchObject({ selected: 'orders.daily', from: ['orders.daily'] });
    expect(found.cube?.candidates[0]).toMatchObject({
      id: 'orders.monthly',
      canUse: false,
      trace: [{ failed: 'time_dimensions' }, { failed: 'same_time_dimensions' }],
    });
    expect(revenues(found.data)).toEqual(['20', '40']);
  });

  test('[X22] it chooses none for an avg of fewer dimensions: the source answers, though ours matches', async () => {
    const query = { measures: ['orders.mean'], dimensions: ['orders.status'] };
    const store = await open(yaml(STATUS));
    const ours = await open(yaml(STATUS), { compatibility: 'granary' });
    const { data, meta } = await ours.query(query);
    expect(meta).toMatchObject({ mode: 'rollup', preAggregation: 'orders.by_status' });
    expect(data).toEqual((await store.query(query)).data);
    const found = await outcome(store, query);
    expect(found).toMatchObject({ selected: null, from: ['source'], read: null, mode: 'source' });
    expect(found.cube).toMatchObject({
      candidates: [
        { canUse: false, trace: [{ failed: 'leaf_measures_additive' }, { failed: 'same_dimensions' }] },
      ],
    });
    expect(found.data.map((row) => [row['orders.status'], Number(row['orders.mean'])])).toEqual([
      ['new', 260 / 3],
      ['completed', 25],
    ]);
  });

  test('[X23] it does not look into a cube that the query does not name; granary does', async () => {
    const rollup = '      - { name: main, measures: [orders.revenue], dimensions: [orders.status] }';
    const text = yaml('      []', `    pre_aggregations:\n${rollup}`);
    const query = { measures: ['orders.revenue'], dimensions: ['orders.status'] };
    const found = await outcome(await open(text), query);
    expect(found).toMatchObject({ selected: null, from: ['source'] });
    expect(found.cube).toMatchObject({ selected: null, candidates: [], deviation: null });
    const ours = await outcome(await open(text, { compatibility: 'granary' }), query);
    expect(ours).toMatchObject({ selected: 'users.main', from: ['users.main'] });
    expect(ours.cube).toBeUndefined();
    expect(found.data).toEqual(ours.data);
  });

  test('its choice is not built: the next exact rollup answers', async () => {
    const store = await openTables({
      yaml: yaml(`${MONTHLY}\n${DAILY}`),
      init: INIT,
      options: { compatibility: 'cube' },
    });
    await store.build({ preAggregations: ['orders.daily'] });
    const found = await outcome(store, byMonth());
    expect(found).toMatchObject({ selected: 'orders.monthly', from: ['orders.daily'] });
    expect(found.cube?.deviation).toMatch(/not built/);
  });

  test('a measure that only filters is lost to Cube; the answer keeps it', async () => {
    const store = await open(yaml('      - { name: main, measures: [count], dimensions: [status] }'));
    const found = await outcome(store, {
      measures: ['orders.count'],
      dimensions: ['orders.status'],
      filters: [{ member: 'orders.revenue', operator: 'gt', values: ['100'] }],
    });
    expect(found).toMatchObject({ selected: 'orders.main', from: ['source'] });
    expect(found.data).toEqual([{ 'orders.status': 'new', 'orders.count': '3' }]);
  });

  test('a type that is not executed can be its choice; another answers', async () => {
    const lambda = '      - { name: lambda, type: rollup_lambda, rollups: [daily] }';
    const store = await open(yaml(`${lambda}\n${DAILY}`));
    const found = await outcome(store, byMonth());
    expect(found).toMatchObject({ selected: 'orders.lambda', from: ['orders.daily'] });
    expect(found.cube?.deviation).toMatch(/rollup_lambda/);
  });

  test.each([
    [{ compatibility: 'Cube' }, /compatibility is not valid.*"granary" or "cube"/],
    [{ allowNonStrictDateRangeMatch: 'no' }, /allowNonStrictDateRangeMatch is not valid.*true or false/],
  ])('%j is refused', async (options, message) => {
    const opening = openTables({ yaml: yaml(DAILY), init: INIT, options });
    await expect(opening).rejects.toMatchObject({ code: 'config_invalid' });
    await expect(opening).rejects.toThrow(message);
  });
});

describe("[FX-5] Cube's example of 2019, decided as it is today", () => {
  const text = `
cubes:
  - name: Orders
    sql: SELECT id, status AS category, user_id AS customer_name, amount, created_at FROM orders
    measures:
      count: { type: count }
      revenue: { sql: amount, type: sum }
    dimensions:
      id: { sql: id, type: number, primaryKey: true }
      category: { sql: category, type: string }
      customerName: { sql: customer_name, type: number }
      createdAt: { sql: created_at, type: time }
    preAggregations:
      categoryAndDate:
        type: rollup
        measureReferences: [Orders.count, revenue]
        dimensionReferences: [category]
        timeDimensionReference: createdAt
        granularity: day
`;
  const year = ['2024-01-01', '2024-12-31'];
  const times = (granularity: string | null, dateRange: readonly string[]) => [
    { dimension: 'Orders.createdAt', dateRange, ...(granularity !== null && { granularity }) },
  ];

  // The rules of 2019 refused weeks and months: a time with its granularity was compared like a dimension.
  test.each([
    [
      '[C22] revenue by category this month',
      {
        measures: ['Orders.revenue'],
        dimensions: ['Orders.category'],
        timeDimensions: times(null, ['2024-02-01', '2024-02-29']),
      },
      true,
    ],
    [
      '[C22] count by day this year',
      { measures: ['Orders.count'], timeDimensions: times('day', year) },
      true,
    ],
    ['[C22] count for all time', { measures: ['Orders.count'] }, true],
    [
      '[C17][X1] revenue by week this year',
      { measures: ['Orders.revenue'], timeDimensions: times('week', year) },
      true,
    ],
    [
      '[C17][X1] revenue by month this year',
      { measures: ['Orders.revenue'], timeDimensions: times('month', year) },
      true,
    ],
    [
      '[C22] count by customer this year',
      { measures: ['Orders.count'], dimensions: ['Orders.customerName'], timeDimensions: times(null, year) },
      false,
    ],
  ])('%s', async (_, query, used) => {
    const cube = await outcome(await open(text), query);
    const granary = await outcome(await open(text, { compatibility: 'granary' }), query);
    expect(cube.selected).toBe(used ? 'Orders.categoryAndDate' : null);
    expect(cube.from).toEqual([used ? 'Orders.categoryAndDate' : 'source']);
    expect(cube.data).toEqual(granary.data);
  });
});

describe('[FX-3][FX-4] line items', () => {
  const init = [
    tableOf(
      'line_items',
      ['id', 'product_id', 'order_id', 'quantity', 'price', 'profit_margin', 'created_at'],
      [
        "1, 31, 1, 1, 275, 1.0, TIMESTAMP '2021-01-20'",
        "2, 49, 2, 6, 248, 0.1, TIMESTAMP '2021-01-20'",
        "3, 89, 3, 6, 197, 0.35, TIMESTAMP '2021-01-21'",
        "4, 71, 4, 8, 223, 0.15, TIMESTAMP '2021-01-21'",
        "5, 64, 5, 5, 75, 0.75, TIMESTAMP '2021-01-22'",
        "6, 62, 6, 8, 75, 0.65, TIMESTAMP '2021-01-22'",
      ],
    ),
  ];
  const model = `
cubes:
  - name: items
    sql_table: line_items
    dimensions:
      - { name: id, sql: id, type: number, primary_key: true }
      - { name: created_at, sql: created_at, type: time }
    measures:
      - { name: quantity, sql: quantity, type: sum }
      - { name: price, sql: price, type: sum }
      - { name: products, sql: product_id, type: count_distinct }
      - { name: each, sql: "{price} / {quantity}", type: number }
    pre_aggregations:
      - { name: main, measures: [quantity, price, products], time_dimension: created_at, granularity: day }
`;
  const days = (granularity: string) => [{ dimension: 'items.created_at', granularity }];

  test.each([
    ['[B28] sums', { measures: ['items.quantity', 'items.price'], timeDimensions: days('month') }, true],
    ['[C15] a quotient by its leaves', { measures: ['items.each'], timeDimensions: days('month') }, true],
    [
      '[B35] distinct values of a month',
      { measures: ['items.products'], timeDimensions: days('month') },
      false,
    ],
    [
      '[B35] distinct values of the stored days',
      { measures: ['items.products'], timeDimensions: days('day') },
      true,
    ],
  ])('%s', async (_, query, used) => {
    const store = await openTables({ yaml: model, init, options: { compatibility: 'cube' } });
    const fromSource = (await store.query(query)).data;
    await store.build();
    const found = await outcome(store, query);
    expect(found).toMatchObject({
      selected: used ? 'items.main' : null,
      from: [used ? 'items.main' : 'source'],
    });
    expect(found.data).toEqual(fromSource);
  });
});
