/**
 * A `SourceRequest` as a tree of SQL. A measure of a cube whose rows the joins multiply is computed over the distinct
 * primary keys of that cube, so that no row counts twice.
 */
import type { MeasureState } from '../../model/aggregates.js';
import { assert } from '../../model/assert.js';
import { StoreError } from '../../model/errors.js';
import type { JoinTree, SourceKey, SourceRequest } from '../../model/plan.js';
import { cubeOf } from '../../model/schema.js';
import type { Cube, DataModel, Measure, MemberId } from '../../model/schema.js';
import type { LogicalType } from '../../model/value.js';
import { multipliedCubes } from '../join-tree.js';
import { leafIds, measureOf } from '../leaf-states.js';
import { dimensionOf } from '../output-columns.js';
import { aggregateSql, measureInput } from './aggregate-sql.js';
import { betweenSql, filterSql, isNotNull, isNull } from './filter-sql.js';
import type { TypedSql } from './filter-sql.js';
import { columnName, selectOf, stringParameter } from './sql-tree.js';
import type { SqlColumn, SqlExpression, SqlFrom, SqlPage, SqlSelect } from './sql-tree.js';
import { dimensionSql, memberSql, tablesSql, templateSql } from './template-sql.js';
import { WINDOW_LABEL, windowsSql } from './window-sql.js';

/** Types of members in the source: of a dimension's expression, of a measure's input. */
export type SourceTypes = ReadonlyMap<MemberId, LogicalType>;

/** @throws StoreError `query_invalid` for measures that cannot be kept from counting rows twice */
export function sourceSelect(model: DataModel, request: SourceRequest, types: SourceTypes): SqlSelect {
  const { tree, states } = request;
  requireOneSource(model, tree);
  const context: Context = {
    model,
    request,
    types,
    from: fromSql(model, request),
    keys: request.keys.map((key) => ({ expression: keySql(model, key), name: columnName(key) })),
    conditions: conditionsSql(model, request, types),
  };
  const multiplied = multipliedCubes(tree);
  const once = states.filter((state) => !multiplied.has(state.measure.cube));
  for (const state of states) {
    const inner = state.kind === 'raw' ? leafIds(model, state.measure) : [];
    if (inner.some((id) => multiplied.has(cubeOf(id)))) throw multipliedRaw(state);
  }
  const select = once.length === states.length ? plainSelect(context, once) : keyedSelect(context, once);
  return { ...select, page: pageSql(request) };
}

interface Context {
  readonly model: DataModel;
  readonly request: SourceRequest;
  readonly types: SourceTypes;
  readonly from: SqlFrom;
  readonly keys: readonly SqlColumn[];
  readonly conditions: readonly SqlExpression[];
}

