import { formatCount, formatPercent } from '../../cli/format.js';
import { type SketchAccuracy, theoreticalError } from '../sketch-accuracy.js';
import { linePlot } from './line-plot.js';
import { markdownTable, plotLink, type Section } from './markdown.js';
import type { Recorded } from './recorded.js';

const HEAD = `## Accuracy of sketches

Root mean square of the relative error of \`count_distinct_approx\` over sets of one size, beside what HyperLogLog promises, 1.04 / √2^p.
`;

interface SketchLine {
  readonly accuracy?: readonly SketchAccuracy[];
}

/** Of the largest size that was run. */
export function sketchSection(recorded: Recorded): Section | null {
  const accuracy = recorded.of<SketchLine>('sketches').at(-1)?.accuracy ?? [];
  if (accuracy.length === 0) return null;
  const precisions = [...new Set(accuracy.map(({ precision }) => precision))].sort((a, b) => a - b);
  const sizes = [...new Set(accuracy.map(({ distinct }) => distinct))].sort((a, b) => a - b);
  const sets = [...new Set(accuracy.map((point) => point.sets))].sort((a, b) => a - b);
  const found = (precision: number, distinct: number): number | undefined =>
    accuracy.find((point) => point.precision === precision && point.distinct === distinct)?.rms;
  const table = markdownTable(
    ['precision', 'theory', ...sizes.map((distinct) => `${formatCount(distinct)} values`)],
    precisions.map((precision) => [
      String(precision),
      formatPercent(theoreticalError(precision)),
      ...sizes.map((distinct) => {
        const rms = found(precision, distinct);
        return rms === undefined ? '–' : formatPercent(rms);
      }),
    ]),
  );
  const plot = linePlot({
    title: 'Error of sketches: rms (lines) and theory (dashed)',
    x: 'distinct values of a set',
    y: '%',
    series: precisions.flatMap((precision, pair) => [
      {
        name: `p = ${precision}`,
        points: sizes.flatMap((distinct): [number, number][] => {
          const rms = found(precision, distinct);
          return rms === undefined || rms === 0 ? [] : [[distinct, rms * 100]];
        }),
        pair,
        dashed: false,
      },
      {
        name: '',
        points: sizes.map((distinct) => [distinct, theoreticalError(precision) * 100] as const),
        pair,
        dashed: true,
      },
    ]),
  });
  return {
    text: `${HEAD}\nSets of each size: ${sets.join(', ')}.\n\n${table}\n\n${plotLink('Error of sketches, %', 'sketches.svg')}\n`,
    plots: { 'sketches.svg': plot },
  };
}
