import { parseRelativeRange, RELATIVE_FORMS } from '../model/relative-range.js';
import type { TimeRange } from '../model/query.js';
import { dateHint, parseDateRange, parseTime } from '../model/time-range.js';
import { invalid, show } from './query-error.js';

/** What texts about time are read by. */
export interface Clock {
  /** The instant that counts as now: milliseconds since the epoch, UTC. */
  readonly now: number;
  /** IANA name. */
  readonly timezone: string;
}

/**
 * The instants from the start of the first time to the end of the last, both inclusive as Cube reads them. One text
 * alone is a time, or a relative range such as `last week`.
 * @throws StoreError `query_invalid` when a text is no time or the range runs backwards
 */
export function normaliseRange(
  texts: readonly [string] | readonly [string, string],
  path: string,
  clock: Clock,
): TimeRange {
  const strange = texts.find((text) => parseTime(text) === null);
  const range =
    strange === undefined
      ? parseDateRange(texts[0], texts[1] ?? texts[0], clock.timezone)
      : relativeRange(texts, clock);
  if (range === null) {
    const next =
      dateHint(strange ?? '') ?? `Use ISO dates such as 2024-01-31, or one text alone: ${RELATIVE_FORMS}.`;
    throw invalid(path, `Can't parse date: ${show(strange).replaceAll(/^"|"$/g, "'")}`, next);
  }
  if (range.to > range.from) return range;
  const shown = show(texts.length === 1 ? texts[0] : texts);
  throw invalid(path, `the range ${shown} runs backwards`, 'Put the earlier date first.');
}

function relativeRange(texts: readonly string[], { now, timezone }: Clock): TimeRange | null {
  return texts.length === 1 ? parseRelativeRange(texts[0], now, timezone) : null;
}
