/**
 * The second way to an answer: one statement over the raw tables for DuckDB, from the description of a random model,
 * with no line of the planner. The tables are joined as they stand; a measure looks at each row of its own cube once
 * in a group, which its primary key tells; then groups are filtered and ordered. It is slow and meant to be seen to be
 * right.
 */
import type { CubeQuery } from './cube-query.js';
import { asksForSomething, havingSql, mixedGroups, whereSql } from './naive-conditions.js';
import type { Clock } from './naive-filter.js';
import { classOf, formulaValue, inputsOf, leafValue } from './naive-measure.js';
import type { NaiveValue, ValueClass } from './naive-measure.js';
import {
  askedTimes,
  findDimension,
  findMeasure,
  findNamed,
  fromSql,
  isDotted,
  isRepeated,
  joinTables,
  leavesOf,
  NoAnswer,
} from './naive-members.js';
import type { Tables } from './naive-members.js';
import { bucketSql, instantSql, shownSql, wallSql } from './naive-time.js';
import type { RandomMeasure, RandomModel } from './random-model.js';

export interface NaiveStatement {
  /** All groups in order, each column as `c0`, `c1`, …, and `e0`, … where its values may differ by that much. */
  readonly sql: string;
  readonly columns: readonly NaiveColumn[];
  /** Whether a number is an estimate in the product's answer, and whether groups are told by one. */
  readonly estimated: boolean;
  readonly filteredByEstimates: boolean;
  /** Whether sums may go beyond 128 bits: then an error is an answer too. */
  readonly mayOverflow: boolean;
}

export interface NaiveColumn {
  readonly name: string;
  /** Of a time with a granularity: the name without it. */
  readonly short: string | null;
  readonly class: ValueClass;
  readonly kind: 'dimension' | 'time' | 'measure';
  /** `sketch`: an estimate; `calculated`: from one. */
  readonly estimate: 'none' | 'sketch' | 'calculated';
  /** False: its last digits hang on the order in which states are merged. */
  readonly steady: boolean;
}

export type NaivePlan =
  | { readonly kind: 'statement'; readonly statement: NaiveStatement }
  | { readonly kind: 'none'; readonly reasons: readonly NoAnswer[]; readonly mayOverflow: boolean };

export function naiveSql(model: RandomModel, query: CubeQuery, now: number): NaivePlan {
  const reasons: NoAnswer[] = [];
  const attempt = <T>(work: () => T): T | null => {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      reasons.push(error);
      return null;
    }
  };
  const clock = { zone: query.timezone ?? 'UTC', now };
  const tables = attempt(() => joinTables(model, query));
  const where = attempt(() => whereSql(model, query, clock));
  const leaves = attempt(() => leavesOfQuery(model, query));
  if (tables !== null) attempt(() => multipliedSql(model, query, tables));
  const wide = leaves === null ? null : valuesOf(model, leaves);
  const having = wide === null ? null : attempt(() => havingSql(model, query, wide, clock));
  attempt(() => asksForSomething(query));
  attempt(() => mixedGroups(model, query.filters ?? []));
  if (reasons.length > 0 || tables === null || where === null || leaves === null || wide === null)
    return { kind: 'none', reasons, mayOverflow: leaves !== null && overflows(leaves) };
  const parts = { model, query, tables, where, leaves, wide, having: having ?? 'TRUE', clock };
  return { kind: 'statement', statement: assemble(parts) };
}

interface Parts {
  readonly model: RandomModel;
  readonly query: CubeQuery;
  readonly tables: Tables;
  readonly where: string;
  /** Aggregated measures, of the query and of those that it is calculated from. */
  readonly leaves: readonly RandomMeasure[];
  readonly wide: (id: string) => NaiveValue;
  readonly having: string;
  readonly clock: Clock;
}

