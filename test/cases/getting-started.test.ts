/** The promises of cube-getting-started.md about models, time and ranges, on the rows that it prints. */
import { expect, test } from 'vitest';
import { buildTables, refusals } from '../support/open-tables.js';
import { shop, shopWithRepeat } from '../support/shop.js';

test('[B6] [B7] [B8] a cube of sql, measures, dimensions, joins and preAggregations answers', async () => {
  const store = await buildTables(shop);
  const result = await store.query({
    dimensions: ['Orders.id', 'Orders.status', 'Orders.completedAt'],
    measures: ['Orders.count'],
    order: [['Orders.id', 'desc']],
    limit: 2,
  });
  expect(result.data).toEqual([
    {
      'Orders.id': '5',
      'Orders.status': 'completed',
      'Orders.completedAt': '2021-03-10T18:25:32.109',
      'Orders.count': '1',
    },
    {
      'Orders.id': '4',
      'Orders.status': 'processing',
      'Orders.completedAt': '2021-03-13T10:30:21.360',
      'Orders.count': '1',
    },
  ]);
  expect(result.meta.mode).toBe('source');
  const { dimensions, measures } = result.annotation;
  expect(dimensions).toMatchObject({
    'Orders.id': { type: 'number' },
    'Orders.status': { type: 'string' },
    'Orders.completedAt': { type: 'time' },
  });
  expect(measures['Orders.count']).toMatchObject({ drillMembers: ['Orders.id', 'Orders.completedAt'] });
});

test('[B26] [FX-3] a join leads from the line items to their orders, and to none where there is none', async () => {
  const store = await buildTables(shop);
  const result = await store.query({ measures: ['LineItems.quantity'], dimensions: ['Orders.status'] });
  expect(result.data).toEqual([
    { 'Orders.status': 'completed', 'LineItems.quantity': '12' },
    { 'Orders.status': 'processing', 'LineItems.quantity': '8' },
    { 'Orders.status': null, 'LineItems.quantity': '8' },
    { 'Orders.status': 'shipped', 'LineItems.quantity': '6' },
  ]);
  expect(result.meta.mode).toBe('source');
});

test('[B9] [B10] [FX-2] a dropdown reads its values from a pre-aggregation without time', async () => {
  const store = await buildTables(shop);
  const result = await store.query({ dimensions: ['Orders.status'] });
  expect(result.data.map((row) => row['Orders.status'])).toEqual(['completed', 'processing', 'shipped']);
  expect(result.meta).toMatchObject({
    mode: 'direct',
    preAggregation: 'Orders.orderStatuses',
    rowsScanned: 3,
  });
});

test('[B11] [B12] a time dimension given as a plain string asks for all time', async () => {
  const store = await buildTables(shop);
  const result = await store.query({ measures: ['Orders.count'], timeDimensions: ['Orders.completedAt'] });
  expect(result.data).toEqual([{ 'Orders.count': '5' }]);
  expect(result.meta).toMatchObject({ mode: 'rollup', preAggregation: 'Orders.ordersByCompletedAt' });
});

test('[B13] [B15] [FX-2] granularity month keeps one entry for each month', async () => {
  const store = await buildTables(shop);
  const result = await store.query({
    measures: ['Orders.count'],
    timeDimensions: [{ dimension: 'Orders.completedAt', granularity: 'month' }],
  });
  expect(result.data.map((row) => [row['Orders.completedAt'], row['Orders.count']])).toEqual([
    ['2021-02-01T00:00:00.000', '2'],
    ['2021-03-01T00:00:00.000', '3'],
  ]);
  expect(result.meta).toMatchObject({
    mode: 'direct',
    preAggregation: 'Orders.ordersByCompletedAt',
    rowsScanned: 2,
  });
});

test('[B28] [FX-3] sums of quantity and price add up by day and over days', async () => {
  const store = await buildTables(shop);
  const measures = ['LineItems.quantity', 'LineItems.price'];
  const byDay = await store.query({
    measures,
    timeDimensions: [{ dimension: 'LineItems.createdAt', granularity: 'day' }],
  });
  const numbers = byDay.data.map((row) => [
    row['LineItems.createdAt.day'],
    ...measures.map((name) => row[name]),
  ]);
  expect(numbers).toEqual([
    ['2021-01-20T00:00:00.000', '7', '523'],
    ['2021-01-21T00:00:00.000', '14', '420'],
    ['2021-01-22T00:00:00.000', '13', '150'],
  ]);
  const total = await store.query({ measures });
  expect(total.data).toEqual([{ 'LineItems.quantity': '34', 'LineItems.price': '1093' }]);
  for (const { meta } of [byDay, total]) {
    expect(meta).toMatchObject({ mode: 'rollup', preAggregation: 'LineItems.byDay' });
  }
});

test('[B44] date ranges are inclusive to the last millisecond', async () => {
  const store = await buildTables(shopWithRepeat);
  const countOf = async (...dateRange: string[]): Promise<unknown[]> => {
    const query = {
      measures: ['LineItems.count'],
      timeDimensions: [{ dimension: 'LineItems.createdAt', dateRange }],
    };
    const { data, meta } = await store.query(query);
    return [data[0]['LineItems.count'], meta.mode, ...(await refusals(store, query, 'LineItems.byDay'))];
  };
  expect(await countOf('2021-01-21', '2021-01-22')).toEqual(['4', 'rollup']);
  expect(await countOf('2021-01-20', '2021-01-20')).toEqual(['2', 'rollup']);
  expect(await countOf('2021-01-23', '2021-01-23')).toEqual(['1', 'rollup']);
  expect(await countOf('2021-01-23T00:00:00.000', '2021-01-23T23:59:59.999')).toEqual(['1', 'rollup']);
  expect(await countOf('2021-01-23T00:00:00.000', '2021-01-23T23:59:59.998')).toEqual([
    '0',
    'source',
    'range_not_aligned',
  ]);
  expect(await countOf('2021-01-20T00:00:00.001', '2021-01-21T23:59:59.999')).toEqual([
    '2',
    'hybrid',
    'range_not_aligned',
  ]);
});

test('[B44] the smallest granularity is the second', async () => {
  const second = shop.yaml.replace('granularity: day', 'granularity: second');
  const store = await buildTables({ ...shopWithRepeat, yaml: second });
  const modeOf = async (...dateRange: string[]): Promise<string> => {
    const times = [{ dimension: 'LineItems.createdAt', granularity: 'second', dateRange }];
    const { data, meta } = await store.query({ measures: ['LineItems.count'], timeDimensions: times });
    expect(data.map((row) => row['LineItems.createdAt.second'])).toEqual(['2021-01-23T23:59:59.000']);
    return meta.mode;
  };
  expect(await modeOf('2021-01-23T23:59:59.000', '2021-01-23T23:59:59.999')).toBe('rollup');
  expect(await modeOf('2021-01-23T23:59:59.001', '2021-01-23T23:59:59.999')).toBe('source');
  const finer = shop.yaml.replace('granularity: day', 'granularity: millisecond');
  await expect(buildTables({ ...shop, yaml: finer })).rejects.toMatchObject({ code: 'model_invalid' });
});
