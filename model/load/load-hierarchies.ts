import type { Hierarchy, MemberId } from '../schema.js';
import { checkUnique, scalarAt, type Context, type DeclaredCube } from './declare.js';
import { resolveMember } from './resolve-member.js';
import { titleize } from './titleize.js';

/** The hierarchies of a cube. A level that is no dimension is a problem. */
export function loadHierarchies({ text, node, ...cube }: DeclaredCube, context: Context): Hierarchy[] {
  const hierarchies = text.hierarchies ?? [];
  const names = hierarchies.map(({ name }) => name);
  checkUnique(node, 'hierarchies', names, context.problems);
  return hierarchies.map(({ name, title, levels }, at) => ({
    name,
    title: title ?? titleize(name),
    levels: levels.flatMap((_, index): MemberId[] => {
      const entry = scalarAt(node, ['hierarchies', at, 'levels', index]);
      const member = resolveMember(entry, { text, node, ...cube }, context);
      if (member === null) return [];
      if (member.kind === 'dimension') return [member.id];
      context.problems.add(
        entry.place,
        `\`${member.id}\` is a ${member.kind}; the levels of a hierarchy are dimensions`,
      );
      return [];
    }),
  }));
}
