import fc from 'fast-check';
import { type Literal, type Test, testFits } from '../../dist/model/filter.js';
import type { LogicalType } from '../../dist/model/value.js';

/** What the tests are made of: constants to compare with, ends of time ranges, texts to look for. */
export interface Constants {
  readonly literal: fc.Arbitrary<Literal>;
  readonly time: fc.Arbitrary<number>;
  readonly needle: fc.Arbitrary<string>;
}

/** Tests of every kind. */
export function anyTest({ literal, time, needle }: Constants): fc.Arbitrary<Test> {
  return fc.oneof(
    fc.record({
      kind: fc.constant('oneOf' as const),
      values: fc.array(literal, { maxLength: 4 }),
      orNull: fc.boolean(),
      negated: fc.boolean(),
    }),
    fc.record({
      kind: fc.constant('compare' as const),
      operator: fc.constantFrom('<' as const, '<=' as const, '>' as const, '>=' as const),
      value: literal,
    }),
    fc.record({ kind: fc.constant('isNull' as const), negated: fc.boolean() }),
    fc.record({
      kind: fc.constant('text' as const),
      match: fc.constantFrom('contains' as const, 'startsWith' as const, 'endsWith' as const),
      needles: fc.array(needle, { maxLength: 3 }),
      negated: fc.boolean(),
    }),
    fc.record({
      kind: fc.constant('timeRange' as const),
      from: fc.option(time),
      to: fc.option(time),
      negated: fc.boolean(),
    }),
  );
}

/** Tests that can be asked of a column of a type. */
export function anyTestOf(type: LogicalType, constants: Constants): fc.Arbitrary<Test> {
  return anyTest(constants).filter((test) => testFits(test, type));
}
