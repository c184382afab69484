import type { Candidate } from '../index.js';
import { cutText, formatBytes, formatCount, formatMs, formatPercent, formatRatio } from './format.js';
import { median } from './median.js';
import { formatTable } from './table.js';
import type { QuestionRun, TryResult } from './try-result.js';
import type { SubjectColumn } from './try-subject.js';

const TITLE_LENGTH_MAX = 48;

export function columnsTable(columns: readonly SubjectColumn[]): string {
  return formatTable(
    [
      { title: 'column' },
      { title: 'type' },
      { title: 'distinct', align: 'right' },
      { title: 'nulls', align: 'right' },
      { title: 'becomes' },
      { title: 'because' },
    ],
    columns.map(({ column, type, distinct, nulls, role, why }) => [
      column,
      type,
      formatCount(distinct),
      formatCount(nulls),
      role,
      why,
    ]),
  );
}

export function rollupsTable({ rows, rollups }: TryResult): string {
  return formatTable(
    [
      { title: 'rollup' },
      { title: 'rows', align: 'right' },
      { title: 'of the source', align: 'right' },
      { title: 'size', align: 'right' },
      { title: 'built in', align: 'right' },
    ],
    rollups.map((rollup) => [
      rollup.id,
      formatCount(rollup.rows),
      formatPercent(rollup.rows / Math.max(1, rows)),
      formatBytes(rollup.bytes),
      `${formatMs(rollup.buildMs)} ms`,
    ]),
  );
}

export function questionsTable({ rows, runs }: TryResult): string {
  return formatTable(
    [
      { title: 'query' },
      { title: 'raw ms', align: 'right' },
      { title: 'granary ms', align: 'right' },
      { title: '×', align: 'right' },
      { title: 'rows raw', align: 'right' },
      { title: 'rows rollup', align: 'right' },
      { title: 'from' },
      { title: 'equal' },
    ],
    runs.map((run) => [
      cutText(run.title, TITLE_LENGTH_MAX),
      formatMs(run.rawMs),
      formatMs(run.granaryMs),
      formatRatio(run.rawMs / run.granaryMs),
      formatCount(rows),
      run.meta.rowsScanned === null ? '–' : formatCount(run.meta.rowsScanned),
      originText(run),
      verdictText(run),
    ]),
  );
}

/** The rollup and its index, without the cube's name; the source beside it where a piece comes from there. */
export function originText({ meta }: QuestionRun): string {
  if (meta.preAggregation === null) return 'source';
  const name = meta.preAggregation.slice(meta.preAggregation.indexOf('.') + 1);
  const rest = meta.mode === 'hybrid' ? ' + source' : '';
  return (meta.index === null ? name : `${name} / ${meta.index}`) + rest;
}

export function verdictText({ verdict }: QuestionRun): string {
  switch (verdict.kind) {
    case 'equal':
      return '✓';
    case 'within':
      return `±${formatPercent(verdict.errorMax)} (≤ ${formatPercent(verdict.bound)})`;
    case 'different':
      return `✗ ${verdict.detail}`;
  }
}

/** What all runs together show, in one sentence. */
export function summaryLine({ runs }: TryResult): string {
  const served = runs.filter((run) => run.meta.mode !== 'source');
  const different = runs.filter((run) => run.verdict.kind === 'different').length;
  const answers =
    different === 0 ? 'every answer equals the source' : `${different} answers DIFFER from the source`;
  const parts = [`${served.length} of ${runs.length} queries from rollups`, answers];
  if (served.length > 0) parts.push(`median ${formatRatio(medianRatio(served))} × faster`);
  return `${parts.join(', ')}.`;
}

export function medianRatio(runs: readonly QuestionRun[]): number {
  return median(runs.map((run) => run.rawMs / run.granaryMs));
}

/** The refusal that is nearest to a match, and the smallest change that turns one into a match. */
export function missText(run: QuestionRun): string {
  const nearest = nearestCandidate(run);
  const lines = [run.title];
  if (nearest !== null) {
    lines.push(`Nearest: ${nearest.id}`);
    for (const { code, message } of nearest.reasons) lines.push(`  ${code}: ${message}`);
  }
  if (run.fix !== null) {
    lines.push(`  Fix: ${run.fix.text}`);
    if (run.fix.patch.length > 0) lines.push(`  Patch: ${JSON.stringify(run.fix.patch)}`);
  }
  return lines.join('\n');
}

/** The rollup that fixes turn into a match, or else any; of these the one with the fewest reasons. */
export function nearestCandidate({ candidates }: QuestionRun): Candidate | null {
  const hopeless = (candidate: Candidate): number => (candidate.fix === null ? 1 : 0);
  const refused = candidates.filter(({ matched }) => !matched);
  const [nearest] = refused.toSorted(
    (a, b) => hopeless(a) - hopeless(b) || a.reasons.length - b.reasons.length,
  );
  return nearest ?? null;
}
