/** The smallest change of the model with which one rollup, or a new one, answers a query. */
import type { RollupMeta } from '../model/catalog.js';
import type { Fix, FixEstimate, Reason, SourceRequest } from '../model/plan.js';
import { cubeOf } from '../model/schema.js';
import type { DataModel, MemberId, PreAggregation, PreAggregationType } from '../model/schema.js';
import { assert } from '../model/assert.js';
import { buildRangeHelp } from './build-range-help.js';
import { countedRows, estimateOf, groupsKey, groupsRequest, storedRows } from './count-groups.js';
import type { GroupCounts } from './count-groups.js';
import { applyChanges, judgeDraft, neededChanges } from './draft-rollup.js';
import type { Change, DraftVerdict, KnownSpan } from './draft-rollup.js';
import { lookUp } from './find-member.js';
import { allowedRule } from './match-allowed.js';
import { fixPatch } from './fix-patch.js';
import { changeText, estimateText, sentence } from './fix-text.js';
import type { QueryShape, RollupCandidate } from './match-rollup.js';
import { proposeRollup } from './propose-rollup.js';
import type { RollupShape } from './rollup-shape.js';
import type { Finding } from './rule.js';

/** What the fixes of one explanation are made from. */
export interface FixTools {
  readonly query: QueryShape;
  readonly counts: GroupCounts;
  readonly spanOf: KnownSpan;
}

export type FoundFix =
  | {
      readonly kind: 'fix';
      readonly fix: Fix;
      /** How many changes it is made of: 0 for a build alone. */
      readonly size: number;
      /** What the source would have to count for the estimate. */
      readonly unknown: readonly SourceRequest[];
    }
  | { readonly kind: 'none'; readonly help: string; readonly reasons: readonly Reason[] };

/** What to do instead of a type that is not executed yet. */
const HELP_OF_TYPE: Partial<Record<PreAggregationType, string>> = {
  original_sql: 'Define a rollup over the cube: it is built from the same SQL.',
  rollup_join: 'Where both cubes lie in one data source, list the members of both in one rollup.',
  rollup_lambda:
    'The rollups that it names answer by themselves; rows newer than their build come with the next build().',
  auto_rollup: 'Write a rollup, or let `granary try` infer some.',
};

/** A fix of one candidate that did not match. */
export function findFix(tools: FixTools, candidate: RollupCandidate): FoundFix {
  const { preAggregation, shape } = candidate;
  const { id } = preAggregation;
  if (shape === null) {
    const help = HELP_OF_TYPE[preAggregation.type] ?? 'Write it as a rollup.';
    return { kind: 'none', help, reasons: [] };
  }
  const [forbidden] = allowedRule.check(tools.query, shape, candidate) ?? [];
  if (forbidden !== undefined) {
    return { kind: 'none', help: `No change of the model helps: ${forbidden.message()}`, reasons: [] };
  }
  const changes = neededChanges(tools.query, shape, tools.spanOf);
  const unshared = unsharedMember(tools.query.model, preAggregation, changes);
  if (unshared !== null) {
    const help = `${id} is shared by \`extends\`, and not every cube that has it has ${unshared}: a rollup of its own is needed.`;
    return { kind: 'none', help, reasons: [] };
  }
  const draft = applyChanges(preAggregation, changes, tools.query.query.joinPaths);
  const verdict = judgeDraft(tools.query, draft, shape);
  if (verdict.kind !== 'answers') {
    return { kind: 'none', help: helpText(id, verdict), reasons: [] };
  }
  const current = candidate.meta?.definition === candidate.definition ? candidate.meta : null;
  const help = current === null ? null : buildRangeHelp(tools.query, shape, current);
  if (help !== null) return { kind: 'none', help, reasons: [] };
  if (changes.length === 0) {
    const text = sentence(`build ${id} with store.build() or granary build`);
    return { kind: 'fix', fix: { text, patch: [], estimate: null }, size: 0, unknown: [] };
  }
  const { estimate, unknown } = estimateGrowth(tools.counts, shape, verdict.shape, current);
  const grows = !sameGroups(shape, verdict.shape);
  const clauses = [
    changeText(preAggregation, changes),
    grows ? estimateText(estimate, 'its rows') : 'it has no more rows by that',
  ];
  const fix: Fix = {
    text: sentence(...clauses),
    patch: fixPatch(tools.query.model, preAggregation, changes, tools.query.query.joinPaths),
    estimate,
  };
  return { kind: 'fix', fix, size: changes.length, unknown };
}

/** A member to add to a rollup that stands in several cubes by `extends`, which one of these cubes lacks. */
function unsharedMember(
  model: DataModel,
  { cube, shared, pointer }: PreAggregation,
  changes: readonly Change[],
): MemberId | null {
  if (!shared) return null;
  const sharers = [...model.cubes.values()].filter(({ preAggregations }) =>
    preAggregations.some((each) => each.pointer === pointer),
  );
  const own = changes.map(({ member }) => member).filter((member) => cubeOf(member) === cube);
  const isLacking = (member: MemberId): boolean =>
    sharers.some(({ name }) => lookUp(model, `${name}${member.slice(cube.length)}`) === null);
  return own.find(isLacking) ?? null;
}

