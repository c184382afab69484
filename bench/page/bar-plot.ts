/** Groups of bars on a logarithmic scale, each bar with its number behind it. */
import { formatMs } from '../../cli/format.js';
import { logScale, tickText } from './log-scale.js';
import { COLOURS, line, short, svgFrame, text } from './svg.js';

export interface Bars {
  readonly title: string;
  /** Of all numbers. */
  readonly unit: string;
  /** Names of the bars of a group, in order; a bar that a group lacks leaves no gap. */
  readonly names: readonly string[];
  readonly groups: readonly { readonly title: string; readonly values: readonly (number | null)[] }[];
}

const WIDTH = 800;
const LEFT = 290;
const RIGHT = 90;
const TOP = 58;
const BAR = 13;
const GAP = 12;
/** The axis begins below so much of the shortest bar, that it can be seen. */
const LEAST = 0.7;

export function barPlot({ title, unit, names, groups }: Bars): string {
  const present = groups.flatMap(({ values }) =>
    values.filter((value) => value !== null && value > 0),
  ) as number[];
  const heights = groups.map(({ values }) => values.filter((value) => value !== null).length * BAR + GAP);
  const bottom = TOP + heights.reduce((sum, height) => sum + height, 0);
  const scale = logScale([...present, Math.min(...present) * LEAST], LEFT, WIDTH - RIGHT);
  const parts = legend(names);
  for (const tick of scale.ticks) {
    parts.push(line(scale.at(tick), TOP - 6, scale.at(tick), bottom));
    parts.push(
      text(scale.at(tick), bottom + 16, `${tickText(tick)} ${unit}`, { anchor: 'middle', size: 11 }),
    );
  }
  let y = TOP;
  for (const [group, { title: name, values }] of groups.entries()) {
    parts.push(text(LEFT - 8, y + (heights[group] - GAP) / 2 + 4, name, { anchor: 'end' }));
    for (const [at, value] of values.entries()) {
      if (value === null) continue;
      const end = value > 0 ? scale.at(value) : LEFT;
      parts.push(
        `<rect x="${LEFT}" y="${short(y + 1)}" width="${short(Math.max(1, end - LEFT))}" height="${BAR - 2}" fill="${COLOURS[at % COLOURS.length]}"/>`,
        text(Math.max(end, LEFT) + 4, y + BAR - 3, formatMs(value), { size: 10 }),
      );
      y += BAR;
    }
    y += GAP;
  }
  return svgFrame({ title, width: WIDTH, height: bottom + 28 }, parts);
}

function legend(names: readonly string[]): string[] {
  let x = 12;
  return names.flatMap((name, at) => {
    const parts = [
      `<rect x="${x}" y="31" width="10" height="10" fill="${COLOURS[at % COLOURS.length]}"/>`,
      text(x + 14, 40, name, { size: 11 }),
    ];
    x += 28 + name.length * 7;
    return parts;
  });
}
