/** What FILTER_PARAMS make of the query's filters in the source must be what a rollup without them gives too. */
import type { JoinTree } from '../model/plan.js';
import type { Query } from '../model/query.js';
import type { DataModel, MemberId } from '../model/schema.js';
import { askedFilters } from './asked-filters.js';
import type { QueryShape } from './match-rollup.js';
import { modelFeatures } from './model-features.js';
import { modelSql } from './model-sql.js';
import { isPushDown } from './push-down.js';
import type { RollupShape } from './rollup-shape.js';
import type { Finding } from './rule.js';
import { askedBox, plainBox } from './time-box.js';

/** Of the rule of filters. */
export function filterParamsFindings({ filterParams }: QueryShape, rollup: RollupShape): Finding[] {
  const { id } = rollup.preAggregation;
  return filterParams.map((member) => ({
    code: 'filter_params_differ',
    member,
    message: () =>
      `the query filters by ${member}, and FILTER_PARAMS puts that into SQL which ${id} was built without. A rollup can answer where the plain SQL of a cube, SELECT * FROM a table WHERE …, compares the dimension's own column.`,
  }));
}

/**
 * Members whose filters FILTER_PARAMS puts into SQL that means something else without them.
 * @param members of the query
 */
export function filterParamsApart(
  model: DataModel,
  query: Query,
  tree: JoinTree,
  members: readonly MemberId[],
): readonly MemberId[] {
  if (!modelFeatures(model).has('filter')) return [];
  const box = plainBox(askedBox(query));
  if (query.filter === null && box.length === 0) return [];
  const apart = new Set<MemberId>();
  for (const { part, table } of modelSql(model, tree, members)) {
    if (part.kind !== 'filter' || (table !== null && isPushDown(model, table, part))) continue;
    const own = part.params.map(({ member }) => member);
    if (askedFilters({ filter: query.filter, boxes: [box] }, new Set(own)) === null) continue;
    for (const member of own) apart.add(member);
  }
  return [...apart];
}
