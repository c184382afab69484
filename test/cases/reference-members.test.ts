/** The promises of cube-reference-2026.md about the members, segments and partitions of a rollup. */
import { expect, test } from 'vitest';
import { buildTables, openTables, refusals } from '../support/open-tables.js';
import { byName, init, main, namesAndNumbers, shop, yaml } from '../support/reference-model.js';

test('[D25] [D26] measures and dimensions are lists of members of the right kind', async () => {
  const measureAsDimension = yaml.replace('[users.name, orders.status]', '[count]');
  const dimensionAsMeasure = yaml.replace('[count, CUBE.revenue]', '[status]');
  const notAList = yaml.replace('measures: [count, CUBE.revenue]', 'measures: 7');
  for (const broken of [measureAsDimension, dimensionAsMeasure, notAList]) {
    expect(broken).not.toBe(yaml);
    await expect(openTables({ ...shop, yaml: broken })).rejects.toMatchObject({ code: 'model_invalid' });
  }
});

test('[D27] a time dimension is of type time and comes with a granularity', async () => {
  const noGranularity = yaml.replace(/\n +granularity: day\n +partition_granularity: month/, '');
  const noTime = yaml
    .replace(/\n +time_dimension: CUBE.created_at/, '')
    .replace(/\n +partition_granularity: month/, '');
  const notTime = yaml.replace('time_dimension: CUBE.created_at', 'time_dimension: CUBE.status');
  for (const broken of [noGranularity, noTime, notTime]) {
    expect(broken).not.toBe(yaml);
    await expect(openTables({ ...shop, yaml: broken })).rejects.toMatchObject({ code: 'model_invalid' });
  }
});

test('[D29] a rollup of a measure and a segment, without dimensions, serves that segment', async () => {
  const lean = yaml
    .replace('dimensions: [users.name, orders.status]\n            ', '')
    .replace(/\n +time_dimension: CUBE.created_at\n +granularity: day\n +partition_granularity: month/, '');
  const store = await buildTables({ ...shop, yaml: lean });
  const completed = await store.query({
    measures: ['orders.count', 'orders.revenue'],
    segments: ['orders.only_complete'],
  });
  expect(completed.data.map((row) => Object.values(row))).toEqual([['2', '40']]);
  expect(completed.meta).toMatchObject({ mode: 'direct', preAggregation: main });
  const everything = await store.query({ measures: ['orders.count'] });
  expect(everything.data).toEqual([{ 'orders.count': '5' }]);
  expect(everything.meta).toMatchObject({ mode: 'rollup', preAggregation: main });
  const large = { measures: ['orders.count'], segments: ['orders.large'] };
  expect(await refusals(store, large, main)).toEqual(['segment_missing']);
  const fromSource = await store.query(large);
  expect([fromSource.data, fromSource.meta.mode]).toEqual([[{ 'orders.count': '3' }], 'source']);
});

test.for([
  ['hour', '2024-02-02', 4],
  ['day', '2024-02-02', 3],
  ['week', '2024-05-01', 2],
  ['month', '2024-05-01', 3],
  ['quarter', '2024-05-01', 2],
  ['year', '2024-05-01', 1],
] as const)('[D30] partition_granularity %s', async ([granularity, lastDay, withRows]) => {
  const partitioned = yaml.replace('granularity: day', 'granularity: hour').replace('month', granularity);
  const tables = init.map((statement) => statement.replace('2024-05-01', lastDay));
  const store = await buildTables({ yaml: partitioned, init: tables });
  const overall = await store.query(byName);
  expect(overall.data.map((row) => Object.values(row))).toEqual(namesAndNumbers);
  const byHour = {
    dimension: 'orders.created_at',
    granularity: 'hour',
    dateRange: ['2024-01-01', '2024-12-31'],
  };
  const inTime = await store.query({ measures: ['orders.count'], timeDimensions: [byHour] });
  expect(inTime.data.map((row) => row['orders.created_at'])).toEqual([
    '2024-01-31T23:00:00.000',
    '2024-02-01T00:00:00.000',
    '2024-02-01T01:00:00.000',
    `${lastDay}T12:00:00.000`,
  ]);
  for (const { meta } of [overall, inTime])
    expect(meta).toMatchObject({ mode: 'rollup', preAggregation: main });
  // The rows without a time lie in a partition of their own, which a range never needs.
  expect(inTime.meta.partitions.read).toBeGreaterThanOrEqual(withRows);
  expect(inTime.meta.partitions.read).toBeLessThan(inTime.meta.partitions.total);
});

test('[D30] partitions need a time dimension', async () => {
  const broken = yaml.replace(/\n +time_dimension: CUBE.created_at\n +granularity: day/, '');
  await expect(openTables({ ...shop, yaml: broken })).rejects.toMatchObject({ code: 'model_invalid' });
  const unknown = yaml.replace('partition_granularity: month', 'partition_granularity: minute');
  await expect(openTables({ ...shop, yaml: unknown })).rejects.toMatchObject({ code: 'model_invalid' });
});
