import type { TimeRange } from '../model/query.js';
import { parseDateRange, parseTime } from '../model/time-range.js';
import { invalid, show } from './query-error.js';

/**
 * The instants from the start of the first time to the end of the last, both inclusive as Cube reads them.
 * @throws StoreError `query_invalid` when a text is no time or the range runs backwards
 */
export function normaliseRange(texts: readonly [string, string], path: string, timezone: string): TimeRange {
  for (const text of texts) {
    if (parseTime(text) === null) {
      throw invalid(path, `can't parse date: ${show(text)}`, 'Use ISO dates and times, such as 2024-01-31.');
    }
  }
  const range = parseDateRange(...texts, timezone);
  if (range.to > range.from) return range;
  throw invalid(path, `the range ${show(texts)} runs backwards`, 'Put the earlier date first.');
}
