/**
 * Random models over random tables, and random queries of them, under two laws: what a rollup answers is what the
 * source answers, and what the source answers is what a walk over all rows gives. A failure prints the seed: set
 * GRANARY_SEED to replay it, and GRANARY_LONG for twenty times the cases.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openStore, StoreError } from '../../dist/index.js';
import { assertEqualAnswers } from '../support/assert-equal-answers.js';
import type { CubeQuery } from '../support/cube-query.js';
import type { Store } from '../support/open-tables.js';
import { ownGranularities } from '../support/random-granularities.js';
import { randomModel } from '../support/random-model.js';
import type { RandomModel } from '../support/random-model.js';
import { randomOracle } from '../support/random-oracle.js';
import { randomQuery } from '../support/random-query.js';
import { settleRows } from '../support/settle-rows.js';
import { Tape, tapes } from '../support/tape.js';

const long = process.env['GRANARY_LONG'] !== undefined;
const times = long ? 20 : 1;
const timeout = long ? 3_600_000 : 120_000;
// The short form is the same in every run; new cases are for the long one.
const seed = Number(process.env['GRANARY_SEED'] ?? (long ? Date.now() % 2 ** 31 : 155));

/** 25 queries on average. */
const cases = fc.record({
  model: tapes(5_000),
  queries: fc.noBias(fc.array(tapes(120), { minLength: 1, maxLength: 49, size: 'max' })),
});

test(
  'rollups of random models answer as the source, and the source as a walk over all rows',
  { timeout },
  async () => {
    console.log(`models, seed ${seed}`);
    const seen = new Map<string, number>();
    const count = (what: string): unknown => seen.set(what, (seen.get(what) ?? 0) + 1);
    const law = async (model: RandomModel, queries: readonly CubeQuery[], store: Store): Promise<void> => {
      const oracle = await randomOracle(model);
      const expected: Outcome[] = [];
      for (const query of queries) {
        const answer = await outcome(store, query);
        expected.push(answer);
        if (answer.error !== null) continue;
        const walked = oracle.answer(query);
        if (walked === null) continue;
        explained(model, query, () => {
          assertEqualAnswers(answer, walked);
          if (query.total === true) expect(answer.total).toBe(walked.total);
        });
        count('walked');
      }
      for (const { id } of model.rollups) await build(store, id);
      for (const [at, query] of queries.entries()) {
        const answer = await outcome(store, query);
        count(answer.error ?? answer.meta.mode);
        if (answer.error === null && asksForOwn(query)) count(`own ${answer.meta.mode}`);
        explained(model, query, () => expectSame(model, answer, expected[at]));
      }
    };
    await fc.assert(
      fc.asyncProperty(cases, async ({ model: cells, queries: lists }) => {
        const model = randomModel(new Tape(cells));
        const queries = lists.map((list) => randomQuery(new Tape(list), model));
        const folder = mkdtempSync(join(tmpdir(), 'granary-models-'));
        const sources = { default: { type: 'duckdb' as const, init: [...model.init] } };
        const store = await openStore({ model: model.document, store: folder, sources });
        try {
          await law(model, queries, store);
        } finally {
          await store.close();
          rmSync(folder, { recursive: true });
        }
      }),
      // Shrinking runs a model thousands of times: only the long form has the time for it.
      { seed, numRuns: 40 * times, endOnFailure: !long },
    );
    const sum = (...what: string[]): number => what.reduce((all, name) => all + (seen.get(name) ?? 0), 0);
    const total = sum('source', 'rollup', 'direct', 'hybrid', 'query_invalid');
    const share = (...what: string[]): number => sum(...what) / total;
    console.log(`models, seed ${seed}: ${[...seen].map(([what, number]) => `${what} ${number}`).join(', ')}`);
    expect(total).toBeGreaterThan(400 * times);
    expect(share('rollup', 'direct')).toBeGreaterThan(0.15);
    expect(share('rollup')).toBeGreaterThan(0.08);
    expect(share('hybrid')).toBeGreaterThan(0.005);
    expect(share('query_invalid')).toBeLessThan(0.2);
    expect(share('walked')).toBeGreaterThan(0.08);
    expect(share('own rollup', 'own direct')).toBeGreaterThan(0.01);
  },
);

/** Whether a time is cut by a granularity that its dimension defines. */
function asksForOwn({ timeDimensions = [] }: CubeQuery): boolean {
  return timeDimensions.some(
    (time) => typeof time !== 'string' && Object.hasOwn(ownGranularities, time.granularity ?? ''),
  );
}

type Answer = Awaited<ReturnType<Store['query']>> & { readonly error: null };
type Outcome = Answer | { readonly error: string; readonly message: string };

/** A query may be refused; anything else that is thrown fails the law. */
async function outcome(store: Store, query: CubeQuery): Promise<Outcome> {
  try {
    return { ...(await store.query(query)), error: null };
  } catch (error) {
    if (error instanceof StoreError && error.code === 'query_invalid')
      return { error: error.code, message: error.message };
    throw error;
  }
}

/** A rollup may hold a measure that its joins multiply, and that cannot be taken apart; it stays unbuilt. */
async function build(store: Store, id: string): Promise<void> {
  try {
    await store.build({ preAggregations: [id] });
  } catch (error) {
    if (!(error instanceof StoreError) || error.code !== 'query_invalid') throw error;
  }
}

function expectSame(model: RandomModel, answer: Outcome, expected: Outcome): void {
  if (answer.error !== null || expected.error !== null) {
    // A rollup without rows does not know that a filter does not fit the type of its column.
    const blind = expected.error === 'query_invalid' && answer.error === null && answer.data.length === 0;
    if (!blind) expect(answer).toEqual(expected);
    return;
  }
  expect(expected.meta.mode).toBe('source');
  expect(answer.total).toBe(expected.total);
  expect(settleRows(model, answer.data, expected.data)).toEqual(expected.data);
}

/** Puts what was asked, and of what, in front of a failure. */
function explained(model: RandomModel, query: CubeQuery, check: () => void): void {
  try {
    check();
  } catch (error) {
    const told = [JSON.stringify(query), ...model.init, JSON.stringify(model.document)].join('\n');
    throw new Error(`${told}\n${(error as Error).message}`, { cause: error });
  }
}
