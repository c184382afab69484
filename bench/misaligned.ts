/**
 * What a range costs that begins and ends in the middle of a day: the days between come from a rollup, and only the two
 * half days touch the source. Raced against the source alone, against DuckDB asked for the two half days and no more,
 * and against the same days without the halves, over a file that is sorted by time and one that is not.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { formatMs, formatPercent, formatRatio } from '../cli/format.js';
import { formatTable } from '../cli/table.js';
import { type Store, openStore } from '../index.js';
import { withMemoryDuckdb } from '../sources/memory-duckdb.js';
import { quoteText } from '../sources/quote-duckdb.js';
import type { Size } from './demo-queries.js';
import { duckdbPeer, firstDifference, granaryText, peerText } from './duckdb-peer.js';
import { judge, printGoals } from './goals.js';
import { race } from './harness.js';
import type { BenchOutcome } from './question-times.js';

const ROWS: Readonly<Record<Size, number>> = { S: 200_000, M: 5_000_000, L: 50_000_000 };
const BUDGET_MS: Readonly<Record<Size, number>> = { S: 100, M: 4_000, L: 12_000 };
const DAYS = [7, 30, 180, 360];
const LAYOUTS = ['by time', 'shuffled'] as const;
/** The hybrid answer takes at most so many times as long as its edges and its days one after the other. */
const GOAL = 1.5;

interface Measured {
  readonly layout: (typeof LAYOUTS)[number];
  readonly days: number;
  /** Rows in the times that the plan leaves to the source, as a share of those asked for. */
  readonly sourceShare: number;
  readonly hybridMs: number;
  readonly sourceMs: number;
  readonly edgesMs: number;
  readonly alignedMs: number;
  readonly fault: string | null;
}

