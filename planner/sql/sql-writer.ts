/** The pieces that every statement is made of: quoted names, numbered parameters, rendered templates. */
import type { JoinTree, SourceRequest, SqlParam } from '../../model/plan.js';
import type {
  Cube,
  DataModel,
  Dimension,
  DimensionType,
  MemberId,
  SqlPart,
  SqlTemplate,
} from '../../model/schema.js';
import { cubeOf } from '../../model/schema.js';
import type { LogicalType } from '../../model/value.js';
import { lookUp } from '../find-member.js';
import { memberClosure } from '../join-tree.js';
import { dimensionOf } from '../output-columns.js';
import { SUB_QUERY } from '../sub-query.js';
import { filterParamsSql } from './filter-params-sql.js';

/** Types of members in the source: of a dimension's expression, of a measure's input. */
export type SourceTypes = ReadonlyMap<MemberId, LogicalType>;

/** What SQL is written for: everything that the text of a template can depend on. */
export interface SqlScope {
  readonly model: DataModel;
  readonly request: SourceRequest;
  readonly types: SourceTypes;
  readonly params: SqlParams;
  /** Which FILTER_PARAMS the filters of the request reach; the others are `1 = 1`. */
  readonly filterParams: 'all' | 'push-down' | 'none';
  /** Joins the values of a sub-query, one for each row of its cube, under the name of the dimension. */
  readonly subQueryJoin: (dimension: Dimension) => string;
  /** A value of the filter whose function is rendered. */
  readonly argument?: (index: number) => string;
}

/** Parameters of one statement, in the order of their numbers. */
export class SqlParams {
  readonly #params: SqlParam[] = [];

  get all(): readonly SqlParam[] {
    return this.#params;
  }

  /** `$3` for the third parameter. */
  add(param: SqlParam): string {
    this.#params.push(param);
    return `$${this.#params.length}`;
  }
}

export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/**
 * `FROM "flights" … LEFT JOIN …` of a join tree; a cube's name is its alias. Each sub-query that the members need is
 * joined to its cube.
 */
export function fromClause(scope: SqlScope, tree: JoinTree, members: readonly MemberId[]): string {
  const { model } = scope;
  const needed = [...memberClosure(model, members)].flatMap((id) => {
    const found = lookUp(model, id);
    return found?.kind === 'dimension' && found.dimension.subQuery ? [found.dimension] : [];
  });
  const subQueries = (cube: string): string[] =>
    needed.filter((dimension) => dimension.cube === cube).map(scope.subQueryJoin);
  const root = model.cubes.get(tree.root) as Cube;
  const lines = [`FROM ${tableSql(scope, root)}`, ...subQueries(tree.root)];
  for (const join of tree.joins) {
    const target = model.cubes.get(join.to) as Cube;
    lines.push(`LEFT JOIN ${tableSql(scope, target)} ON ${renderTemplate(scope, join.sql, join.from)}`);
    lines.push(...subQueries(join.to));
  }
  return lines.join('\n');
}

/** The SQL of a template within a joined table; members are put in parentheses. */
export function renderTemplate(scope: SqlScope, template: SqlTemplate, cube: string): string {
  return renderParts(scope, template.parts, cube);
}

/** @param cube whose columns bare names are; null: bare names stay bare, as in the `sql` of a cube */
export function renderParts(scope: SqlScope, parts: readonly SqlPart[], cube: string | null): string {
  const only = parts.length === 1 ? parts[0] : null;
  if (cube !== null && only?.kind === 'text' && /^\s*[_a-zA-Z][_a-zA-Z0-9]*\s*$/.test(only.text)) {
    return `${quoteName(cube)}.${quoteName(only.text.trim())}`;
  }
  return parts.map((part) => renderPart(scope, part, cube)).join('');
}

