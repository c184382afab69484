/** Cube's decision on one rollup, condition by condition, with its accidents: nothing here is our own judgement. */
import { granularityHierarchy } from './granularity-hierarchy.js';
import type { CubeQueryForm, CubeTime } from './query-form.js';
import type { CubeRollupForm } from './rollup-form.js';
import { GRANULARITIES } from '../../model/schema.js';
import type { Granularity } from '../../model/schema.js';

/** What Cube requires; the conditions of a branch are asked in this order. */
export type CubeCondition =
  | 'leaf_measures_additive'
  | 'not_multiplied'
  | 'not_multiplied_in_rollup'
  | 'ungrouped_cubes'
  | 'ungrouped_primary_keys'
  | 'window'
  | 'measures'
  | 'dimensions'
  | 'time_dimensions'
  | 'granularity_set'
  | 'not_cumulative'
  | 'same_time_dimensions'
  | 'same_dimensions';

/** One of the two ways to accept a rollup: by its leaves, which add up, or by asking for exactly its rows. */
export interface CubeStep {
  readonly branch: 'leafAdditive' | 'notAdditive';
  /** The first condition that does not hold; null: all hold. */
  readonly failed: CubeCondition | null;
}

export interface CubeDecision {
  readonly canUse: boolean;
  /** The ways that were tried, in order; the last one accepts when `canUse`. */
  readonly trace: readonly CubeStep[];
}

export function canUse(query: CubeQueryForm, rollup: CubeRollupForm): CubeDecision {
  const leaf: CubeStep = { branch: 'leafAdditive', failed: failedEntry(query) ?? failedLeaf(query, rollup) };
  if (leaf.failed === null) return { canUse: true, trace: [leaf] };
  const exact: CubeStep = { branch: 'notAdditive', failed: failedExact(query, rollup) };
  return { canUse: exact.failed === null, trace: [leaf, exact] };
}

function failedEntry(query: CubeQueryForm): CubeCondition | null {
  if (query.ungrouped !== null) return null;
  if (!query.leavesAreAdditive) return 'leaf_measures_additive';
  return query.hasMultipliedMeasures ? 'not_multiplied' : null;
}

function failedLeaf(query: CubeQueryForm, rollup: CubeRollupForm): CubeCondition | null {
  const measures = backAlias(query, rollup.measures);
  const multiplied = backAlias(query, rollup.multipliedMeasures);
  if (
    query.leafMeasures.some((measure) => rollup.multipliedMeasures.includes(measure)) ||
    query.measures.some((measure) => multiplied.includes(measure))
  ) {
    return 'not_multiplied_in_rollup';
  }
  const ungrouped = failedUngrouped(query, rollup);
  if (ungrouped !== null) return ungrouped;
  if (!windowFits(query, rollup)) return 'window';
  const leavesStored =
    (rollup.hasRollups && isWithin(query.leafMeasures, rollup.measures)) ||
    isWithin(query.leafMeasurePaths, rollup.measures);
  if (!leavesStored && !(query.isAdditive && isWithin(query.measures, measures))) return 'measures';
  return failedKeys(query, rollup);
}

function failedUngrouped(
  { ungrouped, ...query }: CubeQueryForm,
  rollup: CubeRollupForm,
): CubeCondition | null {
  if (ungrouped === null) return null;
  const paths = [...rollup.measures, ...rollup.dimensions, ...rollup.times.map(([path]) => path)];
  const cubes = [...new Set(paths.map((path) => path.split('.').at(-2) ?? ''))].toSorted();
  if (!isSameList(cubes, ungrouped.cubes)) return 'ungrouped_cubes';
  const { primaryKeys } = ungrouped;
  const stored =
    isWithin(primaryKeys, backAlias(query, rollup.dimensions)) || isWithin(primaryKeys, rollup.dimensions);
  return stored ? null : 'ungrouped_primary_keys';
}

