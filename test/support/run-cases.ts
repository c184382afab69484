/**
 * The law of the generator: what a store says to a random query of a random model is what naive SQL says over the raw
 * tables, whether rollups, the source or both answer, and whatever optimisation is switched off.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect, isDeepStrictEqual } from 'node:util';
import type { openStore } from '../../dist/index.js';
import { assertEqualAnswers } from './assert-equal-answers.js';
import { compareAnswers, compareEstimates, isSteadilySame } from './compare-answers.js';
import type { Outcome } from './compare-answers.js';
import type { NaiveAnswer, NaiveJudge } from './naive-judge.js';
import type { Case } from './random-case.js';
import type { RandomModel } from './random-model.js';
import { randomOracle } from './random-oracle.js';
import type { RandomOracle } from './random-oracle.js';
import type { Sample } from './random-sample.js';

export type OpenStore = typeof openStore;
type Store = Awaited<ReturnType<OpenStore>>;

export interface Failure {
  /** `differs`, or the code of an error that must not be. */
  readonly kind: string;
  readonly what: string;
  /** Null: it is a build that failed. */
  readonly failed: Case | null;
  readonly actual: Outcome | null;
  readonly expected: NaiveAnswer | null;
}

export interface Options {
  readonly tally?: (what: string) => void;
  /** Asks again with each of these optimisations switched off. */
  readonly switches?: readonly SwitchName[];
  /** Asks the row-by-row oracle too, where it can judge. */
  readonly walk?: boolean;
  /** Naive answers that are known already, by number; others are put in. */
  readonly known?: NaiveAnswer[];
  /** Outcomes are put in. */
  readonly outcomes?: Outcome[];
  /** A folder that stays, and whether its store is built already. */
  readonly folder?: string;
  readonly isBuilt?: boolean;
  /** The numbers of the cases that are asked; default all. */
  readonly only?: (at: number) => boolean;
}

/** Asks every case of a sample; null: the law holds. */
export async function runCases(
  open: OpenStore,
  judge: NaiveJudge,
  sample: Sample,
  options: Options = {},
): Promise<Failure | null> {
  const { model } = sample;
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'granary-cases-'));
  const { known = [] } = options;
  if (known.length === 0) await judge.load(model);
  const stores = new Map<string, Store>();
  const storeOf = async (name: string, more: object = {}): Promise<Store> => {
    const store =
      stores.get(name) ?? (await open({ ...storeOptions(sample, join(folder, 'built')), ...more }));
    stores.set(name, store);
    return store;
  };
  try {
    const failure = options.isBuilt === true ? null : await buildAll(await storeOf('built'), model);
    return failure ?? (await askAll({ judge, sample, known, options, storeOf }));
  } finally {
    for (const store of stores.values()) await store.close();
    if (options.folder === undefined) rmSync(folder, { recursive: true, force: true });
  }
}

interface Run {
  readonly judge: NaiveJudge;
  readonly sample: Sample;
  readonly known: NaiveAnswer[];
  readonly options: Options;
  readonly storeOf: (name: string, more?: object) => Promise<Store>;
}

async function askAll({ judge, sample, known, options, storeOf }: Run): Promise<Failure | null> {
  const { model, cases } = sample;
  const { tally = () => undefined } = options;
  const oracle = options.walk === true ? await randomOracle(model, (sql) => judge.rows(sql)) : null;
  for (const [at, failed] of cases.entries()) {
    if (options.only?.(at) === false) continue;
    const expected = (known[at] ??= await judge.answer(model, failed.query, failed.now));
    const actual = await askStore(await storeOf('built'), failed);
    options.outcomes?.push(actual);
    const failure = (what: string | null): Failure | null =>
      what === null ? null : { kind: 'differs', what, failed, actual, expected };
    const found =
      (await judgePolicy(failed, actual, storeOf)) ??
      judgeCase(failed, actual, expected, tally) ??
      (await judgeAgain(failed, actual, at, storeOf, tally)) ??
      (oracle === null ? null : walkRows(oracle, failed, actual, tally)) ??
      (await judgeEstimates(failed, actual, expected, storeOf)) ??
      (await judgeSwitches(options.switches ?? [], { model, failed, actual, expected }, storeOf, tally));
    if (found !== null) return failure(found);
  }
  return null;
}

