/** Which times the built rollups of a model hold of each time dimension. */
import type { CatalogSnapshot } from '../model/catalog.js';
import type { TimeRange } from '../model/query.js';
import { timeColumn } from '../model/schema.js';
import type { MemberId } from '../model/schema.js';
import type { PreparedRollup } from './choose-rollup.js';
import type { KnownSpan } from './draft-rollup.js';
import { storedSpan } from './match-timezone.js';

export function storedTimes(rollups: readonly PreparedRollup[], catalog: CatalogSnapshot): KnownSpan {
  const known = new Map<MemberId, TimeRange | null>();
  return (dimension) => {
    const span = known.get(dimension);
    if (span !== undefined) return span;
    const found = spanOf(dimension, rollups, catalog);
    known.set(dimension, found);
    return found;
  };
}

function spanOf(
  dimension: MemberId,
  rollups: readonly PreparedRollup[],
  catalog: CatalogSnapshot,
): TimeRange | null {
  let span: TimeRange | null = null;
  for (const { preAggregation, shape } of rollups) {
    const meta = catalog.rollups.get(preAggregation.id);
    const stored = shape?.times.get(dimension)?.[0];
    if (meta === undefined || stored === undefined) continue;
    const own = storedSpan(meta, timeColumn(dimension, stored), stored, null);
    if (own === null) continue;
    span = span === null ? own : { from: Math.min(span.from, own.from), to: Math.max(span.to, own.to) };
  }
  return span;
}
