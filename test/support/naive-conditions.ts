/** What a query keeps of rows and of groups, in naive SQL, and what no query may ask. */
import type { CubeFilter, CubeQuery } from './cube-query.js';
import { testSql, timestamp } from './naive-filter.js';
import type { Clock } from './naive-filter.js';
import { classOf } from './naive-measure.js';
import type { NaiveValue, ValueClass } from './naive-measure.js';
import { askedTimes, findDimension, findNamed, leavesOf, NoAnswer } from './naive-members.js';
import { instantSql, rangeOf } from './naive-time.js';
import type { RandomDimension, RandomMeasure, RandomModel } from './random-model.js';

/** For rows. @throws NoAnswer */
export function whereSql(model: RandomModel, query: CubeQuery, clock: Clock): string {
  const conditions = (query.segments ?? []).map((name) => {
    const found = findNamed(model, name);
    if (found.kind !== 'segment') throw new NoAnswer('not a segment', /segment/);
    return `coalesce(${found.segment.sql}, FALSE)`;
  });
  for (const { name, range } of askedTimes(query)) {
    if (range === null) continue;
    const { from, to } = rangeOf(range, clock.zone, clock.now);
    const time = instantSql(findDimension(model, name));
    conditions.push(`(${time} >= ${timestamp(from)} AND ${time} < ${timestamp(to)})`);
  }
  const test = (filter: CubeFilter): string => {
    if ('and' in filter) return `(${filter.and.map(test).join(' AND ')})`;
    if ('or' in filter) return `(${filter.or.map(test).join(' OR ')})`;
    const found = findNamed(model, filter.member);
    if (found.kind === 'measure') {
      if (filter.operator === 'measureFilter') return `coalesce(${found.measure.filter ?? 'TRUE'}, FALSE)`;
      return 'TRUE';
    }
    if (found.kind !== 'dimension') throw new NoAnswer('not a dimension', /dimension/);
    return testSql(testedDimension(found.dimension), filter.operator, filter.values ?? [], clock);
  };
  conditions.push(...(query.filters ?? []).map(test));
  return conditions.join(' AND ') || 'TRUE';
}

function testedDimension(dimension: RandomDimension): { sql: string; class: ValueClass } {
  const own = classOf(dimension.kind);
  return { sql: own.kind === 'time' ? instantSql(dimension) : dimension.sql, class: own };
}

/** For groups. @throws NoAnswer */
export function havingSql(
  model: RandomModel,
  query: CubeQuery,
  valueOf: (id: string) => NaiveValue,
  clock: Clock,
): string {
  const test = (filter: CubeFilter): string => {
    if ('and' in filter) return `(${filter.and.map(test).join(' AND ')})`;
    if ('or' in filter) return `(${filter.or.map(test).join(' OR ')})`;
    const found = findNamed(model, filter.member);
    if (found.kind !== 'measure' || filter.operator === 'measureFilter') return 'TRUE';
    const { operator, values = [] } = filter;
    const { sql, class: own } = valueOf(found.id);
    if (own.kind === 'exact' || own.kind === 'double' || isTyped(found.measure))
      return testSql({ sql, class: own }, operator, values, clock);
    if (operator === 'set' || operator === 'notSet') return testSql({ sql, class: own }, operator, [], clock);
    testSql({ sql, class: { kind: 'double' } }, operator, values, clock);
    throw new NoAnswer('misfit', /does not fit its type|which the filter does not fit/);
  };
  return (query.filters ?? []).map(test).join(' AND ') || 'TRUE';
}

/** Whether the model tells that values are no numbers: true or false, or the first or last value of a dimension. */
function isTyped({ type, document }: RandomMeasure): boolean {
  if (type === 'bool_and' || type === 'bool_or') return true;
  return (type === 'first' || type === 'last') && /^\{\w+\}$/.test(String(document['sql']));
}

/** @throws NoAnswer */
export function asksForSomething(query: CubeQuery): void {
  const { measures = [], dimensions = [] } = query;
  const buckets = askedTimes(query).filter(({ granularity }) => granularity !== null);
  if (measures.length + dimensions.length + buckets.length > 0) return;
  throw new NoAnswer('asks for nothing', /the query asks for nothing/);
}

/** A group that is not merely taken apart holds dimensions or measures, not both. @throws NoAnswer */
export function mixedGroups(model: RandomModel, filters: readonly CubeFilter[]): void {
  for (const filter of filters) {
    if ('and' in filter) mixedGroups(model, filter.and);
    if (!('or' in filter)) continue;
    const kinds = new Set(leavesOf(filter).map(({ member }) => findNamed(model, member).kind));
    if (kinds.size > 1) throw new NoAnswer('mixed group', /a group mixes measures and dimensions/);
    if (leavesOf(filter).some(({ operator }) => operator === 'measureFilter'))
      throw new NoAnswer('counting in or', /cannot stand in an `or`/);
  }
}
