/**
 * Sketches: how far their estimates are from the truth, beside theory and DuckDB's approx_count_distinct; and how fast
 * they are united, beside the sum of as many bytes in the same memory and beside hyperloglog-lite.
 */
import { formatCount, formatPercent } from '../cli/format.js';
import { formatTable, type TableColumn } from '../cli/table.js';
import type { Size } from './demo-queries.js';
import { type Goal, judge, printGoals, shortNumber } from './goals.js';
import type { BenchOutcome } from './question-times.js';
import { DUCKDB_SETS, measureAccuracy, type PeerAccuracy } from './measure-accuracy.js';
import { type SketchAccuracy, theoreticalError } from './sketch-accuracy.js';
import { measureMerges, type MergeFigures } from './sketch-merges.js';

const SIZES: Readonly<Record<Size, readonly number[]>> = {
  S: [1e3],
  M: [1e3, 1e5, 1e6],
  L: [1e3, 1e5, 1e6, 1e7],
};
/** Of each size. */
const SETS: Readonly<Record<Size, number>> = { S: 10, M: 40, L: 40 };
/** Full sketches of 2^12 registers; those of L are of days and countries, performance.md section 6. */
const MERGED: Readonly<Record<Size, number>> = { S: 2_000, M: 20_000, L: 54_720 };
const BUDGET_MS: Readonly<Record<Size, number>> = { S: 300, M: 5_000, L: 15_000 };

export async function benchSketches(size: Size, seed: number): Promise<BenchOutcome> {
  const merges = await measureMerges(MERGED[size], { seed, budgetMs: BUDGET_MS[size], roundsMax: 60 });
  const { accuracy, duckdb, fault } = await measureAccuracy(SIZES[size], SETS[size], seed);
  const goals = sketchGoals(size, merges, accuracy, duckdb);
  printMerges(merges);
  printAccuracy(accuracy, duckdb);
  printGoals(goals);
  for (const what of [merges.fault, fault]) if (what !== null) console.log(what);
  return {
    ok: merges.fault === null && fault === null,
    line: { merges, accuracy, duckdb, goals },
  };
}

function sketchGoals(
  size: Size,
  { figures }: MergeFigures,
  accuracy: readonly SketchAccuracy[],
  duckdb: readonly PeerAccuracy[],
): Goal[] {
  const goals = [
    judge({
      id: 'G7',
      what: `registers united in a second, as a share of bytes added up, ${size}`,
      bound: 'at least',
      goal: 80,
      figure: (100 * figures.query.gigabytesPerSecond) / figures.sum.gigabytesPerSecond,
      unit: '%',
    }),
    judge({
      id: 'G7',
      what: `one sketch united, hyperloglog-lite / Granary, ${size}`,
      bound: 'at least',
      goal: 500,
      figure: figures.peer.usPerSketch / figures.query.usPerSketch,
    }),
  ];
  const ratios = duckdb.map(({ distinct, rms }) => {
    const ours = accuracy.find((point) => point.precision === 12 && point.distinct === distinct);
    return rms / (ours?.rms ?? NaN);
  });
  goals.push(
    judge({
      id: 'G7',
      what: `rms error, approx_count_distinct / Granary at precision 12, the least over sizes, ${size}`,
      bound: 'at least',
      goal: 6,
      figure: Math.min(...ratios),
    }),
  );
  return goals;
}

function printMerges({ sketches, figures }: MergeFigures): void {
  console.log(`${formatCount(sketches)} full sketches of 4,096 registers into one, unless told otherwise`);
  const rows = Object.values(figures).map(({ title, medianMs, usPerSketch, gigabytesPerSecond }) => [
    title,
    shortNumber(medianMs),
    shortNumber(usPerSketch),
    shortNumber(gigabytesPerSecond),
  ]);
  console.log(formatTable(columnsOf(['', 'ms', 'µs each', 'GB/s of registers']), rows));
}

function printAccuracy(accuracy: readonly SketchAccuracy[], duckdb: readonly PeerAccuracy[]): void {
  const sizes = [...new Set(accuracy.map(({ distinct }) => distinct))];
  const precisions = [...new Set(accuracy.map(({ precision }) => precision))];
  const rows = precisions.map((precision) => [
    `precision ${precision}`,
    formatPercent(theoreticalError(precision)),
    ...sizes.map((distinct) => {
      const point = accuracy.find((each) => each.precision === precision && each.distinct === distinct);
      return point === undefined ? '–' : formatPercent(point.rms);
    }),
  ]);
  const peer = sizes.map((distinct) => duckdb.find((each) => each.distinct === distinct));
  rows.push([
    'approx_count_distinct',
    '–',
    ...peer.map((point) => (point === undefined ? '–' : formatPercent(point.rms))),
  ]);
  const sets = accuracy[0]?.sets ?? 0;
  console.log(`\nrms error over ${sets} sets (DuckDB: at most ${DUCKDB_SETS})`);
  const titles = ['', 'theory', ...sizes.map((distinct) => `${formatCount(distinct)} values`)];
  console.log(formatTable(columnsOf(titles), rows));
}

function columnsOf(titles: readonly string[]): TableColumn[] {
  return titles.map((title) => ({ title, align: title === '' ? 'left' : 'right' }));
}
