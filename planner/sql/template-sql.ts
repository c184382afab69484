/** What the model's SQL stands for: templates, dimensions, joined tables. */
import { unreachable } from '../../model/assert.js';
import type { JoinTree } from '../../model/plan.js';
import type { Cube, DataModel, Dimension, MemberId } from '../../model/schema.js';
import type { SqlPart, SqlTemplate } from '../../model/sql-template.js';
import { cubeOf } from '../../model/schema.js';
import { lookUp } from '../find-member.js';
import { memberClosure } from '../join-tree.js';
import { dimensionOf } from '../output-columns.js';
import { filterParamsSql } from './filter-params-sql.js';
import type { SqlScope } from './sql-scope.js';
import { cubeAlias, modelText, modelWord, subQueryAlias } from './sql-tree.js';
import type { SqlExpression, SqlFrom, SqlJoin, SqlName, SqlTable, SqlTemplatePart } from './sql-tree.js';
import { contextValueSql } from './value-sql.js';

/** Where SQL of the model stands. */
export interface SqlSite {
  /** Whose columns bare words are; null: they stay bare, as in the `sql` of a cube. */
  readonly cube: string | null;
  /** The cube whose `sql`, read for itself, this is; null: it is anything else. */
  readonly table: string | null;
  /** What a member within the text stands for. */
  readonly memberOf: (member: MemberId) => SqlExpression;
  /** A value of the filter in whose function it stands. */
  readonly argument?: (index: number) => SqlExpression;
}

type TemplateSql = Extract<SqlExpression, { kind: 'template' }>;

/** A row-level template within the joined tables. A bare word is a column of the cube's table. */
export function templateSql(scope: SqlScope, { parts }: SqlTemplate, cube: string): SqlExpression {
  return columnSql(scope, parts, { cube, table: null, memberOf: (member) => memberSql(scope, member) });
}

export function partsSql(scope: SqlScope, parts: readonly SqlPart[], site: SqlSite): TemplateSql {
  return { kind: 'template', parts: parts.map((part) => partSql(scope, part, site)) };
}

/** A dimension or a segment, as its SQL stands. */
export function memberSql(scope: SqlScope, id: MemberId): SqlExpression {
  const found = lookUp(scope.model, id);
  if (found?.kind === 'dimension') return rowSql(scope, found.dimension);
  if (found?.kind === 'segment') return templateSql(scope, found.segment.sql, cubeOf(id));
  throw new Error(`${id} is no row-level member`); // the loader admits none
}

/** A dimension in the SQL type of its declared type, so that it means the same in every source table. */
export function dimensionSql(scope: SqlScope, dimension: Dimension): SqlExpression {
  const { type, sql } = dimension;
  const operand = rowSql(scope, dimension);
  if (type === 'number') return operand;
  const typed: SqlExpression = { kind: 'cast', operand, type };
  const isBucket = sql.parts.length === 1 && sql.parts[0].kind === 'bucket';
  if (type !== 'time' || !isBucket || scope.request.timezone === 'UTC') return typed;
  // A time of its own is a moment, which the query puts on the clock of its zone again.
  return { kind: 'moment', time: typed, timezone: scope.timezone };
}

/**
 * The joined tables of a join tree; a cube's name is its alias. Each sub-query that the members need is joined to its
 * cube.
 */
export function tablesSql(
  scope: SqlScope,
  tree: JoinTree,
  members: readonly MemberId[],
): Extract<SqlFrom, { kind: 'tables' }> {
  const subQueries = neededSubQueries(scope.model, members);
  const joinsOf = (cube: string): SqlJoin[] =>
    subQueries.filter((dimension) => dimension.cube === cube).map(scope.subQueryJoin);
  return {
    kind: 'tables',
    root: tableSql(scope, tree.root),
    joins: [
      ...joinsOf(tree.root),
      ...tree.joins.flatMap((join) => [
        { table: tableSql(scope, join.to), on: templateSql(scope, join.sql, join.from) },
        ...joinsOf(join.to),
      ]),
    ],
    windows: null,
  };
}

