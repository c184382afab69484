/**
 * What a filter means. A filter is a tree of tests; a test looks at one member and is true or false for every
 * value, NULL included, so that trees need no third truth value.
 */
import { assert, unreachable } from './assert.js';
import { LIMITS } from './limits.js';
import { lowerCase } from './lower-case.js';
import type { MemberId } from './schema.js';
import { canonicalInteger, compareValues, type LogicalType, type Value } from './value.js';

export type Filter =
  | { readonly kind: 'and'; readonly filters: readonly Filter[] }
  | { readonly kind: 'or'; readonly filters: readonly Filter[] }
  | { readonly kind: 'test'; readonly member: MemberId; readonly test: Test };

export type Test =
  /** The value is one of `values`, or NULL and `orNull`. `negated` turns the answer round. */
  | {
      readonly kind: 'oneOf';
      readonly values: readonly Literal[];
      readonly orNull: boolean;
      readonly negated: boolean;
    }
  /**
   * The text contains, starts or ends with one of `needles`, whatever their case. `negated`: with none of them;
   * NULL then passes.
   */
  | {
      readonly kind: 'text';
      readonly match: 'contains' | 'startsWith' | 'endsWith';
      readonly needles: readonly string[];
      readonly negated: boolean;
    }
  | {
      readonly kind: 'compare';
      readonly operator: '<' | '<=' | '>' | '>=';
      readonly value: Literal;
    }
  | { readonly kind: 'isNull'; readonly negated: boolean }
  /** A time in the half-open range; null: unbounded. `negated`: outside of it; NULL never passes. */
  | {
      readonly kind: 'timeRange';
      readonly from: number | null;
      readonly to: number | null; // exclusive
      readonly negated: boolean;
    };

/** A constant of a query, parsed by the type of the member that it is compared with. */
export type Literal =
  | { readonly kind: 'string'; readonly value: string }
  /** Exactly digits / 10^scale. */
  | { readonly kind: 'number'; readonly digits: bigint; readonly scale: number }
  | { readonly kind: 'boolean'; readonly value: boolean }
  /** Milliseconds since the epoch, UTC. */
  | { readonly kind: 'time'; readonly value: number };

/** The members that a filter looks at, in the order of their first test. */
export function filterMembers(filter: Filter): ReadonlySet<MemberId> {
  const members = new Set<MemberId>();
  const visit = (inner: Filter): void => {
    if (inner.kind === 'test') members.add(inner.member);
    else inner.filters.forEach(visit);
  };
  visit(filter);
  return members;
}

/** The filter that holds where all of these hold, flat. Null stands for no filter, on both sides. */
export function andFilters(...filters: readonly (Filter | null)[]): Filter | null {
  const flat = filters.flatMap((filter) =>
    filter === null ? [] : filter.kind === 'and' ? filter.filters : [filter],
  );
  return flat.length > 1 ? { kind: 'and', filters: flat } : (flat[0] ?? null);
}

/** Whether a test can be asked of a column: what a planner checks before it compiles the test. */
export function testFits(test: Test, type: LogicalType): boolean {
  switch (test.kind) {
    case 'oneOf':
      return test.values.every((value) => literalFits(value, type));
    case 'text':
      return type.kind === 'string';
    case 'compare':
      return literalFits(test.value, type);
    case 'isNull':
      return true;
    case 'timeRange':
      return type.kind === 'time';
    default:
      return unreachable(test);
  }
}

/** Whether a literal and the values of a column can be equal or ordered at all. */
export function literalFits(literal: Literal, type: LogicalType): boolean {
  if (literal.kind === 'number') {
    return type.kind === 'integer' || type.kind === 'decimal' || type.kind === 'double';
  }
  return literal.kind === type.kind;
}

/**
 * The test as a function of the column's values; compile it once for a column. Numbers compare as what they are
 * worth, except that a double compares with the double nearest to the literal. `testFits` holds.
 */
export function compileTest(test: Test, type: LogicalType): (value: Value) => boolean {
  assert(testFits(test, type), `a ${test.kind} test fits a column of type ${type.kind}`);
  switch (test.kind) {
    case 'oneOf':
      return compileOneOf(test, type);
    case 'text':
      return compileText(test);
    case 'compare':
      return compileCompare(test, type);
    case 'isNull':
      return test.negated ? (value) => value !== null : (value) => value === null;
    case 'timeRange':
      return compileTimeRange(test);
    default:
      return unreachable(test);
  }
}

type TestOf<Kind extends Test['kind']> = Extract<Test, { readonly kind: Kind }>;

