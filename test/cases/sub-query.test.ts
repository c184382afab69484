/** Dimensions with `sub_query: true`, against subselects by hand over the raw rows. */
import { describe, expect, test } from 'vitest';
import { buildTables, openTables, refusals, tableOf, temporaryFolder } from '../support/open-tables.js';
import type { Tables } from '../support/open-tables.js';

const init = [
  tableOf(
    'managers',
    ['id', 'region', 'name'],
    ["1, 'n', 'Ann'", "2, 'n', 'Bob'", "3, 's', 'Cid'", "4, 's', NULL"],
  ),
  tableOf(
    'deals',
    ['id', 'manager_id', 'amount', 'won', 'price'],
    [
      '1, 1, 10, true, 0.1',
      '2, 1, 20, false, 0.2',
      '3, 2, 30, true, 0.3',
      '4, 3, 5, true, 0.4',
      '5, 9, 99, true, 0.5',
    ],
  ),
  tableOf('items', ['id', 'deal_id'], ['1, 1', '2, 1', '3, 2', '4, 3']),
];

const yaml = `
    cubes:
      - name: managers
        sql_table: managers
        joins:
          - { name: deals, relationship: one_to_many, sql: '{CUBE}.id = {deals}.manager_id' }
        measures:
          - { name: count, type: count }
          - { name: average, type: avg, sql: '{amount}' }
          - { name: sum, type: sum, sql: '{amount}' }
          - { name: rich, type: count, filters: [{ sql: '{amount} >= 30' }] }
        dimensions:
          - { name: id, type: number, sql: id, primary_key: true }
          - { name: region, type: string, sql: region }
          - { name: amount, type: number, sql: '{deals.amount}', sub_query: true }
          - { name: deal_count, type: number, sql: '{deals.count}', sub_query: true }
          - { name: names, type: number, sql: '{deals.ids}', sub_query: true }
          - { name: share, type: number, sql: '100 * {deals.won} / nullif({deals.count}, 0)', sub_query: true }
          - { name: item_count, type: number, sql: '{items.count}', sub_query: true }
          - { name: prices, type: number, sql: '{deals.prices}', sub_query: true }
          - { name: is_rich, type: boolean, sql: '{amount} >= 30' }
        segments:
          - { name: busy, sql: '{deal_count} > 1' }
        pre_aggregations:
          - { name: by_amount, measures: [count, sum], dimensions: [amount, region], segments: [busy] }
          - { name: averages, measures: [average, rich], dimensions: [region] }
      - name: deals
        sql_table: deals
        joins:
          - { name: managers, relationship: many_to_one, sql: '{CUBE}.manager_id = {managers}.id' }
          - { name: items, relationship: one_to_many, sql: '{CUBE}.id = {items}.deal_id' }
        measures:
          - { name: count, type: count }
          - { name: amount, type: sum, sql: amount }
          - { name: prices, type: sum, sql: 'CAST(price AS DOUBLE)' }
          - { name: won, type: count, filters: [{ sql: '{CUBE}.won' }] }
          - { name: ids, type: count_distinct_approx, sql: id }
        dimensions:
          - { name: id, type: number, sql: id, primary_key: true }
          - { name: won_it, type: boolean, sql: won }
        pre_aggregations:
          - { name: by_manager_amount, measures: [amount], dimensions: [managers.amount] }
      - name: items
        sql_table: items
        measures: [{ name: count, type: count }]
        dimensions: [{ name: id, type: number, sql: id, primary_key: true }]
`;

