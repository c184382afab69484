/** The ways through the joins that a pre-aggregation's lists name: `orders.customers.city`. */
import { forcedWays } from '../join-paths.js';
import type { JoinPath } from '../schema.js';
import { scalarAt, type Context, type DeclaredCube } from './declare.js';
import type { LocatedMap, LocatedScalar } from './located.js';
import { parseReference } from './parse-template.js';
import type { PreAggregationText } from './structure.js';

/** The paths of all members, each once. Paths that cannot stand in one table are a problem. */
export function loadJoinPaths(
  text: PreAggregationText,
  node: LocatedMap,
  home: DeclaredCube,
  context: Context,
): JoinPath[] {
  const paths = new Map<string, JoinPath>();
  for (const entry of memberEntries(text, node)) {
    const reference = parseReference(String(entry.value));
    const steps = reference !== null && 'steps' in reference ? reference.steps.slice(0, -1) : [];
    const path = pathOf(steps, home, context);
    if (path.length < 2 || paths.has(path.join('.'))) continue;
    if (new Set(path).size < path.length) {
      context.problems.add(entry.place, CROSSES_ITSELF);
      continue;
    }
    const ways = forcedWays([...paths.values(), path]);
    if (ways.kind === 'ways') paths.set(path.join('.'), path);
    else {
      const [one, other] = ways.paths.map((way) => `\`${way.join('.')}\``);
      const message = `the paths ${one} and ${other} lead to \`${ways.cube}\` in two ways; one table holds one of them`;
      context.problems.add(entry.place, message);
    }
  }
  return [...paths.values()];
}

export const CROSSES_ITSELF = 'a join path goes through each cube once';

/** The cubes that a dotted name begins with; fewer than two force nothing. */
export function pathOf(steps: readonly string[], home: DeclaredCube, { cubes }: Context): JoinPath {
  const path: string[] = [];
  for (const step of steps) {
    const name = step === 'CUBE' && path.length === 0 ? home.name : step;
    const last = cubes.get(path.at(-1) ?? '');
    if (last === undefined ? !cubes.has(name) : !last.joins.has(name)) break;
    path.push(name);
  }
  return path;
}

function memberEntries(text: PreAggregationText, node: LocatedMap): LocatedScalar[] {
  const lists = (['measures', 'dimensions', 'segments'] as const).flatMap((key) =>
    (text[key] ?? []).map((_, index) => scalarAt(node, [key, index])),
  );
  const times = (text.time_dimensions ?? []).map((_, index) =>
    scalarAt(node, ['time_dimensions', index, 'dimension']),
  );
  return [
    ...lists,
    ...(text.time_dimension === undefined ? [] : [scalarAt(node, ['time_dimension'])]),
    ...times,
  ];
}
