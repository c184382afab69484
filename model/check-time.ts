import { StoreError } from './errors.js';

/** What ECMAScript calls a time; DuckDB's reach further, and its infinite ones lie at their end. */
export const TIME_MS_MAX = 8.64e15;

/** The time itself, in milliseconds. @throws StoreError `value_out_of_range` */
export function checkTime(ms: number): number {
  if (Math.abs(ms) <= TIME_MS_MAX) return ms;
  throw new StoreError(
    'value_out_of_range',
    'A time is infinite or lies beyond ±8.64e15 milliseconds of 1970.',
    {
      next: 'Filter it out, or clamp it, in the sql of the dimension.',
    },
  );
}
