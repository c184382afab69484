/** FILTER_PARAMS as a condition: the filters of the request on its members, on the columns that the model gives. */
import { StoreError } from '../../model/errors.js';
import type { Filter, Literal, Test } from '../../model/filter.js';
import type { SqlParam } from '../../model/plan.js';
import type { FilterParam, MemberId, SqlPart } from '../../model/schema.js';
import { askedFilters, holdsForNulls } from '../asked-filters.js';
import { dimensionOf } from '../output-columns.js';
import { isPushDown } from '../push-down.js';
import { filterSql } from './filter-sql.js';
import { castSql, renderParts } from './sql-writer.js';
import type { SqlParams, SqlScope } from './sql-writer.js';

const NO_FILTER = '1 = 1';

/**
 * @param cube whose columns bare names are; null: bare names stay bare
 * @param table of the cube whose `sql`, read for itself, holds the part
 */
export function filterParamsSql(
  scope: SqlScope,
  part: Extract<SqlPart, { kind: 'filter' }>,
  cube: string | null,
  table: string | null,
): string {
  if (scope.filterParams === 'none') return NO_FILTER;
  const params = new Map(part.params.map((param) => [param.member, param]));
  const filter = askedFilters(scope.request, new Set(params.keys()));
  if (filter === null) return NO_FILTER;
  const early = table !== null && isPushDown(scope.model, table, part);
  if (!early && scope.filterParams === 'push-down') return NO_FILTER;
  // A row that is filtered out before a LEFT JOIN comes back as NULLs.
  if (early && table !== scope.request.tree.root && holdsForNulls(filter)) return NO_FILTER;
  return conditionSql(scope, filter, params, cube);
}

function conditionSql(
  scope: SqlScope,
  filter: Filter,
  params: ReadonlyMap<MemberId, FilterParam>,
  cube: string | null,
): string {
  if (filter.kind !== 'test') {
    const parts = filter.filters.map((inner) => conditionSql(scope, inner, params, cube));
    return `(${parts.join(filter.kind === 'and' ? ' AND ' : ' OR ')})`;
  }
  const { member, test } = filter;
  const param = params.get(member) as FilterParam;
  if (param.values !== null) return `(${functionSql(scope, param, param.values, test, cube)})`;
  const { type } = dimensionOf(scope.model, member);
  const sql = castSql(type, `(${renderParts(scope, param.parts, cube)})`);
  const known = scope.types.get(member) ?? (type === 'number' ? { kind: 'double' } : { kind: type });
  return filterSql(filter, () => ({ sql, type: known }), scope.params);
}

function functionSql(
  scope: SqlScope,
  { member, parts }: FilterParam,
  count: number,
  test: Test,
  cube: string | null,
): string {
  const values = valuesOf(test);
  if (values.length !== count) throw wrongValues(member, values.length, count);
  const argument = (index: number): string => valueSql(values[index], scope.params);
  return renderParts({ ...scope, argument }, parts, cube);
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

function valueSql(value: Literal, params: SqlParams): string {
  if (value.kind !== 'number') return params.add({ type: value.kind, value: value.value } as SqlParam);
  const { digits, scale } = value;
  const text = params.add({ type: 'string', value: `${digits}e${-scale}` });
  const isShort = scale <= 18 && digits < 10n ** 38n && digits > -(10n ** 38n);
  return `CAST(${text} AS ${isShort ? `DECIMAL(38, ${scale})` : 'DOUBLE'})`;
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
