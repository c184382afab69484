import type { CubeQueryDocument, MemberDocument, ModelDocument } from '../index.js';
import { cubeOf, memberColumn, timeColumn } from '../model/schema.js';
import type { Granularity } from '../model/schema.js';
import { quoteIdentifier, quoteText } from '../sources/quote-duckdb.js';

/** Thrown where a query has a part that this small writer of SQL does not know. */
export class NoPeer extends Error {
  override readonly name = 'NoPeer';
}

/**
 * A query as SQL over the Parquet files of the rollup that answers it: what a user of DuckDB alone would write.
 * @param grain the granularity of the rollup's time dimension; null where it has none
 * @param files what follows FROM
 */
export function rollupSql(
  query: CubeQueryDocument,
  model: ModelDocument,
  grain: Granularity | null,
  files: string,
): string {
  const { dimensions = [], measures = [], segments = [], timeDimensions = [], filters = [] } = query;
  const stored = (dimension: string): string => {
    if (grain === null) throw new NoPeer('a time dimension of a rollup that has none');
    return quoteIdentifier(timeColumn(dimension, grain));
  };
  const columns = new Map<string, string>();
  for (const dimension of dimensions) columns.set(dimension, quoteIdentifier(memberColumn(dimension)));
  for (const { dimension, granularity } of timeDimensions) {
    if (granularity === undefined) continue;
    columns.set(`${dimension}.${granularity}`, `date_trunc('${granularity}', ${stored(dimension)})`);
  }
  const keys = [...columns.keys()];
  for (const measure of measures) columns.set(measure, measureSql(measure, model));
  const conditions = [
    ...segments.map((segment) => quoteIdentifier(memberColumn(segment))),
    ...timeDimensions.flatMap(({ dimension, dateRange }) =>
      dateRange === undefined ? [] : [rangeSql(stored(dimension), dateRange)],
    ),
    ...filters.map(filterSql),
  ];
  return [
    `SELECT ${[...columns.values()].join(', ')} FROM ${files}`,
    conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`,
    keys.length === 0 ? '' : `GROUP BY ${keys.map((_, at) => at + 1).join(', ')}`,
    orderSql(query, [...columns.keys()]),
    query.limit === undefined ? '' : `LIMIT ${query.limit}`,
  ].join('\n');
}

function measureSql(id: string, model: ModelDocument): string {
  const cube = model.cubes.find(({ name }) => name === cubeOf(id));
  const measure = cube?.measures?.find(({ name }) => `${cube.name}.${name}` === id);
  if (measure === undefined) throw new NoPeer(`no measure ${id}`);
  const column = quoteIdentifier(memberColumn(id));
  switch (measure['type']) {
    case 'count':
    case 'sum':
      return `sum(${column})`;
    case 'min':
    case 'max':
      return `${measure['type']}(${column})`;
    case 'number':
      return calculatedSql(measure, cubeOf(id), model);
    default:
      throw new NoPeer(`a measure of type ${String(measure['type'])}`);
  }
}

function calculatedSql(measure: MemberDocument, cube: string, model: ModelDocument): string {
  return String(measure['sql']).replace(
    /\{(?:(\w+)\.)?(\w+)\}/g,
    (_, owner: string | undefined, name: string) => {
      const other = owner === undefined || owner === 'CUBE' ? cube : owner;
      return `(${measureSql(`${other}.${name}`, model)})`;
    },
  );
}

/** Both days are part of the range. */
function rangeSql(column: string, [from, to]: readonly [string, string]): string {
  if (from.length !== 10 || to.length !== 10) throw new NoPeer('a date range that is not of whole days');
  return `${column} >= TIMESTAMP ${quoteText(from)} AND ${column} < TIMESTAMP ${quoteText(to)} + INTERVAL 1 DAY`;
}

function filterSql(filter: object): string {
  const { member, operator, values } = filter as { member?: string; operator?: string; values?: string[] };
  const known = operator === 'equals' || operator === 'notEquals';
  if (member === undefined || values === undefined || !known)
    throw new NoPeer('a filter other than equality');
  const column = quoteIdentifier(memberColumn(member));
  const list = values.map(quoteText).join(', ');
  return operator === 'equals'
    ? `${column} IN (${list})`
    : `(${column} NOT IN (${list}) OR ${column} IS NULL)`;
}

/** Granary's order: the asked keys or Cube's default, then every other column ascending, NULLs last. */
function orderSql(query: CubeQueryDocument, names: readonly string[]): string {
  const asked = Object.entries(query.order ?? {});
  const [measure] = query.measures ?? [];
  const time = names.find((name) => name.split('.').length === 3);
  if (asked.length === 0) {
    if (time !== undefined) asked.push([time, 'asc']);
    else if (measure !== undefined) asked.push([measure, 'desc']);
  }
  const rest = names
    .filter((name) => !asked.some(([key]) => key === name))
    .map((name) => [name, 'asc'] as const);
  const keys = [...asked, ...rest].map(([name, direction]) => {
    const at = names.findIndex((other) => other === name || other.startsWith(`${name}.`));
    return `${at + 1} ${direction} NULLS LAST`;
  });
  return `ORDER BY ${keys.join(', ')}`;
}
