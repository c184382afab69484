import { formatMs, formatRatio } from '../cli/format.js';
import { median } from '../cli/median.js';
import { formatTable } from '../cli/table.js';
import type { Store } from '../index.js';
import { quoteText } from '../sources/quote-duckdb.js';
import { type Goal, judge, printGoals } from './goals.js';
import type { PeerTimes } from './harness.js';

/** What one bench found; `line` is what is kept of it. */
export interface BenchOutcome {
  readonly ok: boolean;
  readonly line: object;
}

/** One query, raced. */
export interface QuestionTimes {
  readonly title: string;
  readonly rollup: string | null;
  readonly index: string | null;
  readonly granary: PeerTimes;
  /** Null where DuckDB cannot answer from the rollup's files. */
  readonly duckdbRollup: PeerTimes | null;
  readonly duckdbRaw: PeerTimes;
  readonly difference: string | null;
}

/** The files of the index that Granary reads, as DuckDB takes them. */
export async function rollupFiles(store: Store, id: string, index: string | null): Promise<string> {
  const { rollups } = await store.status({ files: true });
  const files = rollups.find((rollup) => rollup.id === id)?.files?.[index ?? 'default'] ?? [];
  return `read_parquet([${files.map(quoteText).join(', ')}])`;
}

/**
 * Prints the races and what they show together; not ok when an answer differs.
 * @param on the size, for the texts of goals
 */
export function summarise(times: readonly QuestionTimes[], on: string): BenchOutcome {
  const ratios = times.flatMap(({ granary, duckdbRollup }) =>
    duckdbRollup === null ? [] : [duckdbRollup.medianMs / granary.medianMs],
  );
  const summary = {
    rollupRatioMedian: ratios.length === 0 ? null : median(ratios),
    rollupRatioMin: ratios.length === 0 ? null : Math.min(...ratios),
    rawRatioMedian: median(times.map(({ granary, duckdbRaw }) => duckdbRaw.medianMs / granary.medianMs)),
    granaryMedianMs: median(times.map(({ granary }) => granary.medianMs)),
  };
  console.log(timesTable(times));
  console.log(`\nDuckDB on the raw file / Granary: median ${formatRatio(summary.rawRatioMedian)}`);
  const goals = questionGoals(ratios, summary.granaryMedianMs, on);
  printGoals(goals);
  const differences = times.flatMap(({ title, difference }) =>
    difference === null ? [] : [`${title}: ${difference}`],
  );
  for (const difference of differences) console.error(`DIFFERENT  ${difference}`);
  return { ok: differences.length === 0, line: { summary, times, goals } };
}

function questionGoals(ratios: readonly number[], granaryMs: number, on: string): Goal[] {
  const what = `DuckDB on the rollup / Granary on ${on}`;
  const least = (of: string, goal: number, figure: number): Goal =>
    judge({ id: 'questions', what: `${what}, ${of}`, bound: 'at least', goal, figure });
  const races =
    ratios.length === 0
      ? []
      : [least('median', 10, median(ratios)), least('smallest', 1, Math.min(...ratios))];
  const time = { what: `Granary on ${on}, median`, goal: 1, figure: granaryMs, unit: 'ms' };
  return [...races, judge({ id: 'questions', bound: 'at most', ...time })];
}

function timesTable(times: readonly QuestionTimes[]): string {
  const pair = (peer: PeerTimes | null): string[] =>
    peer === null ? ['–', '–'] : [formatMs(peer.medianMs), formatMs(peer.p95Ms)];
  const ratio = (peer: PeerTimes | null, granary: PeerTimes): string =>
    peer === null ? '–' : formatRatio(peer.medianMs / granary.medianMs);
  const numbers = ['Granary ms', 'p95', 'DuckDB rollup', 'p95', 'DuckDB raw', 'p95', '× rollup', '× raw'];
  return formatTable(
    [{ title: 'query' }, ...numbers.map((title) => ({ title, align: 'right' as const })), { title: 'from' }],
    times.map((time) => [
      time.title,
      ...pair(time.granary),
      ...pair(time.duckdbRollup),
      ...pair(time.duckdbRaw),
      ratio(time.duckdbRollup, time.granary),
      ratio(time.duckdbRaw, time.granary),
      `${time.rollup ?? 'source'}${time.index === null ? '' : ` / ${time.index}`}`,
    ]),
  );
}
