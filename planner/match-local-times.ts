/** SQL that shows times on the clock of the query was built on that of UTC. */
import type { JoinTree } from '../model/plan.js';
import type { Query } from '../model/query.js';
import { cubeOf } from '../model/schema.js';
import type { DataModel, MemberId } from '../model/schema.js';
import { deepClosure } from './join-tree.js';
import type { QueryShape } from './match-rollup.js';
import { modelFeatures } from './model-features.js';
import { modelSql } from './model-sql.js';
import type { RollupShape } from './rollup-shape.js';
import type { Finding } from './rule.js';
import { subQueriesOf } from './sub-query.js';

/** Of the rule of time zones. */
export function localTimesFinding({ query }: QueryShape, rollup: RollupShape): Finding {
  const { id } = rollup.preAggregation;
  const message = (): string =>
    `the SQL of ${cubeOf(id)} shows times on the clock of the query, ${query.timezone}, and ${id} is built on that of UTC.`;
  return { code: 'local_times_differ', member: null, message };
}

/**
 * Whether SQL of the query depends on its time zone.
 * @param members of the query
 */
export function asksLocalTimes(
  model: DataModel,
  { timezone }: Query,
  tree: JoinTree,
  members: readonly MemberId[],
): boolean {
  if (timezone === 'UTC') return false;
  const features = modelFeatures(model);
  if (!features.has('local') && !features.has('bucket')) return false;
  const trees = [
    { tree, members: [...deepClosure(model, members)] },
    ...subQueriesOf(model, members).map(({ request, measures }) => ({
      tree: request.tree,
      members: measures,
    })),
  ];
  return trees.some((each) =>
    modelSql(model, each.tree, each.members).some(
      ({ part }) => part.kind === 'local' || part.kind === 'bucket',
    ),
  );
}
