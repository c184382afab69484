import type { QueryTimeDimension } from '../../model/query.js';
import type { Granularity } from '../../model/schema.js';
import { toLocal } from '../../model/timezone.js';
import { granularityFor, minGranularity } from './granularity-hierarchy.js';

/**
 * The granularity that a strict rollup must have for a time of a query: the query's own, or a finer one where the ends
 * of the date range do not look like its begins. Null without granularity and range: any will do.
 */
export function rollupGranularity(
  { granularity, range }: QueryTimeDimension,
  timezone: string,
): Granularity | null {
  if (range === null) return granularity;
  const ends = [range.from, range.to].map((instant) => granularityFor(toLocal(instant, timezone)));
  return minGranularity(granularity, minGranularity(ends[0], ends[1]));
}
