/** The story of a query: normalise, match, choose, cover, prune, finish. Pure: same input, same plan. */
import type { CatalogSnapshot } from '../model/catalog.js';
import type { MeasureState } from '../model/aggregates.js';
import { filterMembers } from '../model/filter.js';
import type { FinishPlan, Piece, QueryPlan, RollupPiece, ScanPlan, SourcePage } from '../model/plan.js';
import type { Query } from '../model/query.js';
import type { Cube, DataModel } from '../model/schema.js';
import { answerApart } from './answer-apart.js';
import { answerPieces, answerWindows, modeOfPieces, onePiece } from './answer-pieces.js';
import type { Answered, Planning } from './answer-pieces.js';
import { trialOrder } from './choose-rollup.js';
import type { PreparedRollup, Selection } from './choose-rollup.js';
import type { CubeOptions } from './cube/cube-choice.js';
import { rollupTurns } from './cube/rollup-turns.js';
import { drillPaths, joinTree, multipliedCubes } from './join-tree.js';
import { finishMeasure, measureOf, statesOf } from './leaf-states.js';
import { filterParamsApart } from './match-filter-params.js';
import { asksLocalTimes } from './match-local-times.js';
import type { QueryShape } from './match-rollup.js';
import { normaliseQuery } from './normalise-query.js';
import { outputColumns } from './output-columns.js';
import { scanAggregates } from './plan-rollup.js';
import { planSource } from './plan-source.js';
import { preferGrain } from './prefer-grain.js';
import { queryMembers } from './query-members.js';
import { requireColumnsApart } from './require-columns-apart.js';
import { refusalOf } from './refuse-source.js';
import { requirePrimaryKeys } from './require-primary-keys.js';
import { rollupShape } from './rollup-shape.js';
import { rollupWish } from './rollup-wish.js';
import type { RollupWish, WishOptions } from './rollup-wish.js';
import { windowParts } from './window-parts.js';

/** A model with its rollups, each with the hash of its definition. */
export interface PreparedModel {
  readonly model: DataModel;
  /** In the order of definition, in which they are built and listed. */
  readonly defined: readonly PreparedRollup[];
  /** In the order of matching. */
  readonly rollups: readonly PreparedRollup[];
  readonly selection: Selection;
}

export interface PlanOptions extends WishOptions {
  /** What relative date ranges are counted from: milliseconds since the epoch. A plan that has not read it holds at any time. */
  readonly now: number;
  /** False: read every partition and filter every row, as a check on pruning. */
  readonly pruning?: boolean;
  /** Cube decides which rollup is tried first, and whether one is. */
  readonly cube?: CubeOptions | null;
}

/** @param hash a stable hash of a text, in a form that may stand in a file */
export function prepareModel(
  model: DataModel,
  hash: (text: string) => string,
  selection: Selection = 'first',
): PreparedModel {
  const defined = [...model.cubes.values()].flatMap((cube) =>
    cube.preAggregations.map((preAggregation) => {
      const shape = rollupShape(model, preAggregation);
      return { preAggregation, shape, definition: shape === null ? '' : hash(shape.definition) };
    }),
  );
  return { model, defined, rollups: trialOrder(defined, selection), selection };
}

/**
 * The first rollup that matches answers; else those that do not only because of the times that they hold answer for
 * these, and the source for the rest. A plan that the caller's policy does not allow tells its refusal.
 *
 * @param input a Cube REST query
 * @throws StoreError `query_invalid`
 */
export function planQuery(
  prepared: PreparedModel,
  catalog: CatalogSnapshot,
  input: unknown,
  options: PlanOptions,
): QueryPlan {
  const { model, selection } = prepared;
  const query = normaliseQuery(model, input, options);
  const shape = queryShape(model, query, rollupWish(options, prepared.rollups));
  const rollups = preferGrain(prepared.rollups, query, selection);
  const pruning = options.pruning !== false;
  const turns = rollupTurns(model, rollups, query, input, options);
  const planning = { turns, catalog, selection, pruning };
  const answered = answerParts(shape, planning);
  if (shape.wish.policy !== 'rollupOnly' || answered.pieces.every(({ kind }) => kind === 'rollup'))
    return planPieces(shape, answered);
  const apart = answerApart(shape.parts?.shapes ?? [shape], planning);
  return apart.uncovered.length === 0
    ? planPieces(shape, apart.answered)
    : { ...planPieces(shape, answered), refusal: refusalOf(shape, apart.uncovered, rollups, catalog) };
}

