import type { SqlTemplate } from '../sql-template.js';
import {
  scalarAt,
  type Context,
  type DeclaredCube,
  type DeclaredMeasure,
  type DeclaredMember,
} from './declare.js';
import { positionOf, type Place } from './located.js';
import { resolveMember } from './resolve-member.js';

/** By which time a measure of type first or last looks for its row: a time dimension of its cube, as a template. */
export function loadTimeOf(
  { text, node }: DeclaredMeasure,
  cube: DeclaredCube,
  context: Context,
): SqlTemplate | null {
  const { problems } = context;
  const times = [...cube.members.values()].filter(isTime);
  const names = times.map((time) => `\`${time.text.name}\``).join(', ');
  if (text.time_dimension !== undefined) {
    const entry = scalarAt(node, ['time_dimension']);
    const named = resolveMember(entry, cube, context);
    if (named === null) return null;
    if (times.includes(named)) return templateOf(named, entry.place);
    const candidates = times.length === 0 ? ', and there is none' : `: ${names}`;
    const message = `\`${text.time_dimension}\` is no time dimension of \`${cube.name}\`${candidates}`;
    problems.add(entry.place, message);
    return null;
  }
  const [only, ...others] = times;
  if (only !== undefined && others.length === 0) return templateOf(only, node.place);
  problems.add(
    node.place,
    only === undefined
      ? `a measure of type ${text.type} goes by the time dimension of its cube, and \`${cube.name}\` has none`
      : `\`${cube.name}\` has several time dimensions: say by which one the ${text.type} value is found, with \`time_dimension\`: ${names}`,
  );
  return null;
}

function isTime(member: DeclaredMember): boolean {
  return member.kind === 'dimension' && member.text.type === 'time';
}

function templateOf({ id }: DeclaredMember, place: Place): SqlTemplate {
  return { parts: [{ kind: 'member', member: id }], position: positionOf(place) };
}
