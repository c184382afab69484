/** Random Cube queries over the flights, of which most have a rollup that could serve them. */
import fc from 'fast-check';
import type { CubeFilter, CubeGranularity, CubeQuery, CubeTimeDimension, Direction } from './cube-query.js';
import {
  dateRanges,
  dayText,
  days,
  dimensionFilters,
  measureFilters,
  rarely,
  time,
} from './flights-filters.js';
import { flightsOracle } from './flights.js';
import type { FlightsRollup } from './flights.js';

/** The members that a query may use. */
interface Palette {
  readonly measures: readonly string[];
  readonly dimensions: readonly string[];
  readonly segments: readonly string[];
  readonly granularities: readonly CubeGranularity[];
  /** Whether times may be used at all, and whether only as time dimensions, mostly in whole days. */
  readonly times: 'none' | 'mostly whole days' | 'free';
}

const everything: Palette = {
  measures: Object.keys(flightsOracle.measures),
  dimensions: Object.keys(flightsOracle.dimensions),
  segments: Object.keys(flightsOracle.segments),
  granularities: ['second', 'minute', 'hour', 'day', 'week', 'month', 'quarter', 'year'],
  times: 'free',
};

/**
 * Six of ten queries keep to what one of the rollups holds; one asks for its groups as they are stored, so that of 300
 * queries none does with a probability of 2e-14.
 */
export function flightsQueries(rollups: readonly FlightsRollup[]): fc.Arbitrary<CubeQuery> {
  const palettes = rollups.map(paletteOf);
  return fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...palettes).chain(queries) },
    { weight: 3, arbitrary: queries(everything) },
    { weight: 1, arbitrary: fc.constantFrom(...rollups).chain(storedGroups) },
  );
}

/** The rows of a rollup, or some of them. */
function storedGroups(rollup: FlightsRollup): fc.Arbitrary<CubeQuery> {
  const { measures } = paletteOf(rollup);
  return fc
    .record({
      measures: fc.subarray([...measures], { minLength: 1, maxLength: 3 }),
      filters: dimensionFilters(rollup.dimensions),
      having: rarely(measureFilters(measures)),
      directions: rarely(fc.array(directions, { minLength: 1, maxLength: columnsMax })),
      ranks: ranksOfColumns,
      limit: rarely(fc.integer({ min: 0, max: 40 })),
      total: fc.option(fc.boolean(), { nil: undefined }),
    })
    .map((drawn) =>
      assemble({
        ...drawn,
        dimensions: rollup.dimensions,
        times: rollup.time === null ? [] : [rollup.time],
        segments: rollup.segments,
        offset: undefined,
        timezone: undefined,
      }),
    );
}

function paletteOf(rollup: FlightsRollup): Palette {
  const finest = rollup.time === null ? 0 : everything.granularities.indexOf(rollup.time.granularity);
  return {
    measures: everything.measures.filter((name) => {
      const measure = flightsOracle.measures[name];
      const leaves = measure.kind === 'calculated' ? measure.from : [name];
      return leaves.every((leaf) => rollup.measures.includes(leaf));
    }),
    dimensions: rollup.dimensions,
    segments: rollup.segments,
    granularities: everything.granularities.slice(finest),
    times: rollup.time === null ? 'none' : 'mostly whole days',
  };
}

function queries(palette: Palette): fc.Arbitrary<CubeQuery> {
  return fc
    .record({
      measures: some(palette.measures, 3),
      dimensions: some(palette.dimensions, 2),
      times: palette.times === 'none' ? fc.constant<CubeTimeDimension[]>([]) : times(palette),
      filters: dimensionFilters(
        palette.dimensions.filter((name) => name !== time || palette.times === 'free'),
      ),
      having: rarely(measureFilters(palette.measures)),
      segments: rarely(some(palette.segments, 1)),
      directions: rarely(fc.array(directions, { minLength: 1, maxLength: columnsMax })),
      ranks: ranksOfColumns,
      limit: rarely(fc.integer({ min: 0, max: 40 })),
      offset: rarely(fc.integer({ min: 0, max: 6 })),
      timezone: timezones,
      total: fc.option(fc.boolean(), { nil: undefined }),
    })
    .map(assemble)
    .filter(asksForSomething);
}

/** Three measures, two dimensions, one time. */
const columnsMax = 6;
const ranksOfColumns = fc.array(fc.nat(), { minLength: columnsMax, maxLength: columnsMax });

const directions: fc.Arbitrary<Direction> = fc.constantFrom('asc', 'desc');

/** The clocks of most zones change within the data; Sydney and São Paulo live an hour twice. */
const timezones = fc.oneof(
  { weight: 5, arbitrary: fc.constant(undefined) },
  { weight: 1, arbitrary: fc.constant('UTC') },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      'America/New_York',
      'Europe/Berlin',
      'Asia/Kolkata',
      'Australia/Sydney',
      'America/Sao_Paulo',
    ),
  },
);

