import { findGrain } from '../schema.js';
import type { Context, DeclaredCube, DeclaredMember } from './declare.js';

/** What a reference points to. */
export type Target = DeclaredMember | { readonly kind: 'cube'; readonly cube: DeclaredCube };

export type Reference = Target | { readonly kind: 'unknown'; readonly message: string };

/**
 * Finds what a dotted name means inside `home`: `CUBE`, a member of `home`, a cube, `cube.member`, or a path of
 * declared joins that ends in a member or a cube. A member of `home` comes before a cube of the same name.
 */
export function resolveReference(steps: readonly string[], home: DeclaredCube, context: Context): Reference {
  const { cubes, problems } = context;
  const [first = '', ...rest] = steps;
  const last = rest.pop();
  if (last === undefined) return resolveWord(first, home, context);
  const start = first === 'CUBE' ? home : cubes.get(first);
  if (start === undefined) return unknownCube(first, last, home, context);
  let cube = start;
  for (const step of rest) {
    const next = cube.joins.has(step) ? cubes.get(step) : undefined;
    if (next === undefined) {
      if (isTimeWithGranularity(cube, step, last)) return NO_GRANULARITY;
      return unknown(`\`${cube.name}\` has no join to \`${step}\`${problems.hint(step, cube.joins)}`);
    }
    cube = next;
  }
  const member = cube.members.get(last);
  if (member !== undefined) return member;
  const joined = cube.joins.has(last) ? cubes.get(last) : undefined;
  if (joined !== undefined) return { kind: 'cube', cube: joined };
  return unknown(`\`${cube.name}\` has no member \`${last}\`${problems.hint(last, cube.members.keys())}`);
}

function resolveWord(word: string, home: DeclaredCube, { cubes, problems }: Context): Reference {
  const member = home.members.get(word);
  if (member !== undefined) return member;
  const cube = word === 'CUBE' ? home : cubes.get(word);
  if (cube !== undefined) return { kind: 'cube', cube };
  const hint = problems.hint(word, ['CUBE'], home.members.keys(), cubes.keys());
  return unknown(`\`${home.name}\` has no member \`${word}\`, and there is no cube of this name${hint}`);
}

function unknownCube(
  first: string,
  last: string,
  home: DeclaredCube,
  { cubes, problems }: Context,
): Reference {
  if (isTimeWithGranularity(home, first, last)) return NO_GRANULARITY;
  return unknown(`there is no cube \`${first}\`${problems.hint(first, ['CUBE'], cubes.keys())}`);
}

function isTimeWithGranularity(cube: DeclaredCube, name: string, granularity: string): boolean {
  const member = cube.members.get(name);
  const isTime = member?.kind === 'dimension' && member.text.type === 'time';
  return isTime && findGrain(member, granularity) !== undefined;
}

const NO_GRANULARITY = unknown(
  'a time dimension with a granularity cannot stand here; in a pre-aggregation, use `time_dimension` and `granularity`',
);

function unknown(message: string): Reference {
  return { kind: 'unknown', message };
}
