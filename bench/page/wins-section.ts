/** Where DuckDB was faster: every race that it won, found in the recorded runs and not chosen by hand. */
import { formatCount, formatMs, formatRatio } from '../../cli/format.js';
import { COLD_TITLES, type ColdLine, type ColdPeer } from '../cold.js';
import { LOAD_TITLES, type LoadPeer } from '../concurrency.js';
import type { EngineLine } from '../engine.js';
import { PEER_TITLES } from '../engine-goals.js';
import { BUILD_PEERS, type BuildLine } from './build-section.js';
import type { ConcurrencyLine } from './concurrency-section.js';
import type { FlightsLine } from './flights-section.js';
import { duckdbName, type GrowthLine } from './growth-section.js';
import { markdownTable, type Section } from './markdown.js';
import type { Recorded } from './recorded.js';

const HEAD = `## Where DuckDB wins

DuckDB answers any SQL over the raw rows, joins and windows included, the moment they are there; a rollup must be planned, built, kept and refreshed, and answers what it was made for. What no rollup serves is DuckDB's work here too, with Granary's planning on top. It reads and writes other formats, changes rows, and spills to disk what memory does not hold.
`;

interface Race {
  readonly where: string;
  readonly peer: string;
  readonly unit: string;
  readonly granary: number;
  readonly duckdb: number;
  /** Above 1 where DuckDB was better. */
  readonly by: number;
}

export function winsSection(recorded: Recorded): Section | null {
  const races = [
    ...engineRaces(recorded),
    ...flightRaces(recorded),
    ...coldRaces(recorded),
    ...loadRaces(recorded),
    ...buildRaces(recorded),
    ...growthRaces(recorded),
  ];
  if (races.length === 0) return null;
  const won = races.filter(({ by }) => by > 1).sort((a, b) => b.by - a.by);
  const count = `Of the ${races.length} races above it won ${won.length}${won.length === 0 ? '.' : ':'}`;
  const table = markdownTable(
    ['race', 'DuckDB', 'unit', 'Granary figure', 'DuckDB figure', 'times'],
    won.map(({ where, peer, unit, granary, duckdb, by }) => [
      where,
      peer,
      unit,
      formatMs(granary),
      formatMs(duckdb),
      formatRatio(by),
    ]),
    ['Granary figure', 'DuckDB figure', 'times'],
  );
  return { text: [HEAD, `${count}\n`, ...(won.length === 0 ? [] : [`${table}\n`])].join('\n'), plots: {} };
}

function shorter(where: string, peer: string, granary: number, duckdb: number): Race {
  return { where, peer, unit: 'ms', granary, duckdb, by: granary / duckdb };
}

function engineRaces(recorded: Recorded): Race[] {
  return recorded.of<EngineLine>('engine').flatMap(({ size, queries }) =>
    queries.flatMap(({ id, times: { granary, ...peers } }) =>
      (['strings', 'codes', 'parquet'] as const).flatMap((peer) => {
        const times = peers[peer];
        if (granary === undefined || times === undefined) return [];
        return [shorter(`${id} on ${size}`, PEER_TITLES[peer], granary.medianMs, times.medianMs)];
      }),
    ),
  );
}

function flightRaces(recorded: Recorded): Race[] {
  return recorded
    .of<FlightsLine>('demo-queries')
    .flatMap(({ size, times }) =>
      times.flatMap(({ title, granary, duckdbRollup, duckdbRaw }) => [
        ...(duckdbRollup === null
          ? []
          : [shorter(`${title}, ${size}`, 'on the rollup', granary.medianMs, duckdbRollup.medianMs)]),
        shorter(`${title}, ${size}`, 'on the raw file', granary.medianMs, duckdbRaw.medianMs),
      ]),
    );
}

function coldRaces(recorded: Recorded): Race[] {
  const peers: readonly ColdPeer[] = ['file', 'parquet'];
  return recorded
    .of<ColdLine>('cold')
    .flatMap(({ size, medianMs }) =>
      peers.map((peer) => shorter(`cold Q2 on ${size}`, COLD_TITLES[peer], medianMs.granary, medianMs[peer])),
    );
}

function loadRaces(recorded: Recorded): Race[] {
  const peers: readonly LoadPeer[] = ['codes', 'strings'];
  return recorded.of<ConcurrencyLine>('concurrency').flatMap(({ size, clients, contests }) =>
    contests.flatMap(({ id, loads }) =>
      peers.map((peer) => ({
        where: `${id}, ${clients} clients, ${size}`,
        peer: LOAD_TITLES[peer],
        unit: 'answers/s',
        granary: loads.granary.qps,
        duckdb: loads[peer].qps,
        by: loads[peer].qps / loads.granary.qps,
      })),
    ),
  );
}

function buildRaces(recorded: Recorded): Race[] {
  return recorded
    .of<BuildLine>('build')
    .flatMap(({ size, builds }) =>
      builds.flatMap(({ title, granaryMs, peerMs }) =>
        Object.entries(peerMs).map(([peer, ms]) =>
          shorter(`build of ${title}, ${size}`, `DuckDB ${BUILD_PEERS[peer] ?? peer}`, granaryMs, ms),
        ),
      ),
    );
}

function growthRaces(recorded: Recorded): Race[] {
  const curves = recorded.of<GrowthLine>('growth').at(-1)?.curves ?? [];
  return curves.flatMap(({ id, y, series }) =>
    series.flatMap(({ name, points }) => {
      const peer = series.find((other) => other.name === duckdbName(name));
      if (peer === undefined) return [];
      return points.map(([at, granary], position) => {
        const duckdb = peer.points[position][1];
        const query = name.replace('Granary', '').trim();
        return {
          where: `growth${query === '' ? '' : `, ${query}`}, ${formatCount(at)} ${id}`,
          peer: 'DuckDB codes',
          unit: y === 'ms' ? y : 'answers/s',
          granary,
          duckdb,
          by: y === 'ms' ? granary / duckdb : duckdb / granary,
        };
      });
    }),
  );
}
