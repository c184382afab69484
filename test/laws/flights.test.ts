/**
 * Random queries over a sample of the real flights, under four laws: the answer is the oracle's; a rollup and the
 * source say the same; workers and pruning change nothing. A failure prints the seed and the path to replay it:
 * set GRANARY_SEED.
 */
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openStore } from '../../dist/index.js';
import { assertEqualAnswers } from '../support/assert-equal-answers.js';
import type { Estimate } from '../support/assert-equal-answers.js';
import type { CubeQuery } from '../support/cube-query.js';
import { flightsQueries } from '../support/flights-queries.js';
import { flightsSample } from '../support/flights.js';
import type { FlightsSample } from '../support/flights.js';
import type { Store } from '../support/open-tables.js';

const long = process.env['GRANARY_LONG'] !== undefined;
const times = long ? 20 : 1;
const timeout = long ? 3_600_000 : 120_000;
const seed = Number(process.env['GRANARY_SEED'] ?? Date.now() % 2 ** 31);

let flights: FlightsSample;
let queries: fc.Arbitrary<CubeQuery>;
let store: Store;
let source: Store;

beforeAll(async () => {
  flights = await flightsSample(150);
  queries = flightsQueries(flights.rollups);
  store = await openAgain({});
  await store.build();
  source = await openStore({ ...flights.sourceOptions, store: join(flights.folder, 'none') });
  console.log(`flights: ${flights.flights.length} rows, seed ${seed}`);
}, timeout);

afterAll(async () => {
  await store?.close();
  await source?.close();
  flights?.remove();
});

/** The built store once more, with some optimisation switched. */
function openAgain(testing: object): Promise<Store> {
  return openStore({ ...flights.options, store: join(flights.folder, 'store'), testing });
}

async function forQueries(runs: number, law: (query: CubeQuery) => Promise<void>): Promise<void> {
  await fc.assert(fc.asyncProperty(queries, law), { seed, numRuns: runs * times });
}

test('every answer is the oracle’s, row for row, whichever way it took', { timeout }, async () => {
  const modes = new Map<string, number>();
  const rollups = new Set<string>();
  const estimates: Estimate[] = [];
  let answers = 0;
  let withRows = 0;
  await forQueries(300, async (query) => {
    const result = await store.query(query);
    const expected = flights.answer(query);
    estimates.push(...assertEqualAnswers(result, expected));
    if (query.total === true) expect(result.total).toBe(expected.total);
    answers += 1;
    if (expected.rows.length > 0) withRows += 1;
    modes.set(result.meta.mode, (modes.get(result.meta.mode) ?? 0) + 1);
    if (result.meta.preAggregation !== null) rollups.add(result.meta.preAggregation);
  });

  const share = (mode: string): number => (modes.get(mode) ?? 0) / answers;
  const shown = [...modes].map(([mode, count]) => `${mode} ${count}`).join(', ');
  console.log(`flights: ${answers} queries: ${shown}; by ${rollups.size} rollups; ${withRows} with rows`);
  // Of 300 queries about 36 % are of mode rollup, 11 % direct, 10 % hybrid, 42 % source, and 73 % have rows: by chance
  // a seed misses one of these bounds less than once in 1e9 runs.
  expect(share('rollup') + share('direct')).toBeGreaterThan(0.25);
  expect(share('rollup')).toBeGreaterThan(0.1);
  expect(share('direct')).toBeGreaterThan(0);
  expect(share('hybrid')).toBeGreaterThan(0.01);
  expect(share('source')).toBeGreaterThan(0.1);
  expect(rollups.size).toBeGreaterThan(1);
  expect(withRows / answers).toBeGreaterThan(0.5);

  const within = estimates.filter(
    (one) => Math.abs(one.estimate - one.exact) <= one.relativeError * one.exact + 1,
  );
  console.log(`flights: ${within.length} of ${estimates.length} estimates within the stated bound`);
  expect(estimates.length).toBeGreaterThan(100);
  expect(within.length / estimates.length).toBeGreaterThan(0.99);
});

test('a rollup answers as the source does, sketches included', { timeout }, async () => {
  let compared = 0;
  await forQueries(300, async (query) => {
    const fromRollup = await store.query(query);
    if (fromRollup.meta.mode === 'source') return;
    const fromSource = await source.query(query);
    expect(fromSource.meta).toMatchObject({ mode: 'source', preAggregation: null });
    expect(fromRollup.data).toEqual(fromSource.data);
    expect(fromRollup.total).toEqual(fromSource.total);
    expect(fromRollup.annotation).toEqual(fromSource.annotation);
    compared += 1;
  });
  expect(compared).toBeGreaterThan(90 * times);
});

test.for([
  ['workers = no workers', { workerRowsMin: 0 }],
  ['pruned = unpruned', { pruning: false, narrowing: false, blockRows: Infinity }],
  ['small blocks = large blocks', { blockRows: 64 }],
  ['dense groups = hashed groups', { denseGroups: false }],
  ['totals = rows', { totals: false }],
  ['states of partitions = rows', { states: 'eager' }],
  ['WebAssembly = TypeScript', { wasm: false }],
] as const)('%s', { timeout }, async ([, testing]) => {
  const switched = await openAgain(testing);
  const read = { here: 0, there: 0 };
  try {
    await forQueries(150, async (query) => {
      const here = await store.query(query);
      if (here.meta.mode === 'source') return;
      const there = await switched.query(query);
      expect(there.data).toEqual(here.data);
      expect(there.total).toEqual(here.total);
      expect(there.meta.preAggregation).toBe(here.meta.preAggregation);
      read.here += here.meta.partitions.read + (here.meta.rowsScanned ?? 0);
      read.there += there.meta.partitions.read + (there.meta.rowsScanned ?? 0);
    });
  } finally {
    await switched.close();
  }
  if ('pruning' in testing) expect(read.here).toBeLessThan(read.there);
  else if ('blockRows' in testing) expect(read.there).toBeLessThan(read.here);
  else if ('totals' in testing) expect(read.here).toBeLessThan(read.there);
  else expect(read.here).toBe(read.there);
});
