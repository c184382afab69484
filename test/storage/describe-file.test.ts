import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { inspectFile } from '../../dist/index.js';
import type { FileDescription } from '../../dist/index.js';
import { extendFooter } from '../../dist/storage/parquet-footer.js';
import { connectDuckDb, copyToParquet } from './support/duckdb.js';
import { seededRandom } from './support/random.js';
import { openSample, publishSample, publishedRollup, writeSample } from './support/sample-store.js';
import { temporaryFolder } from './support/temporary-folder.js';

const connection = await connectDuckDb();

async function describeSql(sql: string, options = {}): Promise<FileDescription> {
  const path = join(temporaryFolder(), 'x.parquet');
  await copyToParquet(connection, sql, path, options);
  return inspectFile(path);
}

test('a file of the store tells what it is, how it is sorted, and the precision of its sketches', async () => {
  const folder = temporaryFolder();
  const storage = await openSample(join(folder, 'store'));
  await publishSample(storage, await writeSample(folder, connection), 'a', ['20010101']);
  const [file] = (await publishedRollup(storage)).partitions[0].files;
  const found = await inspectFile(join(storage.directory, file.path));
  expect(found).toMatchObject({
    bytes: file.bytes,
    rows: 900,
    rowGroups: [{ rows: 900 }],
    createdBy: expect.stringContaining('DuckDB'),
    sortedBy: [
      { column: 'sales__city', descending: false, nullsFirst: false },
      { column: 'sales__at_day', descending: false, nullsFirst: false },
    ],
    granary: { rollup: 'sales.daily', partition: '20010101', index: null },
  });
  const facts = found.columns.map(({ name, type, nulls, min, max }) => [name, type, nulls, min, max]);
  expect(facts).toEqual([
    ['sales__city', 'string', 100, 'city 0', 'city 7'],
    ['sales__at_day', 'time', 0, '2001-01-01T00:00:00.000Z', '2001-04-10T00:00:00.000Z'],
    ['sales__amount', 'integer', 0, '0', '899899'],
    ['sales__buyers', 'sketch(12)', 0, null, null],
  ]);
});

test('every type of a foreign file has its name, and its bounds are those of all row groups, exactly', async () => {
  const wide = '12345678901234567890123456789012345678';
  const found = await describeSql(
    `SELECT i::bigint + 9007199254740993 AS i, CASE WHEN i % 4 <> 0 THEN chr(57344 + i::int % 7000) END AS s,
            (-i)::decimal(9, 2) AS d, '${wide}'::decimal(38, 0) AS w, date '1969-12-31' + i::int AS dt,
            timestamptz '2001-01-01' + to_days(i::int) AS tz, CASE WHEN i = 7 THEN 'nan'::double ELSE i END AS g,
            i % 2 = 0 AS b, NULL::int AS n, [i] AS l, {'x': i} AS st, uuid() AS u, time '10:00' AS tm, 'x'::blob AS bl
     FROM range(5000) t(i)`,
    { rowGroupRows: 2048 },
  );
  expect(found).toMatchObject({ rows: 5000, sortedBy: [], granary: null, keyValues: {} });
  expect(found.rowGroups.map(({ rows }) => rows)).toEqual([2048, 2048, 904]);
  const facts = found.columns.map((column) => [
    column.name,
    column.parquet,
    column.type,
    column.nulls,
    column.min,
    column.max,
  ]);
  expect(facts).toEqual([
    ['i', 'INT64 INT_64', 'integer', 0, '9007199254740993', '9007199254745992'],
    ['s', 'BYTE_ARRAY UTF8', 'string', 1250, '\ue001', String.fromCharCode(57344 + 4999)],
    ['d', 'INT32 DECIMAL(9,2)', 'decimal(2)', 0, '-4999', '0'],
    ['w', 'FIXED_LEN_BYTE_ARRAY(16) DECIMAL(38,0)', 'integer', 0, wide, wide],
    ['dt', 'INT32 DATE', 'time', 0, '1969-12-31T00:00:00.000Z', '1983-09-08T00:00:00.000Z'],
    ['tz', 'INT64 TIMESTAMP(MICROS, UTC)', 'time', 0, '2001-01-01T00:00:00.000Z', '2014-09-09T00:00:00.000Z'],
    ['g', 'DOUBLE', 'double', 0, null, null],
    ['b', 'BOOLEAN', 'boolean', 0, false, true],
    ['n', 'INT32 INT_32', 'integer', 5000, null, null],
    ['l.list.element', 'INT64 INT_64', null, 0, null, null],
    ['st.x', 'INT64 INT_64', null, 0, null, null],
    ['u', 'FIXED_LEN_BYTE_ARRAY(16) UUID', null, 0, null, null],
    ['tm', 'INT64 TIME', null, 0, null, null],
    ['bl', 'BYTE_ARRAY', 'bytes', 0, null, null],
  ]);
});

