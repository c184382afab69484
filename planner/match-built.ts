/** What the query needs must be built, from the definition that the model has today. */
import type { PartitionMeta, RollupMeta } from '../model/catalog.js';
import type { TimeRange } from '../model/query.js';
import { formatLocal } from '../model/civil-time.js';
import { bucketsBetween } from '../model/time-range.js';
import type { QueryShape } from './match-rollup.js';
import { askedRange, partitionsIn } from './prune-partitions.js';
import type { RollupShape } from './rollup-shape.js';
import type { BuiltRollup, Finding, Rule } from './rule.js';
import { spanOf } from './time-box.js';

export const builtRule: Rule = {
  name: 'built',
  asks: 'Is what the query needs built, from the definition that the model has now?',
  codes: {
    not_built: 'The rollup was never built.',
    definition_changed: 'The model has changed since the rollup was built.',
    partitions_missing: 'The source holds times in the asked range whose partitions are not built.',
  },
  spec: ['E41'],
  check: matchBuilt,
};

function matchBuilt(
  query: QueryShape,
  rollup: RollupShape,
  { meta, definition }: BuiltRollup,
): readonly Finding[] | null {
  const { id } = rollup.preAggregation;
  if (meta === null) {
    const message = (): string => `${id} is not built yet: build it with store.build() or granary build.`;
    return [{ code: 'not_built', member: null, message }];
  }
  if (meta.definition !== definition) {
    const message = (): string =>
      `${id} was built from another definition: build it again with store.build() or granary build.`;
    return [{ code: 'definition_changed', member: null, message }];
  }
  const missing = missingPartitions(meta, askedRange(query.query, rollup));
  if (missing.length === 0) return null;
  const message = (): string => {
    const named =
      missing.slice(0, 3).join(', ') + (missing.length > 3 ? `, and ${missing.length - 3} more` : '');
    return `${id} lacks the partitions ${named}: build them with store.build() or granary build.`;
  };
  return [{ code: 'partitions_missing', member: null, message }];
}

/**
 * Partitions that the source has rows for within the range but that are not built.
 * @param asked null: all time, rows without a time included
 */
function missingPartitions(meta: RollupMeta, asked: TimeRange | null): string[] {
  const { partitionGranularity, sourceRange, partitions } = meta;
  if (partitionGranularity === null) return [];
  const missing =
    asked === null && meta.sourceHasNullTimes && partitions.at(-1)?.key !== 'null' ? ['null'] : [];
  if (sourceRange === null) return missing;
  const from = Math.max(sourceRange.from, asked?.from ?? -Infinity);
  const to = Math.min(sourceRange.to, asked?.to ?? Infinity);
  if (from >= to) return missing;
  const there = partitionsIn(partitions, spanOf({ from, to }));
  if (covers(there, { from, to })) return missing;
  const built = new Set(there.map((partition) => partition.range?.from));
  for (const range of bucketsBetween({ from, to }, partitionGranularity)) {
    if (!built.has(range.from)) missing.push(formatLocal(range.from));
  }
  return missing;
}

/** Whether the partitions, which ascend, follow each other without a hole over the whole range. */
function covers(partitions: readonly PartitionMeta[], range: TimeRange): boolean {
  let reached = range.from;
  for (const partition of partitions) {
    if (partition.range === null || partition.range.from > reached) return false;
    reached = partition.range.to;
  }
  return reached >= range.to;
}
