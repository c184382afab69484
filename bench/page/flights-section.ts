import { formatMs, formatRatio } from '../../cli/format.js';
import type { PeerTimes } from '../harness.js';
import type { QuestionTimes } from '../question-times.js';
import { barPlot } from './bar-plot.js';
import { markdownTable, plotLink, type Section } from './markdown.js';
import type { Recorded } from './recorded.js';

const HEAD = `## Questions of the demo

The questions of \`npm run demo\` on real flights, against DuckDB on the Parquet files of the very index that Granary reads, and on the raw file. M is the three million flights, L seven times as many. DuckDB has no sketches to merge, so two questions have no peer on the rollup.
`;

export interface FlightsLine {
  readonly times: readonly QuestionTimes[];
}

export function flightsSection(recorded: Recorded): Section | null {
  const runs = recorded.of<FlightsLine>('demo-queries');
  if (runs.length === 0) return null;
  const plots: Record<string, string> = {};
  const ms = (times: PeerTimes | null): string => (times === null ? '–' : formatMs(times.medianMs));
  const parts = runs.map(({ size, times }) => {
    const file = `flights-${size.toLowerCase()}.svg`;
    plots[file] = barPlot({
      title: `Flights, ${size}: median, shorter is better`,
      unit: 'ms',
      names: ['Granary', 'DuckDB on the rollup', 'DuckDB on the raw file'],
      groups: times.map(({ title, granary, duckdbRollup, duckdbRaw }) => ({
        title,
        values: [granary.medianMs, duckdbRollup?.medianMs ?? null, duckdbRaw.medianMs],
      })),
    });
    const table = markdownTable(
      ['question', 'Granary ms', 'DuckDB rollup ms', 'DuckDB raw ms', '× rollup', '× raw'],
      times.map(({ title, granary, duckdbRollup, duckdbRaw }) => [
        title,
        ms(granary),
        ms(duckdbRollup),
        ms(duckdbRaw),
        duckdbRollup === null ? '–' : formatRatio(duckdbRollup.medianMs / granary.medianMs),
        formatRatio(duckdbRaw.medianMs / granary.medianMs),
      ]),
    );
    return `### Flights, ${size}\n\n${table}\n\n${plotLink(`Flights, ${size}, ms`, file)}\n`;
  });
  return { text: [HEAD, ...parts].join('\n'), plots };
}
