import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { beforeAll, describe, expect, test } from 'vitest';
import type { StoredColumn } from '../../dist/model/batch.js';
import type { ColumnRole } from '../../dist/model/catalog.js';
import { compareValues } from '../../dist/model/value.js';
import type { LogicalType, Value } from '../../dist/model/value.js';
import { decodeFile } from '../../dist/storage/decode-file.js';
import { columnValues } from './support/column-values.js';
import { connectDuckDb, copyToParquet, readColumn } from './support/duckdb.js';
import type { CopyOptions } from './support/duckdb.js';
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

/** A column of a file as storage reads it. */
async function storedColumn(sql: string, role: ColumnRole, options: CopyOptions): Promise<StoredColumn> {
  const path = join(temporaryFolder(), 'x.parquet');
  await copyToParquet(connection, sql, path, options);
  const bytes = new Uint8Array(readFileSync(path));
  const batch = await decodeFile(path, bytes, [{ name: 'v', role, precision: role === SKETCH ? 12 : null }]);
  return batch.columns.get('v')!;
}

/** −0 is 0 as a key: DuckDB groups them together, and so do we. */
function asKey(value: Value | Uint8Array): Value | Uint8Array {
  return value === 0 ? 0 : value;
}

/** The first is how the store writes. */
const FILES: readonly CopyOptions[] = [
  { version: 'v2' },
  { version: 'v1' },
  { version: 'v1', compression: 'uncompressed' },
  { version: 'v2', compression: 'snappy', rowGroupRows: 2048 },
];

describe.each(process.env['GRANARY_LONG'] === undefined ? FILES.slice(0, 1) : FILES)(
  'what DuckDB writes as %o is what is read',
  (options) => {
    test.each([...NUMBERS, ...OTHERS])('keys of $sqlType', async (typeCase) => {
      for (const sql of statements(typeCase)) {
        const column = await storedColumn(sql, KEY, options);
        const expected = await readColumn(connection, sql, 'v');
        expectSame(columnValues(column), expected.map(asKey), sql);
        expect(column.type).toEqual(typeCase.type);
        expectSorted(column);
      }
    });

    test.each(NUMBERS)('sums and minima of $sqlType', async (typeCase) => {
      for (const sql of statements(typeCase)) {
        const expected = await readColumn(connection, sql, 'v');
        for (const role of [SUM, MIN]) {
          const column = await storedColumn(sql, role, options);
          expectSame(columnValues(column), expected, sql);
          expect(column.kind).toBe(formOf(expected, role, typeCase.type));
          expect(column.type).toEqual(typeCase.type);
        }
      }
    });

    test.each(OTHERS)('minima of $sqlType', async (typeCase) => {
      const [sql] = statements(typeCase);
      const column = await storedColumn(sql, MIN, options);
      expectSame(columnValues(column), await readColumn(connection, sql, 'v'), sql);
      expectSorted(column);
    });

    test('sketches', async () => {
      const sql = `SELECT CASE WHEN i % 3 > 0 THEN encode(repeat('ab', i::int % 50 + 1)) END v FROM range(${ROWS}) t(i)`;
      const column = await storedColumn(sql, SKETCH, options);
      expectSame(columnValues(column), await readColumn(connection, sql, 'v'), sql);
      expect(column.type).toEqual({ kind: 'sketch', precision: 12 });
    });
  },
);

/** Row by row, −0 and NaN told apart; `toEqual` takes minutes for as many rows. */
function expectSame(
  actual: readonly (Value | Uint8Array)[],
  expected: readonly (Value | Uint8Array)[],
  sql: string,
): void {
  expect(actual.length, sql).toBe(expected.length);
  const row = expected.findIndex((value, i) => !isSame(value, actual[i]));
  if (row >= 0) expect({ sql, row, value: actual[row] }).toEqual({ sql, row, value: expected[row] });
}

function isSame(a: Value | Uint8Array, b: Value | Uint8Array): boolean {
  return a instanceof Uint8Array && b instanceof Uint8Array ? Buffer.compare(a, b) === 0 : Object.is(a, b);
}

