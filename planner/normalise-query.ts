/** From a Cube REST query, as text from outside, to the one form in which the house knows queries. */
import type { StoreError } from '../model/errors.js';
import { LIMITS } from '../model/limits.js';
import type { OrderKey, Query, QueryTimeDimension, TimeRange } from '../model/query.js';
import { GRANULARITIES } from '../model/schema.js';
import type { DataModel, Granularity, MemberId } from '../model/schema.js';
import { suggest } from '../model/suggest.js';
import { isTimezone } from '../model/timezone.js';
import { findMember } from './find-member.js';
import { normaliseFilters } from './normalise-filters.js';
import { normaliseRange } from './normalise-range.js';
import type { Clock } from './normalise-range.js';
import { invalid, record, show, unknownWord } from './query-error.js';

const KEYS = [
  'measures',
  'dimensions',
  'segments',
  'timeDimensions',
  'filters',
  'order',
  'limit',
  'offset',
  'timezone',
  'total',
  'ungrouped',
  'renewQuery',
  'responseFormat',
  'cache',
  'cacheMode',
] as const;

/**
 * @param input a query object as Cube's REST API takes it
 * @param now what relative date ranges are counted from: milliseconds since the epoch
 * @throws StoreError `query_invalid` with the path of the offending part
 */
export function normaliseQuery(model: DataModel, input: unknown, now: number): Query {
  if (Array.isArray(input)) throw notYet('query', 'a list of queries', 'Ask one after the other.');
  const raw = record(input, 'query');
  refuseKeys(raw);
  const timezone = parseTimezone(raw['timezone']);
  const clock = { now, timezone };
  const measures = memberList(model, raw['measures'], 'measures', 'measure');
  const { dimensions, buckets } = parseDimensions(model, raw['dimensions']);
  const segments = memberList(model, raw['segments'], 'segments', 'segment');
  const times = parseTimeDimensions(model, raw['timeDimensions'], clock);
  const timeDimensions = eachBucketOnce([...times, ...buckets]);
  const { filter, having, countedBy } = normaliseFilters(model, raw['filters'], clock);
  const shown = timeDimensions.filter((time) => time.granularity !== null);
  if (measures.length + dimensions.length + shown.length === 0) {
    throw invalid(
      'query',
      'the query asks for nothing',
      'Query should contain either measures, dimensions or timeDimensions with granularities in order to be valid.',
    );
  }
  const query = {
    measures,
    dimensions,
    segments,
    timeDimensions,
    filter,
    having,
    countedBy,
    ungrouped: flag(raw['ungrouped'], 'ungrouped'),
    limit: wholeNumber(raw['limit'], 'limit'),
    offset: wholeNumber(raw['offset'], 'offset') ?? 0,
    timezone,
    total: flag(raw['total'], 'total'),
  };
  if (query.ungrouped && having !== null) {
    throw invalid(
      'filters',
      'an ungrouped query has no groups to filter by measures',
      'Filter by dimensions.',
    );
  }
  return { ...query, order: completeOrder(query, parseOrder(raw['order'])) };
}

/** The names of the answer's columns: dimensions, time dimensions with granularity, measures. */
function outputNames(query: Pick<Query, 'dimensions' | 'timeDimensions' | 'measures'>): string[] {
  const times = query.timeDimensions.filter((time) => time.granularity !== null);
  return [
    ...query.dimensions,
    ...times.map((time) => `${time.dimension}.${time.granularity}`),
    ...query.measures,
  ];
}

function refuseKeys(raw: Readonly<Record<string, unknown>>): void {
  for (const key of Object.keys(raw)) {
    if (!(KEYS as readonly string[]).includes(key)) throw unknownWord('key', key, 'query', KEYS);
  }
  if (raw['responseFormat'] != null && raw['responseFormat'] !== 'default') {
    throw notYet('responseFormat', `the format ${show(raw['responseFormat'])}`, 'Leave it out.');
  }
}

