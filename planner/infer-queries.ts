import { GRANULARITIES } from '../model/schema.js';
import type { Granularity } from '../model/schema.js';
import type { InferredDimension, InferredMeasure } from './infer-members.js';
import type { InferredCube, InferredModel } from './infer-model.js';
import type { InferredRollup } from './infer-rollups.js';

const QUERIES_MAX = 12;
const TOP = 10;
const DAY_MS = 86_400_000;
/** What a dashboard would add up first. */
const MAIN_QUANTITY = /total|revenue|amount|sales/;

/** A query as a dashboard would ask it: Cube's REST form with a name for humans. */
export interface DashboardQuery {
  readonly title: string;
  readonly query: CubeQueryDocument;
}

export interface CubeQueryDocument {
  readonly measures?: readonly string[];
  readonly dimensions?: readonly string[];
  readonly segments?: readonly string[];
  readonly timeDimensions?: readonly {
    readonly dimension: string;
    readonly granularity?: Granularity;
    readonly dateRange?: readonly [string, string];
  }[];
  readonly filters?: readonly object[];
  readonly order?: Readonly<Record<string, 'asc' | 'desc'>>;
  readonly limit?: number;
}

/**
 * About twelve questions that the rollups of an inferred model are there for, and last one that none of them
 * answers, where there is one.
 */
export function inferQueries(model: InferredModel): DashboardQuery[] {
  const cube = model.cubes.find((candidate) => candidate.rollups.length > 0);
  if (cube === undefined) return [];
  const words = new Words(cube);
  const miss = missedQuery(cube, words);
  const questions = [
    ...totals(words),
    ...overTime(cube, words),
    ...interleave(cube.rollups.map((rollup) => byDimensions(rollup, words))),
  ];
  const seen = new Set<string>();
  const distinct = questions.filter(({ query }) => {
    const text = JSON.stringify(query);
    return !seen.has(text) && seen.add(text);
  });
  return [...distinct.slice(0, QUERIES_MAX - (miss === null ? 0 : 1)), ...(miss === null ? [] : [miss])];
}

/** The members of a cube by the part that they play in a question. */
class Words {
  readonly cube: string;
  readonly count: InferredMeasure;
  readonly total: InferredMeasure;
  readonly bounds: readonly InferredMeasure[];
  readonly average: InferredMeasure | null;
  readonly sketch: InferredMeasure | null;

  constructor(cube: InferredCube) {
    const find = (type: InferredMeasure['type']): InferredMeasure | undefined =>
      cube.stored.find((measure) => measure.type === type);
    const count = find('count');
    if (count === undefined) throw new Error('every inferred cube counts its rows');
    this.cube = cube.name;
    this.count = count;
    const sums = cube.stored.filter((measure) => measure.type === 'sum');
    this.total = sums.find((measure) => MAIN_QUANTITY.test(measure.name)) ?? sums[0] ?? count;
    const bounds = cube.stored.filter((measure) => measure.type === 'min' || measure.type === 'max');
    const same = bounds.filter((measure) => measure.column === this.total.column);
    this.bounds = (same.length > 0 ? same : bounds).slice(0, 2);
    const averaged = (measure: InferredMeasure): boolean =>
      measure.type === 'number' && measure.column === this.total.column;
    this.average = cube.measures.find(averaged) ?? null;
    this.sketch = find('count_distinct_approx') ?? null;
  }

  id(member: InferredDimension | InferredMeasure): string {
    return `${this.cube}.${member.name}`;
  }
}

function totals(words: Words): DashboardQuery[] {
  const measures = words.total === words.count ? [words.count] : [words.count, words.total];
  const all = { title: 'Everything in one line', query: { measures: measures.map((m) => words.id(m)) } };
  if (words.sketch === null) return [all];
  const title = `${words.sketch.title}, overall`;
  return [all, { title, query: { measures: [words.id(words.sketch)] } }];
}

function overTime(cube: InferredCube, words: Words): DashboardQuery[] {
  const finest = finestTime(cube);
  if (finest === null) return [];
  const { dimension, granularity } = finest;
  const by = (grain: Granularity, measure: InferredMeasure): DashboardQuery => ({
    title: `${measure.title} by ${grain}`,
    query: {
      measures: [words.id(measure)],
      timeDimensions: [{ dimension: words.id(dimension), granularity: grain }],
    },
  });
  const coarser = storedCoarser(cube.rollups, granularity);
  const queries = [by(granularity, words.total), by(coarser, words.count)];
  const range = lastRange(dimension, granularity);
  if (range !== null) {
    queries.push({
      title: `${words.total.title} by ${granularity}, ${range.title}`,
      query: {
        measures: [words.id(words.total)],
        timeDimensions: [{ dimension: words.id(dimension), granularity, dateRange: range.dateRange }],
      },
    });
  }
  if (words.average !== null) queries.push(by(coarser, words.average));
  if (words.sketch !== null) queries.push(by(coarser, words.sketch));
  return queries;
}

