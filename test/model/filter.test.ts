import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  andFilters,
  compileTest,
  type Filter,
  filterMembers,
  type Literal,
  literalFits,
  parseNumberLiteral,
  type Test,
  testFits,
} from '../../dist/model/filter.js';
import { LIMITS } from '../../dist/model/limits.js';
import { lowerCase } from '../../dist/model/lower-case.js';
import type { LogicalType, Value } from '../../dist/model/value.js';
import { anyTestOf } from './any-test.js';
import { duckRows, sqlColumn, sqlString } from './duckdb.js';

/** A column of a type: its values, the SQL of each, and literals to test it with. */
interface Column {
  readonly type: LogicalType;
  readonly sqlType: string;
  readonly values: readonly Exclude<Value, null>[];
  readonly sqlValue: (value: Value) => string;
  readonly literals: readonly Literal[];
}

const number = (text: string): Literal => ({ kind: 'number', ...parseNumberLiteral(text)! });
const numbers = [
  '-2',
  '-1.5',
  '-1',
  '-0.005',
  '0',
  '0.5',
  '1',
  '1.005',
  '1.5',
  '2',
  '2.50',
  '1e2',
  '9007199254740993',
].map(number);
const quoted = (value: Value): string => sqlString(String(value));

const COLUMNS: readonly Column[] = [
  {
    type: { kind: 'integer' },
    sqlType: 'HUGEINT',
    values: [-2, -1, 0, 1, 2, 3, 100, 9007199254740992n, 9007199254740993n],
    sqlValue: quoted,
    literals: numbers,
  },
  {
    type: { kind: 'decimal', scale: 2 },
    sqlType: 'DECIMAL(30, 2)',
    values: [-200, -150, -1, 0, 50, 100, 150, 250, 900719925474099300n],
    sqlValue: (value) => sqlString(scaledText(BigInt(value as number | bigint), 2)),
    literals: numbers,
  },
  {
    type: { kind: 'double' },
    sqlType: 'DOUBLE',
    values: [-Infinity, -1.5, -0, 0, 0.1, 0.5, 1.005, 2.5, 9007199254740992, Infinity, NaN],
    sqlValue: quoted,
    literals: [...numbers, number('0.1'), number('0.1000000000000000055')],
  },
  {
    type: { kind: 'string' },
    sqlType: 'VARCHAR',
    values: ['', 'a', 'A', 'ab', 'b', 'É', 'é', '\uffff', '😀', '%', 'a_b', 'İ', 'ΑΣ', 'ας'],
    sqlValue: quoted,
    literals: ['', 'a', 'ab', 'É', '\uffff', '😀', 'zz'].map((value) => ({ kind: 'string', value })),
  },
  {
    type: { kind: 'boolean' },
    sqlType: 'BOOLEAN',
    values: [false, true],
    sqlValue: quoted,
    literals: [false, true].map((value) => ({ kind: 'boolean', value })),
  },
  {
    type: { kind: 'time' },
    sqlType: 'TIMESTAMP',
    values: [-1, 0, 1, 86_400_000, 978_307_200_000],
    sqlValue: (value) => `epoch_ms(${String(value)}::BIGINT)`,
    literals: [-1, 0, 2, 978_307_200_000].map((value) => ({ kind: 'time', value })),
  },
];

/** digits / 10^scale as a decimal. */
function scaledText(digits: bigint, scale: number): string {
  const text = String(digits < 0n ? -digits : digits).padStart(scale + 1, '0');
  return `${digits < 0n ? '-' : ''}${text.slice(0, text.length - scale)}.${text.slice(text.length - scale)}`;
}

function sqlLiteral(literal: Literal, column: Column): string {
  switch (literal.kind) {
    case 'number': {
      const text = sqlString(scaledText(literal.digits, literal.scale));
      return `${text}::${column.type.kind === 'double' ? 'DOUBLE' : 'DECIMAL(38, 10)'}`;
    }
    case 'time':
      return `epoch_ms(${literal.value}::BIGINT)`;
    default:
      return `${quoted(literal.value)}::${column.sqlType}`;
  }
}

