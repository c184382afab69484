import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import type { DuckDBBlobValue, DuckDBConnection } from '@duckdb/node-api';
import { describe, expect, test } from 'vitest';
import {
  entryOfDouble as entryOfDoubleInUse,
  entryOfInteger as entryOfIntegerInUse,
} from '../../dist/engine/sketches/sketch-entry.js';
import { plainSketches, wasmSketches } from '../../dist/engine/sketches/sketch-kernels.js';
import { Sketch } from '../../dist/engine/sketches/sketch.js';
import type { BuildColumn } from '../../dist/model/plan.js';
import { duckdbDialect } from '../../dist/planner/sql/compile-duckdb.js';
import type { LogicalType } from '../../dist/model/value.js';
import { registerSketchFunctions, valuesMacro } from '../../dist/sources/duckdb-sketches.js';
import { stageRows } from '../../dist/sources/duckdb-stage.js';
import { SKETCHES } from '../../dist/store-house.js';
import { temporaryFolder } from '../support/open-tables.js';
import { bytesReference, entryReference, murmur3Reference } from '../support/sketch-oracle.js';

const entryOf = (bytes: Uint8Array): number => entryReference(murmur3Reference(bytes, 0n)[0]);
const entryOfText = (text: string): number => entryOf(new TextEncoder().encode(text));
const entryOfInteger = (value: bigint): number => {
  const bytes = new DataView(new ArrayBuffer(8));
  bytes.setBigInt64(0, value, true);
  return entryOf(new Uint8Array(bytes.buffer));
};
const entryOfDouble = (value: number): number => {
  const bytes = new DataView(new ArrayBuffer(8));
  bytes.setFloat64(0, Number.isNaN(value) ? NaN : value === 0 ? 0 : value, true);
  return entryOf(new Uint8Array(bytes.buffer));
};

async function connect(config: Record<string, string> = {}): Promise<DuckDBConnection> {
  const connection = await (await DuckDBInstance.create(':memory:', config)).connect();
  await connection.run("SET TimeZone = 'UTC'");
  await registerSketchFunctions(connection, SKETCHES);
  return connection;
}

/** The sketches of a column by group, as a build and as a query of the source makes them. */
async function sketches(
  rows: string,
  type: LogicalType | null,
  precision: number,
  gather: 'all' | 'distinct',
): Promise<(Uint8Array | null)[]> {
  const connection = await connect();
  await connection.run(`CREATE TEMP MACRO ${valuesMacro(gather)}`);
  const sql = duckdbDialect.sketch('v', type, precision);
  const reader = await connection.runAndReadAll(
    `SELECT ${sql} FROM (${rows}) GROUP BY g ORDER BY g NULLS LAST`,
  );
  return reader.getRows().map(([blob]) => (blob === null ? null : (blob as DuckDBBlobValue).bytes));
}

interface Case {
  readonly name: string;
  readonly type: LogicalType | null;
  /** SQL of each value, and its entry; null: NULL. */
  readonly values: readonly (readonly [string, number | null])[];
}

const NULL = ['NULL', null] as const;
const integer = (value: bigint): readonly [string, number] => [
  `(${value}::HUGEINT)::BIGINT`,
  entryOfInteger(value),
];
const text = (value: string): readonly [string, number] => [
  `'${value.replaceAll("'", "''")}'`,
  entryOfText(value),
];
const double = (value: number): readonly [string, number] => [`'${value}'::DOUBLE`, entryOfDouble(value)];
const time = (iso: string, micros: bigint): readonly [string, number] => [
  `TIMESTAMP '${iso}'`,
  entryOfInteger(micros),
];

