/**
 * The grouped rows of a statement. A measure of a cube whose rows the joins multiply is computed over the distinct
 * primary keys of that cube, so that no row counts twice.
 */
import { stateTypes } from '../../model/aggregates.js';
import type { MeasureState } from '../../model/aggregates.js';
import { StoreError } from '../../model/errors.js';
import { cubeOf } from '../../model/schema.js';
import type { Measure } from '../../model/schema.js';
import type { LogicalType } from '../../model/value.js';
import { multipliedCubes, neededCubes, primaryKeys, singleCubes } from '../join-tree.js';
import { leafIds } from '../leaf-states.js';
import { rowMembers } from '../row-members.js';
import { measureInputs, stateSql } from './aggregate-sql.js';
import type { InputsOf } from './aggregate-sql.js';
import { isNotNull } from './filter-sql.js';
import type { SqlScope } from './sql-scope.js';
import { selectOf, stateNames } from './sql-tree.js';
import type { SqlColumn, SqlExpression, SqlFrom, SqlSelect } from './sql-tree.js';
import { tablesSql, templateSql } from './template-sql.js';
import { windowsSql } from './window-sql.js';

/**
 * The groups of the scope's request by these keys, neither ordered nor cut.
 * @throws StoreError `query_invalid` for measures that cannot be kept from counting rows twice
 */
export function groupedSelect(
  scope: SqlScope,
  keys: readonly SqlColumn[],
  conditions: readonly SqlExpression[],
): SqlSelect {
  const { model, request } = scope;
  const { tree, states } = request;
  const { windows } = request;
  const tables = tablesSql(scope, tree, rowMembers(model, request));
  const from = windows === undefined ? tables : { ...tables, windows: windowsSql(scope, windows) };
  const context: Context = { scope, from, keys, conditions };
  const multiplied = multipliedCubes(tree);
  const once = states.filter((state) => !multiplied.has(state.measure.cube));
  for (const state of states) {
    const inner = state.kind === 'raw' ? leafIds(model, state.measure) : [];
    if (inner.some((id) => multiplied.has(cubeOf(id)))) throw multipliedRaw(state);
    if (multiplied.has(state.measure.cube)) requireOwnRows(scope, state.measure);
  }
  return once.length === states.length ? plainSelect(context, once) : keyedSelect(context, once);
}

/** Over distinct keys a measure can be taken only of what its cube has one of for each key. */
function requireOwnRows({ model, request }: SqlScope, { id, cube }: Measure): void {
  const single = singleCubes(request.tree, cube);
  const other = neededCubes(model, [id], []).find((name) => !single.has(name));
  if (other === undefined) return;
  throw new StoreError(
    'query_invalid',
    `${id} reads ${other}, of which there are many for one row of ${cube}, so that no row of ${other} can be told from its equals.`,
    { next: `Define the measure in ${other}.` },
  );
}

interface Context {
  readonly scope: SqlScope;
  readonly from: SqlFrom;
  readonly keys: readonly SqlColumn[];
  readonly conditions: readonly SqlExpression[];
}

function plainSelect(context: Context, states: readonly MeasureState[]): SqlSelect {
  const inputsOf: InputsOf = (measure) => measureInputs(context.scope, measure, countedKey(context, measure));
  const columns = [...context.keys, ...states.flatMap((state) => stateColumns(context, state, inputsOf))];
  return {
    ...selectOf(columns, context.from),
    where: allOf(context.conditions),
    groupKeys: context.keys.length,
  };
}

/** One select per multiplied cube over its distinct keys, joined with the rest by the keys of the groups. */
function keyedSelect(context: Context, once: readonly MeasureState[]): SqlSelect {
  const { keys, scope } = context;
  const { request } = scope;
  const multiplied = request.states.filter((state) => !once.includes(state));
  const cubes = [...new Set(multiplied.map((state) => state.measure.cube))];
  const selects = cubes.map((cube) => {
    const own = multiplied.filter((state) => state.measure.cube === cube);
    return padded(context, distinctSelect(context, cube, own));
  });
  if (keys.length + once.length > 0) selects.unshift(padded(context, plainSelect(context, once)));
  const columns = [...keys.map(({ name }) => columnSql(name)), ...request.states.flatMap(oneOfParts)];
  return { ...selectOf(columns, { kind: 'selects', selects }), groupKeys: keys.length };
}

