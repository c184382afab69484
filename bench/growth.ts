/**
 * How the cost of an answer grows: with the rows of a rollup, with the groups of the answer, with the partitions that the
 * same rows lie in, and with the clients of one process. DuckDB's table of codes takes its turns beside.
 */
import type { DuckDBConnection } from '@duckdb/node-api';
import { formatCount, formatMs } from '../cli/format.js';
import { formatTable } from '../cli/table.js';
import type { Store } from '../index.js';
import { type Client, closedLoop } from './closed-loop.js';
import type { Size } from './demo-queries.js';
import { duckdbObjects, duckdbPeer, firstDifference, granaryText, peerText } from './duckdb-peer.js';
import { race } from './harness.js';
import type { BenchOutcome } from './question-times.js';
import { type Sales, salesPlaces, withSales } from './sales.js';
import { groupTotals, placeTotals, salesQueries } from './sales-queries.js';
import type { SalesQuery } from './sales-queries.js';
import { CODE_TABLE, makeTables, RAW_TABLE, salesFiles } from './sales-tables.js';

interface GrowthSize {
  readonly rows: readonly number[];
  /** Of the rollups by which groups, partitions and clients are counted. */
  readonly fixedRows: number;
  readonly partitions: readonly string[];
  readonly clients: readonly number[];
  readonly budgetMs: number;
  readonly loadMs: number;
}

const SIZES: Readonly<Record<Size, GrowthSize>> = {
  S: {
    rows: [5_000, 20_000],
    fixedRows: 20_000,
    partitions: ['year', 'month'],
    clients: [1, 8],
    budgetMs: 100,
    loadMs: 100,
  },
  M: {
    rows: [10_000, 40_000, 160_000, 640_000, 2_560_000],
    fixedRows: 640_000,
    partitions: ['year', 'quarter', 'month', 'week', 'day'],
    clients: [1, 2, 4, 8, 16, 32, 64, 128],
    budgetMs: 2_000,
    loadMs: 1_000,
  },
  L: {
    rows: [10_000, 100_000, 1_000_000, 5_000_000, 20_000_000],
    fixedRows: 5_000_000,
    partitions: ['year', 'quarter', 'month', 'week', 'day'],
    clients: [1, 2, 4, 8, 16, 32, 64, 128, 256],
    budgetMs: 5_000,
    loadMs: 2_000,
  },
};
const ROUNDS_MAX = 40;
const BURST = 3;
/** From 5 groups to as many as there are rows. */
const GROUPINGS = [
  ['status'],
  ['country'],
  ['store'],
  ['store', 'status'],
  ['country', 'store'],
  ['product'],
  ['store', 'product'],
] as const;

