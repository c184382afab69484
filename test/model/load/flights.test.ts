/** The model of the demo: that it loads, and that it has what the demo promises. */
import { readFileSync } from 'node:fs';

import { expect, test } from 'vitest';

import { loadYamlModel } from '../../../dist/model/load/load-yaml-model.js';

const folder = new URL('../../../data/flights/', import.meta.url);
const files = ['airports', 'flights'].map((name) => ({
  file: `model/${name}.yml`,
  text: readFileSync(new URL(`model/${name}.yml`, folder), 'utf8'),
}));

test('the flights model loads, in whatever order its files are read', () => {
  const flights = loadYamlModel(files).cubes.get('flights')!;
  expect(flights).toEqual({
    ...loadYamlModel(files.toReversed()).cubes.get('flights'),
    preAggregations: flights.preAggregations,
  });
  expect(flights.joins).toMatchObject([{ to: 'airports', relationship: 'many_to_one' }]);
  expect([...flights.measures.values()].map(({ name, type }) => `${name}: ${type}`)).toEqual([
    'count: count',
    'total_delay: sum',
    'min_delay: min',
    'max_delay: max',
    'average_delay: number',
    'total_distance: sum',
    'min_distance: min',
    'max_distance: max',
    'distinct_routes: count_distinct_approx',
  ]);
  expect(flights.measures.get('average_delay')).toMatchObject({ title: 'Flights Average Delay' });
});

test('[D30][D73][D78] four rollups: one partitioned, one with a sort index, one with an aggregating index', () => {
  const rollups = loadYamlModel(files).cubes.get('flights')!.preAggregations;
  expect(rollups.map(({ name }) => name)).toEqual([
    'daily',
    'monthly_by_state',
    'monthly_routes',
    'daily_by_origin',
  ]);
  expect(rollups.map(({ partitionGranularity }) => partitionGranularity)).toEqual([
    null,
    null,
    null,
    'month',
  ]);
  expect(rollups[2]?.indexes).toEqual([
    { name: 'by_destination', type: 'regular', columns: ['flights__destination', 'flights__origin'] },
  ]);
  expect(rollups[3]?.indexes).toEqual([
    { name: 'by_day', type: 'regular', columns: ['flights__departed_at_day', 'flights__origin'] },
    { name: 'origins', type: 'aggregate', columns: ['flights__origin'] },
  ]);
});

test('the configuration of the demo names the model and the two files of data', () => {
  const config = JSON.parse(readFileSync(new URL('granary.config.json', folder), 'utf8')) as {
    model: string;
    sources: { default: { init: string[] } };
  };
  expect(config.model).toBe('model/');
  for (const statement of config.sources.default.init) {
    const path = /\$\{configDir\}\/([^']+)/.exec(statement)?.[1];
    expect(readFileSync(new URL(path!, folder)).length).toBeGreaterThan(100_000);
  }
});
