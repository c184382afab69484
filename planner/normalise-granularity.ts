import { findGrain, grainNames } from '../model/schema.js';
import type { Dimension, Grain } from '../model/schema.js';
import { unknownWord } from './query-error.js';

/**
 * The granularity that a query names: predefined, or of the time dimension's own.
 * @throws StoreError `query_invalid` with the nearest name
 */
export function normaliseGranularity(value: unknown, dimension: Dimension, path: string): Grain {
  const granularity = findGrain(dimension, value);
  if (granularity !== undefined) return granularity;
  throw unknownWord('granularity', value, path, grainNames(dimension));
}
