/** Windows of cumulative measures on the wall clock: from a bucket to the times whose rows count in it. */
import { floorLocal } from './civil-time.js';
import { LIMITS } from './limits.js';
import { moveLocal } from './relative-range.js';
import type { Granularity } from './schema.js';

export type RollingWindow =
  | {
      readonly kind: 'fixed';
      /** How far before the anchor it begins, and after it ends. */
      readonly trailing: WindowStep;
      readonly leading: WindowStep;
      /** The anchor: a bucket's start or its end. */
      readonly offset: 'start' | 'end';
    }
  /** From the start of the enclosing granularity to the end of the bucket. */
  | { readonly kind: 'toDate'; readonly granularity: Granularity };

/** Null: unbounded. */
export type WindowStep = CalendarStep | null;

export interface CalendarStep {
  readonly count: number;
  readonly unit: (typeof UNITS)[number];
}

const UNITS = ['minute', 'hour', 'day', 'week', 'month', 'quarter', 'year'] as const;

/** What stands for a side that is not written. */
export const NO_STEP: CalendarStep = { count: 0, unit: 'day' };

/** A half-open stretch of wall-clock time; null: unbounded. */
export interface WallStretch {
  readonly from: number | null;
  readonly to: number | null; // exclusive
}

/** `7 day`, `-1 months`, `unbounded`; undefined for any other text, and for more units than LIMITS allow. */
export function parseStep(text: string): WindowStep | undefined {
  if (text === 'unbounded') return null;
  const match = /^(-?\d+) ([a-z]+?)s?$/.exec(text);
  const unit = UNITS.find((name) => name === match?.[2]);
  const count = Number(match?.[1]);
  return unit === undefined || Math.abs(count) > LIMITS.relativeUnitsMax ? undefined : { count, unit };
}

/** The window of a bucket. Steps are of the calendar: a month before the 31st may be the 30th. */
export function windowOf(
  window: RollingWindow,
  bucket: { readonly from: number; readonly to: number },
): WallStretch {
  if (window.kind === 'toDate') return { from: floorLocal(bucket.from, window.granularity), to: bucket.to };
  const anchor = window.offset === 'start' ? bucket.from : bucket.to;
  const moved = (step: WindowStep, sign: 1 | -1): number | null =>
    step === null ? null : moveBy(anchor, step, sign);
  return { from: moved(window.trailing, -1), to: moved(window.leading, 1) };
}

function moveBy(localMs: number, { count, unit }: CalendarStep, sign: 1 | -1): number {
  if (unit === 'minute' || unit === 'hour') {
    return localMs + sign * count * (unit === 'minute' ? 60_000 : 3_600_000);
  }
  return moveLocal(localMs, unit, sign * count);
}
