/** Which cubes a set of members needs, and how they are joined. */
import { StoreError } from '../model/errors.js';
import type { JoinTree } from '../model/plan.js';
import { forcedWays } from '../model/join-paths.js';
import type { Cube, DataModel, Dimension, Join, JoinPath, MemberId } from '../model/schema.js';
import type { SqlPart, SqlTemplate } from '../model/sql-template.js';
import { cubeOf } from '../model/schema.js';
import { lookUp } from './find-member.js';
import { innerParts } from '../model/sql-parts.js';

/**
 * The tree over the cubes of `members` and of all members that their SQL refers to. The root is the first of
 * these cubes, in the order of `members`, from which the others can be reached; a cube that a path leads to gives way
 * to the path's beginning. Where no path says how, a cube is reached the shortest way, and of several the one that is
 * declared first.
 * @param paths that members are asked for by, beside those in their SQL
 * @throws StoreError `query_invalid` when no cube reaches all others, or when two paths lead to one cube
 */
export function joinTree(
  model: DataModel,
  members: readonly MemberId[],
  paths: readonly JoinPath[] = [],
): JoinTree {
  const trees = joinTrees(model, members, paths);
  const [first] = trees;
  if (first !== undefined) return first;
  const cubes = neededCubes(model, members, paths);
  throw new StoreError(
    'query_invalid',
    `no join leads from one of the cubes ${cubes.join(', ')} to all others.`,
    {
      next: `${inheritedName(model, cubes)}Declare a join between them, or ask for them in separate queries.`,
    },
  );
}

/** The tree from every cube that reaches all others, in the order of `members`. */
export function* joinTrees(
  model: DataModel,
  members: readonly MemberId[],
  paths: readonly JoinPath[],
): Iterable<JoinTree> {
  const needs = needsOf(model, members, paths);
  const cubes = [...needs.cubes];
  const parents = parentsOf(needs.paths);
  for (const cube of cubes) {
    const root = beginningOf(cube, parents);
    const joins = reach(model, root, cubes, parents);
    if (joins !== null) yield { root, joins };
  }
}

/** All cubes that the members and paths need, in the order of first need. */
export function neededCubes(
  model: DataModel,
  members: readonly MemberId[],
  paths: readonly JoinPath[],
): readonly string[] {
  return [...needsOf(model, members, paths).cubes];
}

/** SQL that names the cube it is written in goes on naming it where it is inherited. */
function inheritedName(model: DataModel, cubes: readonly string[]): string {
  const child = cubes.find((name) => cubes.includes(model.cubes.get(name)?.extends ?? ''));
  if (child === undefined) return '';
  const parent = model.cubes.get(child)?.extends;
  return `${child} extends ${parent}: where SQL or a list that it inherits names ${parent}, write CUBE. Else: `;
}

/** The cubes whose rows appear more than once in the joined table, so that their measures would be counted twice. */
export function multipliedCubes(tree: JoinTree): ReadonlySet<string> {
  const cubes = [tree.root, ...tree.joins.map((join) => join.to)];
  return new Set(cubes.filter((cube) => tree.joins.some((join) => fansOut(tree, join, cube))));
}

/** The cubes of which a row of `cube` has at most one, itself included. */
export function singleCubes({ joins }: JoinTree, cube: string): ReadonlySet<string> {
  const single = new Set([cube]);
  for (const name of single) {
    for (const { from, to, relationship } of joins) {
      if (from === name && relationship !== 'one_to_many') single.add(to);
      if (to === name && relationship !== 'many_to_one') single.add(from);
    }
  }
  return single;
}

/** Whether the joins of `tree` beyond those of `part` leave each row of `part` exactly once. */
export function keepsRows(tree: JoinTree, part: JoinTree): boolean {
  if (tree.root !== part.root) return false;
  const own = new Set(part.joins);
  return tree.joins.every((join) => own.has(join) || join.relationship !== 'one_to_many');
}

/** The first cube that two trees reach from different cubes: its rows beside a row of the root are not the same. */
export function differingCube(one: JoinTree, other: JoinTree): string | null {
  for (const join of other.joins) {
    for (const { from, to } of one.joins) if (to === join.to && from !== join.from) return to;
  }
  return null;
}

/** The cubes from the root of a tree to one of its cubes. */
export function wayTo(tree: JoinTree, cube: string): string[] {
  const parents = new Map(tree.joins.map(({ from, to }) => [to, from]));
  const way: string[] = [];
  for (let at: string | undefined = cube; at !== undefined; at = parents.get(at)) way.push(at);
  return way.reverse();
}

/** The members that a drill into measures looks at, beside the measures themselves. */
export function drillMembers(model: DataModel, measures: readonly MemberId[]): MemberId[] {
  return drillParts(model, measures).flatMap((part) => (part.kind === 'member' ? [part.member] : []));
}

/** The ways on which a drill into measures reaches other cubes, those that it names by themselves included. */
export function drillPaths(model: DataModel, measures: readonly MemberId[]): JoinPath[] {
  return drillParts(model, measures).flatMap((part) => {
    if (part.kind !== 'member' && part.kind !== 'cube') return [];
    if (part.path !== undefined) return [part.path];
    return part.kind === 'cube' ? [[part.cube]] : [];
  });
}

function drillParts(model: DataModel, measures: readonly MemberId[]): SqlPart[] {
  return measures.flatMap((id) => {
    const found = lookUp(model, id);
    const templates = found?.kind === 'measure' ? found.measure.drillFilters : [];
    return templates.flatMap(({ parts }) => parts);
  });
}

