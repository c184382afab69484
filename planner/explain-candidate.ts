/** The verdict on one rollup: every check in order, with the reasons in words and the fix. */
import type { Candidate, Check, Reason } from '../model/plan.js';
import { findFix, reasonFix } from './find-fix.js';
import type { FixTools, FoundFix } from './find-fix.js';
import { askRules } from './match-rollup.js';
import type { RollupCandidate } from './match-rollup.js';

export interface ExplainedCandidate {
  readonly candidate: Candidate;
  /** Null where it matched. */
  readonly found: FoundFix | null;
}

/** @param rows to scan if it matches */
export function explainCandidate(
  tools: FixTools,
  rollup: RollupCandidate,
  rows: () => number,
): ExplainedCandidate {
  const { id, type } = rollup.preAggregation;
  const asked = askRules(tools.query, rollup);
  const matched = asked.every(({ findings }) => findings === null);
  const found = matched ? null : findFix(tools, rollup);
  const checks = asked.map(({ rule, findings }): Check => {
    const reasons = (findings ?? []).map((finding): Reason => {
      const { code, member, message } = finding;
      const fix = reasonFix(tools, rollup, finding);
      return {
        code,
        message: message(),
        ...(member === null ? {} : { member }),
        ...(fix === null ? {} : { fix }),
      };
    });
    return { rule, passed: findings === null, reasons };
  });
  const candidate: Candidate = {
    id,
    type,
    matched,
    checks,
    reasons: checks.flatMap((check) => check.reasons),
    rows: matched ? rows() : null,
    fix: found?.kind === 'fix' ? found.fix : null,
    help: found?.kind === 'none' ? found.help : null,
  };
  return { candidate, found };
}
