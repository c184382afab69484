import { cubeOf } from '../model/schema.js';
import type { MemberId, PreAggregation } from '../model/schema.js';

/**
 * What the lists of a pre-aggregation call a member: with the path on which they reach its cube, and by `CUBE` where
 * several cubes share them by `extends`, since a name means one of these.
 */
export function nameInRollup(
  { shared, cube, joinPaths }: Pick<PreAggregation, 'shared' | 'cube' | 'joinPaths'>,
  member: MemberId,
): string {
  const path = joinPaths.find((each) => each.at(-1) === cubeOf(member)) ?? [];
  const name = [...path.slice(0, -1), member].join('.');
  return shared && name.startsWith(`${cube}.`) ? `CUBE${name.slice(cube.length)}` : name;
}