function answerParts(shape: QueryShape, planning: Planning): Answered {
  if (shape.parts === null) return answerPieces(shape, planning) ?? sourcePieces(shape);
  const parts = shape.parts.shapes.map((part) =>
    part.windows === null
      ? (answerPieces(part, planning) ?? onePiece(part, planSource(part, null)))
      : answerWindows(part, planning),
  );
  const pieces = parts.flatMap((part) => part.pieces);
  return { pieces, mode: modeOfPieces(pieces), covers: parts.flatMap((part) => part.covers) };
}

export function queryShape(model: DataModel, query: Query, wish: RollupWish): QueryShape {
  const filtering = query.having === null ? [] : [...filterMembers(query.having)];
  const measures = [...new Set([...query.measures, ...filtering])];
  const filtered = query.filter === null ? [] : [...filterMembers(query.filter)];
  const members = queryMembers(model, query);
  const tree = joinTree(model, members, [...query.joinPaths, ...drillPaths(model, query.countedBy)]);
  if (query.ungrouped) requirePrimaryKeys(model, query, tree);
  const finish = measures.map((id) => finishMeasure(model, measureOf(model, id)));
  const whole = {
    model,
    query,
    tree,
    multiplied: multipliedCubes(tree),
    dataSource: (model.cubes.get(tree.root) as Cube).dataSource,
    finish,
    states: statesOf(finish),
    filtered,
    filterParams: filterParamsApart(model, query, tree, members),
    localTimes: asksLocalTimes(model, query, tree, members),
    wish,
    windows: null,
  };
  requireColumnsApart(whole);
  return { ...whole, parts: windowParts(whole) };
}

function sourcePieces(shape: QueryShape): Answered {
  const { model, query, finish } = shape;
  const simple = finish.every(({ value }) => value.kind === 'state' && isValue(value.state));
  const page = simple && query.having === null && !query.total ? sourcePage(model, query) : null;
  return onePiece(shape, planSource(shape, page));
}

/** Whether the one column of a state is the value, so that the source can order by it. */
function isValue({ kind, columns }: MeasureState): boolean {
  return columns.length === 1 && kind !== 'sketch';
}

function sourcePage(model: DataModel, query: Query): SourcePage {
  const columnOf = new Map(outputColumns(model, query).map(({ name, column }) => [name, column]));
  return {
    order: query.order.map((key) => ({ ...key, column: columnOf.get(key.column) as string })),
    limit: query.limit,
    offset: query.offset,
  };
}

function planPieces(shape: QueryShape, { pieces, mode, covers }: Answered): QueryPlan {
  const [first] = pieces;
  const output = outputColumns(shape.model, shape.query);
  return {
    query: shape.query,
    mode,
    selected: largestRollup(pieces),
    pieces,
    covers,
    refusal: null,
    merge: pieces.length === 1 && shape.parts === null ? null : mergePlan(shape, output),
    buckets: shape.parts?.buckets ?? null,
    output,
    finish: finishPlan(shape, first.kind === 'source' && first.request.page !== null),
  };
}

function largestRollup(pieces: readonly Piece[]): string | null {
  const rollups = pieces.filter((piece): piece is RollupPiece => piece.kind === 'rollup');
  const [first, ...others] = rollups;
  if (first === undefined) return null;
  return others.reduce((best, piece) => (extent(piece) > extent(best) ? piece : best), first).rollup.id;
}

/** Milliseconds, or over several time dimensions their product. */
function extent({ boxes }: Piece): number {
  return boxes.reduce(
    (sum, box) => sum + box.reduce((product, { span }) => product * (span.to - span.from), 1),
    0,
  );
}

/** Groups of all pieces are grouped again as if they were stored rows; their times are local already. */
function mergePlan(shape: QueryShape, output: QueryPlan['output']): ScanPlan {
  const keys = output.filter(({ kind }) => kind !== 'measure');
  return {
    keys: keys.map(({ column }) => ({ column, output: column, bucket: null })),
    filter: null,
    aggregates: scanAggregates(shape),
  };
}

function finishPlan({ query, finish }: QueryShape, ordered: boolean): FinishPlan {
  return {
    measures: finish,
    having: query.having,
    order: ordered ? [] : query.order,
    limit: ordered ? null : query.limit,
    offset: ordered ? 0 : query.offset,
    total: query.total,
  };
}
