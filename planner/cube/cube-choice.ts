/** Which rollup Cube would choose: the first that its rules accept, of the cubes that it looks at. */
import type { DataModel, PreAggregation, RollupId } from '../../model/schema.js';
import { candidateCubes } from './candidate-cubes.js';
import { canUse } from './can-use.js';
import type { CubeStep } from './can-use.js';
import { cubeTree } from './cube-tree.js';
import { askedMembers, cubeQueryForm } from './query-form.js';
import type { AskedQuery } from './query-form.js';
import { cubeRollupForm } from './rollup-form.js';

export interface CubeOptions {
  /** Of rollups that say nothing else and whose time is written as it is today. */
  readonly allowNonStrictDateRangeMatch: boolean;
}

export interface CubeChoice {
  readonly selected: RollupId | null;
  /** In the order in which Cube tries them; a rollup that is not here is never looked at. */
  readonly candidates: readonly CubeCandidate[];
}

export interface CubeCandidate {
  readonly id: RollupId;
  readonly canUse: boolean;
  /** Why: what was tried, and the first condition that failed. */
  readonly trace: readonly CubeStep[];
}

/** Rollups come before original SQL, which Cube puts in where no rollup is found; automatic ones it does not have. */
const MATCHED: ReadonlySet<PreAggregation['type']> = new Set(['rollup', 'rollup_join', 'rollup_lambda']);

/** Nothing but the model and the query counts: not what is built, nor whether the answer would be right. */
export function cubeChoice(model: DataModel, asked: AskedQuery, options: CubeOptions): CubeChoice {
  const members = askedMembers(asked.query);
  const tree = cubeTree(model, members, asked.query.joinPaths);
  // A time without granularity and range asks for nothing, so that no tree was needed for it; Cube fails here.
  if (tree === null) return { selected: null, candidates: [] };
  const cubes = candidateCubes(model, members, asked.query.joinPaths, tree);
  const form = cubeQueryForm(model, asked, tree, cubes);
  const rollups = cubes.flatMap((cube) => model.cubes.get(cube)?.preAggregations ?? []);
  const candidates = rollups
    .filter(({ type }) => MATCHED.has(type))
    .map((rollup): CubeCandidate => {
      const decision = canUse(form, cubeRollupForm(model, rollup, options.allowNonStrictDateRangeMatch));
      return { id: rollup.id, ...decision };
    });
  return { selected: candidates.find((candidate) => candidate.canUse)?.id ?? null, candidates };
}
