import { StoreError } from '../model/errors.js';
import type { JoinTree } from '../model/plan.js';
import type { Query } from '../model/query.js';
import type { Cube, DataModel, MemberId } from '../model/schema.js';

/**
 * Makes sure that an ungrouped query names the primary keys of all its cubes. By these every row is a group of its
 * own, so that the query is answered as any other.
 * @throws StoreError `query_invalid`
 */
export function requirePrimaryKeys(model: DataModel, query: Query, tree: JoinTree): void {
  const keys = primaryKeys(model, tree);
  const keyless = keys.find(({ members }) => members.length === 0);
  if (keyless !== undefined) {
    throw new StoreError(
      'query_invalid',
      `an ungrouped query reads ${keyless.cube}, which has no primary key.`,
      {
        next: `Mark a dimension of ${keyless.cube} with primary_key: true.`,
      },
    );
  }
  const missing = keys
    .flatMap(({ members }) => members)
    .filter((member) => !query.dimensions.includes(member));
  if (missing.length === 0) return;
  throw new StoreError(
    'query_invalid',
    `an ungrouped query requires primary keys in its dimensions: ${missing.join(', ')}.`,
    { next: 'Add them, or leave out `ungrouped`.' },
  );
}

/** Whether the query tells every row of the joined cubes apart. */
export function namesPrimaryKeys(model: DataModel, query: Query, tree: JoinTree): boolean {
  return primaryKeys(model, tree).every(
    ({ members }) => members.length > 0 && members.every((member) => query.dimensions.includes(member)),
  );
}

function primaryKeys(model: DataModel, tree: JoinTree): { cube: string; members: MemberId[] }[] {
  return [tree.root, ...tree.joins.map((join) => join.to)].map((cube) => {
    const { dimensions } = model.cubes.get(cube) as Cube;
    return {
      cube,
      members: [...dimensions.values()].flatMap(({ id, primaryKey }) => (primaryKey ? [id] : [])),
    };
  });
}
