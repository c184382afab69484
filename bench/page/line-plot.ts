/** Lines over two logarithmic axes, each with its name at its end; those of one pair have one colour. */
import { type LogScale, logScale, tickText } from './log-scale.js';
import { COLOURS, line, short, svgFrame, text } from './svg.js';

export interface LinePlot {
  readonly title: string;
  readonly x: string;
  readonly y: string;
  readonly series: readonly PlottedSeries[];
}

export interface PlottedSeries {
  /** Empty: the line has none. */
  readonly name: string;
  /** Both above 0. */
  readonly points: readonly (readonly [x: number, y: number])[];
  /** Lines with the same number have the same colour. */
  readonly pair: number;
  /** The second of a pair. */
  readonly dashed: boolean;
}

const WIDTH = 760;
const HEIGHT = 420;
const LEFT = 64;
const RIGHT = 170;
const TOP = 52;
const BOTTOM = 52;
/** Pixels between the names of two lines. */
const NAME_HEIGHT = 13;

export function linePlot({ title, x, y, series }: LinePlot): string {
  const points = series.flatMap((one) => one.points);
  const xs = points.map(([at]) => at);
  const ys = points.map(([, value]) => value);
  const across = logScale(xs, LEFT, WIDTH - RIGHT);
  const up = logScale(ys, HEIGHT - BOTTOM, TOP);
  const parts = [
    ...across.ticks.flatMap((tick) => [
      line(across.at(tick), TOP, across.at(tick), HEIGHT - BOTTOM),
      text(across.at(tick), HEIGHT - BOTTOM + 16, tickText(tick), { anchor: 'middle', size: 11 }),
    ]),
    ...up.ticks.flatMap((tick) => [
      line(LEFT, up.at(tick), WIDTH - RIGHT, up.at(tick)),
      text(LEFT - 6, up.at(tick) + 4, tickText(tick), { anchor: 'end', size: 11 }),
    ]),
    text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 14, x, { anchor: 'middle' }),
    text(12, TOP - 12, y, { size: 11 }),
    ...series.flatMap((one) => path(one, across, up)),
    ...names(series, up),
  ];
  return svgFrame({ title, width: WIDTH, height: HEIGHT }, parts);
}

function path({ points, pair, dashed }: PlottedSeries, across: LogScale, up: LogScale): string[] {
  const colour = COLOURS[pair % COLOURS.length];
  const places = points.map(([x, y]) => [short(across.at(x)), short(up.at(y))]);
  const dash = dashed ? ' stroke-dasharray="5 4"' : '';
  return [
    `<polyline points="${places.map((place) => place.join(',')).join(' ')}" fill="none" stroke="${colour}" stroke-width="2"${dash}/>`,
    ...places.map(([x, y]) => `<circle cx="${x}" cy="${y}" r="${dashed ? 2 : 3}" fill="${colour}"/>`),
  ];
}

/** At the ends of their lines; moved down where two would lie on one another. */
function names(series: readonly PlottedSeries[], up: LogScale): string[] {
  let last = -Infinity;
  return series
    .filter(({ name, points }) => name !== '' && points.length > 0)
    .map(({ name, points, pair }) => ({ name, pair, y: up.at(points[points.length - 1][1]) }))
    .sort((a, b) => a.y - b.y)
    .map(({ name, pair, y }) => {
      last = Math.max(y, last + NAME_HEIGHT);
      return text(WIDTH - RIGHT + 8, last + 4, name, { size: 11, colour: COLOURS[pair % COLOURS.length] });
    });
}
