/** A `SourceRequest` as a tree of SQL. */
import { assert } from '../../model/assert.js';
import type { SourceKey, SourceRequest } from '../../model/plan.js';
import type { DataModel, MemberId } from '../../model/schema.js';
import type { LogicalType } from '../../model/value.js';
import { boxesFilter } from '../box-filter.js';
import { measureOf } from '../leaf-states.js';
import { dimensionOf } from '../output-columns.js';
import { filterSql } from './filter-sql.js';
import type { TypedSql } from './filter-sql.js';
import { groupedSelect } from './grouped-select.js';
import { openScope } from './open-scope.js';
import type { SourceTypes, SqlScope } from './sql-scope.js';
import { columnName, stateNames, stringParameter } from './sql-tree.js';
import type { SqlExpression, SqlPage, SqlSelect } from './sql-tree.js';
import { dimensionSql, memberSql, templateSql } from './template-sql.js';
import { WINDOW_LABEL } from './window-sql.js';

/** @throws StoreError `query_invalid` for measures that cannot be kept from counting rows twice */
export function sourceSelect(model: DataModel, request: SourceRequest, types: SourceTypes): SqlSelect {
  const scope = openScope(model, request, types, request.filterParams);
  const keys = request.keys.map((key) => ({ expression: keySql(scope, key), name: columnName(key) }));
  return { ...groupedSelect(scope, keys, conditionsSql(scope)), page: pageSql(request) };
}

function keySql(scope: SqlScope, key: SourceKey): SqlExpression {
  if (key.kind === 'window') return WINDOW_LABEL;
  if (key.kind === 'segment')
    return { kind: 'coalesce', operand: memberSql(scope, key.member), fallback: false };
  const dimension = dimensionOf(scope.model, key.member);
  const sql = dimensionSql(scope, dimension);
  if (dimension.type !== 'time') return sql;
  const time: SqlExpression =
    key.timezone === 'UTC' ? sql : { kind: 'wallClock', time: sql, timezone: stringParameter(key.timezone) };
  return { kind: 'bucket', time, granularity: key.granularity };
}

function conditionsSql(scope: SqlScope): SqlExpression[] {
  const { model, request } = scope;
  const conditions = request.segments.map((id) => memberSql(scope, id));
  for (const id of request.countedBy) {
    const { filters, drillFilters, cube } = measureOf(model, id);
    conditions.push(...[...filters, ...drillFilters].map((filter) => templateSql(scope, filter, cube)));
  }
  const times = boxesFilter(request.boxes);
  for (const filter of [...(times?.kind === 'and' ? times.filters : [times]), request.filter]) {
    if (filter !== null) conditions.push(filterSql(filter, (member) => typedSql(scope, member)));
  }
  return conditions;
}

function typedSql(scope: SqlScope, member: MemberId): TypedSql {
  const dimension = dimensionOf(scope.model, member);
  const type: LogicalType = dimension.type === 'number' ? { kind: 'double' } : { kind: dimension.type };
  return { sql: dimensionSql(scope, dimension), type: scope.types.get(member) ?? type };
}

function pageSql({ page, keys, states }: SourceRequest): SqlPage | null {
  if (page === null) return null;
  const order = page.order.map(({ column, descending }) => {
    const name = [...keys.map(columnName), ...states.flatMap(stateNames)].find((own) => own === column);
    assert(name !== undefined, `${column} is a column of the request`);
    return { name, descending };
  });
  return { order, limit: page.limit, offset: page.offset };
}
