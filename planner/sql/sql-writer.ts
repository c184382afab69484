/** The pieces that every statement is made of: quoted names, numbered parameters, rendered templates. */
import type { JoinTree, SqlParam } from '../../model/plan.js';
import type { Cube, DataModel, Dimension, MemberId, SqlTemplate } from '../../model/schema.js';
import { cubeOf } from '../../model/schema.js';
import { lookUp } from '../find-member.js';

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

/** `FROM "flights" … LEFT JOIN …` of a join tree; a cube's name is its alias. */
export function fromClause(model: DataModel, tree: JoinTree): string {
  const root = model.cubes.get(tree.root) as Cube;
  const lines = [`FROM ${tableSql(model, root)}`];
  for (const join of tree.joins) {
    const target = model.cubes.get(join.to) as Cube;
    lines.push(`LEFT JOIN ${tableSql(model, target)} ON ${renderTemplate(model, join.sql, join.from)}`);
  }
  return lines.join('\n');
}

/** The SQL of a template within a joined table; members are put in parentheses. */
export function renderTemplate(model: DataModel, template: SqlTemplate, cube: string): string {
  const only = template.parts.length === 1 ? template.parts[0] : null;
  if (only?.kind === 'text' && /^\s*[_a-zA-Z][_a-zA-Z0-9]*\s*$/.test(only.text)) {
    return `${quoteName(cube)}.${quoteName(only.text.trim())}`;
  }
  return template.parts
    .map((part) => {
      switch (part.kind) {
        case 'text':
          return part.text;
        case 'cube':
          return quoteName(part.cube);
        case 'member':
          return `(${memberSql(model, part.member)})`;
      }
    })
    .join('');
}

/** A dimension in the SQL type of its declared type, so that it means the same in every source table. */
export function dimensionSql(model: DataModel, dimension: Dimension): string {
  const sql = renderTemplate(model, dimension.sql, dimension.cube);
  switch (dimension.type) {
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

function tableSql(model: DataModel, cube: Cube): string {
  const { table } = cube;
  const source = table.kind === 'table' ? table.name : `(${renderTemplate(model, table.sql, cube.name)})`;
  return `${source} AS ${quoteName(cube.name)}`;
}

function memberSql(model: DataModel, id: MemberId): string {
  const found = lookUp(model, id);
  if (found?.kind === 'dimension') return renderTemplate(model, found.dimension.sql, cubeOf(id));
  if (found?.kind === 'segment') return renderTemplate(model, found.segment.sql, cubeOf(id));
  throw new Error(`${id} is no row-level member`); // the loader admits none
}
