/** model.schema.json, which editors read: it is that of the loader, takes our models and refuses broken ones. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { modelJsonSchema } from '../../dist/model/load/json-schema.js';
import { loadYamlModel } from '../../dist/model/load/load-yaml-model.js';
import { yaml as reference } from '../support/reference-model.js';
import { shop } from '../support/shop.js';
import { yaml as smallOrders } from '../support/small-orders.js';
import { twoSources } from '../support/two-sources.js';
import { orders, rollup } from './load/failures.js';

const published = readFileSync('model.schema.json', 'utf8');
const validator = z.fromJSONSchema(JSON.parse(published) as Parameters<typeof z.fromJSONSchema>[0]);
const accepts = (text: string) => validator.safeParse(parse(text)).success;

test('the published schema is the one that the code gives: npm run schema', () => {
  expect(JSON.stringify(JSON.parse(published))).toBe(JSON.stringify(modelJsonSchema()));
});

const files = ['data', 'examples'].flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.ya?ml$/.test(name))
    .map((name) => `${folder}/${name}`),
);

test.each(files)('accepts %s', (file) => {
  expect(files.length).toBeGreaterThanOrEqual(3);
  expect(accepts(readFileSync(file, 'utf8'))).toBe(true);
});

test.each([
  ['[D4] the model of the reference', reference],
  ['small orders', smallOrders],
  ['[D15] [D24] two data sources', JSON.stringify({ cubes: twoSources() })],
  ['[D12] original SQL', rollup('type: original_sql')],
  ['[C26] [C27] autoRollup', rollup('type: auto_rollup\nmax_pre_aggregations: 20')],
  ['[D72] a lambda', rollup('type: rollup_lambda\nrollups: [orders.main]\nunion_with_source_data: true')],
  ['[D33] a refresh key', rollup('measures: [count]\nrefresh_key: {every: 1 hour}')],
  ['[D70] a build range', rollup('measures: [count]\nbuild_range_start: {sql: SELECT 1}')],
  ['[D78] indexes', rollup('measures: [count]\nindexes: [{name: i, type: aggregate, columns: [status]}]')],
])('accepts %s', (_name, text) => {
  expect(accepts(text)).toBe(true);
});

test('accepts the models of docs/pre-aggregations.md, which load without a warning', () => {
  const docs = readFileSync('docs/pre-aggregations.md', 'utf8');
  const models = [...docs.matchAll(/```yaml\n([^`]*)```/g)].map(([, text]) => text);
  expect(models).toHaveLength(4);
  for (const text of models) {
    expect(accepts(text)).toBe(true);
    expect(loadYamlModel([{ file: 'm.yml', text }]).warnings).toEqual([]);
  }
});

describe('refuses what the loader refuses', () => {
  test.each([
    ['no cubes but one', 'cube: []'],
    ['a cube without a name', 'cubes: [{sql_table: t}]'],
    ['a name with a dash', 'cubes: [{name: a-b, sql_table: t}]'],
    ['a name that begins with a digit', 'cubes: [{name: 1a, sql_table: t}]'],
    ['empty SQL', 'cubes: [{name: a, sql: " "}]'],
    ['a list that is a text', 'cubes: [{name: a, sql_table: t, measures: count}]'],
    ['a measure without a type', 'cubes: [{name: a, sql_table: t, measures: [{name: m}]}]'],
    ['an unknown type', rollup('type: rolup')],
    ['[X17] an unknown key', rollup('measure: [count]')],
    ['[X17] an unknown key of a refresh key', rollup('measures: [count]\nrefresh_key: {evry: 1 hour}')],
    ['[C27] a limit of 0', rollup('type: auto_rollup\nmax_pre_aggregations: 0')],
    ['[C19] a key of 2019 beside one of today', rollup('measures: [count]\ndimension_references: [status]')],
    ['[D73] an index without columns', rollup('measures: [count]\nindexes: [{name: i, columns: []}]')],
    ['what is not supported yet', orders().replace('{name: id,', '{name: id, mask: x,')],
  ])('%s', (_name, text) => {
    expect(accepts(text)).toBe(false);
    expect(() => loadYamlModel([{ file: 'm.yml', text }])).toThrow('m.yml:');
  });
});

test('[D5] [X20] knows the spellings of today and lists; others load all the same', () => {
  for (const text of [shop.yaml, 'cubes: {a: {sql_table: t}}', 'cubes: [{name: a, sqlTable: t}]']) {
    expect(accepts(text)).toBe(false);
    expect(loadYamlModel([{ file: 'm.yml', text }]).cubes.size).toBeGreaterThan(0);
  }
});

test('tells of every key that is not supported yet, and of every old name', () => {
  const keysOf = (list: string) =>
    JSON.parse(published).properties.cubes.items.properties[list].items.properties as Record<string, object>;
  for (const [list, key] of [
    ['measures', 'multi_stage'],
    ['dimensions', 'mask'],
  ] as const) {
    const description = expect.stringContaining('not supported yet: ');
    expect(keysOf(list)[key]).toEqual({ type: 'boolean', const: false, description });
  }
  expect(keysOf('pre_aggregations')['measure_references']).toMatchObject({
    deprecated: true,
    description: expect.stringContaining('please use `measures` instead'),
  });
});
