/**
 * The engine against DuckDB on the same rows: five questions of a rollup, answered by `store.query()`, by DuckDB's
 * tables of strings and of codes, and by DuckDB on the rollup's own Parquet files; and one of them through an
 * aggregating index. Each answer is first compared with DuckDB's on the facts, cell by cell.
 */
import type { DuckDBConnection } from '@duckdb/node-api';
import type { Store } from '../index.js';
import type { Size } from './demo-queries.js';
import { duckdbObjects, duckdbPeer, firstDifference, granaryText, peerText } from './duckdb-peer.js';
import { engineGoals } from './engine-goals.js';
import { printEngine } from './engine-report.js';
import { printGoals } from './goals.js';
import { type Peer, type PeerTimes, race, type RaceOptions } from './harness.js';
import type { BenchOutcome } from './question-times.js';
import { salesPlaces, withSales } from './sales.js';
import { SALES_ROWS } from './sales-data.js';
import { SALES_INDEX } from './sales-store.js';
import { salesQueries } from './sales-queries.js';
import type { SalesQuery } from './sales-queries.js';
import { CODE_TABLE, decodeRows, makeTables, parquetTable, RAW_TABLE, salesFiles } from './sales-tables.js';
import { STRING_TABLE } from './sales-tables.js';
import type { SalesTable } from './sales-tables.js';

const BUDGET_MS: Readonly<Record<Size, number>> = { S: 100, M: 6_000, L: 15_000 };
/** Builds of the store without the index. */
const BUILDS: Readonly<Record<Size, number>> = { S: 1, M: 3, L: 1 };
const ROUNDS_MAX = 60;
const BURST = 3;
/** Of the store that gives its answers again. */
const ANSWERS_MB = 64;

/** Of the peers in a recorded line. */
export type EnginePeer =
  'granary' | 'granaryAgain' | 'granaryStates' | 'granaryIndex' | 'strings' | 'codes' | 'parquet';

export interface EngineTimes {
  readonly id: SalesQuery['id'];
  readonly title: string;
  /** Of the answer. */
  readonly groups: number;
  readonly rowsScanned: number | null;
  readonly times: Readonly<Partial<Record<EnginePeer, PeerTimes>>>;
  readonly fault: string | null;
}

export interface EngineLine {
  /** Of the rollup. */
  readonly rows: number;
  readonly buildMs: number;
  /**
   * A build with the index, one partition after the other, and how much of it the index took, by the same clock: two
   * builds differ by more than that, and a partition that waits for another one tells nothing of its own work.
   */
  readonly indexed: { readonly partitionsMs: number; readonly indexMs: number };
  readonly queries: readonly EngineTimes[];
}

export async function benchEngine(size: Size, seed: number): Promise<BenchOutcome> {
  const options = { seed, budgetMs: BUDGET_MS[size], roundsMax: ROUNDS_MAX };
  const line = await measureEngine(SALES_ROWS[size], BUILDS[size], options);
  const goals = engineGoals(size, line);
  printEngine(line);
  printGoals(goals);
  return { ok: line.queries.every(({ fault }) => fault === null), line: { ...line, goals } };
}

export async function measureEngine(
  rollupRows: number,
  builds: number,
  options: RaceOptions,
): Promise<EngineLine> {
  return withSales(rollupRows, options.seed, async ({ connection, open }) => {
    const plain = await open();
    const indexed = await open({ indexed: true });
    const buildMs: number[] = [];
    for (let turn = 0; turn < builds; turn++) buildMs.push((await plain.build({ force: true })).durationMs);
    const [{ partitionsMs, indexes }] = (await indexed.build({ concurrency: 1 })).rollups;
    const index = indexes.find(({ name }) => name === SALES_INDEX);
    const files = await salesFiles(plain);
    await makeTables(connection, files);
    const [place] = await salesPlaces(connection, 1);
    // The same files, by a store that keeps its answers.
    const keeping = await open({ answersMb: ANSWERS_MB });
    const summing = await open({ states: true });
    const stores = { plain, keeping, summing, indexed };
    const queries: EngineTimes[] = [];
    for (const query of salesQueries(place))
      queries.push(await raceQuery(query, stores, connection, parquetTable(files), options));
    const { rollups } = await plain.status();
    return {
      rows: rollups[0].rows,
      // The quickest: what comes in between only ever adds.
      buildMs: Math.min(...buildMs),
      indexed: { partitionsMs, indexMs: index?.durationMs ?? NaN },
      queries,
    };
  });
}

interface Stores {
  readonly plain: Store;
  readonly keeping: Store;
  readonly summing: Store;
  readonly indexed: Store;
}

async function raceQuery(
  asked: SalesQuery,
  { plain, keeping, summing, indexed }: Stores,
  connection: DuckDBConnection,
  parquet: SalesTable,
  options: RaceOptions,
): Promise<EngineTimes> {
  const { id, title, query, columns } = asked;
  const result = await plain.query(query);
  await keeping.query(query);
  const answers: [who: string, text: string[][]][] = [
    ['Granary', granaryText(result)],
    ['Granary, again', granaryText(await keeping.query(query))],
  ];
  const peers: [EnginePeer, Peer][] = [
    ['granary', { name: 'Granary', run: () => plain.query(query), burst: BURST }],
    ['granaryAgain', { name: 'Granary, again', run: () => keeping.query(query), burst: BURST }],
  ];
  if (id === 'Q2') {
    for (let turn = 0; turn < 2; turn++) await summing.query(query);
    answers.push(['Granary, states', granaryText(await summing.query(query))]);
    peers.push(['granaryStates', { name: 'Granary, states', run: () => summing.query(query), burst: BURST }]);
    const through = await indexed.query(query);
    answers.push(['Granary, index', granaryText(through)]);
    if (through.meta.index === null) answers.push(['Granary, index', [['no index was read']]]);
    peers.push(['granaryIndex', { name: 'Granary, index', run: () => indexed.query(query), burst: BURST }]);
  }
  const tables = { strings: STRING_TABLE, codes: CODE_TABLE, parquet };
  for (const name of ['strings', 'codes', 'parquet'] as const) {
    const peer = await duckdbPeer(name, connection, asked.sql(tables[name]));
    const rows = await peer.run();
    answers.push([name, peerText(name === 'codes' ? decodeRows(rows, columns) : rows)]);
    peers.push([name, { ...(await duckdbObjects(name, connection, asked.sql(tables[name]))), burst: BURST }]);
  }
  const facts = peerText(await (await duckdbPeer('facts', connection, asked.sql(RAW_TABLE))).run());
  const fault = firstFault(facts, answers);
  const all = peers.map(([, peer]) => peer);
  const times = await race(all, options);
  return {
    id,
    title,
    groups: result.data.length,
    rowsScanned: result.meta.rowsScanned,
    times: Object.fromEntries(peers.map(([name], at) => [name, times[at]])),
    fault,
  };
}

function firstFault(facts: string[][], answers: readonly [who: string, text: string[][]][]): string | null {
  for (const [who, text] of answers) {
    const difference = firstDifference(facts, text);
    if (difference !== null) return `${who}: ${difference}`;
  }
  return null;
}
