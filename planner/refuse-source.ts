/** Why a plan must not run when only rollups may answer: what they leave to the source. */
import { stateName } from '../model/aggregates.js';
import type { CatalogSnapshot } from '../model/catalog.js';
import { LIMITS } from '../model/limits.js';
import type { Refusal, Uncovered } from '../model/cover.js';
import type { MemberId } from '../model/schema.js';
import type { PreparedRollup } from './choose-rollup.js';
import { boxText } from './explain-boxes.js';
import { askRules } from './match-rollup.js';
import type { QueryShape } from './match-rollup.js';

/** @param uncovered what rollups leave to the source */
export function refusalOf(
  shape: QueryShape,
  uncovered: readonly Uncovered[],
  rollups: readonly PreparedRollup[],
  catalog: CatalogSnapshot,
): Refusal {
  const lacking = uncovered.flatMap(({ measures }) => measures);
  const reasons = rollups.flatMap((rollup) => {
    const meta = catalog.rollups.get(rollup.preAggregation.id) ?? null;
    const lacks = onlyMeasures(shape, reasonMeasures(shape, rollup, lacking));
    const [found] = askRules(lacks, { ...rollup, meta }).flatMap(({ findings }) => findings ?? []);
    return found === undefined ? [] : [{ rollup: rollup.preAggregation.id, message: found.message() }];
  });
  return { uncovered, reasons };
}

/** Of what is lacking the measures that the rollup stores, if any: what else it lacks of these can be mended. */
function reasonMeasures(
  { states }: QueryShape,
  { shape }: PreparedRollup,
  lacking: readonly MemberId[],
): ReadonlySet<MemberId> {
  const isStored = (id: MemberId): boolean =>
    states.every((state) => state.measure.id !== id || shape?.states.has(stateName(state)) === true);
  const stored = lacking.filter(isStored);
  return new Set(stored.length > 0 ? stored : lacking);
}

/** What rollups hold of the other measures is no reason. */
function onlyMeasures(shape: QueryShape, measures: ReadonlySet<MemberId>): QueryShape {
  const states = shape.states.filter(({ measure }) => measures.has(measure.id));
  if (shape.parts === null) return { ...shape, states };
  const shapes = shape.parts.shapes.map((part) => onlyMeasures(part, measures));
  return {
    ...shape,
    states,
    parts: { ...shape.parts, shapes: shapes.filter((part) => part.states.length > 0) },
  };
}

/** `no rollup holds orders.count of orders.created_at from … to before …; orders.daily lacks the partitions …` */
export function refusalText({ uncovered, reasons }: Refusal): string {
  const missing = uncovered.map(({ measures, boxes }) => {
    const of = measures.length === 0 ? '' : `${shown(measures, ', ')} of `;
    return `${of}${shown(boxes.map(boxText), ', and ')}`;
  });
  const why =
    reasons.length === 0
      ? 'the model has no rollup.'
      : shown(
          reasons.map(({ message }) => message),
          ' ',
          (more) => `${more} more rollups do not either.`,
        );
  return `no rollup holds ${shown(missing, '; nor ')}: ${why}`;
}

function shown(
  texts: readonly string[],
  separator: string,
  moreText = (more: number): string => `${more} more`,
): string {
  const some = texts.slice(0, LIMITS.refusalReasonsShown);
  const more = texts.length - some.length;
  return more === 0 ? some.join(separator) : [...some, moreText(more)].join(separator);
}
