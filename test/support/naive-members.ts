/** Names of a query → members of a random model, and how its tables are joined. Shares no line with the product. */
import type { CubeFilter, CubeQuery } from './cube-query.js';
import type {
  RandomCube,
  RandomDimension,
  RandomJoin,
  RandomMeasure,
  RandomModel,
  RandomSegment,
} from './random-model.js';
import { viewMembers } from './random-views.js';

/** Why a query has no answer: what the product's message must say. */
export class NoAnswer extends Error {
  readonly reason: string;
  readonly says: RegExp;

  constructor(reason: string, says: RegExp) {
    super(reason);
    this.reason = reason;
    this.says = says;
  }
}

export type Found =
  | { readonly kind: 'measure'; readonly measure: RandomMeasure }
  | { readonly kind: 'dimension'; readonly dimension: RandomDimension }
  | { readonly kind: 'segment'; readonly segment: RandomSegment };

export type FoundMember = Found & {
  readonly id: string;
  /** The cubes that are needed, that of the member first. */
  readonly cubes: readonly string[];
  readonly path: readonly string[];
};

/** What was found before, as each name is asked for many times. */
const foundIn = new WeakMap<RandomModel, Map<string, FoundMember>>();

/** @throws NoAnswer for a name that the model does not have */
export function findNamed(model: RandomModel, name: string): FoundMember {
  const known = foundIn.get(model) ?? new Map<string, FoundMember>();
  foundIn.set(model, known);
  const found = known.get(name) ?? searchNamed(model, name);
  known.set(name, found);
  return found;
}

function searchNamed(model: RandomModel, name: string): FoundMember {
  const viewed = model.views.flatMap(viewMembers).find((member) => member.name === name);
  const id = viewed?.id ?? name;
  const path = viewed?.path ?? [];
  for (const { measures, dimensions, segments, name: cube } of model.cubes) {
    const common = { id, path, cubes: [cube, ...path] };
    const measure = measures.find((member) => member.id === id);
    if (measure !== undefined) return { ...common, kind: 'measure', measure };
    const dimension = dimensions.find((member) => member.id === id);
    if (dimension !== undefined) return { ...common, kind: 'dimension', dimension };
    const segment = segments.find((member) => member.id === id);
    if (segment !== undefined) return { ...common, kind: 'segment', segment };
  }
  throw new NoAnswer('unknown member', /no (measure|dimension|member|segment|cube)|not a|unknown|does not/i);
}

export function findDimension(model: RandomModel, name: string): RandomDimension {
  const found = findNamed(model, name);
  if (found.kind !== 'dimension') throw new NoAnswer('not a dimension', /not a dimension|dimension/);
  return found.dimension;
}

export function findMeasure(model: RandomModel, name: string): RandomMeasure {
  const found = findNamed(model, name);
  if (found.kind !== 'measure') throw new NoAnswer('not a measure', /measure/);
  return found.measure;
}

/** Time dimensions as they are asked for, those that are written among the dimensions last. */
export interface AskedTime {
  readonly name: string;
  readonly granularity: string | null;
  readonly range: readonly string[] | null;
}

export function askedTimes({ timeDimensions = [], dimensions = [] }: CubeQuery): AskedTime[] {
  return [
    ...timeDimensions.map((time): AskedTime => {
      if (typeof time === 'string') return { name: time, granularity: null, range: null };
      const { dimension, granularity = null, dateRange } = time;
      const range = dateRange === undefined ? null : typeof dateRange === 'string' ? [dateRange] : dateRange;
      return { name: dimension, granularity, range };
    }),
    ...dimensions.filter(isDotted).map((text): AskedTime => {
      const [cube, member, granularity] = text.split('.');
      return { name: `${cube}.${member}`, granularity, range: null };
    }),
  ];
}

export function isDotted(name: string): boolean {
  return name.split('.').length === 3;
}

/** The leaves of a tree of filters. */
export function leavesOf(filter: CubeFilter): Exclude<CubeFilter, { and: unknown } | { or: unknown }>[] {
  if ('and' in filter) return filter.and.flatMap(leavesOf);
  return 'or' in filter ? filter.or.flatMap(leavesOf) : [filter];
}

export interface Tables {
  readonly root: RandomCube;
  /** In an order in which each can be joined. */
  readonly joins: readonly (RandomJoin & { readonly from: string })[];
}