function byDimensions(rollup: InferredRollup, words: Words): DashboardQuery[] {
  const queries: DashboardQuery[] = [];
  for (const dimension of [...rollup.dimensions].reverse()) {
    queries.push(topValues(dimension, words));
    queries.push(...oneValue(dimension, rollup, words));
  }
  const [first, second] = rollup.dimensions;
  if (first !== undefined && second !== undefined) {
    queries.push({
      title: `${words.count.title} by ${first.title} and ${second.title}`,
      query: { measures: [words.id(words.count)], dimensions: [words.id(first), words.id(second)] },
    });
  }
  if (first !== undefined && words.bounds.length > 0) {
    queries.push({
      title: `${words.bounds.map((measure) => measure.title).join(', ')} by ${first.title}`,
      query: { measures: words.bounds.map((measure) => words.id(measure)), dimensions: [words.id(first)] },
    });
  }
  return queries;
}

function topValues(dimension: InferredDimension, words: Words): DashboardQuery {
  const many = dimension.column.distinct > TOP;
  const query = {
    measures: [words.id(words.total)],
    dimensions: [words.id(dimension)],
    order: { [words.id(words.total)]: 'desc' as const, [words.id(dimension)]: 'asc' as const },
  };
  if (!many) return { title: `${words.total.title} by ${dimension.title}`, query };
  return {
    title: `Top ${TOP} of ${dimension.title} by ${words.total.title}`,
    query: { ...query, limit: TOP },
  };
}

/** One value of a dimension, over time where the rollup has it. */
function oneValue(dimension: InferredDimension, rollup: InferredRollup, words: Words): DashboardQuery[] {
  const value = dimension.column.common;
  if (value === null) return [];
  const filters = [{ member: words.id(dimension), operator: 'equals', values: [value] }];
  const measures = [words.id(words.count)];
  const title = `${words.count.title} where ${dimension.title} is ${value}`;
  if (rollup.time === null) return [{ title, query: { measures, filters } }];
  const granularity = coarserGranularity(rollup.time.granularity);
  const timeDimensions = [{ dimension: words.id(rollup.time.dimension), granularity }];
  return [{ title: `${title}, by ${granularity}`, query: { measures, timeDimensions, filters } }];
}

/** A pair of dimensions that no rollup holds together, or else a grain that none is fine enough for. */
function missedQuery(cube: InferredCube, words: Words): DashboardQuery | null {
  const dimensions = cube.dimensions.filter((dimension) => dimension.type !== 'time');
  const together = (a: InferredDimension, b: InferredDimension): boolean =>
    cube.rollups.some((rollup) => rollup.dimensions.includes(a) && rollup.dimensions.includes(b));
  const pairs = dimensions.flatMap((a, at) => dimensions.slice(at + 1).map((b) => [a, b] as const));
  const apart = pairs.find(([a, b]) => !together(a, b));
  const measures = [words.id(words.count)];
  if (apart !== undefined) {
    const [a, b] = apart;
    const title = `${words.count.title} by ${a.title} and ${b.title}`;
    return { title, query: { measures, dimensions: [words.id(a), words.id(b)] } };
  }
  const finest = finestTime(cube);
  const finer = finest === null ? undefined : GRANULARITIES[GRANULARITIES.indexOf(finest.granularity) - 1];
  if (finest === null || finer === undefined) return null;
  const day = finest.dimension.column.max?.slice(0, 10);
  const dateRange = day === undefined ? {} : { dateRange: [day, day] as const };
  const timeDimensions = [{ dimension: words.id(finest.dimension), granularity: finer, ...dateRange }];
  return { title: `${words.count.title} by ${finer} on the last day`, query: { measures, timeDimensions } };
}

function finestTime({ rollups }: InferredCube): InferredRollup['time'] {
  const times = rollups.flatMap(({ time }) => (time === null ? [] : [time]));
  const rank = (time: { granularity: Granularity }): number => GRANULARITIES.indexOf(time.granularity);
  return times.sort((a, b) => rank(a) - rank(b))[0] ?? null;
}

/** Weeks do not add up to months: where the finest rollup is by week, the next one's months are asked for. */
function storedCoarser(rollups: readonly InferredRollup[], granularity: Granularity): Granularity {
  const months = rollups.some((rollup) => rollup.time?.granularity === 'month');
  return granularity === 'week' && months ? 'month' : coarserGranularity(granularity);
}

function coarserGranularity(granularity: Granularity): Granularity {
  switch (granularity) {
    case 'second':
    case 'minute':
    case 'hour':
      return 'day';
    case 'day':
      return 'month';
    case 'week':
      return 'week';
    case 'month':
      return 'quarter';
    case 'quarter':
    case 'year':
      return 'year';
  }
}

/** The last whole calendar month before the latest time, where the time dimension is stored by day or finer. */
function lastRange(
  time: InferredDimension,
  granularity: Granularity,
): { title: string; dateRange: [string, string] } | null {
  if (granularity !== 'day' && granularity !== 'hour') return null;
  const end =
    time.column.max === null ? Number.NaN : Date.parse(`${time.column.max.slice(0, 7)}-01T00:00:00Z`);
  if (Number.isNaN(end)) return null;
  const last = new Date(end - DAY_MS).toISOString().slice(0, 10);
  if (time.column.min === null || time.column.min.slice(0, 10) > last) return null;
  return { title: last.slice(0, 7), dateRange: [`${last.slice(0, 7)}-01`, last] };
}

/** One of each list in turn, so that a cut leaves some of all. */
function interleave<T>(lists: readonly (readonly T[])[]): T[] {
  const longest = Math.max(0, ...lists.map((list) => list.length));
  return Array.from({ length: longest }, (_, row) =>
    lists.flatMap((list) => list.slice(row, row + 1)),
  ).flat();
}
