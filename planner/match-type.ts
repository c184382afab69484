/** Whether a pre-aggregation is of a type that is executed; all other rules ask about rollups. */
import type { PreAggregation } from '../model/schema.js';
import type { Finding, RuleText } from './rule.js';

export const typeRule: RuleText = {
  name: 'type',
  asks: 'Is the pre-aggregation of a type that is executed?',
  codes: {
    type_not_executable:
      'Of the types of pre-aggregations only `rollup` is executed; the others are understood and listed.',
  },
  spec: ['B46'],
};

export function typeFinding({ id, type }: PreAggregation): Finding {
  return {
    code: 'type_not_executable',
    member: null,
    message: () => `${id} is of type ${type}, which is understood but not executed yet.`,
  };
}
