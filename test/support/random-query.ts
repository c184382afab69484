/** Random queries over a random model; two of three keep to what one of its rollups holds. */
import type { CubeQuery, CubeTimeDimension, Direction } from './cube-query.js';
import { havings, randomFilter } from './random-filter.js';
import { consistsOf } from './random-granularities.js';
import type { RandomDimension, RandomMeasure, RandomModel, RandomRollup } from './random-model.js';
import { DAY, isoDay, moment } from './random-values.js';
import type { Span } from './random-values.js';
import { reachable } from './reachable.js';
import { shuffled } from './tape.js';
import type { Tape } from './tape.js';

interface Palette {
  readonly measures: readonly RandomMeasure[];
  readonly dimensions: readonly RandomDimension[];
  readonly segments: readonly string[];
  readonly times: readonly {
    readonly dimension: string;
    readonly granularities: readonly string[];
    /** Of a rollup; null: no rollup is in mind. */
    readonly stored: string | null;
  }[];
}

const granularities: readonly string[] = [
  'day',
  'month',
  'week',
  'hour',
  'year',
  'quarter',
  'minute',
  'second',
];

export function randomQuery(tape: Tape, model: RandomModel): CubeQuery {
  const palette = tape.below(6) < 5 ? storedPalette(tape, model) : freePalette(tape, model);
  const measures = tape.some(palette.measures, 3, 1).slice(tape.chance(8) ? 1 : 0);
  // Now and then the very rows of a rollup.
  const whole = tape.chance(8);
  const dimensions = whole ? palette.dimensions.slice(0, 4) : tape.some(palette.dimensions, 2);
  const timezone = tape.pick([
    undefined,
    undefined,
    undefined,
    'UTC',
    'Asia/Kathmandu',
    'Australia/Lord_Howe',
    'America/New_York',
    'Europe/Berlin',
    'America/Sao_Paulo',
  ]);
  const timeDimensions = whole
    ? palette.times.slice(0, 3).map(wholeTime)
    : tape.some(palette.times, 2).map((time) => randomTime(tape, time, model.span));
  const filters = tape
    .times(Math.max(0, tape.below(5) - 2), () => randomFilter(tape, palette.dimensions, model, 2))
    .filter((filter) => filter !== null);
  if (tape.chance(20) && palette.measures.length > 0)
    filters.push(...havings(tape, palette.measures, model.span));
  const segments = tape.chance(25) ? tape.some(palette.segments, 2) : [];
  const keys = [
    ...dimensions.map(({ id }) => id),
    ...timeDimensions.flatMap(({ dimension, granularity }) =>
      granularity === undefined ? [] : [`${dimension}.${granularity}`],
    ),
  ];
  const order = randomOrder(tape, keys, measures);
  return {
    ...(measures.length > 0 && { measures: measures.map(({ id }) => id) }),
    ...(dimensions.length > 0 && { dimensions: dimensions.map(({ id }) => id) }),
    ...(timeDimensions.length > 0 && { timeDimensions }),
    ...(filters.length > 0 && { filters }),
    ...(segments.length > 0 && { segments }),
    ...(order.length > 0 && { order }),
    ...(tape.chance(25) && { limit: tape.below(6) }),
    ...(tape.chance(15) && { offset: tape.below(4) }),
    ...(tape.chance(20) && { total: true }),
    ...(timezone !== undefined && { timezone }),
  };
}

/**
 * What a rollup or one of its indexes holds, or what two rollups of a cube hold together: measures of both, by what they
 * have in common.
 */
function storedPalette(tape: Tape, { rollups }: RandomModel): Palette {
  const rollup = tape.pick(rollups);
  const palette = indexPalette(tape, rollup);
  const others = rollups.filter((other) => other !== rollup && other.cube === rollup.cube);
  if (others.length === 0 || !tape.chance(20)) return palette;
  const other = rollupPalette(tape.pick(others));
  return {
    measures: [...new Set([...palette.measures, ...other.measures])],
    dimensions: palette.dimensions.filter((dimension) => other.dimensions.includes(dimension)),
    segments: palette.segments.filter((segment) => other.segments.includes(segment)),
    times: palette.times.filter((time) => other.times.some(({ dimension }) => dimension === time.dimension)),
  };
}

