import { formatCount, formatPercent } from '../../cli/format.js';
import type { PeerAccuracy } from '../measure-accuracy.js';
import { type SketchAccuracy, theoreticalError } from '../sketch-accuracy.js';
import type { MergeFigures } from '../sketch-merges.js';
import { shortNumber } from '../goals.js';
import { linePlot, type PlottedSeries } from './line-plot.js';
import { markdownTable, plotLink, type Section } from './markdown.js';
import type { Recorded } from './recorded.js';

const HEAD = `## Sketches

Root mean square of the relative error of \`count_distinct_approx\` over sets of one size, beside what HyperLogLog promises, 1.04 / √2^p, and DuckDB's \`approx_count_distinct\` over the same sets.
`;

interface SketchLine {
  readonly accuracy: readonly SketchAccuracy[];
  readonly duckdb: readonly PeerAccuracy[];
  readonly merges: MergeFigures;
}

/** Of the largest size that was run. */
export function sketchSection(recorded: Recorded): Section | null {
  const run = recorded.of<SketchLine>('sketches').at(-1);
  if (run === undefined) return null;
  const { accuracy, duckdb, merges } = run;
  const sets = [...new Set(accuracy.map((point) => point.sets))].sort((a, b) => a - b);
  const parts = [
    HEAD,
    `Sets of each size: ${sets.join(', ')}.\n`,
    `${accuracyTable(accuracy, duckdb)}\n`,
    `${plotLink('Error of sketches, %', 'sketches.svg')}\n`,
    `United into one, ${formatCount(merges.sketches)} full sketches of 4,096 registers, beside the sum of as many bytes in the same memory:\n`,
    `${mergeTable(merges)}\n`,
  ];
  return { text: parts.join('\n'), plots: { 'sketches.svg': accuracyPlot(accuracy, duckdb) } };
}

function accuracyTable(accuracy: readonly SketchAccuracy[], duckdb: readonly PeerAccuracy[]): string {
  const sizes = sizesOf(accuracy);
  const cell = (point: { readonly rms: number } | undefined): string =>
    point === undefined ? '–' : formatPercent(point.rms);
  return markdownTable(
    ['precision', 'theory', ...sizes.map((distinct) => `${formatCount(distinct)} values`)],
    [
      ...precisionsOf(accuracy).map((precision) => [
        String(precision),
        formatPercent(theoreticalError(precision)),
        ...sizes.map((distinct) =>
          cell(accuracy.find((at) => at.precision === precision && at.distinct === distinct)),
        ),
      ]),
      ['DuckDB', '–', ...sizes.map((distinct) => cell(duckdb.find((at) => at.distinct === distinct)))],
    ],
  );
}

function accuracyPlot(accuracy: readonly SketchAccuracy[], duckdb: readonly PeerAccuracy[]): string {
  const sizes = sizesOf(accuracy);
  const precisions = precisionsOf(accuracy);
  const percents = (points: readonly PeerAccuracy[]): PlottedSeries['points'] =>
    points.flatMap(({ distinct, rms }) => (rms > 0 ? [[distinct, rms * 100] as const] : []));
  const series = precisions.flatMap((precision, pair) => [
    {
      name: `p = ${precision}`,
      points: percents(accuracy.filter((at) => at.precision === precision)),
      pair,
      dashed: false,
    },
    {
      name: '',
      points: sizes.map((distinct) => [distinct, theoreticalError(precision) * 100] as const),
      pair,
      dashed: true,
    },
  ]);
  const peer = { name: 'DuckDB', points: percents(duckdb), pair: precisions.length, dashed: false };
  return linePlot({
    title: 'Error of sketches: rms (lines) and theory (dashed)',
    x: 'distinct values of a set',
    y: '%',
    series: [...series, peer],
  });
}

function mergeTable({ figures }: MergeFigures): string {
  return markdownTable(
    ['', 'ms', 'µs for each', 'GB/s of registers'],
    Object.values(figures).map(({ title, medianMs, usPerSketch, gigabytesPerSecond }) => [
      title,
      ...[medianMs, usPerSketch, gigabytesPerSecond].map(shortNumber),
    ]),
  );
}

function sizesOf(accuracy: readonly SketchAccuracy[]): number[] {
  return [...new Set(accuracy.map(({ distinct }) => distinct))].sort((a, b) => a - b);
}

function precisionsOf(accuracy: readonly SketchAccuracy[]): number[] {
  return [...new Set(accuracy.map(({ precision }) => precision))].sort((a, b) => a - b);
}
