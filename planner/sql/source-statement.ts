/** SQL for DuckDB from a `SourceRequest`. */
import type { Filter } from '../../model/filter.js';
import type { SourceKey, SourceRequest, Statement } from '../../model/plan.js';
import { memberColumn } from '../../model/schema.js';
import type { DataModel, MemberId } from '../../model/schema.js';
import type { LogicalType } from '../../model/value.js';
import { lookUp } from '../find-member.js';
import { drillMembers } from '../join-tree.js';
import { measureOf } from '../leaf-states.js';
import { dimensionOf, segmentOf } from '../output-columns.js';
import { measureInput } from './aggregate-sql.js';
import { filterSql } from './filter-sql.js';
import type { TypedSql } from './filter-sql.js';
import { groupedSelect } from './grouped-select.js';
import { openScope } from './open-scope.js';
import { dimensionSql, fromClause, quoteName, renderTemplate } from './sql-writer.js';
import type { SourceTypes, SqlScope } from './sql-writer.js';

/** Every member that the request names itself: `sourceStatement` wants the types of those that it compares or adds. */
export function requestMembers(request: SourceRequest): MemberId[] {
  const { keys, states, segments, filter, ranges } = request;
  return [
    ...new Set([
      ...keys.map((key) => key.member),
      ...states.map((state) => state.measure.id),
      ...segments,
      ...filteredMembers(filter),
      ...ranges.map((range) => range.dimension),
    ]),
  ];
}

export function sourceStatement(model: DataModel, request: SourceRequest, types: SourceTypes): Statement {
  const scope = openScope(model, request, types, request.filterParams);
  const counted = [...request.countedBy, ...drillMembers(model, request.countedBy)];
  const from = fromClause(scope, request.tree, [...requestMembers(request), ...counted]);
  const keys = request.keys.map((key) => ({ column: key.column, sql: keySql(scope, key) }));
  const text = groupedSelect({ ...scope, from, where: whereClause(scope) }, keys, request.states);
  return { text: `${text}${pageClause(request)}`, params: scope.params.all };
}

/** Smallest and largest time and the count of rows without one: columns `from`, `to`, `nulls`. */
export function rangeStatement(model: DataModel, request: SourceRequest, dimension: MemberId): Statement {
  const scope = openScope(model, request, new Map(), 'none');
  const time = dimensionSql(scope, dimensionOf(model, dimension));
  const select = `SELECT min(${time}) AS "from", max(${time}) AS "to", count(*) - count(${time}) AS "nulls"`;
  const text = `${select}\n${fromClause(scope, request.tree, [dimension])}`;
  return { text, params: scope.params.all };
}

/**
 * A statement whose result has no rows and one column per member, of the member's type in the source.
 * @param members of the cubes that `request` joins
 */
export function typeStatement(
  model: DataModel,
  request: SourceRequest,
  members: readonly MemberId[],
): Statement {
  const scope = openScope(model, request, new Map(), 'none');
  const columns = members.map((member) => {
    const found = lookUp(model, member);
    if (found?.kind === 'measure') return measureInput(scope, found.measure) ?? 'NULL';
    return found?.kind === 'segment'
      ? segmentSql(scope, member)
      : dimensionSql(scope, dimensionOf(model, member));
  });
  const select = columns.map((sql, at) => `${sql} AS ${quoteName(memberColumn(members[at]))}`).join(', ');
  const text = `SELECT ${select}\n${fromClause(scope, request.tree, members)}\nLIMIT 0`;
  return { text, params: scope.params.all };
}

function filteredMembers(filter: Filter | null): MemberId[] {
  if (filter === null) return [];
  return filter.kind === 'test' ? [filter.member] : filter.filters.flatMap(filteredMembers);
}

function keySql(context: SqlScope, key: SourceKey): string {
  const { model, params } = context;
  if (key.kind === 'segment') return `coalesce(${segmentSql(context, key.member)}, FALSE)`;
  const dimension = dimensionOf(model, key.member);
  const sql = dimensionSql(context, dimension);
  if (dimension.type !== 'time') return sql;
  const local =
    key.timezone === 'UTC'
      ? sql
      : `timezone(${params.add({ type: 'string', value: key.timezone })}, timezone('UTC', ${sql}))`;
  return `date_trunc('${key.granularity ?? 'millisecond'}', ${local})`;
}

function segmentSql(scope: SqlScope, id: MemberId): string {
  const { sql, cube } = segmentOf(scope.model, id);
  return renderTemplate(scope, sql, cube);
}

function whereClause(context: SqlScope): string {
  const { model, request, params } = context;
  const conditions = request.segments.map((id) => `(${segmentSql(context, id)})`);
  for (const id of request.countedBy) {
    const { filters, drillFilters, cube } = measureOf(model, id);
    for (const sql of [...filters, ...drillFilters])
      conditions.push(`(${renderTemplate(context, sql, cube)})`);
  }
  for (const { dimension, range } of request.ranges) {
    const time = dimensionSql(context, dimensionOf(model, dimension));
    if (range === null) conditions.push(`${time} IS NULL`);
    else {
      const from = params.add({ type: 'time', value: range.from });
      const to = params.add({ type: 'time', value: range.to });
      conditions.push(`${time} >= ${from} AND ${time} < ${to}`);
    }
  }
  if (request.filter !== null)
    conditions.push(filterSql(request.filter, (member) => typedSql(context, member), params));
  return conditions.length === 0 ? '' : `\nWHERE ${conditions.join(' AND ')}`;
}

function typedSql(context: SqlScope, member: MemberId): TypedSql {
  const dimension = dimensionOf(context.model, member);
  const sql = dimensionSql(context, dimension);
  const type: LogicalType = dimension.type === 'number' ? { kind: 'double' } : { kind: dimension.type };
  return { sql, type: context.types.get(member) ?? type };
}

function pageClause(request: SourceRequest): string {
  const { page } = request;
  if (page === null) return '';
  const keys = page.order.map(
    ({ column, descending }) => `${quoteName(column)} ${descending ? 'DESC' : 'ASC'} NULLS LAST`,
  );
  const order = keys.length === 0 ? '' : `\nORDER BY ${keys.join(', ')}`;
  const limit = page.limit === null ? '' : `\nLIMIT ${page.limit}`;
  return `${order}${limit}${page.offset === 0 ? '' : `\nOFFSET ${page.offset}`}`;
}
