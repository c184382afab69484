import type { RandomCube } from './random-model.js';

/** The cubes that a cube's joins lead to, itself first. */
export function reachable(cubes: readonly RandomCube[], root: string): RandomCube[] {
  const names = new Set([root]);
  for (const name of names)
    cubes.find((cube) => cube.name === name)?.joins.forEach(({ to }) => names.add(to));
  return [...names].map((name) => cubes.find((cube) => cube.name === name) as RandomCube);
}
