/** Approximate distinct counts of all that a column can be, from rollups and from sketches of PostgreSQL. */
import { describe, expect, test } from 'vitest';
import { murmur3Of64Bits } from '../../dist/engine/sketches/murmur3.js';
import { explicitBytes } from '../../dist/engine/sketches/postgres-bytes.js';
import { PostgresSketch } from '../../dist/engine/sketches/postgres-sketch.js';
import { entryOfInteger } from '../../dist/engine/sketches/sketch-entry.js';
import { Sketch } from '../../dist/engine/sketches/sketch.js';
import { inspectFile } from '../../dist/index.js';
import { relativeErrorBound } from '../../dist/model/aggregates.js';
import { buildTables, openTables, temporaryFolder } from '../support/open-tables.js';
import type { Store } from '../support/open-tables.js';

/** What 600 rows hold; each value repeats, and every seventh row is NULL. */
const TYPES: Readonly<Record<string, string>> = {
  tiny: 'CAST(i % 100 - 50 AS TINYINT)',
  int: 'CAST(i % 211 - 100 AS INTEGER)',
  big: '9007199254740993 + i % 97',
  unsigned: 'CAST(18446744073709551615 - i % 83 AS UBIGINT)',
  huge: '170141183460469231731687303715884105727 - CAST(i % 89 AS HUGEINT)',
  price: 'CAST(i % 131 AS DECIMAL(12,2)) / 4',
  long_price: 'CAST(i % 61 AS DECIMAL(38,10)) + 12345678901234567890',
  weight: 'sqrt(i % 151)',
  strange: "[0.0, -0.0, 'NaN'::DOUBLE, -'NaN'::DOUBLE, 'Infinity'::DOUBLE, 1.5][i % 6 + 1]",
  single: 'CAST(i % 71 AS FLOAT) / 3',
  flag: 'i % 2 = 0',
  day: "DATE '2024-01-01' + CAST(i % 67 AS INTEGER)",
  at: "TIMESTAMP '2024-01-01' + to_microseconds(i % 139)",
  zoned: "TIMESTAMPTZ '2024-01-01 00:00:00+02' + to_hours(i % 59)",
  text: "'größe ' || i % 173",
  id: 'CAST(md5(CAST(i % 101 AS VARCHAR)) AS UUID)',
};
const names = Object.keys(TYPES);

const columns = names.map((name) => `CASE WHEN i % 7 > 0 THEN ${TYPES[name]} END AS ${name}`);
const events = `
  CREATE TABLE events AS SELECT i % 3 AS part, TIMESTAMP '2024-01-01' + to_hours(i) AS happened_at, ${columns.join(', ')}
  FROM range(600) AS t(i)`;
const nothing = `CREATE TABLE nothing AS SELECT * FROM events WHERE part = 9`;

const modelOf = (table: string) => `
    cubes:
      - name: events
        sql_table: ${table}
        measures:
          ${names.map((name) => `- { name: ${name}s, sql: ${name}, type: count_distinct_approx }`).join('\n          ')}
          ${names.map((name) => `- { name: exact_${name}s, sql: ${name}, type: count_distinct }`).join('\n          ')}
        dimensions:
          - { name: part, sql: part, type: number }
          - { name: happened_at, sql: happened_at, type: time }
        pre_aggregations:
          - name: sketches
            measures: [${names.map((name) => `${name}s`).join(', ')}]
            dimensions: [part]
            time_dimension: happened_at
            granularity: day
            partition_granularity: month
            indexes: [{ name: parts, columns: [part], type: aggregate }]
`;

