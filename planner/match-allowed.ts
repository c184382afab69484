/** Who asks may say which rollups answer, and that none does. */
import type { RollupId } from '../model/schema.js';
import type { QueryShape } from './match-rollup.js';
import type { RollupShape } from './rollup-shape.js';
import type { Finding, Rule } from './rule.js';

export const allowedRule: Rule = {
  name: 'allowed',
  asks: 'Does the caller let the rollup answer?',
  codes: {
    not_among_used: 'The caller names the rollups that may answer (`use`), and it is not among them.',
    avoided: 'The caller wants no answer from it (`avoid`).',
    source_only: "The caller wants the answer of the source alone (`policy: 'sourceOnly'`).",
  },
  spec: ['E43'],
  check: (query, rollup) => matchAllowed(query, rollup),
};

function matchAllowed(
  { wish }: QueryShape,
  { preAggregation: { id } }: RollupShape,
): readonly Finding[] | null {
  const { policy, use, avoid } = wish;
  if (policy === 'sourceOnly') {
    return [finding('source_only', () => `the call asks the source alone, with policy: 'sourceOnly'.`)];
  }
  if (avoid.has(id)) return [finding('avoided', () => `the call avoids ${id}: take it off the list avoid.`)];
  if (use === null || use.has(id)) return null;
  return [finding('not_among_used', () => `the call uses ${listed(use)} alone: put ${id} on the list use.`)];
}

function listed(ids: ReadonlySet<RollupId>): string {
  return [...ids].join(', ') || 'no rollup';
}

function finding(code: Finding['code'], message: () => string): Finding {
  return { code, member: null, message };
}