/** @param table of the cube whose `sql` this is */
export function renderPart(
  scope: SqlScope,
  part: SqlPart,
  cube: string | null,
  table: string | null = null,
): string {
  const { model, params } = scope;
  switch (part.kind) {
    case 'text':
      return part.text;
    case 'cube':
      return quoteName(part.cube);
    case 'member':
      return `(${memberSql(scope, part.member)})`;
    case 'bucket':
      return bucketSql(scope, part);
    case 'table':
      return rowsSql(scope, model.cubes.get(part.cube) as Cube, false);
    case 'value':
      return valueSql(part.value, params);
    case 'local':
      return localSql(scope, castSql('time', `(${renderParts(scope, part.parts, cube)})`));
    case 'filter':
      return filterParamsSql(scope, part, cube, table);
    case 'argument':
      return scope.argument?.(part.index) ?? 'NULL';
  }
}

/** A dimension in the SQL type of its declared type, so that it means the same in every source table. */
export function dimensionSql(scope: SqlScope, dimension: Dimension): string {
  const sql = castSql(dimension.type, rowSql(scope, dimension));
  const isBucket = dimension.sql.parts.length === 1 && dimension.sql.parts[0].kind === 'bucket';
  const { timezone } = scope.request;
  if (dimension.type !== 'time' || !isBucket || timezone === 'UTC') return sql;
  // A time of its own is a moment, which the query puts on the clock of its zone again.
  return `timezone('UTC', timezone(${scope.params.add({ type: 'string', value: timezone })}, ${sql}))`;
}

export function castSql(type: DimensionType, sql: string): string {
  switch (type) {
    case 'string':
      return `CAST(${sql} AS VARCHAR)`;
    case 'boolean':
      return `CAST(${sql} AS BOOLEAN)`;
    case 'time':
      return `CAST(${sql} AS TIMESTAMP)`;
    case 'number':
      return sql;
  }
}

/** A time in UTC on the clock of the request's time zone. */
function localSql({ request, params }: SqlScope, sql: string): string {
  if (request.timezone === 'UTC') return sql;
  return `timezone(${params.add({ type: 'string', value: request.timezone })}, timezone('UTC', ${sql}))`;
}

function bucketSql(scope: SqlScope, { member, granularity }: Extract<SqlPart, { kind: 'bucket' }>): string {
  const time = localSql(scope, dimensionSql(scope, dimensionOf(scope.model, member)));
  return `date_trunc('${granularity}', ${time})`;
}

/** With its type, which a source wants to know before it has the value. */
function valueSql(value: string | number | boolean, params: SqlParams): string {
  switch (typeof value) {
    case 'string':
      return `CAST(${params.add({ type: 'string', value })} AS VARCHAR)`;
    case 'boolean':
      return `CAST(${params.add({ type: 'boolean', value })} AS BOOLEAN)`;
    default: {
      const type = Number.isSafeInteger(value) ? 'BIGINT' : 'DOUBLE';
      return `CAST(${params.add({ type: 'string', value: String(value) })} AS ${type})`;
    }
  }
}

function tableSql(scope: SqlScope, cube: Cube): string {
  return `${rowsSql(scope, cube, true)} AS ${quoteName(cube.name)}`;
}

/** @param own whether the rows are read for the cube itself, not by the SQL of another */
function rowsSql(scope: SqlScope, { name, table }: Cube, own: boolean): string {
  if (table.kind === 'table') return table.name;
  const parts = table.sql.parts.map((part) => renderPart(scope, part, null, own ? name : null));
  return `(${parts.join('')})`;
}

function memberSql(scope: SqlScope, id: MemberId): string {
  const found = lookUp(scope.model, id);
  if (found?.kind === 'dimension') return rowSql(scope, found.dimension);
  if (found?.kind === 'segment') return renderTemplate(scope, found.segment.sql, cubeOf(id));
  throw new Error(`${id} is no row-level member`); // the loader admits none
}

function rowSql(scope: SqlScope, dimension: Dimension): string {
  if (!dimension.subQuery) return renderTemplate(scope, dimension.sql, dimension.cube);
  return `${quoteName(dimension.id)}.${quoteName(SUB_QUERY.value)}`;
}
