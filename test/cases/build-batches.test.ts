/** One statement brings several partitions: what is published is what a statement for each would bring. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { RollupMeta } from '../../dist/model/catalog.js';
import { openTables, temporaryFolder } from '../support/open-tables.js';
import type { Tables } from '../support/open-tables.js';

/** Four years of months, of which some have no row; rows at both ends of each; and rows without a time. */
const tables: Tables = {
  yaml: `
    cubes:
      - name: sales
        sql: "SELECT * FROM facts WHERE {FILTER_PARAMS.sales.sold_at.filter('sold_at')}"
        measures:
          - { name: count, type: count }
          - { name: amount, sql: amount, type: sum }
          - { name: weight, sql: weight, type: sum }
          - { name: dearest, sql: amount, type: max }
          - { name: users, sql: user_id, type: count_distinct_approx }
          - { name: mean, sql: amount, type: avg }
          - { name: spread, sql: weight, type: stddev }
          - { name: latest, sql: user_id, type: last, time_dimension: sold_at }
        dimensions:
          - { name: country, sql: country, type: string }
          - { name: sold_at, sql: sold_at, type: time }
        pre_aggregations:
          - name: daily
            measures: [count, amount, weight, dearest, users, mean, spread, latest]
            dimensions: [country]
            time_dimension: sold_at
            granularity: day
            partition_granularity: month
            indexes:
              - { name: by_country, columns: [country] }
              - { name: by_country_alone, columns: [country], type: aggregate }
  `,
  init: [
    `CREATE TABLE facts AS
     SELECT CASE WHEN i % 50 = 0 THEN NULL
         WHEN i % 5 = 0 THEN month - INTERVAL 1 MILLISECOND WHEN i % 5 = 1 THEN month
         ELSE month + to_hours((i * 7919 % 600)::INT) END AS sold_at,
       'C' || i % 7 AS country, ((i * 104729) % 100000 / 100)::DECIMAL(18, 2) AS amount, i / 7 AS weight,
       i % 997 AS user_id
     FROM (SELECT i, TIMESTAMP '2021-01-01' + to_months((i % 48)::INT) AS month FROM range(9000) t(i))
     WHERE i % 48 NOT IN (20, 21)`,
  ],
};

/** Of what lies in the folder of the store. */
function pageOf(folder: string): RollupMeta {
  const data = join(folder, 'store', 'data');
  const own = join(data, readdirSync(data)[0]);
  const pages = readdirSync(own).filter((each) => each.startsWith('rollup-'));
  const all = pages.map((page) => JSON.parse(readFileSync(join(own, page), 'utf8')) as RollupMeta);
  return all.toSorted((a, b) => a.lastRefreshTime - b.lastRefreshTime).at(-1) as RollupMeta;
}

const statements = ({ partitions }: RollupMeta): (string | undefined)[] =>
  partitions.map(({ receipt }) => receipt?.statement);

/** Rows and statistics of every file, without what differs from build to build: doubles, added up in any order. */
const filesOf = ({ partitions }: RollupMeta): unknown =>
  partitions.map(({ key, range, files, receipt }) => [
    key,
    range,
    receipt?.groups,
    files.map(({ rows, columns }) => [rows, columns.filter(({ type }) => type.kind !== 'double')]),
  ]);

test('few statements bring many partitions, each with the rows that are its own', async () => {
  const folder = temporaryFolder();
  const store = await openTables({ ...tables, folder });
  await store.build({ concurrency: 1 });
  const page = pageOf(folder);
  expect(page.partitions).toHaveLength(50);
  // Of the rows without a time, of the newest month, of the next one, and of four at a time, as there are sketches.
  expect(new Set(statements(page)).size).toBe(3 + Math.ceil(47 / 4));
  // Where each month is built by itself there is nothing to tell apart.
  const alone = temporaryFolder();
  const single = await openTables({ ...tables, folder: alone });
  await single.build({ concurrency: Number.MAX_SAFE_INTEGER });
  const other = pageOf(alone);
  expect(new Set(statements(other)).size).toBe(50);
  expect(filesOf(page)).toEqual(filesOf(other));
  expect((await store.verify({ source: true })).ok).toBe(true);
});

test('only partitions that follow one another come together', async () => {
  const folder = temporaryFolder();
  const store = await openTables({ ...tables, folder });
  await store.build({ range: ['2023-06-01', '2023-07-01'], concurrency: 1 });
  await store.build({ concurrency: 1 });
  const page = pageOf(folder);
  const of = new Map(page.partitions.map(({ key, receipt }) => [key, receipt?.statement]));
  expect(of.get('20230701')).not.toBe(of.get('20230501'));
  expect(new Set(of.values()).size).toBeLessThan(of.size / 2);
  expect((await store.verify({ source: true })).ok).toBe(true);
});

test.each([
  ['DATE', 'day', 'month'],
  ['TIMESTAMPTZ', 'day', 'month'],
  ['TIMESTAMP_NS', 'hour', 'day'],
  ['TIMESTAMP', 'second', 'hour'],
  ['TIMESTAMP', 'week', 'week'],
])('times of type %s by %s come together and are told apart by %s', async (type, granularity, partition) => {
  const step = partition === 'month' ? 'to_months' : partition === 'hour' ? 'to_hours' : 'to_days';
  const own: Tables = {
    yaml: `
      cubes:
        - name: sales
          sql_table: facts
          measures: [{ name: count, type: count }, { name: amount, sql: amount, type: sum }]
          dimensions: [{ name: sold_at, sql: sold_at, type: time }]
          pre_aggregations:
            - name: rollup
              measures: [count, amount]
              time_dimension: sold_at
              granularity: ${granularity}
              partition_granularity: ${partition}
    `,
    // Around 1970, with rows a microsecond before a partition begins.
    init: [
      `CREATE TABLE facts AS SELECT CAST(TIMESTAMP '1969-12-20 00:00:00' + ${step}((i % 40)::INT)
         - to_microseconds(i % 2) AS ${type}) AS sold_at, i AS amount FROM range(400) t(i)`,
    ],
  };
  const pages: RollupMeta[] = [];
  for (const concurrency of [1, Number.MAX_SAFE_INTEGER]) {
    const folder = temporaryFolder();
    const store = await openTables({ ...own, folder });
    await store.build({ concurrency });
    pages.push(pageOf(folder));
    expect((await store.verify({ source: true })).ok).toBe(true);
  }
  const [together, alone] = pages.map((page) => new Set(statements(page)).size);
  expect([together < alone, alone]).toEqual([true, pages[1].partitions.length]);
  expect(filesOf(pages[0])).toEqual(filesOf(pages[1]));
});
