/**
 * Builds of rollups, each in a process of its own that may hold 4 GiB in DuckDB, beside what DuckDB alone takes for the
 * same rows: `COPY … ORDER BY` to one Parquet file of zstd and, of sketches, the estimates and the exact counts of the
 * same groups, which it can neither store nor merge.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { formatBytes, formatCount, formatMs, formatRatio } from '../cli/format.js';
import { median } from '../cli/median.js';
import { formatTable } from '../cli/table.js';
import { relativeErrorBound } from '../model/aggregates.js';
import { quoteText } from '../sources/quote-duckdb.js';
import {
  BUILD_CASES,
  buildOptions,
  FACT_ROWS,
  groupStatement,
  MEMORY_LIMIT_MB,
  writeFacts,
} from './build-facts.js';
import type { BuildCaseName } from './build-facts.js';
import type { BuildProcessReport, BuildProcessTask } from './build-process.js';
import type { Size } from './demo-queries.js';
import { type Goal, judge, printGoals } from './goals.js';
import type { BenchOutcome } from './question-times.js';

const ROUNDS: Readonly<Record<Size, number>> = { S: 1, M: 3, L: 3 };
/** Of DuckDB, ours and the peer's: as many as the machine of the goals has. */
const PEER_THREADS = '2';
const PRECISION = 12;

export type BuildPeer = 'copy' | 'approximate' | 'exact';
const BUILD_TITLES: Readonly<Record<BuildPeer, string>> = {
  copy: 'COPY ORDER BY',
  approximate: 'approx_count_distinct',
  exact: 'count(DISTINCT)',
};
const PEERS: Readonly<Record<BuildCaseName, readonly BuildPeer[]>> = {
  reducing: ['copy'],
  large: ['copy'],
  sketches: ['approximate', 'exact'],
};
/** Our time is at most so many times the peer's. */
const GOALS: readonly { id: string; build: BuildCaseName; peer: BuildPeer; goal: number }[] = [
  { id: 'G8', build: 'sketches', peer: 'approximate', goal: 2.2 },
  { id: 'G8', build: 'sketches', peer: 'exact', goal: 0.85 },
  { id: 'G9', build: 'reducing', peer: 'copy', goal: 1.25 },
  { id: 'G9', build: 'large', peer: 'copy', goal: 1 },
];

export interface BuildTimes {
  readonly build: BuildCaseName;
  readonly title: string;
  readonly rows: number;
  readonly bytes: number;
  readonly granaryMs: number;
  readonly peakBytes: number;
  readonly peerMs: Readonly<Partial<Record<BuildPeer, number>>>;
  /** What is wrong with the answer; null: nothing. */
  readonly fault: string | null;
}

export interface BuildLine {
  readonly rows: number;
  readonly rounds: number;
  readonly memoryLimitMb: number;
  readonly builds: readonly BuildTimes[];
}