describe('of any type of column', () => {
  const approx = names.map((name) => `events.${name}s`);
  const exact = names.map((name) => `events.exact_${name}s`);

  test.each([
    ['in all', {}],
    [
      'by a dimension, from an aggregating index',
      { dimensions: ['events.part'], order: { 'events.part': 'asc' } },
    ],
    ['by month', { timeDimensions: [{ dimension: 'events.happened_at', granularity: 'month' }] }],
  ])('a rollup of sketches alone counts each value, and no NULL: %s', async (_, groups) => {
    const store = await buildTables({ yaml: modelOf('events'), init: [events, nothing] });
    const answer = await store.query({ measures: approx, ...groups });
    expect(answer.meta).toMatchObject({ preAggregation: 'events.sketches', exact: false });
    const truth = await store.query({ measures: exact, ...groups });
    const counts = (rows: readonly Record<string, unknown>[], measures: readonly string[]) =>
      rows.map((row) => measures.map((measure) => Number(row[measure])));
    // Sets this small are sparse: off by two values in one of 2^26 places, if at all.
    expect(counts(answer.data, approx)).toEqual(counts(truth.data, exact));
    expect(Math.max(...counts(answer.data, approx)[0])).toBeGreaterThan(50);
  });

  test('the source alone gives the same, and of no rows 0', async () => {
    const source = await openTables({ yaml: modelOf('events'), init: [events, nothing] });
    const built = await buildTables({ yaml: modelOf('events'), init: [events, nothing] });
    const query = { measures: approx, dimensions: ['events.part'] };
    expect((await source.query(query)).data).toEqual((await built.query(query)).data);

    const zeros = [Object.fromEntries(approx.map((measure) => [measure, '0']))];
    const none = {
      measures: approx,
      filters: [{ member: 'events.part', operator: 'equals', values: ['9'] }],
    };
    for (const store of [source, built]) expect((await store.query(none)).data).toEqual(zeros);
    const empty = await buildTables({ yaml: modelOf('nothing'), init: [events, nothing] });
    expect((await empty.query({ measures: approx })).data).toEqual(zeros);
  });

  test('a group that holds NULL alone counts 0', async () => {
    const store = await buildTables({
      yaml: modelOf('events'),
      init: [events.replace('FROM range(600)', 'FROM range(0, 600, 7)'), nothing],
    });
    const { data, meta } = await store.query({ measures: approx, dimensions: ['events.part'] });
    expect(meta.preAggregation).toBe('events.sketches');
    expect(data).toHaveLength(3);
    for (const row of data) expect(approx.map((measure) => row[measure])).toEqual(approx.map(() => '0'));
  });
});

