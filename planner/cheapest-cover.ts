/**
 * The cheapest way to cover a range: least time from the source, then fewest rows to scan. Every end of whole buckets
 * that a rollup holds is a place where one may hand over to another; between the first and the last of them the cover
 * is the shortest path (Bellman 1958), found from left to right.
 */
import { LIMITS } from '../model/limits.js';
import type { TimeSpan } from '../model/query.js';
import type { MemberId } from '../model/schema.js';
import { holdsBox, wholeSpans } from './cover-range.js';
import type { BoxPart, StoredGrid } from './cover-range.js';
import type { TimeBox } from './time-box.js';
import { spanOf } from './time-box.js';

/** What one more piece costs, in rows: it is scanned and merged by itself. */
const PIECE_ROWS = 500;

interface Path<R extends StoredGrid> {
  readonly sourceMs: number;
  readonly rows: number;
  /** In order; together they reach from the start to here. */
  readonly parts: readonly BoxPart<R>[];
}

/**
 * @param asked of one dimension, with an end on both sides
 * @param rollups in trial order, which decides among covers of one price
 * @param rowsOf rows to scan of a rollup for a box that it holds
 * @returns null for too many places to hand over
 */
export function cheapestCover<R extends StoredGrid>(
  dimension: MemberId,
  asked: TimeSpan,
  rollups: readonly R[],
  rowsOf: (rollup: R, box: TimeBox) => number,
): BoxPart<R>[] | null {
  const cuts = cutsOf(dimension, asked, rollups);
  if (cuts.length > LIMITS.coverCutsMax) return null;
  const paths: Path<R>[] = [{ sourceMs: 0, rows: 0, parts: [] }];
  for (let to = 1; to < cuts.length; to++) {
    let best: Path<R> | null = null;
    for (let from = 0; from < to; from++) {
      const box = new Map([[dimension, spanOf({ from: cuts[from], to: cuts[to] })]]);
      for (const path of steps(paths[from], box, from === to - 1, rollups, rowsOf)) {
        if (best === null || isCheaper(path, best)) best = path;
      }
    }
    paths.push(best as Path<R>);
  }
  return joinRests(dimension, paths[paths.length - 1].parts);
}

/** The path, one part longer: a rollup that holds the whole box, or the source between two cuts that are neighbours. */
function* steps<R extends StoredGrid>(
  path: Path<R>,
  box: TimeBox,
  neighbours: boolean,
  rollups: readonly R[],
  rowsOf: (rollup: R, box: TimeBox) => number,
): Iterable<Path<R>> {
  for (const rollup of rollups) {
    if (!holdsBox(box, rollup)) continue;
    const rows = path.rows + PIECE_ROWS + rowsOf(rollup, box);
    yield { ...path, rows, parts: [...path.parts, { box, rollup }] };
  }
  if (!neighbours) return;
  const [{ from, to }] = box.values();
  yield { ...path, sourceMs: path.sourceMs + to - from, parts: [...path.parts, { box, rollup: null }] };
}

function isCheaper<R extends StoredGrid>(path: Path<R>, than: Path<R>): boolean {
  return path.sourceMs < than.sourceMs || (path.sourceMs === than.sourceMs && path.rows < than.rows);
}

function cutsOf(dimension: MemberId, asked: TimeSpan, rollups: readonly StoredGrid[]): number[] {
  const cuts = new Set([asked.from, asked.to]);
  for (const rollup of rollups) {
    for (const { from, to } of wholeSpans(asked, dimension, rollup)) cuts.add(from).add(to);
  }
  return [...cuts].toSorted((a, b) => a - b);
}

/** What the source is left with, in one box where it follows each other. */
function joinRests<R extends StoredGrid>(dimension: MemberId, parts: readonly BoxPart<R>[]): BoxPart<R>[] {
  const joined: BoxPart<R>[] = [];
  for (const part of parts) {
    const last = joined.at(-1);
    if (last === undefined || last.rollup !== null || part.rollup !== null) {
      joined.push(part);
      continue;
    }
    const { from } = last.box.get(dimension) as TimeSpan;
    const { to } = part.box.get(dimension) as TimeSpan;
    joined[joined.length - 1] = { box: new Map([[dimension, spanOf({ from, to })]]), rollup: null };
  }
  return joined;
}
