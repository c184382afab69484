import type { DataModel } from '../model/schema.js';
import type { SqlPart } from '../model/sql-template.js';
import { innerParts } from '../model/sql-parts.js';
import { templatesOf } from './join-tree.js';

type Kind = SqlPart['kind'];

const KNOWN = new WeakMap<DataModel, ReadonlySet<Kind>>();

/** The kinds of parts that stand anywhere in the SQL of the model; looked through once. */
export function modelFeatures(model: DataModel): ReadonlySet<Kind> {
  const known = KNOWN.get(model);
  if (known !== undefined) return known;
  const kinds = new Set<Kind>();
  const add = (parts: readonly SqlPart[]): void => {
    for (const { kind } of innerParts(parts)) kinds.add(kind);
  };
  for (const cube of model.cubes.values()) {
    if (cube.table.kind === 'query') add(cube.table.sql.parts);
    for (const join of cube.joins) add(join.sql.parts);
    const members = [cube.dimensions, cube.measures, cube.segments].flatMap((map) => [...map.values()]);
    for (const { id } of members) for (const template of templatesOf(model, id)) add(template.parts);
  }
  KNOWN.set(model, kinds);
  return kinds;
}