export async function benchMisaligned(size: Size, seed: number): Promise<BenchOutcome> {
  const folder = mkdtempSync(join(tmpdir(), 'granary-bench-'));
  try {
    return await withMemoryDuckdb(async (connection) => {
      const measured: Measured[] = [];
      for (const layout of LAYOUTS) {
        const view = await writeEvents(connection, join(folder, `${layout}.parquet`), layout, ROWS[size]);
        await connection.run(view);
        const store = await openEvents(join(folder, `store ${layout}`), view);
        try {
          await store.build();
          for (const days of DAYS) {
            const options = { seed: seed + days, budgetMs: BUDGET_MS[size], roundsMax: 60 };
            measured.push(await raceRange(store, connection, layout, days, options));
          }
        } finally {
          await store.close();
        }
      }
      print(measured);
      const price = (at: Measured): number => at.hybridMs / (at.edgesMs + at.alignedMs);
      const goal = judge({
        id: 'hybrid price',
        what: 'the dearest hybrid answer / its edges and its days',
        bound: 'at most',
        goal: GOAL,
        figure: Math.max(...measured.map(price)),
      });
      printGoals([goal]);
      return {
        ok: measured.every(({ fault }) => fault === null),
        line: { rows: ROWS[size], measured, goals: [goal] },
      };
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A year of events, written once; gives the statement that makes a view of them. */
async function writeEvents(
  connection: DuckDBConnection,
  file: string,
  layout: Measured['layout'],
  rows: number,
): Promise<string> {
  const order = layout === 'by time' ? 'occurred_at' : 'hash(i)';
  const step = Math.floor((365 * 86_400_000_000) / rows);
  await connection.run(
    `COPY (
       SELECT TIMESTAMP '2023-01-01' + to_microseconds(i * ${step}) AS occurred_at,
         'kind ' || (i * 7919 % 20) AS kind,
         ((i * 104729) % 100000)::DECIMAL(12, 2) / 100 AS price
       FROM range(${rows}) AS events(i) ORDER BY ${order}
     ) TO ${quoteText(file)} (FORMAT parquet, COMPRESSION zstd)`,
  );
  return `CREATE OR REPLACE VIEW events AS SELECT * FROM read_parquet(${quoteText(file)})`;
}

function openEvents(store: string, view: string): Promise<Store> {
  return openStore({
    model: {
      cubes: [
        {
          name: 'events',
          sql_table: 'events',
          measures: [
            { name: 'count', type: 'count' },
            { name: 'revenue', sql: 'price', type: 'sum' },
            { name: 'dearest', sql: 'price', type: 'max' },
          ],
          dimensions: [
            { name: 'kind', sql: 'kind', type: 'string' },
            { name: 'occurred_at', sql: 'occurred_at', type: 'time' },
          ],
          pre_aggregations: [
            {
              name: 'daily',
              measures: ['count', 'revenue', 'dearest'],
              dimensions: ['kind'],
              time_dimension: 'occurred_at',
              granularity: 'day',
              partition_granularity: 'month',
            },
          ],
        },
      ],
    },
    store,
    sources: { default: { type: 'duckdb', init: [view] } },
  });
}

const HALF_DAY_MS = 12 * 3_600_000;

async function raceRange(
  store: Store,
  connection: DuckDBConnection,
  layout: Measured['layout'],
  days: number,
  options: Parameters<typeof race>[1],
): Promise<Measured> {
  const first = Date.UTC(2023, 0, 2);
  const range = { from: first - HALF_DAY_MS, to: first + days * 2 * HALF_DAY_MS + HALF_DAY_MS };
  const inner = { from: range.from + HALF_DAY_MS, to: range.to - HALF_DAY_MS };
  const cut = query(range);
  const answer = await store.query(cut);
  const expected = await duckdbPeer('DuckDB', connection, groupsSql(within(range)));
  const edges = await duckdbPeer(
    'DuckDB, edges',
    connection,
    // In the form by which it skips what lies between them.
    groupsSql(
      `${within(range)} AND (occurred_at < epoch_ms(${inner.from}) OR occurred_at >= epoch_ms(${inner.to}))`,
    ),
  );
  const [hybrid, source, half, aligned] = await race(
    [
      { name: 'Granary', run: () => store.query(cut) },
      { name: 'Granary, source alone', run: () => store.query(cut, { policy: 'sourceOnly' }) },
      edges,
      { name: 'Granary, whole days', run: () => store.query(query(inner)) },
    ],
    options,
  );
  const left = await sourceTimes(store, cut);
  return {
    layout,
    days,
    sourceShare: (await countRows(connection, left)) / (await countRows(connection, within(range))),
    hybridMs: hybrid.medianMs,
    sourceMs: source.medianMs,
    edgesMs: half.medianMs,
    alignedMs: aligned.medianMs,
    fault:
      answer.meta.mode === 'hybrid'
        ? firstDifference(peerText(await expected.run()), granaryText(answer))
        : `${answer.meta.mode} instead of hybrid`,
  };
}

interface Range {
  readonly from: number;
  readonly to: number; // exclusive
}

function query({ from, to }: Range): object {
  const iso = (at: number): string => new Date(at).toISOString().slice(0, -1);
  return {
    measures: ['events.count', 'events.revenue', 'events.dearest'],
    dimensions: ['events.kind'],
    timeDimensions: [{ dimension: 'events.occurred_at', dateRange: [iso(from), iso(to - 1)] }],
    order: { 'events.kind': 'asc' },
  };
}

function within({ from, to }: Range): string {
  return `(occurred_at >= epoch_ms(${from}) AND occurred_at < epoch_ms(${to}))`;
}

function groupsSql(condition: string): string {
  return `SELECT kind, count(*), sum(price), max(price) FROM events WHERE ${condition} GROUP BY kind ORDER BY kind`;
}

/** The times of the pieces that the plan leaves to the source, as a condition. */
async function sourceTimes(store: Store, cut: object): Promise<string> {
  const { pieces } = await store.explain(cut);
  const boxes = pieces
    .filter(({ from }) => from === 'source')
    .flatMap(({ range, boxes: several }) =>
      several === undefined ? [range] : several.map((box) => box['events.occurred_at'].range),
    );
  const ranges = boxes.flatMap((range) =>
    range == null ? [] : [within({ from: Date.parse(range[0]), to: Date.parse(range[1]) })],
  );
  return ranges.length === 0 ? 'false' : ranges.join(' OR ');
}

async function countRows(connection: DuckDBConnection, condition: string): Promise<number> {
  const reader = await connection.runAndReadAll(`SELECT count(*) FROM events WHERE ${condition}`);
  return Number(reader.getRows()[0][0]);
}

function print(measured: readonly Measured[]): void {
  const right = (title: string) => ({ title, align: 'right' as const });
  console.log(
    formatTable(
      [
        { title: 'file' },
        ...[
          'days',
          'rows from the source',
          'hybrid ms',
          'source alone',
          'edges alone',
          'days alone',
          'source / hybrid',
          'hybrid / (edges + days)',
        ].map(right),
      ],
      measured.map((at) => [
        at.layout,
        String(at.days),
        formatPercent(at.sourceShare),
        ...[at.hybridMs, at.sourceMs, at.edgesMs, at.alignedMs].map(formatMs),
        formatRatio(at.sourceMs / at.hybridMs),
        formatRatio(at.hybridMs / (at.edgesMs + at.alignedMs)),
      ]),
    ),
  );
  for (const { layout, days, fault } of measured)
    if (fault !== null) console.error(`WRONG  ${layout}, ${days} days: ${fault}`);
}
