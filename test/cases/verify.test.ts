/** What `verify` tells of rows: across the indexes of a partition, and beside those of the source. */
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { nodeDisk } from '../../dist/storage/node-disk.js';
import { openStorage } from '../../dist/storage/open-storage.js';
import { publishedRollup } from '../storage/support/sample-store.js';
import { openTables, tableOf, temporaryFolder } from '../support/open-tables.js';
import type { Store } from '../support/open-tables.js';

const columns = ['city', 'price', 'weight', 'buyer', 'sold_at'];
const rows = [
  "'Rome', 1.25, 0.5, 1, TIMESTAMP '2024-01-31 22:30:00'",
  "'Rome', 2.50, 0.7, 2, TIMESTAMP '2024-01-31 23:30:00'",
  "'Oslo', 3.75, 0.9, 3, TIMESTAMP '2024-02-10 12:00:00'",
  "'Oslo', NULL, 1.1, 4, TIMESTAMP '2024-02-29 23:30:00'",
  "NULL, 7.00, 1.3, 5, TIMESTAMP '2024-03-15 23:30:00'",
];
const sales = (change: readonly string[] = rows): string[] => [tableOf('sales', columns, change)];

const yaml = (filter = '1 = 1'): string => `
    cubes:
      - name: sales
        sql: SELECT * FROM sales WHERE ${filter}
        measures:
          - { name: count, type: count }
          - { name: revenue, sql: price, type: sum }
          - { name: mean, sql: weight, type: avg }
          - { name: spread, sql: weight, type: stddev }
          - { name: dearest, sql: price, type: max }
          - { name: buyers, sql: buyer, type: count_distinct_approx }
          - { name: newest, sql: price, type: last, time_dimension: sold_at }
        dimensions:
          - { name: city, sql: city, type: string }
          - { name: sold_at, sql: sold_at, type: time }
        pre_aggregations:
          - name: daily
            measures: [count, revenue, mean, spread, dearest, buyers, newest]
            dimensions: [city]
            time_dimension: sold_at
            granularity: day
            partition_granularity: month
            indexes:
              - { name: by_time, columns: [sold_at.day] }
              - { name: cities, columns: [city], type: aggregate }
`;

/** A store that was built of these rows, opened again over others. */
async function reopened(change: readonly string[], filter?: string): Promise<Store> {
  const folder = temporaryFolder();
  const built = await openTables({ yaml: yaml(), init: sales(), folder });
  await built.build();
  expect(await built.verify({ source: true })).toMatchObject({
    ok: true,
    problems: [],
    notCompared: [],
    next: null,
  });
  return openTables({ yaml: yaml(filter), init: sales(change), folder });
}

async function differences(store: Store): Promise<unknown[]> {
  const { ok, problems } = await store.verify({ source: true });
  expect(ok).toBe(problems.length === 0);
  return problems.map(({ rollup, partition, difference }) => [
    rollup,
    partition,
    difference!.measure,
    difference!.stored,
    difference!.source,
    difference!.cause,
  ]);
}

