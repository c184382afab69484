/**
 * A serving file holds the rows of its Parquet: for Granary's own reader the same columns that decoding the Parquet
 * gives, for Apache Arrow's the same rows that DuckDB reads.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { crc32 } from 'node:zlib';
import type { DuckDBConnection } from '@duckdb/node-api';
import { DataType, tableFromIPC } from 'apache-arrow';
import type { Vector } from 'apache-arrow';
import { beforeAll, describe, expect, test } from 'vitest';
import type { StoredBatch } from '../../dist/model/batch.js';
import type { ColumnRole, FileMeta } from '../../dist/model/catalog.js';
import type { BuildColumn } from '../../dist/model/plan.js';
import { canonicalInteger } from '../../dist/model/value.js';
import type { Value } from '../../dist/model/value.js';
import { columnStats } from '../../dist/storage/column-stats.js';
import { decodeFile } from '../../dist/storage/decode-file.js';
import type { OpenFile } from '../../dist/storage/disk.js';
import { memoryDisk } from '../../dist/storage/memory-disk.js';
import { readServingColumns, readServingIndex } from '../../dist/storage/serving-read.js';
import { encodeServing } from '../../dist/storage/serving-write.js';
import { withTexts } from './support/column-values.js';
import { connectDuckDb, copyToParquet, readColumn } from './support/duckdb.js';
import { temporaryFolder } from './support/temporary-folder.js';
import { NUMBERS, OTHERS, ROWS, statements } from './support/type-cases.js';

const KEY: ColumnRole = { kind: 'dimension' };
const SUM: ColumnRole = { kind: 'measure', merge: 'sum' };
const MIN: ColumnRole = { kind: 'measure', merge: 'min' };
const SKETCH: ColumnRole = { kind: 'measure', merge: 'sketch' };

let connection: DuckDBConnection;

beforeAll(async () => {
  connection = await connectDuckDb();
});

interface Made {
  readonly file: FileMeta;
  readonly batch: StoredBatch;
  readonly bytes: Uint8Array;
}

/** The serving file of what DuckDB writes. */
async function make(
  sql: string,
  columns: readonly BuildColumn[],
  sortColumns: readonly string[] = [],
): Promise<Made> {
  const path = join(temporaryFolder(), 'x.parquet');
  await copyToParquet(connection, sql, path);
  const parquet = new Uint8Array(readFileSync(path));
  const batch = await decodeFile(path, parquet, columns);
  const file = {
    path: 'data/a.b/all-0-x.parquet',
    bytes: parquet.length,
    crc32: crc32(parquet),
    rows: batch.rows,
    columns: [...batch.columns].map(([name, column]) => columnStats(name, column)),
  };
  const parts = encodeServing(file, { batch, columns, sortColumns });
  expect(parts, sql).not.toBeNull();
  return { file, batch, bytes: Buffer.concat(parts ?? []) };
}

async function openBytes(bytes: Uint8Array): Promise<OpenFile> {
  const disk = memoryDisk();
  await disk.makeDirectory('/memory');
  await disk.createFile('/memory/x.arrow', bytes);
  return disk.openFile('/memory/x.arrow');
}

async function readBack({ bytes, file }: Made, columns: readonly BuildColumn[]): Promise<StoredBatch> {
  const open = await openBytes(bytes);
  return readServingColumns(open, await readServingIndex(open), file, columns);
}

const column = (role: ColumnRole, name = 'v'): BuildColumn => ({
  name,
  role,
  precision: role === SKETCH ? 12 : null,
});

/** What a reader of Arrow sees, in the forms of `model/value.ts`; narrow numbers lack their base. */
function arrowValues(vector: Vector, base: number): (Value | Uint8Array)[] {
  return Array.from({ length: vector.length }, (_, row): Value | Uint8Array => {
    const value: unknown = vector.get(row);
    if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
    if (typeof value === 'number') return value + base;
    if (typeof value === 'bigint') return canonicalInteger(value);
    if (value instanceof Uint32Array) return canonicalInteger(decimal(value));
    if (value instanceof Uint8Array) return value;
    throw new Error(`no value for a ${typeof value}`);
  });
}

function decimal(words: Uint32Array): bigint {
  const unsigned = words.reduceRight((sum, word) => (sum << 32n) | BigInt(word), 0n);
  return BigInt.asIntN(128, unsigned);
}

/** Apache Arrow, as the binding of DuckDB, drops a leading U+FEFF; and −0 + 0 is 0. */
function asArrow(value: Value | Uint8Array): Value | Uint8Array {
  return typeof value === 'string' ? value.replace(/^\uFEFF/, '') : value === 0 ? 0 : value;
}

async function expectSame(sql: string, roles: readonly ColumnRole[]): Promise<void> {
  const expected = (await readColumn(connection, sql, 'v')).map(asArrow);
  for (const role of roles) {
    const made = await make(sql, [column(role)]);
    // `toEqual` takes minutes for as many rows.
    const { columns } = await readBack(made, [column(role)]);
    expect(isDeepStrictEqual(withTexts(columns.get('v')), withTexts(made.batch.columns.get('v'))), sql).toBe(
      true,
    );
    const table = tableFromIPC(made.bytes);
    expect(table.numRows).toBe(expected.length);
    const { metadata } = table.schema.fields[0];
    // An empty batch has no chunk.
    const vector = table.getChild('v');
    const values = vector === null ? [] : arrowValues(vector, Number(metadata.get('granary.base') ?? 0));
    const row = expected.findIndex((value, i) => !isSame(value, asArrow(values[i])));
    if (row >= 0) expect({ sql, row, value: values[row] }).toEqual({ sql, row, value: expected[row] });
  }
}

