/** Random queries with all that a query may have beside: names of views, relative ranges, options. */
import type { CubeFilter, CubeQuery } from './cube-query.js';
import { FEATURES } from './features.js';
import type { RandomModel } from './random-model.js';
import { randomQuery } from './random-query.js';
import { DAY, isoDay, moment, repeats } from './random-values.js';
import { viewMembers } from './random-views.js';
import type { Tape } from './tape.js';

export interface Case {
  readonly query: CubeQuery;
  /** What counts as now: milliseconds since the epoch. */
  readonly now: number;
  readonly options: CaseOptions;
}

export interface CaseOptions {
  readonly policy?: 'auto' | 'rollupOnly' | 'sourceOnly';
  readonly use?: readonly string[];
  readonly avoid?: readonly string[];
}

export function randomCase(tape: Tape, model: RandomModel): Case {
  const now = moment(tape, model.span) + tape.below(3) * DAY;
  const widened = [withDotted, withRelative, withRepeat, withCounting, withInstant, withOddText].reduce(
    (query, widen) => widen(tape, query, model),
    randomQuery(tape, model),
  );
  const ungrouped = rowByRow(tape, widened, model);
  const query = ungrouped ?? underNames(tape, widened, model);
  return { query, now, options: randomOptions(tape, model) };
}

/** The rows of one cube, told apart by its primary key; null: as it is. */
function rowByRow(tape: Tape, query: CubeQuery, { cubes }: RandomModel): CubeQuery | null {
  const { measures = [], dimensions = [], segments = [], timeDimensions = [], filters } = query;
  const times = timeDimensions.map((time) => (typeof time === 'string' ? time : time.dimension));
  const names = new Set([...measures, ...dimensions, ...segments, ...times].map((id) => id.split('.')[0]));
  const [name] = names;
  if (names.size !== 1 || filters !== undefined || !tape.chance(10)) return null;
  if (cubes.find((cube) => cube.name === name)?.composite !== false) return null;
  return { ...query, dimensions: [...new Set([...dimensions, `${name}.id`])], ungrouped: true };
}

/** A bucket written as a dimension. */
function withDotted(tape: Tape, query: CubeQuery): CubeQuery {
  const [time, ...others] = query.timeDimensions ?? [];
  if (time === undefined || typeof time === 'string' || !tape.chance(10)) return query;
  const { dimension, granularity } = time;
  if (granularity === undefined || time.dateRange !== undefined) return query;
  return {
    ...query,
    dimensions: [...(query.dimensions ?? []), `${dimension}.${granularity}`],
    timeDimensions: others,
  };
}

const relative = [
  'this month',
  'last month',
  'this week',
  'last 2 weeks',
  'last 7 days',
  'next 3 days',
  'this year',
  'last quarter',
  'today',
  'yesterday',
  'tomorrow',
  'now',
  '2 weeks ago',
  '1 month ago',
  '3 days from now',
  'from 2 weeks ago to now',
  'from 40 days ago to 1 day ago',
  'from 1 day from now to 1 day ago',
];

function withRelative(tape: Tape, query: CubeQuery, { span }: RandomModel): CubeQuery {
  if (!tape.chance(20)) return query;
  const text = tape.chance(20) ? `from ${isoDay(span.from + DAY)} to now` : tape.pick(relative);
  const [time, ...others] = query.timeDimensions ?? [];
  if (time !== undefined && typeof time !== 'string' && tape.chance(70)) {
    const dateRange = tape.chance(50) ? text : [text];
    return { ...query, timeDimensions: [{ ...time, dateRange }, ...others] };
  }
  const at = (query.filters ?? []).findIndex(
    (filter) => 'operator' in filter && /Date/.test(filter.operator),
  );
  if (at < 0) return query;
  const filters = (query.filters ?? []).map((filter, each) =>
    each === at ? { ...filter, values: [text] } : filter,
  );
  return { ...query, filters };
}

/** A range to a time that the clock shows twice. */
function withRepeat(tape: Tape, query: CubeQuery, { span }: RandomModel): CubeQuery {
  const [time, ...others] = query.timeDimensions ?? [];
  if (time === undefined || typeof time === 'string' || !Array.isArray(time.dateRange)) return query;
  const near = repeats.filter(({ first }) => first >= span.from && first < span.from + span.days * DAY);
  if (near.length === 0 || !tape.chance(30)) return query;
  const { zone, wall } = tape.pick(near);
  const begins = tape.chance(30);
  const dateRange = begins ? [wall, isoDay(span.from + span.days * DAY)] : [isoDay(span.from), wall];
  return { ...query, timeDimensions: [{ ...time, dateRange }, ...others], timezone: zone };
}

