import type { RollupMeta } from '../model/catalog.js';
import { formatPosition } from '../model/errors.js';
import type { QueryShape } from './match-rollup.js';
import { wholePartitions } from './plan-build.js';
import { askedRange } from './prune-partitions.js';
import type { RollupShape } from './rollup-shape.js';

/** What to do where a query asks for times that the build range leaves out, so that no build helps; null: it does not. */
export function buildRangeHelp({ query }: QueryShape, shape: RollupShape, meta: RollupMeta): string | null {
  const { partitionGranularity, sourceRange, sourceHasNullTimes } = meta;
  const { id, buildRange } = shape.preAggregation;
  if (buildRange === null || meta.buildRange === null || partitionGranularity === null) return null;
  const built = wholePartitions(meta.buildRange, partitionGranularity);
  const asked = askedRange(query, shape);
  const from = Math.max(sourceRange?.from ?? Infinity, asked?.from ?? -Infinity);
  const to = Math.min(sourceRange?.to ?? -Infinity, asked?.to ?? Infinity);
  const cut = from < to && (from < built.from || to > built.to);
  const isBounded = Number.isFinite(built.from) || Number.isFinite(built.to);
  if (!cut && !(asked === null && sourceHasNullTimes && isBounded)) return null;
  const { position } = (buildRange.start ?? buildRange.end) as NonNullable<typeof buildRange.start>;
  return `The build range of ${id} (${formatPosition(position)}) leaves out times that the query asks for: the source has them. Widen the range and build, or ask for less.`;
}