/** The keys as the query names them or, all of them, the keys from which these are computed. */
function failedKeys(query: CubeQueryForm, rollup: CubeRollupForm): CubeCondition | null {
  const mode = rollup.allowsNonStrictRange ? 'asAsked' : 'strict';
  const named = isWithin(query.dimensions, backAlias(query, rollup.dimensions));
  const owned = isWithin(query.ownedDimensions, rollup.dimensions);
  if (named && timesFit(query.times[mode], aliasedTimes(query, rollup))) return null;
  if (owned && timesFit(query.ownedTimes[mode], rollup.times)) return null;
  return named || owned ? 'time_dimensions' : 'dimensions';
}

function timesFit(asked: readonly CubeTime[], stored: readonly CubeTime[]): boolean {
  return asked.every(([path, granularity, minimum]) =>
    stored.some(
      ([storedPath, storedGranularity]) =>
        path === storedPath &&
        (granularity === null || expand(granularity, minimum).includes(storedGranularity ?? '')),
    ),
  );
}

/** Every stored granularity is one and the same that the window is made of. */
function windowFits({ windowGranularity }: CubeQueryForm, { times }: CubeRollupForm): boolean {
  if (windowGranularity === null) return true;
  return times.some(([path]) =>
    // Cube looks the hierarchy up by the name of a member; a path through joins is none.
    (path.split('.').length === 2 ? expand(windowGranularity) : [windowGranularity]).some((granularity) =>
      times.every(([, stored]) => stored === granularity),
    ),
  );
}

function failedExact(query: CubeQueryForm, rollup: CubeRollupForm): CubeCondition | null {
  if (!query.allTimesHaveGranularity) return 'granularity_set';
  if (query.hasCumulativeMeasures) return 'not_cumulative';
  const asked = rollup.allowsNonStrictRange ? query.times.asAsked : query.times.strict;
  const stored = aliasedTimes(query, rollup);
  if (!isSameTimes(asked, stored)) return 'same_time_dimensions';
  if (!query.isAdditive && !isSameTimes(query.times.asAsked, stored)) return 'same_time_dimensions';
  const dimensions = backAlias(query, rollup.dimensions);
  const { singleValues } = query;
  const pinned =
    singleValues !== null &&
    dimensions.length === singleValues.size &&
    dimensions.every((dimension) => singleValues.has(dimension));
  if (!pinned && !(query.filtersAreSelected && isSameList(dimensions, query.dimensions)))
    return 'same_dimensions';
  const measures = backAlias(query, rollup.measures);
  return isWithin(query.measures, measures) || isWithin(query.leafMeasures, measures) ? null : 'measures';
}

/** A granularity of the hierarchy and those below it; one that the model defines stands above its minimum. */
function expand(granularity: string, minimum?: Granularity): readonly string[] {
  if (minimum !== undefined) return [granularity, ...granularityHierarchy(minimum)];
  const known = GRANULARITIES.find((name) => name === granularity);
  return known === undefined ? [granularity] : granularityHierarchy(known);
}

function aliasedTimes(query: Pick<CubeQueryForm, 'backAlias'>, { times }: CubeRollupForm): CubeTime[] {
  return times.map(([path, granularity]) => [query.backAlias.get(path) ?? path, granularity]);
}

function backAlias(query: Pick<CubeQueryForm, 'backAlias'>, names: readonly string[]): readonly string[] {
  return names.map((name) => query.backAlias.get(name) ?? name);
}

function isWithin(names: readonly string[], all: readonly string[]): boolean {
  return names.every((name) => all.includes(name));
}

/** In the same order too: Cube compares lists. */
function isSameList(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name, at) => name === b[at]);
}

function isSameTimes(a: readonly CubeTime[], b: readonly CubeTime[]): boolean {
  return isSameList(a.map(timeKey), b.map(timeKey));
}

function timeKey([path, granularity]: CubeTime): string {
  return `${path} ${granularity ?? ''}`;
}
