import { formatCount, formatMs, formatRatio } from '../../cli/format.js';
import type { EngineLine, EnginePeer, EngineTimes } from '../engine.js';
import { PEER_TITLES } from '../engine-goals.js';
import { barPlot } from './bar-plot.js';
import { markdownTable, plotLink, type Section } from './markdown.js';
import type { Recorded, RecordedRun } from './recorded.js';

const PEERS = Object.keys(PEER_TITLES) as EnginePeer[];
/** An answer that is only given again is no race. */
const PLOTTED = PEERS.filter((peer) => peer !== 'granaryAgain');

const HEAD = `## Five questions of a rollup

Sales of three years: 100,000 products, 50 countries, 1,000 stores and 5 statuses, drawn evenly and independently, so that the rollup by all of them and the day hardly reduces. It is sorted by country, store, status, product and day in partitions of a month. Q1 sums by month; Q2 by status over half of the days; Q3 looks up one store in one country; Q4 takes the top 10 of the products; Q5 groups by month, country and status where the store is one of eight.

Every peer has the same rows in the same order, and two threads. _DuckDB strings_ is a table in memory with VARCHAR, DATE and DECIMAL. _DuckDB codes_ is one that was given small integers for the texts, a column of months, and doubles: the best that it can be given, and the honest peer. _DuckDB Parquet_ reads Granary's own files. Statements are prepared, answers become row objects, Granary keeps neither answers nor states of partitions, so that it looks at the rows each time; but for _Granary, again_, which is asked what it has answered before, and _Granary, states_, which keeps what whole partitions add up to, as it does by default, and looks at the rows of the two months at the ends of the range. What it lays out for a question that is asked again is there for all of them: the few rows of Q3 side by side, each with its group, and for Q4 the number of each row's product. The peers take turns in one process, three runs a turn; the first answer of each was compared with DuckDB's on the raw rows, cell by cell.
`;

/** A table and a plot for each size. */
export function engineSection(recorded: Recorded): Section | null {
  const runs = recorded.of<EngineLine>('engine');
  if (runs.length === 0) return null;
  const plots: Record<string, string> = {};
  const parts = runs.map((run) => {
    const file = `engine-${run.size.toLowerCase()}.svg`;
    plots[file] = enginePlot(run);
    return `### ${run.size}: ${formatCount(run.rows)} rows\n\n${engineTable(run)}\n\n${plotLink(`Q1 to Q5 on ${run.size}, ms`, file)}\n`;
  });
  return { text: [HEAD, ...parts].join('\n'), plots };
}

function engineTable({ queries }: EngineLine): string {
  return markdownTable(
    ['', ...PEERS.map((peer) => `${PEER_TITLES[peer]} ms (p95)`), '× strings', '× codes'],
    queries.map((query) => [
      query.id,
      ...PEERS.map((peer) => cell(query, peer)),
      ratio(query, 'strings'),
      ratio(query, 'codes'),
    ]),
  );
}

function cell({ times }: EngineTimes, peer: EnginePeer): string {
  const found = times[peer];
  return found === undefined ? '–' : `${formatMs(found.medianMs)} (${formatMs(found.p95Ms)})`;
}

function ratio({ times }: EngineTimes, peer: EnginePeer): string {
  const [own, other] = [times.granary, times[peer]];
  return own === undefined || other === undefined ? '–' : formatRatio(other.medianMs / own.medianMs);
}

function enginePlot({ size, queries }: RecordedRun & EngineLine): string {
  return barPlot({
    title: `Q1 to Q5 on ${size}: median, shorter is better`,
    unit: 'ms',
    names: PLOTTED.map((peer) => PEER_TITLES[peer]),
    groups: queries.map(({ id, title, times }) => ({
      title: `${id} ${title}`,
      values: PLOTTED.map((peer) => times[peer]?.medianMs ?? null),
    })),
  });
}
