import { formatCount, formatMs, formatRatio } from '../../cli/format.js';
import { type Contest, LOAD_TITLES, type LoadPeer } from '../concurrency.js';
import { markdownTable, type Section } from './markdown.js';
import type { Recorded } from './recorded.js';

const HEAD = `## Many clients of one process

Clients of one process that ask again as soon as they are answered, each with questions of its own. Granary keeps no answers, but, as it does by default, what whole partitions add up to. DuckDB has a connection for each of them and every statement prepared. The lag is by how much a timer of a millisecond came too late.
`;

export interface ConcurrencyLine {
  readonly rows: number;
  readonly clients: number;
  readonly contests: readonly Contest[];
}

export function concurrencySection(recorded: Recorded): Section | null {
  const runs = recorded.of<ConcurrencyLine>('concurrency');
  if (runs.length === 0) return null;
  const peers = Object.keys(LOAD_TITLES) as LoadPeer[];
  const titles = ['answers/s', 'p50 ms', 'p95 ms', 'loop lag p95 ms', 'Granary / peer'];
  const parts = runs.map(({ size, rows, clients, contests }) => {
    const table = markdownTable(
      ['question', 'peer', ...titles],
      contests.flatMap(({ id, title, loads }) =>
        peers.map((peer) => [
          `${id} ${title}`,
          LOAD_TITLES[peer],
          formatCount(Math.round(loads[peer].qps)),
          formatMs(loads[peer].p50Ms),
          formatMs(loads[peer].p95Ms),
          formatMs(loads[peer].lagP95Ms),
          formatRatio(loads.granary.qps / loads[peer].qps),
        ]),
      ),
      titles,
    );
    return `### ${size}: ${clients} clients, ${formatCount(rows)} rows\n\n${table}\n`;
  });
  return { text: [HEAD, ...parts].join('\n'), plots: {} };
}
