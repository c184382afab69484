/** Ways through the joins that a model names. One joined table holds a cube once, so there is one way to it. */
import type { JoinPath } from './schema.js';

export type ForcedWays =
  /** By cube: the cube that must join it. */
  | { readonly kind: 'ways'; readonly parents: ReadonlyMap<string, string> }
  /** Two paths that no joined table can have both, and the cube at which they part. */
  | { readonly kind: 'conflict'; readonly cube: string; readonly paths: readonly [JoinPath, JoinPath] };

export function forcedWays(paths: readonly JoinPath[]): ForcedWays {
  const parents = new Map<string, string>();
  const namedBy = new Map<string, JoinPath>();
  for (const path of paths) {
    for (const [at, cube] of path.entries()) {
      if (at === 0) continue;
      const other = namedBy.get(cube);
      if (other !== undefined && parents.get(cube) !== path[at - 1]) {
        return { kind: 'conflict', cube, paths: [other, path] };
      }
      parents.set(cube, path[at - 1]);
      namedBy.set(cube, path);
    }
  }
  for (const path of paths) {
    const seen = new Set<string>();
    for (let at: string | undefined = path[0]; at !== undefined; at = parents.get(at)) {
      // Paths that lead to each other's beginnings have no root.
      if (seen.has(at)) return { kind: 'conflict', cube: at, paths: [path, namedBy.get(at) ?? path] };
      seen.add(at);
    }
  }
  return { kind: 'ways', parents };
}
