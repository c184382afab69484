import { formatCount } from '../../cli/format.js';
import type { GrowthCurve, GrowthSeries } from '../growth.js';
import { linePlot, type PlottedSeries } from './line-plot.js';
import { plotLink, type Section } from './markdown.js';
import type { Recorded } from './recorded.js';

export interface GrowthLine {
  readonly fixedRows: number;
  readonly curves: readonly GrowthCurve[];
}

/** The curves of the largest size that was run. */
export function growthSection(recorded: Recorded): Section | null {
  const run = recorded.of<GrowthLine>('growth').at(-1);
  if (run === undefined) return null;
  const plots: Record<string, string> = {};
  const links = run.curves.map(({ id, x, y, series }) => {
    const file = `growth-${id}.svg`;
    const title = `${y === 'ms' ? 'Median ms' : 'Answers per second'} over ${id}`;
    plots[file] = linePlot({ title, x, y, series: series.map((one, at) => paired(one, series, at)) });
    return plotLink(title, file);
  });
  const head = `## How cost grows

Medians of answers from memory beside DuckDB's table of codes, over the rows of the rollup, the groups of the answer, the partitions that the same rows lie in, and the clients of one process. But for the first, the rollup has ${formatCount(run.fixedRows)} rows. Both axes are logarithmic.
`;
  return { text: `${head}\n${links.join('\n\n')}\n`, plots };
}

/** A line of ours and that of DuckDB for the same are a pair. */
function paired(one: GrowthSeries, all: readonly GrowthSeries[], at: number): PlottedSeries {
  const own = all.findIndex(({ name }) => duckdbName(name) === one.name);
  return { ...one, pair: own < 0 ? at : own, dashed: own >= 0 };
}

/** Of DuckDB's line beside one of ours; null for another line. */
export function duckdbName(own: string): string | null {
  return own.startsWith('Granary') ? own.replace('Granary', 'DuckDB codes') : null;
}
