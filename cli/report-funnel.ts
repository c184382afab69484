import { escapeHtml } from './escape-html.js';
import { cutText, formatBytes, formatCount, formatMs, formatRatio } from './format.js';
import { logScale } from './log-scale.js';
import type { TriedRollup, TryResult } from './try-result.js';

const WIDTH = 1040;
const ROW = 34;
const TOP = 44;
const BAR = 16;
const NAME_LENGTH_MAX = 34;
const PLOT_START = 270;
const PLOT_END = 640;
const COLUMNS = [
  { title: 'rows', x: 745 },
  { title: 'fewer', x: 835 },
  { title: 'size', x: 930 },
  { title: 'built in', x: WIDTH },
] as const;

/** From the rows of the source to those of each rollup, on a log scale. */
export function funnelPlot({ rows, rollups }: TryResult): string {
  const scale = logScale([1, rows, ...rollups.map((rollup) => rollup.rows)], PLOT_START, PLOT_END);
  const height = TOP + (rollups.length + 1) * ROW + 12;
  const ticks = scale.ticks.map((tick) => {
    const x = scale.at(tick).toFixed(1);
    return `<line class="grid" x1="${x}" x2="${x}" y1="${TOP - 12}" y2="${height - 8}"/>
<text class="tick" x="${x}" y="${TOP - 20}" text-anchor="middle">${shortCount(tick)}</text>`;
  });
  const titles = COLUMNS.map(
    ({ title, x }) => `<text class="tick" x="${x}" y="${TOP - 20}" text-anchor="end">${title}</text>`,
  );
  const bar = (name: string, count: number, at: number, cells: readonly string[], kind: string): string => {
    const y = TOP + at * ROW + ROW / 2;
    const shadow = (scale.at(rows) - PLOT_START).toFixed(1);
    const width = Math.max(2, scale.at(count) - PLOT_START).toFixed(1);
    const texts = cells.map(
      (cell, column) =>
        `<text class="cell" x="${COLUMNS[column].x}" y="${y + 4.5}" text-anchor="end">${escapeHtml(cell)}</text>`,
    );
    return `<g><title>${escapeHtml(`${name}: ${cells.join(', ')}`)}</title>
<text class="label" x="0" y="${y + 4.5}">${escapeHtml(name)}</text>
<rect class="shadow" x="${PLOT_START}" y="${y - BAR / 2}" width="${shadow}" height="${BAR}" rx="2"/>
<rect class="${kind}" x="${PLOT_START}" y="${y - BAR / 2}" width="${width}" height="${BAR}" rx="2"/>
${texts.join('\n')}</g>`;
  };
  const bars = [
    bar('source', rows, 0, [formatCount(rows)], 'raw-bar'),
    ...rollups.map((rollup, at) =>
      bar(shortName(rollup), rollup.rows, at + 1, rollupCells(rollup, rows), 'granary-bar'),
    ),
  ];
  return `<svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-labelledby="funnel-title">
<title id="funnel-title">Rows of the source and of each rollup</title>
${ticks.join('\n')}
${titles.join('\n')}
${bars.join('\n')}
</svg>`;
}

function rollupCells(rollup: TriedRollup, rows: number): string[] {
  const fewer = `${formatRatio(rows / Math.max(1, rollup.rows))} ×`;
  return [formatCount(rollup.rows), fewer, formatBytes(rollup.bytes), `${formatMs(rollup.buildMs)} ms`];
}

function shortName({ id }: TriedRollup): string {
  return cutText(id.slice(id.indexOf('.') + 1), NAME_LENGTH_MAX);
}

function shortCount(count: number): string {
  if (count >= 1e9) return `${count / 1e9} G`;
  if (count >= 1e6) return `${count / 1e6} M`;
  return count >= 1e3 ? `${count / 1e3} k` : String(count);
}
