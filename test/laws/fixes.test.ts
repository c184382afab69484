/**
 * `explain` keeps its word: of random misses, each proposed fix is applied to the model, built, and then a rollup
 * answers as the source does, and so does every rollup that answered before. A failure prints the seed: set
 * GRANARY_SEED to replay it, and GRANARY_LONG for ten times the cases.
 */
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { StoreError } from '../../dist/model/errors.js';
import type { Candidate, Explanation } from '../../dist/index.js';
import type { PreparedModel } from '../../dist/planner/plan-query.js';
import { explainQuery } from '../../dist/planner/explain-query.js';
import { applyPatch } from '../support/apply-patch.js';
import type { CubeQuery } from '../support/cube-query.js';
import { prepare } from '../support/fake-catalog.js';
import { randomModel } from '../support/random-model.js';
import type { RandomModel } from '../support/random-model.js';
import { randomQuery } from '../support/random-query.js';
import { answerOf, buildWhatCan, withStore } from '../support/random-store.js';
import type { Answer } from '../support/random-store.js';
import { settleRows } from '../support/settle-rows.js';
import { thinRollups } from '../support/thin-rollups.js';
import { Tape, tapes } from '../support/tape.js';

const long = process.env['GRANARY_LONG'] !== undefined;
const fixesMin = long ? 2_000 : 200;
const seed = Number(process.env['GRANARY_SEED'] ?? (long ? Date.now() % 2 ** 31 : 155));

const seen = new Map<string, number>();
const count = (what: string): unknown => seen.set(what, (seen.get(what) ?? 0) + 1);
const countOf = (what: string): number => seen.get(what) ?? 0;
const fixes = (): number => countOf('miss') - countOf('no fix');

test(
  '[E41] the fix of a miss, applied and built, makes a rollup answer as the source',
  { timeout: 3_600_000 },
  async () => {
    console.log(`fixes, seed ${seed}`);
    for (const sample of samples(fixesMin)) {
      if (fixes() >= fixesMin) break;
      await fixMisses(sample);
    }
    console.log([...seen].map(([what, number]) => `${what} ${number}`).join(', '));
    expect(fixes()).toBe(fixesMin);
    expect(countOf('no fix') / countOf('miss')).toBeLessThan(0.5);
    for (const kind of ['build', 'change', 'new rollup'])
      expect(countOf(kind)).toBeGreaterThan(fixesMin / 20);
  },
);

test('a fix takes no answer away that another query has', () => {
  let told = 0;
  for (const { document, queries } of samples(long ? 1_000 : 60)) {
    const today = prepare(document);
    const explained = queries.flatMap((query) => explainUnbuilt(today, query));
    for (const { candidates } of explained) {
      for (const { fix } of candidates) {
        if (fix === null || fix.patch.length === 0) continue;
        told += 1;
        const fixed = prepare(applyPatch(document, fix.patch));
        const after = queries.flatMap((query) => explainUnbuilt(fixed, query));
        const lost = explained.flatMap((before, at) =>
          holding(before).filter((id) => !holding(after[at]).includes(id)),
        );
        expect(lost).toEqual([]);
      }
    }
  }
  expect(told).toBeGreaterThan(100);
});

interface Sample {
  readonly model: RandomModel;
  /** The model, or the model with thinner rollups. */
  readonly document: object;
  readonly queries: readonly CubeQuery[];
}

function samples(number: number): Sample[] {
  const lists = fc.array(tapes(120), { minLength: 8, maxLength: 8 });
  const cells = fc.tuple(tapes(5_000), tapes(60), lists);
  return fc.sample(cells, { seed, numRuns: number }).map(([tape, thin, queries], at) => {
    const model = randomModel(new Tape(tape));
    return {
      model,
      document: at % 3 === 0 ? model.document : thinRollups(new Tape(thin), model),
      queries: queries.map((list) => randomQuery(new Tape(list), model)),
    };
  });
}

/** Nothing for a query that is refused. */
function explainUnbuilt(prepared: PreparedModel, query: CubeQuery): Explanation[] {
  try {
    return [explainQuery(prepared, { version: 0, rollups: new Map() }, query, { now: 0 }).explanation];
  } catch (error) {
    if (error instanceof StoreError && error.code === 'query_invalid') return [];
    throw error;
  }
}

/** The rollups that answer once they are built. */
function holding({ candidates }: Explanation): string[] {
  const passes = ({ checks }: Candidate): boolean =>
    checks.every(({ rule, passed }) => passed || rule === 'built');
  return candidates.filter(passes).map(({ id }) => id);
}

async function fixMisses({ model, document, queries }: Sample): Promise<void> {
  await withStore(model, document, async (store) => {
    const expected: (Answer | null)[] = [];
    for (const query of queries) expected.push(await answerOf(store, query));
    // Those that can be built; the last stays unbuilt.
    for (const { id } of model.rollups.slice(0, -1)) await buildWhatCan(store, id);
    for (const [at, query] of queries.entries()) {
      const wanted = expected[at];
      if (wanted === null || fixes() >= fixesMin) continue;
      const explanation = await store.explain(query);
      if (explanation.selected !== null) continue;
      count('miss');
      try {
        await fixMiss(model, document, query, wanted, explanation);
      } catch (error) {
        const { fix, obstacles } = explanation;
        const told = [query, { fix, obstacles }, model.init, document].map((part) => JSON.stringify(part));
        throw new Error(`${told.join('\n')}\n${(error as Error).message}`, { cause: error });
      }
    }
  });
}

async function fixMiss(
  model: RandomModel,
  document: object,
  query: CubeQuery,
  expected: Answer,
  { fix, obstacles, candidates }: Explanation,
): Promise<void> {
  if (fix === null) {
    count('no fix');
    expect(obstacles.length).toBeGreaterThan(0);
    for (const { code } of obstacles) count(code);
    return;
  }
  const target = candidates.find((candidate) => isDeepStrictEqual(candidate.fix, fix))?.id;
  count(target === undefined ? 'new rollup' : fix.patch.length === 0 ? 'build' : 'change');
  const rollup = target ?? /^Add a rollup (\S+) of /.exec(fix.text)?.[1] ?? '';
  await withStore(model, applyPatch(document, fix.patch), async (store) => {
    await store.build({ preAggregations: [rollup] });
    const { selected } = await store.explain(query);
    expect(selected).toBe(rollup);
    const answer = await store.query(query);
    expect(answer.meta.preAggregation).toBe(rollup);
    expect(answer.total).toBe(expected.total);
    expect(settleRows(model, answer.data, expected.data)).toEqual(expected.data);
    if (fix.estimate === null) return;
    count('estimate');
    const status = await store.status();
    expect(fix.estimate.rows).toBe(status.rollups.find(({ id }) => id === rollup)?.rows);
  });
}
