import type { Candidate, Fix, ReasonCode } from '../index.js';

/** Reasons that a build takes away, without a change of the model. */
const BUILD_CODES: ReadonlySet<ReasonCode> = new Set([
  'not_built',
  'definition_changed',
  'partitions_missing',
]);
const FINEST_FIRST = ['second', 'minute', 'hour', 'day', 'week', 'month', 'quarter', 'year'];

/** What would let a rollup answer, one sentence or more for each rollup that can be made to; a build comes first. */
export function adviceLines(candidates: readonly Candidate[]): string[] {
  const refused = candidates.filter(({ matched }) => !matched);
  const unbuilt = refused.filter(({ reasons }) => reasons.every(({ code }) => BUILD_CODES.has(code)));
  const fixed = refused.flatMap((candidate) => {
    const fixes = fixesOf(candidate) ?? [];
    return fixes.length === 0 ? [] : [fixes.map(({ text }) => text).join(' ')];
  });
  return [...(unbuilt.length === 0 ? [] : ['Run granary build.']), ...fixed];
}

/**
 * The changes of the model that together take away all reasons but those that a build does; null where a reason
 * has no fix. Of several granularities only the finest is left: it serves them all.
 */
export function fixesOf({ reasons }: Candidate): readonly Fix[] | null {
  const fixes: Fix[] = [];
  for (const { code, fix } of reasons) {
    if (BUILD_CODES.has(code)) continue;
    if (fix === undefined) return null;
    fixes.push(fix);
  }
  const grains = fixes.filter((fix) => rankOf(fix) >= 0).toSorted((a, b) => rankOf(a) - rankOf(b));
  return fixes.filter((fix, at) =>
    rankOf(fix) >= 0
      ? at === fixes.indexOf(grains[0])
      : at === fixes.findIndex(({ text }) => text === fix.text),
  );
}

/** Of the granularity that a fix sets, the finest first; -1 for every other fix. */
function rankOf({ patch }: Fix): number {
  const set = patch.find(({ path }) => path.endsWith('/granularity'));
  return set === undefined ? -1 : FINEST_FIRST.findIndex((grain) => grain === set.value);
}
