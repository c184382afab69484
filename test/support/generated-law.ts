/** One share of the law of the generator, so that several processes can take one each. */
import { expect } from 'vitest';
import { openStore } from '../../dist/index.js';
import { NaiveJudge } from './naive-judge.js';
import { sampleOf, statesOf } from './random-sample.js';
import { runCases, SWITCHES } from './run-cases.js';
import type { Failure, SwitchName } from './run-cases.js';
import { tellFailure } from './tell-failure.js';

const QUERIES = 80;
const MODELS = 250;
const OFTEN: readonly SwitchName[] = ['pruning', 'narrowing', 'largeBlocks', 'denseGroups', 'workers'];
const ALL = Object.keys(SWITCHES) as SwitchName[];
/** What part of the cases is asked again with a switch: of twenty thousand two thousand, or eight hundred. */
const partOf = (name: SwitchName): number => (OFTEN.includes(name) ? 0.1 : 0.04);
/** So much more is asked for: the last model may have no case that is asked again. */
const MARGIN = 1.02;
const SHRINK_MS = 60_000;
/** Failures after which a long run ends. */
const FAILURES_MAX = 10;

const long = process.env['GRANARY_LONG'] !== undefined;
const only = process.env['GRANARY_MODEL'];
const first = Number(process.env['GRANARY_FROM'] ?? only ?? 0);

/** The short form is the same in every run; new cases are for the long one. */
const seed = Number(process.env['GRANARY_SEED'] ?? (long ? Date.now() % 1_000 : 155));

/**
 * Runs the models whose number leaves the rest `share`, and throws with the smallest case that fails.
 * @returns the number of cases
 * GRANARY_SEED and GRANARY_MODEL replay one, GRANARY_LONG runs twenty times as many, from GRANARY_FROM on.
 */
export async function runShare(share: number, shares: number): Promise<number> {
  const models = only === undefined ? MODELS * (long ? 20 : 1) : Number(only) + 1;
  const failures: Error[] = [];
  const seen = new Map<string, number>();
  const tally = (what: string): unknown => seen.set(what, (seen.get(what) ?? 0) + 1);
  const judge = await NaiveJudge.open();
  const startedAt = performance.now();
  try {
    for (let at = share; at < models; at += shares) {
      if (at < first) continue;
      const sample = sampleOf(seed, at, QUERIES);
      const switches = only === undefined ? switchesDue(seen) : ALL;
      const options = { tally, walk: true, switches };
      const failure = await runCases(openStore, judge, sample, options);
      if (failure === null) continue;
      const told = await failed(judge, at, failure);
      if (!long || failures.length === FAILURES_MAX) throw told;
      // A long run tells at once, and goes on.
      console.error(told.message);
      failures.push(told);
    }
  } finally {
    judge.close();
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(0);
    console.log(`seed ${seed}, share ${share + 1} of ${shares}, ${seconds} s: ${listed(seen)}`);
  }
  if (failures.length > 0) throw failures[0];
  const cases = casesOf(seen);
  if (first === 0) expectShares(seen, cases, (models * QUERIES) / shares);
  return cases;
}

async function failed(judge: NaiveJudge, at: number, failure: Failure): Promise<Error> {
  const text = await tellFailure(
    sampleOf(seed, at, QUERIES),
    failure,
    (model, failing) =>
      runCases(
        openStore,
        judge,
        { model, cases: failing === null ? [] : [failing], states: statesOf(at) },
        { walk: true, switches: ALL },
      ),
    SHRINK_MS,
  );
  return new Error(`replay with GRANARY_SEED=${seed} GRANARY_MODEL=${at}\n${text}`);
}

/** Those with which fewer cases were asked again than should be, once those of the next model are counted. */
function switchesDue(seen: ReadonlyMap<string, number>): SwitchName[] {
  const cases = casesOf(seen) + QUERIES;
  return ALL.filter((name) => countOf(seen, `without ${name}`) <= cases * partOf(name) * MARGIN);
}

function listed(seen: ReadonlyMap<string, number>): string {
  return [...seen]
    .toSorted(([, a], [, b]) => b - a)
    .map(([what, count]) => `${what} ${count}`)
    .join(', ');
}

function countOf(seen: ReadonlyMap<string, number>, what: string): number {
  return seen.get(what) ?? 0;
}

function casesOf(seen: ReadonlyMap<string, number>): number {
  return modes(seen) + refusals(seen);
}

function modes(seen: ReadonlyMap<string, number>): number {
  return ['direct', 'rollup', 'hybrid', 'source'].reduce((sum, mode) => sum + countOf(seen, mode), 0);
}

function refusals(seen: ReadonlyMap<string, number>): number {
  return [...seen].reduce((sum, [what, count]) => sum + (what.startsWith('refused') ? count : 0), 0);
}

/** All that the law is about comes up, and little goes unjudged. */
function expectShares(seen: ReadonlyMap<string, number>, cases: number, wanted: number): void {
  const share = (what: string): number => countOf(seen, what) / cases;
  expect(cases).toBeGreaterThan(wanted - QUERIES);
  expect(share('direct')).toBeGreaterThan(0.03);
  expect(share('rollup')).toBeGreaterThan(0.15);
  expect(share('hybrid')).toBeGreaterThan(0.02);
  expect(share('refused: policy')).toBeGreaterThan(0.01);
  expect(share('source')).toBeLessThan(0.7);
  expect(share('walked')).toBeGreaterThan(0.06);
  expect(share('open')).toBeLessThan(0.02);
  expect(share('refused: fault of DuckDB')).toBeLessThan(0.001);
  expect(refusals(seen) / cases).toBeLessThan(0.12);
  for (const name of ALL) expect(countOf(seen, `without ${name}`)).toBeGreaterThan(wanted * partOf(name));
}
