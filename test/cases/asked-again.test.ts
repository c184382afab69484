/** What is asked again and again is looked for in fewer places each time; the answer stays that of the source. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openTables, temporaryFolder } from '../support/open-tables.js';

const YAML = `
cubes:
  - name: sales
    sql: SELECT * FROM read_csv('\${FACTS}')
    measures:
      - { name: count, type: count }
      - { name: amount, sql: amount, type: sum }
      - { name: most, sql: amount, type: max }
    dimensions:
      - { name: shop, sql: shop, type: string }
      - { name: kind, sql: kind, type: string }
      - { name: at, sql: at, type: time }
    pre_aggregations:
      - name: daily
        measures: [count, amount, most]
        dimensions: [shop, kind]
        time_dimension: at
        granularity: day
        partition_granularity: month
        indexes: [{ name: by_shop, columns: [shop, at.day, kind] }]
`;

/** Of a year: 40 shops, 3 kinds; every eleventh amount is NULL. */
function facts(factor: number): string {
  const rows = Array.from({ length: 20_000 }, (_, i) => {
    const at = new Date(Date.UTC(2024, 0, 1 + (i % 366))).toISOString().slice(0, 10);
    const amount = i % 11 === 0 ? '' : String((factor * i) % 997);
    return `${at},S${i % 40},K${(i * 7) % 3},${amount}`;
  });
  return `at,shop,kind,amount\n${rows.join('\n')}\n`;
}

const MEASURES = ['sales.count', 'sales.amount', 'sales.most'];
const RANGE = [{ dimension: 'sales.at', dateRange: ['2024-02-10', '2024-11-20'] }];
const QUERIES = [
  {
    measures: MEASURES,
    dimensions: ['sales.kind'],
    timeDimensions: RANGE,
    filters: [{ member: 'sales.shop', operator: 'equals', values: ['S7', 'S19'] }],
  },
  {
    measures: MEASURES,
    dimensions: ['sales.kind'],
    filters: [{ member: 'sales.shop', operator: 'equals', values: ['S7'] }],
  },
  { measures: MEASURES, dimensions: ['sales.kind'], timeDimensions: RANGE },
  { measures: MEASURES, filters: [{ member: 'sales.shop', operator: 'equals', values: ['nowhere'] }] },
];

test.each(['again', 'eager'])(
  'the same answer as often as it is asked, and the new one of a new publish (%s)',
  async (states) => {
    const folder = temporaryFolder();
    const file = join(folder, 'facts.csv');
    writeFileSync(file, facts(1));
    const tables = {
      yaml: YAML.replace('${FACTS}', file),
      init: [],
      folder,
      options: { testing: { states } },
    };
    const store = await openTables(tables);
    const ofSource: unknown[] = [];
    for (const factor of [1, 3]) {
      writeFileSync(file, facts(factor));
      await store.build({ force: true });
      for (const query of QUERIES) {
        const { data: expected } = await store.query(query, { policy: 'sourceOnly' });
        ofSource.push(expected);
        for (let turn = 0; turn < 5; turn++) {
          const { data, meta } = await store.query(query);
          expect(meta.mode).toBe('rollup');
          expect(data).toEqual(expected);
        }
      }
    }
    expect(ofSource.slice(0, 3)).not.toEqual(ofSource.slice(4, 7));
  },
);

test('an object that says something else than before is asked what it says', async () => {
  const folder = temporaryFolder();
  const file = join(folder, 'facts.csv');
  writeFileSync(file, facts(1));
  const store = await openTables({ yaml: YAML.replace('${FACTS}', file), init: [], folder });
  await store.build();
  const values = ['S7'];
  const asked: Record<string, unknown> = {
    measures: [...MEASURES],
    dimensions: ['sales.kind'],
    filters: [{ member: 'sales.shop', operator: 'equals', values }],
  };
  const changes: (() => unknown)[] = [
    () => (values[0] = 'S8'),
    () => values.push('S9'),
    () => (asked.measures = ['sales.count']),
    () => (asked.limit = 1),
    () => delete asked.dimensions,
  ];
  for (const change of [() => undefined, ...changes]) {
    change();
    const { data: expected } = await store.query(structuredClone(asked), { policy: 'sourceOnly' });
    for (let turn = 0; turn < 4; turn++) expect((await store.query(asked)).data).toEqual(expected);
  }
  await store.close();
});