function fromSql(model: DataModel, { tree, windows }: SourceRequest): SqlFrom {
  const tables = tablesSql(model, tree);
  return windows === undefined ? tables : { ...tables, windows: windowsSql(model, windows) };
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

function plainSelect(context: Context, states: readonly MeasureState[]): SqlSelect {
  const inputOf = (measure: Measure): SqlExpression | null =>
    measureInput(context.model, measure, countedKey(context, measure));
  const columns = [...context.keys, ...states.map((state) => stateColumn(context, state, inputOf))];
  return {
    ...selectOf(columns, context.from),
    where: allOf(context.conditions),
    groupKeys: context.keys.length,
  };
}

/** One select per multiplied cube over its distinct keys, joined with the rest by the keys of the groups. */
function keyedSelect(context: Context, once: readonly MeasureState[]): SqlSelect {
  const { keys, request } = context;
  const multiplied = request.states.filter((state) => !once.includes(state));
  const cubes = [...new Set(multiplied.map((state) => state.measure.cube))];
  const selects = cubes.map((cube) => {
    const own = multiplied.filter((state) => state.measure.cube === cube);
    return padded(context, distinctSelect(context, cube, own));
  });
  if (keys.length + once.length > 0) selects.unshift(padded(context, plainSelect(context, once)));
  const columns = [...keys.map(({ name }) => columnSql(name)), ...request.states.map(oneOfParts)];
  return { ...selectOf(columns, { kind: 'selects', selects }), groupKeys: keys.length };
}

/** A select with a column for every state, NULL for those of other selects. */
function padded({ keys, request, types }: Context, select: SqlSelect): SqlSelect {
  const states = request.states.map((state): SqlColumn => {
    const name = columnName(state);
    const own = select.columns.find((column) => column.name === name);
    return own ?? { expression: { kind: 'null', type: paddingType(state, types) }, name };
  });
  return { ...select, columns: [...select.columns.slice(0, keys.length), ...states] };
}

/** Calculated measures need none: they stand in the first select, which tells their type. */
function paddingType({ kind, measure }: MeasureState, types: SourceTypes): LogicalType | null {
  if (kind === 'count' || kind === 'distinct') return { kind: 'integer' };
  return measure.type === 'number' ? null : (types.get(measure.id) ?? null);
}

/** A group's state from the one select that has it: no row there counts as 0. */
function oneOfParts(state: MeasureState): SqlColumn {
  const name = columnName(state);
  const operand: SqlExpression = { kind: 'anyValue', operand: { kind: 'column', name } };
  const counts = state.kind === 'count' || state.kind === 'distinct';
  return { expression: counts ? { kind: 'coalesce', operand, fallback: 0 } : operand, name };
}

function distinctSelect(context: Context, cube: string, states: readonly MeasureState[]): SqlSelect {
  const { model, keys } = context;
  const primaryKey = primaryKeySql(model, cube);
  if (primaryKey === null) throw missingPrimaryKey(cube);
  const inputs = states.map((state, at): SqlColumn => {
    if (state.kind === 'raw' && state.measure.type === 'number') throw multipliedRaw(state);
    const expression = measureInput(model, state.measure, primaryKey) as SqlExpression;
    return { expression, name: `_input${at}` };
  });
  const inner: SqlSelect = {
    ...selectOf([...keys, { expression: primaryKey, name: '_key' }, ...inputs], context.from),
    distinct: true,
    where: allOf([...context.conditions, isNotNull(primaryKey)]),
  };
  const outer = [
    ...keys.map(({ name }) => columnSql(name)),
    ...states.map((state, at) =>
      stateColumn(context, state, () => ({ kind: 'column', name: inputs[at].name })),
    ),
  ];
  return { ...selectOf(outer, { kind: 'selects', selects: [inner] }), groupKeys: keys.length };
}

function stateColumn(
  { model, types }: Context,
  state: MeasureState,
  inputOf: (measure: Measure) => SqlExpression | null,
): SqlColumn {
  return { expression: aggregateSql(model, state, inputOf, types), name: columnName(state) };
}

/** What a count without SQL counts: rows of the root, keys of a cube that a LEFT JOIN may leave empty. */
function countedKey(context: Context, measure: Measure): SqlExpression | null {
  if (measure.cube === context.request.tree.root) return null;
  const key = primaryKeySql(context.model, measure.cube);
  if (key === null && measure.type === 'count' && measure.sql === null) throw missingPrimaryKey(measure.cube);
  return key;
}

function primaryKeySql(model: DataModel, name: string): SqlExpression | null {
  const cube = model.cubes.get(name) as Cube;
  const keys = [...cube.dimensions.values()].filter((dimension) => dimension.primaryKey);
  if (keys.length === 0) return null;
  const operands = keys.map((key) => templateSql(model, key.sql, cube.name));
  return operands.length === 1 ? operands[0] : { kind: 'row', operands };
}

function keySql(model: DataModel, key: SourceKey): SqlExpression {
  if (key.kind === 'window') return WINDOW_LABEL;
  if (key.kind === 'segment')
    return { kind: 'coalesce', operand: memberSql(model, key.member), fallback: false };
  const dimension = dimensionOf(model, key.member);
  const sql = dimensionSql(model, dimension);
  if (dimension.type !== 'time') return sql;
  const time: SqlExpression =
    key.timezone === 'UTC' ? sql : { kind: 'wallClock', time: sql, timezone: stringParameter(key.timezone) };
  return { kind: 'bucket', time, granularity: key.granularity };
}

function conditionsSql(model: DataModel, request: SourceRequest, types: SourceTypes): SqlExpression[] {
  const conditions = request.segments.map((id) => memberSql(model, id));
  for (const id of request.countedBy) {
    const { filters, drillFilters, cube } = measureOf(model, id);
    conditions.push(...[...filters, ...drillFilters].map((filter) => templateSql(model, filter, cube)));
  }
  for (const { dimension, range } of request.ranges) {
    const time = dimensionSql(model, dimensionOf(model, dimension));
    const [from, to] = [range?.from, range?.to].map((end) => (Number.isFinite(end) ? (end as number) : null));
    conditions.push(range === null ? isNull(time) : betweenSql(time, from, to));
  }
  if (request.filter !== null)
    conditions.push(filterSql(request.filter, (member) => typedSql(model, types, member)));
  return conditions;
}

function typedSql(model: DataModel, types: SourceTypes, member: MemberId): TypedSql {
  const dimension = dimensionOf(model, member);
  const type: LogicalType = dimension.type === 'number' ? { kind: 'double' } : { kind: dimension.type };
  return { sql: dimensionSql(model, dimension), type: types.get(member) ?? type };
}

function allOf(operands: readonly SqlExpression[]): SqlExpression | null {
  return operands.length === 0 ? null : { kind: 'and', operands };
}

function columnSql(name: SqlColumn['name']): SqlColumn {
  return { expression: { kind: 'column', name }, name };
}

function pageSql({ page, keys, states }: SourceRequest): SqlPage | null {
  if (page === null) return null;
  const order = page.order.map(({ column, descending }) => {
    const found = [...keys, ...states].find((own) => own.column === column);
    assert(found !== undefined, `${column} is a column of the request`);
    return { name: columnName(found), descending };
  });
  return { order, limit: page.limit, offset: page.offset };
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
