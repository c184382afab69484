/** Rows of one's own pipeline as partitions of a rollup: the same files, and the same answers, as a build gives. */
import { join } from 'node:path';
import { DuckDBBlobValue, DuckDBDecimalValue, DuckDBTimestampValue } from '@duckdb/node-api';
import { Binary, Decimal, TimestampMicrosecond } from 'apache-arrow';
import { makeData, makeVector, Table, tableToIPC, vectorFromArray } from 'apache-arrow';
import type { Vector } from 'apache-arrow';
import { describe, expect, test } from 'vitest';
import { connectDuckDb } from '../storage/support/duckdb.js';
import { openTables, temporaryFolder } from '../support/open-tables.js';
import type { Store } from '../support/open-tables.js';
import { expectIntact, orders } from '../support/small-orders.js';

const duckdb = await connectDuckDb();

/** Three thousand sales of three months, with every kind of state and NULLs in each key. */
const sales = `
  CREATE TABLE sales AS SELECT
    CASE WHEN i % 11 = 0 THEN NULL ELSE 'city ' || i % 7 END AS city,
    CASE WHEN i % 13 = 0 THEN NULL ELSE i % 2 = 0 END AS online,
    i % 3 AS floor,
    TIMESTAMP '2024-01-01' + to_seconds(i * 2600) AS sold_at,
    CAST(i % 1000 AS DECIMAL(9,2)) / 4 AS price,
    i * 104729 % 3000 AS buyer,
    sqrt(i) AS weight
  FROM range(3000) AS t(i)`;

const yaml = `
    cubes:
      - name: sales
        sql_table: sales
        measures:
          - { name: count, type: count }
          - { name: revenue, sql: price, type: sum }
          - { name: cheapest, sql: price, type: min }
          - { name: last_city, sql: city, type: max }
          - { name: mean, sql: price, type: avg }
          - { name: spread, sql: weight, type: stddev }
          - { name: relation, sql: weight, sql2: price, type: correlation }
          - { name: buyers, sql: buyer, type: count_distinct_approx }
          - { name: newest, sql: price, type: last, time_dimension: sold_at }
          - { name: all_online, sql: online, type: bool_and }
        dimensions:
          - { name: city, sql: city, type: string }
          - { name: online, sql: online, type: boolean }
          - { name: floor, sql: floor, type: number }
          - { name: sold_at, sql: sold_at, type: time }
        segments:
          - { name: upstairs, sql: "{CUBE}.floor > 0" }
        pre_aggregations:
          - name: daily
            measures: [count, revenue, cheapest, last_city, mean, spread, relation, buyers, newest, all_online]
            dimensions: [city, online, floor]
            segments: [upstairs]
            time_dimension: sold_at
            granularity: day
            partition_granularity: month
            indexes:
              - { name: by_floor, columns: [floor] }
              - { name: cities, columns: [city], type: aggregate }
          - name: whole
            measures: [count, revenue]
            dimensions: [floor]
`;

const open = (sources: boolean, folder?: string): Promise<Store> =>
  openTables({
    yaml,
    init: [sales],
    ...(folder === undefined ? {} : { folder }),
    ...(sources ? {} : { options: { sources: {} } }),
  });

const query = {
  measures: [
    'count',
    'revenue',
    'cheapest',
    'last_city',
    'mean',
    'spread',
    'relation',
    'buyers',
    'newest',
    'all_online',
  ].map((name) => `sales.${name}`),
  dimensions: ['sales.city'],
  segments: ['sales.upstairs'],
  timeDimensions: [{ dimension: 'sales.sold_at', granularity: 'month' }],
};

/** The default index of a built rollup as one Parquet file, its rows in no order of ours. */
async function builtRows(rollup: string): Promise<{ readonly built: Store; readonly path: string }> {
  const built = await open(true);
  await built.build();
  const { rollups } = await built.status({ files: true });
  const files = rollups.find(({ id }) => id === rollup)!.files!['default'];
  const path = join(temporaryFolder(), 'rows.parquet');
  const list = files.map((file) => `'${file}'`).join(', ');
  await duckdb.run(
    `COPY (SELECT * FROM read_parquet([${list}]) ORDER BY md5(sales__floor || sales__count)) TO '${path}'`,
  );
  return { built, path };
}

