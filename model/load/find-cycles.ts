import { LIMITS } from '../limits.js';
import type { Cube, Dimension, Measure, MemberId } from '../schema.js';
import { innerParts } from '../sql-parts.js';
import type { Context } from './declare.js';

/**
 * Adds a problem for every circle of members whose SQL refers to each other, at the member that closes it, and for
 * every circle of cubes that read each other's rows.
 */
export function findCycles(cubes: ReadonlyMap<string, Cube>, context: Context): void {
  const references = new Map<MemberId, readonly MemberId[]>();
  for (const cube of cubes.values()) {
    for (const member of [...cube.dimensions.values(), ...cube.measures.values()]) {
      references.set(member.id, referencesOf(member));
    }
  }
  for (const { name, table } of cubes.values()) {
    const parts = table.kind === 'query' ? table.sql.parts : [];
    references.set(
      name,
      parts.flatMap((part) => (part.kind === 'table' ? [part.cube] : [])),
    );
  }
  const done = new Set<MemberId>();
  for (const member of references.keys()) walk(member, references, done, context);
}

function referencesOf(member: Dimension | Measure): MemberId[] {
  const templates = [member.sql, ...('filters' in member ? member.filters : [])];
  return templates.flatMap((template) =>
    [...innerParts(template?.parts ?? [])].flatMap((part) => ('member' in part ? [part.member] : [])),
  );
}

/** Depth first, with its own stack: a chain of references may be longer than the call stack. */
function walk(
  start: MemberId,
  references: ReadonlyMap<MemberId, readonly MemberId[]>,
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
    const next: MemberId | undefined = references.get(at)?.[followed];
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

function addCycle(member: MemberId, cycle: readonly MemberId[], { cubes, problems }: Context): void {
  const [cube = '', name] = member.split('.');
  const declared = cubes.get(cube);
  const node = name === undefined ? declared?.node : declared?.members.get(name)?.node;
  if (node === undefined) return;
  const place = node.entries.get('sql')?.value.place ?? node.place;
  if (name === undefined) {
    problems.add(place, `cubes read each other's rows in a circle: ${arrows(cycle)}`);
    return;
  }
  const itself = cycle.length === 2 ? `; for the column of this name write \`{CUBE}.${name}\`` : '';
  problems.add(place, `members refer to each other in a circle: ${arrows(cycle)}${itself}`);
}

/** The circle, its middle left out where it is long. */
function arrows(cycle: readonly MemberId[]): string {
  const shown = cycle.length <= 10 ? cycle : [...cycle.slice(0, 8), '…', ...cycle.slice(-1)];
  return shown.join(' → ');
}
