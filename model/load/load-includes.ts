import type { Context, DeclaredCube, DeclaredMember } from './declare.js';
import { nodeAt, type LocatedMap, type Place } from './located.js';
import { parseReference } from './parse-template.js';
import type { ViewCubeText } from './structure.js';

/** A member that a view takes from a cube. */
export interface Included {
  /** In the view. */
  readonly name: string;
  readonly member: DeclaredMember;
  readonly written: Written;
  /** Where the view asks for it. */
  readonly place: Place;
}

/** What the view says of the member. */
type Written = Exclude<Exclude<ViewCubeText['includes'], '*'>[number], string>;

/** The members that one cube of a view gives it: `includes` without `excludes`. Unknown names are problems. */
export function includedMembers(
  entry: ViewCubeText,
  node: LocatedMap,
  cube: DeclaredCube,
  context: Context,
): Included[] {
  const excluded = new Set<DeclaredMember>();
  for (const [index, word] of (entry.excludes ?? []).entries()) {
    const member = find(word, placeOf(node, ['excludes', index]), cube, context);
    if (member !== null) excluded.add(member);
  }
  return asked(entry, node, cube, context).filter(({ member }) => !excluded.has(member));
}

function asked(entry: ViewCubeText, node: LocatedMap, cube: DeclaredCube, context: Context): Included[] {
  const prefix = entry.prefix === true ? `${entry.alias ?? cube.name}_` : '';
  if (entry.includes === '*') {
    const place = placeOf(node, ['includes']);
    return [...cube.members].map(([name, member]) => ({
      name: prefix + name,
      member,
      written: { name },
      place,
    }));
  }
  return entry.includes.flatMap((item, index) => {
    const written = typeof item === 'string' ? { name: item } : item;
    const place = placeOf(node, ['includes', index]);
    const member = find(written.name, place, cube, context);
    if (member === null) return [];
    return [{ name: prefix + (written.alias ?? member.text.name), member, written, place }];
  });
}

function find(word: string, place: Place, cube: DeclaredCube, { problems }: Context): DeclaredMember | null {
  const reference = parseReference(word);
  const steps = reference !== null && 'steps' in reference ? reference.steps : [word];
  const member = steps.length === 1 ? cube.members.get(steps[0]) : undefined;
  if (member !== undefined) return member;
  const isHierarchy = hierarchiesOf(cube).includes(word);
  if (steps.length > 1)
    problems.add(place, `\`${word}\` is a path: give the name of a member of \`${cube.name}\``);
  else if (isHierarchy) problems.add(place, `\`${word}\` is a hierarchy: name its dimensions`);
  else
    problems.add(
      place,
      `\`${cube.name}\` has no member \`${word}\`${problems.hint(word, cube.members.keys())}`,
    );
  return null;
}

function hierarchiesOf(cube: DeclaredCube): unknown[] {
  const list = nodeAt(cube.node, ['hierarchies']);
  if (list?.kind !== 'list') return [];
  return list.items.map((item) => {
    const name = nodeAt(item, ['name']);
    return name?.kind === 'scalar' ? name.value : null;
  });
}

function placeOf(node: LocatedMap, path: readonly PropertyKey[]): Place {
  return nodeAt(node, path)?.place ?? node.place;
}
