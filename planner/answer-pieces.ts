/** Where the rows of a query come from: one rollup, several that share its times or its measures, the source. */
import type { CatalogSnapshot } from '../model/catalog.js';
import type { Cover } from '../model/cover.js';
import type { Mode, Piece, RollupPiece } from '../model/plan.js';
import { chooseRollup } from './choose-rollup.js';
import type { MatchedRollup, PreparedRollup, Selection } from './choose-rollup.js';
import { canMerge } from './match-measures.js';
import type { QueryShape } from './match-rollup.js';
import { measureGroups } from './measure-groups.js';
import { coverOf, coverPieces, partRollups } from './plan-cover.js';
import type { PartRollup } from './plan-cover.js';
import { planRollup } from './plan-rollup.js';
import { planSource } from './plan-source.js';
import { rollupMode } from './rollup-mode.js';

export interface Planning {
  /** Who is tried, one list after the other. */
  readonly turns: readonly (readonly PreparedRollup[])[];
  readonly catalog: CatalogSnapshot;
  readonly selection: Selection;
  readonly pruning: boolean;
}

export interface Answered {
  readonly pieces: readonly Piece[];
  readonly mode: Mode;
  readonly covers: readonly Cover[];
}

/**
 * What rollups answer, with the source for what they leave. Where one rollup would leave something, the measures are
 * looked for in several, which may leave nothing. Null: they answer nothing.
 */
export function answerPieces(shape: QueryShape, planning: Planning): Answered | null {
  const whole = answerTogether(shape, planning);
  if (whole !== null && whole.mode !== 'hybrid') return whole;
  const groups = measureGroups(shape, planning.turns.flat(), planning.catalog);
  const answers = groups?.map((group) => answerTogether(group, planning)) ?? [];
  if (answers.length === 0 || answers.includes(null)) return whole;
  const pieces = (answers as readonly Answered[]).flatMap((answer) => answer.pieces);
  const mode = modeOfPieces(pieces);
  if (whole !== null && mode === 'hybrid') return whole;
  return { pieces, mode, covers: (answers as readonly Answered[]).flatMap((answer) => answer.covers) };
}

/** By pieces that have all states of the query. */
function answerTogether(shape: QueryShape, planning: Planning): Answered | null {
  const { turns, catalog, selection, pruning } = planning;
  const merges = canMerge(shape);
  const cheapest = selection === 'cost' && merges;
  const partly: (readonly PartRollup[])[] = [];
  const covered = (): Answered | null => {
    const found = coverPieces(shape, partly, { pruning, cheapest });
    return found === null
      ? null
      : { pieces: found.pieces, mode: modeOfPieces(found.pieces), covers: [found.cover] };
  };
  for (const turn of turns) {
    const chosen = chooseRollup(shape, turn, catalog, selection, (matched) =>
      rowsToScan(pieceOf(shape, matched, pruning)),
    );
    // What holds some of the times and has the first turn gives these, and only the rest is for others.
    const isFirst = partly.every((parts) => parts.length === 0);
    if (chosen !== null && isFirst && !cheapest) return matchedPiece(shape, chosen, pruning);
    if (merges) partly.push(partRollups(shape, turn, catalog));
    if (chosen === null || !isFirst) continue;
    const several = covered();
    return several !== null && several.pieces.length > 1 ? several : matchedPiece(shape, chosen, pruning);
  }
  return covered();
}

function matchedPiece(shape: QueryShape, chosen: MatchedRollup, pruning: boolean): Answered {
  const piece = pieceOf(shape, chosen, pruning);
  return { pieces: [piece], mode: rollupMode(piece, chosen.shape), covers: [coverOf(shape, [piece])] };
}

function pieceOf(shape: QueryShape, { shape: rollup, meta }: MatchedRollup, pruning: boolean): RollupPiece {
  return planRollup(shape, rollup, meta, pruning);
}

/** One rollup or the source answers all windows of a part: no range is divided. */
export function answerWindows(part: QueryShape, { turns, catalog, selection, pruning }: Planning): Answered {
  for (const turn of turns) {
    const chosen = chooseRollup(part, turn, catalog, selection, (matched) =>
      rowsToScan(pieceOf(part, matched, pruning)),
    );
    if (chosen !== null) return onePiece(part, pieceOf(part, chosen, pruning));
  }
  return onePiece(part, planSource(part, null));
}

export function onePiece(shape: QueryShape, piece: Piece): Answered {
  return { pieces: [piece], mode: modeOfPieces([piece]), covers: [coverOf(shape, [piece])] };
}

export function modeOfPieces(pieces: readonly Piece[]): Mode {
  const sources = pieces.filter(({ kind }) => kind === 'source').length;
  return sources === 0 ? 'rollup' : sources === pieces.length ? 'source' : 'hybrid';
}

/** Rows of the partitions that a piece reads, by the catalog. */
export function rowsToScan({ partitions, index }: RollupPiece): number {
  return partitions.reduce((rows, { files }) => rows + files[index].rows, 0);
}
