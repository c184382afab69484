/** Sums are exact or a typed error: never a double in the place of an integer, never one that wrapped around. */
import { describe, expect, test } from 'vitest';
import { duckRows } from '../model/duckdb.js';
import { buildTables, openTables } from '../support/open-tables.js';
import type { Store } from '../support/open-tables.js';

const rollup = {
  name: 'daily',
  measures: ['total', 'dearest'],
  dimensions: ['kind'],
  time_dimension: 'day',
  granularity: 'day',
  partition_granularity: 'month',
  indexes: [{ name: 'by_kind', type: 'aggregate', columns: ['kind'] }],
};

function tables(type: string, values: readonly string[], preAggregation: object = rollup) {
  const rows = values.map((value, at) => `(DATE '2024-01-15' + ${at * 30}, 'k', CAST(${value} AS ${type}))`);
  const cube = {
    name: 'pay',
    sql_table: 'pay',
    dimensions: [
      { name: 'kind', sql: 'kind', type: 'string' },
      { name: 'day', sql: 'day', type: 'time' },
    ],
    measures: [
      { name: 'total', sql: 'amount', type: 'sum' },
      { name: 'dearest', sql: 'amount', type: 'max' },
      { name: 'mean', sql: 'amount', type: 'avg' },
    ],
    pre_aggregations: [preAggregation],
  };
  return {
    yaml: JSON.stringify({ cubes: [cube] }),
    init: [`CREATE TABLE pay AS SELECT * FROM (VALUES ${rows.join(', ')}) AS t(day, kind, amount)`],
  };
}

const total = { measures: ['pay.total'] };
const byKind = { ...total, dimensions: ['pay.kind'] };
const inHalves = {
  ...total,
  timeDimensions: [{ dimension: 'pay.day', dateRange: ['2024-01-14T12:00:00.000', '2030-01-01'] }],
};

async function totalOf(store: Store, query: object): Promise<unknown> {
  return (await store.query(query)).data[0]['pay.total'];
}

const MAX_INT128 = 2n ** 127n - 1n;
const NINES = 10n ** 38n - 1n;

describe.each<[string, string[], string]>([
  ['BIGINT', ['9223372036854775807', '9223372036854775807', '-1'], '18446744073709551613'],
  ['UBIGINT', ['18446744073709551615', '18446744073709551615', '1'], '36893488147419103231'],
  ['HUGEINT', [String(NINES - 1n), '1', '0'], String(NINES)],
  ['UHUGEINT', ['9007199254740993', String(2n ** 100n), '1'], String(2n ** 100n + 9007199254740994n)],
  ['DECIMAL(38,0)', [String(NINES - 7n), '7', '0'], String(NINES)],
  [
    'DECIMAL(38,3)',
    ['99999999999999999999999999999999999.998', '0.001', '0'],
    '99999999999999999999999999999999999.999',
  ],
  ['DECIMAL(9,2)', ['9999999.99', '0.01', '-0.03'], '9999999.97'],
])('[C10] sums of %s', (type, values, sum) => {
  test('are exact from the source, from a rollup, from an aggregating index, and from both together', async () => {
    const source = await openTables(tables(type, values));
    expect(await totalOf(source, total)).toBe(sum);
    const built = await buildTables(tables(type, values));
    for (const query of [total, byKind, inHalves]) expect(await totalOf(built, query)).toBe(sum);
    const { meta } = await built.query(byKind);
    expect(meta).toMatchObject({ mode: 'rollup', index: 'by_kind' });
    expect((await built.query(inHalves)).meta.mode).toMatch(/rollup|hybrid/);
  });
});