/** A select with a column for every state, NULL for those of other selects. */
function padded({ keys, scope }: Context, select: SqlSelect): SqlSelect {
  const states = scope.request.states.flatMap((state) => {
    const types = stateTypes(state.kind);
    return stateNames(state).map((name, part): SqlColumn => {
      const own = select.columns.find((column) => column.name === name);
      const type = types[part] ?? inputType(scope, state);
      return own ?? { expression: { kind: 'null', type }, name };
    });
  });
  return { ...select, columns: [...select.columns.slice(0, keys.length), ...states] };
}

/** Calculated measures need none: they stand in the first select, which tells their type. */
function inputType({ types }: SqlScope, { measure }: MeasureState): LogicalType | null {
  return measure.type === 'number' ? null : (types.get(measure.id) ?? null);
}

/** A group's state from the one select that has it: no row there counts as 0. */
function oneOfParts(state: MeasureState): SqlColumn[] {
  const counts = state.kind === 'count' || state.kind === 'distinct';
  return stateNames(state).map((name) => {
    const operand: SqlExpression = { kind: 'anyValue', operand: { kind: 'column', name } };
    return { expression: counts ? { kind: 'coalesce', operand, fallback: 0 } : operand, name };
  });
}

function distinctSelect(context: Context, cube: string, states: readonly MeasureState[]): SqlSelect {
  const { scope, keys } = context;
  const primaryKey = primaryKeySql(scope, cube);
  if (primaryKey === null) throw missingPrimaryKey(cube);
  let place = 0;
  const inputs = states.map((state) => {
    if (state.kind === 'raw' && state.measure.type === 'number') throw multipliedRaw(state);
    return measureInputs(scope, state.measure, primaryKey).map((expression): SqlColumn => ({
      expression,
      name: `_input${place++}`,
    }));
  });
  const inner: SqlSelect = {
    ...selectOf([...keys, { expression: primaryKey, name: '_key' }, ...inputs.flat()], context.from),
    distinct: true,
    where: allOf([...context.conditions, isNotNull(primaryKey)]),
  };
  const outer = [
    ...keys.map(({ name }) => columnSql(name)),
    ...states.flatMap((state, at) =>
      stateColumns(context, state, () => inputs[at].map(({ name }) => columnSql(name).expression)),
    ),
  ];
  return { ...selectOf(outer, { kind: 'selects', selects: [inner] }), groupKeys: keys.length };
}

function stateColumns({ scope }: Context, state: MeasureState, inputsOf: InputsOf): SqlColumn[] {
  const names = stateNames(state);
  return stateSql(scope, state, inputsOf).map((expression, part) => ({ expression, name: names[part] }));
}

/** What a count without SQL counts: rows of the root, keys of a cube that a LEFT JOIN may leave empty. */
function countedKey(context: Context, measure: Measure): SqlExpression | null {
  if (measure.cube === context.scope.request.tree.root) return null;
  const key = primaryKeySql(context.scope, measure.cube);
  if (key === null && measure.type === 'count' && measure.sql === null) throw missingPrimaryKey(measure.cube);
  return key;
}

/** Null: the cube has none. */
export function primaryKeySql(scope: SqlScope, cube: string): SqlExpression | null {
  const keys = primaryKeys(scope.model, cube);
  if (keys.length === 0) return null;
  const operands = keys.map((key) => templateSql(scope, key.sql, cube));
  return operands.length === 1 ? operands[0] : { kind: 'row', operands };
}

function allOf(operands: readonly SqlExpression[]): SqlExpression | null {
  return operands.length === 0 ? null : { kind: 'and', operands };
}

function columnSql(name: SqlColumn['name']): SqlColumn {
  return { expression: { kind: 'column', name }, name };
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