/** The test in SQL, made two-valued by COALESCE. */
function sqlTest(test: Test, column: Column): string {
  const v = column.type.kind === 'integer' || column.type.kind === 'decimal' ? 'v::DECIMAL(38, 10)' : 'v';
  const plain = (): string => {
    switch (test.kind) {
      case 'oneOf': {
        const equal = test.values.map((literal) => `${v} = ${sqlLiteral(literal, column)}`);
        const any = `coalesce(${['false', ...equal].join(' OR ')}, false)`;
        return test.orNull ? `(v IS NULL OR ${any})` : any;
      }
      case 'text': {
        const names = { contains: 'contains', startsWith: 'starts_with', endsWith: 'ends_with' };
        const has = test.needles.map(
          (needle) => `${names[test.match]}(lower(v), lower(${sqlString(needle)}))`,
        );
        return `coalesce(${['false', ...has].join(' OR ')}, false)`;
      }
      case 'compare':
        return `coalesce(${v} ${test.operator} ${sqlLiteral(test.value, column)}, false)`;
      case 'isNull':
        return 'v IS NULL';
      case 'timeRange': {
        const from = test.from === null ? 'true' : `v >= epoch_ms(${test.from}::BIGINT)`;
        const to = test.to === null ? 'true' : `v < epoch_ms(${test.to}::BIGINT)`;
        return `(${from} AND ${to})`;
      }
    }
  };
  if (test.kind === 'timeRange') {
    return `(v IS NOT NULL AND ${test.negated ? 'NOT ' : ''}${plain()})`;
  }
  return test.kind !== 'compare' && test.negated ? `NOT ${plain()}` : plain();
}

/** Any test that fits the column. */
function columnTest(column: Column): fc.Arbitrary<Test> {
  return anyTestOf(column.type, {
    literal: fc.constantFrom(...column.literals),
    time: fc.constantFrom(-1, 0, 1, 978_307_200_000),
    needle: fc.constantFrom('', 'A', 'b', 'É', '%', '_', '😀', 'σ', 'i'),
  });
}

describe('compileTest', () => {
  test.each(COLUMNS.map((column) => [column.type.kind, column] as const))(
    'passes the rows of DuckDB: %s',
    async (_, column) => {
      const rows: readonly Value[] = [...column.values, null];
      const values = rows.map(
        (value) => `(${value === null ? 'NULL' : column.sqlValue(value)})::${column.sqlType}`,
      );
      await fc.assert(
        fc.asyncProperty(fc.array(columnTest(column), { minLength: 60, maxLength: 60 }), async (tests) => {
          const columns = tests.map((test) => sqlTest(test, column));
          const expected = await duckRows(
            `SELECT ${columns.join(', ')} FROM ${sqlColumn(values)} ORDER BY i`,
          );
          tests.forEach((test, at) => {
            const passes = compileTest(test, column.type);
            const ours = rows.map((value) => [value, passes(value)]);
            expect(ours, columns[at]).toEqual(rows.map((value, row) => [value, expected[row][at]]));
          });
        }),
        { numRuns: 3 },
      );
    },
  );

  test('a literal that does not fit its column is a fault of the planner', () => {
    const string: Literal = { kind: 'string', value: '1' };
    expect(literalFits(string, { kind: 'integer' })).toBe(false);
    expect(literalFits(number('1'), { kind: 'string' })).toBe(false);
    expect(literalFits(number('1'), { kind: 'decimal', scale: 2 })).toBe(true);
    expect(literalFits({ kind: 'time', value: 0 }, { kind: 'time' })).toBe(true);
    const oneOf: Test = { kind: 'oneOf', values: [string], orNull: false, negated: false };
    expect(() => compileTest(oneOf, { kind: 'integer' })).toThrow(/assertion/);
    expect(testFits({ kind: 'isNull', negated: true }, { kind: 'sketch', precision: 12 })).toBe(true);
  });
});

