/** The statements that a source is asked. */
import { filterMembers } from '../../model/filter.js';
import type { SourceRequest, Statement } from '../../model/plan.js';
import type { DataModel, MemberId } from '../../model/schema.js';
import type { SqlTemplate } from '../../model/sql-template.js';
import { lookUp } from '../find-member.js';
import { leafIds } from '../leaf-states.js';
import { dimensionOf } from '../output-columns.js';
import { measureInputs } from './aggregate-sql.js';
import { compileSql, compileTemplate } from './compile-sql.js';
import type { SqlDialect } from './sql-dialect.js';
import { openScope } from './open-scope.js';
import { sourceSelect } from './source-select.js';
import type { SourceTypes, SqlScope } from './sql-scope.js';
import { memberName, selectOf } from './sql-tree.js';
import type { SqlColumn, SqlExpression } from './sql-tree.js';
import { dimensionSql, memberSql, querySql, tablesSql } from './template-sql.js';

/** The members that the request names, and the leaves of its measures: the types that `sourceStatement` wants. */
export function requestMembers(model: DataModel, request: SourceRequest): MemberId[] {
  const { keys, states, segments, filter, boxes } = request;
  return [
    ...new Set([
      ...keys.map((key) => key.member),
      ...states.flatMap(({ measure }) => [measure.id, ...leafIds(model, measure)]),
      ...segments,
      ...(filter === null ? [] : filterMembers(filter)),
      ...boxes.flatMap((box) => box.map(({ dimension }) => dimension)),
    ]),
  ];
}

export function sourceStatement(
  model: DataModel,
  request: SourceRequest,
  types: SourceTypes,
  dialect: SqlDialect,
): Statement {
  return compileSql(sourceSelect(model, request, types), dialect);
}

/** Smallest and largest time and the count of rows without one: columns `from`, `to`, `nulls`. */
export function rangeStatement(
  model: DataModel,
  request: SourceRequest,
  dimension: MemberId,
  dialect: SqlDialect,
): Statement {
  const scope = openScope(model, request, new Map(), 'none');
  const time = dimensionSql(scope, dimensionOf(model, dimension));
  const columns: SqlColumn[] = [
    { expression: { kind: 'min', operand: time, type: null }, name: 'from' },
    { expression: { kind: 'max', operand: time, type: null }, name: 'to' },
    { expression: { kind: 'countNulls', operand: time }, name: 'nulls' },
  ];
  return compileSql(selectOf(columns, tablesSql(scope, request.tree, [dimension])), dialect);
}

/** One end of a build range, as the model's author wrote it: the first column of the first row is asked for. */
export function buildRangeStatement(
  model: DataModel,
  request: SourceRequest,
  sql: SqlTemplate,
  dialect: SqlDialect,
): Statement {
  return compileTemplate(querySql(openScope(model, request, new Map(), 'none'), sql, null), dialect);
}

/**
 * A statement whose result has no rows and one column per member, of the member's type in the source.
 * @param members of the cubes that `request` joins
 */
export function typeStatement(
  model: DataModel,
  request: SourceRequest,
  members: readonly MemberId[],
  dialect: SqlDialect,
): Statement {
  // No type depends on the clock, and DuckDB knows none of what a parameter without a value does to a time.
  const scope = openScope(model, { ...request, timezone: 'UTC' }, new Map(), 'none');
  const columns = members.map((member) => ({
    expression: inputSql(scope, member),
    name: memberName(member),
  }));
  const page = { order: [], limit: 0, offset: 0 };
  return compileSql({ ...selectOf(columns, tablesSql(scope, request.tree, members)), page }, dialect);
}

function inputSql(scope: SqlScope, member: MemberId): SqlExpression {
  const found = lookUp(scope.model, member);
  if (found?.kind === 'dimension') return dimensionSql(scope, found.dimension);
  if (found?.kind !== 'measure') return memberSql(scope, member);
  const [input] = measureInputs(scope, found.measure);
  return input ?? { kind: 'null', type: null };
}
