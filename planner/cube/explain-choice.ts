/** What Cube would choose, why, and how the plan that runs differs from it. */
import type { Candidate, QueryPlan } from '../../model/plan.js';
import type { DataModel, RollupId } from '../../model/schema.js';
import type { CubeCondition, CubeStep } from './can-use.js';
import { cubeChoice } from './cube-choice.js';
import type { CubeOptions } from './cube-choice.js';
import { filtersOf } from './rollup-turns.js';

export interface ExplainedChoice {
  /** The rollup that Cube would answer from; null: the source. */
  readonly selected: RollupId | null;
  /** What Cube looks at, in its order; it takes the first that it can use. */
  readonly candidates: readonly ExplainedCandidate[];
  /** Why the plan reads something else than `selected`; null where it reads that. */
  readonly deviation: string | null;
}

interface ExplainedCandidate {
  readonly id: RollupId;
  readonly canUse: boolean;
  readonly trace: readonly ExplainedStep[];
}

interface ExplainedStep extends CubeStep {
  readonly message: string;
}

/** @param candidates our own verdicts on all rollups */
export function explainChoice(
  model: DataModel,
  plan: QueryPlan,
  input: unknown,
  candidates: readonly Candidate[],
  options: CubeOptions,
  now: number,
): ExplainedChoice {
  const choice = cubeChoice(model, { query: plan.query, filters: filtersOf(input), now }, options);
  return {
    selected: choice.selected,
    candidates: choice.candidates.map(({ id, canUse, trace }) => ({
      id,
      canUse,
      trace: trace.map((step) => ({ ...step, message: stepMessage(step) })),
    })),
    deviation: deviation(choice.selected, plan, candidates),
  };
}

function deviation(
  selected: RollupId | null,
  plan: QueryPlan,
  candidates: readonly Candidate[],
): string | null {
  const read = [...new Set(plan.pieces.map((piece) => (piece.kind === 'rollup' ? piece.rollup.id : null)))];
  if (read.every((id) => id === selected)) return null;
  const reasons = candidates.find(({ id }) => id === selected)?.reasons ?? [];
  const told = reasons.map(({ message }) => message).join(' ');
  const names = read.map((id) => id ?? 'the source').join(', ');
  return `Cube chooses ${selected}, which does not answer alone: ${told} The answer comes from ${names}.`;
}

function stepMessage({ branch, failed }: CubeStep): string {
  if (failed === null) return ACCEPTED[branch];
  return MESSAGES[failed];
}

const ACCEPTED: Readonly<Record<CubeStep['branch'], string>> = {
  leafAdditive: 'the leaf measures can be added up, and every key is stored.',
  notAdditive: 'the query asks for exactly the rows that are stored.',
};

const MESSAGES: Readonly<Record<CubeCondition, string>> = {
  leaf_measures_additive: 'a leaf measure is not of type count, sum, min, max or count_distinct_approx.',
  not_multiplied: 'the joins of the query multiply a measure.',
  not_multiplied_in_rollup: 'the joins of the rollup multiply a measure of the query.',
  ungrouped_cubes: 'the query is ungrouped, and the rollup is not of the same cubes.',
  ungrouped_primary_keys: 'the query is ungrouped, and the rollup lacks a primary key.',
  window: 'a rolling window is not made of the buckets of the rollup.',
  measures: 'a measure is not stored.',
  dimensions: 'a dimension, a filtered dimension or a segment is not stored, or is reached by other joins.',
  time_dimensions:
    'a time is not stored, or is stored in buckets that do not serve its granularity or, for a strict rollup, the ends of its date range.',
  granularity_set:
    'a time dimension has no granularity, so that the query cannot be of exactly the stored rows.',
  not_cumulative: 'a measure has a rolling window.',
  same_time_dimensions: 'the times and granularities are not exactly those that are stored.',
  same_dimensions:
    'the dimensions, with those that filters pin to one value, are not exactly those that are stored.',
};