test('a note that is not ours is metadata like any other', async () => {
  const path = join(temporaryFolder(), 'x.parquet');
  await copyToParquet(connection, 'SELECT 1 AS a', path);
  const file = readFileSync(path);
  for (const value of [
    '',
    'x',
    '[]',
    '7',
    'null',
    '{"format":1}',
    '{"format":1,"rollup":"a","partition":"b"}',
  ]) {
    const end = extendFooter(file, { sortColumns: [], keyValues: new Map([['granary', value]]) });
    writeFileSync(path, Buffer.concat([file.subarray(0, end.start), end.bytes]));
    expect(await inspectFile(path)).toMatchObject({ granary: null, keyValues: { granary: value } });
  }
});

test('a file without rows has columns', async () => {
  const found = await describeSql("SELECT 1 AS a, 'x' AS b WHERE false");
  expect(found).toMatchObject({ rows: 0, columns: [{ name: 'a', nulls: 0, min: null }, { name: 'b' }] });
});

describe('[fault 21] what is no whole Parquet file is an error that says so:', () => {
  test('nothing there, a folder, no path', async () => {
    const folder = temporaryFolder();
    await expect(inspectFile(join(folder, 'no'))).rejects.toMatchObject({ code: 'file_missing' });
    await expect(inspectFile(folder)).rejects.toMatchObject({ code: 'file_missing' });
    await expect(inspectFile('')).rejects.toMatchObject({ code: 'query_invalid' });
    await expect(inspectFile(7 as never)).rejects.toMatchObject({ code: 'query_invalid' });
  });

  test.each([0, 1, 7, 8, 11, 12, 150])(
    'the first %i bytes of a file, and all but its first',
    async (count) => {
      const path = join(temporaryFolder(), 'x.parquet');
      await copyToParquet(connection, 'SELECT i FROM range(1000) t(i)', path);
      const file = readFileSync(path);
      for (const part of [file.subarray(0, count), file.subarray(count === 0 ? 12 : count)]) {
        writeFileSync(path, part);
        await expect(inspectFile(path)).rejects.toMatchObject({
          code: 'corrupt',
          message: expect.stringContaining(path),
        });
      }
    },
  );

  const flips = process.env['GRANARY_LONG'] === undefined ? 300 : 5000;
  test(`a footer with one bit flipped is described or refused, ${flips} times`, async () => {
    const random = seededRandom(20_010_101);
    const path = join(temporaryFolder(), 'x.parquet');
    await copyToParquet(
      connection,
      "SELECT i, 's' || i AS s, i::decimal(38,2) AS d FROM range(3000) t(i)",
      path,
    );
    const file = readFileSync(path);
    const footer = file.readUInt32LE(file.length - 8) + 8;
    const outcomes = new Set<string | undefined>();
    for (let flip = 0; flip < flips; flip++) {
      const damaged = Buffer.from(file);
      damaged[file.length - footer + Math.floor(random() * footer)] ^= 1 << Math.floor(random() * 8);
      writeFileSync(path, damaged);
      const outcome = await inspectFile(path).then(
        () => 'described',
        (error: { code?: string }) => error.code,
      );
      outcomes.add(outcome);
    }
    expect(outcomes).toEqual(new Set(['corrupt', 'described']));
  });
});
