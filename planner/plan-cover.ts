/** Which rollups answer for the parts of a range that no rollup holds whole. */
import type { CatalogSnapshot, RollupMeta } from '../model/catalog.js';
import type { Piece } from '../model/plan.js';
import type { PreparedRollup } from './choose-rollup.js';
import { coverGrains } from './cover-grains.js';
import { coverRange } from './cover-range.js';
import type { CoverPart } from './cover-range.js';
import { canAnswerPart } from './match-rollup.js';
import type { QueryShape } from './match-rollup.js';
import { planRollup } from './plan-rollup.js';
import { planSource } from './plan-source.js';
import type { RollupShape } from './rollup-shape.js';
import { askedBox, queryWithin } from './time-box.js';

/** A rollup that is published and holds a part of the range. */
export interface PartRollup {
  readonly shape: RollupShape;
  readonly times: RollupShape['times'];
  readonly meta: RollupMeta;
}

/** In trial order, the rollups against which nothing speaks but a range that cuts through their buckets. */
export function partRollups(
  query: QueryShape,
  rollups: readonly PreparedRollup[],
  catalog: CatalogSnapshot,
): PartRollup[] {
  return rollups.flatMap(({ preAggregation, shape, definition }) => {
    const meta = catalog.rollups.get(preAggregation.id);
    if (shape === null || meta === undefined || !canAnswerPart(query, shape, { definition, meta })) return [];
    return [{ shape, times: coverGrains(query.query, shape, meta), meta }];
  });
}

/**
 * The whole buckets of rollups, and the source for what is left. Null: no rollup holds a part.
 * @param turns who covers what those before have left
 */
export function coverPieces(
  query: QueryShape,
  turns: readonly (readonly PartRollup[])[],
  pruning: boolean,
): readonly Piece[] | null {
  const asked: CoverPart<PartRollup> = { box: askedBox(query.query), rollup: null };
  const cover = turns.reduce(
    (left, rollups) =>
      left.flatMap((part) => (part.rollup === null ? coverRange(part.box, rollups) : [part])),
    [asked],
  );
  if (cover.every(({ rollup }) => rollup === null)) return null;
  return cover.map(({ box, rollup }) => {
    const within = { ...query, query: queryWithin(query.query, box) };
    return rollup === null
      ? planSource(within, null)
      : planRollup(within, rollup.shape, rollup.meta, pruning);
  });
}
