import { cubeOf, type Join, type MemberId } from '../schema.js';
import type { SqlTemplate } from '../sql-template.js';
import { mapAt, scalarAt, type Context, type DeclaredCube } from './declare.js';
import { loadTemplate, type Rule } from './load-template.js';
import type { JoinText } from './structure.js';

/** Join number `index` of a cube; null, with a problem, when its other cube does not exist. */
export function loadJoin(text: JoinText, index: number, from: DeclaredCube, context: Context): Join | null {
  const { problems } = context;
  const node = mapAt(from.node, ['joins', index]);
  const name = scalarAt(node, ['name']);
  const to = context.cubes.get(text.name);
  if (to === undefined || to === from) {
    const hint = problems.hint(text.name, context.cubes.keys());
    const fault = to === from ? 'a cube cannot join itself' : `there is no cube \`${text.name}\`${hint}`;
    problems.add(name.place, fault);
    return null;
  }
  const sql = loadTemplate(scalarAt(node, ['sql']), from, betweenRows(from, to, context), context);
  const one = text.relationship === 'one_to_many' ? from : to;
  if (!one.hasPrimaryKey) {
    const key = joinedDimension(one, sql);
    const which = key === null ? 'the dimension that tells its rows apart' : `\`${key}\``;
    problems.add(
      name.place,
      `\`${one.name}\` needs a primary key to be joined: mark ${which} with \`primary_key: true\``,
    );
  }
  return { from: from.name, to: to.name, relationship: text.relationship, sql };
}

function betweenRows(from: DeclaredCube, to: DeclaredCube, context: Context): Rule {
  const ancestors = new Set<string>();
  for (
    let at: string | undefined = from.text.extends;
    at !== undefined;
    at = context.cubes.get(at)?.text.extends
  ) {
    ancestors.add(at);
  }
  return (target) => {
    const cube = target.kind === 'cube' ? target.cube.name : cubeOf(target.id);
    if (ancestors.has(cube) && cube !== to.name) {
      return `\`${from.name}\` extends \`${cube}\`, whose table is no part of its joins: write \`{CUBE}\`, which means the cube that inherits`;
    }
    if (cube !== from.name && cube !== to.name) return `a join knows its own two cubes only, not \`${cube}\``;
    if (target.kind === 'dimension' && target.text.sub_query === true) {
      return `a join cannot wait for the sub-query \`${target.id}\`: compare columns`;
    }
    if (target.kind === 'cube' || target.kind === 'dimension') return null;
    return `a join compares columns and dimensions; \`${target.id}\` is a ${target.kind}`;
  };
}

/** The dimension of `cube` that the join's SQL compares: `{airports.iata}`, or `{airports}.iata` by its name. */
function joinedDimension(cube: DeclaredCube, sql: SqlTemplate): MemberId | null {
  for (const [index, part] of sql.parts.entries()) {
    if (part.kind === 'member' && cubeOf(part.member) === cube.name) return part.member;
    const next = sql.parts[index + 1];
    if (part.kind !== 'cube' || part.cube !== cube.name || next?.kind !== 'text') continue;
    const member = cube.members.get(/^\.(\w+)/.exec(next.text)?.[1] ?? '');
    if (member?.kind === 'dimension') return member.id;
  }
  return null;
}
