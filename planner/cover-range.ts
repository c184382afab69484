/**
 * A range that no rollup holds whole, cut into parts that one rollup each holds whole, and a rest for the source.
 * The parts are the proof that nothing is missing and nothing counts twice: they are disjoint, and together they
 * are what was asked. Over one time dimension they follow each other:
 *
 *     asked    ├──────────────────────────────────┤   from the 15th, 12:00
 *     monthly         ├─────────────────────┤         its whole months
 *     daily     ├─────┤                     ├─────┤   days, where no month is whole
 *     source   ├┤
 */
import { isOnGrid, floorLocal, nextBucket } from '../model/civil-time.js';
import { LIMITS } from '../model/limits.js';
import type { TimeRange } from '../model/query.js';
import type { Grain, MemberId } from '../model/schema.js';
import type { TimeBox } from './time-box.js';

/** Whoever stores whole buckets of times, with the granularities of each: any of them can be read. */
export interface StoredGrid {
  readonly times: ReadonlyMap<MemberId, readonly Grain[]>;
}

export interface CoverPart<R extends StoredGrid> {
  readonly box: TimeBox;
  /** Null: the source, which can cut anywhere. */
  readonly rollup: R | null;
}

/**
 * @param rollups those that could answer but for the range, in the order of preference. They store all dimensions of
 * `asked`
 * @returns in ascending order of time; a single part when one rollup or only the source holds `asked`
 */
export function coverRange<R extends StoredGrid>(asked: TimeBox, rollups: readonly R[]): CoverPart<R>[] {
  let parts: CoverPart<R>[] = [{ box: asked, rollup: null }];
  for (const rollup of rollups.flatMap(turnsOf)) {
    const finer = parts.flatMap((part) =>
      part.rollup === null ? divide(part.box, rollup, rollups) : [part],
    );
    if (finer.length > LIMITS.coverPartsMax) break;
    parts = finer;
  }
  return parts;
}

/** One for each granularity of a time: beside the buckets of one there may be whole ones of another. */
function turnsOf<R extends StoredGrid>(rollup: R): R[] {
  return Array<R>(Math.max(1, ...[...rollup.times.values()].map((grains) => grains.length))).fill(rollup);
}

/** A rollup that holds the whole box comes before `rollup`, which may hold the middle of it. */
function divide<R extends StoredGrid>(box: TimeBox, rollup: R, rollups: readonly R[]): CoverPart<R>[] {
  const whole = rollups.find((candidate) => isWhole(box, candidate));
  if (whole !== undefined) return [{ box, rollup: whole }];
  const middle = wholeBuckets(box, rollup);
  if (middle === null) return [{ box, rollup: null }];
  const { before, after } = edges(box, middle);
  const rest = (edge: TimeBox): CoverPart<R> => ({ box: edge, rollup: null });
  return [...before.map(rest), { box: middle, rollup }, ...after.map(rest)];
}

function isWhole(box: TimeBox, { times }: StoredGrid): boolean {
  return [...box].every(([dimension, { from, to }]) => {
    const grains = times.get(dimension) as readonly Grain[];
    return from < to && grains.some((grain) => isOnGrid(from, grain) && isOnGrid(to, grain));
  });
}

/** The stored buckets that lie within the box, by the granularity that fills the most of it; null: there is none. */
function wholeBuckets(box: TimeBox, { times }: StoredGrid): TimeBox | null {
  const middle = new Map<MemberId, TimeRange>();
  for (const [dimension, range] of box) {
    const grains = times.get(dimension) as readonly Grain[];
    const [widest] = grains
      .map((grain) => wholeWithin(range, grain))
      .toSorted((a, b) => b.to - b.from - (a.to - a.from));
    if (widest === undefined || widest.from >= widest.to) return null;
    middle.set(dimension, widest);
  }
  return middle;
}

/** Ends before it begins where not one bucket is whole. */
function wholeWithin(range: TimeRange, grain: Grain): TimeRange {
  const from = isOnGrid(range.from, grain) ? range.from : nextBucket(range.from, grain);
  return { from, to: floorLocal(range.to, grain) };
}

/** The box without its middle: of each dimension what lies beside the middle, within the middles of those before it. */
function edges(box: TimeBox, middle: TimeBox): { readonly before: TimeBox[]; readonly after: TimeBox[] } {
  const before: TimeBox[] = [];
  const after: TimeBox[] = [];
  const rest = new Map(box);
  for (const [dimension, { from, to }] of box) {
    const inner = middle.get(dimension) as TimeRange;
    if (from < inner.from) before.push(new Map(rest).set(dimension, { from, to: inner.from }));
    if (inner.to < to) after.unshift(new Map(rest).set(dimension, { from: inner.to, to }));
    rest.set(dimension, inner);
  }
  return { before, after };
}