function assemble({ model, query, tables, where, leaves, wide, having, clock }: Parts): NaiveStatement {
  const keys = keysOf(model, query, clock);
  const k = keys.map((_, at) => `k${at}`);
  const cubes = [...new Set(leaves.map(({ id }) => cubeOf(id)))];
  const inputs = leaves.flatMap((leaf, at) => {
    const { x, y } = inputsOf(leaf);
    return [`${x} AS x${at}`, `${y} AS y${at}`];
  });
  const joined = [
    ...keys.map(({ sql }, at) => `${sql} AS k${at}`),
    ...cubes.map((cube) => `${cube}.id AS p_${cube}`),
    ...inputs,
    '1 AS one',
  ];
  const measures = [...new Set(query.measures ?? [])].map((name) => {
    const { id } = findMeasure(model, name);
    return { name, value: wide(id), estimate: estimateOf(model, id), steady: isSteady(model, id) };
  });
  const columns: NaiveColumn[] = [
    ...keys.map(({ column }) => column),
    ...measures.map(({ name, value, estimate, steady }): NaiveColumn => ({
      ...{ name, short: null, class: value.class, kind: 'measure', estimate, steady },
    })),
  ];
  const shown = [
    ...keys.map((_, at) => `g.k${at} AS c${at}`),
    ...measures.flatMap(({ value }, at) => [
      `${value.sql} AS c${keys.length + at}`,
      `${value.error ?? '0'} AS e${keys.length + at}`,
    ]),
  ];
  // The rows of one table are each there once, and its groups are all that there are.
  const isAlone = tables.joins.length === 0 && cubes.length === 1;
  const groups = isAlone ? [] : [`groups AS (${groupsSql(k)})`];
  const from = isAlone
    ? `of_${cubes[0]} g`
    : ['groups g', ...cubes.map((cube) => joinSql(cube, k))].join(' ');
  const ofCubes = cubes.map((cube) => `of_${cube} AS (${cubeSql(cube, leaves, k, isAlone)})`);
  const sql = `WITH joined AS (SELECT ${joined.join(', ')} FROM ${fromSql(tables)} WHERE ${where}),
    ${[...ofCubes, ...groups].join(',\n    ')},
    wide AS (SELECT ${shown.join(', ')} FROM ${from} WHERE ${having})
    SELECT ${columns.map(printSql).join(', ')} FROM wide ORDER BY ${orderSql(query, columns)}`;
  return { sql, columns, ...estimatesOf(model, query), mayOverflow: overflows(leaves) };
}

interface Key {
  readonly sql: string;
  readonly column: NaiveColumn;
}

function keysOf(model: RandomModel, query: CubeQuery, { zone }: Clock): Key[] {
  const names = [...new Set((query.dimensions ?? []).filter((name) => !isDotted(name)))];
  const dimensions = names.map((name): Key => {
    const dimension = findDimension(model, name);
    const tested = classOf(dimension.kind);
    const column = {
      name,
      short: null,
      class: tested,
      kind: 'dimension' as const,
      estimate: 'none' as const,
      steady: true,
    };
    if (tested.kind === 'time') return { sql: shownSql(wallSql(instantSql(dimension), zone)), column };
    return { sql: tested.kind === 'double' ? `CAST(${dimension.sql} AS DOUBLE)` : dimension.sql, column };
  });
  const times = askedTimes(query).flatMap(({ name, granularity }): Key[] => {
    if (granularity === null) return [];
    const sql = bucketSql(wallSql(instantSql(findDimension(model, name)), zone), granularity);
    const full = `${name}.${granularity}`;
    return [
      {
        sql,
        column: {
          name: full,
          short: name,
          class: { kind: 'time' },
          kind: 'time',
          estimate: 'none',
          steady: true,
        },
      },
    ];
  });
  return [...dimensions, ...new Map(times.map((key) => [key.column.name, key])).values()];
}

function cubeOf(id: string): string {
  return id.slice(0, id.indexOf('.'));
}

function groupsSql(k: readonly string[]): string {
  return k.length === 0 ? 'SELECT 1 AS one' : `SELECT DISTINCT ${k.join(', ')} FROM joined`;
}

/** The leaves of one cube over its rows, each once in a group. */
function cubeSql(
  cube: string,
  leaves: readonly RandomMeasure[],
  k: readonly string[],
  isAlone: boolean,
): string {
  const own = leaves.flatMap((leaf, at) => (cubeOf(leaf.id) === cube ? [{ leaf, at }] : []));
  const row = [...k, `p_${cube}`, ...own.flatMap(({ at }) => [`x${at}`, `y${at}`])];
  const values = own.flatMap(({ leaf, at }) => {
    const { sql, error } = leafValue(leaf, `x${at}`, `y${at}`);
    return [`${sql} AS v${at}`, `${error ?? '0'} AS d${at}`];
  });
  const rows = `SELECT ${isAlone ? '' : 'DISTINCT '}${row.join(', ')} FROM joined WHERE p_${cube} IS NOT NULL`;
  const grouped = k.length === 0 ? '' : `GROUP BY ${k.join(', ')}`;
  return `SELECT ${[...k, ...values].join(', ')} FROM (${rows}) ${grouped}`;
}

function joinSql(cube: string, k: readonly string[]): string {
  const on = k.map((key) => `g.${key} IS NOT DISTINCT FROM of_${cube}.${key}`);
  return `LEFT JOIN of_${cube} ON ${on.join(' AND ') || 'TRUE'}`;
}

/** The measures of a query and of its filters, as the aggregates that they are made of. */
function leavesOfQuery(model: RandomModel, query: CubeQuery): RandomMeasure[] {
  const found = new Map<string, RandomMeasure>();
  const visit = (measure: RandomMeasure): void => {
    const { formula, id } = measure;
    if (formula === null) found.set(id, measure);
    else for (const inner of [formula.left, formula.right]) visit(findMeasure(model, inner));
  };
  for (const name of measureNames(model, query)) visit(findMeasure(model, name));
  return [...found.values()];
}