function notYet(path: string, what: string, next: string): StoreError {
  return invalid(path, `${what} is not supported yet`, next);
}

function parseTimezone(value: unknown): string {
  if (value === undefined || value === null) return 'UTC';
  if (typeof value !== 'string' || !isTimezone(value)) {
    throw invalid(
      'timezone',
      `${show(value)} is not a time zone`,
      "Use an IANA name such as 'Europe/Berlin'.",
    );
  }
  return value;
}

function memberList(
  model: DataModel,
  value: unknown,
  path: string,
  kind: 'measure' | 'segment' | 'dimension',
): MemberId[] {
  const ids = list(value, path).map((item, at) => findMember(model, item, `${path}[${at}]`, [kind]).id);
  return [...new Set(ids)];
}

/** Dimensions, and times written as `orders.created_at.day`, which are time dimensions. */
function parseDimensions(
  model: DataModel,
  value: unknown,
): { dimensions: MemberId[]; buckets: QueryTimeDimension[] } {
  const dimensions = new Set<MemberId>();
  const buckets: QueryTimeDimension[] = [];
  list(value, 'dimensions').forEach((item, at) => {
    const path = `dimensions[${at}]`;
    const parts = typeof item === 'string' ? item.split('.') : [];
    if (parts.length === 3) {
      const dimension = findMember(model, parts.slice(0, 2).join('.'), path, ['time']).id;
      buckets.push({ dimension, granularity: parseGranularity(parts[2], path), range: null });
    } else {
      dimensions.add(findMember(model, item, path, ['dimension']).id);
    }
  });
  return { dimensions: [...dimensions], buckets };
}

function parseTimeDimensions(model: DataModel, value: unknown, clock: Clock): QueryTimeDimension[] {
  return list(value, 'timeDimensions').map((item, at) => {
    const path = `timeDimensions[${at}]`;
    if (typeof item === 'string') {
      return { dimension: findMember(model, item, path, ['time']).id, granularity: null, range: null };
    }
    const raw = record(item, path);
    for (const key of Object.keys(raw)) {
      if (key === 'compareDateRange') {
        throw notYet(`${path}.${key}`, 'comparing ranges', 'Ask once for each range.');
      }
      if (!['dimension', 'granularity', 'dateRange'].includes(key)) {
        throw unknownWord('key', key, path, ['dimension', 'granularity', 'dateRange']);
      }
    }
    const dimension = findMember(model, raw['dimension'], `${path}.dimension`, ['time']).id;
    const { granularity, dateRange } = raw;
    return {
      dimension,
      granularity: granularity == null ? null : parseGranularity(granularity, `${path}.granularity`),
      range: dateRange == null ? null : parseRange(dateRange, `${path}.dateRange`, clock),
    };
  });
}

/** A bucket that is asked for again adds its range alone: no two columns have one name. */
function eachBucketOnce(times: readonly QueryTimeDimension[]): QueryTimeDimension[] {
  const seen = new Set<string>();
  return times.map((time) => {
    const name = `${time.dimension}.${time.granularity}`;
    if (seen.has(name)) return { ...time, granularity: null };
    seen.add(name);
    return time;
  });
}

function parseGranularity(value: unknown, path: string): Granularity {
  if ((GRANULARITIES as readonly unknown[]).includes(value)) return value as Granularity;
  throw unknownWord('granularity', value, path, GRANULARITIES);
}

function parseRange(value: unknown, path: string, clock: Clock): TimeRange {
  const texts = typeof value === 'string' ? [value] : value;
  if (
    !Array.isArray(texts) ||
    texts.length < 1 ||
    texts.length > 2 ||
    !texts.every((text) => typeof text === 'string')
  ) {
    throw invalid(
      path,
      `${show(value)} is not a date range`,
      "Use ['2024-01-01', '2024-01-31'] or 'last month'.",
    );
  }
  return normaliseRange(texts.length === 1 ? [texts[0]] : [texts[0], texts[1]], path, clock);
}

