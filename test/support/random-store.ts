/** Real stores over random models. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore, StoreError } from '../../dist/index.js';
import type { CubeQuery } from './cube-query.js';
import type { Store } from './open-tables.js';
import type { RandomModel } from './random-model.js';

/** A store in a folder of its own, over the tables of a random model. */
export async function withStore(
  model: RandomModel,
  document: object,
  work: (store: Store) => Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'granary-random-'));
  const sources = { default: { type: 'duckdb' as const, init: [...model.init] } };
  const store = await openStore({ model: { ...document }, store: folder, sources });
  try {
    await work(store);
  } finally {
    await store.close();
    rmSync(folder, { recursive: true });
  }
}

export type Answer = Awaited<ReturnType<Store['query']>>;

/** Null for a query that is refused. */
export async function answerOf(store: Store, query: CubeQuery): Promise<Answer | null> {
  try {
    return await store.query(query);
  } catch (error) {
    if (error instanceof StoreError && error.code === 'query_invalid') return null;
    throw error;
  }
}

/** A rollup may hold a measure that its joins multiply, and that cannot be taken apart; it stays unbuilt. */
export async function buildWhatCan(store: Store, id: string): Promise<void> {
  try {
    await store.build({ preAggregations: [id] });
  } catch (error) {
    if (!(error instanceof StoreError) || error.code !== 'query_invalid') throw error;
  }
}