function storeOptions({ model, states }: Sample, store: string): Parameters<OpenStore>[0] {
  return {
    model: model.document,
    store,
    selection: model.selection,
    threads: 2,
    // The stores are small, and few questions group alike: else nothing would ever be kept. No switch keeps states.
    testing: { states, eager: true },
    sources: { default: { type: 'duckdb', init: [...model.init] } },
  };
}

/** What may not be built stays unbuilt: a measure that joins multiply and that cannot be taken apart, or overflows. */
async function buildAll(store: Store, { rollups }: RandomModel): Promise<Failure | null> {
  for (const { id, built } of rollups) {
    if (built === 'nothing') continue;
    try {
      await store.build({ preAggregations: [id], ...(built !== 'all' && { range: built }) });
    } catch (error) {
      const { code, what } = errorOf(error);
      if (code !== 'query_invalid' && code !== 'value_out_of_range')
        return { kind: code, what: `build of ${id}: ${what}`, failed: null, actual: null, expected: null };
    }
  }
  return null;
}

/** By its code: a patched copy of the product has an error class of its own. */
function errorOf(error: unknown): { code: string; what: string } {
  const { code, message, stack } = error as Error & { code?: string };
  return code === undefined ? { code: 'thrown', what: String(stack) } : { code, what: message };
}

/** An error is an outcome too, of whatever code. */
async function askStore(store: Store, { query, now, options }: Case): Promise<Outcome> {
  try {
    const { data, total, meta, usedPreAggregations } = await store.query(query, { now, ...options });
    const rollups = Object.values(usedPreAggregations).map(({ preAggregationId }) => preAggregationId);
    const { mode, relativeErrors = {} } = meta;
    return { kind: 'answer', data, total, mode, rollups, relativeErrors };
  } catch (error) {
    const { code, what } = errorOf(error);
    return { kind: 'refused', code, message: what };
  }
}

function judgeCase(
  { query }: Case,
  actual: Outcome,
  expected: NaiveAnswer,
  tally: (what: string) => void,
): string | null {
  if (actual.kind === 'refused' && actual.code === 'not_covered') {
    tally('refused: policy');
    return null;
  }
  const verdict = compareAnswers(actual, expected, query.total === true);
  if (verdict.kind === 'differs') return verdict.what;
  if (verdict.kind === 'open') tally('open');
  tally(
    verdict.kind === 'refused'
      ? `refused: ${verdict.reason}`
      : actual.kind === 'answer'
        ? actual.mode
        : actual.code,
  );
  return null;
}

/** Of one case in three, what is asked again, as a dashboard does, and each time with less to look for. */
async function judgeAgain(
  failed: Case,
  actual: Outcome,
  at: number,
  storeOf: Run['storeOf'],
  tally: (what: string) => void,
): Promise<string | null> {
  if (at % 3 !== 0 || actual.kind === 'refused' || actual.mode !== 'rollup') return null;
  for (const time of ['second', 'third', 'fourth']) {
    const again = await askStore(await storeOf('built'), failed);
    if (!isDeepStrictEqual(again, actual))
      return `asked the ${time} time, the answer is ${inspect(again, { depth: 5 })}`;
  }
  tally('asked again');
  return null;
}

/** Nobody answers who may not, and what is refused because of rollups alone would have needed the source. */
async function judgePolicy(failed: Case, actual: Outcome, storeOf: Run['storeOf']): Promise<string | null> {
  const { policy = 'auto', use, avoid = [] } = failed.options;
  if (actual.kind === 'answer') {
    const { mode, rollups } = actual;
    if (policy === 'sourceOnly' && (mode !== 'source' || rollups.length > 0)) return `sourceOnly: ${mode}`;
    if (policy === 'rollupOnly' && mode !== 'rollup' && mode !== 'direct') return `rollupOnly: ${mode}`;
    const wrong = rollups.find((id) => avoid.includes(id) || use?.includes(id) === false);
    return wrong === undefined ? null : `${wrong} answered, which it may not`;
  }
  if (actual.code !== 'not_covered') return null;
  if (policy !== 'rollupOnly') return `not covered, although ${policy} lets the source answer`;
  const { policy: _policy, ...options } = failed.options;
  const free = await askStore(await storeOf('built'), { ...failed, options });
  const needed = free.kind === 'refused' || free.mode === 'source' || free.mode === 'hybrid';
  return needed ? null : `not covered, although ${free.rollups.join(', ')} could answer`;
}