/** A new rollup for the query; where even that could not answer, the reasons why. */
export function findProposal(tools: FixTools): FoundFix {
  const proposal = proposeRollup(tools.query, tools.spanOf);
  if (proposal === null) {
    return { kind: 'none', help: 'The model has no place for a rollup of this query.', reasons: [] };
  }
  const { preAggregation, changes, patch } = proposal;
  const verdict = judgeDraft(tools.query, preAggregation, null);
  if (verdict.kind !== 'answers') {
    const reasons = verdict.kind === 'refused' ? verdict.findings.map(plainReason) : [];
    const help = 'Not even a rollup made for this query could answer it.';
    return { kind: 'none', help, reasons };
  }
  const [forbidden] = allowedRule.check(tools.query, verdict.shape, { definition: '', meta: null }) ?? [];
  if (forbidden !== undefined) {
    const help = `No rollup that is added helps: ${forbidden.message()}`;
    return { kind: 'none', help, reasons: [plainReason(forbidden)] };
  }
  const whole = groupsRequest(verdict.shape, []);
  const base = tools.counts.get(groupsKey(whole)) ?? null;
  const rows = countedRows(tools.counts, verdict.shape);
  const estimate = estimateOf(base, rows);
  const unknown = [
    ...(base === null ? [whole] : []),
    ...(rows === null ? [groupsRequest(verdict.shape)] : []),
  ];
  const text = sentence(
    `add a rollup ${preAggregation.id} of ${partsText(changes)}`,
    estimateText(estimate, 'the rows of the source'),
  );
  return { kind: 'fix', fix: { text, patch, estimate }, size: changes.length, unknown };
}

/** The change that takes one reason away; null where none of the changes does. */
export function reasonFix(tools: FixTools, candidate: RollupCandidate, finding: Finding): Fix | null {
  const { preAggregation, shape } = candidate;
  if (shape === null || finding.member === null) return null;
  const change = neededChanges(tools.query, shape, tools.spanOf).find((need) => removes(need, finding));
  if (change === undefined) return null;
  if (unsharedMember(tools.query.model, preAggregation, [change]) !== null) return null;
  return {
    text: sentence(changeText(preAggregation, [change])),
    patch: fixPatch(tools.query.model, preAggregation, [change], tools.query.query.joinPaths),
    estimate: null,
  };
}

function removes(change: Change, { code, member }: Finding): boolean {
  if (change.member !== member) return false;
  switch (code) {
    case 'measure_missing':
      return change.kind === 'member' && change.list === 'measures';
    case 'dimension_missing':
    case 'filter_dimension_missing':
      return change.kind === 'member' && change.list === 'dimensions';
    case 'segment_missing':
      return change.kind === 'member' && change.list === 'segments';
    case 'time_dimension_missing':
    case 'granularity_too_fine':
    case 'granularity_not_nested':
    case 'range_not_aligned':
    case 'window_not_aligned':
    case 'timezone_not_aligned':
      return change.kind === 'time';
    default:
      return false;
  }
}

function plainReason({ code, member, message }: Finding): Reason {
  return { code, message: message(), ...(member === null ? {} : { member }) };
}

function helpText(id: string, verdict: Exclude<DraftVerdict, { kind: 'answers' }>): string {
  switch (verdict.kind) {
    case 'refused':
      return `No change of ${id} makes it answer: even with all that the query needs in it, ${verdict.findings[0].message()}`;
    case 'takes away':
      return `With all that the query needs in it ${id} would no longer answer what it answers now: a rollup of its own is needed.`;
    case 'unbuildable':
      return `${id} cannot be built: ${verdict.message}`;
    case 'unjoined':
      return `No join leads from the cubes of ${id} to those of the query: a rollup of its own is needed.`;
  }
}

interface Growth {
  readonly estimate: FixEstimate | null;
  readonly unknown: readonly SourceRequest[];
}

function estimateGrowth(
  counts: GroupCounts,
  today: RollupShape,
  draft: RollupShape,
  meta: RollupMeta | null,
): Growth {
  const same = sameGroups(today, draft);
  const base = meta === null ? countedRows(counts, today) : storedRows(meta);
  const rows = same ? base : countedRows(counts, draft);
  const unknown = [
    ...(base === null ? [groupsRequest(today)] : []),
    ...(rows === null && !same ? [groupsRequest(draft)] : []),
  ];
  return { estimate: estimateOf(base, rows), unknown };
}

function sameGroups(today: RollupShape, draft: RollupShape): boolean {
  return groupsKey(groupsRequest(today)) === groupsKey(groupsRequest(draft));
}

function partsText(changes: readonly Change[]): string {
  assert(changes.length > 0, 'a query asks for something');
  return changes
    .map((change) => (change.kind === 'member' ? change.member : `${change.member} by ${change.to}`))
    .join(', ');
}
