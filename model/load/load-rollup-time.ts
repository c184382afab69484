/** The time of a pre-aggregation: its buckets and its partitions. */
import { canBuildFrom } from '../civil-time.js';
import {
  findGrain,
  grainName,
  grainNames,
  GRANULARITIES,
  PARTITION_GRANULARITIES,
  timeName,
  type Grain,
  type Granularity,
  type RollupTimeDimension,
} from '../schema.js';
import { scalarAt, type Context, type DeclaredCube, type DeclaredDimension } from './declare.js';
import type { LocatedMap, LocatedScalar } from './located.js';
import { resolveMember } from './resolve-member.js';
import type { PreAggregationText } from './structure.js';

const NAMES_SHOWN = 20;

/** `time_dimension` with `granularity`, or the list `time_dimensions`; each pair once. */
export function loadTimeDimensions(
  text: PreAggregationText,
  node: LocatedMap,
  cube: DeclaredCube,
  context: Context,
): RollupTimeDimension[] {
  const pairs = (text.time_dimensions ?? []).map((_, index): [LocatedScalar, LocatedScalar] => [
    scalarAt(node, ['time_dimensions', index, 'dimension']),
    scalarAt(node, ['time_dimensions', index, 'granularity']),
  ]);
  if (checkSingle(text, node, context)) {
    pairs.push([scalarAt(node, ['time_dimension']), scalarAt(node, ['granularity'])]);
  }
  const found = new Map<string, RollupTimeDimension>();
  for (const [name, word] of pairs) {
    const dimension = resolveTime(name, cube, context);
    const granularity = dimension === null ? null : resolveGranularity(word, dimension, context);
    if (dimension === null || granularity === null) continue;
    found.set(timeName(dimension.id, granularity), { dimension: dimension.id, granularity });
  }
  return [...found.values()];
}

/** Whether there is a `time_dimension` with its `granularity`; one without the other is a problem. */
function checkSingle(text: PreAggregationText, node: LocatedMap, { problems }: Context): boolean {
  const placeOf = (key: string) => node.entries.get(key)?.key ?? node.place;
  const { time_dimension: dimension, granularity } = text;
  if (dimension !== undefined && text.time_dimensions !== undefined) {
    problems.add(placeOf('time_dimension'), 'write either `time_dimension` or `time_dimensions`, not both');
    return false;
  }
  if (dimension !== undefined && granularity === undefined) {
    // The original SQL is stored as it is, and its time only partitions it.
    if (text.type !== 'original_sql') {
      problems.add(placeOf('time_dimension'), `needs a \`granularity\`: one of ${GRANULARITIES.join(', ')}`);
    }
    return false;
  }
  if (dimension === undefined && granularity !== undefined) {
    problems.add(placeOf('granularity'), 'needs a `time_dimension`');
  }
  return dimension !== undefined;
}

function resolveTime(entry: LocatedScalar, cube: DeclaredCube, context: Context): DeclaredDimension | null {
  const member = resolveMember(entry, cube, context);
  if (member === null) return null;
  if (member.kind === 'dimension' && member.text.type === 'time') return member;
  const what = member.kind === 'dimension' ? `dimension of type ${member.text.type}` : member.kind;
  context.problems.add(entry.place, `\`${member.id}\` is a ${what}; a time dimension is of type time`);
  return null;
}

function resolveGranularity(
  entry: LocatedScalar,
  dimension: DeclaredDimension,
  { problems }: Context,
): Grain | null {
  const word = String(entry.value);
  const granularity = findGrain(dimension, word);
  if (granularity !== undefined) return granularity;
  const names = grainNames(dimension);
  const some = [...names.slice(0, NAMES_SHOWN), ...(names.length > NAMES_SHOWN ? ['…'] : [])].join(', ');
  problems.add(entry.place, `unknown granularity: one of ${some}${problems.hint(word, names)}`);
  return null;
}

/** Null where the pre-aggregation is not partitioned. Partitions are made of whole buckets. */
export function loadPartitionGranularity(
  text: PreAggregationText,
  node: LocatedMap,
  time: RollupTimeDimension | null,
  { problems }: Context,
): Granularity | null {
  const word = text.partition_granularity;
  if (word === undefined) return null;
  const { place } = scalarAt(node, ['partition_granularity']);
  const granularity = PARTITION_GRANULARITIES.find((name) => name === word);
  const hasTime = text.time_dimension !== undefined || (text.time_dimensions ?? []).length > 0;
  if (granularity === undefined) {
    const words = PARTITION_GRANULARITIES.join(', ');
    problems.add(
      place,
      `unknown granularity: one of ${words}${problems.hint(word, PARTITION_GRANULARITIES)}`,
    );
  } else if (!hasTime && text.type !== 'auto_rollup') {
    problems.add(place, 'partitions need a `time_dimension` with a `granularity`');
  } else if (time !== null && !canBuildFrom(time.granularity, granularity)) {
    const fit = PARTITION_GRANULARITIES.filter((coarse) => canBuildFrom(time.granularity, coarse));
    const use = fit.length === 0 ? 'use ' : `use ${fit.join(' or ')}, or `;
    problems.add(
      place,
      `a partition of a ${granularity} cuts through buckets of a ${grainName(time.granularity)}: ${use}a finer \`granularity\``,
    );
  }
  return granularity ?? null;
}
