/** A query in the form in which Cube compares it with rollups. */
import { filterMembers } from '../../model/filter.js';
import type { Filter } from '../../model/filter.js';
import type { JoinTree } from '../../model/plan.js';
import type { Query } from '../../model/query.js';
import type { DataModel, Grain, Granularity, MemberId } from '../../model/schema.js';
import { cubeOf, grainName } from '../../model/schema.js';
import { memberClosure, multipliedCubes } from '../join-tree.js';
import { memberPaths } from './cube-tree.js';
import { customMinimum } from './custom-minimum.js';
import {
  areAdditive,
  byCode,
  leafMeasures,
  multipliedMeasures,
  ownedMembers,
  proxied,
  windowGranularity,
} from './member-facts.js';
import { measureOf } from '../leaf-states.js';
import { rollupGranularity } from './rollup-granularity.js';
import { singleValues } from './single-values.js';

/**
 * A time by its path. Of a query, null means that any granularity will do; one that the model defines comes with the
 * coarsest predefined one that serves it.
 */
export type CubeTime = readonly [path: string, granularity: string | null, minimum?: Granularity];

/** The times of a query for strict rollups, and for those that look at no date range; sorted by path. */
export interface CubeTimes {
  readonly strict: readonly CubeTime[];
  readonly asAsked: readonly CubeTime[];
}

export interface CubeQueryForm {
  /** Of dimensions, filters and segments, sorted by the names that the query uses. */
  readonly dimensions: readonly string[];
  /** The members that these are computed from. */
  readonly ownedDimensions: readonly string[];
  readonly times: CubeTimes;
  readonly ownedTimes: CubeTimes;
  /** Those that are asked for; of one that only filters Cube does not look at the name. */
  readonly measures: readonly string[];
  readonly leafMeasures: readonly MemberId[];
  readonly leafMeasurePaths: readonly string[];
  readonly isAdditive: boolean;
  readonly leavesAreAdditive: boolean;
  readonly hasMultipliedMeasures: boolean;
  readonly hasCumulativeMeasures: boolean;
  /** The finest unit of the rolling windows; null without one. */
  readonly windowGranularity: Granularity | null;
  readonly allTimesHaveGranularity: boolean;
  readonly filtersAreSelected: boolean;
  /** What the query groups by and what its filters pin to one value; null where a filter does anything else. */
  readonly singleValues: ReadonlySet<string> | null;
  /** Names of rollup members → the names by which the query asks for them. */
  readonly backAlias: ReadonlyMap<string, string>;
  /** Of an ungrouped query: its cubes and their primary keys, sorted; null for every other. */
  readonly ungrouped: { readonly cubes: readonly string[]; readonly primaryKeys: readonly string[] } | null;
}

export interface AskedQuery {
  readonly query: Query;
  /** The filters as the query was written: Cube looks at their operators. */
  readonly filters: unknown;
  /** Milliseconds since the epoch: the year from which Cube counts intervals that have no origin. */
  readonly now: number;
  /** Member → the view's member by which the query asks for it. */
  readonly aliases?: ReadonlyMap<MemberId, string>;
}

export function cubeQueryForm(
  model: DataModel,
  asked: AskedQuery,
  tree: JoinTree,
  cubes: readonly string[],
): CubeQueryForm {
  const { query, filters } = asked;
  const aliases = asked.aliases ?? viewNames(query);
  const nameOf = (member: MemberId): string => aliases.get(member) ?? member;
  const pathOf = memberPaths(tree);
  const filtered = filteredMembers(query);
  const keys = [...new Set([...query.dimensions, ...filtered, ...query.segments])];
  const leaves = leafMeasures(model, [...query.measures, ...membersOf(query.having)]);
  const owners = query.timeDimensions.map((time) => owner(model, time.dimension));
  const multiplied = multipliedCubes(tree);
  return {
    dimensions: keys.map(nameOf).toSorted(byCode).map(pathOf),
    ownedDimensions: ownedMembers(model, keys).map(pathOf),
    times: cubeTimes(
      asked,
      query.timeDimensions.map(({ dimension }) => nameOf(dimension)),
      (name) => name,
    ),
    ownedTimes: cubeTimes(asked, owners, pathOf),
    measures: query.measures.map(nameOf).map(pathOf),
    leafMeasures: leaves,
    leafMeasurePaths: leaves.map(pathOf),
    isAdditive: areAdditive(model, query.measures),
    leavesAreAdditive: areAdditive(model, leaves),
    hasMultipliedMeasures:
      multipliedMeasures(model, [...query.measures, ...membersOf(query.having)], multiplied).length > 0,
    hasCumulativeMeasures: leaves.some((leaf) => measureOf(model, leaf).window !== null),
    windowGranularity: windowGranularity(model, leaves),
    allTimesHaveGranularity: query.timeDimensions.every(({ granularity }) => granularity !== null),
    filtersAreSelected: filtered.every((member) => query.dimensions.includes(member)),
    singleValues: singleValues(model, [...query.dimensions, ...query.segments].map(nameOf), filters),
    backAlias: backAliases(model, query, nameOf, pathOf),
    ungrouped: query.ungrouped
      ? { cubes: cubes.toSorted(byCode), primaryKeys: primaryKeys(model, cubes) }
      : null,
  };
}