/** The cubes of the YAML as an object, which JavaScript can say too. */
const js = `
  cube('managers', {
    sql_table: 'managers',
    joins: { deals: { relationship: 'hasMany', sql: \`\${CUBE}.id = \${deals}.manager_id\` } },
    measures: { count: { type: 'count' }, average: { type: 'avg', sql: \`\${CUBE.amount}\` } },
    dimensions: {
      id: { type: 'number', sql: 'id', primaryKey: true },
      region: { type: 'string', sql: 'region' },
      amount: { type: 'number', sql: \`\${deals.amount}\`, subQuery: true },
    },
    preAggregations: { main: { measures: [CUBE.count], dimensions: [CUBE.amount] } },
  });
  cube('deals', {
    sql_table: 'deals',
    measures: { amount: { type: 'sum', sql: 'amount' } },
    dimensions: { id: { type: 'number', sql: 'id', primaryKey: true } },
  });`;

const tables: Tables = { yaml, init };

/** Asked of a store that built its rollups and of one that did not. */
async function answers(model: Tables, query: object, rollup: string | null) {
  const [built, plain] = [await buildTables(model), await openTables(model)];
  const [fast, slow] = [await built.query(query), await plain.query(query)];
  expect(fast.meta.preAggregation).toBe(rollup);
  expect(slow.meta.mode).toBe('source');
  expect(fast.data).toEqual(slow.data);
  return fast.data;
}

describe('a measure for each row of another cube', () => {
  test.each([
    ['amount', ['30', '30', '5', null]],
    ['deal_count', ['2', '1', '1', '0']],
    ['names', ['2', '1', '1', '0']],
    ['item_count', ['3', '1', '0', '0']],
    ['prices', ['0.3', '0.3', '0.4', null]],
  ])('%s', async (name, values) => {
    const id = `managers.${name}`;
    const store = await openTables(tables);
    const { data } = await store.query({ dimensions: ['managers.id', id], order: { 'managers.id': 'asc' } });
    const shown = data.map((row) =>
      typeof row[id] === 'string' ? String(Number(Number(row[id]).toFixed(9))) : null,
    );
    expect(shown).toEqual(values);
  });

  test('SQL over several measures', async () => {
    const store = await openTables(tables);
    const query = { dimensions: ['managers.id', 'managers.share'], order: { 'managers.id': 'asc' } };
    const { data } = await store.query(query);
    expect(
      data.map((row) => row['managers.share']).map((share) => (share === null ? null : Number(share))),
    ).toEqual([50, 100, 100, null]);
  });

  test('is grouped by, filtered by, and measured, from rollups and from the source', async () => {
    const count = 'managers.count';
    expect(
      await answers(tables, { measures: [count], dimensions: ['managers.amount'] }, 'managers.by_amount'),
    ).toEqual([
      { 'managers.amount': '30', [count]: '2' },
      { 'managers.amount': '5', [count]: '1' },
      { 'managers.amount': null, [count]: '1' },
    ]);
    const filters = [{ member: 'managers.amount', operator: 'gt', values: ['5'] }];
    const poor = { measures: [count], dimensions: ['managers.region'], filters };
    expect(await answers(tables, poor, 'managers.by_amount')).toEqual([
      { 'managers.region': 'n', [count]: '2' },
    ]);
    const segments = ['managers.busy'];
    expect(await answers(tables, { measures: [count], segments }, 'managers.by_amount')).toEqual([
      { [count]: '1' },
    ]);
    const measures = ['managers.average', 'managers.rich'];
    const byRegion = { measures, dimensions: ['managers.region'], order: { 'managers.region': 'asc' } };
    expect(await answers(tables, byRegion, 'managers.averages')).toEqual([
      { 'managers.region': 'n', 'managers.average': '30', 'managers.rich': '2' },
      { 'managers.region': 's', 'managers.average': '5', 'managers.rich': '0' },
    ]);
    const rich = { measures: ['managers.sum'], dimensions: ['managers.is_rich'] };
    expect(await answers(tables, rich, null)).toEqual([
      { 'managers.is_rich': true, 'managers.sum': '60' },
      { 'managers.is_rich': false, 'managers.sum': '5' },
      { 'managers.is_rich': null, 'managers.sum': null },
    ]);
  });

  test('counts all rows, whatever the query filters', async () => {
    const filters = [{ member: 'deals.won_it', operator: 'equals', values: ['false'] }];
    const query = { measures: ['deals.amount'], dimensions: ['managers.amount'], filters };
    const store = await openTables(tables);
    expect((await store.query(query)).data).toEqual([{ 'managers.amount': '30', 'deals.amount': '20' }]);
  });

  test('of a cube that is joined', async () => {
    const query = { measures: ['deals.amount'], dimensions: ['managers.amount'] };
    expect(await answers(tables, query, 'deals.by_manager_amount')).toEqual([
      { 'managers.amount': null, 'deals.amount': '99' },
      { 'managers.amount': '30', 'deals.amount': '60' },
      { 'managers.amount': '5', 'deals.amount': '5' },
    ]);
  });

  test.each(['sandbox', 'trusted'])('in JavaScript: %s', async (modelScripts) => {
    const model = { yaml: '', js, init, options: { modelScripts } };
    const query = { measures: ['managers.count'], dimensions: ['managers.amount'] };
    expect((await answers(model, query, 'managers.main')).length).toBe(3);
    const average = await (await openTables(model)).query({ measures: ['managers.average'] });
    expect(Number(average.data[0]['managers.average'])).toBeCloseTo(65 / 3, 12);
  });
});

