import { DuckDBInstance } from '@duckdb/node-api';
import { describe, expect, test } from 'vitest';
import { inferModel } from '../../dist/planner/infer-model.js';
import { inferQueries } from '../../dist/planner/infer-queries.js';
import { memberName } from '../../dist/planner/member-name.js';
import { formatModel } from '../../dist/model/load/format-model.js';
import type { ColumnProfile, TableProfile } from '../../dist/model/profile.js';
import { openTables } from '../support/open-tables.js';

const column = (
  name: string,
  type: string,
  distinct: number,
  rest: Partial<ColumnProfile> = {},
): ColumnProfile => ({
  name,
  type,
  distinct,
  nulls: 0,
  min: null,
  max: null,
  common: null,
  ...rest,
});

const table = (rows: number, ...columns: ColumnProfile[]): TableProfile => ({
  table: 'Sales 2024',
  sql: "read_csv('sales.csv')",
  rows,
  columns,
});

const sales = table(
  500_000,
  column('Order ID', 'BIGINT', 500_000, { min: '1', max: '500000' }),
  column('Created', 'TIMESTAMP', 480_000, { min: '2023-01-01 00:00:01', max: '2024-12-31 23:00:00' }),
  column('Shipped', 'DATE', 700, { min: '2023-01-02', max: '2025-01-09' }),
  column('country', 'VARCHAR', 13, { common: 'Spain' }),
  column('store', 'VARCHAR', 40, { common: 'York' }),
  column('customer', 'BIGINT', 60_000, { min: '7', max: '900000' }),
  column('Cost Total $', 'DECIMAL(12,2)', 9_000, { nulls: 12, min: '0.00', max: '99.00' }),
  column('weight', 'DOUBLE', 9_000),
  column('latitude', 'DOUBLE', 9_000),
  column('stars', 'INTEGER', 5, { min: '1', max: '5' }),
  column('tags', 'VARCHAR[]', 10),
  column('nothing', 'VARCHAR', 0, { nulls: 500_000 }),
);

function membersOf(profile: TableProfile, list: 'dimensions' | 'measures'): Record<string, unknown> {
  const [cube] = inferModel([profile]).document.cubes;
  return Object.fromEntries((cube[list] ?? []).map((member) => [member.name, member['type']]));
}

