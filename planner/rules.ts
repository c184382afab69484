/** Every rule of matching, in the order in which a rollup is asked; docs/rules.md is made from this table. */
import { allowedRule } from './match-allowed.js';
import { builtRule } from './match-built.js';
import { dimensionsRule } from './match-dimensions.js';
import { filtersRule } from './match-filters.js';
import { joinsRule } from './match-joins.js';
import { measuresRule } from './match-measures.js';
import { segmentsRule } from './match-segments.js';
import { timesRule } from './match-times.js';
import { timezoneRule } from './match-timezone.js';
import { windowsRule } from './match-windows.js';
import type { Rule } from './rule.js';

/**
 * Those that ask what the rollup holds: the model alone decides them, and a change of it can. The rule of time zones
 * looks at stored times too, where there are any.
 */
export const MODEL_RULES: readonly Rule[] = [
  joinsRule,
  measuresRule,
  dimensionsRule,
  filtersRule,
  segmentsRule,
  timesRule,
  windowsRule,
  timezoneRule,
];

export const RULES: readonly Rule[] = [allowedRule, ...MODEL_RULES, builtRule];
