/** `case` dimensions, against CASE by hand. */
import { describe, expect, test } from 'vitest';
import { buildTables, openTables, refusals, tableOf, temporaryFolder } from '../support/open-tables.js';
import type { Tables } from '../support/open-tables.js';

const items = tableOf(
  'items',
  ['id', 'size', 'name', 'price'],
  ["1, 10, 'a', 1", "2, 20, 'b', 2", "3, 30, 'c', 4", "4, NULL, 'd', 8", "5, 20, 'e', 16"],
);

const yaml = `
    cubes:
      - name: items
        sql_table: items
        measures:
          - { name: total, type: sum, sql: price }
          - { name: small, type: sum, sql: price, filters: [{ sql: "{bucket} = 'it''s \\"small\\"'" }] }
        dimensions:
          - { name: id, type: number, sql: id, primary_key: true }
          - { name: size, type: number, sql: size }
          - name: bucket
            type: string
            case:
              when:
                - sql: "{CUBE}.size < 15"
                  label: it's "small"
                - sql: "{size} >= 15 AND {size} < 25"
                  label: { sql: "upper({CUBE}.name)" }
              else: { label: '{rest} $1; --' }
          - name: noted
            type: string
            case: { when: [{ sql: "{bucket} = 'B'", label: noted }] }
        pre_aggregations:
          - { name: by_bucket, measures: [total], dimensions: [bucket] }
`;

const js = `
  cube('items', {
    sql_table: 'items',
    measures: {
      total: { type: 'sum', sql: 'price' },
      small: { type: 'sum', sql: 'price', filters: [{ sql: \`\${CUBE.bucket} = 'it''s "small"'\` }] },
    },
    dimensions: {
      id: { type: 'number', sql: 'id', primaryKey: true },
      size: { type: 'number', sql: 'size' },
      bucket: {
        type: 'string',
        case: {
          when: [
            { sql: \`\${CUBE}.size < 15\`, label: \`it's "small"\` },
            { sql: \`\${size} >= 15 AND \${CUBE.size} < 25\`, label: { sql: \`upper(\${CUBE}.name)\` } },
          ],
          else: { label: '{rest} $1; --' },
        },
      },
      noted: { type: 'string', case: { when: [{ sql: \`\${bucket} = 'B'\`, label: 'noted' }] } },
    },
    preAggregations: { by_bucket: { measures: [CUBE.total], dimensions: [CUBE.bucket] } },
  });`;

describe.each<[string, Tables]>([
  ['YAML', { yaml, init: [items] }],
  ['the sandbox', { yaml: '', js, init: [items] }],
  ['trusted JavaScript', { yaml: '', js, init: [items], options: { modelScripts: 'trusted' } }],
])('[B8] in %s', (_, tables) => {
  const query = { measures: ['items.total'], dimensions: ['items.bucket'], order: { 'items.bucket': 'asc' } };
  const rows = [
    ['B', '2'],
    ['E', '16'],
    [`it's "small"`, '1'],
    ['{rest} $1; --', '12'],
  ];

  test('a rollup and the source give the label of the first condition that holds', async () => {
    for (const [store, mode] of [
      [await buildTables(tables), 'direct'],
      [await openTables(tables), 'source'],
    ] as const) {
      const { data, meta } = await store.query(query);
      expect(meta.mode).toBe(mode);
      expect(data.map((row) => [row['items.bucket'], row['items.total']])).toEqual(rows);
    }
  });

  test('labels are parameters', async () => {
    const { sql } = await (await openTables(tables)).explain(query);
    expect(sql?.text).not.toMatch(/small|rest/);
    expect(sql?.params).toContainEqual({ type: 'string', value: `it's "small"` });
  });

  test('a label can be filtered by, counted in a measure, and built upon', async () => {
    const store = await buildTables(tables);
    const filters = [{ member: 'items.bucket', operator: 'equals', values: [`it's "small"`] }];
    const filtered = await store.query({ measures: ['items.total'], filters });
    expect([filtered.data, filtered.meta.preAggregation]).toEqual([
      [{ 'items.total': '1' }],
      'items.by_bucket',
    ]);
    expect((await store.query({ measures: ['items.small'] })).data).toEqual([{ 'items.small': '1' }]);
    const noted = { measures: ['items.total'], dimensions: ['items.noted'] };
    expect((await store.query(noted)).data).toEqual([
      { 'items.noted': null, 'items.total': '29' },
      { 'items.noted': 'noted', 'items.total': '2' },
    ]);
  });
});

test('another label is another definition', async () => {
  const folder = temporaryFolder();
  await buildTables({ yaml, init: [items], folder });
  const query = { measures: ['items.total'], dimensions: ['items.bucket'] };
  const same = await openTables({ yaml, init: [items], folder });
  expect(await refusals(same, query, 'items.by_bucket')).toEqual([]);
  const other = yaml.replace("'{rest} $1; --'", 'rest');
  const changed = await openTables({ yaml: other, init: [items], folder });
  expect(await refusals(changed, query, 'items.by_bucket')).toEqual(['definition_changed']);
});

test.each([
  [
    'type: number, case: { when: [{ sql: x, label: y }] }',
    '`case` gives text: the type is string, not number',
  ],
  ['type: string, sql: x, case: { when: [{ sql: x, label: y }] }', 'write either `sql` or `case`, not both'],
  ['type: string', '`sql` is missing'],
  ['type: string, case: { when: [] }', 'is empty'],
  ['type: string, case: { when: [{ sql: x, label: 1 }] }', 'expected text (put it in quotes)'],
  ['type: string, case: { when: [{ sql: "{nope}", label: y }] }', '`items` has no member `nope`'],
  [
    'type: string, case: { switch: "{CUBE.id}", when: [{ sql: x, label: y }] }',
    'not supported yet: `case` with `switch`',
  ],
])('%s is refused', async (keys, message) => {
  const model = `
    cubes:
      - name: items
        sql_table: items
        measures: [{ name: count, type: count }]
        dimensions:
          - { name: bucket, ${keys} }`;
  await expect(openTables({ yaml: model, init: [] })).rejects.toMatchObject({
    code: 'model_invalid',
    message: expect.stringContaining(message) as string,
    position: { line: 7 },
  });
});
