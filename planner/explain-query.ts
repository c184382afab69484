/** The plan of a query and the verdict on every rollup, as `explain` gives them. */
import type { CatalogSnapshot } from '../model/catalog.js';
import type {
  Candidate,
  Fix,
  Mode,
  Piece,
  QueryPlan,
  Reason,
  RollupPiece,
  SourceRequest,
  Statement,
} from '../model/plan.js';
import type { MemberId } from '../model/schema.js';
import { explainIndexes } from './explain-indexes.js';
import type { IndexVerdict } from './explain-indexes.js';
import type { MatchedRollup, PreparedRollup, Selection } from './choose-rollup.js';
import type { GroupCounts } from './count-groups.js';
import { explainChoice } from './cube/explain-choice.js';
import type { ExplainedChoice } from './cube/explain-choice.js';
import { explainCandidate } from './explain-candidate.js';
import type { ExplainedCandidate } from './explain-candidate.js';
import { explainPartitions, partitionsText } from './explain-partitions.js';
import type { PartitionRun } from './explain-partitions.js';
import { findProposal } from './find-fix.js';
import type { FixTools, FoundFix } from './find-fix.js';
import { storedTimes } from './stored-times.js';
import { canMerge } from './match-measures.js';
import type { QueryShape } from './match-rollup.js';
import { rowsToScan } from './answer-pieces.js';
import { explainBoxes } from './explain-boxes.js';
import type { ExplainedBox } from './explain-boxes.js';
import { planQuery, queryShape } from './plan-query.js';
import { refusalText } from './refuse-source.js';
import { rollupWish } from './rollup-wish.js';
import { planRollup } from './plan-rollup.js';
import { askedPartitioning } from './stored-query.js';
import type { PlanOptions, PreparedModel } from './plan-query.js';
import { preferGrain } from './prefer-grain.js';
import { warnCandidates } from './warn-candidates.js';
import type { QueryWarning } from './warn-candidates.js';

export interface Explanation {
  readonly query: unknown;
  /** With `compatibility: 'cube'` Cube's choice, which `pieces` need not read. */
  readonly selected: string | null;
  readonly mode: Mode;
  /** How one of the rollups that match is chosen. */
  readonly selection: Selection;
  /** Null for the default index and for the source. */
  readonly index: string | null;
  /** Every index of the selected rollup, and why it is read or not; empty for the source. */
  readonly indexes: readonly IndexVerdict[];
  /** All rollups of the model, in the order in which they are tried. */
  readonly candidates: readonly Candidate[];
  readonly pieces: readonly ExplainedPiece[];
  /** With `compatibility: 'cube'`. */
  readonly cube?: ExplainedChoice;
  /** Where no rollup answers: the smallest change that lets one answer. */
  readonly fix: Fix | null;
  /** Where no rollup answers and no change helps: why not even a rollup made for the query could. */
  readonly obstacles: readonly Reason[];
  readonly warnings: readonly QueryWarning[];
  /** With `policy: 'rollupOnly'`, where the source would have to answer: what the query throws. */
  readonly refusal?: string;
  /** Of the first piece that comes from the source. */
  readonly sql?: Pick<Statement, 'text' | 'params'>;
}

export interface ExplainedPiece {
  /** `cube.preagg`, or `source`. */
  readonly from: string;
  readonly granularity?: string;
  /** ISO with Z, half-open, `unbounded` where there is no end; where one time dimension is bounded. */
  readonly range?: readonly [string, string];
  /** By time dimension, where several are bounded. */
  readonly ranges?: Readonly<Record<MemberId, readonly [string, string]>>;
  /** Where it is not one box of times: rows that lie in one of these. */
  readonly boxes?: readonly ExplainedBox[];
  /** Keys of the partitions that are read. */
  readonly partitions?: readonly string[];
  /** Of a piece that comes from the source. */
  readonly sql?: Pick<Statement, 'text' | 'params'>;
  /** All partitions of the rollup in the order of time, those of one fate that follow each other together. */
  readonly pruning?: readonly PartitionRun[];
  /** `2024-01-01..2024-03-31: 3 partitions kept, 997 skipped` */
  readonly pruned?: string;
  /** To scan, by the catalog; not known of the source. */
  readonly rows?: number;
}

export interface ExplainedQuery {
  readonly plan: QueryPlan;
  readonly explanation: Explanation;
  /** What the source would have to count so that the smallest fixes have an estimate. */
  readonly uncounted: readonly SourceRequest[];
}

/**
 * @param counts what the source was asked for on behalf of an earlier explanation
 * @throws StoreError `query_invalid`
 */