/** The judge that walks over all rows. */
function walkRows(
  oracle: RandomOracle,
  { query }: Case,
  actual: Outcome,
  tally: (what: string) => void,
): string | null {
  const walked = actual.kind === 'answer' ? oracle.answer(query) : null;
  if (actual.kind !== 'answer' || walked === null) return null;
  try {
    assertEqualAnswers({ data: actual.data, meta: actual }, walked);
  } catch (error) {
    return `not what a walk over all rows gives: ${(error as Error).message}`;
  }
  if (query.total === true && actual.total !== walked.total)
    return `total is ${actual.total}, and ${walked.total} rows by a walk`;
  tally('walked');
  return null;
}

/** What a rollup estimates, the source estimates too. */
async function judgeEstimates(
  failed: Case,
  actual: Outcome,
  expected: NaiveAnswer,
  storeOf: Run['storeOf'],
): Promise<string | null> {
  if (actual.kind !== 'answer' || actual.mode === 'source' || expected.kind !== 'rows') return null;
  if (!expected.statement.estimated) return null;
  const source = await askStore(await storeOf('built'), { ...failed, options: { policy: 'sourceOnly' } });
  if (source.kind !== 'answer') return `the source refuses: ${source.message}`;
  if (source.mode !== 'source') return `sourceOnly: ${source.mode}`;
  return compareEstimates(actual, source, expected.statement);
}

export const SWITCHES = {
  pruning: { testing: { eager: true, pruning: false } },
  narrowing: { testing: { eager: true, narrowing: false } },
  // The stores are small: only blocks of a few rows are ever skipped.
  largeBlocks: { testing: { eager: true, blockRows: 3 } },
  denseGroups: { testing: { eager: true, denseGroups: false } },
  wasm: { testing: { eager: true, wasm: false } },
  workers: { testing: { eager: true, workerRowsMin: 0 } },
  totals: { testing: { eager: true, totals: false } },
  // What is laid out, kept or cut from the second time on, or of many rows and groups: nothing of it.
  eagerness: { testing: {} },
  // The second answer is the first, where the source has no part in it; else that of the plan which was kept.
  askingOnce: { resultCacheMb: 4 },
  keptAnswers: { resultCacheMb: 0 },
} as const;

export type SwitchName = keyof typeof SWITCHES;

interface JudgedCase {
  readonly model: RandomModel;
  readonly failed: Case;
  readonly actual: Outcome;
  readonly expected: NaiveAnswer;
}

/** The same answer, without any of the optimisations; but for last digits that hang on the order of a merge. */
async function judgeSwitches(
  switches: readonly SwitchName[],
  { model: { selection }, failed, actual, expected }: JudgedCase,
  storeOf: Run['storeOf'],
  tally: (what: string) => void,
): Promise<string | null> {
  if (actual.kind !== 'answer' || actual.mode === 'source') return null;
  for (const name of switches) {
    const more = SWITCHES[name];
    const store = await storeOf(name, more);
    if ('resultCacheMb' in more) await askStore(store, failed);
    const outcome = await askStore(store, failed);
    // The cheapest rollup is another one where none is spared a partition.
    const mayChoose = name === 'pruning' && selection === 'cost' && outcome.kind === 'answer';
    const { mode, rollups } = actual;
    const again = mayChoose && outcome.mode !== 'source' ? { ...outcome, mode, rollups } : outcome;
    const isSame =
      expected.kind === 'rows' && again.kind === 'answer'
        ? isSteadilySame(actual, again, expected.statement)
        : isDeepStrictEqual(again, actual);
    if (!isSame) return `not the same without ${name}: ${JSON.stringify(again)}`;
    tally(`without ${name}`);
  }
  return null;
}
