/** Which rollups answer for the parts of a range that no rollup holds whole. */
import type { CatalogSnapshot, RollupMeta } from '../model/catalog.js';
import type { Piece } from '../model/plan.js';
import type { PreparedRollup } from './choose-rollup.js';
import { coverRange } from './cover-range.js';
import type { CoverPart } from './cover-range.js';
import { canAnswer, canAnswerPart } from './match-rollup.js';
import type { QueryShape } from './match-rollup.js';
import { planRollup } from './plan-rollup.js';
import { planSource } from './plan-source.js';
import type { RollupShape } from './rollup-shape.js';
import { askedBox, queryWithin } from './time-box.js';

/** A rollup that is published and holds a part of the range. */
interface PartRollup {
  readonly shape: RollupShape;
  readonly times: RollupShape['times'];
  readonly meta: RollupMeta;
}

/** The first rollup, if it holds a part of the range and not all of it: where Cube decides, it gives that part. */
export function leadingPart(
  query: QueryShape,
  [first]: readonly PreparedRollup[],
  catalog: CatalogSnapshot,
): PartRollup | null {
  const part = first === undefined ? null : partOf(query, first, catalog);
  if (first === undefined || part === null) return null;
  return canAnswer(query, part.shape, { definition: first.definition, meta: part.meta }) ? null : part;
}

/**
 * The whole buckets of rollups, in trial order, and the source for what is left. Null: no rollup holds a part.
 * @param lead takes its part before all others
 */
export function coverPieces(
  query: QueryShape,
  rollups: readonly PreparedRollup[],
  catalog: CatalogSnapshot,
  lead: PartRollup | null,
  pruning: boolean,
): readonly Piece[] | null {
  const parts = rollups.flatMap((rollup) => partOf(query, rollup, catalog) ?? []);
  const asked: CoverPart<PartRollup> = { box: askedBox(query.query), rollup: null };
  const led = lead === null ? [asked] : coverRange(asked.box, [lead]);
  const cover = led.flatMap((part) => (part.rollup === null ? coverRange(part.box, parts) : [part]));
  if (cover.every(({ rollup }) => rollup === null)) return null;
  return cover.map(({ box, rollup }) => {
    const within = { ...query, query: queryWithin(query.query, box) };
    return rollup === null
      ? planSource(within, null)
      : planRollup(within, rollup.shape, rollup.meta, pruning);
  });
}

function partOf(
  query: QueryShape,
  { preAggregation, shape, definition }: PreparedRollup,
  catalog: CatalogSnapshot,
): PartRollup | null {
  const meta = catalog.rollups.get(preAggregation.id);
  if (shape === null || meta === undefined || !canAnswerPart(query, shape, { definition, meta })) return null;
  return { shape, times: shape.times, meta };
}
