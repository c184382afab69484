/**
 * From a query to a plan that can be run. A plan is kept for the next time that the same text asks the same snapshot: to
 * plan takes longer than to answer most queries.
 */
import { isDeepStrictEqual } from 'node:util';
import { prepareQuery } from './engine/run-query.js';
import type { PreparedQuery } from './engine/run-query.js';
import type { CatalogSnapshot } from './model/catalog.js';
import { StoreError } from './model/errors.js';
import { LIMITS } from './model/limits.js';
import type { Refusal } from './model/cover.js';
import type { QueryPlan, RollupPiece } from './model/plan.js';
import { annotate } from './planner/annotate.js';
import type { Annotation } from './planner/annotate.js';
import { explainBox } from './planner/explain-boxes.js';
import { normaliseQuery } from './planner/normalise-query.js';
import { planQuery } from './planner/plan-query.js';
import type { PlanOptions } from './planner/plan-query.js';
import { refusalText } from './planner/refuse-source.js';
import type { WishOptions } from './planner/rollup-wish.js';
import { BoundedCache } from './store-bounded-cache.js';
import type { House } from './store-house.js';
import type { QueryMeta, QueryOptions } from './store-query.js';
import { textOf } from './store-query-texts.js';
import { usedPreAggregations } from './store-used-tables.js';
import type { UsedPreAggregation } from './store-used-tables.js';

/** A plan with all of its answer that no row changes. What is shared between answers is frozen. */
export interface AnswerPlan {
  readonly prepared: PreparedQuery;
  /** A number of its own while it is kept for further queries; null: it answers one. */
  readonly keptAs: number | null;
  readonly annotation: Annotation;
  readonly used: Readonly<Record<string, UsedPreAggregation>>;
  /** ISO with Z: of several rollups the oldest. Null: the source alone answers. */
  readonly refreshedAt: string | null;
  readonly meta: Pick<QueryMeta, 'mode' | 'preAggregation' | 'index' | 'partitions'>;
}

/** Plans by the text of their queries, all of one snapshot: another one begins anew. */
export class PlanCache {
  readonly #forget: () => void;
  readonly #plans = new BoundedCache<KeptPlan>(LIMITS.plansKept, LIMITS.planBytes);
  #snapshot: CatalogSnapshot | null = null;

  /** @param forget is called when all plans so far are of a snapshot that is gone */
  constructor(forget: () => void) {
    this.#forget = forget;
  }

  take(snapshot: CatalogSnapshot, text: string): KeptPlan | null {
    return snapshot === this.#snapshot ? this.#plans.take(text) : null;
  }

  keep(snapshot: CatalogSnapshot, text: string, kept: KeptPlan): void {
    if (snapshot !== this.#snapshot) {
      this.#plans.clear();
      this.#forget();
    }
    this.#snapshot = snapshot;
    const partitions = kept.plan.meta.partitions.read;
    this.#plans.keep(text, kept, PLAN_BYTES + 8 * text.length + 8 * partitions);
  }
}

/** Of a plan of the least query, near enough. */
const PLAN_BYTES = 8_000;

interface KeptPlan {
  readonly plan: AnswerPlan;
  /** It holds as long as now makes the same query of its text. */
  readonly isRelative: boolean;
}

/**
 * @param asked with the time that counts as now
 * @param text of what is asked
 * @throws StoreError `query_invalid`; `not_covered` where the policy forbids what the plan would read
 */
export async function planAnswer(
  house: House,
  catalog: CatalogSnapshot,
  asked: AskedPlan,
  now: number,
  text = planText(house, asked),
): Promise<AnswerPlan> {
  const kept = text === null ? null : keptPlan(house, house.storage.sound(catalog), text, now);
  if (kept !== null) return kept;
  // What is kept for a text is what the text says, whatever the object says that it was made of.
  const { query, ...options } = text === null ? asked : (JSON.parse(text) as AskedPlan);
  const { made, sound, isRelative } = await house.storage.looking(catalog, (snapshot) => {
    const clock = watchedClock(now);
    const planning = planOptions(house, options, clock);
    const plan = planQuery(house.prepared, snapshot, query, planning);
    if (plan.refusal !== null) throw notCovered(plan.refusal);
    // Cube's choice may hang on the year of now, which the query does not show.
    const isKept = text !== null && !(clock.isRead && house.config.compatibility === 'cube');
    const made = answerPlan(house, plan, isKept ? (plansMade += 1) : null);
    return { made, sound: snapshot, isRelative: clock.isRead };
  });
  if (text !== null && made.keptAs !== null) house.plans.keep(sound, text, { plan: made, isRelative });
  return made;
}

