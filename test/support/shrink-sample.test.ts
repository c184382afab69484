import { afterAll, beforeAll, expect, test } from 'vitest';
import { openStore } from '../../dist/index.js';
import { NaiveJudge } from './naive-judge.js';
import { sampleOf } from './random-sample.js';
import type { Sample } from './random-sample.js';
import { runCases } from './run-cases.js';
import type { Failure, OpenStore } from './run-cases.js';
import { shrinkSample } from './shrink-sample.js';
import type { Attempt } from './shrink-sample.js';
import { tellFailure } from './tell-failure.js';

let judge: NaiveJudge;
let found: { readonly sample: Sample; readonly failure: Failure };
beforeAll(async () => {
  judge = await NaiveJudge.open();
  found = await firstFailure();
});
afterAll(() => judge.close());

/** A store that loses the groups of NULL where a rollup answers. */
const forgetful: OpenStore = async (options) => {
  const store = await openStore(options);
  return {
    ...store,
    query: async (query, wish) => {
      const answer = await store.query(query, wish);
      if (answer.meta.mode === 'source') return answer;
      const dimensions = Object.keys(answer.annotation.dimensions);
      return { ...answer, data: answer.data.filter((row) => dimensions.every((name) => row[name] !== null)) };
    },
  };
};

const attempt: Attempt = (model, failed) =>
  runCases(forgetful, judge, { model, cases: failed === null ? [] : [failed], states: 'eager' });

async function firstFailure(): Promise<{ sample: Sample; failure: Failure }> {
  for (let at = 0; at < 50; at++) {
    const sample = sampleOf(155, at, 40);
    const failure = await runCases(forgetful, judge, sample);
    if (failure !== null) return { sample, failure };
  }
  throw new Error('the fault was not found');
}

test('a failing case is made small: one rollup, few rows, one dimension, and it still fails', async () => {
  const { sample, failure } = found;
  const small = await shrinkSample(sample.model, failure, attempt, 60_000);
  const { cubes, rollups, views } = small.model;
  expect(await attempt(small.model, small.failed)).toMatchObject({ kind: 'differs' });
  expect(rollups).toHaveLength(1);
  expect(views).toHaveLength(0);
  expect(cubes.flatMap(({ rows }) => rows).length).toBeLessThanOrEqual(3);
  expect(cubes.flatMap(({ measures }) => measures).length).toBeLessThanOrEqual(2);
  const { query } = small.failed as NonNullable<typeof small.failed>;
  expect(Object.keys(query).toSorted()).toEqual(['dimensions']);
});

test('a failure is told with all that replays it, in the time that it is given', async () => {
  const { sample, failure } = found;
  const startedAt = performance.now();
  const text = await tellFailure(sample, failure, attempt, 2_000);
  expect(performance.now() - startedAt).toBeLessThan(10_000);
  for (const part of ['cubes:', 'pre_aggregations:', 'CREATE TABLE', '-- query', '-- answer', '-- naive SQL'])
    expect(text).toContain(part);
});
