/** How the parts of a query with cumulative measures are answered; see `window-parts.ts`. */
import type { CatalogSnapshot } from '../model/catalog.js';
import type { Mode, Piece, RollupPiece } from '../model/plan.js';
import { chooseRollup } from './choose-rollup.js';
import type { MatchedRollup, PreparedRollup, Selection } from './choose-rollup.js';
import type { QueryShape } from './match-rollup.js';
import { planRollup } from './plan-rollup.js';
import { planSource } from './plan-source.js';

export interface WindowPlanning {
  /** Who is tried, one list after the other. */
  readonly turns: readonly (readonly PreparedRollup[])[];
  readonly catalog: CatalogSnapshot;
  readonly selection: Selection;
  readonly pruning: boolean;
  readonly rowsOf: (piece: RollupPiece) => number;
}

/** One rollup or the source answers all windows of a part: no range is divided. */
export function planWindow(part: QueryShape, planning: WindowPlanning): Piece {
  const { turns, catalog, selection, pruning, rowsOf } = planning;
  const pieceOf = ({ shape, meta }: MatchedRollup): RollupPiece => planRollup(part, shape, meta, pruning);
  for (const turn of turns) {
    const chosen = chooseRollup(part, turn, catalog, selection, (matched) => rowsOf(pieceOf(matched)));
    if (chosen !== null) return pieceOf(chosen);
  }
  return planSource(part, null);
}

export function modeOfPieces(pieces: readonly Piece[]): Mode {
  const sources = pieces.filter(({ kind }) => kind === 'source').length;
  return sources === 0 ? 'rollup' : sources === pieces.length ? 'source' : 'hybrid';
}