/**
 * The cubes of a query joined: the first of them from which the joins lead to all others is the one whose rows
 * are counted. Cubes stand in the order of measures, dimensions, segments, filters, times.
 * @throws NoAnswer
 */
export function joinTables(model: RandomModel, query: CubeQuery): Tables {
  const members = neededMembers(model, query);
  const paths = members.map(({ path }) => path).filter((path) => path.length > 1);
  const own = members.flatMap(({ cubes }) => cubes[0]);
  const needed = [...new Set([...own, ...paths.flat()])];
  const parents = forcedParents(paths);
  for (const name of needed) {
    let start = name;
    while (parents.has(start)) start = parents.get(start) as string;
    const tables = joinFrom(model, start, needed, parents);
    if (tables !== null) return tables;
  }
  throw new NoAnswer('no join', /no join leads from one of the cubes/);
}

function neededMembers(model: RandomModel, query: CubeQuery): FoundMember[] {
  const find = (name: string): FoundMember => findNamed(model, name);
  const leaves = (query.filters ?? []).flatMap(leavesOf).map((leaf) => ({ leaf, found: find(leaf.member) }));
  const counting = leaves.filter(({ leaf }) => leaf.operator === 'measureFilter').map(({ found }) => found);
  const tests = leaves.filter(({ leaf }) => leaf.operator !== 'measureFilter').map(({ found }) => found);
  const measures = [...(query.measures ?? []).map(find), ...tests.filter(({ kind }) => kind === 'measure')];
  return [
    ...measures,
    ...(query.dimensions ?? []).filter((name) => !isDotted(name)).map(find),
    ...(query.segments ?? []).map(find),
    ...counting,
    ...tests.filter(({ kind }) => kind === 'dimension'),
    ...askedTimes(query)
      .filter(({ granularity, range }) => granularity !== null || range !== null)
      .map(({ name }) => find(name)),
  ];
}

/** By cube: the one that must join it. */
function forcedParents(paths: readonly (readonly string[])[]): Map<string, string> {
  const parents = new Map<string, string>();
  const twice = new NoAnswer('two ways', /lead to .* in two ways/);
  for (const path of paths) {
    for (const [at, cube] of path.entries()) {
      if (at === 0) continue;
      if ((parents.get(cube) ?? path[at - 1]) !== path[at - 1]) throw twice;
      parents.set(cube, path[at - 1]);
    }
  }
  for (const cube of parents.keys()) {
    let steps = 0;
    for (let at: string | undefined = cube; at !== undefined; at = parents.get(at))
      if (steps++ > parents.size) throw twice;
  }
  return parents;
}

/** The shortest ways, level by level, and of them what is needed; null when a cube is out of reach. */
function joinFrom(
  model: RandomModel,
  start: string,
  needed: readonly string[],
  parents: ReadonlyMap<string, string>,
): Tables | null {
  const cubeOf = (name: string): RandomCube => model.cubes.find((cube) => cube.name === name) as RandomCube;
  const reached = new Map<string, RandomJoin & { from: string }>();
  let level = [start];
  while (level.length > 0) {
    const next: string[] = [];
    for (const from of level) {
      for (const join of cubeOf(from).joins) {
        if (join.to === start || reached.has(join.to)) continue;
        if (parents.has(join.to) && parents.get(join.to) !== from) continue;
        reached.set(join.to, { ...join, from });
        next.push(join.to);
      }
    }
    level = next;
  }
  const wanted = new Set<string>();
  for (const name of needed) {
    for (let at = name; at !== start; at = (reached.get(at) as { from: string }).from) {
      if (!reached.has(at)) return null;
      wanted.add(at);
    }
  }
  return { root: cubeOf(start), joins: [...reached.values()].filter(({ to }) => wanted.has(to)) };
}

/** Whether one row of the cube can stand in several rows of the joined tables. */
export function isRepeated({ joins }: Tables, cube: string): boolean {
  const walk = (at: string, from: string | null): boolean =>
    joins.some((join) => {
      if (join.from === at && join.to !== from)
        return join.relationship === 'one_to_many' || walk(join.to, at);
      if (join.to === at && join.from !== from)
        return join.relationship === 'many_to_one' || walk(join.from, at);
      return false;
    });
  return walk(cube, null);
}

export function fromSql({ root, joins }: Tables): string {
  return [root.name, ...joins.map(({ to, on }) => `LEFT JOIN ${to} ON ${on}`)].join(' ');
}
