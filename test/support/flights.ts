/** A seeded sample of the real flights, with edge rows, as files for a store and as objects for the oracle. */
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DuckDBInstance } from '@duckdb/node-api';
import { parse } from 'yaml';
import type { CubeFilter, CubeGranularity, CubeQuery } from './cube-query.js';
import { answer } from './oracle.js';
import type { OracleAnswer, OracleModel } from './oracle.js';
import type { Cell } from './oracle-filter.js';

export interface FlightsSample {
  /** A temporary folder for whatever the test stores. */
  readonly folder: string;
  readonly flights: readonly FlightRow[];
  /** Keys of `openStore` but `store`, with the model of the demo. */
  readonly options: {
    readonly model: string;
    readonly sources: { readonly default: { readonly type: 'duckdb'; readonly init: string[] } };
  };
  /** The same with a model without pre-aggregations. */
  readonly sourceOptions: {
    readonly model: Readonly<Record<string, unknown>>;
    readonly sources: FlightsSample['options']['sources'];
  };
  readonly rollups: readonly FlightsRollup[];
  /** The oracle's answer. */
  answer(query: CubeQuery): OracleAnswer;
  remove(): void;
}

/** What a pre-aggregation of the demo's model holds, members with their cubes. */
export interface FlightsRollup {
  readonly id: string;
  readonly measures: readonly string[];
  readonly dimensions: readonly string[];
  readonly segments: readonly string[];
  readonly time: { readonly dimension: string; readonly granularity: CubeGranularity } | null;
}

/** A flight joined to the airport of its origin, or an airport alone. */
export interface FlightRow {
  readonly date: number | null;
  readonly delay: bigint | null;
  readonly distance: bigint | null;
  readonly origin: string | null;
  readonly destination: string | null;
  /** Of the airport; all NULL where there is none. */
  readonly iata: string | null;
  readonly city: string | null;
  readonly state: string | null;
}

