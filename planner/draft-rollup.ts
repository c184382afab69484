/** What a rollup lacks for a query, and the rollup that would have it. */
import { StoreError } from '../model/errors.js';
import { isMergeable, stateName } from '../model/aggregates.js';
import type { TimeRange } from '../model/query.js';
import { cubeOf, GRANULARITIES, isSameGrain } from '../model/schema.js';
import type { Grain, Granularity, JoinPath, MemberId, PreAggregation } from '../model/schema.js';
import { coarsestGrain, isServed } from './coarsest-grain.js';
import { differingCube, keepsRows } from './join-tree.js';
import { askRule } from './match-rollup.js';
import type { QueryShape } from './match-rollup.js';
import { rollupShape } from './rollup-shape.js';
import type { RollupShape } from './rollup-shape.js';
import type { Finding } from './rule.js';
import { MODEL_RULES } from './rules.js';
import { sourceSelect } from './sql/source-select.js';
import { storedShape } from './stored-query.js';

export type Change =
  | { readonly kind: 'member'; readonly list: MemberList; readonly member: MemberId }
  /** `from` is null where the rollup has no time of this dimension yet. */
  | {
      readonly kind: 'time';
      readonly member: MemberId;
      readonly from: Grain | null;
      readonly to: Granularity;
    };

export type MemberList = 'measures' | 'dimensions' | 'segments';

/** The time that is known to be stored of a dimension; null: not known. */
export type KnownSpan = (dimension: MemberId) => TimeRange | null;

/** What a rollup holds already. */
export type Holdings = Pick<RollupShape, 'states' | 'dimensions' | 'segments' | 'times'>;

/** What has to be added to a rollup, or made finer in it, so that it holds all that the query needs. */
export function neededChanges(asked: QueryShape, rollup: Holdings, spanOf: KnownSpan): Change[] {
  const query = storedShape(asked, rollup);
  const { dimensions, segments, timeDimensions } = query.query;
  const add = (list: MemberList, members: Iterable<MemberId>): Change[] =>
    [...new Set(members)].map((member) => ({ kind: 'member', list, member }));
  const measures = query.states.filter((state) => !rollup.states.has(stateName(state)));
  const keys = [...dimensions, ...query.filtered].filter((member) => !rollup.dimensions.has(member));
  const times = timeDimensions.filter(({ granularity, range }) => granularity !== null || range !== null);
  return [
    ...add(
      'measures',
      measures.map(({ measure }) => measure.id),
    ),
    ...add('dimensions', keys),
    ...add(
      'segments',
      segments.filter((segment) => !rollup.segments.has(segment)),
    ),
    ...[...new Set(times.map(({ dimension }) => dimension))].flatMap((member) =>
      timeChange(query.parts?.shapes ?? [query], member, rollup.times.get(member) ?? [], spanOf(member)),
    ),
  ];
}

/** Of several stored granularities the one is made finer that can stay the coarsest. */
function timeChange(
  parts: readonly QueryShape[],
  member: MemberId,
  stored: readonly Grain[],
  span: TimeRange | null,
): Change[] {
  if (isServed(parts, member, stored, span)) return [];
  const changes = (stored.length === 0 ? [null] : stored).map((from) => ({
    kind: 'time' as const,
    member,
    from,
    to: coarsestGrain(parts, member, from, span),
  }));
  const rank = ({ to }: { readonly to: Granularity }): number => GRANULARITIES.indexOf(to);
  const [change] = changes.toSorted((a, b) => rank(b) - rank(a));
  return change.from === change.to ? [] : [change];
}

/**
 * The pre-aggregation after the changes; the order of its time dimensions stays, since the first partitions.
 * @param paths on which the query reaches cubes
 */
export function applyChanges(
  preAggregation: PreAggregation,
  changes: readonly Change[],
  paths: readonly JoinPath[],
): PreAggregation {
  const added = (list: MemberList): MemberId[] =>
    changes.flatMap((change) => (change.kind === 'member' && change.list === list ? [change.member] : []));
  const times = changes.filter((change) => change.kind === 'time');
  const finer = preAggregation.timeDimensions.map((time) => {
    const change = times.find(
      ({ member, from }) => member === time.dimension && from !== null && isSameGrain(from, time.granularity),
    );
    return change === undefined ? time : { ...time, granularity: change.to };
  });
  const fresh = times.filter(({ from }) => from === null);
  const reached = new Set(changes.map(({ member }) => cubeOf(member)));
  const joinPaths = paths.filter((path) => reached.has(path[path.length - 1]));
  return {
    ...preAggregation,
    measures: [...preAggregation.measures, ...added('measures')],
    dimensions: [...preAggregation.dimensions, ...added('dimensions')],
    segments: [...preAggregation.segments, ...added('segments')],
    joinPaths: [...preAggregation.joinPaths, ...joinPaths],
    timeDimensions: [...finer, ...fresh.map(({ member, to }) => ({ dimension: member, granularity: to }))],
  };
}

export type DraftVerdict =
  | { readonly kind: 'answers'; readonly shape: RollupShape }
  | { readonly kind: 'refused'; readonly findings: readonly Finding[] }
  /** It would answer this query, and no longer all that it answers now. */
  | { readonly kind: 'takes away' }
  /** No join leads to all of its members. */
  | { readonly kind: 'unjoined' }
  /** No SQL computes what it stores. */
  | { readonly kind: 'unbuildable'; readonly message: string };

/** Whether the changed rollup, once built, answers the query, and still answers what it did. */
export function judgeDraft(
  query: QueryShape,
  draft: PreAggregation,
  today: RollupShape | null,
): DraftVerdict {
  const shape = draftShape(query, draft);
  if (shape === null) return { kind: 'unjoined' };
  const findings = MODEL_RULES.flatMap(
    (rule) => askRule(rule, query, shape, { definition: '', meta: null }) ?? [],
  );
  if (findings.length > 0) return { kind: 'refused', findings };
  if (today !== null && !keepsAnswers(shape, today)) return { kind: 'takes away' };
  const fault = buildFault(query, shape);
  return fault === null ? { kind: 'answers', shape } : { kind: 'unbuildable', message: fault };
}

/** Why the rollup cannot be built, such as a multiplied measure that cannot be taken apart; null: it can. */
function buildFault({ model }: QueryShape, { request }: RollupShape): string | null {
  try {
    sourceSelect(model, request, new Map());
    return null;
  } catch (error) {
    if (error instanceof StoreError && error.code === 'query_invalid') return error.message;
    throw error;
  }
}

function draftShape(query: QueryShape, draft: PreAggregation): RollupShape | null {
  try {
    return rollupShape(query.model, draft);
  } catch (error) {
    if (error instanceof StoreError && error.code === 'query_invalid') return null;
    throw error;
  }
}

/** What cannot be merged is read only by the very groups that are stored: further groups would hide it. */
function keepsAnswers(draft: RollupShape, today: RollupShape): boolean {
  if (!keepsRows(draft.tree, today.tree) || differingCube(draft.tree, today.tree) !== null) return false;
  const states = [...today.states.values()];
  if (states.some(({ measure }) => draft.multiplied.has(measure.cube) && !today.multiplied.has(measure.cube)))
    return false;
  const sameKeys =
    draft.request.keys.length === today.request.keys.length &&
    draft.request.keys.every(({ column }, at) => column === today.request.keys[at].column);
  return sameKeys || states.every(({ kind }) => isMergeable(kind));
}
