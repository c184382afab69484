import { cubeOf } from '../model/schema.js';
import type { JoinPath, MemberId, PreAggregation } from '../model/schema.js';

/**
 * What the lists of a pre-aggregation call a member: with the path on which the query reaches it, and by `CUBE` where
 * the lists are written in a parent, whose name would mean the parent.
 */
export function nameInRollup(
  { inherited, cube }: Pick<PreAggregation, 'inherited' | 'cube'>,
  member: MemberId,
  paths: readonly JoinPath[],
): string {
  const path = paths.find((each) => each.at(-1) === cubeOf(member)) ?? [];
  const name = [...path.slice(0, -1), member].join('.');
  return inherited && name.startsWith(`${cube}.`) ? `CUBE${name.slice(cube.length)}` : name;
}
