/**
 * The values that travel through the house, and their one order.
 *
 * | logical type | JavaScript form                                                                        |
 * |--------------|----------------------------------------------------------------------------------------|
 * | string       | string                                                                                 |
 * | boolean      | boolean                                                                                |
 * | integer      | number when it is a safe integer, else bigint (one form for one value)                 |
 * | decimal      | the value × 10^scale, in the form of an integer                                        |
 * | double       | number; NaN and the infinities are values                                              |
 * | time         | number: milliseconds since 1970-01-01T00:00:00Z                                        |
 * | any          | null for NULL                                                                          |
 */
import { assert, unreachable } from './assert.js';
import { formatLocal } from './civil-time.js';
import type { SketchDomain } from './sketch-domain.js';

export type Value = string | number | bigint | boolean | null;

export type LogicalType =
  | { readonly kind: 'string' }
  | { readonly kind: 'boolean' }
  | { readonly kind: 'integer' }
  | { readonly kind: 'decimal'; readonly scale: number }
  | { readonly kind: 'double' }
  | { readonly kind: 'time' }
  | SketchType;

export interface SketchType {
  readonly kind: 'sketch';
  /** 2^precision registers. */
  readonly precision: number;
  /** Absent: `airlift`. */
  readonly domain?: SketchDomain | undefined;
}

/** The one form of an integer: a number where it is safe, a bigint beyond. */
export function canonicalInteger(value: bigint | number): number | bigint {
  if (typeof value === 'number') return value === 0 ? 0 : value;
  return value >= -9007199254740991n && value <= 9007199254740991n ? Number(value) : value;
}

/**
 * The order of two values of one logical type: negative, zero or positive. Strings stand by their UTF-8 bytes,
 * numbers by what they are worth (bigints included), false before true; NaN equals itself and is the greatest
 * number, -0 equals 0; NULL equals itself and is last.
 */
export function compareValues(a: Value, b: Value): number {
  if (a === b) return 0;
  if (a === null) return 1;
  if (b === null) return -1;
  if (typeof a === 'string') return compareUtf8(a, b as string);
  if (a < b) return -1;
  if (a > b) return 1;
  return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
}

/**
 * The order of two strings by their UTF-8 bytes, without encoding them: negative, zero or positive. It is the
 * order of code points; a surrogate without its partner, which UTF-8 cannot hold, stands among the characters
 * beyond the basic plane.
 */
export function compareUtf8(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return codePointRank(x) - codePointRank(y);
  }
  return a.length - b.length;
}

/** UTF-16 puts surrogates before U+E000 to U+FFFF, though they stand for greater code points. */
function codePointRank(unit: number): number {
  return unit >= 0xd800 && unit < 0xe000 ? unit + 0x10000 : unit;
}

/** How numbers stand in an answer: as strings of digits (Cube's manner), or as JavaScript numbers. */
export type NumberForm = 'string' | 'native';

/**
 * The value as it stands in the rows of an answer. Strings, booleans and NULL stay; a time is
 * `YYYY-MM-DDTHH:mm:ss.SSS`. A number is its decimal digits without an exponent and without trailing zeros, or
 * `NaN`, `Infinity`, `-Infinity`. `native`: a JavaScript number; where that would lose digits, an integer is a
 * bigint and a decimal its string.
 */
export function formatValue(value: Value, type: LogicalType, numbers: NumberForm): Value {
  return formatterOf(type, numbers)(value);
}

/** `formatValue` of many values of one type. */
export function formatterOf(type: LogicalType, numbers: NumberForm): (value: Value) => Value {
  assert(type.kind !== 'sketch', 'a sketch is finished to its estimate before it is formatted');
  const isNative = numbers === 'native';
  switch (type.kind) {
    case 'string':
    case 'boolean':
      return (value) => value;
    case 'time':
      return (value) => (value === null ? null : formatLocal(value as number));
    case 'integer':
      return isNative ? (value) => value : (value) => (value === null ? null : String(value));
    case 'decimal': {
      const { scale } = type;
      const format = isNative ? nativeDecimal : formatDecimal;
      return (value) => (value === null ? null : format(value as number | bigint, scale));
    }
    case 'double':
      // An addition of 0 turns -0 into 0.
      return isNative
        ? (value) => (value === null ? null : (value as number) + 0)
        : (value) => (value === null ? null : formatDouble(value as number));
    default:
      return unreachable(type);
  }
}

/** `unscaled` / 10^scale in digits, without trailing zeros. */
function formatDecimal(unscaled: number | bigint, scale: number): string {
  const text = String(unscaled);
  if (scale === 0) return text;
  const sign = unscaled < 0 ? '-' : '';
  const digits = text.slice(sign.length).padStart(scale + 1, '0');
  const point = digits.length - scale;
  let end = digits.length;
  while (end > point && digits.charCodeAt(end - 1) === 48) end--;
  return end === point
    ? sign + digits.slice(0, point)
    : `${sign}${digits.slice(0, point)}.${digits.slice(point, end)}`;
}

/** Those that a double holds exactly. */
const POWERS = Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`));

/** Any number of up to 15 digits comes back out of a double. */
function nativeDecimal(unscaled: number | bigint, scale: number): number | string {
  if (typeof unscaled === 'number' && scale < POWERS.length && Math.abs(unscaled) < 1e15)
    return unscaled / POWERS[scale];
  const text = formatDecimal(unscaled, scale);
  const native = Number(text);
  return formatDouble(native) === text ? native : text;
}

/** The shortest digits that read back as the same double, the exponent written out. */
function formatDouble(value: number): string {
  const text = String(value);
  const exponentAt = text.indexOf('e');
  if (exponentAt < 0) return text;
  const sign = value < 0 ? '-' : '';
  const [whole, fraction = ''] = text.slice(sign.length, exponentAt).split('.') as [string, string?];
  const exponent = Number(text.slice(exponentAt + 1));
  // JavaScript writes an exponent only beyond 10^21 and below 10^-6: all digits are on one side of the point.
  return exponent > 0
    ? sign + whole + fraction.padEnd(exponent, '0')
    : `${sign}0.${'0'.repeat(-exponent - 1)}${whole}${fraction}`;
}
