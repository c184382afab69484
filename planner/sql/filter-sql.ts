/** Filters as SQL conditions that are true for exactly the values that `compileTest` lets pass. */
import { unreachable } from '../../model/assert.js';
import { StoreError } from '../../model/errors.js';
import { literalFits } from '../../model/filter.js';
import { lowerCase } from '../../model/lower-case.js';
import type { Filter, Literal, Test } from '../../model/filter.js';
import type { MemberId } from '../../model/schema.js';
import type { LogicalType } from '../../model/value.js';
import { parameter, stringParameter, timeParameter } from './sql-tree.js';
import type { SqlExpression, SqlOperator } from './sql-tree.js';

/** A row-level expression and its type in the source. */
export interface TypedSql {
  readonly sql: SqlExpression;
  readonly type: LogicalType;
}

export function filterSql(filter: Filter, expressionOf: (member: MemberId) => TypedSql): SqlExpression {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return {
        kind: filter.kind,
        operands: filter.filters.map((inner) => filterSql(inner, expressionOf)),
      };
    case 'test':
      return testSql(filter.test, expressionOf(filter.member), filter.member);
    default:
      return unreachable(filter);
  }
}

function testSql(test: Test, value: TypedSql, member: MemberId): SqlExpression {
  const { sql } = value;
  switch (test.kind) {
    case 'isNull':
      return { kind: 'isNull', operand: sql, negated: test.negated };
    case 'oneOf': {
      const hit = anyOf(test.values.map((literal) => compareSql('=', value, literal, member)));
      if (!test.negated) return test.orNull ? anyOf([hit, isNull(sql)]) : hit;
      const miss: SqlExpression = { kind: 'not', operand: hit };
      return test.orNull ? { kind: 'and', operands: [miss, isNotNull(sql)] } : anyOf([miss, isNull(sql)]);
    }
    case 'text': {
      const hit = anyOf(
        test.needles.map((needle) => ({
          kind: 'match',
          match: test.match,
          operand: sql,
          needle: stringParameter(lowerCase(needle)),
        })),
      );
      return test.negated ? anyOf([{ kind: 'not', operand: hit }, isNull(sql)]) : hit;
    }
    case 'compare':
      return compareSql(test.operator, value, test.value, member);
    case 'timeRange': {
      const inside = betweenSql(sql, test.from, test.to);
      return test.negated ? { kind: 'not', operand: inside } : inside;
    }
    default:
      return unreachable(test);
  }
}

/**
 * A time that is not NULL in the half-open range; null: unbounded.
 * @param to exclusive
 */
function betweenSql(time: SqlExpression, from: number | null, to: number | null): SqlExpression {
  const operands: SqlExpression[] = [];
  if (from !== null)
    operands.push({ kind: 'compare', operator: '>=', left: time, right: timeParameter(from) });
  if (to !== null) operands.push({ kind: 'compare', operator: '<', left: time, right: timeParameter(to) });
  return operands.length === 0 ? isNotNull(time) : { kind: 'and', operands };
}

function isNull(operand: SqlExpression): SqlExpression {
  return { kind: 'isNull', operand, negated: false };
}

export function isNotNull(operand: SqlExpression): SqlExpression {
  return { kind: 'isNull', operand, negated: true };
}

function anyOf(operands: readonly SqlExpression[]): SqlExpression {
  return { kind: 'or', operands };
}

function compareSql(
  operator: SqlOperator,
  value: TypedSql,
  literal: Literal,
  member: MemberId,
): SqlExpression {
  const { sql, type } = value;
  requireFit(type, literal, member);
  switch (literal.kind) {
    case 'number': {
      const { digits, scale } = literal;
      return { kind: 'compareNumber', operator, operand: sql, type, digits, scale };
    }
    case 'time': {
      // Times are compared by the millisecond, as they are printed.
      const left: SqlExpression = { kind: 'bucket', time: sql, granularity: null };
      return { kind: 'compare', operator, left, right: timeParameter(literal.value) };
    }
    case 'string':
      return { kind: 'compare', operator, left: sql, right: stringParameter(literal.value) };
    case 'boolean': {
      const right = parameter({ type: 'boolean', value: literal.value });
      return { kind: 'compare', operator, left: sql, right };
    }
    default:
      return unreachable(literal);
  }
}

function requireFit(type: LogicalType, literal: Literal, member: MemberId): void {
  if (literalFits(literal, type)) return;
  throw new StoreError(
    'query_invalid',
    `${member} holds values of type ${type.kind} in the source; it cannot be compared with a ${literal.kind}.`,
    { next: `Correct the type of ${member} in the model.` },
  );
}
