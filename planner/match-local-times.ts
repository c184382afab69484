/** SQL that shows times on the clock of the query was built on that of UTC. */
import type { Reason } from '../model/plan.js';
import type { DataModel } from '../model/schema.js';
import { cubeOf } from '../model/schema.js';
import { deepClosure } from './join-tree.js';
import type { QueryShape } from './match-rollup.js';
import { modelFeatures } from './model-features.js';
import { modelSql } from './model-sql.js';
import { queryMembers } from './query-members.js';
import type { RollupShape } from './rollup-shape.js';
import { subQueriesOf } from './sub-query.js';

export function matchLocalTimes(model: DataModel, { query, tree }: QueryShape, shape: RollupShape): Reason[] {
  if (query.timezone === 'UTC') return [];
  const features = modelFeatures(model);
  if (!features.has('local') && !features.has('bucket')) return [];
  const members = queryMembers(model, query);
  const trees = [
    { tree, members: [...deepClosure(model, members)] },
    ...subQueriesOf(model, members).map(({ request, measures }) => ({
      tree: request.tree,
      members: measures,
    })),
  ];
  const isLocal = trees.some((each) =>
    modelSql(model, each.tree, each.members).some(
      ({ part }) => part.kind === 'local' || part.kind === 'bucket',
    ),
  );
  if (!isLocal) return [];
  const { id } = shape.preAggregation;
  const message = `the SQL of ${cubeOf(id)} shows times on the clock of the query, ${query.timezone}, and ${id} is built on that of UTC.`;
  return [{ code: 'timezone_not_aligned', message }];
}
