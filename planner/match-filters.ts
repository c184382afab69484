/** Everything that the query filters by must be a column of the rollup. */
import { grainName } from '../model/schema.js';
import type { DataModel, MemberId } from '../model/schema.js';
import { measureOf } from './leaf-states.js';
import type { QueryShape } from './match-rollup.js';
import type { RollupShape } from './rollup-shape.js';
import type { Finding, Rule } from './rule.js';

export const filtersRule: Rule = {
  name: 'filters',
  asks: 'Does the rollup hold every dimension that the query filters by?',
  codes: {
    filter_dimension_missing: 'The query filters by a dimension whose values the rollup does not hold.',
    measure_filter: 'The query keeps the rows that a measure counts (measureFilter); a rollup holds no rows.',
  },
  spec: ['B20', 'B23'],
  check: matchFilters,
};

function matchFilters(query: QueryShape, rollup: RollupShape): readonly Finding[] | null {
  // A dimension that the query also groups by is asked for by its own rule.
  const missing = query.filtered.filter(
    (member) => !rollup.dimensions.has(member) && !query.query.dimensions.includes(member),
  );
  const counted = query.query.countedBy.filter((member) => selectsRows(query.model, member));
  if (missing.length + counted.length === 0) return null;
  return [
    ...missing.map((member) => ({
      code: 'filter_dimension_missing' as const,
      member,
      message: () => missingMessage(member, rollup),
    })),
    ...counted.map((member) => ({
      code: 'measure_filter' as const,
      member,
      message: () =>
        `the query keeps the rows that ${member} counts; ${rollup.preAggregation.id} holds no rows, only groups.`,
    })),
  ];
}

/** Whether the measure counts only some rows. */
function selectsRows(model: DataModel, measure: MemberId): boolean {
  const { filters, drillFilters } = measureOf(model, measure);
  return filters.length + drillFilters.length > 0;
}

function missingMessage(member: MemberId, { preAggregation: { id }, times }: RollupShape): string {
  const stored = times.get(member);
  if (stored === undefined) return `the query filters by ${member}, which ${id} does not hold.`;
  return `the query filters by each ${member}, of which ${id} holds only each ${stored.map(grainName).join(' and ')}: give a range of times as the dateRange of a time dimension.`;
}
