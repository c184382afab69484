/** What an answer states of its estimates: no less than they can be off, calculated measures included. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { relativeErrorsOf } from '../../dist/engine/relative-error.js';
import { leafValue, relativeErrorBound } from '../../dist/model/aggregates.js';
import { evaluateExpression, type Expression } from '../../dist/model/expression.js';
import type { FinishMeasure } from '../../dist/model/plan.js';
import type { Measure } from '../../dist/model/schema.js';

const runs = process.env['GRANARY_LONG'] ? 100_000 : 5000;

function measure(name: string, type: Measure['type'], precision = 12): Measure {
  return { id: `o.${name}`, type, precision } as Measure;
}

const ESTIMATES = [measure('a', 'count_distinct_approx', 10), measure('b', 'count_distinct_approx', 14)];
const EXACT = [measure('n', 'count'), measure('s', 'sum')];
const LEAVES = [...ESTIMATES, ...EXACT].map(leafValue);

const [a, b, n, s] = ['o.a', 'o.b', 'o.n', 'o.s'].map((id): Expression => ({ kind: 'measure', measure: id }));
const number = (value: number): Expression => ({ kind: 'number', value });
const binary = (left: Expression, operator: '+' | '-' | '*' | '/' | '%', right: Expression): Expression => ({
  kind: 'binary',
  operator,
  left,
  right,
});
const call = (name: 'nullif' | 'coalesce' | 'abs', ...args: Expression[]): Expression => ({
  kind: 'call',
  name,
  args,
});

function boundOf(expression: Expression): number | null | undefined {
  const finished = {
    measure: measure('x', 'number'),
    value: { kind: 'expression', expression, leaves: LEAVES },
  } as unknown as FinishMeasure;
  return relativeErrorsOf([finished], { rows: 0, columns: [] }, [])['o.x'];
}

const [ea, eb] = [relativeErrorBound(10), relativeErrorBound(14)];

describe('by hand', () => {
  test.each<[string, Expression, number | null | undefined]>([
    ['an estimate', a, ea],
    ['a share of a count', binary(a, '/', n), ea],
    ['a count for each', binary(n, '/', a), 1 / (1 - ea) - 1],
    ['a ratio of two', binary(a, '/', b), (1 + ea) / (1 - eb) - 1],
    ['a ratio of two, guarded', binary(a, '/', call('nullif', b, number(0))), (1 + ea) / (1 - eb) - 1],
    ['a product', binary(a, '*', b), (1 + ea) * (1 + eb) - 1],
    ['a per cent', binary(number(100), '*', binary(a, '/', n)), ea],
    ['a sum of counts', binary(a, '+', b), ea],
    ['a difference', binary(a, '-', b), null],
    ['with what may be negative', binary(a, '+', s), null],
    ['less its negative', binary(a, '+', { kind: 'negate', operand: b }), null],
    ['a remainder', binary(a, '%', n), null],
    ['NULL at a number that an estimate can hit', call('nullif', a, number(5)), null],
    ['of counts alone', binary(n, '/', s), undefined],
  ])('%s', (_, expression, expected) => {
    const found = boundOf(expression);
    if (typeof expected === 'number') expect(found).toBeCloseTo(expected, 12);
    else expect(found).toBe(expected);
  });

  test('the coarsest of what was united is the bound', () => {
    const finished = { measure: ESTIMATES[1], value: leafValue(ESTIMATES[1]) } as FinishMeasure;
    const of = (precision: number, guess: { guessed?: true } = {}) => {
      const column = { name: 'o__b', type: { kind: 'sketch', precision }, values: [], ...guess } as const;
      return relativeErrorsOf([finished], { rows: 0, columns: [column] }, [])['o.b'];
    };
    expect(of(14)).toBe(eb);
    expect(of(11)).toBe(relativeErrorBound(11));
    // Of the source, which does not tell; of nothing.
    expect(of(0)).toBe(eb);
    expect(of(12, { guessed: true })).toBe(eb);
  });
});

/** Sums of what may have another sign have no bound; the generator makes both kinds. */
const expressions: fc.Arbitrary<Expression> = fc.letrec<{ any: Expression }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.constantFrom(a, b, n, s, number(0), number(3), number(-0.5)),
    fc
      .tuple(tie('any'), fc.constantFrom('+' as const, '-', '*', '/', '%'), tie('any'))
      .map(([left, operator, right]) => binary(left, operator, right)),
    tie('any').map((operand): Expression => ({ kind: 'negate', operand })),
    tie('any').map((operand) => call('abs', operand)),
    tie('any').map((operand) => call('nullif', operand, number(0))),
    fc.tuple(tie('any'), tie('any')).map(([one, other]) => call('coalesce', one, other)),
  ),
})).any;

test('while every estimate keeps its bound, so does what is calculated from them', () => {
  const truths = fc.record({
    'o.a': fc.integer({ min: 0, max: 1e6 }),
    'o.b': fc.integer({ min: 0, max: 1e6 }),
    'o.n': fc.integer({ min: 0, max: 1e6 }),
    s: fc.integer({ min: -1e6, max: 1e6 }),
  });
  const share = fc.constantFrom(-1, 1, 0, 0.5, -0.3);
  let bounded = 0;
  fc.assert(
    fc.property(expressions, truths, share, share, (expression, truth, da, db) => {
      const bound = boundOf(expression);
      if (bound === null) return;
      const exact: Record<string, number> = { ...truth, 'o.s': truth.s };
      const shown: Record<string, number> = {
        ...exact,
        'o.a': truth['o.a'] * (1 + da * ea),
        'o.b': truth['o.b'] * (1 + db * eb),
      };
      const x = evaluateExpression(expression, (id) => exact[id]);
      const y = evaluateExpression(expression, (id) => shown[id]);
      if (x === null || y === null) {
        expect(y).toBe(x);
        return;
      }
      if (!Number.isFinite(x) || !Number.isFinite(y)) return;
      bounded++;
      expect(Math.abs(y - x)).toBeLessThanOrEqual((bound ?? 0) * Math.abs(x) * (1 + 1e-9) + 1e-300);
    }),
    { numRuns: runs },
  );
  expect(bounded).toBeGreaterThan(runs / 5);
});
