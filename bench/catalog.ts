/**
 * What a large catalog costs a process that asks one rollup: opening a store of many rollups with many partitions each,
 * and the first query on one of them. Raced against the same with every page read, in processes of their own.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { formatBytes, formatMs, formatRatio } from '../cli/format.js';
import { median } from '../cli/median.js';
import { formatTable } from '../cli/table.js';
import type { CatalogTimes } from './catalog-process.js';
import { writeCatalog } from './catalog-store.js';
import type { CatalogSize } from './catalog-store.js';
import type { Size } from './demo-queries.js';
import { type Goal, judge, printGoals } from './goals.js';
import type { BenchOutcome } from './question-times.js';

const SIZES: Readonly<Record<Size, CatalogSize>> = {
  S: { rollups: 100, partitions: 50 },
  M: { rollups: 100, partitions: 1_000 },
  L: { rollups: 200, partitions: 2_000 },
};
const RUNS: Readonly<Record<Size, number>> = { S: 3, M: 7, L: 7 };
const GOAL_MS = 200;
const GOAL_MB = 100;

export async function benchCatalog(size: Size): Promise<BenchOutcome> {
  const folder = mkdtempSync(join(tmpdir(), 'granary-bench-'));
  try {
    const catalog = SIZES[size];
    const pageBytes = await writeCatalog(folder, catalog);
    const runs = { lazy: [] as CatalogTimes[], eager: [] as CatalogTimes[], bare: [] as CatalogTimes[] };
    for (let run = 0; run < RUNS[size]; run++) {
      for (const mode of ['bare', 'lazy', 'eager'] as const)
        runs[mode].push(runProcess(folder, catalog, mode));
    }
    const bareMb = median(runs.bare.map(({ rssMb }) => rssMb));
    const of = (times: readonly CatalogTimes[]) => ({
      openMs: median(times.map(({ openMs }) => openMs)),
      queryMs: median(times.map(({ queryMs }) => queryMs)),
      memoryMb: median(times.map(({ rssMb }) => rssMb)) - bareMb,
    });
    const [lazy, eager] = [of(runs.lazy), of(runs.eager)];
    const right = [{ 'orders.count': String(7 * 24) }];
    const ok = [...runs.lazy, ...runs.eager].every(({ data }) => isDeepStrictEqual(data, right));
    print(catalog, pageBytes, { lazy, eager }, ok);
    const goals = catalogGoals(size, lazy);
    printGoals(goals);
    return { ok, line: { ...catalog, pageBytes, lazy, eager, goals } };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function runProcess(folder: string, catalog: CatalogSize, mode: string): CatalogTimes {
  const script = fileURLToPath(new URL('./catalog-process.js', import.meta.url));
  const text = execFileSync(process.execPath, [script, folder, JSON.stringify(catalog), mode], {
    encoding: 'utf8',
  });
  return JSON.parse(text) as CatalogTimes;
}

interface Shown {
  readonly openMs: number;
  readonly queryMs: number;
  readonly memoryMb: number;
}

function catalogGoals(size: Size, { openMs, queryMs, memoryMb }: Shown): Goal[] {
  const { rollups, partitions } = SIZES[size];
  const most = (what: string, goal: number, figure: number, unit: string): Goal => {
    const where = `${rollups} rollups of ${partitions} partitions (${size})`;
    return judge({ id: 'catalog', what: `${what}, ${where}`, bound: 'at most', goal, figure, unit });
  };
  return [
    most('open and first query', GOAL_MS, openMs + queryMs, 'ms'),
    most('memory above bare node', GOAL_MB, memoryMb, 'MB'),
  ];
}

function print(
  { rollups, partitions }: CatalogSize,
  pageBytes: number,
  rows: Readonly<Record<'lazy' | 'eager', Shown>>,
  ok: boolean,
): void {
  const total = ({ openMs, queryMs }: Shown): number => openMs + queryMs;
  console.log(
    formatTable(
      [
        { title: `${rollups} rollups of ${partitions} partitions, ${formatBytes(pageBytes)} of pages` },
        ...['open ms', 'first query ms', 'memory MB'].map((title) => ({ title, align: 'right' as const })),
      ],
      Object.entries(rows).map(([name, row]) => [
        name === 'lazy' ? 'Granary' : 'every page read',
        formatMs(row.openMs),
        formatMs(row.queryMs),
        row.memoryMb.toFixed(0),
      ]),
    ),
  );
  const { lazy, eager } = rows;
  const times = formatRatio(total(eager) / total(lazy));
  console.log(`${times} less than with every page read${ok ? '' : '; WRONG ANSWERS'}`);
}
