/**
 * What a process costs that asks one question and ends, as a script or a function in the cloud does: from the spawn to
 * the answer of Q2, a process for each, in turns, and that of a process which only prints taken off. The peers are
 * DuckDB on a database file of its own, on Granary's Parquet files, and asked for nothing.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { formatCount, formatMs, formatRatio } from '../cli/format.js';
import { median } from '../cli/median.js';
import { formatTable } from '../cli/table.js';
import type { ColdMode, ColdTask } from './cold-process.js';
import type { Size } from './demo-queries.js';
import { duckdbPeer, firstDifference, peerText } from './duckdb-peer.js';
import { judge, printGoals } from './goals.js';
import type { BenchOutcome } from './question-times.js';
import { type Sales, withSales } from './sales.js';
import { SALES_ROWS } from './sales-data.js';
import { HALF, statusTotals } from './sales-queries.js';
import { salesOptions } from './sales-store.js';
import { makeTables, parquetTable, RAW_TABLE, salesFiles, STRING_TABLE } from './sales-tables.js';

const RUNS: Readonly<Record<Size, number>> = { S: 3, M: 9, L: 7 };
/** The peer's time is at least so many times ours. */
const GOALS: Readonly<Partial<Record<Size, number>>> = { M: 5, L: 2 };

const PEERS = ['granary', 'file', 'parquet', 'nothing'] as const;
export type ColdPeer = (typeof PEERS)[number];
export const COLD_TITLES: Readonly<Record<ColdPeer, string>> = {
  granary: 'Granary',
  file: 'DuckDB file',
  parquet: 'DuckDB Parquet',
  nothing: 'DuckDB, SELECT 1',
};

export interface ColdLine {
  readonly rows: number;
  readonly runs: number;
  readonly bareMs: number;
  /** Without the bare process. */
  readonly medianMs: Readonly<Record<ColdPeer, number>>;
}

export async function benchCold(size: Size, seed: number): Promise<BenchOutcome> {
  const { line, fault } = await withSales(SALES_ROWS[size], seed, (sales) => measureCold(sales, size));
  print(line);
  if (fault !== null) console.error(`DIFFERENT  ${fault}`);
  const goal = GOALS[size];
  const figure = line.medianMs.file / line.medianMs.granary;
  const what = `cold Q2 on ${size}, DuckDB file / Granary`;
  const goals = goal === undefined ? [] : [judge({ id: 'G10', what, bound: 'at least', goal, figure })];
  printGoals(goals);
  return { ok: fault === null, line: { ...line, goals } };
}

async function measureCold(sales: Sales, size: Size): Promise<{ line: ColdLine; fault: string | null }> {
  const { folder, facts, connection, open } = sales;
  const store = await open();
  await store.build();
  const files = await salesFiles(store);
  const { query, sql } = statusTotals(HALF);
  const database = join(folder, 'peer.duckdb');
  await makeTables(connection, files);
  await connection.run(`ATTACH '${database}' AS peer`);
  await connection.run('CREATE TABLE peer.strings AS FROM strings');
  await connection.run('DETACH peer');
  const task = (mode: ColdMode, from: string, text: string): ColdTask => ({
    mode,
    store: salesOptions({ folder, facts }),
    query,
    database: from,
    sql: text,
  });
  const tasks: Record<ColdPeer | 'bare', ColdTask> = {
    bare: task('bare', '', ''),
    granary: task('granary', '', ''),
    file: task('duckdb', database, sql(STRING_TABLE)),
    parquet: task('duckdb', ':memory:', sql(parquetTable(files))),
    nothing: task('duckdb', ':memory:', 'SELECT 1'),
  };
  const expected = peerText(await (await duckdbPeer('facts', connection, sql(RAW_TABLE))).run());
  const times: Record<ColdPeer | 'bare', number[]> = {
    bare: [],
    granary: [],
    file: [],
    parquet: [],
    nothing: [],
  };
  let fault: string | null = null;
  for (let run = 0; run < RUNS[size]; run++) {
    for (const who of ['bare', ...PEERS] as const) {
      const { ms, answer } = await runProcess(tasks[who]);
      times[who].push(ms);
      if (who === 'bare' || who === 'nothing') continue;
      const difference = firstDifference(expected, coldText(answer));
      if (difference !== null) fault ??= `${COLD_TITLES[who]}: ${difference}`;
    }
  }
  const bareMs = median(times.bare);
  const medianMs = Object.fromEntries(PEERS.map((peer) => [peer, median(times[peer]) - bareMs]));
  return {
    line: {
      rows: SALES_ROWS[size],
      runs: RUNS[size],
      bareMs,
      medianMs: medianMs as Record<ColdPeer, number>,
    },
    fault,
  };
}

/** Milliseconds from the spawn to the first byte of the answer. */
async function runProcess(task: ColdTask): Promise<{ ms: number; answer: unknown[] }> {
  const script = fileURLToPath(new URL('./cold-process.js', import.meta.url));
  const startedAt = performance.now();
  const child = spawn(process.execPath, [script, JSON.stringify(task)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let ms = NaN;
  let text = '';
  let errors = '';
  child.stdout.setEncoding('utf8').on('data', (part: string) => {
    if (text === '') ms = performance.now() - startedAt;
    text += part;
  });
  child.stderr.setEncoding('utf8').on('data', (part: string) => (errors += part));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject).on('close', resolve);
  });
  if (code !== 0) throw new Error(`a process of the cold start ended with ${code}: ${errors}`);
  return { ms, answer: JSON.parse(text) as unknown[] };
}

/** Rows of either form as status, amount and count in Granary's text. */
function coldText(rows: readonly unknown[]): string[][] {
  return rows.map((row) => {
    const [status, amount, count] = Array.isArray(row) ? row : Object.values(row as object);
    return [String(status), String(Number(amount)), String(Number(count))];
  });
}

function print({ rows, runs, bareMs, medianMs }: ColdLine): void {
  console.log(
    formatTable(
      [
        { title: `cold Q2 over ${formatCount(rows)} rows, ${runs} processes each` },
        { title: 'ms', align: 'right' },
        { title: '/ Granary', align: 'right' },
      ],
      [
        ['bare node, taken off', formatMs(bareMs), ''],
        ...PEERS.map((peer) => [
          COLD_TITLES[peer],
          formatMs(medianMs[peer]),
          formatRatio(medianMs[peer] / medianMs.granary),
        ]),
      ],
    ),
  );
}
