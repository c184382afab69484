/** What the model's SQL stands for: templates, dimensions, joined tables. */
import { unreachable } from '../../model/assert.js';
import type { JoinTree } from '../../model/plan.js';
import type { Cube, DataModel, Dimension, MemberId, SqlPart, SqlTemplate } from '../../model/schema.js';
import { cubeOf } from '../../model/schema.js';
import { lookUp } from '../find-member.js';
import { cubeAlias, modelText, modelWord } from './sql-tree.js';
import type { SqlExpression, SqlFrom, SqlName, SqlTable, SqlTemplatePart } from './sql-tree.js';

/** A row-level template within the joined tables. A bare word is a column of the cube's table. */
export function templateSql(model: DataModel, template: SqlTemplate, cube: string): SqlExpression {
  const only = template.parts.length === 1 ? template.parts[0] : null;
  const word = only?.kind === 'text' ? modelWord(only) : null;
  if (word !== null) return { kind: 'tableColumn', table: aliasOf(model, cube), word };
  return partsSql(model, template, (member) => memberSql(model, member));
}

/** @param memberOf what a member within the text stands for */
export function partsSql(
  model: DataModel,
  template: SqlTemplate,
  memberOf: (member: MemberId) => SqlExpression,
): SqlExpression {
  return { kind: 'template', parts: template.parts.map((part) => partSql(model, part, memberOf)) };
}

/** A dimension or a segment, as its SQL stands. */
export function memberSql(model: DataModel, id: MemberId): SqlExpression {
  const found = lookUp(model, id);
  if (found?.kind === 'dimension') return templateSql(model, found.dimension.sql, cubeOf(id));
  if (found?.kind === 'segment') return templateSql(model, found.segment.sql, cubeOf(id));
  throw new Error(`${id} is no row-level member`); // the loader admits none
}

/** A dimension in the SQL type of its declared type, so that it means the same in every source table. */
export function dimensionSql(model: DataModel, dimension: Dimension): SqlExpression {
  const operand = templateSql(model, dimension.sql, dimension.cube);
  return dimension.type === 'number' ? operand : { kind: 'cast', operand, type: dimension.type };
}

/** The joined tables of a join tree; a cube's name is its alias. */
export function tablesSql(model: DataModel, tree: JoinTree): Extract<SqlFrom, { kind: 'tables' }> {
  return {
    kind: 'tables',
    root: tableSql(model, tree.root),
    joins: tree.joins.map((join) => ({
      table: tableSql(model, join.to),
      on: templateSql(model, join.sql, join.from),
    })),
    windows: null,
  };
}

function partSql(
  model: DataModel,
  part: SqlPart,
  memberOf: (member: MemberId) => SqlExpression,
): SqlTemplatePart {
  switch (part.kind) {
    case 'text':
      return { kind: 'text', text: modelText(part) };
    case 'cube':
      return { kind: 'table', alias: aliasOf(model, part.cube) };
    case 'member':
      return { kind: 'inner', expression: memberOf(part.member) };
    default:
      return unreachable(part);
  }
}

function tableSql(model: DataModel, name: string): SqlTable {
  const cube = model.cubes.get(name) as Cube;
  const { table } = cube;
  return {
    alias: cubeAlias(cube),
    table:
      table.kind === 'table'
        ? { kind: 'table', text: modelText(table) }
        : { kind: 'query', query: templateSql(model, table.sql, name) },
  };
}

function aliasOf(model: DataModel, cube: string): SqlName {
  return cubeAlias(model.cubes.get(cube) as Cube);
}
