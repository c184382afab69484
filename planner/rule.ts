/** What every rule of matching is: a check that both execution and `explain` run, and its row in docs/rules.md. */
import type { RollupMeta } from '../model/catalog.js';
import type { ReasonCode, RuleName } from '../model/reason-code.js';
import type { MemberId } from '../model/schema.js';
import type { QueryShape } from './match-rollup.js';
import type { RollupShape } from './rollup-shape.js';

export interface Rule extends RuleText {
  /** Null, or what speaks against the rollup: at least one finding. It makes no text. */
  readonly check: (query: QueryShape, rollup: RollupShape, built: BuiltRollup) => readonly Finding[] | null;
}

export interface RuleText {
  readonly name: RuleName;
  /** The question, in one sentence. */
  readonly asks: string;
  /** Every code that the rule gives, with the sentence that explains it. */
  readonly codes: Readonly<Partial<Record<ReasonCode, string>>>;
  /** What the rule follows: ids of the checklist of Cube's documented behaviour. */
  readonly spec: readonly string[];
}

/** One thing that speaks against a rollup. The message is made when somebody wants to read it. */
export interface Finding {
  readonly code: ReasonCode;
  readonly member: MemberId | null;
  readonly message: () => string;
}

export interface BuiltRollup {
  /** Hash of the definition that the model has now. */
  readonly definition: string;
  /** What is published; null: nothing. */
  readonly meta: RollupMeta | null;
}

/** The findings of a check: null where there is none. */
export function foundOrNull(findings: readonly Finding[]): readonly Finding[] | null {
  return findings.length === 0 ? null : findings;
}