describe('what the answer states', () => {
  const yaml = `
    cubes:
      - name: visits
        sql_table: visits
        measures:
          - { name: count, type: count }
          - { name: visitors, sql: visitor, type: count_distinct_approx, precision: 14 }
          - { name: pages, sql: page, type: count_distinct_approx, precision: 10 }
          - { name: exact_visitors, sql: visitor, type: count_distinct }
          - { name: exact_pages, sql: page, type: count_distinct }
          - { name: pages_each, sql: "1.0 * {pages} / NULLIF({visitors}, 0)", type: number }
          - { name: visits_each, sql: "1.0 * {count} / {visitors}", type: number }
          - { name: more, sql: "{visitors} - {pages}", type: number }
        dimensions:
          - { name: site, sql: site, type: number }
          - { name: happened_at, sql: happened_at, type: time }
        pre_aggregations:
          - name: daily
            measures: [count, visitors, pages]
            dimensions: [site]
            time_dimension: happened_at
            granularity: day
            partition_granularity: month
    views:
      - name: web
        cubes:
          - { join_path: visits, prefix: true, includes: [{ name: visitors, alias: people }, site] }
`;
  const init = [
    `CREATE TABLE visits AS SELECT i % 2 AS site, TIMESTAMP '2024-01-01' + to_minutes(i) AS happened_at,
      hash(i % 9000) % 100000 AS visitor, hash(i) % 6000 AS page FROM range(60000) AS t(i)`,
  ];
  const [fine, rough] = [relativeErrorBound(14), relativeErrorBound(10)];

  test('each measure has the error of its own precision, and the largest is that of the answer', async () => {
    const store = await buildTables({ yaml, init });
    const measures = ['count', 'visitors', 'pages'].map((name) => `visits.${name}`);
    const { data, meta } = await store.query({ measures });
    expect(meta).toMatchObject({ mode: 'rollup', exact: false, relativeError: rough });
    expect(meta.relativeErrors).toEqual({ 'visits.visitors': fine, 'visits.pages': rough });
    const truth = (await store.query({ measures: ['visits.exact_visitors', 'visits.exact_pages'] })).data[0];
    const share = (name: string) =>
      Number(data[0][`visits.${name}`]) / Number(truth[`visits.exact_${name}`]) - 1;
    expect(Math.abs(share('visitors'))).toBeLessThan(fine);
    expect(Math.abs(share('pages'))).toBeLessThan(rough);
    const counted = await store.query({ measures: ['visits.count'] });
    expect(counted.meta).toMatchObject({ exact: true });
    expect(counted.meta).not.toHaveProperty('relativeError');

    const { rollups } = await store.status({ files: true });
    const file = await inspectFile(rollups[0].files!['default'][0]);
    const sketches = file.columns.flatMap(({ name, type }) =>
      type?.startsWith('sketch') ? [[name, type]] : [],
    );
    expect(sketches).toEqual([
      ['visits__visitors', 'sketch(14)'],
      ['visits__pages', 'sketch(10)'],
    ]);
  });

  test('a ratio is of the merged sketches, and its error is that of both', async () => {
    const store = await buildTables({ yaml, init });
    const bySite = { dimensions: ['visits.site'], order: { 'visits.site': 'asc' } };
    const query = { measures: ['visits.pages_each', 'visits.visits_each'], ...bySite };
    const { data, meta } = await store.query(query);
    expect(meta.mode).toBe('rollup');
    const both = (1 + rough) / (1 - fine) - 1;
    expect(meta.relativeErrors).toEqual({
      'visits.pages_each': both,
      'visits.visits_each': 1 / (1 - fine) - 1,
    });
    expect(meta.relativeError).toBe(both);
    const parts = await store.query({
      measures: [
        'visits.count',
        'visits.visitors',
        'visits.pages',
        'visits.exact_visitors',
        'visits.exact_pages',
      ],
      ...bySite,
    });
    data.forEach((row, at) => {
      const number = (name: string) => Number(parts.data[at][`visits.${name}`]);
      expect(Number(row['visits.pages_each'])).toBe(number('pages') / number('visitors'));
      expect(Number(row['visits.visits_each'])).toBe(number('count') / number('visitors'));
      const truth = number('exact_pages') / number('exact_visitors');
      expect(Math.abs(Number(row['visits.pages_each']) / truth - 1)).toBeLessThan(both);
    });
  });

  test('in a view the error stands under the name that the measure has there', async () => {
    const store = await buildTables({ yaml, init });
    const { data, meta } = await store.query({ measures: ['web.visits_people'] });
    expect(Object.keys(data[0])).toEqual(['web.visits_people']);
    expect(meta.relativeErrors).toEqual({ 'web.visits_people': fine });
  });

  test('of a difference nothing is claimed, and of an order by an estimate no more than of its numbers', async () => {
    const store = await buildTables({ yaml, init });
    const { meta } = await store.query({ measures: ['visits.more', 'visits.visitors'] });
    expect(meta).toMatchObject({ exact: false, relativeError: null });
    expect(meta.relativeErrors).toEqual({ 'visits.more': null, 'visits.visitors': fine });
    const filtered = await store.query({
      measures: ['visits.count'],
      dimensions: ['visits.site'],
      filters: [{ member: 'visits.pages', operator: 'gt', values: ['1'] }],
    });
    expect(filtered.meta).toMatchObject({ exact: false, relativeErrors: { 'visits.pages': rough } });
  });
});

