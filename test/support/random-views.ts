/** Random views: members of cubes on ways through the joins, under names of their own. */
import { nameOf } from './model-document.js';
import type { RandomCube, RandomView } from './random-model.js';
import type { Tape } from './tape.js';

export function randomViews(tape: Tape, cubes: readonly RandomCube[]): RandomView[] {
  const views = tape.times(tape.below(3), (at) => randomView(tape, cubes, `v${at}`));
  return views.filter(({ entries }) => entries.length > 0);
}

function randomView(tape: Tape, cubes: readonly RandomCube[], name: string): RandomView {
  const taken = new Set<string>();
  const ways = waysFrom(cubes, tape.pick(cubes).name);
  const entries = tape.some(ways, 3, 1).map((path) => {
    const cube = cubes.find((other) => other.name === path[path.length - 1]) as RandomCube;
    const prefix = tape.chance(50) ? tape.pick(['p', 'far', cube.name]) : null;
    const members = [...cube.measures, ...cube.dimensions, ...cube.segments].map(({ id }) => nameOf(id));
    const includes = members.flatMap((member) => {
      const alias = tape.chance(20) ? `other_${member}` : null;
      const shown = viewName(prefix, alias ?? member);
      if (taken.has(shown) || tape.chance(10)) return [];
      taken.add(shown);
      return [{ member, alias }];
    });
    return { path, prefix, includes };
  });
  return { name, entries: entries.filter(({ includes }) => includes.length > 0) };
}

/** The ways that the joins make from a cube, none through a cube twice. */
function waysFrom(cubes: readonly RandomCube[], root: string): string[][] {
  const ways = [[root]];
  for (const way of ways) {
    const { joins } = cubes.find(({ name }) => name === way[way.length - 1]) as RandomCube;
    for (const { to } of joins) if (!way.includes(to)) ways.push([...way, to]);
  }
  return ways;
}

function viewName(prefix: string | null, member: string): string {
  return prefix === null ? member : `${prefix}_${member}`;
}

export interface ViewMember {
  /** `view.member` */
  readonly name: string;
  readonly id: string;
  /** The cubes on the way to it. */
  readonly path: readonly string[];
}

/** What can be asked of a view. */
export function viewMembers({ name, entries }: RandomView): ViewMember[] {
  return entries.flatMap(({ path, prefix, includes }) =>
    includes.map(({ member, alias }) => ({
      name: `${name}.${viewName(prefix, alias ?? member)}`,
      id: `${path[path.length - 1]}.${member}`,
      path,
    })),
  );
}
