/** Why a plan must not run when only rollups may answer: what they leave to the source. */
import type { CatalogSnapshot } from '../model/catalog.js';
import { LIMITS } from '../model/limits.js';
import type { Refusal, Uncovered } from '../model/cover.js';
import type { QueryPlan } from '../model/plan.js';
import type { PreparedRollup } from './choose-rollup.js';
import { boxText } from './explain-boxes.js';
import { askRules } from './match-rollup.js';
import type { QueryShape } from './match-rollup.js';

/** Null: rollups hold all. */
export function refusalOf(
  shape: QueryShape,
  { pieces }: QueryPlan,
  rollups: readonly PreparedRollup[],
  catalog: CatalogSnapshot,
): Refusal | null {
  const uncovered = pieces.flatMap((piece): Uncovered[] => {
    if (piece.kind === 'rollup') return [];
    const measures = new Set(piece.request.states.map(({ measure }) => measure.id));
    return [{ boxes: piece.boxes, measures: [...measures] }];
  });
  if (uncovered.length === 0) return null;
  const reasons = rollups.flatMap((rollup) => {
    const meta = catalog.rollups.get(rollup.preAggregation.id) ?? null;
    const [found] = askRules(shape, { ...rollup, meta }).flatMap(({ findings }) => findings ?? []);
    return found === undefined ? [] : [{ rollup: rollup.preAggregation.id, message: found.message() }];
  });
  return { uncovered, reasons };
}

/** `no rollup holds orders.count of orders.created_at from … to before …; orders.daily lacks the partitions …` */
export function refusalText({ uncovered, reasons }: Refusal): string {
  const missing = uncovered.map(({ measures, boxes }) => {
    const of = measures.length === 0 ? '' : `${measures.join(', ')} of `;
    return `${of}${shown(boxes.map(boxText), ', and ')}`;
  });
  const why =
    reasons.length === 0
      ? 'the model has no rollup'
      : shown(
          reasons.map(({ message }) => message),
          ' ',
        );
  return `no rollup holds ${missing.join('; nor ')}: ${why}`;
}

function shown(texts: readonly string[], separator: string): string {
  const some = texts.slice(0, LIMITS.refusalReasonsShown);
  const more = texts.length - some.length;
  return more === 0 ? some.join(separator) : `${some.join(separator)}${separator}${more} more`;
}
