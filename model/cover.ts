/** Which rows pieces of a plan answer for, so that it can be proven that none is missed and none counts twice. */
import type { TimeSpan } from './query.js';
import type { MemberId, RollupId } from './schema.js';

/**
 * Rows whose times lie in all of these spans, one for each dimension. A dimension that is absent may have any time or
 * none: a box without sides is every row.
 */
export type Box = readonly BoxSide[];

export const ALL_ROWS: readonly Box[] = [[]];

export interface BoxSide {
  readonly dimension: MemberId;
  readonly span: TimeSpan;
}

/**
 * The boxes of the parts are disjoint, and together they are the asked box; `planner/prove-cover.ts` makes no other.
 * A query has one cover, or one for each group of measures that is answered for itself.
 */
export interface Cover {
  readonly asked: Box;
  /** The columns of the states that all parts have. */
  readonly states: readonly string[];
  readonly parts: readonly CoverPart[];
}

export interface CoverPart {
  /** Null: the source. */
  readonly from: RollupId | null;
  readonly boxes: readonly Box[];
}

/** Why a plan must not be run: the policy allows rollups alone, and they do not hold all. */
export interface Refusal {
  readonly uncovered: readonly Uncovered[];
  /** The first thing that speaks against each rollup, in the order of trial. */
  readonly reasons: readonly { readonly rollup: RollupId; readonly message: string }[];
}

/** Rows that no rollup holds for some states. */
export interface Uncovered {
  readonly boxes: readonly Box[];
  readonly measures: readonly MemberId[];
}
