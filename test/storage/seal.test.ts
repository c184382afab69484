import { join } from 'node:path';
import { parquetMetadata } from 'hyparquet';
import { beforeEach, describe, expect, test } from 'vitest';
import type { ColumnStats } from '../../dist/model/catalog.js';
import type { StoreError } from '../../dist/model/errors.js';
import type { BuildColumn } from '../../dist/model/plan.js';
import { FORMAT_VERSION } from '../../dist/storage/manifest.js';
import { nodeDisk } from '../../dist/storage/node-disk.js';
import { openStorage } from '../../dist/storage/open-storage.js';
import type { Staging } from '../../dist/storage/staging.js';
import { connectDuckDb, copyToParquet } from './support/duckdb.js';
import {
  openSample,
  publishedRollup,
  sampleRollup,
  sealPartition,
  writeSample,
} from './support/sample-store.js';
import { temporaryFolder } from './support/temporary-folder.js';

const SLOT = { rollup: 'sales.daily', partition: 'all', index: 0 };
const connection = await connectDuckDb();

let staging: Staging;

beforeEach(async () => {
  const storage = await openStorage({ disk: nodeDisk, directory: join(temporaryFolder(), 'store') });
  staging = await storage.stage('a');
});

function key(name: string): BuildColumn {
  return { name, role: { kind: 'dimension' }, precision: null };
}

function measure(name: string, merge: 'sum' | 'min' | 'sketch'): BuildColumn {
  return { name, role: { kind: 'measure', merge }, precision: merge === 'sketch' ? 11 : null };
}

async function seal(
  sql: string,
  columns: readonly BuildColumn[],
  sortColumns: readonly string[],
  rows: number,
) {
  await copyToParquet(connection, sql, staging.pathOf(SLOT));
  return staging.seal(SLOT, { rows, columns, sortColumns });
}

async function stats(sql: string, column: BuildColumn): Promise<ColumnStats> {
  const counted = await connection.runAndReadAll(`SELECT count(*) FROM (${sql})`);
  const file = await seal(sql, [column], [], Number(counted.getRows()[0][0]));
  return file.columns[0];
}

describe('a file that is not what its writer says is not sealed:', () => {
  test.each([
    ['rows that descend', 'SELECT unnest([1, 3, 2]) a', ['a'], 3, /Row 2 .* not in the order of a/],
    ['NULL first', 'SELECT unnest([NULL, 1]) a', ['a'], 2, /Row 1/],
    ['NaN before numbers', "SELECT unnest(['nan'::double, 1]) a", ['a'], 2, /Row 1/],
    ['strings in the order of UTF-16', 'SELECT unnest([chr(128512), chr(57344)]) a', ['a'], 2, /Row 1/],
    ['too few rows', 'SELECT 1 a', ['a'], 2, /1 rows instead of 2/],
    ['another column', 'SELECT 1 b', ['a'], 1, /no column a/],
  ])('%s', async (_name, sql, sort, rows, message) => {
    await expect(seal(sql, [key('a')], sort, rows)).rejects.toMatchObject({
      code: 'build_failed',
      message: expect.stringMatching(message),
    });
  });

  test('ties of the first sort column out of order by the second', async () => {
    const sql = 'SELECT unnest([1, 1, 2]) a, unnest([2, 1, 0]) b';
    await expect(seal(sql, [key('a'), key('b')], ['a', 'b'], 3)).rejects.toMatchObject({
      code: 'build_failed',
    });
  });

  test('a time that no calendar has: the message names file and way out once', async () => {
    const sealed = seal("SELECT 'infinity'::timestamp a", [key('a')], ['a'], 1);
    const { message, next } = await sealed.then(
      () => expect.unreachable(),
      (error: StoreError) => error,
    );
    expect(message).toContain(staging.pathOf(SLOT));
    expect(message.split(next!)).toHaveLength(2);
  });

  test('no file at all', async () => {
    await expect(
      staging.seal(SLOT, { rows: 1, columns: [key('a')], sortColumns: ['a'] }),
    ).rejects.toMatchObject({
      code: 'file_missing',
      message: expect.stringContaining(staging.pathOf(SLOT)),
    });
  });
});

test('rows in order by several columns, NULL last, are sealed under their path in the store', async () => {
  const sql = 'SELECT unnest([1, 1, 1, 2, NULL]) a, unnest([1, 2, NULL, 0, 0]) b';
  const file = await seal(sql, [key('a'), key('b')], ['a', 'b'], 5);
  expect(file).toMatchObject({ path: 'data/sales.daily/all-0-a.parquet', rows: 5 });
  expect(file.bytes).toBe((await nodeDisk.stat(staging.pathOf(SLOT)))!.bytes);
});

test('a sealed file says in its footer what it is, how it is sorted, and what its sketches are', async () => {
  const sql = "SELECT unnest([1, 2]) a, unnest([5, 6]) b, 'x'::blob s FROM range(1)";
  await copyToParquet(connection, sql, staging.pathOf(SLOT));
  const columns = [key('a'), key('b'), measure('s', 'sketch')];
  await staging.seal(SLOT, { rows: 2, columns, sortColumns: ['b', 'a'], index: 'by b' });
  const metadata = parquetMetadata(await nodeDisk.readFile(staging.pathOf(SLOT)));
  expect(metadata.row_groups[0].sorting_columns).toEqual([
    { column_idx: 1, descending: false, nulls_first: false },
    { column_idx: 0, descending: false, nulls_first: false },
  ]);
  const [pair] = metadata.key_value_metadata ?? [];
  expect(pair.key).toBe('granary');
  expect(JSON.parse(pair.value!)).toEqual({
    format: FORMAT_VERSION,
    rollup: 'sales.daily',
    partition: 'all',
    index: 'by b',
    sketches: { s: { domain: 'airlift', hash: 'murmur3_x64_128', precision: 11 } },
  });
});

