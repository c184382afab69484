/** From measures to the states that have to be computed, stored or merged for them. */
import { assert } from '../model/assert.js';
import type { DataModel, Measure, MemberId } from '../model/schema.js';
import { parseExpression } from '../model/parse-expression.js';
import type { Expression } from '../model/expression.js';
import type { MeasureState } from '../model/aggregates.js';
import { leafValue, stateKind, stateName, stateOf, statesOfLeaf } from '../model/aggregates.js';
import type { FinishMeasure } from '../model/plan.js';
import { lookUp } from './find-member.js';

export function measureOf(model: DataModel, id: MemberId): Measure {
  const found = lookUp(model, id);
  assert(found?.kind === 'measure', 'the id of a measure');
  return found.measure;
}

/**
 * How a measure is finished: from its own state, or by real arithmetic over the states of its leaves. A
 * calculated measure whose SQL is more than arithmetic is a `raw` state, which only the source can compute.
 */
export function finishMeasure(model: DataModel, measure: Measure): FinishMeasure {
  const leaves = leafIds(model, measure).map((id) => leafValue(measureOf(model, id)));
  const expression = leaves.length === 0 ? null : expand(model, measure);
  if (expression === null) return { measure, value: leafValue(measure) };
  return { measure, value: { kind: 'expression', expression, leaves } };
}

/** Leaf measures that a calculated measure refers to, directly or not, in order; empty for a leaf. */
export function leafIds(model: DataModel, measure: Measure): readonly MemberId[] {
  if (measure.type !== 'number') return [];
  const leaves: MemberId[] = [];
  const seen = new Set<MemberId>();
  const visit = (id: MemberId): void => {
    // A measure that is met by many ways is followed once.
    if (seen.has(id)) return;
    seen.add(id);
    const inner = measureOf(model, id);
    if (isLeaf(model, inner)) leaves.push(id);
    else referredMeasures(model, inner).forEach(visit);
  };
  referredMeasures(model, measure).forEach(visit);
  return leaves;
}

function isLeaf(model: DataModel, measure: Measure): boolean {
  return measure.type !== 'number' || referredMeasures(model, measure).length === 0;
}

/** What one aggregate of the source gives: the value of an `avg` too. */
export function sourceState(measure: Measure): MeasureState {
  return stateOf(measure, stateKind(measure.type));
}

/** The states of all measures, each once. */
export function statesOf(finish: readonly FinishMeasure[]): MeasureState[] {
  const states = new Map<string, MeasureState>();
  for (const { value } of finish) {
    const leaves = value.kind === 'expression' ? value.leaves : [value];
    for (const state of leaves.flatMap(statesOfLeaf)) states.set(stateName(state), state);
  }
  return [...states.values()];
}

/** Whether values of the measure are true and false, with which no arithmetic reckons. */
export function isTruth({ type }: Measure): boolean {
  return type === 'bool_and' || type === 'bool_or';
}

function referredMeasures(model: DataModel, measure: Measure): MemberId[] {
  const ids: MemberId[] = [];
  for (const part of measure.sql?.parts ?? []) {
    if (part.kind === 'member' && isMeasure(model, part.member)) ids.push(part.member);
  }
  return ids;
}

export function isMeasure(model: DataModel, id: MemberId): boolean {
  return lookUp(model, id)?.kind === 'measure';
}

/** The measure's arithmetic with calculated measures replaced by theirs, so that only leaves remain. */
function expand(model: DataModel, measure: Measure): Expression | null {
  const expression = measure.sql === null ? null : parseExpression(measure.sql.parts);
  return expression === null ? null : substitute(model, expression);
}

function substitute(model: DataModel, expression: Expression): Expression | null {
  switch (expression.kind) {
    case 'number':
    case 'null':
      return expression;
    case 'measure': {
      if (!isMeasure(model, expression.measure)) return null;
      const measure = measureOf(model, expression.measure);
      if (!isLeaf(model, measure)) return expand(model, measure);
      return isTruth(measure) ? null : expression;
    }
    case 'negate': {
      const operand = substitute(model, expression.operand);
      return operand === null ? null : { ...expression, operand };
    }
    case 'binary': {
      const left = substitute(model, expression.left);
      const right = substitute(model, expression.right);
      return left === null || right === null ? null : { ...expression, left, right };
    }
    case 'call': {
      const args = expression.args.map((arg) => substitute(model, arg));
      return args.includes(null) ? null : { ...expression, args: args as Expression[] };
    }
  }
}