function compileOneOf(test: TestOf<'oneOf'>, type: LogicalType): (value: Value) => boolean {
  const { orNull, negated } = test;
  // Sets hold NaN equal to itself, 0 equal to -0 and bigints equal by value, as `compareValues` does.
  const members = new Set<Value>();
  for (const literal of test.values) {
    const value = literalValue(literal, type);
    if (value !== null) members.add(value);
  }
  if (members.size === 1 && !orNull && !negated) {
    const [only] = members;
    return (value) => value === only;
  }
  if (orNull) members.add(null);
  return negated ? (value) => !members.has(value) : (value) => members.has(value);
}

function compileText(test: TestOf<'text'>): (value: Value) => boolean {
  const { negated } = test;
  const needles = test.needles.map(lowerCase);
  const has = textMatchers[test.match];
  return (value) => {
    if (value === null) return negated;
    const text = lowerCase(value as string);
    return needles.some((needle) => has(text, needle)) !== negated;
  };
}

const textMatchers = {
  contains: (text: string, needle: string) => text.includes(needle),
  startsWith: (text: string, needle: string) => text.startsWith(needle),
  endsWith: (text: string, needle: string) => text.endsWith(needle),
};

function compileCompare(test: TestOf<'compare'>, type: LogicalType): (value: Value) => boolean {
  // Between two neighbouring values of the column every threshold splits it alike: the values at or below the
  // literal are those at or below `floor`, the values below it those below `ceiling`.
  const { floor, ceiling } = literalNeighbours(test.value, type);
  switch (test.operator) {
    case '<':
      return (value) => value !== null && compareValues(value, ceiling) < 0;
    case '<=':
      return (value) => value !== null && compareValues(value, floor) <= 0;
    case '>':
      return (value) => value !== null && compareValues(value, floor) > 0;
    case '>=':
      return (value) => value !== null && compareValues(value, ceiling) >= 0;
    default:
      return unreachable(test.operator);
  }
}

function compileTimeRange(test: TestOf<'timeRange'>): (value: Value) => boolean {
  const from = test.from ?? -Infinity;
  const to = test.to ?? Infinity;
  const { negated } = test;
  return (value) => value !== null && ((value as number) >= from && (value as number) < to) !== negated;
}

/** The value of a column that equals a literal; null when no value of its type does. */
export function literalValue(literal: Literal, type: LogicalType): Exclude<Value, null> | null {
  const { floor, ceiling } = literalNeighbours(literal, type);
  return floor === ceiling ? floor : null;
}

interface Neighbours {
  /** The greatest value of the type that is not above the literal. */
  readonly floor: Exclude<Value, null>;
  /** The least value of the type that is not below the literal. */
  readonly ceiling: Exclude<Value, null>;
}

function literalNeighbours(literal: Literal, type: LogicalType): Neighbours {
  if (literal.kind !== 'number') return { floor: literal.value, ceiling: literal.value };
  const { digits, scale } = literal;
  if (type.kind === 'double') {
    const nearest = Number(`${digits}e-${scale}`);
    return { floor: nearest, ceiling: nearest };
  }
  const shift = (type.kind === 'decimal' ? type.scale : 0) - scale;
  if (shift >= 0) {
    const exact = canonicalInteger(digits * 10n ** BigInt(shift));
    return { floor: exact, ceiling: exact };
  }
  const unit = 10n ** BigInt(-shift);
  const rest = digits % unit;
  const truncated = digits / unit;
  return {
    floor: canonicalInteger(rest < 0n ? truncated - 1n : truncated),
    ceiling: canonicalInteger(rest > 0n ? truncated + 1n : truncated),
  };
}

/**
 * Reads a decimal number such as `-1.50`, `+5`, `.5` or `1e3` as exactly digits / 10^scale, with the smallest scale
 * from 0 on. Null for anything else, for numbers beyond the greatest double and for more digits than the limit.
 */
export function parseNumberLiteral(text: string): { readonly digits: bigint; readonly scale: number } | null {
  if (text.length > LIMITS.numberDigitsMax) return null;
  const match = /^([+-]?)(?:(\d+)\.?(\d*)|\.(\d+))(?:[eE]([+-]?\d+))?$/.exec(text);
  if (match === null || !Number.isFinite(Number(text))) return null;
  const [, sign, whole = '', afterWhole = '', alone = '', exponent = '0'] = match;
  const fraction = (afterWhole + alone).replace(/0+$/, '');
  const magnitude = BigInt(whole + fraction);
  if (magnitude === 0n) return { digits: 0n, scale: 0 };
  const scale = fraction.length - Number(exponent);
  if (Math.abs(scale) > LIMITS.numberDigitsMax) return null;
  const digits = sign === '-' ? -magnitude : magnitude;
  return scale >= 0 ? { digits, scale } : { digits: digits * 10n ** BigInt(-scale), scale: 0 };
}
