/** FILTER_PARAMS as a condition: the filters of the request on its members, on the columns that the model gives. */
import { StoreError } from '../../model/errors.js';
import type { Filter, Literal, Test } from '../../model/filter.js';
import type { MemberId } from '../../model/schema.js';
import type { FilterParam, SqlPart } from '../../model/sql-template.js';
import { askedFilters, holdsForNulls } from '../asked-filters.js';
import { dimensionOf } from '../output-columns.js';
import { isPushDown } from '../push-down.js';
import { filterSql } from './filter-sql.js';
import type { TypedSql } from './filter-sql.js';
import type { SqlScope } from './sql-scope.js';
import type { SqlExpression } from './sql-tree.js';
import { literalSql } from './value-sql.js';

/**
 * SQL of the model at the place of the condition.
 * @param argument a value of the filter, in a function that takes values
 */
type SqlOfParts = (parts: readonly SqlPart[], argument?: (index: number) => SqlExpression) => SqlExpression;

/** @param table of the cube whose `sql`, read for itself, holds the part */
export function filterParamsSql(
  scope: SqlScope,
  part: Extract<SqlPart, { kind: 'filter' }>,
  table: string | null,
  sqlOf: SqlOfParts,
): SqlExpression {
  if (scope.filterParams === 'none') return NO_FILTER;
  const params = new Map(part.params.map((param) => [param.member, param]));
  const filter = askedFilters(scope.request, new Set(params.keys()));
  if (filter === null) return NO_FILTER;
  const early = table !== null && isPushDown(scope.model, table, part);
  if (!early && scope.filterParams === 'push-down') return NO_FILTER;
  // A row that is filtered out before a LEFT JOIN comes back as NULLs.
  if (early && table !== scope.request.tree.root && holdsForNulls(filter)) return NO_FILTER;
  return conditionSql(scope, filter, params, sqlOf);
}

const NO_FILTER: SqlExpression = { kind: 'always' };

function conditionSql(
  scope: SqlScope,
  filter: Filter,
  params: ReadonlyMap<MemberId, FilterParam>,
  sqlOf: SqlOfParts,
): SqlExpression {
  if (filter.kind !== 'test') {
    return {
      kind: filter.kind,
      operands: filter.filters.map((inner) => conditionSql(scope, inner, params, sqlOf)),
    };
  }
  const { member, test } = filter;
  const param = params.get(member) as FilterParam;
  if (param.values !== null) return functionSql(param, param.values, test, sqlOf);
  return filterSql(filter, () => columnOf(scope, param, sqlOf));
}

/** The column that the model gives, in the type of the dimension that is filtered. */
function columnOf({ model, types }: SqlScope, { member, parts }: FilterParam, sqlOf: SqlOfParts): TypedSql {
  const { type } = dimensionOf(model, member);
  const operand = sqlOf(parts);
  const sql: SqlExpression = type === 'number' ? operand : { kind: 'cast', operand, type };
  return { sql, type: types.get(member) ?? (type === 'number' ? { kind: 'double' } : { kind: type }) };
}

function functionSql(
  { member, parts }: FilterParam,
  count: number,
  test: Test,
  sqlOf: SqlOfParts,
): SqlExpression {
  const values = valuesOf(test);
  if (values.length !== count) throw wrongValues(member, values.length, count);
  return sqlOf(parts, (index) => literalSql(values[index]));
}

/** The values of a test as Cube counts them: of a range its first and its last millisecond. */
function valuesOf(test: Test): readonly Literal[] {
  const time = (value: number): Literal => ({ kind: 'time', value });
  switch (test.kind) {
    case 'oneOf':
      return test.negated || test.orNull ? [] : test.values;
    case 'compare':
      return [test.value];
    case 'text':
      return test.negated ? [] : test.needles.map((value): Literal => ({ kind: 'string', value }));
    case 'timeRange':
      if (test.negated || test.from === null || test.to === null) return [];
      return [time(test.from), time(test.to - 1)];
    case 'isNull':
      return [];
  }
}

function wrongValues(member: MemberId, given: number, wanted: number): StoreError {
  return new StoreError(
    'query_invalid',
    `the query's filter on ${member} has ${given} values that a condition can hold for, and the function in its FILTER_PARAMS takes ${wanted}.`,
    {
      next: `Filter with ${wanted} values, or write a column in the model: FILTER_PARAMS.${member}.filter('column').`,
    },
  );
}
