/** The promises of cube-getting-started.md about which measures a rollup serves, on the rows that it prints. */
import { expect, test } from 'vitest';
import { buildTables, refusals } from '../support/open-tables.js';
import { lineItems, orders, shop, shopWithRepeat } from '../support/shop.js';

test('[B29] a measure and a dimension carry their format to whoever shows them', async () => {
  const store = await buildTables(shop);
  const { data, annotation, meta } = await store.query({
    measures: ['LineItems.price'],
    dimensions: ['LineItems.profitMargin'],
    limit: 1,
  });
  expect(data.map((row) => [Number(row['LineItems.profitMargin']), row['LineItems.price']])).toEqual([
    [1, '275'],
  ]);
  expect(annotation.measures['LineItems.price']).toMatchObject({ format: 'currency' });
  expect(annotation.dimensions['LineItems.profitMargin']).toMatchObject({ format: 'percentage' });
  expect(meta.mode).toBe('source');
});

test.for([
  ['count', '7'],
  ['quantity', '36'],
  ['cheapest', '75'],
  ['dearest', '550'],
  ['countDistinctProducts', '6'],
])('[B19] [B30] a rollup answers the additive measure %s', async ([measure, value]) => {
  const store = await buildTables(shopWithRepeat);
  const query = { measures: [`LineItems.${measure}`] };
  const result = await store.query(query);
  expect(result.data).toEqual([{ [`LineItems.${measure}`]: value }]);
  expect(result.meta).toMatchObject({ mode: 'rollup', preAggregation: 'LineItems.byDay' });
  expect(await refusals(store, query, 'LineItems.byDay')).toEqual([]);
});

test('[B19] [B31] a measure that is not additive, or is calculated from one, is refused', async () => {
  const store = await buildTables(shopWithRepeat);
  for (const [measure, value] of [
    ['exactProducts', '6'],
    ['itemsPerProduct', String(7 / 6)],
  ]) {
    const query = { measures: [`LineItems.${measure}`] };
    expect(await refusals(store, query, 'LineItems.byDay')).toEqual(['measure_not_additive']);
    const result = await store.query(query);
    expect(result.data).toEqual([{ [`LineItems.${measure}`]: value }]);
    expect(result.meta.mode).toBe('source');
  }
});

test('[B20] [B31] a leaf measure additive query is computed from the stored leaves', async () => {
  const store = await buildTables(shop);
  const result = await store.query({
    measures: ['LineItems.pricePerUnit'],
    timeDimensions: [{ dimension: 'LineItems.createdAt', granularity: 'day' }],
  });
  expect(result.data.map((row) => Number(row['LineItems.pricePerUnit']))).toEqual([
    523 / 7,
    420 / 14,
    150 / 13,
  ]);
  expect(result.meta).toMatchObject({ mode: 'rollup', preAggregation: 'LineItems.byDay' });
});

test.for([
  ['dimension_missing', { measures: ['LineItems.count'], dimensions: ['LineItems.id'] }],
  [
    'filter_dimension_missing',
    {
      measures: ['LineItems.count'],
      filters: [{ member: 'LineItems.id', operator: 'equals', values: ['1'] }],
    },
  ],
  ['measure_missing', { measures: ['LineItems.count'], dimensions: ['LineItems.productId'] }],
] as const)('[B20] a rollup without one of the members is refused: %s', async ([code, query]) => {
  const yaml = shop.yaml.replace('              - CUBE.count\n', '');
  const store = await buildTables(code === 'measure_missing' ? { ...shop, yaml } : shop);
  expect(await refusals(store, query, 'LineItems.byDay')).toEqual([code]);
  const { data, meta } = await store.query(query);
  expect(meta.mode).toBe('source');
  expect(data).toHaveLength(code === 'filter_dimension_missing' ? 1 : 6);
  expect(data.every((row) => row['LineItems.count'] === '1')).toBe(true);
});

test('[B21] orders counted by a property of their line items are multiplied: no rollup, and each counts once', async () => {
  const store = await buildTables(shopWithRepeat);
  const query = {
    measures: ['Orders.count'],
    dimensions: ['LineItems.productId'],
    order: { 'LineItems.productId': 'asc' },
  };
  expect(await refusals(store, query, 'LineItems.ordersOfProducts')).toContain('measure_multiplied');
  const { data, meta } = await store.query(query);
  expect(meta.mode).toBe('source');
  // Product 31 is twice in order 1; product 62 is in order 6, which has no row.
  expect(data.map((row) => [row['LineItems.productId'], row['Orders.count']])).toEqual([
    ['31', '1'],
    ['49', '1'],
    ['62', '0'],
    ['64', '1'],
    ['71', '1'],
    ['89', '1'],
  ]);
});

test('[B21] the same through a hasMany relation from the orders', async () => {
  const join = `
        joins:
          - name: LineItems
            sql: "{CUBE}.id = {LineItems}.order_id"
            relationship: hasMany
        measures:`;
  const hasMany = orders.replace('\n        measures:', join);
  const ownRollup =
    '          - name: byProduct\n            measures: [count]\n            dimensions: [LineItems.productId]\n';
  const loose = lineItems
    .replace(/ {8}joins:[^]*?(?= {8}measures:)/, '')
    .replace(/ {10}- name: ordersOfProducts[^]*$/, '');
  const yaml = `cubes:\n${hasMany}${ownRollup}${loose}`;
  const store = await buildTables({
    yaml,
    init: [...shopWithRepeat.init, "INSERT INTO orders VALUES (8, 'new', NULL)"],
  });
  const query = {
    measures: ['Orders.count'],
    dimensions: ['LineItems.productId'],
    order: { 'LineItems.productId': 'asc' },
  };
  expect(await refusals(store, query, 'Orders.byProduct')).toContain('measure_multiplied');
  const { data, meta } = await store.query(query);
  expect(meta.mode).toBe('source');
  // Order 8 has no line item; product 62 has no order.
  expect(data.map((row) => [row['LineItems.productId'], row['Orders.count']])).toEqual([
    ['31', '1'],
    ['49', '1'],
    ['64', '1'],
    ['71', '1'],
    ['89', '1'],
    [null, '1'],
  ]);
});

test('[B36] [B37] countDistinctApprox stands in for countDistinct, listed as CUBE.countDistinctProducts', async () => {
  const store = await buildTables(shopWithRepeat);
  const result = await store.query({
    measures: ['LineItems.countDistinctProducts', 'LineItems.count'],
    timeDimensions: [{ dimension: 'LineItems.createdAt', granularity: 'month' }],
  });
  // Days 20 and 23 both sold product 31: adding up the days would give 7.
  expect(result.data.map((row) => row['LineItems.countDistinctProducts'])).toEqual(['6']);
  expect(result.meta).toMatchObject({ mode: 'rollup', preAggregation: 'LineItems.byDay', exact: false });
  expect(result.meta.relativeError).toBeCloseTo((3 * 1.04) / Math.sqrt(2 ** 12), 12);
});
