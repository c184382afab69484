/**
 * Whether a rollup can answer a query. Execution and `explain` ask the same rules in the same order; execution
 * stops at the first that fails, `explain` asks them all.
 */
import type { FinishMeasure, JoinTree } from '../model/plan.js';
import type { ReasonCode, RuleName } from '../model/reason-code.js';
import type { MeasureState } from '../model/aggregates.js';
import type { Query } from '../model/query.js';
import type { DataModel, MemberId, PreAggregation } from '../model/schema.js';
import type { AnsweredBuckets, WindowSeries } from '../model/window-series.js';
import { typeFinding } from './match-type.js';
import type { RollupShape } from './rollup-shape.js';
import { foundOrNull } from './rule.js';
import type { BuiltRollup, Finding, Rule } from './rule.js';
import type { RollupWish } from './rollup-wish.js';
import { RULES } from './rules.js';
import { storedShape } from './stored-query.js';

/** A query with what every check needs to know about it. */
export interface QueryShape {
  readonly model: DataModel;
  readonly query: Query;
  readonly tree: JoinTree;
  readonly multiplied: ReadonlySet<string>;
  readonly dataSource: string;
  /** Of the measures asked for and of those that only filter. */
  readonly finish: readonly FinishMeasure[];
  /** All that `finish` needs, each once. */
  readonly states: readonly MeasureState[];
  /** Dimensions that the filter tests, each once. */
  readonly filtered: readonly MemberId[];
  /** Members whose filters the source puts into SQL that rollups are built without. */
  readonly filterParams: readonly MemberId[];
  /** Whether SQL of the model shows times on the clock of the query, which is not that of UTC. */
  readonly localTimes: boolean;
  /** Which rollups may answer. */
  readonly wish: RollupWish;
  /** What the states are computed over; null: over the rows of each group. */
  readonly windows: WindowSeries | null;
  /** Null: it is answered as one. */
  readonly parts: QueryParts | null;
}

/** What a query with cumulative measures is put together from; see `window-parts.ts`. */
export interface QueryParts {
  /** Each with some of the states; those of its other measures are first. */
  readonly shapes: readonly QueryShape[];
  readonly buckets: AnsweredBuckets | null;
}

export interface RollupCandidate extends BuiltRollup {
  readonly preAggregation: PreAggregation;
  /** Null: not a plain rollup. */
  readonly shape: RollupShape | null;
  /** Hash of `shape.definition`. */
  readonly definition: string;
}

/** What one rule found: null when it passed. */
export interface RuleFindings {
  readonly rule: RuleName;
  readonly findings: readonly Finding[] | null;
}

export function canAnswer(query: QueryShape, shape: RollupShape, built: BuiltRollup): boolean {
  const stored = storedShape(query, shape);
  for (const rule of RULES) if (rule.check(stored, shape, built) !== null) return false;
  return true;
}

/** Whether nothing speaks against the rollup but the times that it holds: it can answer for some of those asked for. */
export function canAnswerPart(query: QueryShape, shape: RollupShape, built: BuiltRollup): boolean {
  const stored = storedShape(query, shape);
  return RULES.every(
    (rule) => rule.check(stored, shape, built)?.every(({ code }) => ABOUT_TIMES.has(code)) ?? true,
  );
}

/** What speaks against some times, and not against others. */
const ABOUT_TIMES: ReadonlySet<ReasonCode> = new Set(['range_not_aligned', 'partitions_missing']);

/** Of a type that is not executed nothing else is asked. */
export function askRules(query: QueryShape, candidate: RollupCandidate): readonly RuleFindings[] {
  const { shape, preAggregation } = candidate;
  if (shape === null) return [{ rule: 'type', findings: [typeFinding(preAggregation)] }];
  return [
    { rule: 'type', findings: null },
    ...RULES.map((rule) => ({ rule: rule.name, findings: askRule(rule, query, shape, candidate) })),
  ];
}

/** What a rule finds against answering the whole query, each thing once. */
export function askRule(
  { check }: Rule,
  query: QueryShape,
  shape: RollupShape,
  built: BuiltRollup,
): readonly Finding[] | null {
  if (query.parts === null) return check(storedShape(query, shape), shape, built);
  const findings = query.parts.shapes.flatMap((part) => check(storedShape(part, shape), shape, built) ?? []);
  return foundOrNull([
    ...new Map(findings.map((finding) => [`${finding.code} ${finding.member}`, finding])).values(),
  ]);
}