describe('inferModel', () => {
  test('every column becomes what its type, name and values tell', () => {
    expect(membersOf(sales, 'dimensions')).toEqual({
      created: 'time',
      shipped: 'time',
      country: 'string',
      store: 'string',
      stars: 'number',
    });
    expect(membersOf(sales, 'measures')).toEqual({
      count: 'count',
      order_id_distinct: 'count_distinct_approx',
      customer_distinct: 'count_distinct_approx',
      cost_total_sum: 'sum',
      cost_total_min: 'min',
      cost_total_max: 'max',
      cost_total_known: 'count',
      cost_total_avg: 'number',
      weight_sum: 'sum',
      weight_min: 'min',
      weight_max: 'max',
      weight_avg: 'number',
      latitude_min: 'min',
      latitude_max: 'max',
    });
    const { choices } = inferModel([sales]).cubes[0];
    expect(choices.filter(({ role }) => role === 'left out').map(({ column: name }) => name)).toEqual([
      'tags',
      'nothing',
    ]);
  });

  test('a name that is no plain word is quoted, and its title kept', () => {
    const quoted = table(100, column('Say "hi" $', 'VARCHAR', 3), column('HELLO', 'VARCHAR', 3));
    const [cube] = inferModel([quoted]).document.cubes;
    expect(cube.name).toBe('sales_2024');
    expect(cube.dimensions).toEqual([
      { name: 'say_hi', title: 'Say "hi" $', sql: '{CUBE}."Say ""hi"" $"', type: 'string' },
      { name: 'hello', title: 'HELLO', sql: '{CUBE}."HELLO"', type: 'string' },
    ]);
  });

  test('a table and a column may be named by any word of SQL', async () => {
    const duckdb = await (await DuckDBInstance.create()).connect();
    const found = await duckdb.runAndReadAll('SELECT DISTINCT keyword_name FROM duckdb_keywords()');
    duckdb.closeSync();
    const words = found.getRowsJS().map(([word]) => word as string);
    expect(words).toContain('order');
    const { document } = inferModel(
      words.map((word) => ({ ...table(1, column(word, 'VARCHAR', 1)), table: word })),
    );
    const names = document.cubes.map(({ name }) => name);
    expect(names).toEqual(words);
    const store = await openTables({
      yaml: formatModel(document),
      init: words.map((word) => `CREATE VIEW "${word}" AS SELECT 'x' AS "${word}"`),
    });
    for (const [at, name] of names.entries()) {
      const { data } = await store.query({
        measures: [`${name}.count`],
        dimensions: [`${name}.${document.cubes[at].dimensions?.[0].name}`],
      });
      expect(Object.values(data[0])).toEqual(['x', '1']);
    }
  });

  test.each([
    ['31.12.2023', '01.02.24 08:00', true],
    ['1/2/2024', '12/31/2024', true],
    ['01-Dec-2024', '31-Jan-2023', true],
    ['2023-01-01T00:00:00Z', '2024-12-31T00:00:00Z', true],
    ['1.2.3', '10.20.30.40', false],
    ['2024-01-01', 'unknown', false],
  ])('text from %s to %s looks like a time: %s', (min, max, dated) => {
    const { choices } = inferModel([table(100, column('day', 'VARCHAR', 3, { min, max }))]).cubes[0];
    expect(choices[0].why.endsWith('looks like a time: cast it in init')).toBe(dated);
  });

  test('an average counts only the rows that have a value', () => {
    const [cube] = inferModel([sales]).document.cubes;
    const average = cube.measures?.find(({ name }) => name === 'cost_total_avg');
    expect(average?.['sql']).toBe('1.0 * {CUBE.cost_total_sum} / NULLIF({CUBE.cost_total_known}, 0)');
  });

  test('no two members have one name', () => {
    const clash = table(
      1_000,
      column('count', 'VARCHAR', 3),
      column('a b', 'VARCHAR', 3),
      column('a-b', 'VARCHAR', 4),
      column('delay', 'DOUBLE', 300),
      column('delay_sum', 'DOUBLE', 300),
    );
    const [cube] = inferModel([clash]).document.cubes;
    const names = [...(cube.dimensions ?? []), ...(cube.measures ?? [])].map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(names).toContain('count_2');
  });

  test('three rollups at most, each smaller than a quarter of the source, of the finest useful grain', () => {
    const { rollups, stored } = inferModel([sales]).cubes[0];
    expect(rollups.map(({ name }) => name)).toEqual(['monthly_by_store', 'by_stars', 'daily_by_stars']);
    expect(rollups.map(({ time }) => time?.granularity)).toEqual(['month', undefined, 'day']);
    expect(rollups[2].partitionGranularity).toBe('month');
    for (const { rowsMax } of rollups) expect(rowsMax).toBeLessThanOrEqual(125_000);
    const names = stored.map(({ name }) => name);
    expect(names).toContain('customer_distinct');
    // The values of a key are its rows, and an average is calculated.
    expect(names).not.toContain('order_id_distinct');
    expect(names).not.toContain('weight_avg');
  });

  test('a table without a time is rolled up all the same', () => {
    const timeless = table(
      50_000,
      column('color', 'VARCHAR', 4, { common: 'red' }),
      column('price', 'BIGINT', 900),
    );
    const { rollups } = inferModel([timeless]).cubes[0];
    expect(rollups.map(({ name, time }) => [name, time])).toEqual([['by_color', null]]);
  });

  test('of several tables only the largest gets rollups', () => {
    const small = { ...table(10, column('color', 'VARCHAR', 2)), table: 'colors' };
    const { cubes } = inferModel([small, sales]);
    expect(cubes.map(({ name, rollups }) => [name, rollups.length > 0])).toEqual([
      ['colors', false],
      ['sales_2024', true],
    ]);
  });

  test('tables of one name become cubes of two names', () => {
    expect(inferModel([sales, sales]).cubes.map(({ name }) => name)).toEqual(['sales_2024', 'sales_2024_2']);
  });
});

describe('inferQueries', () => {
  test('asks at most twelve different questions, only of members that the model has', () => {
    const model = inferModel([sales]);
    const questions = inferQueries(model);
    expect(questions.length).toBeGreaterThan(8);
    expect(questions.length).toBeLessThanOrEqual(12);
    expect(new Set(questions.map(({ query }) => JSON.stringify(query))).size).toBe(questions.length);
    const [cube] = model.document.cubes;
    const known = [...(cube.dimensions ?? []), ...(cube.measures ?? [])].map(
      ({ name }) => `${cube.name}.${name}`,
    );
    for (const { query } of questions) {
      const asked = [
        ...(query.measures ?? []),
        ...(query.dimensions ?? []),
        ...(query.timeDimensions ?? []).map(({ dimension }) => dimension),
      ];
      for (const member of asked) expect(known).toContain(member);
    }
  });

  test('the last question is of two dimensions that no rollup holds together', () => {
    const wide = table(500_000, ...sales.columns, column('product', 'VARCHAR', 5_000, { common: 'Mug' }));
    const model = inferModel([wide]);
    const asked = inferQueries(model).at(-1)?.query.dimensions ?? [];
    const held = model.cubes[0].rollups.some(({ dimensions }) =>
      asked.every((id) => dimensions.some(({ name }) => id === `sales_2024.${name}`)),
    );
    expect(asked).toHaveLength(2);
    expect(held).toBe(false);
  });

  test('where all dimensions are together it is of a finer grain than any rollup', () => {
    expect(inferQueries(inferModel([sales])).at(-1)?.query).toEqual({
      measures: ['sales_2024.count'],
      timeDimensions: [
        { dimension: 'sales_2024.created', granularity: 'hour', dateRange: ['2024-12-31', '2024-12-31'] },
      ],
    });
  });
});

describe('memberName', () => {
  test.each([
    ['Cost Total $', 'cost_total'],
    ['shippingCost', 'shipping_cost'],
    ['  Größe (cm) ', 'gro_e_cm'],
    ['2nd choice', 'c_2nd_choice'],
    ['价格', 'column_5'],
    ['a__b', 'a_b'],
  ])('%s → %s', (text, name) => {
    expect(memberName(text, 4)).toBe(name);
  });
});
