/**
 * Whether a rollup can answer a query. Every check gives its reasons; a rollup matches when there is none.
 * Execution and `explain` call this same function.
 */
import type { RollupMeta } from '../model/catalog.js';
import type { Candidate, FinishMeasure, JoinTree, Reason } from '../model/plan.js';
import type { Query } from '../model/query.js';
import type { DataModel, PreAggregation } from '../model/schema.js';
import { matchBuilt } from './match-built.js';
import { matchDimensions } from './match-dimensions.js';
import { matchFilterParams } from './match-filter-params.js';
import { matchJoins } from './match-joins.js';
import { matchLocalTimes } from './match-local-times.js';
import { matchMeasures } from './match-measures.js';
import { matchTimes } from './match-times.js';
import type { RollupShape } from './rollup-shape.js';
import { storedQuery } from './stored-query.js';

/** A query with what every check needs to know about it. */
export interface QueryShape {
  readonly query: Query;
  readonly tree: JoinTree;
  readonly multiplied: ReadonlySet<string>;
  readonly dataSource: string;
  /** Of the measures asked for and of those that only filter. */
  readonly finish: readonly FinishMeasure[];
}

export interface RollupCandidate {
  readonly preAggregation: PreAggregation;
  /** Null: not a plain rollup. */
  readonly shape: RollupShape | null;
  /** Hash of `shape.definition`. */
  readonly definition: string;
  /** What is published; null: nothing. */
  readonly meta: RollupMeta | null;
}

export function matchRollup(model: DataModel, query: QueryShape, candidate: RollupCandidate): Candidate {
  const { preAggregation, shape } = candidate;
  const { id, type } = preAggregation;
  if (shape === null) {
    return { id, type, matched: false, reasons: [typeNotExecutable(preAggregation)] };
  }
  const stored = { ...query, query: storedQuery(model, query.query, shape) };
  const reasons = [
    ...matchJoins(query, shape),
    ...matchMeasures(model, stored, shape),
    ...matchDimensions(model, stored, shape),
    ...matchTimes(stored, shape, candidate.meta),
    ...matchFilterParams(model, query, shape),
    ...matchLocalTimes(model, query, shape),
    ...matchBuilt(stored, candidate, shape),
  ];
  return { id, type, matched: reasons.length === 0, reasons };
}

function typeNotExecutable(preAggregation: PreAggregation): Reason {
  return {
    code: 'type_not_executable',
    message: `${preAggregation.id} is of type ${preAggregation.type}, which is understood but not executed yet.`,
  };
}
