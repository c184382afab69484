/** Which rollups answer for the times that no rollup holds whole. */
import type { CatalogSnapshot, RollupMeta } from '../model/catalog.js';
import type { Cover } from '../model/cover.js';
import { LIMITS } from '../model/limits.js';
import type { Piece } from '../model/plan.js';
import type { MemberId } from '../model/schema.js';
import type { PreparedRollup } from './choose-rollup.js';
import { cheapestCover } from './cheapest-cover.js';
import { coverGrains } from './cover-grains.js';
import { coverRange } from './cover-range.js';
import type { BoxPart, StoredGrid } from './cover-range.js';
import { heldTimes } from './held-times.js';
import { neededCubes } from './join-tree.js';
import { canAnswerPart } from './match-rollup.js';
import type { QueryShape } from './match-rollup.js';
import { planRollup } from './plan-rollup.js';
import { planRest } from './plan-source.js';
import { partitionsIn } from './prune-partitions.js';
import { proveCover } from './prove-cover.js';
import type { RollupShape } from './rollup-shape.js';
import { askedPartitioning, askedTimes } from './stored-query.js';
import { askedBox, plainBox, queryWithin } from './time-box.js';
import type { TimeBox } from './time-box.js';

/** A rollup that is published and holds some of the times; its dimensions as the query names them. */
export interface PartRollup extends StoredGrid {
  readonly shape: RollupShape;
  readonly meta: RollupMeta;
}

/** Pieces that together answer a query, or some measures of it. */
export interface CoveredPieces {
  readonly pieces: readonly Piece[];
  readonly cover: Cover;
}

/** In trial order, the rollups against which nothing speaks but the times that they hold. */
export function partRollups(
  query: QueryShape,
  rollups: readonly PreparedRollup[],
  catalog: CatalogSnapshot,
): PartRollup[] {
  return rollups.flatMap(({ preAggregation, shape, definition }): PartRollup[] => {
    const meta = catalog.rollups.get(preAggregation.id);
    if (shape === null || meta === undefined || !canAnswerPart(query, shape, { definition, meta })) return [];
    const times = new Map(askedTimes(query, shape, (stored) => coverGrains(stored, shape, meta)));
    const held = heldTimes(meta);
    const { partitionDimension } = shape;
    if (held === null || partitionDimension === null) return [{ shape, meta, times, held: null }];
    const asked = askedPartitioning(query, shape);
    const dimension = asked ?? partitionDimension;
    // A time that is named without a granularity and a range joins nothing.
    if (!readsTime(query, dimension)) return [];
    if (asked === null) times.set(dimension, shape.times.get(partitionDimension) ?? []);
    return [{ shape, meta, times, held: { ...held, dimension } }];
  });
}

/** Whether the source can look at a time without another join than those of the query. */
function readsTime({ model, tree }: QueryShape, dimension: MemberId): boolean {
  const joined = new Set([tree.root, ...tree.joins.map(({ to }) => to)]);
  return neededCubes(model, [dimension], []).every((cube) => joined.has(cube));
}

/**
 * The times that rollups hold, and the source for what is left, in one piece. Null: no rollup holds any.
 * @param turns who covers what those before have left
 * @param cheapest whether the price decides, where it can be reckoned; else the order of trial
 */
export function coverPieces(
  query: QueryShape,
  turns: readonly (readonly PartRollup[])[],
  { pruning, cheapest }: { readonly pruning: boolean; readonly cheapest: boolean },
): CoveredPieces | null {
  const asked: BoxPart<PartRollup> = { box: askedBox(query.query), rollup: null };
  const rollupsOnly = query.wish.policy === 'rollupOnly';
  const partsMax = rollupsOnly ? LIMITS.coverPartsMaxOfRollups : LIMITS.coverPartsMax;
  const cover = (box: TimeBox, rollups: readonly PartRollup[]): readonly BoxPart<PartRollup>[] => {
    const inOrder = cheapest ? null : coverRange(box, rollups, partsMax);
    // What the first take in whole buckets may leave the others none; the cheapest leaves the least to the source.
    const leaves = inOrder === null || (rollupsOnly && inOrder.some(({ rollup }) => rollup === null));
    return (leaves ? cheapestParts(box, rollups) : null) ?? inOrder ?? coverRange(box, rollups, partsMax);
  };
  const parts = turns.reduce(
    (left, rollups) => left.flatMap((part) => (part.rollup === null ? cover(part.box, rollups) : [part])),
    [asked],
  );
  if (parts.every(({ rollup }) => rollup === null)) return null;
  return piecesOf(query, parts, pruning);
}

/** Null: the box is not of one range. */
function cheapestParts(box: TimeBox, rollups: readonly PartRollup[]): readonly BoxPart<PartRollup>[] | null {
  const [side, ...others] = box;
  if (side === undefined || others.length > 0) return null;
  const [dimension, span] = side;
  if (span.orNull || !(span.from < span.to) || !Number.isFinite(span.to - span.from)) return null;
  return cheapestCover(dimension, span, rollups, storedRows);
}

/** By the catalog, of the partitions that a box touches. */
function storedRows({ shape, meta, held, times }: PartRollup, box: TimeBox): number {
  const partitioning = held?.dimension ?? shape.partitionDimension;
  const span = partitioning === null || !times.has(partitioning) ? undefined : box.get(partitioning);
  const partitions = span === undefined ? meta.partitions : partitionsIn(meta.partitions, span);
  return partitions.reduce((rows, { files }) => rows + (files[0]?.rows ?? 0), 0);
}

function piecesOf(query: QueryShape, parts: readonly BoxPart<PartRollup>[], pruning: boolean): CoveredPieces {
  const stored = parts.flatMap(({ box, rollup }): Piece[] => {
    if (rollup === null) return [];
    const within = { ...query, query: queryWithin(query.query, box) };
    return [planRollup(within, rollup.shape, rollup.meta, pruning)];
  });
  const rest = parts.flatMap(({ box, rollup }) => (rollup === null ? [plainBox(box)] : []));
  const pieces = rest.length === 0 ? stored : [...stored, planRest(query, rest)];
  return { pieces, cover: coverOf(query, pieces) };
}

/** @param pieces that answer for the same states */
export function coverOf(query: QueryShape, pieces: readonly Piece[]): Cover {
  return proveCover({
    asked: plainBox(askedBox(query.query)),
    states: query.states.flatMap(({ columns }) => columns),
    parts: pieces.map((piece) => ({
      from: piece.kind === 'rollup' ? piece.rollup.id : null,
      boxes: piece.boxes,
    })),
  });
}