function indexPalette(tape: Tape, rollup: RandomRollup): Palette {
  const palette = rollupPalette(rollup);
  const aggregating = rollup.indexes.filter(({ type }) => type === 'aggregate');
  if (aggregating.length === 0 || !tape.chance(40)) return palette;
  const { columns } = tape.pick(aggregating);
  return {
    ...palette,
    dimensions: palette.dimensions.filter(({ id }) => columns.includes(id)),
    segments: palette.segments.filter((id) => columns.includes(id)),
    times: palette.times.filter(({ dimension, stored }) => columns.includes(`${dimension}.${stored}`)),
  };
}

function rollupPalette(rollup: RandomRollup): Palette {
  return {
    ...rollup,
    times: rollup.times.map(({ dimension, granularity, own }) => ({
      dimension,
      granularities: [...own, ...granularities].filter((coarse) => consistsOf(coarse, granularity)),
      stored: granularity,
    })),
  };
}

function freePalette(tape: Tape, { cubes }: RandomModel): Palette {
  const near = reachable(cubes, tape.pick(cubes).name);
  const dimensions = near.flatMap((cube) => cube.dimensions);
  return {
    measures: near.flatMap((cube) => cube.measures),
    dimensions,
    segments: near.flatMap((cube) => cube.segments.map(({ id }) => id)),
    times: dimensions
      .filter(({ type }) => type === 'time')
      .map(({ id, granularities: own }) => ({
        dimension: id,
        granularities: [...own, ...granularities],
        stored: null,
      })),
  };
}

function randomTime(tape: Tape, time: Palette['times'][number], span: Span): CubeTimeDimension {
  // Now and then one that is not made of what is stored.
  const list = tape.chance(20) ? granularities : time.granularities;
  const granularity = tape.chance(75) ? tape.pick(list) : undefined;
  return {
    dimension: time.dimension,
    ...(granularity !== undefined && { granularity }),
    ...(tape.chance(50) && { dateRange: randomRange(tape, span, time.stored === null || tape.chance(40)) }),
  };
}

function wholeTime({
  dimension,
  stored,
  granularities: [first],
}: Palette['times'][number]): CubeTimeDimension {
  return { dimension, granularity: stored ?? first };
}

/** Dates or whole months; times to the millisecond when `ragged`. */
function randomRange(tape: Tape, span: Span, ragged: boolean): string[] {
  const [first, last] = [moment(tape, span), moment(tape, span)].toSorted((a, b) => a - b);
  if (ragged) return [new Date(first).toISOString().slice(0, -1), new Date(last).toISOString().slice(0, -1)];
  const whole = tape.pick([0, 1, 2, 3, 3]);
  const [from, to] = [new Date(first), new Date(last)];
  if (whole === 3) {
    const start = tape.chance(50) ? monthStart(from.getUTCFullYear(), from.getUTCMonth()) : first;
    return [isoDay(start), to.toISOString().slice(0, -1)];
  }
  if (whole === 0) return [isoDay(first), isoDay(last)];
  const [month, end] = whole === 1 ? [from.getUTCMonth(), to.getUTCMonth() + 1] : [0, 12];
  return [
    isoDay(monthStart(from.getUTCFullYear(), month)),
    isoDay(monthStart(to.getUTCFullYear(), end) - DAY),
  ];
}

/** Not by `Date.UTC`, which takes the year 1 for 1901. */
function monthStart(year: number, month: number): number {
  return new Date(0).setUTCFullYear(year, month, 1);
}

/** Rough sums come after all keys, so that they decide nothing. */
function randomOrder(
  tape: Tape,
  keys: readonly string[],
  measures: readonly RandomMeasure[],
): [string, Direction][] {
  const rough = measures.some((measure) => measure.rough);
  if (!rough && tape.chance(50)) return [];
  const columns = shuffled(tape, rough ? keys : [...keys, ...measures.map(({ id }) => id)]);
  const asked = rough ? columns : columns.slice(0, 1 + tape.below(columns.length || 1));
  return asked.map((name) => [name, tape.pick(['asc', 'desc'] as const)]);
}
