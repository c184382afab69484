import { escapeHtml } from './escape-html.js';
import { formatCount, formatMs, formatRatio } from './format.js';
import { median } from './median.js';
import { funnelPlot } from './report-funnel.js';
import { matchGrid } from './report-grid.js';
import { latencyPlot } from './report-latency.js';
import { STYLE } from './report-style.js';
import type { QuestionRun, TryResult } from './try-result.js';
import { medianRatio, nearestCandidate, originText, verdictText } from './try-text.js';

/** The report of `granary try` as one HTML page that needs nothing else: no script, no font, no network. */
export function htmlReport(result: TryResult): string {
  const miss = result.runs.find((run) => run.meta.mode === 'source');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Granary on ${escapeHtml(result.title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
${header(result)}
<section>
<h2>Time of each query</h2>
<p class="legend"><svg class="mark" viewBox="0 0 12 12" aria-hidden="true"><circle class="granary" cx="6" cy="6" r="5"/></svg>
Granary, warm &emsp; <svg class="mark" viewBox="0 0 12 12" aria-hidden="true"><circle class="raw" cx="6" cy="6" r="4.5"/></svg>
DuckDB on the raw file &emsp; <span class="quiet">logarithmic scale, milliseconds, medians</span></p>
<div class="wide">${latencyPlot(result.runs)}</div>
</section>
<section>
<h2>Which rollup answers which query</h2>
<p class="legend">The first rollup that can, with the index that reads least. A refusal tells its reason; point at it for the whole sentence.</p>
<div class="wide">${matchGrid(result.runs, result.rollups)}</div>
</section>
<section>
<h2>From rows to rollups</h2>
<p class="legend">Rows on a logarithmic scale.</p>
<div class="wide">${funnelPlot(result)}</div>
</section>
${miss === undefined ? '' : missSection(miss)}
<section>
<h2>Every number</h2>
<div class="wide">${numbersTable(result)}</div>
</section>
<footer>
<p>${escapeHtml(result.machine)}. ${escapeHtml(result.date)}. Both ways run in one process on the same machine:
DuckDB on the raw file (median of up to 3 runs, caches warm), Granary from its own columns in memory (median of up to 50 runs).
Where Granary estimates distinct values, DuckDB counts them exactly; ± is the largest error beside the bound at three sigma.</p>
</footer>
</main>
</body>
</html>
`;
}

function header({ title, rows, runs }: TryResult): string {
  const served = runs.filter((run) => run.meta.mode !== 'source');
  const right = runs.filter((run) => run.verdict.kind !== 'different').length;
  const facts = [
    [
      `${right} of ${runs.length}`,
      right === runs.length ? 'answers agree with the source' : 'answers agree: SOME DIFFER',
    ],
    [`${served.length} of ${runs.length}`, 'queries served by rollups'],
  ];
  if (served.length > 0) {
    facts.push([`${formatMs(median(served.map((run) => run.granaryMs)))} ms`, 'median with Granary']);
    facts.push([`${formatRatio(medianRatio(served))} ×`, 'median gain over the raw file']);
  }
  const cells = facts.map(
    ([value, name]) => `<div><dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}</dd></div>`,
  );
  return `<header>
<p class="brand">Granary</p>
<h1>${escapeHtml(title)}</h1>
<p class="lead">${formatCount(rows)} rows, ${runs.length} dashboard queries, each answered twice and compared row by row.</p>
<dl>${cells.join('')}</dl>
</header>`;
}

function missSection(run: QuestionRun): string {
  const nearest = nearestCandidate(run);
  const reasons = (nearest?.reasons ?? []).map(
    ({ code, message }) => `<li><code>${escapeHtml(code)}</code> ${escapeHtml(message)}</li>`,
  );
  const help =
    run.fix === null
      ? ''
      : `<p>${escapeHtml(run.fix.text)}</p>\n<pre>${escapeHtml(JSON.stringify(run.fix.patch, null, 2))}</pre>`;
  const near = nearest === null ? '' : ` The nearest is <code>${escapeHtml(nearest.id)}</code>:`;
  return `<section>
<h2>A query that no rollup answers</h2>
<p>“${escapeHtml(run.title)}” ran on the source and said so.${near}</p>
<ul>${reasons.join('')}</ul>
${help}
</section>`;
}

function numbersTable({ runs }: TryResult): string {
  const lines = runs.map((run) => {
    const scanned = run.meta.rowsScanned === null ? '–' : formatCount(run.meta.rowsScanned);
    const cells = [
      formatMs(run.rawMs),
      formatMs(run.granaryMs),
      formatRatio(run.rawMs / run.granaryMs),
      scanned,
      formatCount(run.answerRows),
    ];
    return `<tr><th scope="row"><details><summary>${escapeHtml(run.title)}</summary><pre>${escapeHtml(JSON.stringify(run.query, null, 2))}</pre></details></th>
${cells.map((cell) => `<td class="number">${cell}</td>`).join('')}<td><code>${escapeHtml(originText(run))}</code></td>
<td class="${run.verdict.kind}">${escapeHtml(verdictText(run)).replace(/([±≤]) ?([\d.]+) %/g, '$1&nbsp;$2&nbsp;%')}</td></tr>`;
  });
  const titles = ['raw ms', 'Granary ms', '×', 'rows scanned', 'rows answered'];
  return `<table class="numbers"><thead><tr><th scope="col">query</th>
${titles.map((title) => `<th scope="col" class="number">${title}</th>`).join('')}<th scope="col">from</th><th scope="col">equal</th></tr></thead>
<tbody>
${lines.join('\n')}
</tbody></table>`;
}
