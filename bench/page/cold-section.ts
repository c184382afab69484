import { formatCount, formatMs } from '../../cli/format.js';
import { COLD_TITLES, type ColdLine, type ColdPeer } from '../cold.js';
import { barPlot } from './bar-plot.js';
import { markdownTable, plotLink, type Section } from './markdown.js';
import type { Recorded } from './recorded.js';

const PEERS = Object.keys(COLD_TITLES) as ColdPeer[];

const HEAD = `## A process that asks once

From the spawn of a process to its answer of Q2, without what a bare Node takes; medians of processes in turns, the files in the system's cache. Granary opens the store and reads what it needs of it. DuckDB opens a database file of its own, or reads Granary's Parquet files; \`SELECT 1\` is what it takes to load DuckDB.
`;

export function coldSection(recorded: Recorded): Section | null {
  const runs = recorded.of<ColdLine>('cold');
  if (runs.length === 0) return null;
  const table = markdownTable(
    ['size', 'rows', ...PEERS.map((peer) => `${COLD_TITLES[peer]} ms`), 'bare Node ms'],
    runs.map(({ size, rows, medianMs, bareMs }) => [
      size,
      formatCount(rows),
      ...PEERS.map((peer) => formatMs(medianMs[peer])),
      formatMs(bareMs),
    ]),
  );
  const plot = barPlot({
    title: 'Cold process to answer: median, shorter is better',
    unit: 'ms',
    names: PEERS.map((peer) => COLD_TITLES[peer]),
    groups: runs.map(({ size, rows, medianMs }) => ({
      title: `${size}: ${formatCount(rows)} rows`,
      values: PEERS.map((peer) => medianMs[peer]),
    })),
  });
  return {
    text: `${HEAD}\n${table}\n\n${plotLink('Cold process to answer, ms', 'cold.svg')}\n`,
    plots: { 'cold.svg': plot },
  };
}
