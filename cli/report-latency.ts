import { escapeHtml } from './escape-html.js';
import { cutText, formatMs, formatRatio } from './format.js';
import { logScale } from './log-scale.js';
import type { QuestionRun } from './try-result.js';

const WIDTH = 1040;
const ROW = 32;
const TOP = 44;
const LABEL_LENGTH_MAX = 46;
/** Room beside the plot for the number at a dot. */
const PLOT_START = 410;
const PLOT_END = 890;

/** The dumbbell plot: for each query a line from the time of the raw file to that of Granary, on a log scale. */
export function latencyPlot(runs: readonly QuestionRun[]): string {
  const scale = logScale(
    runs.flatMap((run) => [run.rawMs, run.granaryMs]),
    PLOT_START,
    PLOT_END,
  );
  const height = TOP + runs.length * ROW + 12;
  const ticks = scale.ticks.map((tick) => {
    const x = scale.at(tick).toFixed(1);
    return `<line class="grid" x1="${x}" x2="${x}" y1="${TOP - 12}" y2="${height - 8}"/>
<text class="tick" x="${x}" y="${TOP - 20}" text-anchor="middle">${tick} ms</text>`;
  });
  const rows = runs.map((run, at) => dumbbell(run, TOP + at * ROW + ROW / 2, (ms) => scale.at(ms)));
  return `<svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-labelledby="latency-title latency-text">
<title id="latency-title">Time of each query, on the raw file and with Granary</title>
<desc id="latency-text">${escapeHtml(runs.map(sentence).join(' '))}</desc>
${ticks.join('\n')}
${rows.join('\n')}
</svg>`;
}

function dumbbell(run: QuestionRun, y: number, at: (ms: number) => number): string {
  const served = run.meta.mode !== 'source';
  const [raw, granary] = [at(run.rawMs), at(run.granaryMs)];
  const [left, right] = raw < granary ? [raw, granary] : [granary, raw];
  const name = (x: number, anchor: 'start' | 'end', ms: number): string =>
    `<text class="value" x="${x.toFixed(1)}" y="${y + 4}" text-anchor="${anchor}">${formatMs(ms)}</text>`;
  const marks = served
    ? `<line class="bar" x1="${left.toFixed(1)}" x2="${right.toFixed(1)}" y1="${y}" y2="${y}"/>
<circle class="raw" cx="${raw.toFixed(1)}" cy="${y}" r="5"/>
<circle class="granary" cx="${granary.toFixed(1)}" cy="${y}" r="5.5"/>
${name(left - 11, 'end', Math.min(run.granaryMs, run.rawMs))}
${name(right + 11, 'start', Math.max(run.granaryMs, run.rawMs))}`
    : `<circle class="raw" cx="${raw.toFixed(1)}" cy="${y}" r="5"/>${name(raw + 11, 'start', run.rawMs)}`;
  const ratio = served
    ? `<text class="ratio" x="${WIDTH}" y="${y + 4.5}" text-anchor="end">${formatRatio(run.rawMs / run.granaryMs)} ×</text>`
    : `<text class="quiet" x="${WIDTH}" y="${y + 4.5}" text-anchor="end">source</text>`;
  return `<g><title>${escapeHtml(sentence(run))}</title>
<rect class="row" x="0" y="${y - ROW / 2}" width="${WIDTH}" height="${ROW}"/>
<text class="label" x="0" y="${y + 4.5}">${escapeHtml(cutText(run.title, LABEL_LENGTH_MAX))}</text>
${marks}
${ratio}</g>`;
}

function sentence(run: QuestionRun): string {
  const granary =
    run.meta.mode === 'source' ? 'no rollup answers it' : `Granary ${formatMs(run.granaryMs)} ms`;
  return `${run.title}: raw file ${formatMs(run.rawMs)} ms, ${granary}.`;
}