const CASES: readonly Case[] = [
  {
    name: 'integers',
    type: { kind: 'integer' },
    values: [
      ...[0n, 1n, -1n, 2n ** 31n, -(2n ** 31n), 2n ** 32n, 2n ** 53n + 1n, 2n ** 63n - 1n, -(2n ** 63n)].map(
        integer,
      ),
      NULL,
    ],
  },
  {
    name: 'doubles',
    type: { kind: 'double' },
    values: [
      ...[0, 1, -1, 0.1, 1e300, 5e-324, -5e-324, 2 ** 53, Number.MAX_VALUE, Infinity, -Infinity].map(double),
      ["'-0.0'::DOUBLE", entryOfDouble(0)],
      ["'NaN'::DOUBLE", entryOfDouble(NaN)],
      ["-'NaN'::DOUBLE", entryOfDouble(NaN)],
      NULL,
    ],
  },
  {
    name: 'texts',
    type: { kind: 'string' },
    values: [
      ...['', 'a', 'twelve bytes', 'thirteen byte', 'ß', '😀', "it's", ' ', '\uFEFFmark', 'é'.repeat(40)].map(
        text,
      ),
      text('x'.repeat(5_000)),
      ["'nul' || chr(0) || 'byte'", entryOfText('nul\0byte')],
      ['chr(0)', entryOfText('\0')],
      NULL,
    ],
  },
  {
    name: 'times',
    type: { kind: 'time' },
    values: [
      time('1970-01-01', 0n),
      time('1969-12-31 23:59:59.999999', -1n),
      time('2024-02-29 12:34:56.789012', 1709210096789012n),
      NULL,
    ],
  },
  {
    name: 'booleans, as their text',
    type: { kind: 'boolean' },
    values: [['true', entryOfText('true')], ['false', entryOfText('false')], NULL],
  },
  {
    name: 'decimals, as their text',
    type: { kind: 'decimal', scale: 2 },
    values: [
      ['1.50::DECIMAL(9,2)', entryOfText('1.50')],
      ['-0.05::DECIMAL(9,2)', entryOfText('-0.05')],
      NULL,
    ],
  },
];

test.each(
  CASES.flatMap((each) =>
    [10, 12, 16].flatMap((precision) => [
      { ...each, precision, gather: 'all' as const },
      { ...each, precision, gather: 'distinct' as const },
    ]),
  ),
)(
  'sketches of $name, $gather in a list, have the bytes of the reference at precision $precision',
  async ({ type, values, precision, gather }) => {
    // Group 0 has all values, group 1 all twice, group 2 the last, group 3 nothing but NULL, and each other group one.
    const rows = values.flatMap(([sql], at) =>
      [0, 1, 1, ...(at === values.length - 2 ? [2] : []), 4 + at].map(
        (group) => `SELECT ${group} AS g, ${sql} AS v`,
      ),
    );
    rows.push(`SELECT 3, NULL`);
    const entries = values.flatMap(([, entry]) => (entry === null ? [] : [entry]));
    const bytesOf = (some: readonly number[]): Uint8Array | null =>
      some.length === 0 ? null : bytesReference(some, precision);
    const found = await sketches(rows.join(' UNION ALL '), type, precision, gather);
    const groups = [
      entries,
      entries,
      entries.slice(-1),
      [],
      ...values.map(([, entry]) => (entry === null ? [] : [entry])),
    ];
    const plain = (bytes: Uint8Array | null): number[] | null => (bytes === null ? null : [...bytes]);
    expect(found.map(plain)).toEqual(groups.map((group) => plain(bytesOf(group))));
  },
);

test.each(['all', 'distinct'] as const)(
  'sparse and dense sketches of many groups and repeated values have the bytes of the reference, %s in a list',
  async (gather) => {
    const sizes = [1, 127, 128, 129, 400, 511, 512, 513, 3_000];
    const rows = sizes.map(
      (size, group) => `SELECT ${group} AS g, i * 7919 AS v FROM range(${size}) t(i), range(2)`,
    );
    for (const precision of [10, 12]) {
      const found = await sketches(rows.join(' UNION ALL '), { kind: 'integer' }, precision, gather);
      found.forEach((bytes, group) => {
        const entries = Array.from({ length: sizes[group] }, (_, i) => entryOfInteger(BigInt(i) * 7919n));
        expect(Buffer.compare(bytes as Uint8Array, bytesReference(entries, precision))).toBe(0);
      });
    }
  },
);

