/** SQL of a model with its references cut out: what the loader reads and the planner renders. */
import type { Position } from './errors.js';
import type { Grain, JoinPath, MemberId } from './schema.js';

/** SQL text with its references cut out, in order. */
export interface SqlTemplate {
  readonly parts: readonly SqlPart[];
  readonly position: Position;
}

/** `path`: where the reference says how its cube is to be reached, as in `{orders.customers.city}`. */
export type SqlPart =
  | { readonly kind: 'text'; readonly text: string }
  /** `{CUBE}` or `{orders}`: the alias of a cube's table. */
  | { readonly kind: 'cube'; readonly cube: string; readonly path?: JoinPath }
  /** `{CUBE.amount}` or `{orders.amount}`: another member. */
  | { readonly kind: 'member'; readonly member: MemberId; readonly path?: JoinPath }
  /** `{CUBE.created_at.month}`: the start of the bucket, on the clock of the query's time zone. */
  | {
      readonly kind: 'bucket';
      readonly member: MemberId;
      readonly granularity: Grain;
      readonly path?: JoinPath;
    }
  /** `{orders.sql()}`: what the rows of a cube are read from. */
  | { readonly kind: 'table'; readonly cube: string }
  /** A value of the context or the label of a case: always a parameter. */
  | { readonly kind: 'value'; readonly value: string | number | boolean }
  /** `{SQL_UTILS.convertTz(…)}`: a time in UTC on the clock of the query's time zone. */
  | { readonly kind: 'local'; readonly parts: readonly SqlPart[] }
  /** FILTER_PARAMS, or several in a FILTER_GROUP: the query's filters on these members, else `1 = 1`. */
  | { readonly kind: 'filter'; readonly params: readonly FilterParam[] }
  /** Within the function of a filter: value number `index` of the query's filter. */
  | { readonly kind: 'argument'; readonly index: number };

/** Where the filters on a dimension go: to a column, or as values into a condition. */
export interface FilterParam {
  readonly member: MemberId;
  /** How many values the condition takes; null: `parts` is a column, which is compared. */
  readonly values: number | null;
  readonly parts: readonly SqlPart[];
}
