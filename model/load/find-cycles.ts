import { LIMITS } from '../limits.js';
import type { Context } from './declare.js';
import type { Place } from './located.js';
import type { ReferenceId, ReferenceNode } from './reference-graph.js';

/**
 * Adds a problem for every circle of members whose SQL refers to each other, at the member that closes it, and for
 * every circle of cubes that read each other's rows.
 */
export function findCycles(graph: ReadonlyMap<ReferenceId, ReferenceNode>, context: Context): void {
  const done = new Set<ReferenceId>();
  for (const id of graph.keys()) walk(id, graph, done, context);
}

/** The SQL of a member or a cube, else the whole; null where the model does not declare it. */
export function placeOfSql(id: ReferenceId, { cubes }: Context): Place | null {
  const [cube = '', name] = id.split('.');
  const declared = cubes.get(cube);
  const node = name === undefined ? declared?.node : declared?.members.get(name)?.node;
  return node === undefined ? null : (node.entries.get('sql')?.value.place ?? node.place);
}

/** Depth first, with its own stack: a chain of references may be longer than the call stack. */
function walk(
  start: ReferenceId,
  graph: ReadonlyMap<ReferenceId, ReferenceNode>,
  done: Set<ReferenceId>,
  context: Context,
): void {
  /** The way from `start`, with how many references of each member were followed. */
  const path = new Map<ReferenceId, number>();
  let at: ReferenceId | undefined = done.has(start) ? undefined : start;
  const way: ReferenceId[] = [];
  while (at !== undefined && context.problems.count < LIMITS.modelProblemsKept) {
    if (!path.has(at)) {
      path.set(at, 0);
      way.push(at);
    }
    const followed: number = path.get(at) ?? 0;
    const next: ReferenceId | undefined = graph.get(at)?.references[followed];
    path.set(at, followed + 1);
    if (next === undefined) {
      done.add(at);
      path.delete(at);
      way.pop();
      at = way.at(-1);
    } else if (path.has(next)) {
      addCycle(at, [...way.slice(way.indexOf(next)), next], context);
    } else if (!done.has(next)) {
      at = next;
    }
  }
}

function addCycle(id: ReferenceId, cycle: readonly ReferenceId[], context: Context): void {
  const place = placeOfSql(id, context);
  if (place === null) return;
  const { problems } = context;
  if (!id.includes('.')) {
    problems.add(place, `cubes read each other's rows in a circle: ${arrows(cycle)}`);
    return;
  }
  const name = id.slice(id.indexOf('.') + 1);
  const itself = cycle.length === 2 ? `; for the column of this name write \`{CUBE}.${name}\`` : '';
  problems.add(place, `members refer to each other in a circle: ${arrows(cycle)}${itself}`);
}

/** The circle, its middle left out where it is long. */
function arrows(cycle: readonly ReferenceId[]): string {
  const shown = cycle.length <= 10 ? cycle : [...cycle.slice(0, 8), '…', ...cycle.slice(-1)];
  return shown.join(' → ');
}
