import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseNumberLiteral } from '../../dist/model/filter.js';
import {
  canonicalInteger,
  compareUtf8,
  compareValues,
  formatValue,
  type LogicalType,
  type Value,
} from '../../dist/model/value.js';
import { duckRows, sqlColumn, sqlString } from './duckdb.js';

/** Characters on both sides of every border between the lengths of UTF-8, and around the surrogates. */
const borderText = fc
  .array(
    fc.constantFrom('', 'a', 'z', '\x7f', 'é', '\u07ff', '\u0800', '\ud7ff', '\ue000', '\uffff', '𐀀', '😀'),
  )
  .map((characters) => characters.join(''));
const anyText = fc.oneof(borderText, fc.string({ unit: 'binary' }));

describe('compareUtf8', () => {
  test('is the order of the encoded bytes', () => {
    fc.assert(
      fc.property(anyText, anyText, (a, b) => {
        expect(Math.sign(compareUtf8(a, b))).toBe(Math.sign(Buffer.compare(Buffer.from(a), Buffer.from(b))));
      }),
      { numRuns: 2_000 },
    );
  });

  test('is the order in which DuckDB sorts', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(borderText, { minLength: 200, maxLength: 200 }), async (texts) => {
        const rows = await duckRows(`SELECT v FROM ${sqlColumn(texts.map(sqlString))} ORDER BY v, i`);
        expect(texts.toSorted(compareUtf8)).toEqual(rows.map(([text]) => text));
      }),
      { numRuns: 3 },
    );
  });

  test('stays a total order where surrogates have lost their partner', () => {
    const broken = fc
      .array(fc.constantFrom('a', '\ud800', '\udbff', '\udc00', '\udfff', '\ue000', '\uffff', '😀'))
      .map((units) => units.join(''));
    fc.assert(
      fc.property(broken, broken, broken, (a, b, c) => {
        expect(Math.sign(compareUtf8(a, b))).toBe(0 - Math.sign(compareUtf8(b, a)));
        expect(compareUtf8(a, b) === 0).toBe(a === b);
        const [x, y, z] = [a, b, c].toSorted(compareUtf8) as [string, string, string];
        expect(compareUtf8(x, z)).toBeLessThanOrEqual(0);
        expect(compareUtf8(x, y)).toBeLessThanOrEqual(0);
      }),
    );
  });
});

describe('compareValues', () => {
  test('integers of both forms compare exactly', () => {
    const integer = fc.oneof(
      fc.bigInt(-(2n ** 100n), 2n ** 100n),
      fc.bigInt(2n ** 53n - 3n, 2n ** 53n + 3n),
      fc.bigInt(-3n, 3n),
    );
    fc.assert(
      fc.property(integer, integer, (a, b) => {
        const expected = a < b ? -1 : a > b ? 1 : 0;
        expect(Math.sign(compareValues(canonicalInteger(a), canonicalInteger(b)))).toBe(expected);
      }),
    );
  });

  test('doubles stand as DuckDB sorts them, NaN after infinity and NULL last', async () => {
    const doubles: Value[] = [NaN, 5, Infinity, -Infinity, null, -1.5, 5e-324, NaN, 1e308, 0, null, -5];
    const sql = doubles.map((value) => (value === null ? 'NULL::DOUBLE' : `'${String(value)}'::DOUBLE`));
    const rows = await duckRows(`SELECT v FROM ${sqlColumn(sql)} ORDER BY v NULLS LAST`);
    expect(doubles.toSorted(compareValues)).toEqual(rows.map(([value]) => value));
    expect(compareValues(NaN, NaN)).toBe(0);
    expect(compareValues(-0, 0)).toBe(0);
  });

  test('false stands before true, and NULL equals itself', () => {
    expect([null, true, false].toSorted(compareValues)).toEqual([false, true, null]);
    expect(compareValues(null, null)).toBe(0);
  });
});

