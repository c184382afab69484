/**
 * Times that no rollup holds whole, cut into boxes that one rollup each holds whole, and a rest for the source.
 * The parts are disjoint, and together they are what was asked. Over one time dimension they follow each other:
 *
 *     asked    ├──────────────────────────────────┤   from the 15th, 12:00
 *     monthly         ├──────────┤     ├────┤         its whole months, but for one that is not built
 *     daily     ├─────┤          ├─────┤    ├─────┤   days, where no month is whole
 *     source   ├┤
 */
import { floorLocal, nextBucket } from '../model/civil-time.js';
import { LIMITS } from '../model/limits.js';
import type { TimeRange, TimeSpan } from '../model/query.js';
import type { Grain, MemberId } from '../model/schema.js';
import { gapsIn } from './held-times.js';
import type { HeldTimes } from './held-times.js';
import { ALL_TIME, NO_TIME } from './time-box.js';
import type { TimeBox } from './time-box.js';

/** Whoever stores whole buckets of times. */
export interface StoredGrid {
  /** The granularities of each dimension: any of them can be read. */
  readonly times: ReadonlyMap<MemberId, readonly Grain[]>;
  /** Null: of all times. */
  readonly held: (HeldTimes & { readonly dimension: MemberId }) | null;
}

export interface BoxPart<R extends StoredGrid> {
  readonly box: TimeBox;
  /** Null: the source, which can cut anywhere. */
  readonly rollup: R | null;
}

/**
 * @param asked of dimensions that are bounded
 * @param rollups those that could answer but for their times, in the order of preference
 * @param partsMax a rollup with which there would be more is left out
 * @returns a single part when one rollup or only the source holds `asked`
 */
export function coverRange<R extends StoredGrid>(
  asked: TimeBox,
  rollups: readonly R[],
  partsMax: number = LIMITS.coverPartsMax,
): BoxPart<R>[] {
  let parts: BoxPart<R>[] = [{ box: asked, rollup: null }];
  for (const rollup of rollups.flatMap(turnsOf)) {
    const finer = parts.flatMap((part) =>
      part.rollup === null ? takeFrom(part.box, rollup, rollups) : [part],
    );
    if (finer.length <= partsMax) parts = finer;
  }
  return parts;
}

/** One for each granularity of a time: beside the buckets of one there may be whole ones of another. */
function turnsOf<R extends StoredGrid>(rollup: R): R[] {
  return Array<R>(Math.max(1, ...[...rollup.times.values()].map((grains) => grains.length))).fill(rollup);
}

/** A rollup that holds the whole box comes before `rollup`, which may hold some of it. */
function takeFrom<R extends StoredGrid>(box: TimeBox, rollup: R, rollups: readonly R[]): BoxPart<R>[] {
  const whole = rollups.find((candidate) => holdsBox(box, candidate));
  if (whole !== undefined) return [{ box, rollup: whole }];
  const { taken, left } = divide(box, rollup);
  return [
    ...taken.map((inner): BoxPart<R> => ({ box: inner, rollup })),
    ...left.map((rest): BoxPart<R> => ({ box: rest, rollup: null })),
  ].toSorted((a, b) => startOf(a.box) - startOf(b.box));
}

export function holdsBox(box: TimeBox, grid: StoredGrid): boolean {
  const { taken, left } = divide(box, grid);
  return taken.length === 1 && left.length === 0;
}

/** For an order that reads well. */
function startOf(box: TimeBox): number {
  const [span] = box.values();
  return span === undefined || span === NO_TIME ? Infinity : span.from;
}

interface Division {
  readonly taken: readonly TimeBox[];
  /** Beside what is taken: in one dimension outside of it, in those before it inside. */
  readonly left: readonly TimeBox[];
}

function divide(box: TimeBox, grid: StoredGrid): Division {
  let taken: readonly TimeBox[] = [box];
  const left: TimeBox[] = [];
  for (const dimension of new Set([...box.keys(), ...(grid.held === null ? [] : [grid.held.dimension])])) {
    const span = box.get(dimension) ?? ALL_TIME;
    const { inner, outer } = divideSpan(span, dimension, grid);
    if (inner.length === 0) return { taken: [], left: [box] };
    left.push(...taken.flatMap((part) => outer.map((rest) => new Map(part).set(dimension, rest))));
    taken = taken.flatMap((part) =>
      inner.map((middle) => (middle === ALL_TIME ? part : new Map(part).set(dimension, middle))),
    );
  }
  return { taken, left };
}

interface SpanDivision {
  readonly inner: readonly TimeSpan[];
  readonly outer: readonly TimeSpan[];
}

/** The whole buckets that are held within the span, by the granularity that fills the most of it, and what is beside. */
function divideSpan(span: TimeSpan, dimension: MemberId, { times, held }: StoredGrid): SpanDivision {
  const own = held?.dimension === dimension ? held : null;
  if (span === ALL_TIME && own === null) return { inner: [span], outer: [] };
  const grains = times.get(dimension);
  if (grains === undefined) return { inner: [], outer: [span] };
  const [widest = []] = grains
    .map((grain) => wholeRanges(span, grain, own))
    .toSorted((a, b) => lengthOf(b) - lengthOf(a));
  const nulls = span.orNull && (own?.nulls ?? true);
  return {
    inner: withNulls(widest, nulls),
    outer: withNulls(gapsIn(span, widest), span.orNull && !nulls),
  };
}

/** The stretches of whole buckets, of each granularity, that a rollup holds within a span. */
export function wholeSpans(span: TimeSpan, dimension: MemberId, { times, held }: StoredGrid): TimeRange[] {
  const own = held?.dimension === dimension ? held : null;
  return (times.get(dimension) ?? []).flatMap((grain) => wholeRanges(span, grain, own));
}

function wholeRanges(span: TimeSpan, grain: Grain, held: HeldTimes | null): TimeRange[] {
  return (held?.ranges ?? [ALL_TIME])
    .map((range) => wholeWithin(intersect(range, span), grain))
    .filter(({ from, to }) => from < to);
}

/** Rows without a time belong to the first of the ranges. */
function withNulls(ranges: readonly TimeRange[], nulls: boolean): TimeSpan[] {
  if (ranges.length === 0) return nulls ? [NO_TIME] : [];
  return ranges.map(({ from, to }, at) => ({ from, to, orNull: nulls && at === 0 }));
}

function intersect(one: TimeRange, other: TimeRange): TimeRange {
  return { from: Math.max(one.from, other.from), to: Math.min(one.to, other.to) };
}

/** Ends before it begins where not one bucket is whole. */
function wholeWithin({ from, to }: TimeRange, grain: Grain): TimeRange {
  if (from >= to) return { from, to: from };
  const start = Number.isFinite(from) ? ceilLocal(from, grain) : from;
  return { from: start, to: Number.isFinite(to) ? floorLocal(to, grain) : to };
}

function ceilLocal(at: number, grain: Grain): number {
  const start = floorLocal(at, grain);
  return start === at ? at : nextBucket(start, grain);
}

/** Milliseconds; an end at infinity counts as far away. */
function lengthOf(ranges: readonly TimeRange[]): number {
  const clip = (at: number): number => Math.max(-FAR, Math.min(FAR, at));
  return ranges.reduce((sum, { from, to }) => sum + clip(to) - clip(from), 0);
}

/** Beyond every time that JavaScript has. */
const FAR = 2 ** 53;
