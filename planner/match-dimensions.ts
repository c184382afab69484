/** Everything that the query groups or filters by must be a column of the rollup. */
import { filterMembers } from '../model/filter.js';
import type { Reason } from '../model/plan.js';
import type { DataModel } from '../model/schema.js';
import { addToList } from './fix.js';
import { measureOf } from './leaf-states.js';
import type { QueryShape } from './match-rollup.js';
import type { RollupShape } from './rollup-shape.js';

export function matchDimensions(model: DataModel, { query }: QueryShape, shape: RollupShape): Reason[] {
  const { preAggregation } = shape;
  const { id } = preAggregation;
  const reasons: Reason[] = [];
  for (const member of query.dimensions) {
    if (shape.dimensions.has(member)) continue;
    const message = `${id} is not grouped by ${member}.`;
    reasons.push({
      code: 'dimension_missing',
      message,
      member,
      fix: addToList(preAggregation, 'dimensions', member),
    });
  }
  for (const member of query.filter === null ? [] : filterMembers(query.filter)) {
    if (shape.dimensions.has(member) || query.dimensions.includes(member)) continue;
    if (shape.times.has(member)) {
      const message = `the query filters by each ${member}, of which ${id} holds only each ${shape.times.get(member)}: give a range of times as the dateRange of a time dimension.`;
      reasons.push({ code: 'filter_dimension_missing', message, member });
      continue;
    }
    const message = `the query filters by ${member}, which ${id} does not hold.`;
    reasons.push({
      code: 'filter_dimension_missing',
      message,
      member,
      fix: addToList(preAggregation, 'dimensions', member),
    });
  }
  for (const member of query.segments) {
    if (shape.segments.has(member)) continue;
    const message = `${id} does not hold the segment ${member}.`;
    reasons.push({
      code: 'segment_missing',
      message,
      member,
      fix: addToList(preAggregation, 'segments', member),
    });
  }
  for (const member of query.countedBy) {
    const { filters, drillFilters } = measureOf(model, member);
    if (filters.length + drillFilters.length === 0) continue;
    const message = `the query keeps the rows that ${member} counts; ${id} holds no rows, only groups.`;
    reasons.push({ code: 'measure_filter', message, member });
  }
  return reasons;
}
