/** What FILTER_PARAMS make of the query's filters in the source must be what a rollup without them gives too. */
import type { Reason } from '../model/plan.js';
import type { DataModel, MemberId } from '../model/schema.js';
import { askedFilters } from './asked-filters.js';
import type { QueryShape } from './match-rollup.js';
import { modelFeatures } from './model-features.js';
import { modelSql } from './model-sql.js';
import { isPushDown } from './push-down.js';
import { queryMembers } from './query-members.js';
import type { RollupShape } from './rollup-shape.js';

export function matchFilterParams(
  model: DataModel,
  { query, tree }: QueryShape,
  shape: RollupShape,
): Reason[] {
  if (!modelFeatures(model).has('filter')) return [];
  const ranges = query.timeDimensions.flatMap(({ dimension, range }) =>
    range === null ? [] : [{ dimension, range }],
  );
  if (query.filter === null && ranges.length === 0) return [];
  const differing = new Set<MemberId>();
  for (const { part, table } of modelSql(model, tree, queryMembers(model, query))) {
    if (part.kind !== 'filter' || (table !== null && isPushDown(model, table, part))) continue;
    const members = part.params.map(({ member }) => member);
    if (askedFilters({ filter: query.filter, ranges }, new Set(members)) === null) continue;
    for (const member of members) differing.add(member);
  }
  return [...differing].map((member) => ({
    code: 'filter_params_differ',
    message: `the query filters by ${member}, and FILTER_PARAMS puts that into SQL which ${shape.preAggregation.id} was built without. A rollup can answer where the plain SQL of a cube, SELECT * FROM a table WHERE …, compares the dimension's own column.`,
    member,
  }));
}
