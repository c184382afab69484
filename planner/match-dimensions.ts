/** Everything that the query groups by must be a column of the rollup. */
import type { QueryShape } from './match-rollup.js';
import type { RollupShape } from './rollup-shape.js';
import type { Finding, Rule } from './rule.js';

export const dimensionsRule: Rule = {
  name: 'dimensions',
  asks: 'Is the rollup grouped by every dimension of the query?',
  codes: { dimension_missing: 'The rollup is not grouped by a dimension of the query.' },
  spec: ['B20', 'B24', 'B41'],
  check: matchDimensions,
};

function matchDimensions({ query }: QueryShape, rollup: RollupShape): readonly Finding[] | null {
  const missing = query.dimensions.filter((member) => !rollup.dimensions.has(member));
  if (missing.length === 0) return null;
  return missing.map((member) => ({
    code: 'dimension_missing',
    member,
    message: () => `${rollup.preAggregation.id} is not grouped by ${member}.`,
  }));
}
