import type { JoinTree } from '../../model/plan.js';
import type { DataModel, JoinPath, MemberId } from '../../model/schema.js';
import { cubeOf } from '../../model/schema.js';
import { innerParts } from '../../model/sql-parts.js';
import { neededCubes } from '../join-tree.js';

/**
 * The cubes whose rollups Cube looks at, in the order in which it does: those of the query's members and of what their
 * SQL refers to, then those that the joins between them pass. All others are never looked at, whatever they hold.
 */
export function candidateCubes(
  model: DataModel,
  members: readonly MemberId[],
  paths: readonly JoinPath[],
  { joins }: JoinTree,
): readonly string[] {
  const passed = joins.flatMap(({ from, sql }) => [
    from,
    ...[...innerParts(sql.parts)].flatMap((part) =>
      part.kind === 'cube' ? [part.cube] : part.kind === 'member' ? [cubeOf(part.member)] : [],
    ),
  ]);
  return [...new Set([...neededCubes(model, members, paths), ...passed])];
}
