import { LIMITS } from '../limits.js';
import type { MemberId } from '../schema.js';
import type { Context } from './declare.js';
import type { Place } from './located.js';
import type { ReferenceNode } from './reference-graph.js';

/** Adds a problem for every circle of members whose SQL refers to each other, at the member that closes it. */
export function findCycles(graph: ReadonlyMap<MemberId, ReferenceNode>, context: Context): void {
  const done = new Set<MemberId>();
  for (const member of graph.keys()) walk(member, graph, done, context);
}

/** The SQL of a member, else the member; null where the model does not declare it. */
export function placeOfMember(member: MemberId, { cubes }: Context): Place | null {
  const [cube = '', name = ''] = member.split('.');
  const node = cubes.get(cube)?.members.get(name)?.node;
  return node === undefined ? null : (node.entries.get('sql')?.value.place ?? node.place);
}

/** Depth first, with its own stack: a chain of references may be longer than the call stack. */
function walk(
  start: MemberId,
  graph: ReadonlyMap<MemberId, ReferenceNode>,
  done: Set<MemberId>,
  context: Context,
): void {
  /** The way from `start`, with how many references of each member were followed. */
  const path = new Map<MemberId, number>();
  let at: MemberId | undefined = done.has(start) ? undefined : start;
  const way: MemberId[] = [];
  while (at !== undefined && context.problems.count < LIMITS.modelProblemsKept) {
    if (!path.has(at)) {
      path.set(at, 0);
      way.push(at);
    }
    const followed: number = path.get(at) ?? 0;
    const next: MemberId | undefined = graph.get(at)?.references[followed];
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

function addCycle(member: MemberId, cycle: readonly MemberId[], context: Context): void {
  const place = placeOfMember(member, context);
  if (place === null) return;
  const name = member.slice(member.indexOf('.') + 1);
  const itself = cycle.length === 2 ? `; for the column of this name write \`{CUBE}.${name}\`` : '';
  context.problems.add(place, `members refer to each other in a circle: ${arrows(cycle)}${itself}`);
}

/** The circle, its middle left out where it is long. */
function arrows(cycle: readonly MemberId[]): string {
  const shown = cycle.length <= 10 ? cycle : [...cycle.slice(0, 8), '…', ...cycle.slice(-1)];
  return shown.join(' → ');
}
