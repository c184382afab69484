import { StoreError } from '../../model/errors.js';
import type { JoinTree, SourceRequest } from '../../model/plan.js';
import type { Cube, DataModel, Dimension } from '../../model/schema.js';
import { primaryKeys } from '../join-tree.js';
import { measureMembers, SUB_QUERY, subQueryRequest } from '../sub-query.js';
import { groupedSelect, primaryKeySql } from './grouped-select.js';
import { fromClause, quoteName, SqlParams } from './sql-writer.js';
import type { SourceTypes, SqlScope } from './sql-writer.js';

/**
 * The scope of a statement, with its own parameters.
 * @throws StoreError `query_invalid` when its cubes lie in different data sources
 */
export function openScope(
  model: DataModel,
  request: SourceRequest,
  types: SourceTypes,
  filterParams: SqlScope['filterParams'],
  params = new SqlParams(),
): SqlScope {
  requireOneSource(model, request.tree);
  const scope: SqlScope = {
    model,
    request,
    types,
    params,
    filterParams,
    subQueryJoin: (dimension) => subQueryJoin(scope, dimension),
  };
  return scope;
}

/**
 * A sub-query as a joined table: its measure for each primary key of its cube, over all rows that the cube's joins
 * lead to. No filter of the query reaches it.
 */
function subQueryJoin(outer: SqlScope, dimension: Dimension): string {
  const { model } = outer;
  const request = subQueryRequest(model, dimension, outer.request.timezone);
  const scope = openScope(model, request, outer.types, 'none', outer.params);
  const from = fromClause(scope, request.tree, [
    ...primaryKeys(model, dimension.cube).map(({ id }) => id),
    ...request.states.flatMap(({ measure }) => measureMembers(model, measure)),
  ]);
  const key = primaryKeySql(scope, dimension.cube) as string;
  const keys = [{ column: SUB_QUERY.key, sql: key }];
  const select = groupedSelect({ ...scope, from, where: '' }, keys, request.states);
  const alias = quoteName(dimension.id);
  return `LEFT JOIN (${select}) AS ${alias} ON ${alias}.${quoteName(SUB_QUERY.key)} = ${key}`;
}

function requireOneSource(model: DataModel, tree: JoinTree): void {
  const names = [tree.root, ...tree.joins.map((join) => join.to)];
  const sources = new Set(names.map((name) => (model.cubes.get(name) as Cube).dataSource));
  if (sources.size === 1) return;
  throw new StoreError(
    'query_invalid',
    `the cubes ${names.join(', ')} lie in different data sources (${[...sources].join(', ')}).`,
    { next: 'Ask for them in separate queries.' },
  );
}