interface Parts {
  readonly measures: readonly string[];
  readonly dimensions: readonly string[];
  readonly times: readonly CubeTimeDimension[];
  readonly filters: readonly CubeFilter[];
  readonly having: CubeFilter | undefined;
  readonly segments: readonly string[] | undefined;
  readonly directions: readonly Direction[] | undefined;
  /** By which the columns are shuffled for an order. */
  readonly ranks: readonly number[];
  readonly limit: number | undefined;
  readonly offset: number | undefined;
  readonly timezone: string | undefined;
  readonly total: boolean | undefined;
}

function assemble(parts: Parts): CubeQuery {
  const { measures, times: timeDimensions, limit, offset, timezone, total } = parts;
  const buckets = timeDimensions.filter(({ granularity }) => granularity !== undefined);
  // A row has one value under the name of a time: the bucket or the time itself.
  const dimensions = parts.dimensions.filter((name) => name !== time || buckets.length === 0);
  const filters = [...parts.filters, ...(parts.having === undefined ? [] : [parts.having])];
  const order = orderOf(parts, [...dimensions, ...buckets.map(({ dimension }) => dimension)]);
  return {
    ...(measures.length > 0 && { measures }),
    ...(dimensions.length > 0 && { dimensions }),
    ...(timeDimensions.length > 0 && { timeDimensions }),
    ...(filters.length > 0 && { filters }),
    ...(parts.segments !== undefined && parts.segments.length > 0 && { segments: parts.segments }),
    ...(order.length > 0 && { order }),
    ...(limit !== undefined && { limit }),
    ...(offset !== undefined && { offset }),
    ...(timezone !== undefined && { timezone }),
    ...(total !== undefined && { total }),
  };
}

/** What a page shows must not hang on an estimate, which the oracle does not make: then all keys come first. */
function orderOf(parts: Parts, keys: readonly string[]): [string, Direction][] {
  const paged = parts.limit !== undefined || parts.offset !== undefined;
  const estimated = parts.measures.some((name) => flightsOracle.measures[name].kind === 'approx');
  const fixed = paged && estimated;
  const columns = fixed ? keys : [...keys, ...parts.measures];
  const shuffled = columns
    .map((name, at) => ({ name, rank: parts.ranks[at] }))
    .toSorted((a, b) => a.rank - b.rank)
    .map(({ name }) => name);
  const asked = parts.directions ?? [];
  return (fixed ? shuffled : shuffled.slice(0, asked.length)).map((name, at) => [name, asked[at] ?? 'asc']);
}

function asksForSomething({ measures = [], dimensions = [], timeDimensions = [] }: CubeQuery): boolean {
  const shown = timeDimensions.filter((item) => typeof item !== 'string' && item.granularity !== undefined);
  return measures.length + dimensions.length + shown.length > 0;
}

function some(names: readonly string[], max: number): fc.Arbitrary<string[]> {
  return fc.subarray([...names], { maxLength: Math.min(max, names.length) });
}

function times({ granularities, times: style }: Palette): fc.Arbitrary<CubeTimeDimension[]> {
  const coarse = granularities.filter((name) => name !== 'second' && name !== 'minute');
  const fine = granularities.filter((name) => name === 'second' || name === 'minute' || name === 'hour');
  const ranges = dateRanges(style === 'free' ? 3 : 2);
  const one = fc.oneof(
    {
      weight: 4,
      arbitrary: timeDimension(fc.constantFrom(...coarse), fc.option(ranges, { nil: undefined })),
    },
    { weight: 2, arbitrary: timeDimension(fc.constant(undefined), ranges) },
    {
      weight: fine.length > 0 ? 1 : 0,
      arbitrary: timeDimension(fc.constantFrom(...fine, 'day'), shortRanges),
    },
  );
  return fc.oneof(
    { weight: 3, arbitrary: one.map((item) => [item]) },
    { weight: 1, arbitrary: fc.constant<CubeTimeDimension[]>([]) },
  );
}

function timeDimension(
  granularity: fc.Arbitrary<CubeGranularity | undefined>,
  range: fc.Arbitrary<readonly string[] | undefined>,
): fc.Arbitrary<CubeTimeDimension> {
  return fc.tuple(granularity, range).map(([grain, dateRange]) => ({
    dimension: time,
    ...(grain !== undefined && { granularity: grain }),
    ...(dateRange !== undefined && { dateRange }),
  }));
}

const shortRanges = fc
  .tuple(days, fc.nat({ max: 2 }))
  .map(([from, length]) => [dayText(from), dayText(from + length)]);
