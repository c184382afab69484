/** Everything that the query filters by must be a column of the rollup. */
import type { MemberId } from '../model/schema.js';
import type { QueryShape } from './match-rollup.js';
import type { RollupShape } from './rollup-shape.js';
import type { Finding, Rule } from './rule.js';

export const filtersRule: Rule = {
  name: 'filters',
  asks: 'Does the rollup hold every dimension that the query filters by?',
  codes: {
    filter_dimension_missing: 'The query filters by a dimension whose values the rollup does not hold.',
  },
  spec: ['B20', 'B23'],
  check: matchFilters,
};

function matchFilters({ query, filtered }: QueryShape, rollup: RollupShape): readonly Finding[] | null {
  // A dimension that the query also groups by is asked for by its own rule.
  const missing = filtered.filter(
    (member) => !rollup.dimensions.has(member) && !query.dimensions.includes(member),
  );
  if (missing.length === 0) return null;
  return missing.map((member) => ({
    code: 'filter_dimension_missing',
    member,
    message: () => missingMessage(member, rollup),
  }));
}

function missingMessage(member: MemberId, { preAggregation: { id }, times }: RollupShape): string {
  const stored = times.get(member);
  if (stored === undefined) return `the query filters by ${member}, which ${id} does not hold.`;
  return `the query filters by each ${member}, of which ${id} holds only each ${stored}: give a range of times as the dateRange of a time dimension.`;
}