function expectSorted(column: StoredColumn): void {
  if (column.kind !== 'dictionary') throw new Error(`expected a dictionary, not ${column.kind}`);
  const { hasNulls } = column;
  const values = [...column.values];
  expect(values.findIndex((value, i) => i > 0 && compareValues(values[i - 1], value) >= 0)).toBe(-1);
  const codes = values.length + Number(hasNulls);
  const width = codes <= 256 ? 1 : codes <= 65_536 ? 2 : 4;
  expect(column.codes.BYTES_PER_ELEMENT).toBe(width);
  expect(column.codes.buffer).toBeInstanceOf(SharedArrayBuffer);
}

/** Whole numbers are narrow where 32 bits hold their range; NULL counts as 0. */
function formOf(
  values: readonly (Value | Uint8Array)[],
  role: ColumnRole,
  type: LogicalType,
): StoredColumn['kind'] {
  if (needsWide(values, role)) return 'wide';
  const numbers = values.map((value) => Number(value ?? 0));
  const range = Math.max(...numbers) - Math.min(...numbers);
  return type.kind !== 'double' && numbers.length > 0 && range < 2 ** 32 ? 'narrow' : 'number';
}

function needsWide(values: readonly (Value | Uint8Array)[], role: ColumnRole): boolean {
  if (values.some((value) => typeof value === 'bigint')) return true;
  if (role !== SUM || !values.every((value) => Number.isInteger(value ?? 0))) return false;
  const absSum = values.reduce<bigint>((sum, value) => sum + BigInt(Math.abs(Number(value))), 0n);
  return absSum > 9007199254740991n;
}

test.each([
  ['BIGINT', '9223372036854775807 - i', '-9223372036854775808 + i'],
  ['UBIGINT', '18446744073709551615 - i', 'i'],
  ['INTEGER', '2147483647 - i', '-2147483648 + i'],
  ['UINTEGER', '4294967295 - i', 'i'],
  ['DECIMAL(18,0)', '999999999999999999 - i', '-999999999999999999 + i'],
])('differences of %s that overflow its type', async (sqlType, high, low) => {
  const sql = `SELECT CAST(CASE WHEN i % 2 = 0 THEN ${high} ELSE ${low} END AS ${sqlType}) v FROM range(${ROWS}) t(i)`;
  expectSame(columnValues(await storedColumn(sql, SUM, {})), await readColumn(connection, sql, 'v'), sql);
});

test('a sum whose values are safe but whose total is not goes wide', async () => {
  const half = '4503599627370496';
  const safe = await storedColumn(`SELECT unnest([${half}, -${half} + 1]) v`, SUM, {});
  expect(safe).toMatchObject({ kind: 'number', absSum: Number.MAX_SAFE_INTEGER, validity: null });
  const unsafe = await storedColumn(`SELECT unnest([${half}, -${half}]) v`, SUM, {});
  expect(unsafe).toMatchObject({ kind: 'wide', values: [4503599627370496n, -4503599627370496n] });
});

test.each([
  ["'infinity'::timestamp", KEY],
  ["'-infinity'::timestamp", KEY],
  ["'infinity'::date", KEY],
  ["'290000-01-01'::timestamp", KEY],
])('a time beyond all calendars, %s, is refused', async (value, role) => {
  await expect(storedColumn(`SELECT ${value} v`, role, {})).rejects.toMatchObject({
    code: 'value_out_of_range',
  });
});

test.each([
  ['a list', "['a']", KEY],
  ['a UUID', "'5657be1f-bd4c-40ad-a1b4-ffd2a26b207d'::uuid", KEY],
  ['JSON', "'{}'::json", KEY],
  ['a time of day', "'10:00'::time", KEY],
  ['bytes as a key', "'x'::blob", KEY],
  ['a string as a sum', "'x'", SUM],
  ['a string as a sketch', "'x'", SKETCH],
])('%s is refused', async (_name, value, role) => {
  await expect(storedColumn(`SELECT ${value} v`, role, {})).rejects.toMatchObject({ code: 'build_failed' });
});

test('an empty sketch is refused', async () => {
  await expect(storedColumn("SELECT ''::blob v", SKETCH, {})).rejects.toMatchObject({
    code: 'sketch_invalid',
  });
});

test('bytes that are no Parquet are refused, whatever they are', async () => {
  const wanted = [{ name: 'v', role: KEY, precision: null }];
  for (const bytes of [
    new Uint8Array(0),
    new Uint8Array(7),
    new TextEncoder().encode('PAR1 and nothing PAR1'),
  ]) {
    await expect(decodeFile('x', bytes, wanted)).rejects.toMatchObject({ code: 'corrupt' });
  }
});
