/** Values of every type that a column may have, in DuckDB's SQL. */
import type { LogicalType } from '../../../dist/model/value.js';

export interface TypeCase {
  readonly sqlType: string;
  readonly type: LogicalType;
  /** SQL literals, cast to the type. */
  readonly specials: readonly string[];
  /** SQL of a value in row i, with many distinct values. */
  readonly many: string;
}

const INTEGER: LogicalType = { kind: 'integer' };
const TIME: LogicalType = { kind: 'time' };
const DOUBLE: LogicalType = { kind: 'double' };
const decimal = (scale: number): LogicalType =>
  scale === 0 ? { kind: 'integer' } : { kind: 'decimal', scale };
const NINES = '9'.repeat(38);

export const NUMBERS: readonly TypeCase[] = [
  { sqlType: 'TINYINT', type: INTEGER, specials: ['-128', '0', '127'], many: '(i * 7 % 256) - 128' },
  { sqlType: 'SMALLINT', type: INTEGER, specials: ['-32768', '0', '32767'], many: '(i * 7 % 65536) - 32768' },
  {
    sqlType: 'INTEGER',
    type: INTEGER,
    specials: ['-2147483648', '-1', '0', '2147483647'],
    many: '(i * 7919 * 7919) % 4294967296 - 2147483648',
  },
  {
    sqlType: 'BIGINT',
    type: INTEGER,
    specials: [
      '-9223372036854775808',
      '-9007199254740993',
      '-1',
      '0',
      '9007199254740991',
      '9007199254740992',
      '9007199254740993',
      '9223372036854775807',
    ],
    many: 'i * 123456789 - 5000000000',
  },
  { sqlType: 'UTINYINT', type: INTEGER, specials: ['0', '255'], many: 'i * 7 % 256' },
  { sqlType: 'USMALLINT', type: INTEGER, specials: ['0', '65535'], many: 'i * 7 % 65536' },
  {
    sqlType: 'UINTEGER',
    type: INTEGER,
    specials: ['0', '4294967295'],
    many: '(i * 7919 * 7919) % 4294967296',
  },
  {
    sqlType: 'UBIGINT',
    type: INTEGER,
    specials: ['18446744073709551615', '0'],
    many: '18446744073709551615 - i * 123456789',
  },
  {
    sqlType: 'DECIMAL(4,1)',
    type: decimal(1),
    specials: ['-999.9', '0.0', '0.1', '999.9'],
    many: 'i % 1000',
  },
  { sqlType: 'DECIMAL(9,2)', type: decimal(2), specials: ['-9999999.99', '1.15', '8.20'], many: 'i * 1.01' },
  {
    sqlType: 'DECIMAL(18,4)',
    type: decimal(4),
    specials: ['-99999999999999.9999', '0.0001', '99999999999999.9999'],
    many: 'i * 123456.7891',
  },
  {
    sqlType: 'DECIMAL(38,0)',
    type: decimal(0),
    specials: [NINES, `-${NINES}`, '9007199254740993', '-9007199254740993', '0', '-1', '255', '256', '-256'],
    many: 'i * 1000003 - 12345678901',
  },
  {
    sqlType: 'DECIMAL(38,38)',
    type: decimal(38),
    specials: [`'0.${NINES}'`, `'-0.${NINES}'`, '0'],
    many: '0',
  },
  {
    sqlType: 'DOUBLE',
    type: DOUBLE,
    specials: ["'nan'", "'inf'", "'-inf'", "'-0.0'", '0.0', '0.1', '1e308', '5e-324', '-1.5'],
    many: 'sqrt(i) - 100',
  },
  {
    sqlType: 'FLOAT',
    type: DOUBLE,
    specials: ["'nan'", "'inf'", "'-0.0'", '0.1', '3.4e38'],
    many: 'sqrt(i)',
  },
];

export const OTHERS: readonly TypeCase[] = [
  { sqlType: 'BOOLEAN', type: { kind: 'boolean' }, specials: ['true', 'false'], many: 'i % 3 = 0' },
  {
    sqlType: 'DATE',
    type: TIME,
    specials: ["'1969-12-31'", "'1970-01-01'", "'0001-01-01'", "'4713-01-01 (BC)'", "'9999-12-31'"],
    many: "date '1900-01-01' + i::int",
  },
  {
    sqlType: 'TIMESTAMP',
    type: TIME,
    specials: [
      "'1969-12-31 23:59:59.999999'",
      "'1970-01-01 00:00:00.000999'",
      "'0044-03-15 (BC) 12:00:00'",
      "'2262-04-12 00:00:00.001'",
      "'275760-09-13 00:00:00'",
      "'-271821-04-20 00:00:00'",
    ],
    many: "timestamp '2001-01-01' + to_milliseconds(i * 77777)",
  },
  {
    sqlType: 'TIMESTAMPTZ',
    type: TIME,
    specials: ["'2001-01-01 00:00:00+02'", "'1969-12-31 23:59:59.999-05'"],
    many: "timestamp '2001-01-01' + to_seconds(i)",
  },
  {
    sqlType: 'TIMESTAMP_S',
    type: TIME,
    specials: ["'1969-12-31 23:59:59'"],
    many: "timestamp '2001-01-01' + to_days(i::int)",
  },
  {
    sqlType: 'TIMESTAMP_MS',
    type: TIME,
    specials: ["'1969-12-31 23:59:59.999'"],
    many: "timestamp '2001-01-01' + to_milliseconds(i)",
  },
  {
    sqlType: 'TIMESTAMP_NS',
    type: TIME,
    specials: ["'1969-12-31 23:59:59.999999999'"],
    many: "timestamp '2001-01-01' + to_milliseconds(i)",
  },
  {
    sqlType: 'VARCHAR',
    type: { kind: 'string' },
    specials: [
      "''",
      "' '",
      "'null'",
      "'😀'",
      "chr(57344) || 'private'", // U+E000 sorts before an emoji by bytes, after it by UTF-16 units
      "chr(65279) || 'mark'", // U+FEFF at the start belongs to the text
      "'a' || chr(0) || 'b'",
      "'é'",
      "'e' || chr(769)",
      "'שלום'",
      "repeat('x', 1048576)",
      "repeat('x', 1048575) || 'y'",
    ],
    many: "'city ' || (i * 7919 % 91000)",
  },
];

/** More than one row group. */
export const ROWS = 22_000;

/** Statements whose files use different encodings: dictionary, delta, byte stream split, runs, nothing at all. */
export function statements({ sqlType, specials, many }: TypeCase): readonly string[] {
  const rows = specials.map((literal, i) => `(${i}, CAST(${literal} AS ${sqlType}))`).join(', ');
  const cast = (sql: string): string => `CAST(${sql} AS ${sqlType})`;
  return [
    `SELECT v FROM (VALUES ${rows}, (${specials.length}, NULL)) t(i, v) ORDER BY i`,
    `SELECT ${cast(specials[0])} v`,
    `SELECT ${cast(specials[0])} v FROM range(${ROWS})`,
    `SELECT ${cast('NULL')} v FROM range(${ROWS})`,
    `SELECT ${cast(many)} v FROM range(${ROWS}) t(i)`,
    `SELECT CASE WHEN i % 7 <> 0 THEN ${cast(many)} END v FROM range(${ROWS}) t(i)`,
    `SELECT CASE WHEN i <> 3 THEN ${cast(many)} END v FROM (SELECT i // 2000 AS i FROM range(${ROWS}) r(i))`,
    `SELECT ${cast('NULL')} v FROM range(0)`,
  ];
}