/** The rows that a measure counts. */
function withCounting(tape: Tape, query: CubeQuery, model: RandomModel): CubeQuery {
  if (!tape.chance(4)) return query;
  const cube = model.cubes.find(({ name }) => name === query.measures?.[0]?.split('.')[0]) ?? model.cubes[0];
  const filter: CubeFilter = { member: tape.pick(cube.measures).id, operator: 'measureFilter' };
  return { ...query, filters: [...(query.filters ?? []), filter] };
}

/** The end of a range as an instant. */
function withInstant(tape: Tape, query: CubeQuery): CubeQuery {
  const [time, ...others] = query.timeDimensions ?? [];
  if (time === undefined || typeof time === 'string' || !Array.isArray(time.dateRange)) return query;
  if (!tape.chance(8)) return query;
  const dateRange = (time.dateRange as string[]).map((text) => (text.includes('T') ? `${text}Z` : text));
  return { ...query, timeDimensions: [{ ...time, dateRange }, ...others] };
}

/** Halves of pairs, which no text of a table has. */
function withOddText(tape: Tape, query: CubeQuery): CubeQuery {
  if (!tape.chance(15)) return query;
  const odd = tape.pick(['\uD83D', '\uDE00', 'a\uD83D', '\uFFFD']);
  const filters = (query.filters ?? []).map((filter) => {
    if (!('operator' in filter) || typeof filter.values?.[0] !== 'string') return filter;
    const searches = /contains|With/i.test(filter.operator) || filter.values.some((text) => text === 'a');
    return searches && !/^[gl]te?$/.test(filter.operator) ? { ...filter, values: [odd] } : filter;
  });
  if (filters.length > 0 || !tape.chance(10)) return { ...query, filters };
  return { ...query, dimensions: [...(query.dimensions ?? []), `a.${odd}`] };
}

/** Members by the names of a view, where it has them. */
function underNames(tape: Tape, query: CubeQuery, { views }: RandomModel): CubeQuery {
  if (views.length === 0 || !tape.chance(35)) return query;
  const members = viewMembers(tape.pick(views));
  const kept = tape.chance(30) ? members.filter(() => tape.chance(60)) : members;
  const names = new Map(kept.map(({ id, name }) => [id, name]));
  const named = (id: string): string => {
    const [cube, member, granularity] = id.split('.');
    const name = names.get(`${cube}.${member}`) ?? `${cube}.${member}`;
    return granularity === undefined ? name : `${name}.${granularity}`;
  };
  const filtered = (filter: CubeFilter): CubeFilter => {
    if ('and' in filter) return { and: filter.and.map(filtered) };
    if ('or' in filter) return { or: filter.or.map(filtered) };
    return { ...filter, member: named(filter.member) };
  };
  const { measures, dimensions, segments, timeDimensions, filters, order } = query;
  return {
    ...query,
    ...(measures !== undefined && { measures: measures.map(named) }),
    ...(dimensions !== undefined && { dimensions: dimensions.map(named) }),
    ...(segments !== undefined && { segments: segments.map(named) }),
    ...(timeDimensions !== undefined && {
      timeDimensions: timeDimensions.map((time) =>
        typeof time === 'string' ? named(time) : { ...time, dimension: named(time.dimension) },
      ),
    }),
    ...(filters !== undefined && { filters: filters.map(filtered) }),
    ...(Array.isArray(order) && {
      order: (order as readonly (readonly [string, 'asc' | 'desc'])[]).map(
        ([name, way]) => [named(name), way] as const,
      ),
    }),
  };
}

function randomOptions(tape: Tape, { rollups }: RandomModel): CaseOptions {
  if (!FEATURES.policy || rollups.length === 0 || !tape.chance(15)) return {};
  const ids = rollups.map(({ id }) => id);
  const choice = tape.below(4);
  if (choice === 0) return { policy: 'sourceOnly' };
  if (choice === 1) return { policy: 'rollupOnly' };
  return choice === 2 ? { use: tape.some(ids, 2, 1) } : { avoid: tape.some(ids, 2, 1) };
}
