/**
 * SQL for DuckDB from a `SourceRequest`. A measure of a cube whose rows the joins multiply is computed over the
 * distinct primary keys of that cube, so that no row counts twice.
 */
import type { MeasureState } from '../../model/aggregates.js';
import { StoreError } from '../../model/errors.js';
import type { Filter } from '../../model/filter.js';
import type { JoinTree, SourceKey, SourceRequest, Statement } from '../../model/plan.js';
import { cubeOf, memberColumn } from '../../model/schema.js';
import type { Cube, DataModel, Measure, MemberId } from '../../model/schema.js';
import type { LogicalType } from '../../model/value.js';
import { lookUp } from '../find-member.js';
import { multipliedCubes } from '../join-tree.js';
import { leafIds, measureOf } from '../leaf-states.js';
import { dimensionOf, segmentOf } from '../output-columns.js';
import { aggregateSql, measureInput } from './aggregate-sql.js';
import { filterSql } from './filter-sql.js';
import type { TypedSql } from './filter-sql.js';
import { dimensionSql, fromClause, quoteName, renderTemplate, SqlParams } from './sql-writer.js';

/** Types of members in the source: of a dimension's expression, of a measure's input. */
export type SourceTypes = ReadonlyMap<MemberId, LogicalType>;

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
  const { tree } = request;
  requireOneSource(model, tree);
  const params = new SqlParams();
  const context: Context = { model, request, types, params, where: '', from: fromClause(model, tree) };
  const keys = request.keys.map((key) => ({ key, sql: keySql(context, key) }));
  const where = { ...context, where: whereClause(context) };
  const multiplied = multipliedCubes(tree);
  const once = request.states.filter((state) => !multiplied.has(state.measure.cube));
  for (const state of request.states) {
    const inner = state.kind === 'raw' ? leafIds(model, state.measure) : [];
    if (inner.some((id) => multiplied.has(cubeOf(id)))) throw multipliedRaw(state);
  }
  const text =
    once.length === request.states.length
      ? plainSelect(where, keys, once)
      : keyedSelect(where, keys, once, request.states);
  return { text: `${text}${pageClause(request)}`, params: params.all };
}

/** Smallest and largest time and the count of rows without one: columns `from`, `to`, `nulls`. */
export function rangeStatement(model: DataModel, request: SourceRequest, dimension: MemberId): Statement {
  const time = dimensionSql(model, dimensionOf(model, dimension));
  const select = `SELECT min(${time}) AS "from", max(${time}) AS "to", count(*) - count(${time}) AS "nulls"`;
  return { text: `${select}\n${fromClause(model, request.tree)}`, params: [] };
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
  const columns = members.map((member) => {
    const found = lookUp(model, member);
    if (found?.kind === 'measure') return measureInput(model, found.measure) ?? 'NULL';
    return found?.kind === 'segment'
      ? segmentSql(model, member)
      : dimensionSql(model, dimensionOf(model, member));
  });
  const select = columns.map((sql, at) => `${sql} AS ${quoteName(memberColumn(members[at]))}`).join(', ');
  return { text: `SELECT ${select}\n${fromClause(model, request.tree)}\nLIMIT 0`, params: [] };
}

interface Context {
  readonly model: DataModel;
  readonly request: SourceRequest;
  readonly types: SourceTypes;
  readonly params: SqlParams;
  readonly from: string;
  readonly where: string;
}

interface KeySql {
  readonly key: SourceKey;
  readonly sql: string;
}

