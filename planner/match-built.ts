/** What the query needs must be built, from the definition that the model has today. */
import type { RollupMeta } from '../model/catalog.js';
import type { TimeRange } from '../model/query.js';
import { formatLocal } from '../model/civil-time.js';
import type { QueryShape } from './match-rollup.js';
import { gapsIn, heldTimes } from './held-times.js';
import { askedRange } from './prune-partitions.js';
import type { RollupShape } from './rollup-shape.js';
import type { BuiltRollup, Finding, Rule } from './rule.js';

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
  const { times, nulls } = missingTimes(meta, askedRange(query.query, rollup));
  if (times.length === 0 && !nulls) return null;
  const message = (): string => {
    const named = [
      ...times.slice(0, NAMED_MAX).map(rangeText),
      ...(times.length > NAMED_MAX ? [`${times.length - NAMED_MAX} more stretches`] : []),
      ...(nulls ? ['rows without a time'] : []),
    ];
    return `${id} lacks the partitions of ${named.join(', and ')}: build them with store.build() or granary build.`;
  };
  return [{ code: 'partitions_missing', member: null, message }];
}

const NAMED_MAX = 3;

/** For which times that the source had when it was built the query needs partitions that are not there. */
function missingTimes(
  meta: RollupMeta,
  asked: TimeRange | null,
): { readonly times: readonly TimeRange[]; readonly nulls: boolean } {
  const held = heldTimes(meta);
  if (held === null) return { times: [], nulls: false };
  const { sourceRange } = meta;
  const from = Math.max(sourceRange?.from ?? Infinity, asked?.from ?? -Infinity);
  const to = Math.min(sourceRange?.to ?? -Infinity, asked?.to ?? Infinity);
  return { times: gapsIn({ from, to }, held.ranges), nulls: asked === null && !held.nulls };
}

function rangeText({ from, to }: TimeRange): string {
  return `${formatLocal(from)} to before ${formatLocal(to)}`;
}