describe('sketches of PostgreSQL', () => {
  const yaml = `
    cubes:
      - name: visits
        sql_table: visits
        measures:
          - { name: visitors, sql: visitor, type: count_distinct_approx, precision: 11 }
          - { name: exact_visitors, sql: visitor, type: count_distinct }
        dimensions:
          - { name: site, sql: site, type: string }
          - { name: happened_at, sql: happened_at, type: time }
        pre_aggregations:
          - name: daily
            measures: [visitors]
            dimensions: [site]
            time_dimension: happened_at
            granularity: day
            partition_granularity: month
            indexes: [{ name: sites, columns: [site], type: aggregate }]
`;
  const init = [
    `CREATE TABLE visits AS SELECT 'a' AS site, TIMESTAMP '2024-01-05' + to_days(i) AS happened_at, i AS visitor FROM range(60) AS t(i)`,
  ];
  const open = (sources: boolean, folder = temporaryFolder()): Promise<Store> =>
    openTables({ yaml, init, folder, ...(sources ? {} : { options: { sources: {} } }) });

  const state = new Int32Array(4);
  /** hll_hash_bigint */
  function hashOf(value: number): bigint {
    murmur3Of64Bits(value | 0, value < 0 ? -1 : 0, state);
    return BigInt.asIntN(64, (BigInt(state[1]) << 32n) | BigInt.asUintN(32, BigInt(state[0])));
  }

  /** hll_add_agg(hll_hash_bigint(i), precision, 5, -1, 1) */
  function postgres(from: number, to: number, precision = 11): Uint8Array {
    const sketch = new PostgresSketch(precision);
    const kind = { precision, width: 5, cutoff: 0x7f };
    for (let value = from; value < to; value++) {
      const bytes = explicitBytes(kind, [hashOf(value)]);
      sketch.mergeBytes(bytes, 0, bytes.length);
    }
    return sketch.toBytes();
  }

  const row = (day: string, visitors: Uint8Array | null, site = 'a') => ({
    'visits.site': site,
    'visits.happened_at.day': day,
    'visits.visitors': visitors,
  });
  const rows = [
    row('2024-01-03', postgres(0, 100)),
    row('2024-01-04', postgres(50, 150)),
    row('2024-01-09', null),
    row('2024-02-01', postgres(0, 5000)),
    row('2024-02-01', postgres(4000, 4010), 'b'),
  ];
  const byMonth = {
    measures: ['visits.visitors'],
    timeDimensions: [{ dimension: 'visits.happened_at', granularity: 'month' }],
  };

  test('are ingested as they are, united as PostgreSQL unites them, and stored in its bytes', async () => {
    const store = await open(false);
    await store.ingest('visits.daily', rows);
    const { data, meta } = await store.query(byMonth);
    expect(meta).toMatchObject({ mode: 'rollup', exact: false, relativeError: relativeErrorBound(11) });
    // Explicit sketches are exact.
    expect(data[0]['visits.visitors']).toBe('150');
    expect(Math.abs(Number(data[1]['visits.visitors']) / 5000 - 1)).toBeLessThan(relativeErrorBound(11));
    const all = new PostgresSketch(11);
    for (const { 'visits.visitors': bytes } of rows)
      if (bytes !== null) all.mergeBytes(bytes, 0, bytes.length);
    const total = (await store.query({ measures: ['visits.visitors'] })).data[0]['visits.visitors'];
    expect(total).toBe(String(Math.round(all.estimate())));
    const bySite = await store.query({ measures: ['visits.visitors'], dimensions: ['visits.site'] });
    expect(bySite.meta.index).toBe('sites');
    expect(bySite.data[1]['visits.visitors']).toBe('10');
    expect(await store.verify()).toMatchObject({ ok: true, problems: [] });

    const { rollups } = await store.status({ files: true });
    for (const path of Object.values(rollups[0].files!).flat()) {
      const { columns } = await inspectFile(path);
      expect(columns.find(({ sketch }) => sketch !== null)).toMatchObject({
        type: 'sketch(11, pghll)',
        sketch: { domain: 'pghll', hash: 'murmur3_x64_128', precision: 11 },
      });
    }
  });

  test('of a higher precision are folded down; of a lower one they are refused', async () => {
    const store = await open(false);
    await store.ingest('visits.daily', [row('2024-01-03', postgres(0, 3000, 13))]);
    const folded = (await store.query({ measures: ['visits.visitors'] })).data;
    const plain = await open(false);
    await plain.ingest('visits.daily', [row('2024-01-03', postgres(0, 3000))]);
    expect(folded).toEqual((await plain.query({ measures: ['visits.visitors'] })).data);
    await expect(store.ingest('visits.daily', [row('2024-01-03', postgres(0, 9, 10))])).rejects.toMatchObject(
      {
        code: 'rows_invalid',
        message: expect.stringMatching(
          /row 1, visits__visitors: it is no sketch of the rollup.*2\^11/s,
        ) as string,
      },
    );
  });

  function airlift(count: number, precision = 11): Uint8Array {
    const sketch = new Sketch(precision);
    for (let value = 0; value < count; value++) sketch.addEntry(entryOfInteger(value));
    return sketch.toBytes();
  }

  test('Airlift’s are folded down as well', async () => {
    const [store, plain] = [await open(false), await open(false)];
    await store.ingest('visits.daily', [
      row('2024-01-03', airlift(9000, 14)),
      row('2024-01-04', airlift(700, 12)),
    ]);
    await plain.ingest('visits.daily', [row('2024-01-03', airlift(9000)), row('2024-01-04', airlift(700))]);
    for (const query of [byMonth, { measures: ['visits.visitors'] }]) {
      expect((await store.query(query)).data).toEqual((await plain.query(query)).data);
    }
    expect(await store.verify()).toMatchObject({ ok: true });
  });

  test('are not ingested beside Airlift’s', async () => {
    const store = await open(false);
    const mixed = [row('2024-01-03', postgres(0, 9)), row('2024-01-04', null), row('2024-01-05', airlift(3))];
    await expect(store.ingest('visits.daily', mixed)).rejects.toMatchObject({
      code: 'rows_invalid',
      message: expect.stringContaining(
        'row 3, visits__visitors: it is a sketch of another domain than that of row 1.',
      ) as string,
    });
    expect((await store.status()).rollups[0].rows ?? 0).toBe(0);
  });

  test('are not ingested beside partitions that hold Airlift’s', async () => {
    const store = await open(true);
    await store.build();
    const january = { range: ['2024-01-01', '2024-02-01'] as [string, string] };
    await expect(store.ingest('visits.daily', rows.slice(0, 3), january)).rejects.toMatchObject({
      code: 'rows_invalid',
      message: expect.stringMatching(
        /visits__visitors: the rows hold sketches of domain pghll, and partition \d+, which is kept, of domain airlift\./,
      ) as string,
    });
    expect((await store.query({ measures: ['visits.visitors'] })).data[0]['visits.visitors']).toBe('60');
    // Of NULL alone there is no domain, and what replaces all may be of another.
    await store.ingest('visits.daily', [row('2024-01-09', null)], january);
    expect((await store.query({ measures: ['visits.visitors'] })).data[0]['visits.visitors']).toBe('33');
    await store.ingest('visits.daily', rows, { range: ['2024-01-01', '2024-04-01'] });
    expect((await store.query(byMonth)).data[0]['visits.visitors']).toBe('150');
  });

  test('[X21] are never merged with sketches that the source gives, in no partition and no piece', async () => {
    const folder = temporaryFolder();
    const store = await open(true, folder);
    await store.ingest('visits.daily', rows.slice(0, 3), { range: ['2024-01-01', '2024-02-01'] });
    const refused = {
      code: 'sketch_invalid',
      message: expect.stringMatching(
        /visits__visitors: sketches of domain (pghll and of domain airlift|airlift and of domain pghll)/,
      ) as string,
    };
    // The source answers for February and March.
    await expect(store.query({ measures: ['visits.visitors'] })).rejects.toMatchObject(refused);
    await store.build();
    await expect(store.query({ measures: ['visits.visitors'] })).rejects.toMatchObject(refused);
    const january = {
      measures: ['visits.visitors'],
      timeDimensions: [{ dimension: 'visits.happened_at', dateRange: ['2024-01-01', '2024-01-31'] }],
    };
    expect((await store.query(january)).data[0]['visits.visitors']).toBe('150');
    await store.build({ force: true });
    expect((await store.query({ measures: ['visits.visitors'] })).data[0]['visits.visitors']).toBe('60');
  });
});
