/** `store.query()`. */
import { isDeepStrictEqual } from 'node:util';
import type { RelativeErrors } from './engine/relative-error.js';
import { answerAtHand, isAtHand, runQuery } from './engine/run-query.js';
import type { QueryAnswer, QueryTools } from './engine/run-query.js';
import type { CatalogSnapshot } from './model/catalog.js';
import { StoreError } from './model/errors.js';
import { LIMITS } from './model/limits.js';
import type { Mode } from './model/plan.js';
import type { Annotation } from './planner/annotate.js';
import type { WishOptions } from './planner/rollup-wish.js';
import { throwIfAborted } from './model/throw-if-aborted.js';
import { withDeadline } from './store-deadline.js';
import type { HeldSnapshot } from './storage/storage.js';
import { publishOf } from './store-history.js';
import { checkOptions } from './store-options.js';
import { isoTime, planAnswer, planAtHand, planText } from './store-plan.js';
import type { AnswerPlan } from './store-plan.js';
import type { UsedPreAggregation } from './store-used-tables.js';
import type { House } from './store-house.js';

export interface QueryOptions extends WishOptions {
  /** Whom the answer is for: refused unless the store was opened for the same. */
  readonly securityContext?: unknown;
  readonly signal?: AbortSignal;
  /** Milliseconds after which the query ends with `timed_out`, wherever it is. Default: none. */
  readonly timeoutMs?: number;
  /**
   * On whose behalf it is asked, such as a user or a dashboard: clients take turns where queries wait. Default: all that
   * name none are one client.
   */
  readonly client?: string;
  /** The time that counts as now, for ranges such as `last week`: a date, or milliseconds since the epoch. */
  readonly now?: Date | number;
  readonly numbers?: 'string' | 'native';
  /**
   * The number of a publish that is kept, or a time (a Date, or ISO with Z): the last publish by then. Rollups alone
   * answer as they were; with `policy: 'auto'` the source, as it is now, fills what they lack.
   */
  readonly asOf?: number | string | Date;
}

export interface QueryResult {
  /** Rows as Cube's REST API gives them. */
  readonly data: readonly Readonly<Record<string, unknown>>[];
  readonly annotation: Annotation;
  readonly usedPreAggregations: Readonly<Record<string, UsedPreAggregation>>;
  /** ISO with Z: when the rollup was built, of several the oldest, or now for an answer from the source alone. */
  readonly lastRefreshTime: string;
  /** Rows before limit and offset; only when the query asks with `total: true`. */
  readonly total?: number;
  readonly meta: QueryMeta;
}

export interface QueryMeta {
  readonly mode: Mode;
  /** Of several rollups the one that answers for the longest range. */
  readonly preAggregation: string | null;
  /** Of that rollup; null for its default index and for the source. */
  readonly index: string | null;
  /** Of all rollups that answer. */
  readonly partitions: { readonly read: number; readonly total: number };
  /** Of all rollups that answer; the source does not tell. */
  readonly rowsScanned: number | null;
  /** False when a number is an estimate or is calculated from some, or rows were chosen by one. */
  readonly exact: boolean;
  /** The answer to an earlier query, of the same publish; then no row was looked at for this one. */
  readonly cached?: true;
  /** Of what is not exact, the largest of `relativeErrors`; null where one of them is. */
  readonly relativeError?: number | null;
  /**
   * By measure, how far its numbers may be off as a share of the true ones, while each estimate in them is within three
   * sigma of its own: 2e / (1 − e) for the ratio of two estimates. Null: there is no bound, as for a difference of two.
   */
  readonly relativeErrors?: RelativeErrors;
  readonly durationMs: number;
}

/** @throws StoreError */
export async function answerQuery(house: House, query: unknown, wish?: QueryOptions): Promise<QueryResult> {
  const startedAt = performance.now();
  const options = checkOptions('query', wish);
  requireContext(house, options);
  const now = nowOf(options);
  const { client = '', timeoutMs, signal } = options;
  house.queries.enter(client);
  try {
    const text = planText(house, { ...options, query });
    const asked = { query, text, options, signal, now, startedAt };
    const plan = timeoutMs === undefined ? planAtHand(house, text, now) : null;
    if (plan !== null && isAtHand(plan.prepared)) {
      const turn = house.turns.next(client);
      if (turn !== null) await turn;
      throwIfAborted(signal);
      return answerPlanned(house, plan, asked);
    }
    return await withDeadline(timeoutMs, signal, (ends) => answerHeld(house, { ...asked, signal: ends }));
  } finally {
    house.queries.leave(client);
  }
}

/** Of what lies at hand: the way of most queries of a dashboard, and so without a pause and without a file. */
function answerPlanned(house: House, plan: AnswerPlan, asked: AskedQuery): QueryResult {
  const numbers = numbersOf(house, asked);
  const known = house.answers.take(plan, numbers);
  const rows = known ?? answerAtHand(plan.prepared, numbers);
  if (known === null) house.answers.keep(plan, numbers, rows);
  return resultOf(plan, rows, known !== null, asked);
}

async function answerHeld(house: House, asked: AskedQuery): Promise<QueryResult> {
  const { options } = asked;
  // Without a pause where there is no need of one.
  const held = options.asOf === undefined ? house.storage.hold() : await heldCatalog(house, options);
  try {
    return await answerSound(house, held.snapshot, asked);
  } catch (error) {
    if (!(await isOutdated(house, held.snapshot, error, options))) throw error;
  } finally {
    held.release();
  }
  const newest = await heldCatalog(house, options);
  try {
    return await answerSound(house, newest.snapshot, asked);
  } finally {
    newest.release();
  }
}

