import { memberColumn, timeColumn, timeName, type MemberId, type PreAggregation } from '../schema.js';
import type { Context } from './declare.js';
import type { LocatedMap } from './located.js';

/** The columns that a rollup holds, with what the user calls them. */
export interface RollupColumns {
  /** Dimensions, segments and times, by column: `orders__created_at_day` → `orders.created_at.day`. */
  readonly keys: ReadonlyMap<string, string>;
  readonly measures: ReadonlyMap<string, MemberId>;
  /** The first of `keys`, for a message. */
  readonly summary: string;
}

const SUMMARY_NAMES = 10;

type Lists = Pick<PreAggregation, 'measures' | 'dimensions' | 'segments' | 'timeDimensions'>;

/** Two members whose columns have one name are a problem; SQL names ignore case. */
export function rollupColumns(lists: Lists, node: LocatedMap, { problems }: Context): RollupColumns {
  const keys = new Map<string, string>();
  for (const member of [...lists.dimensions, ...lists.segments]) keys.set(memberColumn(member), member);
  const taken = new Map<string, string>();
  const times = lists.timeDimensions.map(
    ({ dimension, granularity }) =>
      [timeColumn(dimension, granularity), timeName(dimension, granularity)] as const,
  );
  for (const [column, name] of times) keys.set(column, name);
  const measures = new Map(lists.measures.map((member) => [memberColumn(member), member]));
  const members = [...lists.dimensions, ...lists.segments, ...lists.measures];
  const columns = [...members.map((member) => [memberColumn(member), member] as const), ...times];
  for (const [column, name] of columns) {
    const other = taken.get(column.toLowerCase());
    if (other !== undefined) {
      problems.add(
        node.place,
        `\`${other}\` and \`${name}\` would share the column \`${column}\`: rename one`,
      );
    }
    taken.set(column.toLowerCase(), name);
  }
  const names = [...keys.values()];
  const summary = [...names.slice(0, SUMMARY_NAMES), ...(names.length > SUMMARY_NAMES ? ['…'] : [])].join(
    ', ',
  );
  return { keys, measures, summary };
}