test('the SQL of the measure and the join to it belong to the definition', async () => {
  const folder = temporaryFolder();
  await buildTables({ ...tables, folder });
  const query = { measures: ['managers.count'], dimensions: ['managers.amount'] };
  const changes = [
    ['name: amount, type: sum, sql: amount', 'name: amount, type: sum, sql: amount + 1'],
    ['{CUBE}.id = {deals}.manager_id', '{CUBE}.id + 1 = {deals}.manager_id'],
    ['name: deals\n        sql_table: deals', 'name: deals\n        sql_table: (SELECT * FROM deals)'],
  ];
  for (const [from, to] of changes) {
    expect(yaml).toContain(from);
    const store = await openTables({ ...tables, folder, yaml: yaml.replace(from, to) });
    expect(await refusals(store, query, 'managers.by_amount')).toEqual(['definition_changed']);
  }
});

describe('refused', () => {
  const model = (keys: string, id = ', primary_key: true') => `
    cubes:
      - name: managers
        sql_table: managers
        joins: []
        measures: [{ name: count, type: count }]
        dimensions:
          - { name: id, type: number, sql: id${id} }
          - { name: m, type: number, ${keys} }
      - name: deals
        sql_table: deals
        measures: [{ name: count, type: count }]
        dimensions: [{ name: id, type: number, sql: id, primary_key: true }]`;

  test.each([
    [
      "sql: '{deals.count}', sub_query: true",
      '',
      'mark the dimension that tells its rows apart with `primary_key: true`',
    ],
    ["sql: '{deals.count}'", undefined, 'only a dimension with `sub_query: true` can'],
    [
      "sql: '{CUBE.count}', sub_query: true",
      undefined,
      'a sub-query refers to measures of other cubes, not to the measure',
    ],
    ["sql: '{deals.id}', sub_query: true", undefined, 'not to the dimension `deals.id`'],
    ['sql: amount, sub_query: true', undefined, 'a sub-query is about a measure of another cube'],
    [
      "sql: '{deals.count}', sub_query: true, propagate_filters_to_sub_query: true",
      undefined,
      'leave the key out, and the sub-query counts all rows',
    ],
  ])('%s', async (keys, id, message) => {
    await expect(openTables({ yaml: model(keys, id), init: [] })).rejects.toMatchObject({
      code: 'model_invalid',
      message: expect.stringContaining(message) as string,
      position: { line: 9 },
    });
  });

  test('a measure to which no join leads', async () => {
    const store = await openTables({ yaml: model("sql: '{deals.count}', sub_query: true"), init });
    await expect(store.query({ dimensions: ['managers.m'] })).rejects.toMatchObject({
      code: 'query_invalid',
    });
  });
});