describe('formatValue', () => {
  const decimal = (scale: number): LogicalType => ({ kind: 'decimal', scale });

  test('strings, booleans and NULL stay', () => {
    expect(formatValue('007', { kind: 'string' }, 'native')).toBe('007');
    expect(formatValue(false, { kind: 'boolean' }, 'string')).toBe(false);
    expect(formatValue(null, { kind: 'integer' }, 'string')).toBe(null);
  });

  test('integers are digits, or native without losing one', () => {
    const wide = 12345678901234567890n;
    expect(formatValue(-42, { kind: 'integer' }, 'string')).toBe('-42');
    expect(formatValue(wide, { kind: 'integer' }, 'string')).toBe('12345678901234567890');
    expect(formatValue(-42, { kind: 'integer' }, 'native')).toBe(-42);
    expect(formatValue(wide, { kind: 'integer' }, 'native')).toBe(wide);
  });

  test('decimals lose their trailing zeros and nothing else', () => {
    expect(formatValue(1500, decimal(3), 'string')).toBe('1.5');
    expect(formatValue(50000, decimal(2), 'string')).toBe('500');
    expect(formatValue(-5, decimal(3), 'string')).toBe('-0.005');
    expect(formatValue(0, decimal(3), 'string')).toBe('0');
    expect(formatValue(500, decimal(0), 'string')).toBe('500');
    fc.assert(
      fc.property(fc.bigInt(-(10n ** 38n), 10n ** 38n), fc.nat(38), (unscaled, scale) => {
        const text = formatValue(canonicalInteger(unscaled), decimal(scale), 'string') as string;
        expect(text).toMatch(/^-?(0|[1-9]\d*)(\.\d*[1-9])?$/);
        const read = parseNumberLiteral(text);
        expect(read).not.toBeNull();
        expect(read!.digits * 10n ** BigInt(scale - read!.scale)).toBe(unscaled);
      }),
    );
  });

  test('decimals are native numbers exactly when these print the same digits', () => {
    expect(formatValue(1500, decimal(3), 'native')).toBe(1.5);
    expect(formatValue(123456789012345678n, decimal(2), 'native')).toBe('1234567890123456.78');
    fc.assert(
      fc.property(fc.bigInt(-(10n ** 20n), 10n ** 20n), fc.nat(25), (unscaled, scale) => {
        const value = canonicalInteger(unscaled);
        const text = formatValue(value, decimal(scale), 'string');
        const native = formatValue(value, decimal(scale), 'native');
        expect(formatValue(Number(text), { kind: 'double' }, 'string') === text).toBe(
          typeof native === 'number',
        );
        expect(native).toBe(typeof native === 'number' ? Number(text) : text);
      }),
    );
  });

  test('doubles are their shortest digits without an exponent', () => {
    const format = (value: number): Value => formatValue(value, { kind: 'double' }, 'string');
    expect(format(1e21)).toBe('1000000000000000000000');
    expect(format(-1.5e-9)).toBe('-0.0000000015');
    expect(format(-0)).toBe('0');
    expect([NaN, Infinity, -Infinity].map(format)).toEqual(['NaN', 'Infinity', '-Infinity']);
    expect(Object.is(formatValue(-0, { kind: 'double' }, 'native'), 0)).toBe(true);
    expect(formatValue(NaN, { kind: 'double' }, 'native')).toBe(NaN);
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const text = format(value) as string;
        expect(text).toMatch(/^-?(0|[1-9]\d*)(\.\d*[1-9])?$/);
        expect(Number(text)).toBe(value + 0);
        const significant = (digits: string): string =>
          digits.replace(/e.*|[-.]/g, '').replace(/^0+|0+$/g, '');
        expect(significant(text)).toBe(significant(String(value)));
      }),
      { numRuns: 1_000 },
    );
  });

  test('times are ISO labels in milliseconds, in any year', () => {
    const time = { kind: 'time' } as const;
    expect(formatValue(978307200123, time, 'string')).toBe('2001-01-01T00:00:00.123');
    expect(formatValue(-62198755200000, time, 'native')).toBe('-000001-01-01T00:00:00.000');
    expect(formatValue(9_214_646_400_000_000, time, 'string')).toMatch(/^\+29\d{4}-/);
    fc.assert(
      fc.property(fc.integer({ min: -8.64e15, max: 8.64e15 }), (ms) => {
        expect(`${String(formatValue(ms, time, 'string'))}Z`).toBe(new Date(ms).toISOString());
      }),
      { numRuns: 1_000 },
    );
  });
});
