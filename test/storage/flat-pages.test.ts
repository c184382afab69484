import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { parquetMetadata, parquetRead, parquetSchema } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { expect, test } from 'vitest';
import { unpackBits } from '../../dist/storage/bit-runs.js';
import { checkPages } from '../../dist/storage/check-pages.js';
import { readDeltas } from '../../dist/storage/delta-numbers.js';
import { flatPages } from '../../dist/storage/flat-pages.js';
import { pageOf, rowValues } from '../../dist/storage/page.js';
import { temporaryFolder } from './support/temporary-folder.js';

/** Columns that DuckDB encodes in each of its ways, without NULLs, with some, in runs, and with nothing else. */
const VALUES: Readonly<Record<string, string>> = {
  day: "TIMESTAMP '2021-01-01' + to_days((i // 50)::INT)",
  moment: "TIMESTAMP '1960-01-01 00:00:00.123456' + to_microseconds((i * 7919 * 104729) % 4000000000000000)",
  date: "DATE '2024-02-29' - (i % 999)::INT",
  few: "'country ' || (i % 7)",
  many: "'ключ ' || hash(i)",
  empty: "repeat('', i::INT)",
  flag: 'i % 3 = 0',
  small: '(i % 50)::SMALLINT - 25',
  int: '(hash(i) % 4000000000)::BIGINT - 2000000000',
  ends: 'CASE i % 3 WHEN 0 THEN 2147483647 WHEN 1 THEN -2147483648 ELSE 0 END::INTEGER',
  long: '(hash(i) % 17592186044416)::BIGINT - 8796093022208',
  rising: 'i * 1000003',
  steps: 'CASE WHEN i % 2 = 0 THEN i ELSE i + 100000000000 END',
  price: '((hash(i) % 100000) / 100)::DECIMAL(12,2)',
  wide: '(hash(i) % 100000)::DECIMAL(38,3) * 1000000000000000000',
  double: 'sqrt(i) - 10',
  repeated: '(i % 4) / 8',
  float: '(i / 8)::FLOAT',
  blob: "encode('b' || (i % 300))",
};
const NULLS: Readonly<Record<string, string>> = {
  none: 'false',
  some: 'hash(i) % 5 = 0',
  runs: '(i // 100) % 2 = 0',
  all: 'true',
};

test.each([
  ['v1', 'zstd'],
  ['v2', 'zstd'],
  ['v1', 'uncompressed'],
])('pages of version %s, %s, are what another reader finds in them', async (version, compression) => {
  const path = join(temporaryFolder(), 'a.parquet');
  const columns = Object.entries(VALUES).flatMap(([name, sql]) =>
    Object.entries(NULLS).map(
      ([nulls, condition]) => `CASE WHEN ${condition} THEN NULL ELSE ${sql} END AS ${name}_${nulls}`,
    ),
  );
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  await connection.run(
    `COPY (SELECT ${columns.join(', ')} FROM range(5000) t(i)) TO '${path}' (FORMAT parquet, COMPRESSION ${compression}, PARQUET_VERSION ${version}, ROW_GROUP_SIZE 2048)`,
  );
  connection.closeSync();
  instance.closeSync();

  // A Buffer, as the disk gives it: its slices are no copies.
  const bytes = readFileSync(path);
  const metadata = parquetMetadata(new Uint8Array(bytes).buffer);
  const plain = {
    ...metadata,
    schema: metadata.schema.map(({ converted_type: annotation, logical_type: _logical, ...element }) =>
      annotation === 'UTF8' ? { ...element, converted_type: annotation } : element,
    ),
  };
  const encodings = new Set<string>();
  for (const { element } of parquetSchema(metadata).children) {
    const { name } = element;
    const found = metadata.row_groups.flatMap(({ columns: chunks, num_rows: rows }) => {
      const chunk = chunks.find(({ meta_data: meta }) => meta?.path_in_schema[0] === name)?.meta_data;
      if (chunk === undefined) throw new Error(`no chunk of ${name}`);
      for (const encoding of chunk.encodings) encodings.add(encoding);
      const pages = flatPages(checkPages(bytes, chunk, Number(rows), true), element);
      expect(pages, `${name} is known`).not.toBeNull();
      return pages ?? [];
    });
    const expected: unknown[] = [];
    await parquetRead({
      file: new Uint8Array(bytes).buffer,
      metadata: plain,
      columns: [name],
      compressors,
      utf8: false,
      onComplete: (rows) => expected.push(...rows.map(([value]: unknown[]) => value ?? null)),
    });
    expect(
      found.flatMap((page) => Array.from(rowValues(page), plainValue)),
      name,
    ).toEqual(expected.map(plainValue));
  }
  const asked =
    version === 'v1'
      ? ['PLAIN', 'PLAIN_DICTIONARY']
      : ['DELTA_BINARY_PACKED', 'DELTA_LENGTH_BYTE_ARRAY', 'BYTE_STREAM_SPLIT', 'RLE_DICTIONARY'];
  expect([...encodings]).toEqual(expect.arrayContaining(asked));
});

