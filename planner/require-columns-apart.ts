import { StoreError } from '../model/errors.js';
import { memberColumn, timeColumn, timeName } from '../model/schema.js';
import type { QueryShape } from './match-rollup.js';

/**
 * Makes sure that no two things that the query groups by or computes share a column: `orders.created_at_day` and
 * `orders.created_at` by day would, and so would names that differ in case alone, which SQL does not tell apart.
 * @throws StoreError `query_invalid`
 */
export function requireColumnsApart({ query, states }: Pick<QueryShape, 'query' | 'states'>): void {
  const taken = new Map<string, string>();
  const take = (column: string, name: string): void => {
    const key = column.toLowerCase();
    const other = taken.get(key);
    if (other !== undefined && other !== name) {
      throw new StoreError('query_invalid', `${other} and ${name} would share the column ${column}.`, {
        next: 'Ask for them in separate queries, or rename one of them in the model.',
      });
    }
    taken.set(key, name);
  };
  for (const member of query.dimensions) take(memberColumn(member), member);
  for (const { dimension, granularity } of query.timeDimensions) {
    if (granularity !== null) take(timeColumn(dimension, granularity), timeName(dimension, granularity));
  }
  for (const { columns, measure } of states) for (const column of columns) take(column, measure.id);
}
