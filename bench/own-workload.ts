import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { compareAnswers } from '../cli/compare-answers.js';
import { cutText } from '../cli/format.js';
import { readConfig } from '../cli/read-config.js';
import { type Ways, openWays } from '../cli/run-questions.js';
import { type CubeQueryDocument, type ModelDocument, readModelDocument } from '../index.js';
import { withMemoryDuckdb } from '../sources/memory-duckdb.js';
import { type DuckdbPeer, duckdbPeer, firstDifference, granaryText, peerText } from './duckdb-peer.js';
import { type Peer, race } from './harness.js';
import { type BenchOutcome, type QuestionTimes, rollupFiles, summarise } from './question-times.js';
import { NoPeer, rollupSql } from './rollup-sql.js';
import { GRANULARITIES } from '../model/schema.js';

const BUDGET_MS = 3_000;
const ROUNDS_MAX = 60;
const TITLE_LENGTH_MAX = 80;

export interface OwnWorkload {
  /** A model file or folder; default that of the configuration. */
  readonly model: string | undefined;
  /** A JSON file: a list of Cube queries. */
  readonly queries: string;
  /** A configuration, for its sources; default one DuckDB without views, for models that name files. */
  readonly config: string | undefined;
}

/** A user's queries over a user's model: built in a temporary store, checked and raced as the demo's are. */
export async function benchOwnWorkload(workload: OwnWorkload, seed: number): Promise<BenchOutcome> {
  const config = workload.config === undefined ? null : readConfig(workload.config);
  const paths = workload.model === undefined ? (config?.model ?? []) : [resolve(workload.model)];
  const document = await readModelDocument(paths);
  const queries = JSON.parse(readFileSync(workload.queries, 'utf8')) as CubeQueryDocument[];
  const folder = mkdtempSync(join(tmpdir(), 'granary-bench-'));
  const ways = await openWays(document, {
    store: join(folder, 'store'),
    sources: config?.sources ?? { default: { type: 'duckdb' } },
    selection: 'first',
  });
  try {
    await ways.rollups.build();
    return await withMemoryDuckdb(async (connection) => {
      const times: QuestionTimes[] = [];
      for (const [at, query] of queries.entries()) {
        times.push(await raceOne(ways, document, connection, query, seed + at));
      }
      return summarise(times, 'these queries');
    });
  } finally {
    await ways.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function raceOne(
  ways: Ways,
  document: ModelDocument,
  connection: DuckDBConnection,
  query: CubeQueryDocument,
  seed: number,
): Promise<QuestionTimes> {
  const result = await ways.rollups.query(query);
  const expected = await ways.source.query(query);
  // Which measures are doubles is not known here: all may differ by rounding.
  const verdict = compareAnswers(expected.data, result.data, new Set(query.measures));
  let difference = verdict.kind === 'different' ? verdict.detail : null;
  const granary: Peer = { name: 'Granary', run: () => ways.rollups.query(query) };
  const raw: Peer = { name: 'DuckDB raw', run: () => ways.exact.query(query) };
  const rollup = await rollupPeer(ways, document, connection, query);
  if (rollup !== null) difference ??= firstDifference(peerText(await rollup.run()), granaryText(result));
  const peers = rollup === null ? [granary, raw] : [granary, raw, rollup];
  const [granaryTimes, rawTimes, rollupTimes] = await race(peers, {
    seed,
    budgetMs: BUDGET_MS,
    roundsMax: ROUNDS_MAX,
  });
  return {
    title: shortTitle(query),
    rollup: result.meta.preAggregation,
    index: result.meta.index,
    granary: granaryTimes,
    duckdbRollup: rollupTimes ?? null,
    duckdbRaw: rawTimes,
    difference,
  };
}

async function rollupPeer(
  ways: Ways,
  document: ModelDocument,
  connection: DuckDBConnection,
  query: CubeQueryDocument,
): Promise<DuckdbPeer | null> {
  const { selected, index, pieces } = await ways.rollups.explain(query);
  // Files of one rollup are no peer of an answer in several pieces.
  if (selected === null || pieces.length > 1) return null;
  try {
    const files = await rollupFiles(ways.rollups, selected, index);
    const granularity = GRANULARITIES.find((known) => known === pieces[0]?.granularity) ?? null;
    const sql = rollupSql(query, document, granularity, files);
    return await duckdbPeer('DuckDB rollup', connection, sql);
  } catch (error) {
    if (!(error instanceof NoPeer)) throw error;
    console.log(`no DuckDB peer for ${shortTitle(query)}: ${error.message}`);
    return null;
  }
}

function shortTitle(query: CubeQueryDocument): string {
  return cutText(JSON.stringify(query), TITLE_LENGTH_MAX);
}