/** Checksums and statistics of every file, by partition and index. */
async function contents(store: Store): Promise<Record<string, string>> {
  const { rollups } = await store.status({ files: true });
  const { files } = rollups.find(({ id }) => id === 'sales.daily')!;
  const sums: Record<string, string> = {};
  for (const [index, paths] of Object.entries(files!)) {
    for (const path of paths) {
      // Of moments the last digit hangs on the order in which DuckDB adds them up.
      const columns =
        index === 'cities' ? String.raw`COLUMNS('^[^$]*($|\$count|\$sum|\$value|\$time)')` : '*';
      const rows = `SELECT ${columns} FROM read_parquet('${path}')`;
      const read = await duckdb.runAndReadAll(`SELECT md5(string_agg(md5(t::VARCHAR), '')) FROM (${rows}) t`);
      sums[`${index} ${/(\d+)-\d+-\w+\.parquet$/.exec(path)![1]}`] = String(read.getRows()[0][0]);
    }
  }
  return sums;
}

/** Rows as a program has them: decimals as texts, times as dates. */
async function objectsOf(path: string): Promise<Record<string, unknown>[]> {
  const read = await duckdb.runAndReadAll(`SELECT * FROM read_parquet('${path}')`);
  return read.getRowObjects().map((row) =>
    Object.fromEntries(
      Object.entries(row).map(([name, value]) => {
        if (value instanceof DuckDBTimestampValue) return [name, new Date(Number(value.micros / 1000n))];
        if (value instanceof DuckDBBlobValue) return [name, value.bytes];
        return [name, value instanceof DuckDBDecimalValue ? value.toString() : value];
      }),
    ),
  );
}

function decimals(values: readonly (string | null)[], scale: number): Vector<Decimal> {
  const words = new Uint32Array(values.length * 4);
  const validity = new Uint8Array(Math.ceil(values.length / 8));
  values.forEach((value, at) => {
    if (value === null) return;
    validity[at >> 3] |= 1 << (at & 7);
    const unscaled = BigInt.asUintN(128, BigInt(Math.round(Number(value) * 10 ** scale)));
    for (let word = 0; word < 4; word++)
      words[at * 4 + word] = Number((unscaled >> BigInt(32 * word)) & 0xffffffffn);
  });
  const nullCount = values.filter((value) => value === null).length;
  return makeVector(
    makeData({
      type: new Decimal(scale, 38, 128),
      length: values.length,
      nullCount,
      nullBitmap: validity,
      data: words,
    }),
  );
}

function arrowOf(rows: readonly Record<string, unknown>[]): Uint8Array {
  const columns = Object.keys(rows[0]).map((name) => {
    const values = rows.map((row) => row[name]);
    const some = values.find((value) => value !== null);
    if (some instanceof Date) return [name, vectorFromArray(values, new TimestampMicrosecond())];
    if (some instanceof Uint8Array) return [name, vectorFromArray(values, new Binary())];
    if (typeof some === 'string' && /^-?\d+\.\d+$/.test(some)) {
      return [name, decimals(values as (string | null)[], some.split('.')[1].length)];
    }
    return [name, vectorFromArray(values)];
  });
  return tableToIPC(new Table(Object.fromEntries(columns) as Record<string, Vector>), 'stream');
}

