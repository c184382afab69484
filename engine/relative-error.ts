import { relativeErrorBound, stateName } from '../model/aggregates.js';
import type { LeafValue, MeasureState } from '../model/aggregates.js';
import { unreachable } from '../model/assert.js';
import type { GroupedBatch } from '../model/batch.js';
import type { Expression } from '../model/expression.js';
import type { FinishMeasure, OutputColumn } from '../model/plan.js';
import type { MemberId } from '../model/schema.js';

/**
 * What is known of a value x of which x′ is shown: |x′ − x| ≤ error × |x|, as long as every estimate in it keeps its own
 * bound. `error` is 0 for what is exact, and Infinity where there is no bound.
 */
interface Bound {
  readonly error: number;
  readonly nonNegative: boolean;
}

const EXACT: Bound = { error: 0, nonNegative: false };

/**
 * By the name that a measure has in the answer, in a view another one than its own, of those that are estimates or are
 * calculated from some: the bound, null where there is none. What only filters has its own name.
 */
export type RelativeErrors = Readonly<Record<string, number | null>>;

/**
 * How far measures may be off as a share of the true value, while each estimate in them is within three sigma of its
 * own: e for an estimate, 2e / (1 − e) for the ratio of two. A difference has no bound.
 */
export function relativeErrorsOf(
  measures: readonly FinishMeasure[],
  batch: GroupedBatch,
  output: readonly OutputColumn[],
): RelativeErrors {
  const bounds = measures.flatMap(({ measure, value }): [string, number | null][] => {
    const error =
      value.kind === 'expression'
        ? errorOfExpression(value.expression, value.leaves, batch)
        : leafBound(value, batch).error;
    if (error === 0) return [];
    const shown = output.filter((column) => column.kind === 'measure' && column.measure.id === measure.id);
    const names = shown.length === 0 ? [measure.id] : shown.map(({ name }) => name);
    return names.map((name) => [name, error === Infinity ? null : error]);
  });
  return Object.fromEntries(bounds);
}

function errorOfExpression(
  expression: Expression,
  leaves: readonly LeafValue[],
  batch: GroupedBatch,
): number {
  const bounds = new Map(leaves.map((leaf) => [measureOf(leaf), leafBound(leaf, batch)]));
  return boundOf(expression, (measure) => bounds.get(measure) ?? EXACT).error;
}

function measureOf(leaf: LeafValue): MemberId {
  return (leaf.kind === 'average' ? leaf.sum : leaf.state).measure.id;
}

function leafBound(leaf: LeafValue, batch: GroupedBatch): Bound {
  if (leaf.kind !== 'state') return EXACT;
  const { kind } = leaf.state;
  if (kind === 'sketch') {
    return { error: relativeErrorBound(precisionOf(leaf.state, batch)), nonNegative: true };
  }
  return { error: 0, nonNegative: kind === 'count' || kind === 'distinct' };
}

/** The coarsest of what was united; where the answer does not tell, that of the measure. */
function precisionOf(state: MeasureState, batch: GroupedBatch): number {
  const column = batch.columns.find(({ name }) => name === stateName(state));
  const { precision } = state.measure;
  if (column?.type.kind !== 'sketch' || column.guessed === true || column.type.precision === 0) {
    return precision;
  }
  return Math.min(column.type.precision, precision);
}

function boundOf(expression: Expression, of: (measure: MemberId) => Bound): Bound {
  switch (expression.kind) {
    case 'number':
      return { error: 0, nonNegative: expression.value >= 0 };
    case 'null':
      return { error: 0, nonNegative: true };
    case 'measure':
      return of(expression.measure);
    case 'negate':
      return { error: boundOf(expression.operand, of).error, nonNegative: false };
    case 'binary':
      return binaryBound(expression.operator, boundOf(expression.left, of), boundOf(expression.right, of));
    case 'call':
      return callBound(expression, of);
    default:
      return unreachable(expression);
  }
}

function binaryBound(
  operator: Extract<Expression, { kind: 'binary' }>['operator'],
  a: Bound,
  b: Bound,
): Bound {
  const nonNegative = a.nonNegative && b.nonNegative;
  const isExact = a.error === 0 && b.error === 0;
  switch (operator) {
    case '*':
      return { error: (1 + a.error) * (1 + b.error) - 1, nonNegative };
    case '/':
      return { error: b.error < 1 ? (1 + a.error) / (1 - b.error) - 1 : Infinity, nonNegative };
    case '+':
      // A sum of what cannot cancel is off by no more than its parts.
      return { error: isExact ? 0 : nonNegative ? Math.max(a.error, b.error) : Infinity, nonNegative };
    case '-':
      return { error: isExact ? 0 : Infinity, nonNegative: false };
    case '%':
      return { error: isExact ? 0 : Infinity, nonNegative: a.nonNegative };
    default:
      return unreachable(operator);
  }
}

function callBound(
  { name, args }: Extract<Expression, { kind: 'call' }>,
  of: (measure: MemberId) => Bound,
): Bound {
  const bounds = args.map((arg) => boundOf(arg, of));
  const [first, second = EXACT] = bounds;
  switch (name) {
    case 'abs':
      return { error: first.error, nonNegative: true };
    case 'coalesce':
      return {
        error: Math.max(...bounds.map(({ error }) => error)),
        nonNegative: bounds.every(({ nonNegative }) => nonNegative),
      };
    case 'nullif': {
      if (first.error === 0 && second.error === 0) return first;
      // What is off by less than all of itself is 0 exactly where it should be.
      const [, zero] = args;
      const isZero = zero?.kind === 'number' && zero.value === 0;
      return { ...first, error: isZero && first.error < 1 ? first.error : Infinity };
    }
    default:
      return unreachable(name);
  }
}
