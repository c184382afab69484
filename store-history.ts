/** `store.history()`, `store.difference()`, `store.rollback()`: the publishes that are kept. */
import { StoreError } from './model/errors.js';
import { suggest } from './model/suggest.js';
import { differenceOf } from './storage/history.js';
import type { RollupDifference } from './storage/history.js';
import type { Storage } from './storage/storage.js';

export interface RollbackOptions {
  /** `cube.preAggregation`; default the whole store. */
  readonly preAggregations?: readonly string[];
}

/**
 * The number of the publish that was the last one at a time.
 * @param asOf the number itself, a Date, or ISO with Z
 * @throws StoreError `query_invalid`
 */
export async function publishOf(storage: Storage, asOf: number | string | Date): Promise<number> {
  if (typeof asOf === 'number' && Number.isSafeInteger(asOf) && asOf > 0) return asOf;
  const at = typeof asOf === 'number' ? Number.NaN : new Date(asOf).getTime();
  if (Number.isNaN(at)) {
    throw new StoreError('query_invalid', `asOf: ${String(asOf).slice(0, 100)} is no publish and no time.`, {
      next: "Give the number of a publish (granary history lists them), a Date, or a time such as '2024-01-01T00:00:00Z'.",
    });
  }
  const records = await storage.history();
  const found = records.find(({ publishedAt }) => publishedAt !== null && Date.parse(publishedAt) <= at);
  if (found !== undefined) return found.number;
  throw new StoreError('query_invalid', `no publish of ${new Date(at).toISOString()} or before is kept.`, {
    next: 'granary history lists those that are; the option keep of the store says how many.',
  });
}

/** What changed between two publishes, rollup by rollup; partitions of which the same bytes were built did not. */
export async function differenceBetween(
  storage: Storage,
  from: number,
  to: number,
): Promise<readonly RollupDifference[]> {
  const [before, after] = [await storage.holdPublish(from), await storage.holdPublish(to)];
  try {
    const ids = [...new Set([...before.snapshot.rollups.keys(), ...after.snapshot.rollups.keys()])];
    return await storage.looking(before.snapshot, (a) =>
      ids.flatMap((id) => differenceOf(id, a.rollups.get(id), after.snapshot.rollups.get(id)) ?? []),
    );
  } finally {
    before.release();
    after.release();
  }
}

/**
 * Publishes what an earlier publish held, as a new one: what is published meanwhile stays in the history.
 * @returns the number of the new publish
 * @throws StoreError `query_invalid`, `commit_conflict`
 */
export async function rollBack(
  storage: Storage,
  token: string,
  number: number,
  { preAggregations }: RollbackOptions,
): Promise<number> {
  const held = await storage.holdPublish(number);
  held.release();
  for (const id of preAggregations ?? []) {
    if (held.snapshot.rollups.has(id) || storage.snapshot().rollups.has(id)) continue;
    const near = suggest(id, [...held.snapshot.rollups.keys()]);
    throw new StoreError('query_invalid', `publish ${number} has no pre-aggregation '${id}'.`, {
      next: near === null ? 'granary history lists what is published.' : `Did you mean '${near}'?`,
    });
  }
  await storage.reload();
  const { version } = await storage.restore(token, number, preAggregations ?? null);
  return version;
}