/** Whether a file is gone because others published anew and collected: where this process cannot write, it holds nothing. */
async function isOutdated(
  { storage }: House,
  { version }: CatalogSnapshot,
  error: unknown,
  { asOf }: QueryOptions,
): Promise<boolean> {
  if (!(error instanceof StoreError) || error.code !== 'file_missing' || asOf !== undefined) return false;
  return (await storage.reload()).version !== version;
}

interface AskedQuery {
  readonly query: unknown;
  /** By which its plan is kept. */
  readonly text: string | null;
  readonly options: QueryOptions;
  /** Of the caller, and of the deadline. */
  readonly signal: AbortSignal | undefined;
  readonly now: number;
  /** By the monotonic clock. */
  readonly startedAt: number;
}

/** No byte that is not what was published: what turns out to be damaged is set aside, and the query planned anew. */
async function answerSound(house: House, catalog: CatalogSnapshot, asked: AskedQuery): Promise<QueryResult> {
  const { query, text, options, signal, now } = asked;
  for (;;) {
    throwIfAborted(signal);
    const plan = await planAnswer(house, catalog, { ...options, query }, now, text);
    try {
      return await runPlan(house, plan, asked);
    } catch (error) {
      const damage = await house.storage.setAside(error, catalog);
      if (damage === null) throw error;
      house.mend(damage.rollup);
    }
  }
}

/** What is published now, or was by the publish that the query asks for: kept readable until it is released. */
export async function heldCatalog(house: House, { asOf }: Pick<QueryOptions, 'asOf'>): Promise<HeldSnapshot> {
  const { storage } = house;
  return asOf === undefined ? storage.hold() : storage.holdPublish(await publishOf(storage, asOf));
}

/** What the store was opened for stands in its SQL and in its files: another context needs a store of its own. */
function requireContext(house: House, { securityContext }: Pick<QueryOptions, 'securityContext'>): void {
  if (securityContext === undefined || isDeepStrictEqual(securityContext, house.config.securityContext))
    return;
  throw new StoreError('query_invalid', 'the query is for another securityContext than the store.', {
    next: 'Open one store for each context, with openStore({ securityContext, … }), and ask the one that fits.',
  });
}

/** The clock is looked at here and, for a query, only once: all that is relative in it means one time. */
export function nowOf(options: Pick<QueryOptions, 'now'>): number {
  const now = new Date(options.now ?? Date.now()).getTime();
  if (!Number.isNaN(now)) return now;
  throw new StoreError('query_invalid', 'the option now is no time.', {
    next: 'Give a valid Date or milliseconds since the epoch, or leave it out.',
  });
}

async function runPlan(house: House, plan: AnswerPlan, asked: AskedQuery): Promise<QueryResult> {
  const numbers = numbersOf(house, asked);
  const known = house.answers.take(plan, numbers);
  const rows = known ?? (await runQuery(plan.prepared, queryTools(house, asked.options, asked.signal)));
  if (known === null) house.answers.keep(plan, numbers, rows);
  return resultOf(plan, rows, known !== null, asked);
}

function numbersOf({ config }: House, { options }: AskedQuery): 'string' | 'native' {
  return options.numbers ?? config.numbers;
}

function resultOf(
  { annotation, used, refreshedAt, meta: planned }: AnswerPlan,
  { data, total, rowsScanned, relativeErrors }: QueryAnswer,
  isKnown: boolean,
  { now, startedAt }: AskedQuery,
): QueryResult {
  const { mode, preAggregation, index, partitions } = planned;
  const meta: Writable<QueryMeta> = {
    mode,
    preAggregation,
    index,
    partitions,
    rowsScanned: isKnown ? 0 : rowsScanned,
    exact: true,
    durationMs: 0,
  };
  addErrors(meta, relativeErrors);
  if (isKnown) meta.cached = true;
  const result: Writable<QueryResult> = {
    data,
    annotation,
    usedPreAggregations: used,
    lastRefreshTime: refreshedAt ?? isoTime(now),
    meta,
  };
  if (total !== null) result.total = total;
  meta.durationMs = performance.now() - startedAt;
  return result;
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

function addErrors(meta: Writable<QueryMeta>, relativeErrors: RelativeErrors): void {
  const errors = Object.values(relativeErrors);
  if (errors.length === 0) return;
  const bounds = errors.filter((error) => error !== null);
  meta.exact = false;
  meta.relativeError = bounds.length < errors.length ? null : Math.max(...bounds);
  meta.relativeErrors = relativeErrors;
}

function queryTools(house: House, options: QueryOptions, signal: AbortSignal | undefined): QueryTools {
  const { testing } = house;
  return {
    storage: house.storage,
    dictionariesOf: (rollup) => house.dictionariesOf(rollup),
    scan: {
      pool: house.pool,
      workerRowsMin: testing.workerRowsMin,
      isAlone: () => house.queries.count === 1,
      turns: house.turns,
      client: options.client,
      grouping: testing.denseGroups === false ? 'hashed' : 'auto',
      states: testing.states,
      eager: testing.eager,
      blockRows: testing.blockRows ?? LIMITS.blockRows,
      plainKernels: testing.wasm === false,
      roomBytes: house.config.queryBytesMax,
    },
    narrowing: testing.narrowing ?? true,
    source: (name) => house.source(name),
    statement: (request) => house.statement(request),
    numbers: options.numbers ?? house.config.numbers,
    signal,
  };
}