/** @param every one flight in so many is taken: 150 gives about 20,000 rows */
export async function flightsSample(every: number): Promise<FlightsSample> {
  const folder = mkdtempSync(join(tmpdir(), 'granary-flights-'));
  const files = { flights: join(folder, 'flights.parquet'), airports: join(folder, 'airports.parquet') };
  const { flights, airports } = await writeSample(files, every);
  const cubes = readCubes(demoModel);
  const init = Object.entries(files).map(([name, file]) => `CREATE VIEW ${name} AS SELECT * FROM '${file}'`);
  const sources = { default: { type: 'duckdb' as const, init } };
  return {
    folder,
    flights,
    options: { model: demoModel, sources },
    sourceOptions: { model: { cubes: cubes.map(withoutRollups) }, sources },
    rollups: cubes.flatMap(rollupsOf),
    answer: (query) => answer(flightsOracle, namesFlights(query) ? flights : airports, query),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

const demoModel = fileURLToPath(new URL('../../data/flights/model/', import.meta.url));
const datasets = fileURLToPath(new URL('../../node_modules/vega-datasets/data/', import.meta.url));

/** What NULLs, strange strings and the edges of days, months and years do to an engine. */
const edgeRows = [
  "(NULL, 5, 100, 'ATL', 'LAX')",
  "(NULL, -7, 200, 'ZZZ', NULL)",
  '(NULL, NULL, NULL, NULL, NULL)',
  "('2001-01-31 23:59:59.999', NULL, 300, 'ATL', 'LAX')",
  "('2001-02-01 00:00:00.000', NULL, 301, 'ATL', 'LAX')",
  "('2001-02-17 23:59:59.999', 11, 302, NULL, 'LAX')",
  "('2001-03-24 15:30:00.000', 12, 303, 'ORD', NULL)",
  "('2001-03-24 16:30:00.000', 13, NULL, 'ORD', NULL)",
  "('2001-03-25 00:59:59.999', 14, 304, 'ZZZ', 'DFW')",
  "('2001-03-25 01:00:00.000', 15, 305, 'ZZZ', 'DFW')",
  "('2001-04-01 06:59:59.999', 16, 306, '', 'DFW')",
  "('2001-04-01 07:00:00.000', 17, 307, '', 'DFW')",
  "('2000-12-31 23:59:59.999', 18, 308, '%_', 'lax')",
  "('2001-06-30 23:59:59.999', 19, 309, 'a''b\"c', 'LAX ')",
  "('2001-07-01 00:00:00.000', -1116, 310, '😀', 'ﬀ')",
  "('2001-07-02 12:34:56.789', 0, 311, 'ﬀ', '😀')",
];

async function writeSample(
  files: { readonly flights: string; readonly airports: string },
  every: number,
): Promise<{ flights: FlightRow[]; airports: FlightRow[] }> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    await connection.run(`
      COPY (
        SELECT date, delay, distance, origin, destination FROM '${join(datasets, 'flights-3m.parquet')}'
        WHERE (epoch_ms(date) // 60000 + delay * 31 + distance * 17) % ${every} = 0
        UNION ALL
        SELECT date::TIMESTAMP, delay, distance, origin, destination
        FROM (VALUES ${edgeRows.join(', ')}) AS edges(date, delay, distance, origin, destination)
      ) TO '${files.flights}'`);
    await connection.run(`COPY (SELECT * FROM '${join(datasets, 'airports.csv')}') TO '${files.airports}'`);
    const read = async (sql: string): Promise<FlightRow[]> => {
      const reader = await connection.runAndReadAll(sql);
      return reader.getRowObjectsJS().map((row) => ({
        ...(row as unknown as FlightRow),
        date: row['date'] === null ? null : Number(row['date']),
      }));
    };
    return {
      flights: await read(`
        SELECT epoch_ms(f.date) AS date, delay, distance, origin, destination, iata, city, state
        FROM '${files.flights}' f LEFT JOIN '${files.airports}' a ON a.iata = f.origin`),
      airports: await read(`
        SELECT NULL AS date, NULL AS delay, NULL AS distance, NULL AS origin, NULL AS destination, iata, city, state
        FROM '${files.airports}'`),
    };
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

interface RawCube {
  readonly name: string;
  readonly pre_aggregations?: readonly RawRollup[];
}

interface RawRollup {
  readonly name: string;
  readonly measures?: readonly string[];
  readonly dimensions?: readonly string[];
  readonly segments?: readonly string[];
  readonly time_dimension?: string;
  readonly granularity?: CubeGranularity;
}

function readCubes(folder: string): RawCube[] {
  const files = readdirSync(folder).toSorted();
  return files.flatMap(
    (file) => (parse(readFileSync(join(folder, file), 'utf8')) as { cubes: RawCube[] }).cubes,
  );
}

function withoutRollups(cube: RawCube): object {
  return { ...cube, pre_aggregations: [] };
}

function rollupsOf({ name: cube, pre_aggregations: rollups = [] }: RawCube): FlightsRollup[] {
  const qualify = (member: string): string =>
    member.includes('.') ? member.replace(/^CUBE\./, `${cube}.`) : `${cube}.${member}`;
  return rollups.map((rollup) => ({
    id: `${cube}.${rollup.name}`,
    measures: (rollup.measures ?? []).map(qualify),
    dimensions: (rollup.dimensions ?? []).map(qualify),
    segments: (rollup.segments ?? []).map(qualify),
    time:
      rollup.time_dimension === undefined || rollup.granularity === undefined
        ? null
        : { dimension: qualify(rollup.time_dimension), granularity: rollup.granularity },
  }));
}

/** The members of the demo's model, read from its YAML by hand. */
export const flightsOracle: OracleModel<FlightRow> = {
  dimensions: {
    'flights.departed_at': { type: 'time', of: (row) => row.date },
    'flights.origin': { type: 'string', of: (row) => row.origin },
    'flights.destination': { type: 'string', of: (row) => row.destination },
    'airports.city': { type: 'string', of: (row) => row.city },
    'airports.state': { type: 'string', of: (row) => row.state },
  },
  measures: {
    'flights.count': { kind: 'count' },
    'flights.total_delay': { kind: 'sum', of: (row) => row.delay },
    'flights.min_delay': { kind: 'min', of: (row) => row.delay },
    'flights.max_delay': { kind: 'max', of: (row) => row.delay },
    'flights.average_delay': {
      kind: 'calculated',
      from: ['flights.total_delay', 'flights.count'],
      of: (sum, count) => (sum === null || count === null || count === 0 ? null : sum / count),
    },
    'flights.total_distance': { kind: 'sum', of: (row) => row.distance },
    'flights.min_distance': { kind: 'min', of: (row) => row.distance },
    'flights.max_distance': { kind: 'max', of: (row) => row.distance },
    'flights.distinct_routes': { kind: 'approx', of: route },
    // Flights repeat their airports, and each is to be counted once.
    'airports.count': { kind: 'distinct', of: (row) => row.iata },
  },
  segments: { 'flights.delayed': (row) => row.delay !== null && row.delay > 15n },
};

function route(row: FlightRow): Cell {
  return row.origin === null || row.destination === null ? null : `${row.origin}-${row.destination}`;
}

/** Whether the rows of the query are flights; a query of airports alone counts airports. */
function namesFlights(query: CubeQuery): boolean {
  const inFilter = (filter: CubeFilter): boolean => {
    if ('and' in filter) return filter.and.some(inFilter);
    if ('or' in filter) return filter.or.some(inFilter);
    return filter.member.startsWith('flights.');
  };
  const times = (query.timeDimensions ?? []).map((time) =>
    typeof time === 'string' ? time : time.dimension,
  );
  const named = [query.measures, query.dimensions, query.segments, times].flatMap((names) => names ?? []);
  return named.some((name) => name.startsWith('flights.')) || (query.filters ?? []).some(inFilter);
}