/** One line of a plot. */
export interface GrowthSeries {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

/** One plot, both axes logarithmic. */
export interface GrowthCurve {
  readonly id: 'rows' | 'groups' | 'partitions' | 'clients';
  readonly x: string;
  readonly y: string;
  readonly series: readonly GrowthSeries[];
}

interface Growing {
  readonly size: GrowthSize;
  readonly seed: number;
  /** What was wrong is added. */
  readonly faults: string[];
}

export async function benchGrowth(size: Size, seed: number): Promise<BenchOutcome> {
  const growing: Growing = { size: SIZES[size], seed, faults: [] };
  const rows = await overRows(growing);
  const others = await withSales(growing.size.fixedRows, seed, async (sales) => {
    const store = await builtStore(sales, 'month');
    await makeTables(sales.connection, await salesFiles(store));
    return [
      await overGroups(growing, sales, store),
      await overPartitions(growing, sales),
      await overClients(growing, sales, store),
    ];
  });
  const curves = [rows, ...others];
  for (const curve of curves) print(curve);
  for (const fault of growing.faults) console.error(`DIFFERENT  ${fault}`);
  return { ok: growing.faults.length === 0, line: { fixedRows: growing.size.fixedRows, curves } };
}

async function overRows(growing: Growing): Promise<GrowthCurve> {
  const lines = new Lines();
  for (const rows of growing.size.rows) {
    await withSales(rows, growing.seed, async (sales) => {
      const store = await builtStore(sales, 'month');
      await makeTables(sales.connection, await salesFiles(store));
      for (const query of await asked(sales.connection)) {
        const { granary, codes } = await raceOne(growing, query, store, sales.connection);
        lines.add(`Granary ${query.id}`, rows, granary);
        lines.add(`DuckDB codes ${query.id}`, rows, codes);
      }
    });
  }
  return { id: 'rows', x: 'rows of the rollup', y: 'ms', series: lines.series() };
}

async function overGroups(growing: Growing, { connection }: Sales, store: Store): Promise<GrowthCurve> {
  const lines = new Lines();
  for (const columns of GROUPINGS) {
    const reader = await connection.runAndReadAll(
      `SELECT count(*) FROM (SELECT DISTINCT ${columns.join(', ')} FROM codes)`,
    );
    const groups = Number(reader.getRows()[0][0]);
    const { granary, codes } = await raceOne(growing, groupTotals(columns), store, connection);
    lines.add('Granary', groups, granary);
    lines.add('DuckDB codes', groups, codes);
  }
  return { id: 'groups', x: 'groups, of which the 10 with the largest sum', y: 'ms', series: lines.series() };
}

/** DuckDB's table has no partitions: its line is what it takes beside each. */
async function overPartitions(growing: Growing, sales: Sales): Promise<GrowthCurve> {
  const lines = new Lines();
  const queries = await asked(sales.connection);
  for (const partitions of growing.size.partitions) {
    const store = await builtStore(sales, partitions);
    const { rollups } = await store.status();
    for (const query of queries) {
      const { granary, codes } = await raceOne(growing, query, store, sales.connection);
      lines.add(`Granary ${query.id}`, rollups[0].partitions, granary);
      lines.add(`DuckDB codes ${query.id}`, rollups[0].partitions, codes);
    }
  }
  return { id: 'partitions', x: 'partitions of the same rows', y: 'ms', series: lines.series() };
}

/** Every client asks for places of its own. */
async function overClients({ size }: Growing, sales: Sales, store: Store): Promise<GrowthCurve> {
  const lines = new Lines();
  const most = Math.max(...size.clients);
  const places = await salesPlaces(sales.connection, 2 * most);
  const own: Client[] = [];
  const codes: Client[] = [];
  for (let client = 0; client < most; client++) {
    const questions = [client, client + most].map((at) => placeTotals(places[at % places.length]));
    const connection = await sales.connect();
    const statements = await Promise.all(
      questions.map(({ id, sql }) => duckdbObjects(id, connection, sql(CODE_TABLE))),
    );
    own.push((turn) => store.query(questions[turn % 2].query));
    codes.push((turn) => statements[turn % 2].run());
  }
  for (const clients of size.clients) {
    const granary = await closedLoop(own.slice(0, clients), size.loadMs);
    const peer = await closedLoop(codes.slice(0, clients), size.loadMs);
    lines.add('Granary', clients, granary.qps);
    lines.add('DuckDB codes', clients, peer.qps);
  }
  return {
    id: 'clients',
    x: 'clients that ask for one store in one country',
    y: 'answers per second',
    series: lines.series(),
  };
}

async function builtStore(sales: Sales, partitions: string): Promise<Store> {
  const store = await sales.open({ partitions });
  await store.build();
  return store;
}

/** A scan, a lookup and a group-by of many groups. */
async function asked(connection: DuckDBConnection): Promise<SalesQuery[]> {
  const [place] = await salesPlaces(connection, 1);
  return salesQueries(place).filter(({ id }) => ['Q2', 'Q3', 'Q4'].includes(id));
}

async function raceOne(
  { size, seed, faults }: Growing,
  { id, query, sql }: SalesQuery,
  store: Store,
  connection: DuckDBConnection,
): Promise<{ granary: number; codes: number }> {
  const facts = await duckdbPeer(id, connection, sql(RAW_TABLE));
  const difference = firstDifference(peerText(await facts.run()), granaryText(await store.query(query)));
  if (difference !== null) faults.push(`${JSON.stringify(query)}: ${difference}`);
  const [granary, codes] = await race(
    [
      { name: 'Granary', run: () => store.query(query), burst: BURST },
      { ...(await duckdbObjects('DuckDB codes', connection, sql(CODE_TABLE))), burst: BURST },
    ],
    { seed, roundsMax: ROUNDS_MAX, budgetMs: size.budgetMs },
  );
  return { granary: granary.medianMs, codes: codes.medianMs };
}

/** The points of a plot by the name of their line, in the order in which they come. */
class Lines {
  private readonly points = new Map<string, [x: number, y: number][]>();

  add(name: string, x: number, y: number): void {
    this.points.set(name, [...(this.points.get(name) ?? []), [x, y]]);
  }

  series(): GrowthSeries[] {
    return [...this.points].map(([name, points]) => ({ name, points }));
  }
}

function print({ x, y, series }: GrowthCurve): void {
  const right = (title: string) => ({ title, align: 'right' as const });
  const number = y === 'ms' ? formatMs : (value: number): string => formatCount(Math.round(value));
  console.log(
    formatTable(
      [right(x), ...series.map(({ name }) => right(y === 'ms' ? `${name} ms` : name))],
      series[0].points.map(([at], row) => [
        formatCount(at),
        ...series.map(({ points }) => number(points[row][1])),
      ]),
    ),
  );
}