/** The plan for what is published now, where it is kept, without a pause. */
export function planAtHand(house: House, text: string | null, now: number): AnswerPlan | null {
  return text === null ? null : keptPlan(house, house.storage.snapshot(), text, now);
}

function keptPlan(house: House, sound: CatalogSnapshot, text: string, now: number): AnswerPlan | null {
  const kept = house.plans.take(sound, text);
  return kept !== null && holdsAt(house, kept, text, now) ? kept.plan : null;
}

/** In this process: tells plans apart. */
let plansMade = 0;

export interface AskedPlan extends WishOptions, Pick<QueryOptions, 'asOf'> {
  readonly query: unknown;
}

/** All that the plan of one snapshot is made of, but for the clock. Null: it is no plain text, or of another snapshot. */
export function planText(
  { testing, texts }: House,
  { query, policy, use, avoid, asOf }: AskedPlan,
): string | null {
  if (asOf !== undefined || testing.planCache === false) return null;
  if (policy === undefined && use === undefined && avoid === undefined) return texts.of(query);
  const asked = {
    query,
    ...(policy === undefined ? {} : { policy }),
    ...(use === undefined ? {} : { use }),
    ...(avoid === undefined ? {} : { avoid }),
  };
  return textOf(asked);
}

function holdsAt(house: House, { plan, isRelative }: KeptPlan, text: string, now: number): boolean {
  if (!isRelative) return true;
  const { query } = JSON.parse(text) as AskedPlan;
  return isDeepStrictEqual(normaliseQuery(house.prepared.model, query, { now }), plan.prepared.plan.query);
}

interface WatchedClock {
  readonly now: number;
  /** Whether somebody looked at it. */
  readonly isRead: boolean;
}

function watchedClock(now: number): WatchedClock {
  let isRead = false;
  return {
    get now() {
      isRead = true;
      return now;
    },
    get isRead() {
      return isRead;
    },
  };
}

export function planOptions(
  { config, testing }: House,
  { policy, use, avoid, asOf }: WishOptions & Pick<QueryOptions, 'asOf'>,
  clock: Pick<PlanOptions, 'now'>,
): PlanOptions {
  return {
    ...testing,
    get now() {
      return clock.now;
    },
    cube: config.compatibility === 'cube' ? config : null,
    // The source has no past: of an earlier publish only rollups tell.
    ...(asOf === undefined ? {} : { policy: 'rollupOnly' as const }),
    ...(policy === undefined ? {} : { policy }),
    ...(use === undefined ? {} : { use }),
    ...(avoid === undefined ? {} : { avoid }),
  };
}

function notCovered(refusal: Refusal): StoreError {
  return new StoreError('not_covered', refusalText(refusal), {
    next: "explain tells what would let a rollup hold them; policy: 'auto' lets the source answer for them.",
    uncovered: refusal.uncovered.flatMap(({ measures, boxes }) =>
      boxes.map((box) => ({ measures, times: explainBox(box) })),
    ),
  });
}

function answerPlan(house: House, plan: QueryPlan, keptAs: number | null): AnswerPlan {
  const used = plan.pieces.filter((piece): piece is RollupPiece => piece.kind === 'rollup');
  const selected = used.find(({ rollup }) => rollup.id === plan.selected);
  return {
    prepared: prepareQuery(plan, house.testing.totals !== false),
    keptAs,
    annotation: frozen(annotate(house.prepared.model, plan.query)),
    used: frozen(usedPreAggregations(house.config.schema, used)),
    refreshedAt:
      used.length === 0 ? null : isoTime(Math.min(...used.map(({ rollup }) => rollup.lastRefreshTime))),
    meta: {
      mode: plan.mode,
      preAggregation: plan.selected,
      index: selected === undefined ? null : selected.rollup.indexes[selected.index].name,
      partitions: frozen(countPartitions(used)),
    },
  };
}

export function isoTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

/** Each partition once, also when several pieces read of it. */
function countPartitions(pieces: readonly RollupPiece[]): QueryMeta['partitions'] {
  const read = new Set(pieces.flatMap(({ partitions }) => partitions));
  const totals = new Map(pieces.map(({ rollup, partitionsTotal }) => [rollup, partitionsTotal]));
  return { read: read.size, total: [...totals.values()].reduce((sum, total) => sum + total, 0) };
}

/** Down to what a user's own `meta` holds. */
function frozen<T extends object>(value: T): T {
  for (const [key, { value: inner }] of Object.entries(Object.getOwnPropertyDescriptors(value)))
    if (key !== 'meta' && typeof inner === 'object' && inner !== null) frozen(inner as object);
  return Object.freeze(value);
}