describe('the rows of a built rollup, ingested elsewhere, are the same rollup', () => {
  test.each(['a Parquet file', 'objects', 'an Arrow stream', 'objects beside the source'])(
    'from %s',
    async (form) => {
      const { built, path } = await builtRows('sales.daily');
      const store = await open(form.includes('source'));
      const rows = form === 'a Parquet file' ? path : await objectsOf(path);
      const report = await store.ingest(
        'sales.daily',
        form.includes('Arrow') ? arrowOf(rows as never) : rows,
      );
      expect(report).toMatchObject({
        preAggregation: 'sales.daily',
        partitionsReplaced: ['20240101', '20240201', '20240301'],
        partitionsKept: 0,
      });
      expect(await contents(store)).toEqual(await contents(built));
      const [given, wanted] = [await store.query(query), await built.query(query)];
      expect(given.data).toEqual(wanted.data);
      expect(given.data.length).toBeGreaterThan(20);
      expect(given.meta).toMatchObject({ mode: 'rollup', preAggregation: 'sales.daily' });
      expect(await store.verify()).toMatchObject({ ok: true, problems: [] });
    },
  );

  test('with a range at a time, and what is not ingested stays with the source', async () => {
    const { built, path } = await builtRows('sales.daily');
    const rows = await objectsOf(path);
    const february = rows.filter(({ sales__sold_at_day: day }) => (day as Date).getUTCMonth() === 1);
    const store = await open(true);
    await store.ingest('sales.daily', february, { range: ['2024-02-01', '2024-03-01'] });
    // The last digits of moments hang on the order of rows, which is another in the source.
    const exact = { ...query, measures: query.measures.filter((name) => !/spread|relation/.test(name)) };
    const mixed = await store.query(exact);
    expect(mixed.meta.mode).toBe('hybrid');
    expect(mixed.data).toEqual((await built.query(exact)).data);
    const alone = {
      ...query,
      timeDimensions: [{ ...query.timeDimensions[0], dateRange: ['2024-02-01', '2024-02-29'] }],
    };
    expect((await store.query(alone, { policy: 'rollupOnly' })).meta.mode).toBe('rollup');
  });
});

/** A column of lists. */
const LIST = tableToIPC(new Table({ orders__status: vectorFromArray([[1]]) as Vector }), 'stream');

/** Two months of a rollup that no source stands behind. */
const small = [
  { orders__status: 'new', orders__created_at_day: '2024-01-31', orders__count: 1, orders__revenue: 10 },
  {
    orders__status: null,
    orders__created_at_day: new Date('2024-02-01'),
    orders__count: 2,
    orders__revenue: 20.5,
  },
  {
    orders__status: 'new',
    orders__created_at_day: '2024-02-01T00:00:00Z',
    orders__count: 0n,
    orders__revenue: null,
  },
];
const external = { ...orders, options: { sources: {} } };
const byMonth = {
  measures: ['orders.count', 'orders.revenue'],
  timeDimensions: [{ dimension: 'orders.created_at', granularity: 'month' }],
};
const monthly = async (store: Store): Promise<unknown[]> =>
  (await store.query(byMonth)).data.map((row) => [row['orders.count'], row['orders.revenue']]);

describe('[C1] a partition is replaced as a whole', () => {
  test('[D45] where rows touch it; the others stay', async () => {
    const store = await openTables(external);
    await store.ingest('orders.main', small);
    expect(await monthly(store)).toEqual([
      ['1', '10'],
      ['2', '20.5'],
    ]);
    const report = await store.ingest('orders.main', [{ ...small[1], orders__count: 7 }]);
    expect(report).toMatchObject({ rows: 1, partitionsReplaced: ['20240201'], partitionsKept: 1 });
    expect(await monthly(store)).toEqual([
      ['1', '10'],
      ['7', '20.5'],
    ]);
  });

  test('a range without rows is empty, and that is known', async () => {
    const store = await openTables(external);
    await store.ingest('orders.main', small);
    await store.ingest('orders.main', [], { range: ['2024-02-01', '2024-05-01'] });
    expect(await monthly(store)).toEqual([['1', '10']]);
    expect(await store.ingest('orders.main', [])).toMatchObject({
      partitionsReplaced: [],
      partitionsKept: 4,
    });
  });

  test('members name columns as well, and rows may come one by one', async () => {
    const store = await openTables(external);
    async function* rows(): AsyncGenerator<Record<string, unknown>> {
      yield {
        'orders.status': 'a',
        'orders.created_at.day': '2024-01-01',
        'orders.count': '12',
        'orders.revenue': '1.25',
      };
      yield {
        'orders.status': 'b',
        'orders.created_at.day': '2024-01-01',
        'orders.count': 1,
        'orders.revenue': '-0.5',
      };
    }
    await store.ingest('orders.main', rows());
    expect(await monthly(store)).toEqual([['13', '0.75']]);
  });

  test('rows without a time make the partition of their own', async () => {
    const store = await openTables(external);
    const report = await store.ingest('orders.main', [
      ...small,
      { ...small[0], orders__created_at_day: null },
    ]);
    expect(report.partitionsReplaced).toEqual(['20240101', '20240201', 'null']);
    expect(await monthly(store)).toHaveLength(3);
  });

  test('a build of the source takes its place', async () => {
    const store = await openTables(orders);
    const [row] = small;
    await store.ingest('orders.main', [
      { ...row, orders__revenue: 1000 },
      { ...row, orders__created_at_day: '2030-01-01' },
    ]);
    await store.build({ force: true });
    await expectIntact(store);
  });
});