export function explainQuery(
  prepared: PreparedModel,
  catalog: CatalogSnapshot,
  input: unknown,
  options: PlanOptions,
  counts: GroupCounts = new Map(),
): ExplainedQuery {
  const { model, rollups, selection } = prepared;
  const plan = planQuery(prepared, catalog, input, options);
  const shape = queryShape(model, plan.query, rollupWish(options, rollups));
  const tools: FixTools = { query: shape, counts, spanOf: storedTimes(rollups, catalog) };
  const tried = preferGrain(rollups, shape.query, selection);
  const explained = tried.map((rollup) => explainRollup(tools, rollup, catalog, options));
  const used = new Set(plan.pieces.flatMap((piece) => (piece.kind === 'rollup' ? [piece.rollup.id] : [])));
  const candidates = explained.map(({ candidate }) =>
    used.has(candidate.id) && !candidate.matched ? { ...candidate, partly: true as const } : candidate,
  );
  const cube =
    options.cube == null ? null : explainChoice(model, plan, input, candidates, options.cube, options.now);
  const asksSource = plan.pieces.some(({ kind }) => kind === 'source');
  const found = asksSource ? smallestFix(tools, explained) : null;
  const selected = plan.pieces.find(
    (piece): piece is RollupPiece => piece.kind === 'rollup' && piece.rollup.id === plan.selected,
  );
  const explanation: Explanation = {
    query: input,
    selected: cube === null ? plan.selected : cube.selected,
    mode: plan.mode,
    selection,
    index: selected === undefined ? null : selected.rollup.indexes[selected.index].name,
    indexes: selected === undefined ? [] : indexVerdicts(shape, selected),
    candidates,
    pieces: plan.pieces.map((piece) => explainPiece(shape, piece, rollups)),
    ...(cube === null ? {} : { cube }),
    fix: found?.kind === 'fix' ? found.fix : null,
    obstacles: found?.kind === 'none' ? found.reasons : [],
    warnings: warnCandidates(shape, rollups, candidates, plan.selected, selection),
    ...(plan.refusal === null ? {} : { refusal: refusalText(plan.refusal) }),
  };
  return { plan, explanation, uncounted: found === null ? [] : uncountedOf(found, explained) };
}

function explainRollup(
  tools: FixTools,
  rollup: PreparedRollup,
  catalog: CatalogSnapshot,
  options: PlanOptions,
): ExplainedCandidate {
  const meta = catalog.rollups.get(rollup.preAggregation.id) ?? null;
  return explainCandidate(tools, { ...rollup, meta }, () => {
    const matched = { shape: rollup.shape, meta } as MatchedRollup;
    const parts = tools.query.parts?.shapes ?? [tools.query];
    return parts.reduce(
      (rows, part) =>
        rows + rowsToScan(planRollup(part, matched.shape, matched.meta, options.pruning !== false)),
      0,
    );
  });
}

/** That of the rollup which needs the fewest changes; a new one where none needs fewer than a new one is made of. */
function smallestFix(tools: FixTools, explained: readonly ExplainedCandidate[]): FoundFix {
  const proposal = findProposal(tools);
  const [nearest] = fixesOf(explained);
  if (nearest === undefined) return proposal;
  return proposal.kind === 'fix' && proposal.size <= nearest.size ? proposal : nearest;
}

/** The smallest first: of the fewest changes, then of the fewest rows. */
function fixesOf(explained: readonly ExplainedCandidate[]): Extract<FoundFix, { kind: 'fix' }>[] {
  const fixes = explained.flatMap(({ found }) => (found?.kind === 'fix' ? [found] : []));
  return fixes.toSorted((a, b) => a.size - b.size || rowsOf(a.fix) - rowsOf(b.fix));
}

function rowsOf({ estimate }: Fix): number {
  return estimate?.rows ?? Number.MAX_VALUE;
}

/** Those of the smallest fix first. */
function uncountedOf(found: FoundFix, explained: readonly ExplainedCandidate[]): SourceRequest[] {
  const smallest = found.kind === 'fix' ? [found] : [];
  return [...new Set([...smallest, ...fixesOf(explained)])].flatMap(({ unknown }) => unknown);
}

function indexVerdicts(shape: QueryShape, { rollup, scan: { keys, filter } }: RollupPiece): IndexVerdict[] {
  return explainIndexes(rollup, { keys, filter, merging: canMerge(shape) });
}

function explainPiece(query: QueryShape, piece: Piece, rollups: readonly PreparedRollup[]): ExplainedPiece {
  const asked = explainBoxes(piece.boxes);
  if (piece.kind === 'source') return { from: 'source', ...asked };
  const grains = piece.rollup.columns.flatMap(({ role }) => (role.kind === 'time' ? [role.granularity] : []));
  const shape = rollups.find(({ preAggregation }) => preAggregation.id === piece.rollup.id)?.shape ?? null;
  const partitioning = shape === null ? null : askedPartitioning(query, shape);
  const [box] = piece.boxes;
  const asks = box.find(({ dimension }) => dimension === (partitioning ?? shape?.partitionDimension));
  const pruning = explainPartitions(piece, asks?.span ?? null);
  return {
    from: piece.rollup.id,
    ...(grains.length === 1 ? { granularity: grains[0] } : {}),
    ...asked,
    partitions: piece.partitions.map(({ key }) => key),
    pruning,
    pruned: partitionsText(pruning),
    rows: pruning.reduce((rows, run) => rows + (run.fate === 'kept' ? run.rows : 0), 0),
  };
}