function neededSubQueries(model: DataModel, members: readonly MemberId[]): Dimension[] {
  return [...memberClosure(model, members)].flatMap((id) => {
    const found = lookUp(model, id);
    return found?.kind === 'dimension' && found.dimension.subQuery ? [found.dimension] : [];
  });
}

function columnSql(scope: SqlScope, parts: readonly SqlPart[], site: SqlSite): SqlExpression {
  const only = parts.length === 1 ? parts[0] : null;
  const word = only?.kind === 'text' && site.cube !== null ? modelWord(only) : null;
  if (word === null || site.cube === null) return partsSql(scope, parts, site);
  return { kind: 'tableColumn', table: aliasOf(scope.model, site.cube), word };
}

function rowSql(scope: SqlScope, dimension: Dimension): SqlExpression {
  if (!dimension.subQuery) return templateSql(scope, dimension.sql, dimension.cube);
  return { kind: 'column', table: subQueryAlias(dimension), name: '_value' };
}

function partSql(scope: SqlScope, part: SqlPart, site: SqlSite): SqlTemplatePart {
  switch (part.kind) {
    case 'text':
      return { kind: 'text', text: modelText(part) };
    case 'cube':
      return { kind: 'table', alias: aliasOf(scope.model, part.cube) };
    case 'table':
      return rowsSql(scope, part.cube);
    default:
      return { kind: 'inner', expression: innerSql(scope, part, site) };
  }
}

function innerSql(
  scope: SqlScope,
  part: Exclude<SqlPart, { kind: 'text' | 'cube' | 'table' }>,
  site: SqlSite,
): SqlExpression {
  switch (part.kind) {
    case 'member':
      return site.memberOf(part.member);
    case 'bucket': {
      const time = localSql(scope, dimensionSql(scope, dimensionOf(scope.model, part.member)));
      return { kind: 'bucket', time, granularity: part.granularity };
    }
    case 'value':
      return contextValueSql(part.value);
    case 'local':
      return localSql(scope, { kind: 'cast', operand: columnSql(scope, part.parts, site), type: 'time' });
    case 'filter':
      return filterParamsSql(scope, part, site.table, (parts, argument) =>
        argument === undefined
          ? columnSql(scope, parts, site)
          : partsSql(scope, parts, { ...site, argument }),
      );
    case 'argument':
      return site.argument?.(part.index) ?? { kind: 'null', type: null };
    default:
      return unreachable(part);
  }
}

/** A time in UTC on the clock of the request's time zone. */
function localSql({ request, timezone }: SqlScope, time: SqlExpression): SqlExpression {
  return request.timezone === 'UTC' ? time : { kind: 'wallClock', time, timezone };
}

function tableSql(scope: SqlScope, name: string): SqlTable {
  const cube = scope.model.cubes.get(name) as Cube;
  const { table } = cube;
  return {
    alias: cubeAlias(cube),
    table:
      table.kind === 'table'
        ? { kind: 'table', text: modelText(table) }
        : { kind: 'query', query: querySql(scope, table.sql, name) },
  };
}

/** What the rows of a cube are read from, in the SQL of another. */
function rowsSql(scope: SqlScope, name: string): SqlTemplatePart {
  const { table } = scope.model.cubes.get(name) as Cube;
  return table.kind === 'table'
    ? { kind: 'text', text: modelText(table) }
    : { kind: 'inner', expression: querySql(scope, table.sql, null) };
}

/**
 * A query of the model, whose words are columns of the tables that it names itself.
 * @param table the cube that reads its rows from it, see `SqlSite`
 */
export function querySql(scope: SqlScope, { parts }: SqlTemplate, table: string | null): TemplateSql {
  return partsSql(scope, parts, { cube: null, table, memberOf: (member) => memberSql(scope, member) });
}

function aliasOf(model: DataModel, cube: string): SqlName {
  return cubeAlias(model.cubes.get(cube) as Cube);
}
