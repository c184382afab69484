import { formatCount, formatMs, formatRatio } from '../cli/format.js';
import { formatTable } from '../cli/table.js';
import type { EngineLine, EnginePeer, EngineTimes } from './engine.js';
import { PEER_TITLES } from './engine-goals.js';

/** A table of the race, and every answer that was wrong. */
export function printEngine({ rows, buildMs, indexed, queries }: EngineLine): void {
  const { indexMs, partitionsMs } = indexed;
  const index = `an index takes ${formatMs(indexMs)} of ${formatMs(partitionsMs)} ms`;
  console.log(
    `rollup of ${formatCount(rows)} rows, built in ${formatMs(buildMs)} ms, ${index}; ms, median (p95)`,
  );
  const peers = Object.keys(PEER_TITLES) as EnginePeer[];
  const right = (title: string) => ({ title, align: 'right' as const });
  const titles = [...peers.map((peer) => PEER_TITLES[peer]), '× strings', '× codes', 'rows scanned'];
  console.log(
    formatTable(
      [{ title: 'query' }, ...titles.map(right)],
      queries.map((query) => [
        `${query.id} ${query.title}`,
        ...peers.map((peer) => timeCell(query, peer)),
        ratioCell(query, 'strings'),
        ratioCell(query, 'codes'),
        formatCount(query.rowsScanned ?? 0),
      ]),
    ),
  );
  for (const { id, fault } of queries) if (fault !== null) console.error(`DIFFERENT  ${id}: ${fault}`);
}

function timeCell(query: EngineTimes, peer: EnginePeer): string {
  const times = query.times[peer];
  return times === undefined ? '–' : `${formatMs(times.medianMs)} (${formatMs(times.p95Ms)})`;
}

function ratioCell({ times }: EngineTimes, peer: EnginePeer): string {
  const [own, other] = [times.granary, times[peer]];
  return own === undefined || other === undefined ? '–' : formatRatio(other.medianMs / own.medianMs);
}
