import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import type { FileMetaData } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { describe, expect, test } from 'vitest';
import { extendFooter } from '../../dist/storage/parquet-footer.js';
import type { FooterAddition } from '../../dist/storage/parquet-footer.js';
import { connectDuckDb, copyToParquet } from './support/duckdb.js';
import { temporaryFolder } from './support/temporary-folder.js';

const connection = await connectDuckDb();

/** Three row groups and columns of every kind, dictionaries with Bloom filters among them. */
const SQL = `
  SELECT i // 100 AS a, CASE WHEN i % 100 < 90 THEN 'city ' || (i % 100 // 9) END AS b,
         timestamp '2001-01-01' + to_days(i::int) AS c, (i * 1.25)::decimal(38, 2) AS d, i % 3 = 0 AS e,
         'x'::blob AS f, sqrt(i) AS g
  FROM range(5000) t(i)
  ORDER BY a, b NULLS LAST`;

interface Files {
  readonly before: string;
  readonly after: string;
}

async function extend(sql: string, addition: FooterAddition): Promise<Files> {
  const folder = temporaryFolder();
  const [before, after] = ['before.parquet', 'after.parquet'].map((name) => join(folder, name));
  await copyToParquet(connection, sql, before, { rowGroupRows: 2048 });
  const file = readFileSync(before);
  const end = extendFooter(file, addition);
  writeFileSync(after, Buffer.concat([file.subarray(0, end.start), end.bytes]));
  return { before, after };
}

async function ask(sql: string): Promise<unknown[]> {
  return (await connection.runAndReadAll(sql)).getRowObjectsJson();
}

function metadataOf(path: string): FileMetaData {
  return parquetMetadata(new Uint8Array(readFileSync(path)));
}

const ORDER = { sortColumns: ['a', 'b'], keyValues: new Map([['granary', '{"é":"😀"}']]) };

describe('a footer that says how rows are sorted', () => {
  test('is read by hyparquet, in every row group, and all else is as it was', async () => {
    const { before, after } = await extend(SQL, ORDER);
    const [old, now] = [metadataOf(before), metadataOf(after)];
    expect(now.row_groups.length).toBeGreaterThan(2);
    for (const group of now.row_groups) {
      expect(group.sorting_columns).toEqual([
        { column_idx: 0, descending: false, nulls_first: false },
        { column_idx: 1, descending: false, nulls_first: false },
      ]);
    }
    expect(now.key_value_metadata).toEqual([{ key: 'granary', value: '{"é":"😀"}' }]);
    const without = {
      ...now,
      key_value_metadata: old.key_value_metadata,
      metadata_length: old.metadata_length,
      row_groups: now.row_groups.map((group) => ({ ...group, sorting_columns: undefined })),
    };
    expect(without).toEqual(old);
    expect(old.row_groups[0].columns[1].meta_data?.bloom_filter_offset).toBeDefined();
  });

  test('leaves rows, schema, statistics and Bloom filters as DuckDB sees them', async () => {
    const { before, after } = await extend(SQL, ORDER);
    for (const what of [
      '* FROM read_parquet',
      '* EXCLUDE file_name FROM parquet_schema',
      '* EXCLUDE file_name FROM parquet_metadata',
    ]) {
      const [old, now] = await Promise.all([before, after].map((path) => ask(`SELECT ${what}('${path}')`)));
      expect(now).toEqual(old);
    }
    const probe = `SELECT bloom_filter_excludes FROM parquet_bloom_probe('PATH', 'b', 'city 99')`;
    const [old, now] = [await ask(probe.replace('PATH', before)), await ask(probe.replace('PATH', after))];
    expect(now).toEqual(old);
    expect(now[0]).toEqual({ bloom_filter_excludes: true });
    expect(await ask(`SELECT decode(key) k, decode(value) v FROM parquet_kv_metadata('${after}')`)).toEqual([
      { k: 'granary', v: '{"é":"😀"}' },
    ]);
  });

  test('leaves rows as hyparquet sees them', async () => {
    const { before, after } = await extend(SQL, ORDER);
    const rows = (path: string): Promise<unknown> =>
      parquetReadObjects({ file: new Uint8Array(readFileSync(path)).buffer, compressors, utf8: false });
    expect(await rows(after)).toEqual(await rows(before));
  });
});

test('what was said before is said anew once, and other keys stay', async () => {
  const { after } = await extend(SQL, {
    sortColumns: ['a'],
    keyValues: new Map([
      ['x', '1'],
      ['y', '2'],
    ]),
  });
  const file = readFileSync(after);
  const end = extendFooter(file, { sortColumns: ['g'], keyValues: new Map([['x', '3']]) });
  const now = parquetMetadata(new Uint8Array(Buffer.concat([file.subarray(0, end.start), end.bytes])));
  expect(now.key_value_metadata).toEqual([
    { key: 'y', value: '2' },
    { key: 'x', value: '3' },
  ]);
  expect(now.row_groups[1].sorting_columns).toMatchObject([{ column_idx: 6 }]);
});

test('nothing to say gives the same bytes', async () => {
  const { before, after } = await extend(SQL, { sortColumns: [], keyValues: new Map([['x', '']]) });
  expect(metadataOf(after).row_groups).toEqual(metadataOf(before).row_groups);
  const file = readFileSync(after);
  const end = extendFooter(file, { sortColumns: [], keyValues: new Map() });
  expect(Buffer.concat([file.subarray(0, end.start), end.bytes]).equals(file)).toBe(true);
});

test('a file without rows can be extended', async () => {
  const { after } = await extend(`SELECT * FROM (${SQL}) LIMIT 0`, ORDER);
  expect(await ask(`SELECT count(*)::int n FROM '${after}'`)).toEqual([{ n: 0 }]);
});

describe('[fault 21] what is no Parquet file is corrupt:', () => {
  test.each([
    ['nothing', ''],
    ['another file', 'PAR1 and then something else'],
    ['a footer longer than the file', 'PAR1\xff\xff\xff\x7fPAR1'],
    ['a footer that is no Thrift', 'PAR1\x1e\x00\x02\x00\x00\x00PAR1'],
    ['an empty footer', 'PAR1\x00\x01\x00\x00\x00PAR1'],
  ])('%s', (_name, text) => {
    expect(() => extendFooter(Buffer.from(text, 'latin1'), ORDER)).toThrowError(
      expect.objectContaining({ code: 'corrupt' }) as Error,
    );
  });
});