export async function benchBuild(size: Size, seed: number): Promise<BenchOutcome> {
  const folder = mkdtempSync(join(tmpdir(), 'granary-bench-'));
  const instance = await DuckDBInstance.create(':memory:', {
    threads: PEER_THREADS,
    temp_directory: join(folder, 'spill'),
  });
  const connection = await instance.connect();
  try {
    await connection.run("SET TimeZone = 'UTC'");
    const facts = join(folder, 'facts.duckdb');
    await writeFacts(connection, facts, FACT_ROWS[size], seed);
    await connection.run(`ATTACH ${quoteText(facts)} AS made (READ_ONLY)`);
    const builds: BuildTimes[] = [];
    for (const name of Object.keys(BUILD_CASES) as BuildCaseName[]) {
      builds.push(await measure(connection, folder, facts, name, ROUNDS[size]));
    }
    return outcome(size, {
      rows: FACT_ROWS[size],
      rounds: ROUNDS[size],
      memoryLimitMb: MEMORY_LIMIT_MB,
      builds,
    });
  } finally {
    connection.closeSync();
    instance.closeSync();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Ours and each peer in turns. */
async function measure(
  connection: DuckDBConnection,
  folder: string,
  facts: string,
  build: BuildCaseName,
  rounds: number,
): Promise<BuildTimes> {
  const own: BuildProcessReport[] = [];
  const times: Partial<Record<BuildPeer, number[]>> = {};
  for (let round = 0; round < rounds; round++) {
    own.push(buildOnce({ store: buildOptions(folder, facts, build), query: askedOf(build) }));
    for (const peer of PEERS[build]) {
      const startedAt = performance.now();
      await connection.run(peerStatement(folder, build, peer));
      (times[peer] ??= []).push(performance.now() - startedAt);
    }
  }
  const [{ rows, bytes, answer }] = own;
  return {
    build,
    title: BUILD_CASES[build].name,
    rows,
    bytes,
    granaryMs: median(own.map(({ ms }) => ms)),
    peakBytes: Math.max(...own.map(({ peakBytes }) => peakBytes)),
    peerMs: Object.fromEntries(Object.entries(times).map(([peer, each]) => [peer, median(each)])),
    fault: await faultOf(connection, build, answer),
  };
}

function buildOnce(task: BuildProcessTask): BuildProcessReport {
  const script = fileURLToPath(new URL('./build-process.js', import.meta.url));
  const child = spawnSync(process.execPath, [script, JSON.stringify(task)], {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (child.status !== 0)
    throw new Error(`a build ended with ${child.status ?? child.signal}: ${child.stderr}`);
  return JSON.parse(child.stdout) as BuildProcessReport;
}

function peerStatement(folder: string, build: BuildCaseName, peer: BuildPeer): string {
  const { dimensions, aggregates } = BUILD_CASES[build];
  if (peer === 'exact') {
    const counts = groupStatement({ dimensions, aggregates: 'count(DISTINCT user_id) AS visitors' });
    return `CREATE OR REPLACE TEMP TABLE counted AS ${counts}`;
  }
  const rows = groupStatement({ dimensions, aggregates });
  if (peer === 'approximate') return `CREATE OR REPLACE TEMP TABLE counted AS ${rows}`;
  const file = quoteText(join(folder, 'peer.parquet'));
  const order = ['day', ...dimensions].join(', ');
  return `COPY (${rows} ORDER BY ${order}) TO ${file} (FORMAT parquet, COMPRESSION zstd, PARQUET_VERSION v2)`;
}

function askedOf(build: BuildCaseName): object {
  const measures = BUILD_CASES[build].measures.map((name) => `visits.${name}`);
  return { measures, dimensions: ['visits.country'], order: { 'visits.country': 'asc' } };
}

/** The rollup's answer by country against the facts: exact, or within the bound of a sketch. */
async function faultOf(
  connection: DuckDBConnection,
  build: BuildCaseName,
  answer: BuildProcessReport['answer'],
): Promise<string | null> {
  const counted = build === 'sketches' ? 'count(DISTINCT user_id)' : BUILD_CASES[build].aggregates;
  const reader = await connection.runAndReadAll(
    `SELECT country, ${counted} FROM made.facts GROUP BY country ORDER BY country`,
  );
  const expected = reader.getRowsJson();
  if (expected.length !== answer.length) return `${answer.length} countries instead of ${expected.length}`;
  const slack = build === 'sketches' ? relativeErrorBound(PRECISION) : 0;
  const columns = ['country', ...BUILD_CASES[build].measures].map((name) => `visits.${name}`);
  for (const [at, row] of expected.entries()) {
    for (const [place, column] of columns.entries()) {
      const [wanted, found] = [cellText(row[place]), cellText(answer[at][column])];
      if (wanted === found) continue;
      const difference = Math.abs(Number(wanted) - Number(found));
      if (place > 0 && difference <= slack * Number(wanted) + 1e-9) continue;
      return `${column} of ${cellText(row[0])} is ${found}, of the facts ${wanted}`;
    }
  }
  return null;
}

function cellText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function outcome(size: Size, line: BuildLine): BenchOutcome {
  print(line);
  for (const { title, fault } of line.builds)
    if (fault !== null) console.error(`DIFFERENT  ${title}: ${fault}`);
  const goals = size === 'S' ? [] : buildGoals(size, line);
  printGoals(goals);
  return { ok: line.builds.every(({ fault }) => fault === null), line: { ...line, goals } };
}

function buildGoals(size: Size, { builds, rows }: BuildLine): Goal[] {
  return GOALS.map(({ id, build, peer, goal }) => {
    const times = builds.find((each) => each.build === build);
    const figure = (times?.granaryMs ?? NaN) / (times?.peerMs[peer] ?? NaN);
    const what = `build ${BUILD_CASES[build].name} of ${formatCount(rows)} rows on ${size}, Granary / ${BUILD_TITLES[peer]}`;
    return judge({ id, what, bound: 'at most', goal, figure });
  });
}

function print({ rows, rounds, memoryLimitMb, builds }: BuildLine): void {
  console.log(
    formatTable(
      [
        {
          title: `builds of ${formatCount(rows)} rows, ${memoryLimitMb} MiB for DuckDB, medians of ${rounds}`,
        },
        { title: 'rows', align: 'right' },
        { title: 'size', align: 'right' },
        { title: 'peak memory', align: 'right' },
        { title: 'ms', align: 'right' },
        { title: 'DuckDB', align: 'right' },
        { title: '', align: 'left' },
        { title: 'Granary / DuckDB', align: 'right' },
      ],
      builds.flatMap(({ title, rows: made, bytes, peakBytes, granaryMs, peerMs }) =>
        Object.entries(peerMs).map(([peer, ms]) => [
          title,
          formatCount(made),
          formatBytes(bytes),
          formatBytes(peakBytes),
          formatMs(granaryMs),
          formatMs(ms),
          BUILD_TITLES[peer as BuildPeer],
          formatRatio(granaryMs / ms),
        ]),
      ),
    ),
  );
}