/** Words of all sizes, many of them of one pattern of bits at either end. */
function randomWords(count: number, seed: bigint): Int32Array {
  const words = new Int32Array(2 * count);
  let state = seed;
  for (let i = 0; i < count; i++) {
    state = BigInt.asUintN(64, state * 6364136223846793005n + 1442695040888963407n);
    const value = BigInt.asIntN(64, state ^ (state >> 29n)) >> BigInt((i % 8) * 8);
    words[2 * i] = Number(BigInt.asIntN(32, value));
    words[2 * i + 1] = Number(BigInt.asIntN(32, value >> 32n));
  }
  return words;
}

describe.each([
  ['wasm', wasmSketches()],
  ['plain', plainSketches],
])('the %s kernels', (_name, kernels) => {
  test.each([0, 1, 2, 100, 511, 512, 513, 8_191, 8_192, 8_193, 20_000])(
    'make the sketch of %i words',
    (count) => {
      const words = randomWords(count, BigInt(count) + 7n);
      const view = new DataView(words.buffer);
      for (const precision of [10, 12, 16]) {
        const wanted = { integers: new Sketch(precision), doubles: new Sketch(precision) };
        for (let i = 0; i < count; i++) {
          wanted.integers.addEntry(entryOfIntegerInUse(view.getBigInt64(8 * i, true)));
          wanted.doubles.addEntry(entryOfDoubleInUse(view.getFloat64(8 * i, true)));
        }
        const found = [kernels.sketchOfIntegers(words, precision), kernels.sketchOfDoubles(words, precision)];
        expect(found.map((bytes) => Buffer.from(bytes).toString('hex'))).toEqual(
          [wanted.integers, wanted.doubles].map((sketch) => Buffer.from(sketch.toBytes()).toString('hex')),
        );
      }
    },
  );

  test('hash as the reference does', () => {
    const words = randomWords(2_000, 12_345n);
    const view = new DataView(words.buffer);
    for (let i = 0; i < 2_000; i++) {
      const bytes = kernels.sketchOfIntegers(words.slice(2 * i, 2 * i + 2), 12);
      expect(new DataView(bytes.buffer, bytes.byteOffset).getUint32(4, true)).toBe(
        entryOfInteger(view.getBigInt64(8 * i, true)),
      );
    }
  });

  test('keep the zeros of a hash to its last bit, and one value of each that is repeated', () => {
    // Every NaN is one value, and so is every zero.
    const doubles = Float64Array.of(NaN, -0, 0, 1, 1, NaN);
    const words = new Int32Array(doubles.buffer);
    words[10] = 1;
    words[11] = -1;
    const bytes = kernels.sketchOfDoubles(words, 12);
    expect([...bytes]).toEqual([...bytesReference([NaN, 0, 1].map(entryOfDouble), 12)]);
  });
});

test('a staged statement whose lists outgrow the memory is run with each value once', async () => {
  const rows = 'SELECT i % 2 AS g, i % 100 AS v FROM range(30000000) t(i)';
  const text = `SELECT g, ${duckdbDialect.sketch('v', { kind: 'integer' }, 12)} AS s FROM (${rows}) GROUP BY g`;
  const limited = { memory_limit: '150MB', threads: '1', temp_directory: '' };
  const all = await connect(limited);
  await all.run(`CREATE TEMP MACRO ${valuesMacro('all')}`);
  await expect(all.run(text)).rejects.toThrow(/Out of Memory/);
  const staged = await stageRows(await connect(limited), 'test', { text, params: [] }, undefined);
  const part = await staged.part(null);
  expect(part.rows).toBe(2);
  const key = (name: string): BuildColumn => ({ name, role: { kind: 'dimension' }, precision: null });
  const index = { name: null, type: 'regular' as const, sortColumns: ['g'], listed: 1 };
  const columns = [
    key('g'),
    { ...key('s'), role: { kind: 'measure' as const, merge: 'sketch' as const }, precision: 12 },
  ];
  expect(await part.writeIndex(join(temporaryFolder(), 'a.parquet'), index, columns)).toBe(2);
  await staged.drop();
});
