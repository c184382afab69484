/** `store.explain()`. */
import type { CatalogSnapshot } from './model/catalog.js';
import type { GroupCounts } from './planner/count-groups.js';
import { explainQuery } from './planner/explain-query.js';
import type { ExplainedPiece, Explanation } from './planner/explain-query.js';
import type { WishOptions } from './planner/rollup-wish.js';
import { countGroups } from './store-counts.js';
import type { House } from './store-house.js';
import { planOptions } from './store-plan.js';
import { heldCatalog, nowOf } from './store-query.js';
import type { QueryOptions } from './store-query.js';

export type ExplainOptions = Pick<QueryOptions, 'now' | 'asOf' | keyof WishOptions>;

/** The plan that `answerQuery` would run, or refuse, and why. */
export async function explainAnswer(
  house: House,
  query: unknown,
  options: ExplainOptions,
): Promise<Explanation> {
  const held = await heldCatalog(house, options);
  try {
    return await explainHeld(house, held.snapshot, query, options);
  } finally {
    held.release();
  }
}

async function explainHeld(
  house: House,
  catalog: CatalogSnapshot,
  query: unknown,
  options: ExplainOptions,
): Promise<Explanation> {
  const planning = planOptions(house, options, { now: nowOf(options) });
  const explain = (counts?: GroupCounts): Promise<ReturnType<typeof explainQuery>> =>
    house.storage.looking(catalog, (sound) => explainQuery(house.prepared, sound, query, planning, counts));
  const first = await explain();
  const { plan, uncounted } = first;
  const counts = uncounted.length === 0 ? null : await countGroups(house, catalog.version, uncounted);
  const { explanation } = counts === null ? first : await explain(counts);
  const pieces: ExplainedPiece[] = [];
  for (const [at, piece] of plan.pieces.entries()) {
    const sql = piece.kind === 'source' ? { sql: await house.statement(piece.request) } : {};
    pieces.push({ ...explanation.pieces[at], ...sql });
  }
  const sql = pieces.find((piece) => piece.sql !== undefined)?.sql;
  return { ...explanation, pieces, ...(sql === undefined ? {} : { sql }) };
}
