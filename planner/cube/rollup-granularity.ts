import { isOnGrid } from '../../model/civil-time.js';
import type { QueryTimeDimension } from '../../model/query.js';
import type { Grain } from '../../model/schema.js';
import { toLocal } from '../../model/timezone.js';
import { customMinimum } from './custom-minimum.js';
import { granularityFor, minGranularity } from './granularity-hierarchy.js';

/**
 * The granularity that a strict rollup must have for a time of a query: the query's own, or a finer one where the ends
 * of the date range do not look like its begins. Null without granularity and range: any will do. One that the model
 * defines stays where the range is made of its buckets; else its minimum stands for it.
 * @param now milliseconds since the epoch
 */
export function rollupGranularity(
  { granularity, range }: QueryTimeDimension,
  timezone: string,
  now: number,
): Grain | null {
  if (range === null) return granularity;
  const ends = [toLocal(range.from, timezone), toLocal(range.to, timezone)];
  const looks = minGranularity(granularityFor(ends[0]), granularityFor(ends[1]));
  if (granularity === null || typeof granularity === 'string') return minGranularity(granularity, looks);
  if (ends.every((end) => isOnGrid(end, granularity))) return granularity;
  return minGranularity(customMinimum(granularity, timezone, now), looks);
}
