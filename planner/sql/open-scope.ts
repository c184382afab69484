import { StoreError } from '../../model/errors.js';
import type { JoinTree, SourceRequest } from '../../model/plan.js';
import type { Cube, DataModel, Dimension } from '../../model/schema.js';
import { subQueryRequest } from '../sub-query.js';
import { groupedSelect, primaryKeySql } from './grouped-select.js';
import type { SourceTypes, SqlScope } from './sql-scope.js';
import { stringParameter, subQueryAlias } from './sql-tree.js';
import type { SqlExpression, SqlJoin, SqlParameter } from './sql-tree.js';

/**
 * The scope of a statement.
 * @throws StoreError `query_invalid` when its cubes lie in different data sources
 */
export function openScope(
  model: DataModel,
  request: SourceRequest,
  types: SourceTypes,
  filterParams: SqlScope['filterParams'],
  timezone: SqlParameter = stringParameter(request.timezone),
): SqlScope {
  requireOneSource(model, request.tree);
  const scope: SqlScope = {
    model,
    request,
    types,
    filterParams,
    timezone,
    subQueryJoin: (dimension) => subQueryJoin(scope, dimension),
  };
  return scope;
}

/**
 * A sub-query as a joined table: its measure for each primary key of its cube, over all rows that the cube's joins
 * lead to. No filter of the query reaches it.
 */
function subQueryJoin(outer: SqlScope, dimension: Dimension): SqlJoin {
  const { model, types, timezone } = outer;
  const request = subQueryRequest(model, dimension, outer.request.timezone);
  const scope = openScope(model, request, types, 'none', timezone);
  const owner = primaryKeySql(scope, dimension.cube) as SqlExpression; // the loader wants one
  const select = groupedSelect(scope, [{ expression: owner, name: '_owner' }], []);
  const alias = subQueryAlias(dimension);
  const left: SqlExpression = { kind: 'column', table: alias, name: '_owner' };
  return {
    table: { alias, table: { kind: 'select', select } },
    on: { kind: 'compare', operator: '=', left, right: owner },
  };
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