/** Members that are asked for under the name of a view. */
function viewNames({ asked }: Query): ReadonlyMap<MemberId, string> {
  return new Map(
    asked.filter(({ member, name }) => member !== name).map(({ member, name }) => [member, name]),
  );
}

/** Every member that the query names, in Cube's order. */
export function askedMembers(query: Query): readonly MemberId[] {
  const times = query.timeDimensions.map(({ dimension }) => dimension);
  const filters = [...filteredMembers(query), ...membersOf(query.having)];
  return [...query.measures, ...query.dimensions, ...query.segments, ...filters, ...times];
}

/** A measure whose filters count is, to Cube, a filter on rows like any other. */
function filteredMembers({ filter, countedBy }: Query): readonly MemberId[] {
  return [...membersOf(filter), ...countedBy];
}

function membersOf(filter: Filter | null): readonly MemberId[] {
  return filter === null ? [] : [...filterMembers(filter)];
}

/** The time that another is computed from, where it is one alone. */
function owner(model: DataModel, dimension: MemberId): MemberId {
  const owners = ownedMembers(model, [dimension]);
  return owners.length === 1 ? owners[0] : dimension;
}

/** @param names of the query's times, in their order; they are sorted by these, and only then made paths */
function cubeTimes(
  { query: { timeDimensions, timezone }, now }: AskedQuery,
  names: readonly string[],
  pathOf: (name: string) => string,
): CubeTimes {
  const of = (grains: readonly (Grain | null)[]): CubeTime[] =>
    grains
      .map((grain, at) => ({ name: names[at], grain }))
      .toSorted((a, b) => byCode(a.name, b.name))
      .map(({ name, grain }): CubeTime => {
        if (grain === null || typeof grain === 'string') return [pathOf(name), grain];
        return [pathOf(name), grainName(grain), customMinimum(grain, timezone, now)];
      });
  return {
    strict: of(timeDimensions.map((time) => rollupGranularity(time, timezone, now))),
    asAsked: of(timeDimensions.map((time) => time.granularity)),
  };
}

/** Views name members of cubes, and members may name others one to one: a rollup of the one holds the other. */
function backAliases(
  model: DataModel,
  query: Query,
  nameOf: (member: MemberId) => string,
  pathOf: (member: string) => string,
): ReadonlyMap<string, string> {
  const aliases = new Map<string, string>();
  for (const member of askedMembers(query)) {
    const name = nameOf(member);
    if (name !== member) aliases.set(member, name);
    for (const inner of memberClosure(model, [member])) {
      const original = proxied(model, inner);
      if (original === null) break;
      aliases.set(original, name);
    }
  }
  const found = new Map<string, string>();
  for (const [original, name] of aliases) {
    found.set(pathOf(original), pathOf(name));
    if (model.cubes.has(cubeOf(name))) found.set(original, pathOf(name));
  }
  return found;
}

function primaryKeys(model: DataModel, cubes: readonly string[]): readonly string[] {
  const dimensions = cubes.flatMap((cube) => [...(model.cubes.get(cube)?.dimensions.values() ?? [])]);
  return dimensions.flatMap(({ id, primaryKey }) => (primaryKey ? [id] : [])).toSorted(byCode);
}
