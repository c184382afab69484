/**
 * The grouped rows of a statement. A measure of a cube whose rows the joins multiply is computed over the distinct
 * primary keys of that cube, so that no row counts twice.
 */
import type { MeasureState } from '../../model/aggregates.js';
import { StoreError } from '../../model/errors.js';
import { cubeOf } from '../../model/schema.js';
import type { Measure } from '../../model/schema.js';
import { multipliedCubes, primaryKeys } from '../join-tree.js';
import { leafIds } from '../leaf-states.js';
import { aggregateSql, measureInput } from './aggregate-sql.js';
import { quoteName, renderTemplate } from './sql-writer.js';
import type { SqlScope } from './sql-writer.js';

export interface SelectContext extends SqlScope {
  readonly from: string;
  readonly where: string;
}

/** A column to group by, and its SQL. */
export interface KeySql {
  readonly column: string;
  readonly sql: string;
}

/** The groups of a request, neither ordered nor cut. */
export function groupedSelect(
  context: SelectContext,
  keys: readonly KeySql[],
  states: readonly MeasureState[],
): string {
  const { model, request } = context;
  const multiplied = multipliedCubes(request.tree);
  const once = states.filter((state) => !multiplied.has(state.measure.cube));
  for (const state of states) {
    const inner = state.kind === 'raw' ? leafIds(model, state.measure) : [];
    if (inner.some((id) => multiplied.has(cubeOf(id)))) throw multipliedRaw(state);
  }
  return once.length === states.length
    ? plainSelect(context, keys, once)
    : keyedSelect(context, keys, once, states);
}

function plainSelect(
  context: SelectContext,
  keys: readonly KeySql[],
  states: readonly MeasureState[],
): string {
  const inputOf = (measure: Measure): string | null =>
    measureInput(context, measure, countedKey(context, measure));
  const columns = [
    ...keys.map(({ column, sql }) => `${sql} AS ${quoteName(column)}`),
    ...states.map((state) => {
      const sql = aggregateSql(context, state, inputOf);
      return `${sql} AS ${quoteName(state.column)}`;
    }),
  ];
  const select = columns.length === 0 ? '1' : columns.join(',\n  ');
  return `SELECT ${select}\n${context.from}${context.where}${groupClause(keys.length)}`;
}

/** One select per multiplied cube over its distinct keys, joined with the rest by the keys of the groups. */
function keyedSelect(
  context: SelectContext,
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
    ...keys.map(({ column }) => quoteName(column)),
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
  context: SelectContext,
  keys: readonly KeySql[],
  cube: string,
  states: readonly MeasureState[],
): string {
  const primaryKey = primaryKeySql(context, cube);
  if (primaryKey === null) throw missingPrimaryKey(cube);
  const inputs = states.map((state) => {
    if (state.kind === 'raw' && state.measure.type === 'number') throw multipliedRaw(state);
    return measureInput(context, state.measure, primaryKey) as string;
  });
  const inner = [
    ...keys.map(({ column, sql }) => `${sql} AS ${quoteName(column)}`),
    `${primaryKey} AS "_key"`,
    ...inputs.map((sql, at) => `${sql} AS "_input${at}"`),
  ];
  const where = `${context.where === '' ? '\nWHERE ' : `${context.where} AND `}${primaryKey} IS NOT NULL`;
  const outer = [
    ...keys.map(({ column }) => quoteName(column)),
    ...states.map(
      (state, at) => `${aggregateSql(context, state, () => `"_input${at}"`)} AS ${quoteName(state.column)}`,
    ),
  ];
  const distinct = `SELECT DISTINCT ${inner.join(', ')}\n${context.from}${where}`;
  return `SELECT ${outer.join(', ')}\nFROM (${distinct})${groupClause(keys.length)}`;
}

/** What a count without SQL counts: rows of the root, keys of a cube that a LEFT JOIN may leave empty. */
function countedKey(context: SelectContext, measure: Measure): string | null {
  if (measure.cube === context.request.tree.root) return null;
  const key = primaryKeySql(context, measure.cube);
  if (key === null && measure.type === 'count' && measure.sql === null) throw missingPrimaryKey(measure.cube);
  return key;
}

/** Null: the cube has none. */
export function primaryKeySql(scope: SqlScope, cube: string): string | null {
  const keys = primaryKeys(scope.model, cube);
  if (keys.length === 0) return null;
  const parts = keys.map((key) => renderTemplate(scope, key.sql, cube));
  return parts.length === 1
    ? parts[0]
    : `CASE WHEN ${parts[0]} IS NOT NULL THEN row(${parts.join(', ')}) END`;
}

function groupClause(keys: number): string {
  if (keys === 0) return '';
  return `\nGROUP BY ${Array.from({ length: keys }, (_, at) => at + 1).join(', ')}`;
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
