/**
 * Arithmetic of calculated measures, evaluated after the merge: real arithmetic in doubles, NULL in gives NULL
 * out, a division by zero gives NULL.
 */
import { unreachable } from './assert.js';
import type { MemberId } from './schema.js';
import { compareValues } from './value.js';

export type Expression =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'null' }
  | { readonly kind: 'measure'; readonly measure: MemberId }
  | { readonly kind: 'negate'; readonly operand: Expression }
  | {
      readonly kind: 'binary';
      readonly operator: '+' | '-' | '*' | '/' | '%';
      readonly left: Expression;
      readonly right: Expression;
    }
  | {
      readonly kind: 'call';
      readonly name: 'nullif' | 'coalesce' | 'abs';
      readonly args: readonly Expression[];
    };

/** The measures that an expression refers to, in the order of their first use. */
export function expressionMeasures(expression: Expression): ReadonlySet<MemberId> {
  switch (expression.kind) {
    case 'number':
    case 'null':
      return new Set();
    case 'measure':
      return new Set([expression.measure]);
    case 'negate':
      return expressionMeasures(expression.operand);
    case 'binary':
      return new Set([...expressionMeasures(expression.left), ...expressionMeasures(expression.right)]);
    case 'call':
      return new Set(expression.args.flatMap((arg) => [...expressionMeasures(arg)]));
    default:
      return unreachable(expression);
  }
}

/** The value of an expression over the finished values of its measures; null is NULL. */
export function evaluateExpression(
  expression: Expression,
  valueOf: (measure: MemberId) => number | null,
): number | null {
  switch (expression.kind) {
    case 'number':
      return expression.value;
    case 'null':
      return null;
    case 'measure':
      return valueOf(expression.measure);
    case 'negate': {
      const value = evaluateExpression(expression.operand, valueOf);
      return value === null ? null : -value;
    }
    case 'binary': {
      const left = evaluateExpression(expression.left, valueOf);
      if (left === null) return null;
      const right = evaluateExpression(expression.right, valueOf);
      return right === null ? null : calculate(expression.operator, left, right);
    }
    case 'call':
      return call(
        expression.name,
        expression.args.map((arg) => evaluateExpression(arg, valueOf)),
      );
    default:
      return unreachable(expression);
  }
}

type Binary = Extract<Expression, { kind: 'binary' }>;
type Call = Extract<Expression, { kind: 'call' }>;

function calculate(operator: Binary['operator'], left: number, right: number): number | null {
  switch (operator) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      return right === 0 ? null : left / right;
    case '%':
      // The sign of the dividend, as in SQL.
      return right === 0 ? null : left % right;
    default:
      return unreachable(operator);
  }
}

function call(name: Call['name'], args: readonly (number | null)[]): number | null {
  const first = args[0] ?? null;
  switch (name) {
    case 'abs':
      return first === null ? null : Math.abs(first);
    case 'coalesce':
      return args.find((arg) => arg !== null) ?? null;
    case 'nullif': {
      const second = args[1] ?? null;
      return first !== null && second !== null && compareValues(first, second) === 0 ? null : first;
    }
    default:
      return unreachable(name);
  }
}