function filteredMembers(filter: Filter | null): MemberId[] {
  if (filter === null) return [];
  return filter.kind === 'test' ? [filter.member] : filter.filters.flatMap(filteredMembers);
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

function plainSelect(context: Context, keys: readonly KeySql[], states: readonly MeasureState[]): string {
  const inputOf = (measure: Measure): string | null =>
    measureInput(context.model, measure, countedKey(context, measure));
  const columns = [
    ...keys.map(({ key, sql }) => `${sql} AS ${quoteName(key.column)}`),
    ...states.map((state) => {
      const sql = aggregateSql(context.model, state, inputOf, context.types);
      return `${sql} AS ${quoteName(state.column)}`;
    }),
  ];
  const select = columns.length === 0 ? '1' : columns.join(',\n  ');
  return `SELECT ${select}\n${context.from}${context.where}${groupClause(keys.length)}`;
}

/** One select per multiplied cube over its distinct keys, joined with the rest by the keys of the groups. */
function keyedSelect(
  context: Context,
  keys: readonly KeySql[],
  once: readonly MeasureState[],
  states: readonly MeasureState[],
): string {
  const cubes = [
    ...new Set(states.filter((state) => !once.includes(state)).map((state) => state.measure.cube)),
  ];
  const parts = cubes.map((cube) => {
    const own = states.filter((state) => state.measure.cube === cube);
    return distinctSelect(context, keys, cube, own);
  });
  if (keys.length + once.length > 0) parts.unshift(plainSelect(context, keys, once));
  const columns = [
    ...keys.map(({ key }) => quoteName(key.column)),
    ...states.map((state) => {
      const any = `any_value(${quoteName(state.column)})`;
      const zero = state.kind === 'count' || state.kind === 'distinct';
      return `${zero ? `coalesce(${any}, 0)` : any} AS ${quoteName(state.column)}`;
    }),
  ];
  const union = parts.join('\nUNION ALL BY NAME\n');
  return `SELECT ${columns.join(',\n  ')}\nFROM (${union})${groupClause(keys.length)}`;
}

function distinctSelect(
  context: Context,
  keys: readonly KeySql[],
  cube: string,
  states: readonly MeasureState[],
): string {
  const primaryKey = primaryKeySql(context.model, cube);
  if (primaryKey === null) throw missingPrimaryKey(cube);
  const inputs = states.map((state) => {
    if (state.kind === 'raw' && state.measure.type === 'number') throw multipliedRaw(state);
    return measureInput(context.model, state.measure, primaryKey) as string;
  });
  const inner = [
    ...keys.map(({ key, sql }) => `${sql} AS ${quoteName(key.column)}`),
    `${primaryKey} AS "_key"`,
    ...inputs.map((sql, at) => `${sql} AS "_input${at}"`),
  ];
  const where = `${context.where === '' ? '\nWHERE ' : `${context.where} AND `}${primaryKey} IS NOT NULL`;
  const outer = [
    ...keys.map(({ key }) => quoteName(key.column)),
    ...states.map(
      (state, at) =>
        `${aggregateSql(context.model, state, () => `"_input${at}"`, context.types)} AS ${quoteName(state.column)}`,
    ),
  ];
  const distinct = `SELECT DISTINCT ${inner.join(', ')}\n${context.from}${where}`;
  return `SELECT ${outer.join(', ')}\nFROM (${distinct})${groupClause(keys.length)}`;
}

/** What a count without SQL counts: rows of the root, keys of a cube that a LEFT JOIN may leave empty. */
function countedKey(context: Context, measure: Measure): string | null {
  if (measure.cube === context.request.tree.root) return null;
  const key = primaryKeySql(context.model, measure.cube);
  if (key === null && measure.type === 'count' && measure.sql === null) throw missingPrimaryKey(measure.cube);
  return key;
}

function primaryKeySql(model: DataModel, name: string): string | null {
  const cube = model.cubes.get(name) as Cube;
  const keys = [...cube.dimensions.values()].filter((dimension) => dimension.primaryKey);
  if (keys.length === 0) return null;
  const parts = keys.map((key) => renderTemplate(model, key.sql, cube.name));
  return parts.length === 1
    ? parts[0]
    : `CASE WHEN ${parts[0]} IS NOT NULL THEN row(${parts.join(', ')}) END`;
}

function keySql(context: Context, key: SourceKey): string {
  const { model, params } = context;
  if (key.kind === 'segment') return `coalesce(${segmentSql(model, key.member)}, FALSE)`;
  const dimension = dimensionOf(model, key.member);
  const sql = dimensionSql(model, dimension);
  if (dimension.type !== 'time') return sql;
  const local =
    key.timezone === 'UTC'
      ? sql
      : `timezone(${params.add({ type: 'string', value: key.timezone })}, timezone('UTC', ${sql}))`;
  return `date_trunc('${key.granularity ?? 'millisecond'}', ${local})`;
}

function segmentSql(model: DataModel, id: MemberId): string {
  const { sql, cube } = segmentOf(model, id);
  return renderTemplate(model, sql, cube);
}

function whereClause(context: Context): string {
  const { model, request, params } = context;
  const conditions = request.segments.map((id) => `(${segmentSql(model, id)})`);
  for (const id of request.countedBy) {
    const { filters, drillFilters, cube } = measureOf(model, id);
    for (const sql of [...filters, ...drillFilters]) conditions.push(`(${renderTemplate(model, sql, cube)})`);
  }
  for (const { dimension, range } of request.ranges) {
    const time = dimensionSql(model, dimensionOf(model, dimension));
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

function typedSql(context: Context, member: MemberId): TypedSql {
  const dimension = dimensionOf(context.model, member);
  const sql = dimensionSql(context.model, dimension);
  const type: LogicalType = dimension.type === 'number' ? { kind: 'double' } : { kind: dimension.type };
  return { sql, type: context.types.get(member) ?? type };
}

function groupClause(keys: number): string {
  if (keys === 0) return '';
  return `\nGROUP BY ${Array.from({ length: keys }, (_, at) => at + 1).join(', ')}`;
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

function missingPrimaryKey(cube: string): StoreError {
  return new StoreError(
    'query_invalid',
    `a measure of ${cube} is multiplied by a join, and ${cube} has no primary key.`,
    {
      next: `Mark a dimension of ${cube} with primary_key: true.`,
    },
  );
}

function multipliedRaw(state: MeasureState): StoreError {
  return new StoreError(
    'query_invalid',
    `${state.measure.id} is multiplied by a join, and its SQL cannot be taken apart.`,
    {
      next: 'Ask for it without the dimensions of the joined cube, or build it from measures of type sum and count.',
    },
  );
}