function isSame(a: Value | Uint8Array, b: Value | Uint8Array): boolean {
  return a instanceof Uint8Array && b instanceof Uint8Array ? Buffer.compare(a, b) === 0 : Object.is(a, b);
}

describe('the columns of a Parquet file, and the rows that Apache Arrow reads,', () => {
  test.each(NUMBERS)('keys, sums and minima of $sqlType', async (typeCase) => {
    for (const sql of statements(typeCase)) await expectSame(sql, [KEY, SUM, MIN]);
  });

  test.each(OTHERS)('keys and minima of $sqlType', async (typeCase) => {
    for (const sql of statements(typeCase)) await expectSame(sql, [KEY, MIN]);
  });

  test('sketches, with NULLs and without', async () => {
    const sketch = "encode(repeat('ab', i::int % 50 + 1))";
    for (const sql of [
      `SELECT CASE WHEN i % 3 > 0 THEN ${sketch} END v FROM range(${ROWS}) t(i)`,
      `SELECT ${sketch} v FROM range(${ROWS}) t(i)`,
      `SELECT NULL::BLOB v FROM range(9)`,
      `SELECT NULL::BLOB v FROM range(0)`,
    ])
      await expectSame(sql, [SKETCH]);
  });

  test('a dictionary of 70,000 texts', async () => {
    await expectSame(`SELECT 'product ' || i || chr(230) v FROM range(70000) t(i)`, [KEY]);
  });
});

const WIDE = [column(KEY, 'city'), column(KEY, 'day'), column(SUM, 'amount'), column(SKETCH, 'users')];
const WIDE_SQL = `
  SELECT CASE WHEN i < 9000 THEN 'city ' || lpad((i // 1000)::text, 2, '0') END city,
         timestamp '2001-01-01' + to_days((i % 1000)::int) AS day, i * 1.01::decimal(12,2) amount,
         encode('sketch ' || i) users
  FROM range(10000) t(i) ORDER BY 1 NULLS LAST, 2`;

test('every buffer begins at a multiple of 64 bytes, and only what is asked for is read', async () => {
  const made = await make(WIDE_SQL, WIDE, ['city', 'day']);
  const open = await openBytes(made.bytes);
  const index = await readServingIndex(open);
  const places: number[] = [];
  for (const { buffers } of index.note.columns) places.push(...buffers.map(([at]) => index.batch + at));
  places.push(...index.dictionaries);
  expect(places.filter((at) => at % 64 !== 0)).toEqual([]);
  let bytesRead = 0;
  const counted = {
    ...open,
    readInto: async (start: number, target: Uint8Array) => {
      bytesRead += target.length;
      return open.readInto(start, target);
    },
  };
  const batch = await readServingColumns(counted, index, made.file, [WIDE[2]]);
  expect([...batch.columns.keys()]).toEqual(['amount']);
  expect(bytesRead).toBe(10_000 * index.note.columns[2].width);
});

test('the metadata tells what the file is, the first row of each code, and the codes of each block', async () => {
  const made = await make(WIDE_SQL, WIDE, ['city', 'day']);
  const { metadata, fields } = tableFromIPC(made.bytes).schema;
  expect(JSON.parse(metadata.get('granary') ?? '')).toMatchObject({
    form: 1,
    parquet: { path: made.file.path, bytes: made.file.bytes, crc32: made.file.crc32 },
    rows: 10_000,
    sortColumns: ['city', 'day'],
    blockRows: 4_096,
  });
  expect(JSON.parse(metadata.get('granary.runs') ?? '')).toEqual(
    Array.from({ length: 11 }, (_, code) => code * 1_000),
  );
  expect(JSON.parse(metadata.get('granary.zones') ?? '')).toEqual({ day: [0, 999, 0, 999, 0, 999] });
  expect(
    fields.map(({ type }) => (DataType.isDictionary(type) ? String(type.indices) : String(type))),
  ).toEqual(['Uint8', 'Uint16', expect.stringMatching(/Float64|Uint32/), 'Binary']);
});

test('what is not what the rollup now wants is not read', async () => {
  const made = await make(WIDE_SQL, WIDE, ['city', 'day']);
  const other = { ...made, file: { ...made.file, crc32: 1 } };
  await expect(readBack(other, WIDE)).rejects.toMatchObject({ code: 'corrupt' });
  const [city, ...others] = made.file.columns;
  for (const stats of [
    { ...city, nulls: 1 },
    { ...city, type: { kind: 'double' } as const },
    { ...city, distinct: 2 },
  ])
    await expect(
      readBack({ ...made, file: { ...made.file, columns: [stats, ...others] } }, WIDE),
    ).rejects.toMatchObject({ code: 'corrupt' });
  for (const wanted of [column(MIN, 'amount'), column(KEY, 'nowhere')])
    await expect(readBack(made, [wanted])).rejects.toMatchObject({ code: 'corrupt' });
});
