/**
 * The proof that parts cover what was asked: the ends of all their spans cut time into cells, and within the asked box
 * each cell lies in exactly one of their boxes, outside of it in none. It knows nothing of how the parts were found.
 */
import { assert } from '../model/assert.js';
import type { Box, Cover } from '../model/cover.js';
import type { TimeSpan } from '../model/query.js';
import type { MemberId } from '../model/schema.js';

/** The cover itself: it is proven, or this throws, for a plan that misses rows or counts them twice must not run. */
export function proveCover(cover: Cover): Cover {
  const fault = coverFault(cover);
  assert(fault === null, `a cover is proven: ${fault}`);
  return cover;
}

/** What is wrong with a cover; null: nothing. */
export function coverFault({ asked, parts }: Cover): string | null {
  const boxes = parts.flatMap((part) => part.boxes);
  if (boxes.length === 1 && isSameBox(boxes[0], asked)) return null;
  const dimensions = new Set([asked, ...boxes].flatMap((box) => box.map(({ dimension }) => dimension)));
  return faultWithin([...dimensions], asked, boxes, []);
}

function isSameBox(one: Box, other: Box): boolean {
  return (
    one.length === other.length &&
    one.every(({ dimension, span }, at) => {
      const { dimension: named, span: wanted } = other[at];
      const { from, to, orNull } = wanted;
      return dimension === named && span.from === from && span.to === to && span.orNull === orNull;
    })
  );
}

/** A time that stands for all up to the next cut; null for rows without one. */
type CellTime = number | null;

/**
 * @param asked null: the cell lies outside of it
 * @param place where the dimensions before these have been looked at
 */
function faultWithin(
  [dimension, ...others]: readonly MemberId[],
  asked: Box | null,
  boxes: readonly Box[],
  place: readonly string[],
): string | null {
  const wanted = asked === null ? 0 : 1;
  if (dimension === undefined || (asked === null && boxes.length === 0)) {
    if (boxes.length === wanted) return null;
    return `rows at ${place.join(', ') || 'any time'} count ${boxes.length} times instead of ${wanted}`;
  }
  for (const time of cutsOf(dimension, asked === null ? boxes : [asked, ...boxes])) {
    const isIn = (box: Box): boolean =>
      box.every((side) => side.dimension !== dimension || holds(side.span, time));
    const inner = asked !== null && isIn(asked) ? asked : null;
    const fault = faultWithin(others, inner, boxes.filter(isIn), [...place, `${dimension} ${time}`]);
    if (fault !== null) return fault;
  }
  return null;
}

function cutsOf(dimension: MemberId, boxes: readonly Box[]): CellTime[] {
  const spans = boxes.flatMap((box) => box.filter((side) => side.dimension === dimension));
  const ends = spans.flatMap(({ span: { from, to } }) => [from, to]).filter((end) => Number.isFinite(end));
  return [-Infinity, ...new Set(ends), null];
}

function holds({ from, to, orNull }: TimeSpan, time: CellTime): boolean {
  return time === null ? orNull : time >= from && time < to;
}
