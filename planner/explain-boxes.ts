/** The times of a piece in words and as plain data. */
import { formatLocal } from '../model/civil-time.js';
import type { Box } from '../model/cover.js';
import type { TimeRange, TimeSpan } from '../model/query.js';
import type { MemberId } from '../model/schema.js';

/** By time dimension: all must hold. */
export type ExplainedBox = Readonly<Record<MemberId, ExplainedSpan>>;

export interface ExplainedSpan {
  /** ISO with Z, half-open; null for rows without a time alone. */
  readonly range: readonly [string, string] | null;
  /** Whether rows without a time belong to it. */
  readonly orNull: boolean;
}

export interface ExplainedTimes {
  readonly range?: readonly [string, string];
  readonly ranges?: Readonly<Record<MemberId, readonly [string, string]>>;
  readonly boxes?: readonly ExplainedBox[];
}

/** Nothing for all times; the simplest form that says it. */
export function explainBoxes(boxes: readonly Box[]): ExplainedTimes {
  const [only, ...more] = boxes;
  if (more.length > 0 || only.some(({ span }) => span.orNull)) return { boxes: boxes.map(explainBox) };
  if (only.length === 0) return {};
  if (only.length === 1) return { range: isoRange(only[0].span) };
  return { ranges: Object.fromEntries(only.map(({ dimension, span }) => [dimension, isoRange(span)])) };
}

/** `orders.created_at from 2024-01-15T12:00:00.000Z to before 2024-02-01T00:00:00.000Z`; `all rows`. */
export function boxText(box: Box): string {
  return box.map(({ dimension, span }) => `${dimension} ${spanText(span)}`).join(' and ') || 'all rows';
}

function spanText(span: TimeSpan): string {
  if (isNoTime(span)) return 'without a time';
  const [from, to] = isoRange(span);
  const range = [from === UNBOUNDED ? '' : `from ${from}`, to === UNBOUNDED ? '' : `to before ${to}`];
  const text = range.filter((part) => part !== '').join(' ') || 'at any time';
  return span.orNull ? `${text} or without a time` : text;
}

export function explainBox(box: Box): ExplainedBox {
  return Object.fromEntries(
    box.map(({ dimension, span }) => [
      dimension,
      { range: isNoTime(span) ? null : isoRange(span), orNull: span.orNull },
    ]),
  );
}

function isNoTime({ from, to, orNull }: TimeSpan): boolean {
  return orNull && from >= to;
}

const UNBOUNDED = 'unbounded';

function isoRange({ from, to }: TimeRange): readonly [string, string] {
  const iso = (end: number): string => (Number.isFinite(end) ? `${formatLocal(end)}Z` : UNBOUNDED);
  return [iso(from), iso(to)];
}
