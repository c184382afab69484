/** How many groups the source has: asked by `explain`, for the estimates of its fixes. */
import { StoreError } from './model/errors.js';
import { LIMITS } from './model/limits.js';
import type { SourceRequest, Statement } from './model/plan.js';
import { groupsKey } from './planner/count-groups.js';
import type { GroupCounts } from './planner/count-groups.js';
import type { House } from './store-house.js';

interface Counted {
  readonly version: number;
  readonly counts: Map<string, number>;
}

/** Of one published state of a store: what the source holds is taken to change with a build. */
const countedOf = new WeakMap<House, Counted>();

/**
 * The first requests only, `LIMITS.explainCountsMax` of them that are not known yet. What the source does not
 * take is left unknown: an explanation is worth giving without it.
 */
export async function countGroups(
  house: House,
  version: number,
  requests: readonly SourceRequest[],
): Promise<GroupCounts> {
  const kept = countedOf.get(house);
  const counted = kept?.version === version ? kept : { version, counts: new Map<string, number>() };
  countedOf.set(house, counted);
  const { counts } = counted;
  const unknown = new Map(requests.map((request) => [groupsKey(request), request]));
  const asked = [...unknown].filter(([key]) => !counts.has(key)).slice(0, LIMITS.explainCountsMax);
  for (const [key, request] of asked) {
    const rows = await countRows(house, request);
    if (rows !== null) counts.set(key, rows);
  }
  return counts;
}

async function countRows(house: House, request: SourceRequest): Promise<number | null> {
  try {
    const source = house.source(request.dataSource);
    const { columns } = await source.query(countStatement(await house.statement(request)));
    const [column] = columns;
    return column === undefined ? null : Number(column.values[0]);
  } catch (error) {
    if (error instanceof StoreError) return null;
    throw error;
  }
}

/** Without keys the statement has one row for each row of the source: nothing is grouped. */
function countStatement({ text, params }: Statement): Statement {
  return { text: `SELECT count(*) AS "rows" FROM (${text}) AS "groups"`, params };
}
