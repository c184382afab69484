import { GRANULARITIES, timeName, type MemberId, type PreAggregation } from '../schema.js';
import type { Combination, Leg } from './check-combinations.js';
import type { Context } from './declare.js';

/** Tells why the rollups of a `rollup_lambda` cannot be put below each other. It has at least one. */
export function checkRollupLambda(
  { preAggregation, node, legs, unionWithSource }: Combination,
  { problems }: Context,
): void {
  const [first, ...others] = legs;
  if (first === undefined) return;
  const columns = columnsOf(first.rollup);
  for (const leg of others) {
    const its = columnsOf(leg.rollup);
    for (const kind of KINDS) {
      const [here, there] = [its[kind].join(', '), columns[kind].join(', ')];
      if (here === there) continue;
      problems.add(
        leg.entry.place,
        `the ${kind} of \`${leg.rollup.id}\` (${here || 'none'}) do not have the names of those of \`${first.rollup.id}\` (${there || 'none'})`,
      );
    }
  }
  const own = columnsOf(preAggregation);
  for (const kind of KINDS) {
    const missing = own[kind].find((name) => !columns[kind].includes(name));
    if (missing === undefined) continue;
    const place = node.entries.get(kind)?.key ?? node.entries.get('time_dimension')?.key ?? node.place;
    const hint = problems.hint(missing, columns[kind]);
    problems.add(place, `\`${first.rollup.id}\`, which it refers to, has no \`${missing}\`${hint}`);
  }
  checkPartitions(legs, { problems });
  const last = legs.at(-1);
  if (unionWithSource && last !== undefined && last.rollup.cube !== preAggregation.cube) {
    problems.add(
      node.entries.get('union_with_source_data')?.key ?? node.place,
      `the rows of the source follow the last rollup, which must be one of \`${preAggregation.cube}\`; \`${last.rollup.id}\` is not`,
    );
  }
}

/** With several rollups, each takes over where the one before it ends: at the end of a partition. */
function checkPartitions(legs: readonly Leg[], { problems }: Pick<Context, 'problems'>): void {
  if (legs.length < 2) return;
  for (const [at, { rollup, entry }] of legs.entries()) {
    const { partitionGranularity: own } = rollup;
    if (own === null) {
      const message = `\`${rollup.id}\` needs a \`partition_granularity\`, as every rollup of a rollup_lambda of several`;
      problems.add(entry.place, message);
      continue;
    }
    const before = legs[at - 1]?.rollup;
    const coarse = before?.partitionGranularity ?? null;
    if (before === undefined || coarse === null) continue;
    if (GRANULARITIES.indexOf(own) <= GRANULARITIES.indexOf(coarse)) continue;
    const message = `partitions of a ${own} cannot follow those of a ${coarse} in \`${before.id}\``;
    problems.add(entry.place, `${message}: partition \`${rollup.id}\` by ${coarse} or finer`);
  }
}

const KINDS = ['measures', 'dimensions', 'segments', 'time_dimensions'] as const;

/** The names of what a pre-aggregation lists, without their cubes, in one order. */
type Columns = Readonly<Record<(typeof KINDS)[number], readonly string[]>>;

function columnsOf({ measures, dimensions, segments, timeDimensions }: PreAggregation): Columns {
  return {
    measures: measures.map(shortName).toSorted(),
    dimensions: dimensions.map(shortName).toSorted(),
    segments: segments.map(shortName).toSorted(),
    time_dimensions: timeDimensions
      .map(({ dimension, granularity }) => timeName(shortName(dimension), granularity))
      .toSorted(),
  };
}

function shortName(member: MemberId): string {
  return member.slice(member.indexOf('.') + 1);
}