function parseOrder(value: unknown): [string, boolean, string][] {
  if (value == null) return [];
  const entries = Array.isArray(value) ? value : Object.entries(record(value, 'order'));
  if (entries.length > LIMITS.queryMembersMax) throw tooMany('order', entries.length);
  return entries.map((entry: unknown, at) => {
    const path = `order[${at}]`;
    const [member, direction] = Array.isArray(entry) ? (entry as unknown[]) : orderObject(entry, path);
    const word = typeof direction === 'string' ? direction.toLowerCase() : direction;
    if (typeof member !== 'string' || (word !== 'asc' && word !== 'desc')) {
      throw invalid(
        path,
        `${show(entry)} is not an order`,
        'Use ["cube.member", "asc"] or ["cube.member", "desc"].',
      );
    }
    return [member, word === 'desc', path];
  });
}

/** `{ id, desc }`, as Cube's own client writes it. */
function orderObject(entry: unknown, path: string): [unknown, unknown] {
  const raw = record(entry, path);
  return [raw['id'], raw['desc'] === true ? 'desc' : 'asc'];
}

/**
 * The asked keys, else Cube's default (first time, else first measure descending, else first dimension), and
 * then all remaining columns ascending, so that no two rows are in doubt.
 */
function completeOrder(
  query: Pick<Query, 'dimensions' | 'timeDimensions' | 'measures'>,
  asked: readonly [string, boolean, string][],
): OrderKey[] {
  const names = outputNames(query);
  const keys = asked.map(([member, descending, path]): OrderKey => {
    const column = names.find((name) => name === member) ?? names.find((name) => isBucketOf(name, member));
    if (column !== undefined) return { column, descending };
    const near = suggest(member, names);
    throw invalid(
      path,
      `'${member}' is not part of the query`,
      near === null ? 'Order by a member that the query asks for.' : `Did you mean '${near}'?`,
    );
  });
  if (keys.length === 0) keys.push(defaultOrder(query, names));
  const taken = new Set(keys.map((key) => key.column));
  return [
    ...keys.filter((key, at) => keys.findIndex((other) => other.column === key.column) === at),
    ...names.filter((name) => !taken.has(name)).map((column) => ({ column, descending: false })),
  ];
}

function isBucketOf(name: string, member: string): boolean {
  return name.startsWith(`${member}.`) && !name.slice(member.length + 1).includes('.');
}

function defaultOrder(
  query: Pick<Query, 'dimensions' | 'timeDimensions' | 'measures'>,
  names: readonly string[],
): OrderKey {
  const time = query.timeDimensions.find(({ granularity }) => granularity !== null);
  if (time !== undefined) return { column: `${time.dimension}.${time.granularity}`, descending: false };
  if (query.measures.length > 0) return { column: query.measures[0], descending: true };
  return { column: names[0], descending: false };
}

function wholeNumber(value: unknown, path: string): number | null {
  if (value == null) return null;
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  throw invalid(
    path,
    `${show(value)} is not a whole number of at least 0`,
    `Give ${path} as a number, or leave it out.`,
  );
}

function flag(value: unknown, path: string): boolean {
  if (value == null) return false;
  if (typeof value === 'boolean') return value;
  throw invalid(path, `${show(value)} is not true or false`, `Give ${path} as a boolean, or leave it out.`);
}

function list(value: unknown, path: string): readonly unknown[] {
  if (value == null) return [];
  if (!Array.isArray(value)) throw invalid(path, `${show(value)} is not a list`, 'Put it into [ ].');
  if (value.length > LIMITS.queryMembersMax) throw tooMany(path, value.length);
  return value as unknown[];
}

function tooMany(path: string, count: number): StoreError {
  return invalid(
    path,
    `${count} entries are more than ${LIMITS.queryMembersMax}`,
    'Ask for fewer at a time.',
  );
}