describe('with the source, a difference is told with partition, measure, both values and the likely cause:', () => {
  const late = "'Oslo', 4.00, 0.1, 9, TIMESTAMP '2024-02-11 12:00:00'";
  const dst = rows.map((row) => row.replace(/TIMESTAMP '[^']+'/, (time) => `${time} + INTERVAL 1 HOUR`));
  test.each<[string, readonly string[], unknown[][]]>([
    ['nothing, in whatever order the rows are', rows.toReversed(), []],
    ['late rows', [...rows, late], [['sales.daily', '20240201', 'sales__count', '2', '3', 'late_rows']]],
    [
      'rows that are gone',
      rows.slice(1),
      [['sales.daily', '20240101', 'sales__count', '2', '1', 'deleted_rows']],
    ],
    [
      'a partition that is gone',
      rows.slice(2),
      [['sales.daily', '20240101', 'sales__count', '2', '0', 'deleted_rows']],
    ],
    [
      'a double load of one partition',
      [...rows, ...rows.slice(0, 2)],
      [['sales.daily', '20240101', 'sales__count', '2', '4', 'double_load']],
    ],
    [
      'times that are an hour later',
      dst,
      [
        ['sales.daily', '20240101', 'sales__count', '2', '1', 'zone'],
        ['sales.daily', '20240201', 'sales__revenue', '3.75', '6.25', 'zone'],
        ['sales.daily', '20240301', 'sales__count', '1', '2', 'zone'],
      ],
    ],
    [
      'another value of a row',
      [rows[0].replace('1.25', '1.75'), ...rows.slice(1)],
      [['sales.daily', '20240101', 'sales__revenue', '3.75', '4.25', 'unknown']],
    ],
    [
      'another value that only a sketch tells',
      [rows[0].replace(', 1, ', ', 77, '), ...rows.slice(1)],
      [
        [
          'sales.daily',
          '20240101',
          'sales__buyers',
          'a sketch of other registers',
          'a sketch of other registers',
          'unknown',
        ],
      ],
    ],
    [
      'another double',
      [rows[0].replace('0.5', '0.50001'), ...rows.slice(1)],
      [['sales.daily', '20240101', 'sales__mean$sum', '1.2', '1.20001', 'unknown']],
    ],
    [
      'rows after the last partition, which queries take for none',
      [...rows, "'Rome', 1.00, 0.5, 1, TIMESTAMP '2024-04-02 12:00:00'"],
      [['sales.daily', '20240401', null, '0 groups', '1 groups', 'late_rows']],
    ],
    [
      'rows without a time',
      [...rows, "'Rome', 1.00, 0.5, 1, NULL"],
      [['sales.daily', 'null', null, '0 groups', '1 groups', 'late_rows']],
    ],
  ])('%s', async (_name, change, expected) => {
    expect(await differences(await reopened(change))).toEqual(expected);
  });

  test('changed SQL', async () => {
    const store = await reopened(rows, "city IS DISTINCT FROM 'Oslo'");
    expect(await differences(store)).toEqual([
      ['sales.daily', '20240201', 'sales__count', '2', '0', 'changed_sql'],
    ]);
  });

  test('a source that is not configured is not compared, and that is said', async () => {
    const folder = temporaryFolder();
    const built = await openTables({ yaml: yaml(), init: sales(), folder });
    await built.build();
    const store = await openTables({ yaml: yaml(), init: [], folder, options: { sources: {} } });
    expect(await store.verify({ source: true })).toMatchObject({
      ok: true,
      notCompared: [
        "sales.daily was not compared with the source: the data source 'default' is not configured.",
      ],
    });
  });
});

/**
 * A store with the default index of all rows, and with another index that was built of other rows: what a fault of a
 * writer, or of a copy, would leave. Every file is what its manifest says.
 */
test.each([
  [
    'by_time',
    'The index by_time holds sales__count 1 where the default index makes 2, in the group ["Rome","2024-01-31T00:00:00.000"].',
  ],
  ['cities', 'The index cities holds sales__count 1 where the default index makes 2, in the group ["Rome"].'],
])('[H8] an index that does not hold the rows of the default index is told: %s', async (index, problem) => {
  const [folder, other] = [temporaryFolder(), temporaryFolder()];
  for (const [at, change] of [rows, rows.slice(1)].entries()) {
    const store = await openTables({ yaml: yaml(), init: sales(change), folder: [folder, other][at] });
    await store.build();
  }
  const [storage, wrong] = await Promise.all(
    [folder, other].map((at) => openStorage({ disk: nodeDisk, directory: join(at, 'store') })),
  );
  const meta = await publishedRollup(storage);
  const [january, ...later] = meta.partitions;
  const position = meta.indexes.findIndex(({ name }) => name === index);
  const file = (await publishedRollup(wrong)).partitions[0].files[position];
  const staging = await storage.stage('wrong');
  const slot = { rollup: 'sales.daily', partition: january.key, index: position };
  copyFileSync(join(other, 'store', file.path), staging.pathOf(slot));
  const columns = file.columns.map(({ name, type }) => ({
    ...meta.columns.find((column) => column.name === name)!,
    precision: type.kind === 'sketch' ? type.precision : null,
  }));
  const { sortColumns } = meta.indexes[position];
  const sealed = await staging.seal(slot, { rows: file.rows, columns, sortColumns });
  const files = january.files.with(position, sealed);
  const put = [{ ...meta, partitions: [{ ...january, files }, ...later] }];
  await storage.publish(staging, { base: storage.snapshot().version, put, remove: [] });
  await staging.discard();
  await Promise.all([storage.close(), wrong.close()]);
  const store = await openTables({ yaml: yaml(), init: sales(), folder });
  expect((await store.verify()).problems).toMatchObject([
    { file: sealed.path, rollup: 'sales.daily', partition: '20240101', problem },
  ]);
});

test('a budget ends after a partition, and the next call goes on there until all is read', async () => {
  const store = await openTables({ yaml: yaml(), init: sales() });
  await store.build();
  const whole = await store.verify();
  let [files, after, calls] = [0, null as string | null, 0];
  do {
    const report = await store.verify({ budgetMs: 0, after });
    expect(report).toMatchObject({ ok: true, files: 3 });
    files += report.files;
    after = report.next;
    calls++;
  } while (after !== null);
  expect({ files, calls }).toEqual({ files: whole.files, calls: 3 });
  expect(await store.verify({ budgetMs: 60_000, after: 'sales.daily/20240201' })).toMatchObject({
    files: 3,
    next: null,
  });
});
