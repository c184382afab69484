import {
  type CubeDocument,
  type DashboardQuery,
  type MemberDocument,
  type ModelDocument,
  type Store,
  type StoreOptions,
  openStore,
} from '../index.js';
import { type Verdict, compareAnswers, compareEstimates } from './compare-answers.js';
import { median } from './median.js';
import type { QuestionRun } from './try-result.js';

const RAW_RUNS = 3;
const GRANARY_RUNS = 50;
/** A way that takes longer than this in all is not run again. */
const RUN_MS_MAX = 3_000;

/** The same tables behind three models: with rollups, without, and without and counting distinct values exactly. */
export interface Ways {
  readonly rollups: Store;
  readonly source: Store;
  readonly exact: Store;
  readonly sketches: ReadonlySet<string>;
  close(): Promise<void>;
}

export async function openWays(
  document: ModelDocument,
  options: Required<Pick<StoreOptions, 'store' | 'sources' | 'selection'>>,
): Promise<Ways> {
  const open = (model: ModelDocument): Promise<Store> => openStore({ ...options, model: { ...model } });
  const stores = [
    await open(document),
    await open(withoutRollups(document)),
    await open(exactCounts(document)),
  ];
  const [rollups, source, exact] = stores;
  return {
    rollups,
    source,
    exact,
    sketches: sketchesOf(document),
    async close() {
      for (const store of stores) await store.close();
    },
  };
}

/** Answers a query both ways, compares every row, and takes the time of each. */
export async function runQuestion(
  ways: Ways,
  question: DashboardQuery,
  doubles: ReadonlySet<string>,
): Promise<QuestionRun> {
  const { title, query } = question;
  const { candidates, fix } = await ways.rollups.explain(query);
  const answer = await ways.rollups.query(query);
  const expected = await ways.source.query(query);
  let verdict: Verdict = compareAnswers(expected.data, answer.data, doubles);
  const sketches = (query.measures ?? []).filter((measure) => ways.sketches.has(measure));
  if (sketches.length > 0 && verdict.kind === 'equal') {
    const exact = await ways.exact.query(query);
    const keys = Object.keys(answer.data[0] ?? {}).filter((name) => !query.measures?.includes(name));
    const bounds = sketches.map((measure) => answer.meta.relativeErrors?.[measure] ?? 0);
    verdict = compareEstimates(exact.data, answer.data, { keys, sketches }, Math.max(...bounds));
  }
  return {
    title,
    query,
    rawMs: await medianMs(() => ways.exact.query(query), RAW_RUNS),
    granaryMs: await medianMs(() => ways.rollups.query(query), GRANARY_RUNS),
    meta: answer.meta,
    answerRows: answer.data.length,
    verdict,
    candidates,
    fix,
  };
}

/** Median time of a call in milliseconds; slow calls are repeated less often, and never less than once. */
async function medianMs(call: () => Promise<unknown>, runs: number): Promise<number> {
  const times: number[] = [];
  let all = 0;
  while (times.length < runs && (all < RUN_MS_MAX || times.length === 0)) {
    const startedAt = performance.now();
    await call();
    const time = performance.now() - startedAt;
    times.push(time);
    all += time;
  }
  return median(times);
}

function withoutRollups(document: ModelDocument): ModelDocument {
  const strip = ({ pre_aggregations: _dropped, ...cube }: CubeDocument): CubeDocument => cube;
  return { cubes: document.cubes.map(strip) };
}

function exactCounts(document: ModelDocument): ModelDocument {
  const exact = ({ precision: _dropped, ...measure }: MemberDocument): MemberDocument =>
    measure['type'] === 'count_distinct_approx' ? { ...measure, type: 'count_distinct' } : measure;
  const { cubes } = withoutRollups(document);
  return {
    cubes: cubes.map((cube) => (cube.measures ? { ...cube, measures: cube.measures.map(exact) } : cube)),
  };
}

function sketchesOf(document: ModelDocument): Set<string> {
  const ids = document.cubes.flatMap(({ name, measures = [] }) =>
    measures
      .filter((measure) => measure['type'] === 'count_distinct_approx')
      .map((measure) => `${name}.${measure.name}`),
  );
  return new Set(ids);
}
