/** A rollup in the form in which Cube compares it with queries. */
import type { JoinTree } from '../../model/plan.js';
import type { DataModel, MemberId, PreAggregation, RollupId } from '../../model/schema.js';
import { cubeOf, grainName } from '../../model/schema.js';
import { multipliedCubes } from '../join-tree.js';
import { cubeTree, memberPaths } from './cube-tree.js';
import { byCode, multipliedMeasures } from './member-facts.js';

export interface CubeRollupForm {
  readonly measures: readonly string[];
  /** Dimensions by their names, then segments by theirs. */
  readonly dimensions: readonly string[];
  /** Sorted by path and granularity. */
  readonly times: readonly (readonly [path: string, granularity: string])[];
  /** Whether a query's date range does not matter. */
  readonly allowsNonStrictRange: boolean;
  readonly multipliedMeasures: readonly MemberId[];
  /** Whether it stands on other rollups, by their names. */
  readonly hasRollups: boolean;
}

/** @param nonStrictByDefault what counts where a rollup does not say `allow_non_strict_date_range_match` */
export function cubeRollupForm(
  model: DataModel,
  rollup: PreAggregation,
  nonStrictByDefault: boolean,
): CubeRollupForm {
  const first = rollup.type === 'rollup_lambda' && isWithoutMembers(rollup) ? rollup.rollups[0] : undefined;
  const source = first === undefined ? null : findRollup(model, first);
  const holder = source ?? rollup;
  const written = (member: MemberId): string => holder.writtenPaths.get(member) ?? member;
  const tree = rollup.type === 'rollup' ? rollupTree(model, rollup) : null;
  const pathOf = tree === null ? (path: string) => path : memberPaths(tree);
  const paths = (members: readonly MemberId[]): string[] => members.map(written).toSorted(byCode).map(pathOf);
  return {
    measures: paths(holder.measures),
    dimensions: [...paths(holder.dimensions), ...paths(holder.segments)],
    times: holder.timeDimensions
      .map(({ dimension, granularity }) => [pathOf(written(dimension)), grainName(granularity)] as const)
      .toSorted((a, b) => byCode(a.join('.'), b.join('.'))),
    allowsNonStrictRange: holder.allowNonStrictDateRangeMatch ?? nonStrictByDefault,
    multipliedMeasures:
      tree === null ? [] : multipliedMeasures(model, rollup.measures, multipliedCubes(tree)),
    hasRollups: rollup.rollups.length > 0,
  };
}

function isWithoutMembers({ measures, dimensions, segments, timeDimensions }: PreAggregation): boolean {
  return measures.length + dimensions.length + segments.length + timeDimensions.length === 0;
}

function findRollup(model: DataModel, id: RollupId): PreAggregation | null {
  const rollups = model.cubes.get(cubeOf(id))?.preAggregations ?? [];
  return rollups.find((rollup) => rollup.id === id) ?? null;
}

/** Only of a plain rollup: the members of other types keep the paths by which they are written. */
function rollupTree(model: DataModel, rollup: PreAggregation): JoinTree | null {
  const { measures, dimensions, segments, timeDimensions } = rollup;
  const sorted = [measures, dimensions, segments].flatMap((members) => members.toSorted(byCode));
  return cubeTree(model, [...sorted, ...timeDimensions.map(({ dimension }) => dimension)], rollup.joinPaths);
}
