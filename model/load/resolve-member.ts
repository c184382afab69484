import type { Context, DeclaredCube, DeclaredMember } from './declare.js';
import type { LocatedScalar } from './located.js';
import { parseReference } from './parse-template.js';
import { resolveReference } from './resolve-reference.js';

/** The member that an entry of a list names; null, with a problem, when it names none. */
export function resolveMember(
  entry: LocatedScalar,
  home: DeclaredCube,
  context: Context,
): DeclaredMember | null {
  const written = String(entry.value);
  const reference = parseReference(written);
  const problem = (message: string): null => {
    context.problems.add(entry.place, message);
    return null;
  };
  if (reference === null || 'column' in reference)
    return problem(`\`${written}\` is not the name of a member`);
  const target = resolveReference(reference.steps, home, context);
  if (target.kind === 'unknown') return problem(target.message);
  if (target.kind === 'cube') return problem(`\`${written}\` is a cube; name one of its members`);
  return target;
}
