/** The plan of a query and the verdict on every rollup, as `explain` gives them. */
import type { CatalogSnapshot } from '../model/catalog.js';
import type { Candidate, Mode, Piece, QueryPlan, RollupPiece, Statement } from '../model/plan.js';
import type { TimeRange } from '../model/query.js';
import type { Granularity, MemberId } from '../model/schema.js';
import { formatLocal } from '../model/civil-time.js';
import { matchRollup } from './match-rollup.js';
import { planQuery, queryShape } from './plan-query.js';
import type { PlanOptions, PreparedModel } from './plan-query.js';

export interface Explanation {
  readonly query: unknown;
  readonly selected: string | null;
  readonly mode: Mode;
  /** Null for the default index and for the source. */
  readonly index: string | null;
  /** All rollups of the model, in the order in which they are tried. */
  readonly candidates: readonly Candidate[];
  readonly pieces: readonly ExplainedPiece[];
  /** Of the first piece that comes from the source. */
  readonly sql?: Pick<Statement, 'text' | 'params'>;
}

export interface ExplainedPiece {
  /** `cube.preagg`, or `source`. */
  readonly from: string;
  readonly granularity?: Granularity;
  /** ISO with Z, half-open; where the query bounds one time dimension. */
  readonly range?: readonly [string, string];
  /** By time dimension, where the query bounds several. */
  readonly ranges?: Readonly<Record<MemberId, readonly [string, string]>>;
  /** Keys of the partitions that are read. */
  readonly partitions?: readonly string[];
  /** Of a piece that comes from the source. */
  readonly sql?: Pick<Statement, 'text' | 'params'>;
}

/** @throws StoreError `query_invalid` */
export function explainQuery(
  prepared: PreparedModel,
  catalog: CatalogSnapshot,
  input: unknown,
  options: PlanOptions,
): { readonly plan: QueryPlan; readonly explanation: Explanation } {
  const plan = planQuery(prepared, catalog, input, options);
  const shape = queryShape(prepared.model, plan.query);
  const candidates = prepared.rollups.map((rollup) =>
    matchRollup(prepared.model, shape, {
      ...rollup,
      meta: catalog.rollups.get(rollup.preAggregation.id) ?? null,
    }),
  );
  const used = new Set(plan.pieces.flatMap((piece) => (piece.kind === 'rollup' ? [piece.rollup.id] : [])));
  const selected = plan.pieces.find(
    (piece): piece is RollupPiece => piece.kind === 'rollup' && piece.rollup.id === plan.selected,
  );
  const explanation: Explanation = {
    query: input,
    selected: plan.selected,
    mode: plan.mode,
    index: selected === undefined ? null : selected.rollup.indexes[selected.index].name,
    candidates: candidates.map((candidate) =>
      used.has(candidate.id) && !candidate.matched ? { ...candidate, partly: true } : candidate,
    ),
    pieces: plan.pieces.map(explainPiece),
  };
  return { plan, explanation };
}

function explainPiece(piece: Piece): ExplainedPiece {
  const asked = explainRanges(piece);
  if (piece.kind === 'source') return { from: 'source', ...asked };
  const grains = piece.rollup.columns.flatMap(({ role }) => (role.kind === 'time' ? [role.granularity] : []));
  return {
    from: piece.rollup.id,
    ...(grains.length === 1 ? { granularity: grains[0] } : {}),
    ...asked,
    partitions: piece.partitions.map(({ key }) => key),
  };
}

function explainRanges({ ranges }: Piece): Pick<ExplainedPiece, 'range' | 'ranges'> {
  if (ranges.length === 0) return {};
  if (ranges.length === 1) return { range: isoRange(ranges[0].range) };
  return { ranges: Object.fromEntries(ranges.map(({ dimension, range }) => [dimension, isoRange(range)])) };
}

function isoRange({ from, to }: TimeRange): readonly [string, string] {
  return [`${formatLocal(from)}Z`, `${formatLocal(to)}Z`];
}