interface Needs {
  /** In the order of first need. */
  readonly cubes: ReadonlySet<string>;
  readonly paths: readonly JoinPath[];
}

/** All cubes that the members need, and the paths on which their SQL reaches others. */
function needsOf(model: DataModel, members: readonly MemberId[], asked: readonly JoinPath[]): Needs {
  const cubes = new Set<string>();
  const paths = [...asked];
  for (const member of memberClosure(model, members)) {
    cubes.add(cubeOf(member));
    if (isSubQuery(model, member)) continue;
    for (const template of templatesOf(model, member)) {
      for (const part of innerParts(template.parts)) {
        if (part.kind === 'cube') cubes.add(part.cube);
        if ('path' in part && part.path !== undefined) paths.push(part.path);
      }
    }
  }
  for (const path of paths) for (const cube of path) cubes.add(cube);
  return { cubes, paths };
}

const NO_PARENTS: ReadonlyMap<string, string> = new Map();

/** By cube: the cube that must join it. */
function parentsOf(paths: readonly JoinPath[]): ReadonlyMap<string, string> {
  if (paths.length === 0) return NO_PARENTS;
  const ways = forcedWays(paths);
  if (ways.kind === 'ways') return ways.parents;
  const [one, other] = ways.paths.map((path) => path.join('.'));
  throw new StoreError(
    'query_invalid',
    `the join paths ${one} and ${other} lead to ${ways.cube} in two ways.`,
    { next: 'Ask for them in separate queries, or use one path in the views of the model.' },
  );
}

/** Where the paths to a cube begin; they have no circles. */
function beginningOf(cube: string, parents: ReadonlyMap<string, string>): string {
  let beginning = cube;
  for (let at: string | undefined = cube; at !== undefined; at = parents.get(at)) beginning = at;
  return beginning;
}

/**
 * The members and all those that their SQL refers to, each once. A sub-query is a table of its own: of it, only the
 * primary key of its cube belongs to the members.
 */
export function memberClosure(model: DataModel, members: readonly MemberId[]): ReadonlySet<MemberId> {
  return closure(members, (member) =>
    isSubQuery(model, member)
      ? primaryKeys(model, cubeOf(member)).map(({ id }) => id)
      : referredMembers(model, member),
  );
}

/** The members and all those that they are computed from, in sub-queries too. */
export function deepClosure(model: DataModel, members: readonly MemberId[]): ReadonlySet<MemberId> {
  return closure(members, (member) => {
    const keys = isSubQuery(model, member) ? primaryKeys(model, cubeOf(member)).map(({ id }) => id) : [];
    return [...referredMembers(model, member), ...keys];
  });
}

function closure(
  members: readonly MemberId[],
  next: (member: MemberId) => readonly MemberId[],
): ReadonlySet<MemberId> {
  const found = new Set<MemberId>();
  const visit = (member: MemberId): void => {
    if (found.has(member)) return;
    found.add(member);
    next(member).forEach(visit);
  };
  members.forEach(visit);
  return found;
}

function referredMembers(model: DataModel, member: MemberId): MemberId[] {
  const parts = templatesOf(model, member).flatMap((template) => [...innerParts(template.parts)]);
  return parts.flatMap((part) => ('member' in part ? [part.member] : []));
}

function isSubQuery(model: DataModel, member: MemberId): boolean {
  const found = lookUp(model, member);
  return found?.kind === 'dimension' && found.dimension.subQuery;
}

export function primaryKeys(model: DataModel, cube: string): readonly Dimension[] {
  const { dimensions } = model.cubes.get(cube) as Cube;
  return [...dimensions.values()].filter((dimension) => dimension.primaryKey);
}

/** The SQL of a member: its expression and, of a measure, its filters. */
export function templatesOf(model: DataModel, member: MemberId): readonly SqlTemplate[] {
  const found = lookUp(model, member);
  switch (found?.kind) {
    case 'measure': {
      const { sql, second, filters } = found.measure;
      return [sql, second, ...filters].filter((template) => template !== null);
    }
    case 'dimension':
      return [found.dimension.sql];
    case 'segment':
      return [found.segment.sql];
    case undefined:
      return [];
  }
}

/** The joins on the shortest declared ways from `root` to all of `cubes`, parents first; null: one is out of reach. */
function reach(
  model: DataModel,
  root: string,
  cubes: readonly string[],
  parents: ReadonlyMap<string, string>,
): Join[] | null {
  const arrival = new Map<string, Join | null>([[root, null]]);
  for (const name of arrival.keys()) {
    for (const join of model.cubes.get(name)?.joins ?? []) {
      const isOnWay = (parents.get(join.to) ?? name) === name;
      if (isOnWay && !arrival.has(join.to)) arrival.set(join.to, join);
    }
  }
  const needed = new Set<Join>();
  for (const cube of cubes) {
    let join = arrival.get(cube);
    if (join === undefined) return null;
    for (; join != null; join = arrival.get(join.from)) needed.add(join);
  }
  return [...arrival.values()].filter((join): join is Join => join !== null && needed.has(join));
}

/** Whether going from `cube` outward over `join` meets many rows. */
function fansOut(tree: JoinTree, join: Join, cube: string): boolean {
  const towardsTarget = !subtree(tree, join.to).has(cube);
  return towardsTarget ? join.relationship === 'one_to_many' : join.relationship === 'many_to_one';
}

function subtree(tree: JoinTree, top: string): ReadonlySet<string> {
  const inside = new Set([top]);
  for (const join of tree.joins) if (inside.has(join.from)) inside.add(join.to);
  return inside;
}
