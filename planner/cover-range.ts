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
import type { Granularity, MemberId } from '../model/schema.js';
import type { TimeBox } from './time-box.js';

/** Whoever stores whole buckets of times, with the granularity of each. */
export interface StoredGrid {
  readonly times: ReadonlyMap<MemberId, Granularity>;
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
  for (const rollup of rollups) {
    const finer = parts.flatMap((part) =>
      part.rollup === null ? divide(part.box, rollup, rollups) : [part],
    );
    if (finer.length > LIMITS.coverPartsMax) break;
    parts = finer;
  }
  return parts;
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
    const granularity = times.get(dimension) as Granularity;
    return from < to && isOnGrid(from, granularity) && isOnGrid(to, granularity);
  });
}

/** The stored buckets that lie within the box; null: there is none. */
function wholeBuckets(box: TimeBox, { times }: StoredGrid): TimeBox | null {
  const middle = new Map<MemberId, TimeRange>();
  for (const [dimension, range] of box) {
    const granularity = times.get(dimension) as Granularity;
    const from = isOnGrid(range.from, granularity) ? range.from : nextBucket(range.from, granularity);
    const to = floorLocal(range.to, granularity);
    if (from >= to) return null;
    middle.set(dimension, { from, to });
  }
  return middle;
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
