import type { Candidate } from '../index.js';
import { escapeHtml } from './escape-html.js';
import type { QuestionRun, TriedRollup } from './try-result.js';

const CHOSEN =
  '<svg class="mark" viewBox="0 0 12 12" aria-hidden="true"><circle class="granary" cx="6" cy="6" r="5"/></svg>';
const ABLE =
  '<svg class="mark" viewBox="0 0 12 12" aria-hidden="true"><circle class="able" cx="6" cy="6" r="4"/></svg>';

/** The match grid: for each query and rollup whether it answers, could answer, or why it cannot. */
export function matchGrid(runs: readonly QuestionRun[], rollups: readonly TriedRollup[]): string {
  const heads = rollups.map(
    ({ id }) => `<th scope="col"><code>${breakable(id.slice(id.indexOf('.') + 1))}</code></th>`,
  );
  const rows = runs.map((run) => {
    const cells = rollups.map(({ id }) => gridCell(run, id));
    return `<tr><th scope="row">${escapeHtml(run.title)}</th>${cells.join('')}</tr>`;
  });
  return `<table class="match"><thead><tr><th scope="col">query</th>${heads.join('')}</tr></thead>
<tbody>
${rows.join('\n')}
</tbody></table>`;
}

function gridCell(run: QuestionRun, id: string): string {
  const candidate = run.candidates.find((other) => other.id === id);
  if (run.meta.preAggregation === id) {
    const index = run.meta.index === null ? '' : ` <small>index ${escapeHtml(run.meta.index)}</small>`;
    return `<td class="chosen">${CHOSEN} answers${index}</td>`;
  }
  if (candidate === undefined) return '<td></td>';
  if (candidate.matched) return `<td class="could">${ABLE} could answer</td>`;
  return refusedCell(candidate);
}

function refusedCell({ reasons }: Candidate): string {
  const messages = reasons.map(({ code, message }) => `${code}: ${message}`).join('\n');
  const [first] = reasons;
  const more = reasons.length > 1 ? ` +${reasons.length - 1}` : '';
  return `<td class="refused" title="${escapeHtml(messages)}">${escapeHtml((first?.code ?? 'refused').replaceAll('_', ' '))}${more}</td>`;
}

/** A long name may be broken after its underscores. */
function breakable(name: string): string {
  return escapeHtml(name).replaceAll('_', '_<wbr>');
}
