import type { JoinTree } from '../model/plan.js';
import type { Cube, DataModel, MemberId } from '../model/schema.js';
import type { SqlPart } from '../model/sql-template.js';
import { innerParts } from '../model/sql-parts.js';
import { memberClosure, templatesOf } from './join-tree.js';

/** A part of the model's SQL with the cube whose `sql` it stands in for itself; null: it stands elsewhere. */
export interface PlacedPart {
  readonly part: SqlPart;
  readonly table: string | null;
}

/** All SQL of the model that a statement over the tree with these members consists of, without its sub-queries. */
export function modelSql(model: DataModel, tree: JoinTree, members: readonly MemberId[]): PlacedPart[] {
  const found: PlacedPart[] = [];
  const add = (parts: readonly SqlPart[], table: string | null): void => {
    for (const part of innerParts(parts)) {
      found.push({ part, table });
      if (part.kind === 'table') add(tableParts(model, part.cube), null);
    }
  };
  for (const cube of [tree.root, ...tree.joins.map((join) => join.to)]) add(tableParts(model, cube), cube);
  for (const join of tree.joins) add(join.sql.parts, null);
  for (const member of memberClosure(model, members)) {
    for (const template of templatesOf(model, member)) add(template.parts, null);
  }
  return found;
}

function tableParts(model: DataModel, cube: string): readonly SqlPart[] {
  const { table } = model.cubes.get(cube) as Cube;
  return table.kind === 'query' ? table.sql.parts : [];
}
