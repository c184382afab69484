/**
 * Many clients of one process: 32 that ask again as soon as they are answered, for one store of one country (a tiny
 * query), or for the statuses over half of the days (a small scan). Each has questions of its own, so that no answer is
 * asked for twice in a row. The peers are DuckDB's tables of codes and of strings, with a connection for each client and
 * every statement prepared; all take turns.
 */
import type { DuckDBConnection } from '@duckdb/node-api';
import { formatCount, formatMs, formatRatio } from '../cli/format.js';
import { formatTable } from '../cli/table.js';
import type { Store } from '../index.js';
import { type Client, closedLoop, type Load, medianLoad } from './closed-loop.js';
import type { Size } from './demo-queries.js';
import { duckdbObjects, duckdbPeer, firstDifference, granaryText, peerText } from './duckdb-peer.js';
import { type Goal, judge, printGoals } from './goals.js';
import type { BenchOutcome } from './question-times.js';
import { type Sales, salesPlaces, withSales } from './sales.js';
import { DAYS, SALES_ROWS } from './sales-data.js';
import { placeTotals, type SalesQuery, statusTotals } from './sales-queries.js';
import { CODE_TABLE, makeTables, RAW_TABLE, salesFiles, STRING_TABLE } from './sales-tables.js';
import type { SalesTable } from './sales-tables.js';

const CLIENTS = 32;
/** Questions of each client. */
const PLACES_EACH = 8;
const RANGES_EACH = 2;
/** The goals are those of M; L only measures it longer. */
const ROWS: Readonly<Record<Size, number>> = { ...SALES_ROWS, L: SALES_ROWS.M };
const ROUND_MS: Readonly<Record<Size, number>> = { S: 200, M: 2_000, L: 2_000 };
const ROUNDS: Readonly<Record<Size, number>> = { S: 1, M: 3, L: 5 };
const GOALS = { Q3: 60, Q2: 4, lagMs: 1 };

export type LoadPeer = 'granary' | 'codes' | 'strings';
export const LOAD_TITLES: Readonly<Record<LoadPeer, string>> = {
  granary: 'Granary',
  codes: 'DuckDB codes',
  strings: 'DuckDB strings',
};

export interface Contest {
  readonly id: 'Q2' | 'Q3';
  readonly title: string;
  readonly loads: Readonly<Record<LoadPeer, Load>>;
  readonly fault: string | null;
}

export async function benchConcurrency(size: Size, seed: number): Promise<BenchOutcome> {
  const contests = await withSales(ROWS[size], seed, async (sales) => {
    // As it comes: clients whose ranges overlap share what whole partitions add up to, and no answer is kept.
    const store = await sales.open({ states: true });
    await store.build();
    await makeTables(sales.connection, await salesFiles(store));
    const places = await salesPlaces(sales.connection, CLIENTS * PLACES_EACH);
    const tiny = share(places.map(placeTotals));
    const scans = share(Array.from({ length: CLIENTS * RANGES_EACH }, (_, at) => statusTotals(rangeOf(at))));
    return [
      await contend('Q3', 'one store in one country', tiny, store, sales, size),
      await contend('Q2', 'statuses over half of the days', scans, store, sales, size),
    ];
  });
  print(contests);
  const goals = size === 'S' ? [] : concurrencyGoals(contests);
  printGoals(goals);
  return {
    ok: contests.every(({ fault }) => fault === null),
    line: { rows: ROWS[size], clients: CLIENTS, contests, goals },
  };
}

/** As many days each, from another one on. */
function rangeOf(at: number): { from: number; to: number } {
  return { from: 100 + at, to: 100 + at + Math.round(DAYS * 0.51) };
}

/** Deals questions to the clients. */
function share(questions: readonly SalesQuery[]): SalesQuery[][] {
  return Array.from({ length: CLIENTS }, (_, client) =>
    questions.filter((__, at) => at % CLIENTS === client % questions.length),
  );
}

async function contend(
  id: Contest['id'],
  title: string,
  shares: readonly (readonly SalesQuery[])[],
  store: Store,
  sales: Sales,
  size: Size,
): Promise<Contest> {
  const fault = await firstFault(new Set(shares.flat()), store, sales.connection);
  const clients: Record<LoadPeer, Client[]> = { granary: [], codes: [], strings: [] };
  for (const questions of shares) {
    clients.granary.push((turn) => store.query(questions[turn % questions.length].query));
    clients.codes.push(await duckdbClient(questions, CODE_TABLE, sales));
    clients.strings.push(await duckdbClient(questions, STRING_TABLE, sales));
  }
  const rounds: Record<LoadPeer, Load[]> = { granary: [], codes: [], strings: [] };
  const peers = Object.keys(LOAD_TITLES) as LoadPeer[];
  for (let round = 0; round < ROUNDS[size]; round++)
    for (const peer of peers) rounds[peer].push(await closedLoop(clients[peer], ROUND_MS[size]));
  const loads = Object.fromEntries(peers.map((peer) => [peer, medianLoad(rounds[peer])]));
  return { id, title, loads: loads as Record<LoadPeer, Load>, fault };
}

async function duckdbClient(
  questions: readonly SalesQuery[],
  table: SalesTable,
  sales: Sales,
): Promise<Client> {
  const connection = await sales.connect();
  const statements = await Promise.all(
    questions.map(({ id, sql }) => duckdbObjects(id, connection, sql(table))),
  );
  return (turn) => statements[turn % statements.length].run();
}

async function firstFault(
  questions: Iterable<SalesQuery>,
  store: Store,
  connection: DuckDBConnection,
): Promise<string | null> {
  for (const { id, query, sql } of questions) {
    const facts = await duckdbPeer(id, connection, sql(RAW_TABLE));
    const difference = firstDifference(peerText(await facts.run()), granaryText(await store.query(query)));
    if (difference !== null) return `${JSON.stringify(query)}: ${difference}`;
  }
  return null;
}

function concurrencyGoals(contests: readonly Contest[]): Goal[] {
  return contests.flatMap(({ id, loads: { granary, codes } }) => [
    judge({
      id: 'G11',
      what: `${id} on M, ${CLIENTS} clients, QPS of Granary / DuckDB codes`,
      bound: 'at least',
      goal: GOALS[id],
      figure: granary.qps / codes.qps,
    }),
    judge({
      id: 'G11',
      what: `${id} on M, ${CLIENTS} clients, lag of the event loop p95`,
      bound: 'at most',
      goal: GOALS.lagMs,
      figure: granary.lagP95Ms,
      unit: 'ms',
    }),
  ]);
}

function print(contests: readonly Contest[]): void {
  const right = (title: string) => ({ title, align: 'right' as const });
  console.log(
    formatTable(
      [
        { title: `${CLIENTS} clients` },
        { title: 'peer' },
        ...['QPS', 'p50 ms', 'p95', 'loop lag p95', 'max', 'Granary / peer'].map(right),
      ],
      contests.flatMap(({ id, title, loads }) =>
        (Object.keys(LOAD_TITLES) as LoadPeer[]).map((peer) => [
          `${id} ${title}`,
          LOAD_TITLES[peer],
          formatCount(Math.round(loads[peer].qps)),
          ...[loads[peer].p50Ms, loads[peer].p95Ms, loads[peer].lagP95Ms, loads[peer].lagMaxMs].map(formatMs),
          formatRatio(loads.granary.qps / loads[peer].qps),
        ]),
      ),
    ),
  );
  for (const { id, fault } of contests) if (fault !== null) console.error(`DIFFERENT  ${id}: ${fault}`);
}
