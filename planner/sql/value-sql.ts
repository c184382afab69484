/** Values that the text of the model's SQL takes: always parameters, with a type, which a source may not guess. */
import { unreachable } from '../../model/assert.js';
import type { Literal } from '../../model/filter.js';
import type { LogicalType } from '../../model/value.js';
import { parameter, stringParameter, timeParameter } from './sql-tree.js';
import type { SqlExpression } from './sql-tree.js';

/** A value of the context, or the label of a case. */
export function contextValueSql(value: string | number | boolean): SqlExpression {
  switch (typeof value) {
    case 'string':
      return { kind: 'cast', operand: stringParameter(value), type: 'string' };
    case 'boolean':
      return { kind: 'cast', operand: parameter({ type: 'boolean', value }), type: 'boolean' };
    default:
      return numberSql(String(value), { kind: Number.isSafeInteger(value) ? 'integer' : 'double' });
  }
}

/** A value of the query's filter. */
export function literalSql(literal: Literal): SqlExpression {
  switch (literal.kind) {
    case 'string':
      return stringParameter(literal.value);
    case 'boolean':
      return parameter({ type: 'boolean', value: literal.value });
    case 'time':
      return timeParameter(literal.value);
    case 'number': {
      const { digits, scale } = literal;
      const isShort = scale <= 18 && digits < DIGITS_END && digits > -DIGITS_END;
      return numberSql(`${digits}e${-scale}`, isShort ? { kind: 'decimal', scale } : { kind: 'double' });
    }
    default:
      return unreachable(literal);
  }
}

/** Beyond what a decimal of 38 digits holds. */
const DIGITS_END = 10n ** 38n;

function numberSql(text: string, type: LogicalType): SqlExpression {
  return { kind: 'number', text: stringParameter(text), type };
}