/** SQL over aggregates cannot be taken apart, so that it cannot look at each row once. @throws NoAnswer */
function multipliedSql(model: RandomModel, query: CubeQuery, tables: Tables): void {
  for (const name of measureNames(model, query)) {
    const { id, formula } = findMeasure(model, name);
    if (formula?.shape === 'case' && isRepeated(tables, cubeOf(id)))
      throw new NoAnswer('multiplied SQL', /is multiplied by a join, and its SQL cannot be taken apart/);
  }
}

function measureNames(model: RandomModel, query: CubeQuery): string[] {
  return [...(query.measures ?? []), ...havingMembers(model, query)];
}

function havingMembers(model: RandomModel, query: CubeQuery): string[] {
  const tests = (query.filters ?? [])
    .flatMap(leavesOf)
    .filter(({ operator }) => operator !== 'measureFilter');
  return tests.map(({ member }) => member).filter((name) => findNamed(model, name).kind === 'measure');
}

/** The value of a measure by its id, over the columns of the leaves. */
function valuesOf(model: RandomModel, leaves: readonly RandomMeasure[]): (id: string) => NaiveValue {
  const valueOf = (id: string): NaiveValue => {
    const measure = findMeasure(model, id);
    if (measure.formula !== null)
      return formulaValue(measure.formula, valueOf(measure.formula.left), valueOf(measure.formula.right));
    const at = leaves.findIndex((leaf) => leaf.id === id);
    const counts = measure.type.startsWith('count');
    const { class: own, error } = leafValue(measure, '', '');
    return {
      sql: counts ? `coalesce(v${at}, 0)` : `v${at}`,
      class: own,
      error: error === null ? null : `d${at}`,
    };
  };
  return valueOf;
}

/** Every column in the asked order or by Cube's default, then those that are left, ascending; NULL last. */
function orderSql(query: CubeQuery, columns: readonly NaiveColumn[]): string {
  const { order = [] } = query;
  const asked = (Array.isArray(order) ? order : Object.entries(order)) as readonly [string, string][];
  const keys = asked.map(([name, way]) => {
    const exact = columns.findIndex((column) => column.name === name);
    return { at: exact >= 0 ? exact : columns.findIndex((column) => column.short === name), way };
  });
  if (keys.length === 0) {
    const time = columns.findIndex(({ kind }) => kind === 'time');
    const measure = columns.findIndex(({ kind }) => kind === 'measure');
    if (time >= 0) keys.push({ at: time, way: 'asc' });
    else keys.push(measure >= 0 ? { at: measure, way: 'desc' } : { at: 0, way: 'asc' });
  }
  const rest = columns
    .map((_, at) => ({ at, way: 'asc' }))
    .filter((column) => keys.every(({ at }) => at !== column.at));
  return [...keys, ...rest].map(({ at, way }) => `wide.c${at} ${way} NULLS LAST`).join(', ');
}

function printSql({ class: own, kind }: NaiveColumn, at: number): string {
  const error = kind === 'measure' ? `, CAST(e${at} AS DOUBLE) AS e${at}` : '';
  switch (own.kind) {
    case 'time':
      return `strftime(c${at}, '%Y-%m-%dT%H:%M:%S.%g') AS s${at}${error}`;
    case 'exact':
      return `CAST(c${at} AS VARCHAR) AS s${at}${error}`;
    default:
      return `c${at} AS s${at}${error}`;
  }
}

function estimatesOf(
  model: RandomModel,
  query: CubeQuery,
): Pick<NaiveStatement, 'estimated' | 'filteredByEstimates'> {
  const isEstimate = (name: string): boolean => estimateOf(model, findMeasure(model, name).id) !== 'none';
  const having = havingMembers(model, query);
  return {
    estimated: [...(query.measures ?? []), ...having].some(isEstimate),
    filteredByEstimates: having.some(isEstimate),
  };
}

function isSteady(model: RandomModel, id: string): boolean {
  const { type, formula } = findMeasure(model, id);
  if (formula !== null) return [formula.left, formula.right].every((inner) => isSteady(model, inner));
  return !['variance', 'stddev', 'covariance', 'correlation'].includes(type);
}

function estimateOf(model: RandomModel, id: string): NaiveColumn['estimate'] {
  const { type, formula } = findMeasure(model, id);
  if (type === 'count_distinct_approx') return 'sketch';
  if (formula === null || formula.shape === 'case') return 'none';
  const of = [formula.left, formula.right].map((inner) => estimateOf(model, inner));
  return of.some((estimate) => estimate !== 'none') ? 'calculated' : 'none';
}

function overflows(leaves: readonly RandomMeasure[]): boolean {
  const sums = leaves.filter(({ type }) => type === 'sum' || type === 'avg');
  return sums.some(({ kind }) => kind === 'vast' || kind === 'long');
}