test('what was ingested survives a close, and another process that looks finds it', async () => {
  const folder = temporaryFolder();
  const store = await openTables({ ...external, folder });
  const other = await openTables({ ...external, folder });
  await store.ingest('orders.main', small);
  await other.status();
  expect(await monthly(other)).toEqual(await monthly(store));
});

test('a published type is kept: a double that is no decimal of the rollup is refused', async () => {
  const store = await openTables(external);
  await store.ingest('orders.main', [{ ...small[0], orders__revenue: '10.25' }]);
  await store.ingest('orders.main', [{ ...small[1], orders__revenue: 20.5 }]);
  expect(await monthly(store)).toEqual([
    ['1', '10.25'],
    ['2', '20.5'],
  ]);
  const whole = [{ ...small[1], orders__revenue: 20 }];
  await store.ingest('orders.main', whole);
  expect((await monthly(store))[1]).toEqual(['2', '20']);
  const third = [{ ...small[1], orders__revenue: 20.125 }];
  await expect(store.ingest('orders.main', third)).rejects.toMatchObject({
    code: 'rows_invalid',
    message: expect.stringContaining('row 1, orders__revenue: it does not fit into decimals of 2 digits.'),
  });
});

describe('rows that do not fit are refused with row and column, and nothing is published', () => {
  const [first, second] = small;
  const { orders__count: _, ...counted } = first;
  test.each<[string, unknown, RegExp, Record<string, unknown>?]>([
    [
      'a column too many',
      [{ ...first, orders__amount: 1 }],
      /no column 'orders__amount'.*Did you mean 'orders__count'/,
    ],
    ['a column that is missing', [counted], /no column orders__count/],
    ['a column that a later row misses', [first, counted], /row 2, orders__count: it is missing/],
    [
      'a column that a later row adds',
      [first, { ...second, x: 1 }],
      /row 2, x: it is no column of the first row/,
    ],
    ['one column by two names', [{ ...first, 'orders.count': 1 }], /both the column orders__count/],
    ['a number for a text', [{ ...first, orders__status: 5 }], /row 1, orders__status: it is 5, no text/],
    [
      'half of a surrogate pair',
      [{ ...first, orders__status: '\ud800' }],
      /row 1, orders__status.*whole characters/,
    ],
    [
      'a text for a number',
      [first, { ...second, orders__revenue: 'ten' }],
      /row 2, orders__revenue: it is "ten"/,
    ],
    ['a fraction of a count', [{ ...first, orders__count: 1.5 }], /row 1, orders__count: it is 1.5/],
    ['no count', [first, { ...second, orders__count: null }], /row 2, orders__count: it is NULL/],
    [
      'a negative count',
      [first, { ...second, orders__count: -1 }],
      /row 2, orders__count: it is a negative count/,
    ],
    [
      'a number for a time',
      [{ ...first, orders__created_at_day: 5 }],
      /row 1, orders__created_at_day: it is 5, no time/,
    ],
    [
      'no date',
      [{ ...first, orders__created_at_day: new Date(NaN) }],
      /row 1, orders__created_at_day.*no time/,
    ],
    [
      'a time within a bucket',
      [first, { ...second, orders__created_at_day: '2024-02-01T01:00' }],
      /row 2, orders__created_at_day: it is not the start of a day/,
    ],
    [
      'a group twice',
      [...small, { ...first, orders__count: 5 }],
      /row 4: it has the same orders__status, orders__created_at_day as row 1/,
    ],
    [
      'a row outside of the range',
      small,
      /row 1, orders__created_at_day: .*not within the range/,
      { range: ['2024-02-01', '2024-03-01'] },
    ],
    [
      'a range that cuts a partition',
      small,
      /cuts through a partition, which is a month.*2024-01-01.*2024-03-01/,
      { range: ['2024-01-15', '2024-02-15'] },
    ],
    ['a row that is no object', [first, 5], /row 2: it is no object/],
    ['bytes that are no Arrow', new Uint8Array([1, 2, 3, 4, 5, 6, 7, 8]), /no Arrow IPC/],
    ['no rows at all', 5, /needs the name of a rollup and its rows/],
    ['a file that is not there', 'nowhere.parquet', /There is no nowhere\.parquet/],
    ['a file that is no Parquet', 'package.json', /package\.json/],
    ['a list in Arrow', LIST, /orders__status is an Arrow List/],
  ])('%s', async (_name, rows, message, options) => {
    const store = await openTables(external);
    await expect(store.ingest('orders.main', rows as never, options)).rejects.toMatchObject({
      name: 'StoreError',
      message: expect.stringMatching(message),
    });
    expect(await store.status()).toMatchObject({ version: 0 });
  });

  test('a rollup that is not there, and one without partitions with a range', async () => {
    const store = await open(false);
    await expect(store.ingest('sales.dayly', [])).rejects.toMatchObject({
      message: expect.stringContaining("'sales.daily'"),
    });
    const rows = [{ sales__floor: 1, sales__count: 2, sales__revenue: '3.00' }];
    await expect(
      store.ingest('sales.whole', rows, { range: ['2024-01-01', '2024-02-01'] }),
    ).rejects.toMatchObject({
      code: 'query_invalid',
    });
    await store.ingest('sales.whole', rows);
    expect((await store.query({ measures: ['sales.count', 'sales.revenue'] })).data).toEqual([
      { 'sales.count': '2', 'sales.revenue': '3' },
    ]);
  });

  test.each<[string, string, RegExp]>([
    [
      'a text for a number',
      `REPLACE ('x' AS sales__floor)`,
      /row 1, sales__floor: it is VARCHAR, where the rollup holds/,
    ],
    [
      'bytes that are no sketch',
      `REPLACE (CASE WHEN n = 3 THEN unhex('ff') ELSE sales__buyers END AS sales__buyers)`,
      /row 3, sales__buyers: it is no sketch/,
    ],
    [
      'a mean of no value',
      `REPLACE (0 AS "sales__spread$count")`,
      /row 1, sales__spread\$mean: it does not go with sales__spread\$count/,
    ],
    [
      'an infinite time',
      `REPLACE (TIMESTAMP 'infinity' AS sales__sold_at_day)`,
      /row 1, sales__sold_at_day: it is infinite/,
    ],
  ])('in a Parquet file: %s', async (_name, change, message) => {
    const { path } = await builtRows('sales.daily');
    const changed = join(temporaryFolder(), 'changed.parquet');
    const numbered = `SELECT *, row_number() OVER () AS n FROM read_parquet('${path}')`;
    await duckdb.run(
      `COPY (SELECT * EXCLUDE (n) FROM (SELECT * ${change} FROM (${numbered}))) TO '${changed}'`,
    );
    const store = await open(false);
    await expect(store.ingest('sales.daily', changed)).rejects.toMatchObject({
      code: 'rows_invalid',
      message: expect.stringMatching(message),
    });
  });
});
