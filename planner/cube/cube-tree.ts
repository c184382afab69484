/** The joins of a query or a rollup as Cube finds them, and the full paths that it gives to members. */
import type { JoinTree } from '../../model/plan.js';
import type { DataModel, JoinPath, MemberId } from '../../model/schema.js';
import { cubeOf } from '../../model/schema.js';
import { joinTrees } from '../join-tree.js';

/**
 * The tree with the fewest joins; among these the one whose root is needed first, in the order of `members`. Null
 * where no cube reaches all others.
 */
export function cubeTree(
  model: DataModel,
  members: readonly MemberId[],
  paths: readonly JoinPath[],
): JoinTree | null {
  const trees = [...joinTrees(model, members, paths)];
  return trees.toSorted((a, b) => a.joins.length - b.joins.length)[0] ?? null;
}

/** `orders.customers.city`: a member by the joins that lead to its cube. Names outside of the tree stay as they are. */
export function memberPaths({ root, joins }: JoinTree): (member: string) => string {
  const paths = new Map([[root, root]]);
  for (const { from, to } of joins) paths.set(to, `${paths.get(from)}.${to}`);
  return (member) => {
    const path = paths.get(cubeOf(member));
    return path === undefined ? member : `${path}${member.slice(cubeOf(member).length)}`;
  };
}