describe('statistics are those of the values:', () => {
  const big = 9007199254740993n;
  test.each([
    ['integers', 'SELECT unnest([3, NULL, -1, 3]) a', key('a'), 1, -1, 3, 2],
    ['strings', "SELECT unnest(['b', '', NULL, chr(128512)]) a", key('a'), 1, '', '😀', 3],
    ['times', "SELECT unnest([timestamp '1969-12-31 23:59:59.5', NULL]) a", key('a'), 1, -500, -500, 1],
    ['booleans', 'SELECT unnest([true, false]) a', key('a'), 0, false, true, 2],
    ['sums', 'SELECT unnest([NULL, 5::bigint, -7]) a', measure('a', 'sum'), 1, -7, 5, null],
    ['wide sums', `SELECT unnest([1, ${big}, NULL]) a`, measure('a', 'sum'), 1, 1, big, null],
    ['decimals, scaled', 'SELECT 1.25::decimal(9,2) a', measure('a', 'min'), 0, 125, 125, null],
    ['doubles with a NaN', "SELECT unnest(['nan'::double, 1]) a", measure('a', 'min'), 0, null, null, null],
    ['keys with a NaN', "SELECT unnest([1, 'nan'::double]) a", key('a'), 0, null, null, 2],
    [
      'infinities',
      "SELECT unnest(['inf'::double, '-inf']) a",
      measure('a', 'min'),
      0,
      -Infinity,
      Infinity,
      null,
    ],
    ['nothing', 'SELECT NULL::int a FROM range(3)', key('a'), 3, null, null, 0],
    ['nothing to add', 'SELECT NULL::int a FROM range(3)', measure('a', 'sum'), 3, null, null, null],
    ['sketches', "SELECT unnest(['x'::blob, NULL]) a", measure('a', 'sketch'), 1, null, null, null],
    ['a long string', "SELECT unnest(['a', repeat('x', 1025)]) a", key('a'), 0, null, null, 2],
    ['texts of a minimum', "SELECT unnest(['b', 'a', 'b', NULL]) a", measure('a', 'min'), 1, 'a', 'b', 2],
  ])('%s', async (_name, sql, column, nulls, min, max, distinct) => {
    expect(await stats(sql, column)).toMatchObject({ name: 'a', nulls, min, max, distinct });
  });
});

test('values that JSON has not survive the manifest', async () => {
  const storage = await openStorage({ disk: nodeDisk, directory: join(temporaryFolder(), 'store') });
  const open = await storage.stage('a');
  const sql = "SELECT 1 a, 9007199254740993 b, '-inf'::double c, '-0.0'::double d, 1e300::double e";
  const columns = [key('a'), ...['b', 'c', 'd', 'e'].map((name) => measure(name, 'min'))];
  await copyToParquet(connection, sql, open.pathOf(SLOT));
  const file = await open.seal(SLOT, { rows: 1, columns, sortColumns: ['a'] });
  const rollup = {
    id: 'sales.daily',
    definition: '',
    columns: columns.map(({ name, role }) => ({ name, role })),
    indexes: [{ name: null, type: 'regular', sortColumns: ['a'], listed: 1 }],
    partitionGranularity: null,
    sourceRange: { from: -1, to: 8.64e15 },
    sourceHasNullTimes: false,
    buildRange: null,
    partitions: [{ key: 'all', range: null, files: [file], builtAt: 5 }],
    lastRefreshTime: 5,
    targetTableName: 'x',
  } as const;
  await storage.publish(open, { base: 0, put: [rollup], remove: [] });
  const reader = await openStorage({ disk: nodeDisk, directory: storage.directory });
  expect(await publishedRollup(reader)).toEqual(rollup);
  expect(file.columns.map(({ min }) => min)).toEqual([1, 9007199254740993n, -Infinity, -0, 1e300]);
  expect(await reader.verify()).toMatchObject({ ok: true, rows: 1 });
});

function withoutDistinct({ name, type, nulls, min, max }: ColumnStats): ColumnStats {
  return { name, type, nulls, min, max };
}

test.each([
  ['are not there, as in older stores', withoutDistinct, true],
  ['are wrong', (stats: ColumnStats) => ({ ...stats, distinct: 900 }), false],
])('counts of distinct values that %s', async (_name, change, ok) => {
  const folder = temporaryFolder();
  const storage = await openSample(join(folder, 'store'));
  const sample = await writeSample(folder, connection);
  const open = await storage.stage('a');
  const { files, ...partition } = await sealPartition(open, sample, 'all');
  const changed = {
    ...partition,
    files: files.map((file) => ({ ...file, columns: file.columns.map(change) })),
  };
  await storage.publish(open, { base: 0, put: [sampleRollup([changed])], remove: [] });
  const reader = await openSample(storage.directory);
  expect(await reader.verify()).toMatchObject({ ok });
});

test('[fault 14] a token that is a path is refused', async () => {
  const storage = await openStorage({ disk: nodeDisk, directory: temporaryFolder() });
  for (const token of ['', '..', '../x', 'a/b', 'A', 'x'.repeat(41)]) {
    await expect(storage.stage(token)).rejects.toMatchObject({ code: 'build_failed' });
  }
});
