/** A random model whose rollups have lost some of what they held: queries that they answered miss by little. */
import type { RandomModel } from './random-model.js';
import type { Tape } from './tape.js';

interface RollupText {
  readonly name: string;
  readonly measures: readonly string[];
  readonly dimensions: readonly string[];
  readonly segments: readonly string[];
  readonly time_dimensions?: readonly { readonly dimension: string; readonly granularity: string }[];
}

interface CubeText {
  readonly pre_aggregations: readonly RollupText[];
}

export function thinRollups(tape: Tape, { document }: RandomModel): { readonly cubes: readonly object[] } {
  const cubes = document.cubes as readonly CubeText[];
  return {
    cubes: cubes.map((cube) => ({
      ...cube,
      pre_aggregations: cube.pre_aggregations.map((rollup) => thinRollup(tape, rollup)),
    })),
  };
}

/** The first measure stays, so that it is a rollup of something. */
function thinRollup(tape: Tape, rollup: RollupText): object {
  const some = <T>(list: readonly T[]): T[] => list.filter(() => !tape.chance(25));
  const { name, measures, dimensions, segments, time_dimensions: times = [] } = rollup;
  const coarse = some(times).map((time) => (tape.chance(40) ? { ...time, granularity: 'year' } : time));
  const [first, second] = coarse;
  return {
    name,
    measures: [measures[0], ...some(measures.slice(1))],
    dimensions: some(dimensions),
    // A list that is not written is another patch than one that is empty.
    ...(tape.chance(50) && { segments: some(segments) }),
    ...(first !== undefined && second === undefined
      ? { time_dimension: first.dimension, granularity: first.granularity }
      : { time_dimensions: coarse }),
    ...(first !== undefined && {
      indexes: [{ name: 'by_time', columns: [`${first.dimension}.${first.granularity}`] }],
    }),
  };
}