describe('[C10] sums that no type of the source holds', () => {
  test.each<[string, string[]]>([
    ['HUGEINT', [String(MAX_INT128), '1']],
    ['HUGEINT', [String(-MAX_INT128), '-2']],
    ['UHUGEINT', [String(2n ** 128n - 1n), '1']],
    ['DECIMAL(38,0)', [String(NINES), String(NINES)]],
    ['DECIMAL(38,2)', ['999999999999999999999999999999999999.99', '0.01']],
    ['DECIMAL(38,2)', ['999999999999999999999999999999999999.99', '999999999999999999999999999999999999.99']],
  ])('of %s %j are a typed error of the source, which names the measure', async (type, values) => {
    const store = await openTables(tables(type, values));
    const failure = store.query(total);
    await expect(failure).rejects.toMatchObject({ code: 'value_out_of_range' });
    await expect(failure).rejects.toThrow(/pay\.total.*cast/is);
  });

  test.each<[string, string[]]>([
    ['HUGEINT', [String(NINES + 1n)]],
    ['HUGEINT', ['1', String(MAX_INT128 - 1n)]],
  ])('of %s %j fail the build, and nothing is published', async (type, values) => {
    const store = await openTables(tables(type, values));
    const failure = store.build();
    await expect(failure).rejects.toMatchObject({ code: 'value_out_of_range' });
    await expect(failure).rejects.toThrow('pay.total');
    expect((await store.status()).rollups.map(({ state }) => state)).toEqual(['not_built']);
    const sum = values.reduce((all, value) => all + BigInt(value), 0n);
    expect(await totalOf(store, total)).toBe(String(sum));
  });

  const whole = { ...rollup, indexes: [] };

  test('of decimals that are each in range are refused by the merge', async () => {
    const store = await buildTables(
      tables('DECIMAL(38,2)', ['999999999999999999999999999999999999.99', '0.01'], whole),
    );
    const days = { ...total, timeDimensions: [{ dimension: 'pay.day', granularity: 'day' }] };
    expect((await store.query(days)).data.length).toBe(2);
    for (const query of [total, { measures: ['pay.mean', 'pay.total'] }, inHalves]) {
      const failure = store.query(query);
      await expect(failure).rejects.toMatchObject({ code: 'value_out_of_range' });
      await expect(failure).rejects.toThrow(/pay\.(total|mean): its sum needs more than 38 digits/);
    }
  });

  test('of integers up to the last of 128 bits are merged, and beyond refused', async () => {
    const most = [String(NINES), String(MAX_INT128 - NINES)];
    const exact = await buildTables(tables('HUGEINT', most, whole));
    expect(await totalOf(exact, total)).toBe(String(MAX_INT128));
    const beyond = await buildTables(tables('HUGEINT', [...most, '1'], whole));
    await expect(beyond.query(total)).rejects.toMatchObject({ code: 'value_out_of_range' });
    const range = { dimension: 'pay.day', dateRange: ['2024-01-01', '2024-02-20'] };
    expect(await totalOf(beyond, { ...total, timeDimensions: [range] })).toBe(String(MAX_INT128));
  });

  // DuckDB's own sum of DECIMAL(38,s) has 39 digits then.
  test.each([
    ['DECIMAL(38,2)', ['999999999999999999999999999999999999.99', '0.01'], 'day'],
    ['DECIMAL(38,2)', ['999999999999999999999999999999999999.99', '0.01'], 'year'],
    ['DECIMAL(38,0)', [String(NINES), '1'], 'year'],
  ])(
    'of %s %j fail the build where a %s, or its aggregating index, has them',
    async (type, values, granularity) => {
      const store = await openTables(
        tables(type, values, { ...rollup, granularity, partition_granularity: 'year' }),
      );
      const failure = store.build();
      await expect(failure).rejects.toMatchObject({ code: 'value_out_of_range' });
      await expect(failure).rejects.toThrow('pay.total');
    },
  );
});

describe('[C10] NaN and −0', () => {
  const doubles = `SELECT * FROM (VALUES (1, 0.0), (2, -0.0), (3, 'NaN'::DOUBLE), (4, '-NaN'::DOUBLE), (5, NULL),
    (6, 'Infinity'), (7, '-Infinity'), (8, 2.5)) AS t(id, x)`;
  const yaml = JSON.stringify({
    cubes: [
      {
        name: 't',
        sql_table: 't',
        dimensions: [
          { name: 'x', sql: 'x', type: 'number' },
          { name: 'half', sql: 'id % 2', type: 'number' },
        ],
        measures: [
          { name: 'count', type: 'count' },
          { name: 'least', type: 'min', sql: 'x' },
          { name: 'most', type: 'max', sql: 'x' },
          { name: 'sum', type: 'sum', sql: 'x' },
        ],
        pre_aggregations: [
          { name: 'main', measures: ['count', 'least', 'most', 'sum'], dimensions: ['x', 'half'] },
        ],
      },
    ],
  });

  test('0 and −0 are one group, NaN is one and the greatest, as in DuckDB on the raw rows', async () => {
    const init = [`CREATE TABLE t AS ${doubles}`];
    const raw = async (sql: string): Promise<unknown[][]> =>
      (await duckRows(sql.replace('FROM t', `FROM (${doubles})`))).map((row) =>
        row.map((cell) => (cell === null ? null : String((cell as number) + 0))),
      );
    const groups = await raw('SELECT x, count(*)::INTEGER FROM t GROUP BY x ORDER BY x NULLS LAST');
    const extremes = 'min(x), max(x), sum(x) FROM t';
    const whole = await raw(`SELECT ${extremes}`);
    const halves = await raw(`SELECT id % 2, ${extremes} GROUP BY 1 ORDER BY 1`);
    const source = await openTables({ yaml, init });
    const built = await buildTables({ yaml, init });
    for (const store of [source, built]) {
      const rows = async (query: object): Promise<unknown[][]> =>
        (await store.query(query)).data.map((row) => Object.values(row));
      const order = { 't.x': 'asc' };
      expect(await rows({ measures: ['t.count'], dimensions: ['t.x'], order })).toEqual(groups);
      const measures = ['t.least', 't.most', 't.sum'];
      expect(await rows({ measures })).toEqual(whole);
      expect(await rows({ measures, dimensions: ['t.half'], order: { 't.half': 'asc' } })).toEqual(halves);
      const filters = [{ member: 't.x', operator: 'gte', values: ['0'] }];
      const ranked = await rows({ measures: ['t.count'], dimensions: ['t.x'], filters, order });
      expect(ranked.map(([x]) => x)).toEqual(['0', '2.5', 'Infinity', 'NaN']);
    }
  });
});
