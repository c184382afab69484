import { assert } from '../model/assert.js';
import type { RollupMeta } from '../model/catalog.js';
import type { QueryTimeDimension } from '../model/query.js';
import { isSameGrain } from '../model/schema.js';
import type { Grain } from '../model/schema.js';
import { isMadeOf } from './match-times.js';
import { fitsZone } from './match-timezone.js';
import type { RollupShape } from './rollup-shape.js';

/**
 * The granularity to read of a rollup that matches, for one time of the query: the very same, else the first that
 * serves.
 */
export function readGrain(
  time: QueryTimeDimension,
  timezone: string,
  { times }: RollupShape,
  meta: RollupMeta,
): Grain {
  const stored = times.get(time.dimension) ?? [];
  if (stored.length === 1) return stored[0];
  const { granularity } = time;
  const serving = stored.filter(
    (grain) => isMadeOf(time, grain, timezone) && fitsZone(time, grain, timezone, meta),
  );
  const same = serving.find((grain) => granularity !== null && isSameGrain(grain, granularity));
  const grain = same ?? serving[0];
  assert(grain !== undefined, `${meta.id} serves ${time.dimension}`);
  return grain;
}
