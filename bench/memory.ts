/**
 * What a row costs: in memory once every column was read, against DuckDB's tables of strings and of codes; on disk, by
 * kind of file; and the time until every column is in memory, against DuckDB reading a Parquet file of codes into typed
 * arrays.
 */
import { execFileSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { DuckDBConnection } from '@duckdb/node-api';
import { formatCount, formatMs } from '../cli/format.js';
import { median } from '../cli/median.js';
import { formatTable } from '../cli/table.js';
import { quoteText } from '../sources/quote-duckdb.js';
import type { Size } from './demo-queries.js';
import { duckdbPeer, firstDifference, granaryText, peerText } from './duckdb-peer.js';
import { type Goal, judge, printGoals } from './goals.js';
import type { MemoryHeld, MemoryTask } from './memory-process.js';
import type { BenchOutcome } from './question-times.js';
import { type Sales, withSales } from './sales.js';
import { label, SALES_ROWS } from './sales-data.js';
import { openSales, salesOptions } from './sales-store.js';
import { makeTables, salesFiles } from './sales-tables.js';

const RUNS: Readonly<Record<Size, number>> = { S: 1, M: 3, L: 3 };
const LOADS: Readonly<Record<Size, number>> = { S: 2, M: 7, L: 3 };
const GOALS = { diskRatio: 3.2, residentRatio: 1 / 3, loadRatio: 20 };
/** Tells the formats of a store's files: the durable rows, and the serving form beside them. */
const DURABLE = '.parquet';
const SERVING = '.arrow';

/** Filters and groups by every dimension and reads every measure, so that no column stays on disk. */
const EVERYTHING = {
  measures: ['count', 'amount', 'quantity', 'cheapest', 'dearest'].map((name) => `sales.${name}`),
  dimensions: ['sales.status'],
  timeDimensions: [{ dimension: 'sales.sold_at', granularity: 'day' }],
  filters: [
    { member: 'sales.country', operator: 'notEquals', values: [label.country(0)] },
    { member: 'sales.store', operator: 'notEquals', values: [label.store(0)] },
    { member: 'sales.product', operator: 'notEquals', values: [label.product(0)] },
  ],
  order: [
    ['sales.sold_at', 'asc'],
    ['sales.status', 'asc'],
  ],
  limit: 50_000,
};
const EVERYTHING_SQL = `
  SELECT status, date_trunc('day', sold_at), count(*), sum(amount), sum(quantity), min(amount), max(amount) FROM sales
  WHERE country <> '${label.country(0)}' AND store <> '${label.store(0)}' AND product <> '${label.product(0)}'
  GROUP BY 1, 2 ORDER BY 2, 1`;

export interface MemoryLine {
  readonly rows: number;
  readonly resident: Readonly<Record<'granary' | 'strings' | 'codes', number>>;
  /** Of Granary's process, by Node's count. */
  readonly externalBytes: number;
  readonly heapBytes: number;
  /** Bytes of the store's files by the end of their names. */
  readonly disk: Readonly<Record<string, number>>;
  /** Until every column is in memory. */
  readonly loadMs: Readonly<Record<'granary' | 'parquet', number>>;
  readonly fault: string | null;
}

export async function benchMemory(size: Size, seed: number): Promise<BenchOutcome> {
  const line = await withSales(SALES_ROWS[size], seed, (sales) => measureMemory(sales, size));
  print(line);
  if (line.fault !== null) console.error(`DIFFERENT  ${line.fault}`);
  const goals = size === 'S' ? [] : memoryGoals(size, line);
  printGoals(goals);
  return { ok: line.fault === null, line: { ...line, goals } };
}

async function measureMemory(sales: Sales, size: Size): Promise<MemoryLine> {
  const { folder, facts, connection, open } = sales;
  const store = await open();
  await store.build();
  const files = await salesFiles(store);
  await makeTables(connection, files);
  const expected = peerText(await (await duckdbPeer('facts', connection, EVERYTHING_SQL)).run());
  const options = salesOptions({ folder, facts });
  const held = Array.from({ length: RUNS[size] }, () => heldBy({ store: options, query: EVERYTHING }));
  const { rows } = (await store.status()).rollups[0];
  const { loadMs, text } = await raceLoads(sales, rows, LOADS[size]);
  const answers = [...held.map((process) => process.text), text];
  const middle = (pick: (process: MemoryHeld) => number): number => median(held.map(pick));
  return {
    rows,
    resident: {
      granary: middle(({ residentBytes }) => residentBytes),
      strings: await tableBytes(connection, 'strings'),
      codes: await tableBytes(connection, 'codes'),
    },
    externalBytes: middle(({ externalBytes }) => externalBytes),
    heapBytes: middle(({ heapBytes }) => heapBytes),
    disk: bytesByKind(join(options.store ?? '', 'data')),
    loadMs,
    fault: answers.reduce<string | null>((found, answer) => found ?? firstDifference(expected, answer), null),
  };
}

function heldBy(task: MemoryTask): MemoryHeld {
  const script = fileURLToPath(new URL('./memory-process.js', import.meta.url));
  const answer = execFileSync(process.execPath, ['--expose-gc', script, JSON.stringify(task)], {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  return JSON.parse(answer) as MemoryHeld;
}

/** What DuckDB holds more of in memory once the table is there twice. */
async function tableBytes(connection: DuckDBConnection, table: 'strings' | 'codes'): Promise<number> {
  const held = async (): Promise<number> => {
    const reader = await connection.runAndReadAll(
      "SELECT sum(memory_usage_bytes) FROM duckdb_memory() WHERE tag = 'IN_MEMORY_TABLE'",
    );
    return Number(reader.getRows()[0][0]);
  };
  const before = await held();
  await connection.run(`CREATE TABLE twice AS FROM ${table}`);
  const bytes = (await held()) - before;
  await connection.run('DROP TABLE twice');
  return bytes;
}

/** In turns, in this process, where the code of both is warm: what is new each time is the store, and every column. */
async function raceLoads(
  { folder, facts, connection }: Sales,
  rows: number,
  rounds: number,
): Promise<{ loadMs: MemoryLine['loadMs']; text: string[][] }> {
  const codes = join(folder, 'codes.parquet');
  await connection.run(`COPY codes TO ${quoteText(codes)} (FORMAT parquet, COMPRESSION zstd)`);
  const granary: number[] = [];
  const parquet: number[] = [];
  let text: string[][] = [];
  for (let round = 0; round < rounds; round++) {
    parquet.push(await timed(() => readColumns(connection, codes, rows)));
    const store = await openSales({ folder, facts });
    try {
      const first = await timed(async () => (text = granaryText(await store.query(EVERYTHING))));
      const warm = await timed(() => store.query(EVERYTHING));
      granary.push(Math.max(0, first - warm));
    } finally {
      await store.close();
    }
  }
  return { loadMs: { granary: median(granary), parquet: median(parquet) }, text };
}

async function timed(run: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await run();
  return performance.now() - startedAt;
}

type Numbers = Uint8Array | Uint16Array | Uint32Array | Float64Array;

/** Every column of a file of numbers as one typed array. */
async function readColumns(connection: DuckDBConnection, file: string, rows: number): Promise<Numbers[]> {
  const result = await connection.stream(`SELECT * FROM read_parquet(${quoteText(file)})`);
  const columns: Numbers[] = [];
  let row = 0;
  for (let chunk = await result.fetchChunk(); chunk !== null; chunk = await result.fetchChunk()) {
    if (chunk.rowCount === 0) break;
    for (let at = 0; at < chunk.columnCount; at++) {
      // Its declaration hides what it was made of.
      const { items } = chunk.getColumnVector(at) as unknown as { readonly items: Numbers };
      columns[at] ??= new (items.constructor as new (length: number) => Numbers)(rows);
      columns[at].set(items, row);
    }
    row += chunk.rowCount;
  }
  if (row !== rows) throw new Error(`DuckDB gave ${row} of ${rows} rows`);
  return columns;
}

/** Bytes of all files below a folder, by the end of their names. */
function bytesByKind(folder: string): Record<string, number> {
  const bytes: Record<string, number> = {};
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const file = statSync(join(folder, name));
    if (file.isFile()) bytes[extname(name)] = (bytes[extname(name)] ?? 0) + file.size;
  }
  return bytes;
}

function memoryGoals(size: Size, { resident, disk, loadMs }: MemoryLine): Goal[] {
  const goals = [
    judge({
      id: 'G12',
      what: `disk on ${size}, serving form / Parquet`,
      bound: 'at most',
      goal: GOALS.diskRatio,
      figure: (disk[SERVING] ?? NaN) / disk[DURABLE],
    }),
    judge({
      id: 'G12',
      what: `resident on ${size}, Granary / DuckDB strings`,
      bound: 'at most',
      goal: GOALS.residentRatio,
      figure: resident.granary / resident.strings,
    }),
  ];
  if (size !== 'M') return goals;
  const load = judge({
    id: 'G12',
    what: `load of ${size}, DuckDB Parquet of codes into typed arrays / Granary`,
    bound: 'at least',
    goal: GOALS.loadRatio,
    figure: loadMs.parquet / loadMs.granary,
  });
  return [...goals, load];
}

function print({ rows, resident, externalBytes, heapBytes, disk, loadMs }: MemoryLine): void {
  const perRow = (bytes: number): string => (bytes / rows).toFixed(1);
  console.log(
    formatTable(
      [{ title: `${formatCount(rows)} rows` }, { title: 'bytes per row', align: 'right' }],
      [
        ['resident: Granary', perRow(resident.granary)],
        ['  of it outside of the heap, by Node', perRow(externalBytes)],
        ['  of it in the heap', perRow(heapBytes)],
        ['resident: DuckDB strings', perRow(resident.strings)],
        ['resident: DuckDB codes', perRow(resident.codes)],
        ...Object.entries(disk).map(([kind, bytes]) => [`disk: ${kind}`, perRow(bytes)]),
      ],
    ),
  );
  console.log(
    `every column in memory: Granary ${formatMs(loadMs.granary)} ms, DuckDB Parquet of codes ${formatMs(loadMs.parquet)} ms`,
  );
}
