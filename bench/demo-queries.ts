import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { DuckDBConnection } from '@duckdb/node-api';
import { FLIGHT_QUESTIONS } from '../cli/demo-queries.js';
import { type DashboardQuery, type SourceConfig, type Store, openStore } from '../index.js';
import { withMemoryDuckdb } from '../sources/memory-duckdb.js';
import { quoteText } from '../sources/quote-duckdb.js';
import { DEMO_SQL } from './demo-sql.js';
import { type DuckdbPeer, duckdbPeer, firstDifference, granaryText, peerText } from './duckdb-peer.js';
import { race } from './harness.js';
import { type BenchOutcome, type QuestionTimes, rollupFiles, summarise } from './question-times.js';

/** S is for tests, M the data as it is, L what does not fit a cache. */
export type Size = 'S' | 'M' | 'L';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const BUDGET_MS: Readonly<Record<Size, number>> = { S: 100, M: 3_000, L: 10_000 };
const ROUNDS_MAX = 60;
/** Of Granary and of DuckDB on the rollup alike; the raw file takes too long for more than one run a turn. */
const BURST = 5;
/** L is seven times the flights, each time moved by so many days. */
const COPIES = 7;
const COPY_DAYS = 182;

/**
 * The questions of the demo that rollups serve: Granary warm, against DuckDB on the Parquet files of the very
 * index that Granary reads, and against DuckDB on the raw file. S is the flights that leave on the hour, M all
 * three million, L seven times as many.
 */
export async function benchDemoQueries(size: Size, seed: number): Promise<BenchOutcome> {
  const folder = mkdtempSync(join(tmpdir(), 'granary-bench-'));
  try {
    return await withMemoryDuckdb(async (connection) => {
      // The peer may keep what it has read of a file's footer.
      await connection.run('SET parquet_metadata_cache = true');
      const views = await rawViews(connection, size, folder);
      for (const view of views) await connection.run(view);
      const sources: Record<string, SourceConfig> = { default: { type: 'duckdb', init: views } };
      const store = await openStore({
        model: join(ROOT, 'data', 'flights', 'model'),
        store: join(folder, 'store'),
        sources,
      });
      try {
        await store.build();
        return summarise(await raceAll(store, connection, size, seed), `flights ${size}`);
      } finally {
        await store.close();
      }
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The statements that make the views of the raw files; writes the file of a size that is not there. */
async function rawViews(connection: DuckDBConnection, size: Size, folder: string): Promise<string[]> {
  const data = join(ROOT, 'node_modules', 'vega-datasets', 'data');
  const all = `read_parquet(${quoteText(join(data, 'flights-3m.parquet'))})`;
  const airports = `CREATE VIEW airports AS SELECT * FROM read_csv(${quoteText(join(data, 'airports.csv'))})`;
  if (size === 'M') return [`CREATE VIEW flights AS SELECT * FROM ${all}`, airports];
  const rows =
    size === 'S'
      ? `SELECT * FROM ${all} WHERE extract(minute FROM date) = 0`
      : `SELECT * REPLACE (date + to_days((copy * ${COPY_DAYS})::INTEGER) AS date)
         FROM range(${COPIES}) AS copies(copy), ${all}`;
  const file = quoteText(join(folder, 'flights.parquet'));
  await connection.run(`COPY (${rows}) TO ${file} (FORMAT parquet, COMPRESSION zstd)`);
  return [`CREATE VIEW flights AS SELECT * FROM read_parquet(${file})`, airports];
}

async function raceAll(
  store: Store,
  connection: DuckDBConnection,
  size: Size,
  seed: number,
): Promise<QuestionTimes[]> {
  const times: QuestionTimes[] = [];
  for (const [at, question] of FLIGHT_QUESTIONS.entries()) {
    const result = await store.query(question.query);
    if (result.meta.mode === 'source') continue;
    times.push(await raceOne(store, connection, question, { seed: seed + at, budgetMs: BUDGET_MS[size] }));
  }
  return times;
}

async function raceOne(
  store: Store,
  connection: DuckDBConnection,
  { title, query }: DashboardQuery,
  options: { readonly seed: number; readonly budgetMs: number },
): Promise<QuestionTimes> {
  const sql = DEMO_SQL[title];
  if (sql === undefined) throw new Error(`bench/demo-sql.ts has no SQL for '${title}'`);
  const result = await store.query(query);
  const { preAggregation, index, exact } = result.meta;
  const raw = await duckdbPeer('DuckDB raw', connection, sql.raw);
  const peers: DuckdbPeer[] = [raw];
  if (sql.rollup !== null && preAggregation !== null) {
    const files = await rollupFiles(store, preAggregation, index);
    peers.push({ ...(await duckdbPeer('DuckDB rollup', connection, sql.rollup(files))), burst: BURST });
  }
  const granary = { name: 'Granary', run: () => store.query(query), burst: BURST };
  let difference: string | null = null;
  if (exact) {
    const answer = granaryText(result);
    for (const peer of peers) difference ??= firstDifference(peerText(await peer.run()), answer);
  }
  const [granaryTimes, rawTimes, rollupTimes] = await race([granary, ...peers], {
    ...options,
    roundsMax: ROUNDS_MAX,
  });
  return {
    title,
    rollup: preAggregation,
    index,
    granary: granaryTimes,
    duckdbRollup: rollupTimes ?? null,
    duckdbRaw: rawTimes,
    difference,
  };
}
