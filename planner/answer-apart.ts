/**
 * What rollups hold of each state of a query for itself. States that go together may leave to the source what apart
 * they leave to no one: one rollup has both and a gap, two others have one each and none.
 */
import type { MeasureState } from '../model/aggregates.js';
import type { Box, Uncovered } from '../model/cover.js';
import type { Piece } from '../model/plan.js';
import type { MemberId } from '../model/schema.js';
import { answerPieces, answerWindows, modeOfPieces, onePiece } from './answer-pieces.js';
import type { Answered, Planning } from './answer-pieces.js';
import { explainBox } from './explain-boxes.js';
import type { QueryShape } from './match-rollup.js';
import { planSource } from './plan-source.js';

export interface AnsweredApart {
  /** With no piece from the source where `uncovered` is empty. */
  readonly answered: Answered;
  /** What no rollup holds, in the order of the states; those that lack the same together. */
  readonly uncovered: readonly Uncovered[];
}

/** @param shapes the parts of a query */
export function answerApart(shapes: readonly QueryShape[], planning: Planning): AnsweredApart {
  const groups = shapes.flatMap((shape) => groupsOf(shape, planning));
  const answers = groups.flatMap(({ shape, alone }) => togetherOr(shape, alone, planning));
  const pieces = answers.flatMap((answer) => answer.pieces);
  return {
    answered: { pieces, mode: modeOfPieces(pieces), covers: answers.flatMap((answer) => answer.covers) },
    uncovered: uncoveredBy(groups),
  };
}

function uncoveredBy(groups: readonly StateGroup[]): Uncovered[] {
  const found = new Map<string, { boxes: readonly Box[]; measures: Set<MemberId> }>();
  for (const { shape, alone } of groups) {
    const boxes = alone[0].pieces.flatMap((piece) => (piece.kind === 'source' ? piece.boxes : []));
    if (boxes.length === 0) continue;
    const key = JSON.stringify(boxes.map(explainBox));
    const { measures } = found.get(key) ?? { measures: [] };
    const all = new Set([...measures, ...shape.states.map(({ measure }) => measure.id)]);
    found.set(key, { boxes, measures: all });
  }
  return [...found.values()].map(({ boxes, measures }) => ({ boxes, measures: [...measures] }));
}

/** States that are answered alike. */
interface StateGroup {
  readonly shape: QueryShape;
  /** One answer for each state; one for a query without states. */
  readonly alone: readonly Answered[];
}

function groupsOf(shape: QueryShape, planning: Planning): StateGroup[] {
  if (shape.states.length === 0) return [{ shape, alone: [answerShape(shape, planning)] }];
  const groups = new Map<string, { states: MeasureState[]; alone: Answered[] }>();
  for (const state of shape.states) {
    const answer = answerShape({ ...shape, states: [state] }, planning);
    const key = placesOf(answer);
    const { states, alone } = groups.get(key) ?? { states: [], alone: [] };
    groups.set(key, { states: [...states, state], alone: [...alone, answer] });
  }
  return [...groups.values()].map(({ states, alone }) => ({ shape: { ...shape, states }, alone }));
}

/** One answer for all states of a group, where it is that of each. */
function togetherOr(shape: QueryShape, alone: readonly Answered[], planning: Planning): readonly Answered[] {
  if (alone.length === 1) return alone;
  const together = answerShape(shape, planning);
  return placesOf(together) === placesOf(alone[0]) ? [together] : alone;
}

function answerShape(shape: QueryShape, planning: Planning): Answered {
  if (shape.windows !== null) return answerWindows(shape, planning);
  return answerPieces(shape, planning) ?? onePiece(shape, planSource(shape, null));
}

/** Who answers for which times. */
function placesOf({ pieces }: Answered): string {
  const placeOf = (piece: Piece): unknown[] => [
    piece.kind === 'rollup' ? piece.rollup.id : null,
    piece.boxes.map(explainBox),
  ];
  return JSON.stringify(pieces.map(placeOf));
}
