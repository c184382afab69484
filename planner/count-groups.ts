/** How many rows a rollup has, or would have: by the catalog, or by what the source was asked. */
import type { RollupMeta } from '../model/catalog.js';
import type { FixEstimate, SourceRequest } from '../model/plan.js';
import type { RollupShape } from './rollup-shape.js';

/** Rows of requests that the source has counted, by `groupsKey`. */
export type GroupCounts = ReadonlyMap<string, number>;

/** The groups of a rollup, without its measures: a request without keys counts the rows of the source. */
export function groupsRequest({ request }: RollupShape, keys = request.keys): SourceRequest {
  return { ...request, keys, states: [], page: null };
}

/** Names the groups of a request: two that are equal have as many rows. */
export function groupsKey({ dataSource, tree, keys }: SourceRequest): string {
  const joins = tree.joins.map((join) => [join.from, join.to]);
  return JSON.stringify([dataSource, tree.root, joins, keys.map((key) => key.column).toSorted()]);
}

/** Rows that are stored of a rollup. */
export function storedRows(meta: RollupMeta): number {
  return meta.partitions.reduce((sum, { files }) => sum + (files[0]?.rows ?? 0), 0);
}

/** Rows that a rollup would have once it is built; null: not counted yet. */
export function countedRows(counts: GroupCounts, rollup: RollupShape): number | null {
  return rollup.request.keys.length === 0 ? 1 : (counts.get(groupsKey(groupsRequest(rollup))) ?? null);
}

/** Null where a count is not known. */
export function estimateOf(base: number | null, rows: number | null): FixEstimate | null {
  if (base === null || rows === null) return null;
  return { rows, factor: rows / Math.max(1, base) };
}
