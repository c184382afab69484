/**
 * Random models and queries with Cube deciding: whatever it chooses, the answer is the source's; what it chooses and
 * is exact is read, and where it chooses nothing no rollup is. Set GRANARY_SEED to replay another seed.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openStore, StoreError } from '../../dist/index.js';
import type { QueryResult } from '../../dist/index.js';
import type { CubeQuery } from '../support/cube-query.js';
import type { Store } from '../support/open-tables.js';
import { randomModel } from '../support/random-model.js';
import { randomQuery } from '../support/random-query.js';
import { Tape, tapes } from '../support/tape.js';

const long = process.env['GRANARY_LONG'] !== undefined;
const times = long ? 20 : 1;
const seed = Number(process.env['GRANARY_SEED'] ?? (long ? Date.now() % 2 ** 31 : 21));

const cases = fc.record({
  model: tapes(5_000),
  queries: fc.noBias(fc.array(tapes(120), { minLength: 20, maxLength: 40, size: 'max' })),
  nonStrict: fc.boolean(),
});

test(
  "[X21][X22][X23] answers are the source's, whatever Cube chooses",
  { timeout: long ? 3_600_000 : 120_000 },
  async () => {
    console.log(`compatibility, seed ${seed}`);
    const seen = new Map<string, number>();
    const count = (what: string): unknown => seen.set(what, (seen.get(what) ?? 0) + 1);
    await fc.assert(
      fc.asyncProperty(cases, async ({ model: cells, queries: lists, nonStrict }) => {
        const model = randomModel(new Tape(cells));
        const queries = lists.map((list) => randomQuery(new Tape(list), model));
        const rough = new Set(
          model.cubes.flatMap(({ measures }) =>
            measures.filter((measure) => measure.rough).map(({ id }) => id),
          ),
        );
        const folder = mkdtempSync(join(tmpdir(), 'granary-compatibility-'));
        const store = await openStore({
          model: model.document,
          store: folder,
          sources: { default: { type: 'duckdb' as const, init: [...model.init] } },
          compatibility: 'cube',
          allowNonStrictDateRangeMatch: nonStrict,
        });
        try {
          const expected: (QueryResult | null)[] = [];
          for (const query of queries) expected.push(await answer(store, query));
          for (const { id } of model.rollups) await build(store, id);
          for (const [at, query] of queries.entries()) {
            const source = expected[at];
            if (source == null) continue;
            const found = await answer(store, query);
            if (found === null) continue; // the type of a stored column, known now, does not fit a filter
            const told = `${JSON.stringify(query)}\n${model.init.join('\n')}\n${JSON.stringify(model.document)}`;
            expect(plain(found, rough), told).toEqual(plain(source, rough));
            count(await verdict(store, query, found, told));
          }
        } finally {
          await store.close();
          rmSync(folder, { recursive: true });
        }
      }),
      { seed, numRuns: 14 * times, endOnFailure: !long },
    );
    console.log(`compatibility, seed ${seed}: ${[...seen].map(([what, n]) => `${what} ${n}`).join(', ')}`);
    expect(seen.get('its choice')).toBeGreaterThan(20 * times);
    expect(seen.get('chooses nothing')).toBeGreaterThan(20 * times);
    expect((seen.get('another rollup') ?? 0) + (seen.get('the source') ?? 0)).toBeGreaterThan(5 * times);
  },
);

/** What became of Cube's choice; the plan, the verdicts and the answer must tell one story. */
async function verdict(store: Store, query: CubeQuery, { meta }: QueryResult, told: string): Promise<string> {
  const { selected, cube, candidates, pieces } = await store.explain(query);
  expect(cube?.selected, told).toBe(selected);
  expect(cube?.candidates.find(({ canUse }) => canUse)?.id ?? null, told).toBe(selected);
  const matched = candidates.filter((candidate) => candidate.matched).map(({ id }) => id);
  if (selected === null) {
    expect(meta.preAggregation, told).toBeNull();
    return matched.length > 0 ? 'refuses what is exact' : 'chooses nothing';
  }
  if (matched.includes(selected)) {
    expect(meta.preAggregation, told).toBe(selected);
    expect(cube?.deviation, told).toBeNull();
    return 'its choice';
  }
  expect(cube?.deviation, told).toContain(`Cube chooses ${selected}`);
  if (pieces.some(({ from }) => from === selected)) return 'its choice in part';
  return meta.preAggregation === null ? 'the source' : 'another rollup';
}

async function answer(store: Store, query: CubeQuery): Promise<QueryResult | null> {
  try {
    return await store.query(query);
  } catch (error) {
    if (error instanceof StoreError && error.code === 'query_invalid') return null;
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

/** The rows and their number; of sums that depend on the order of rows six digits count. */
function plain({ data, total }: QueryResult, rough: ReadonlySet<string>): object {
  const rows = data.map((row) =>
    Object.fromEntries(
      Object.entries(row).map(([name, cell]) => {
        const isRough = rough.has(name) && typeof cell === 'string';
        return [name, isRough ? sixDigits(Number(cell)) : cell];
      }),
    ),
  );
  return { rows, total };
}

/** Digits that a sum has whatever the order of its rows, even one that cancels to almost nothing. */
function sixDigits(value: number): string {
  return Math.abs(value) < 1 ? String(Math.round(value * 1e5) + 0) : value.toExponential(5);
}
