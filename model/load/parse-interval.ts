import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../civil-time.js';
import { LIMITS } from '../limits.js';

const UNITS = {
  second: { ms: SECOND_MS, months: 0 },
  minute: { ms: MINUTE_MS, months: 0 },
  hour: { ms: HOUR_MS, months: 0 },
  day: { ms: DAY_MS, months: 0 },
  week: { ms: 7 * DAY_MS, months: 0 },
  month: { ms: 0, months: 1 },
  quarter: { ms: 0, months: 3 },
  year: { ms: 0, months: 12 },
} as const;

/** A length of time: a number of months and a number of milliseconds, which have no common measure. */
export interface Interval {
  readonly months: number;
  readonly ms: number;
  readonly parts: readonly IntervalPart[];
}

export interface IntervalPart {
  readonly count: number;
  readonly unit: keyof typeof UNITS;
}

const PART = /^(-?\d{1,15})\s+(second|minute|hour|day|week|month|quarter|year)s?(?:\s+|$)/i;

/** Reads `2 weeks`, `1 hour 30 minutes`, `-1 day`; null for anything else. */
export function parseInterval(text: string): Interval | null {
  let rest = text.trim();
  if (rest === '' || rest.length > LIMITS.intervalChars) return null;
  const parts: IntervalPart[] = [];
  let [months, ms] = [0, 0];
  while (rest !== '') {
    const match = PART.exec(rest);
    if (match === null) return null;
    const count = Number(match[1]);
    const unit = match[2].toLowerCase() as keyof typeof UNITS;
    parts.push({ count, unit });
    months += count * UNITS[unit].months;
    ms += count * UNITS[unit].ms;
    rest = rest.slice(match[0].length);
  }
  return { months, ms, parts };
}
