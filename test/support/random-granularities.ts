/** Granularities that random time dimensions may define, one meaning for each name, and which are made of which. */
import { gridStart, gridStep } from './oracle-time.js';
import type { OracleGrid } from './oracle-time.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** What stands in the model, and what the oracle takes it for. */
export const ownGranularities: Readonly<
  Record<string, { readonly document: object; readonly grid: OracleGrid }>
> = {
  fortnight: {
    document: { interval: '2 weeks', origin: '2024-01-15' },
    grid: { first: '2024-01-15', ms: 14 * DAY },
  },
  fiscal_year: {
    document: { interval: '1 year', offset: '3 months' },
    grid: { first: '2000-04-01', months: 12 },
  },
  quarter_hour: { document: { interval: '15 minutes' }, grid: { first: '2000-01-01', ms: HOUR / 4 } },
  morning: {
    document: { interval: '1 day', offset: '6 hours' },
    grid: { first: '2000-01-01T06:00:00', ms: DAY },
  },
  sunday_week: {
    document: { interval: '1 week', offset: '-1 day' },
    grid: { first: '2000-01-02', ms: 7 * DAY },
  },
  half_year: { document: { interval: '2 quarters' }, grid: { first: '2000-01-01', months: 6 } },
  on_the_10th: {
    document: { interval: '5 months', origin: '1981-07-10T12:00:00' },
    grid: { first: '1981-07-10T12:00:00', months: 5 },
  },
  long_hours: { document: { interval: '1 hour 30 minutes' }, grid: { first: '2000-01-01', ms: 1.5 * HOUR } },
};

const predefined: Readonly<Record<string, OracleGrid>> = {
  second: { first: '2000-01-01', ms: 1_000 },
  minute: { first: '2000-01-01', ms: 60_000 },
  hour: { first: '2000-01-01', ms: HOUR },
  day: { first: '2000-01-01', ms: DAY },
  week: { first: '2000-01-03', ms: 7 * DAY },
  month: { first: '2000-01-01', months: 1 },
  quarter: { first: '2000-01-01', months: 3 },
  year: { first: '2000-01-01', months: 12 },
};

const nestings = new Map<string, boolean>();

/** Whether many buckets in a row of the one begin where buckets of the other do. */
export function consistsOf(coarse: string, fine: string): boolean {
  const name = `${coarse} ${fine}`;
  const known = nestings.get(name);
  if (known !== undefined) return known;
  const [to, from] = [gridOf(coarse), gridOf(fine)];
  const starts = Array.from({ length: 400 }, (_, at) => gridStep(to, at - 100));
  const nested = starts.every((start) => gridStart(start, from) === start);
  nestings.set(name, nested);
  return nested;
}

function gridOf(name: string): OracleGrid {
  return predefined[name] ?? ownGranularities[name].grid;
}
