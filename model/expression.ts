/**
 * Arithmetic of calculated measures, evaluated after the merge: real arithmetic in doubles, NULL in gives NULL
 * out, a division by zero gives NULL.
 */
import type { MemberId } from './schema.js';

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
  | { readonly kind: 'call'; readonly name: 'nullif' | 'coalesce' | 'abs'; readonly args: readonly Expression[] };
