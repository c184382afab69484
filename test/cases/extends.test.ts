/** `extends` from the model to the answer: a cube and its rollups as if they were written out. */
import { expect, test } from 'vitest';
import { buildTables, openTables, refusals, tableOf } from '../support/open-tables.js';

const init = [
  tableOf('events', ['kind', 'amount'], ["'a', 1", "'a', 2", "'b', 4"]),
  tableOf('purchases', ['kind', 'amount', 'shop'], ["'a', 8, 'x'", "'b', 16, 'y'", "'b', 32, 'x'"]),
];

const yaml = `
    cubes:
      - name: events
        sql_table: events
        measures:
          - { name: count, type: count }
          - { name: total, sql: "{CUBE}.amount", type: sum }
          - { name: mean, sql: "{total} / {CUBE.count}", type: number }
        dimensions:
          - { name: kind, sql: kind, type: string }
        pre_aggregations:
          - { name: main, measures: [total, CUBE.count], dimensions: [kind] }
      - name: purchases
        extends: events
        sql_table: purchases
        dimensions:
          - { name: shop, sql: shop, type: string }
        pre_aggregations:
          - { name: by_shop, measures: [total], dimensions: [shop] }
`;

const js = `
    cube('events', {
      sqlTable: 'events',
      measures: {
        count: { type: 'count' },
        total: { sql: \`\${CUBE}.amount\`, type: 'sum' },
        mean: { sql: \`\${total} / \${CUBE.count}\`, type: 'number' },
      },
      dimensions: { kind: { sql: 'kind', type: 'string' } },
      preAggregations: { main: { measures: [total, CUBE.count], dimensions: [kind] } },
    });
    cube('purchases', {
      extends: events,
      sqlTable: 'purchases',
      dimensions: { shop: { sql: 'shop', type: 'string' } },
      preAggregations: { byShop: { measures: [total], dimensions: [shop] } },
    });
`;

test.each([
  ['YAML', { yaml, init }],
  ['JavaScript', { yaml: '', js, init }],
])('[C6] an inherited rollup is the child’s own: %s', async (_, tables) => {
  const store = await buildTables(tables);
  const query = { measures: ['purchases.mean', 'purchases.total'], dimensions: ['purchases.kind'] };
  const { data, meta, usedPreAggregations } = await store.query(query);
  expect(data).toEqual([
    { 'purchases.kind': 'b', 'purchases.mean': '24', 'purchases.total': '48' },
    { 'purchases.kind': 'a', 'purchases.mean': '8', 'purchases.total': '8' },
  ]);
  expect(meta).toMatchObject({ preAggregation: 'purchases.main' });
  expect(Object.keys(usedPreAggregations)[0]).toMatch(/\.purchases_main$/);
  const source = await (await openTables(tables)).query(query);
  expect(source.meta.mode).toBe('source');
  expect(source.data).toEqual(data);
  const parent = await store.query({ measures: ['events.total'] });
  expect(parent.data).toEqual([{ 'events.total': '7' }]);
  expect(parent.meta.preAggregation).toBe('events.main');
});

test('the rollups of the child are tried before those that it inherits', async () => {
  const store = await buildTables({ yaml, init });
  const { candidates } = await store.explain({ measures: ['purchases.total'] });
  expect(candidates.map(({ id }) => id)).toEqual(['events.main', 'purchases.by_shop', 'purchases.main']);
});

test('the patch for an inherited rollup changes it where it is written', async () => {
  const wide = yaml.replace(
    '- { name: kind, sql: kind, type: string }',
    '- { name: kind, sql: kind, type: string }\n          - { name: amount, sql: amount, type: number }',
  );
  const store = await openTables({ yaml: wide, init });
  const query = { measures: ['purchases.count'], dimensions: ['purchases.amount'] };
  const { candidates } = await store.explain(query);
  const reason = candidates
    .find(({ id }) => id === 'purchases.main')
    ?.reasons.find(({ code }) => code === 'dimension_missing');
  expect(reason?.fix?.patch).toEqual([
    { op: 'add', path: '/cubes/0/pre_aggregations/0/dimensions/-', value: 'CUBE.amount' },
  ]);
  const patched = await buildTables({
    yaml: wide.replace('dimensions: [kind]', 'dimensions: [kind, CUBE.amount]'),
    init,
  });
  expect(await refusals(patched, query, 'purchases.main')).toEqual([]);
});

test('a shared rollup is not given what one of its cubes lacks', async () => {
  const store = await openTables({ yaml, init });
  const query = { measures: ['purchases.count'], dimensions: ['purchases.shop'] };
  const { candidates } = await store.explain(query);
  expect(JSON.stringify(candidates.find(({ id }) => id === 'purchases.main'))).not.toContain('"patch":[{');
  expect(JSON.stringify(candidates.find(({ id }) => id === 'purchases.by_shop'))).toContain(
    '"value":"purchases.count"',
  );
});

test('SQL that names the parent is refused with what to write', async () => {
  const named = yaml
    .replace('{CUBE}.amount', '{events}.amount')
    .replace('name: main, measures: [total, CUBE.count]', 'name: main, measures: [CUBE.count]')
    .replace('name: by_shop, measures: [total]', 'name: by_shop, measures: [count]');
  const store = await openTables({ yaml: named, init });
  await expect(store.query({ measures: ['purchases.total'] })).rejects.toMatchObject({
    code: 'query_invalid',
    message: expect.stringContaining('purchases, events') as string,
    next: expect.stringContaining('where SQL or a list that it inherits names events, write CUBE') as string,
  });
  expect((await store.query({ measures: ['events.total'] })).data).toEqual([{ 'events.total': '7' }]);
});
