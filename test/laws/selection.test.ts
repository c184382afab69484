/**
 * `selection` decides who answers, not what is answered: random queries, to models whose rollups each have a thinner
 * twin of a higher priority, under all three. A failure prints the seed: set GRANARY_SEED to replay it.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openStore } from '../../dist/index.js';
import type { CubeQuery } from '../support/cube-query.js';
import { randomModel } from '../support/random-model.js';
import type { RandomModel } from '../support/random-model.js';
import { randomQuery } from '../support/random-query.js';
import { answerOf, buildWhatCan } from '../support/random-store.js';
import type { Answer } from '../support/random-store.js';
import { settleRows } from '../support/settle-rows.js';
import { Tape, tapes } from '../support/tape.js';
import { thinRollups } from '../support/thin-rollups.js';

const long = process.env['GRANARY_LONG'] !== undefined;
const seed = Number(process.env['GRANARY_SEED'] ?? (long ? Date.now() % 2 ** 31 : 155));

test('[X3] first, priority and cost give the same answers', { timeout: 3_600_000 }, async () => {
  console.log(`selection, seed ${seed}`);
  const lists = fc.array(tapes(120), { minLength: 12, maxLength: 12 });
  let differently = 0;
  for (const [cells, thin, tape] of fc.sample(fc.tuple(tapes(5_000), tapes(60), lists), {
    seed,
    numRuns: long ? 200 : 10,
  })) {
    const model = randomModel(new Tape(cells));
    const document = withTwins(new Tape(thin), model);
    const queries = tape.map((list) => randomQuery(new Tape(list), model));
    const [first, ...others] = await answersOfAll(model, document, queries);
    for (const [at, expected] of first.entries()) {
      for (const answers of others) {
        const answer = answers[at];
        expect(answer === null).toBe(expected === null);
        if (answer === null || expected === null) continue;
        differently += Number(answer.meta.preAggregation !== expected.meta.preAggregation);
        expect(answer.total).toBe(expected.total);
        expect(settleRows(model, answer.data, expected.data)).toEqual(expected.data);
      }
    }
  }
  expect(differently).toBeGreaterThan(10);
});

interface NamedRollup {
  readonly name: string;
}

interface CubeText {
  readonly pre_aggregations: readonly NamedRollup[];
}

function withTwins(tape: Tape, model: RandomModel): { readonly cubes: readonly object[] } {
  const twins = thinRollups(tape, model).cubes as readonly CubeText[];
  const cubes = model.document.cubes as readonly CubeText[];
  return {
    cubes: cubes.map((cube, at) => ({
      ...cube,
      pre_aggregations: [
        ...cube.pre_aggregations,
        ...twins[at].pre_aggregations.map((twin) => ({ ...twin, name: `${twin.name}_twin`, priority: 60 })),
      ],
    })),
  };
}

/** One store, built once, opened with each selection. */
async function answersOfAll(
  model: RandomModel,
  document: { readonly cubes: readonly object[] },
  queries: readonly CubeQuery[],
): Promise<(Answer | null)[][]> {
  const folder = mkdtempSync(join(tmpdir(), 'granary-selection-'));
  const sources = { default: { type: 'duckdb' as const, init: [...model.init] } };
  const all: (Answer | null)[][] = [];
  for (const selection of ['first', 'priority', 'cost'] as const) {
    const store = await openStore({ model: { ...document }, store: folder, sources, selection });
    const { rollups } = await store.status();
    if (selection === 'first') for (const { id } of rollups) await buildWhatCan(store, id);
    const answers: (Answer | null)[] = [];
    for (const query of queries) answers.push(await answerOf(store, query));
    all.push(answers);
    await store.close();
  }
  rmSync(folder, { recursive: true });
  return all;
}
