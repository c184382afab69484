/** Every segment of the query must be a column of the rollup. */
import type { QueryShape } from './match-rollup.js';
import type { RollupShape } from './rollup-shape.js';
import type { Finding, Rule } from './rule.js';

export const segmentsRule: Rule = {
  name: 'segments',
  asks: 'Does the rollup hold every segment of the query?',
  codes: { segment_missing: 'The rollup does not hold a segment of the query.' },
  spec: ['B20'],
  check: matchSegments,
};

function matchSegments({ query }: QueryShape, rollup: RollupShape): readonly Finding[] | null {
  const missing = query.segments.filter((segment) => !rollup.segments.has(segment));
  if (missing.length === 0) return null;
  return missing.map((member) => ({
    code: 'segment_missing',
    member,
    message: () => `${rollup.preAggregation.id} does not hold the segment ${member}.`,
  }));
}