/** Whole numbers as text, whichever type they have; bytes as a list; 0 and -0 stay apart. */
function plainValue(value: unknown): unknown {
  if (value instanceof Uint8Array) return [...value];
  if (typeof value === 'bigint') return String(value);
  return Number.isInteger(value) && !Object.is(value, -0) ? BigInt(value as number).toString() : value;
}

test.each([0, 1, 3, 8, 13, 24, 25, 31, 32, 33, 45])('values of %i bits are unpacked', (width) => {
  const values = Array.from(
    { length: 37 },
    (_, i) => (i % 2 === 0 ? 2 ** width - 1 - (i % 2 ** Math.min(width, 4)) : i * 7919) % 2 ** width,
  );
  const bits = values
    .map((value) =>
      value
        .toString(2)
        .padStart(width, '0')
        .slice(-width || Infinity)
        .split('')
        .reverse()
        .join(''),
    )
    .join('');
  const bytes = Uint8Array.from({ length: Math.ceil((37 * width) / 8) }, (_, i) =>
    parseInt(
      bits
        .slice(8 * i, 8 * i + 8)
        .padEnd(8, '0')
        .split('')
        .reverse()
        .join(''),
      2,
    ),
  );
  const found = new Float64Array(39);
  unpackBits(Uint8Array.from([9, ...bytes]), 1, width, found, 1, 38);
  expect([...found]).toEqual([0, ...(width === 0 ? values.map(() => 0) : values), 0]);
  if (width > 0) {
    expect(() => unpackBits(bytes.subarray(1), 0, width, found, 0, 37)).toThrow(/ends within its runs/);
  }
});

test('differences that claim another count, or blocks of no size, are malformed', () => {
  // 128 values a block, 4 miniblocks, one value: 5.
  const one = [0x80, 1, 4, 1, 10];
  expect(readDeltas(Uint8Array.from(one), 1)).toEqual({ values: Float64Array.of(5), end: 5 });
  expect(() => readDeltas(Uint8Array.from(one), 2)).toThrow(/not as it should be/);
  for (const broken of [
    [0, 4, 1, 10],
    [0x80, 1, 0, 1, 10],
    [0x80, 1, 7, 1, 10],
    [0x80, 1, 4],
    [0x80, 1, 4, 2, 10, 0, 1],
  ]) {
    expect(() => readDeltas(Uint8Array.from(broken), broken.at(3) === 2 ? 2 : 1)).toThrow(
      /not as it should be/,
    );
  }
  // A first value of 2^60 is left to another reader.
  const far = [0x80, 1, 4, 1, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x20];
  expect(readDeltas(Uint8Array.from(far), 1)).toBeNull();
});

test('rows of a page are what their reader gave, NULL as null', () => {
  const rows = ['a', null, undefined, 'b', 'a'];
  expect(Array.from(rowValues(pageOf(rows)))).toEqual(['a', null, null, 'b', 'a']);
  expect(Array.from(rowValues(pageOf(new Float64Array([1, -0, NaN]))))).toEqual([1, -0, NaN]);
  const coded = {
    rows: 4,
    values: ['x', 'y'],
    codes: Uint32Array.of(1, 0, 1),
    valid: Uint8Array.of(1, 0, 1, 1),
  };
  expect(Array.from(rowValues(coded))).toEqual(['y', null, 'x', 'y']);
});
