/** What is worth a look although the query is answered: about rollups that match it. */
import type { Candidate } from '../model/plan.js';
import { cubeOf, isSameGrain } from '../model/schema.js';
import type { MemberId, PreAggregation, RollupId } from '../model/schema.js';
import type { PreparedRollup, Selection } from './choose-rollup.js';
import { isShadowed } from './is-shadowed.js';
import { memberClosure } from './join-tree.js';
import type { QueryShape } from './match-rollup.js';
import type { RollupShape } from './rollup-shape.js';

export interface QueryWarning {
  readonly code: QueryWarningCode;
  /** The rollup that it is about. */
  readonly rollup: RollupId;
  readonly message: string;
}

export type QueryWarningCode =
  /** Another rollup, tried before it, answers everything that it could. */
  | 'rollup_shadowed'
  /** It would scan fewer rows than the one that was chosen. */
  | 'cheaper_not_chosen'
  /** Cube would not try it for this query. */
  | 'ignored_by_cube';

/**
 * @param rollups in trial order, whatever the granularities of this query
 * @param candidates of the same rollups, those after matching
 */
export function warnCandidates(
  query: QueryShape,
  rollups: readonly PreparedRollup[],
  candidates: readonly Candidate[],
  selected: RollupId | null,
  selection: Selection,
): QueryWarning[] {
  const chosen = candidates.find(({ id }) => id === selected);
  return rollups.flatMap((rollup, at) => {
    const candidate = candidates.find(({ id }) => id === rollup.preAggregation.id);
    if (candidate === undefined || !candidate.matched) return [];
    return [
      ...(selection === 'cost' ? [] : shadowWarnings(rollups, at, selection)),
      ...costWarnings(candidate, chosen, selection),
      ...cubeWarnings(query, rollup.preAggregation),
    ];
  });
}

function shadowWarnings(
  rollups: readonly PreparedRollup[],
  at: number,
  selection: Selection,
): QueryWarning[] {
  const { shape, preAggregation } = rollups[at];
  if (shape === null) return [];
  const shadow = rollups.slice(0, at).find(
    (other) =>
      other.shape !== null &&
      isShadowed(shape, other.shape) &&
      // Of one priority the closer is chosen, whichever is defined first.
      (selection === 'first'
        ? !isPreferred(shape, other.shape)
        : other.preAggregation.priority > preAggregation.priority),
  );
  if (shadow === undefined) return [];
  const { id } = preAggregation;
  const before = shadow.preAggregation.id;
  const remedy = selection === 'first' ? `Define ${id} before ${before}` : `Give ${id} a higher priority`;
  const message = `${id} is never chosen: ${before} is tried before it and answers everything that it could. ${remedy}, or set selection to 'cost'.`;
  return [{ code: 'rollup_shadowed', rollup: id, message }];
}

/** Whether queries by a granularity that a time dimension defines itself try the rollup before the other. */
function isPreferred({ times }: RollupShape, other: RollupShape): boolean {
  return [...times].some(([dimension, grains]) =>
    grains.some(
      (grain) =>
        typeof grain !== 'string' &&
        !other.times.get(dimension)?.some((stored) => isSameGrain(stored, grain)),
    ),
  );
}

function costWarnings(
  candidate: Candidate,
  chosen: Candidate | undefined,
  selection: Selection,
): QueryWarning[] {
  const rows = candidate.rows ?? 0;
  const chosenRows = chosen?.rows ?? 0;
  if (chosen === undefined || rows >= chosenRows) return [];
  const message = `${candidate.id} would scan ${count(rows)} rows, ${chosen.id}, which selection '${selection}' chose, scans ${count(chosenRows)}.`;
  return [{ code: 'cheaper_not_chosen', rollup: candidate.id, message }];
}

/** X23 and D2: Cube walks the cubes that own a member of the query, and skips a rollup without a member of its own. */
function cubeWarnings(query: QueryShape, preAggregation: PreAggregation): QueryWarning[] {
  const { id, cube } = preAggregation;
  const own = [...preAggregation.measures, ...preAggregation.dimensions, ...timesOf(preAggregation)];
  if (!own.some((member) => cubeOf(member) === cube)) {
    const message = `Cube would ignore ${id}: it has no measure and no dimension of ${cube}, in which it is defined.`;
    return [{ code: 'ignored_by_cube', rollup: id, message }];
  }
  if ([...memberClosure(query.model, membersOf(query))].some((member) => cubeOf(member) === cube)) return [];
  const message = `Cube would not try ${id} here: the query has no member of ${cube}, in which it is defined.`;
  return [{ code: 'ignored_by_cube', rollup: id, message }];
}

function timesOf({ timeDimensions }: PreAggregation): MemberId[] {
  return timeDimensions.map(({ dimension }) => dimension);
}

function membersOf({ query, filtered, states }: QueryShape): MemberId[] {
  return [
    ...states.map(({ measure }) => measure.id),
    ...query.measures,
    ...query.dimensions,
    ...query.segments,
    ...filtered,
    ...query.timeDimensions.map(({ dimension }) => dimension),
  ];
}

function count(rows: number): string {
  return rows.toLocaleString('en-US');
}
