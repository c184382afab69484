/** What a fix does, in words. */
import type { FixEstimate } from '../model/plan.js';
import { grainName } from '../model/schema.js';
import type { PreAggregation } from '../model/schema.js';
import type { Change } from './draft-rollup.js';

/** `add dimension orders.region to orders.daily`, for one change or several of one rollup. */
export function changeText({ id, timeDimensions }: PreAggregation, changes: readonly Change[]): string {
  const added = changes.flatMap((change) => {
    if (change.kind === 'member') return [`${change.list.slice(0, -1)} ${change.member}`];
    return change.from === null ? [`time dimension ${change.member} by ${change.to}`] : [];
  });
  const finer = changes.flatMap((change) => {
    if (change.kind === 'member' || change.from === null) return [];
    const of = timeDimensions.length === 1 ? '' : ` of ${change.member}`;
    const several = timeDimensions.filter(({ dimension }) => dimension === change.member).length > 1;
    const which = several ? `granularity ${grainName(change.from)}` : 'granularity';
    const owner =
      added.length === 0 ? `the ${which}${of}${of === '' ? ' of' : ' in'} ${id}` : `its ${which}${of}`;
    return [`set ${owner} to ${change.to}`];
  });
  const adds = added.length === 0 ? [] : [`add ${listText(added)} to ${id}`];
  return listText([...adds, ...finer]);
}

/** What the text of a fix says about rows: ` about 3.1 × its rows`. */
export function estimateText(
  estimate: FixEstimate | null,
  unit: 'its rows' | 'the rows of the source',
): string {
  if (estimate === null) return 'how many rows that makes is not known';
  const rows = estimate.rows.toLocaleString('en-US');
  return `about ${factorText(estimate.factor)} × ${unit} (${rows})`;
}

function factorText(factor: number): string {
  if (factor >= 100) return Math.round(factor).toLocaleString('en-US');
  return factor >= 0.1 ? factor.toFixed(1) : factor.toPrecision(1);
}

/** `Add …: about 3.1 × its rows.` */
export function sentence(...clauses: readonly string[]): string {
  const text = clauses.join(': ');
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

function listText(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
}
