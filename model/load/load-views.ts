/** Views: every path and every name in them is followed when the model is loaded. */
import { formatPosition } from '../errors.js';
import { LIMITS } from '../limits.js';
import type { Cube, JoinPath, View, ViewMember } from '../schema.js';
import { checkFolders } from './check-folders.js';
import {
  mapAt,
  placeOfName,
  RESERVED,
  scalarAt,
  type CheckedFile,
  type Context,
  type DeclaredCube,
} from './declare.js';
import { CROSSES_ITSELF } from './load-join-paths.js';
import { includedMembers, type Included } from './load-includes.js';
import { nodeAt, positionOf, type LocatedMap, type LocatedScalar, type Place } from './located.js';
import { parseReference } from './parse-template.js';
import { titleize } from './titleize.js';
import type { ViewText } from './structure.js';

/** The views of all files by name, those that `split` makes included. Faults go to the problems of `context`. */
export function loadViews(
  files: readonly CheckedFile[],
  cubes: ReadonlyMap<string, Cube>,
  context: Context,
): ReadonlyMap<string, View> {
  const declared = files.flatMap(({ node, views }) =>
    views.map((text, index) => ({ text, node: mapAt(node, ['views', index]) })),
  );
  const names = new Set(declared.map(({ text }) => text.name));
  const views = new Map<string, View>();
  const budget = { left: LIMITS.modelValuesMax };
  for (const { text, node } of declared) {
    for (const view of loadView(text, node, { cubes, names, budget, context })) {
      const place = placeOfName(node);
      const taken = views.get(view.name) ?? cubes.get(view.name);
      if (taken !== undefined) {
        const first = formatPosition(taken.position);
        context.problems.add(place, `the name \`${view.name}\` is taken by the cube or view at ${first}`);
      } else if (RESERVED.has(view.name)) {
        context.problems.add(
          place,
          `\`${view.name}\` has a meaning of its own in SQL and cannot name a view`,
        );
      } else {
        views.set(view.name, view);
      }
    }
  }
  return views;
}

interface Loading {
  readonly cubes: ReadonlyMap<string, Cube>;
  /** Of all views. */
  readonly names: ReadonlySet<string>;
  /** How many members views may still have. */
  readonly budget: { left: number };
  readonly context: Context;
}

/** A view, and those that its `split` cubes make. */
function loadView(text: ViewText, node: LocatedMap, loading: Loading): View[] {
  const { context } = loading;
  const parts = new Map<string, Map<string, ViewMember>>([[text.name, new Map()]]);
  const title = text.title ?? titleize(text.name);
  for (const [index, entry] of text.cubes.entries()) {
    const at = mapAt(node, ['cubes', index]);
    const path = loadPath(scalarAt(at, ['join_path']), loading);
    if (path === null) continue;
    if (entry.split === true && entry.prefix === true) {
      context.problems.add(
        at.entries.get('split')?.key ?? at.place,
        'write either `split` or `prefix`, not both',
      );
    }
    const cube = path[path.length - 1];
    const view = entry.split === true ? `${text.name}_${entry.alias ?? cube.name}` : text.name;
    const viewTitle = view === text.name ? title : titleize(view);
    const members = parts.get(view) ?? new Map<string, ViewMember>();
    parts.set(view, members);
    const joinPath = path.map(({ name }) => name);
    for (const included of includedMembers(entry, at, cube, context)) {
      const member = viewMember(view, viewTitle, included, joinPath, loading);
      addMember(member, included, members, loading);
    }
  }
  checkFolders(nodeAt(node, ['folders']), parts.get(text.name) ?? new Map(), context);
  const position = positionOf(node.place);
  const description = text.description ?? null;
  return [...parts].flatMap(([name, members]) => {
    if (members.size === 0 && name === text.name && parts.size > 1) return [];
    const own = name === text.name ? { title, description } : { title: titleize(name), description: null };
    return [{ name, ...own, members, position }];
  });
}

/** The cubes of `a.b.c`, each joined by the one before it; null, with a problem, when there is no such way. */
function loadPath(entry: LocatedScalar, { names, context }: Loading): readonly DeclaredCube[] | null {
  const { cubes, problems } = context;
  const written = String(entry.value);
  const reference = parseReference(written);
  const problem = (message: string): null => {
    problems.add(entry.place, message);
    return null;
  };
  if (reference === null || 'column' in reference) return problem(`\`${written}\` is not a path of cubes`);
  const path: DeclaredCube[] = [];
  for (const step of reference.steps) {
    const last = path.at(-1);
    const cube = cubes.get(step);
    if (last === undefined && cube === undefined) {
      if (names.has(step)) return problem(`\`${step}\` is a view; a view is made of cubes`);
      return problem(`there is no cube \`${step}\`${problems.hint(step, cubes.keys())}`);
    }
    if (last !== undefined && !last.joins.has(step)) {
      return problem(`\`${last.name}\` has no join to \`${step}\`${problems.hint(step, last.joins)}`);
    }
    if (cube === undefined) return null; // told at the join
    if (path.includes(cube)) return problem(CROSSES_ITSELF);
    path.push(cube);
  }
  return path;
}

function viewMember(
  view: string,
  viewTitle: string,
  { name, member, written }: Included,
  joinPath: JoinPath,
  { cubes }: Loading,
): ViewMember {
  const cube = cubes.get(joinPath.at(-1) ?? '');
  const own = member.text.name;
  const shown = cube?.measures.get(own) ?? cube?.dimensions.get(own) ?? cube?.segments.get(own);
  const shortTitle = written.title ?? member.text.title ?? titleize(name);
  return {
    id: `${view}.${name}`,
    member: member.id,
    joinPath,
    title: `${viewTitle} ${shortTitle}`,
    shortTitle,
    description: written.description ?? shown?.description ?? null,
    format: written.format ?? (shown !== undefined && 'format' in shown ? shown.format : null),
    meta: written.meta ?? shown?.meta,
  };
}

function addMember(
  member: ViewMember,
  { name, place }: { readonly name: string; readonly place: Place },
  members: Map<string, ViewMember>,
  { budget, context }: Loading,
): void {
  if (--budget.left < 0)
    context.problems.stop(place, `views have more than ${LIMITS.modelValuesMax} members`);
  const taken = members.get(name);
  if (taken === undefined) members.set(name, member);
  else if (taken.member !== member.member || taken.joinPath.join('.') !== member.joinPath.join('.')) {
    const [first, second] = [taken, member].map(
      (each) => `\`${[...each.joinPath.slice(0, -1), each.member].join('.')}\``,
    );
    const next = 'set `prefix: true` for its cube, or give it an `alias`';
    context.problems.add(place, `the name \`${name}\` of ${second} is taken by ${first}: ${next}`);
  }
}