describe('lowerCase', () => {
  test('is lower() of DuckDB for every character', async () => {
    const rows = await duckRows(`
      SELECT c, unicode(lower(chr(c))), length(lower(chr(c)))
      FROM (SELECT c::INTEGER AS c FROM range(1, 1114112) t(c) WHERE c NOT BETWEEN 55296 AND 57343)`);
    expect(rows).toHaveLength(1_112_063);
    const differing = rows.filter(([code, lower, length]) => {
      const ours = lowerCase(String.fromCodePoint(Number(code)));
      return ours !== String.fromCodePoint(Number(lower)) || Number(length) !== 1;
    });
    expect(differing).toEqual([]);
  });

  test('lowers each character by itself, also the last sigma of a word', async () => {
    const texts = ['ΑΣ', 'ΑΣ ΣΑ', 'İSTANBUL', 'Ꟊ ÀÉ', 'ABC', 'ß ẞ', 'ǅ', '𐐀'];
    const rows = await duckRows(`SELECT lower(v) FROM ${sqlColumn(texts.map(sqlString))} ORDER BY i`);
    expect(texts.map(lowerCase)).toEqual(rows.map(([text]) => text));
  });
});

describe('parseNumberLiteral', () => {
  test.each([
    ['-1.50', -15n, 1],
    ['1e3', 1000n, 0],
    ['+5', 5n, 0],
    ['.5', 5n, 1],
    ['5.', 5n, 0],
    ['-0', 0n, 0],
    ['0e999', 0n, 0],
    ['12.5E-2', 125n, 3],
    ['1.25e1', 125n, 1],
    ['0012', 12n, 0],
    ['5e-324', 5n, 324],
    ['90071992547409931234567890', 90071992547409931234567890n, 0],
  ])('reads %s', (text, digits, scale) => {
    expect(parseNumberLiteral(text)).toEqual({ digits, scale });
  });

  test.each([
    '',
    ' 1',
    '1 ',
    '.',
    '-',
    'e5',
    '1e',
    '1e+',
    '0x10',
    '1_000',
    '1,5',
    'NaN',
    'Infinity',
    '1e400',
    '1e-401',
    `1e${'9'.repeat(30)}`,
    `1e-${'9'.repeat(30)}`,
    '9'.repeat(LIMITS.numberDigitsMax + 1),
  ])('refuses %s', (text) => {
    expect(parseNumberLiteral(text)).toBeNull();
  });

  test('is the number that JavaScript reads', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const { digits, scale } = parseNumberLiteral(String(value))!;
        expect(Number(`${digits}e-${scale}`)).toBe(value + 0);
      }),
    );
  });
});

describe('trees', () => {
  const isSet = (member: string): Filter => ({
    kind: 'test',
    member,
    test: { kind: 'isNull', negated: true },
  });

  test('filterMembers names every member once', () => {
    const filter: Filter = {
      kind: 'or',
      filters: [{ kind: 'and', filters: [isSet('a.x'), isSet('a.y')] }, isSet('a.x'), isSet('b.z')],
    };
    expect([...filterMembers(filter)]).toEqual(['a.x', 'a.y', 'b.z']);
  });

  test('andFilters is flat, and null where nothing is asked', () => {
    const or: Filter = { kind: 'or', filters: [isSet('a.x'), isSet('a.y')] };
    expect(andFilters()).toBeNull();
    expect(andFilters(null, null)).toBeNull();
    expect(andFilters(null, or)).toBe(or);
    expect(andFilters(andFilters(isSet('a.x'), or), null, isSet('b.z'))).toEqual({
      kind: 'and',
      filters: [isSet('a.x'), or, isSet('b.z')],
    });
  });
});
