/** From a Cube REST query, as text from outside, to the one form in which the house knows queries. */
import type { StoreError } from '../model/errors.js';
import { LIMITS } from '../model/limits.js';
import type { AskedName, Query, QueryTimeDimension, TimeRange } from '../model/query.js';
import { timeName } from '../model/schema.js';
import type { DataModel, Grain, JoinPath, MemberId } from '../model/schema.js';
import { isTimezone } from '../model/timezone.js';
import { findMember, findTime } from './find-member.js';
import type { AskedMember } from './find-member.js';
import { normaliseFilters } from './normalise-filters.js';
import { normaliseGranularity } from './normalise-granularity.js';
import { normaliseOrder } from './normalise-order.js';
import { normaliseRange } from './normalise-range.js';
import type { Clock } from './normalise-range.js';
import { invalid, record, show, tooMany, unknownWord } from './query-error.js';
import { spanOf } from './time-box.js';

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
 * @param at what relative date ranges are counted from: milliseconds since the epoch. It is read only where there is one
 * @throws StoreError `query_invalid` with the path of the offending part
 */
export function normaliseQuery(model: DataModel, input: unknown, at: Pick<Clock, 'now'>): Query {
  if (Array.isArray(input)) throw notYet('query', 'a list of queries', 'Ask one after the other.');
  const raw = record(input, 'query');
  refuseKeys(raw);
  const timezone = parseTimezone(raw['timezone']);
  const clock: Clock = {
    timezone,
    get now() {
      return at.now;
    },
  };
  const measures = memberList(model, raw['measures'], 'measures', 'measure');
  const { dimensions, buckets } = parseDimensions(model, raw['dimensions']);
  const segments = memberList(model, raw['segments'], 'segments', 'segment');
  const times = [...parseTimeDimensions(model, raw['timeDimensions'], clock), ...buckets];
  const { joinPaths, ...filters } = normaliseFilters(model, raw['filters'], clock);
  const columns = answerColumns(dimensions, times, measures);
  if (columns.length === 0) {
    throw invalid(
      'query',
      'the query asks for nothing',
      'Query should contain either measures, dimensions or timeDimensions with granularities in order to be valid.',
    );
  }
  const query = {
    measures: idsOf(measures),
    dimensions: idsOf(dimensions),
    segments: idsOf(segments),
    timeDimensions: eachBucketOnce(times),
    asked: [...columns, ...eachNameOnce(segments.map((segment) => askedName('segment', segment)))],
    joinPaths: forcingPaths([...measures, ...dimensions, ...segments, ...times], joinPaths),
    ...filters,
    ungrouped: flag(raw['ungrouped'], 'ungrouped'),
    limit: wholeNumber(raw['limit'], 'limit'),
    offset: wholeNumber(raw['offset'], 'offset') ?? 0,
    timezone,
    total: flag(raw['total'], 'total'),
  };
  if (query.ungrouped && query.having !== null) {
    throw invalid(
      'filters',
      'an ungrouped query has no groups to filter by measures',
      'Filter by dimensions.',
    );
  }
  return { ...query, order: normaliseOrder(columns, raw['order']) };
}

/** A time dimension of the query with the name under which it was asked for. */
interface AskedTime {
  readonly name: string;
  readonly joinPath: JoinPath;
  readonly time: QueryTimeDimension;
}

/** The answer's columns: dimensions, time dimensions with granularity, measures. */
function answerColumns(
  dimensions: readonly AskedMember[],
  times: readonly AskedTime[],
  measures: readonly AskedMember[],
): AskedName[] {
  return eachNameOnce([
    ...dimensions.map((dimension) => askedName('dimension', dimension)),
    ...times.flatMap(({ name, time: { dimension, granularity } }): AskedName[] =>
      granularity === null
        ? []
        : [{ kind: 'time', member: dimension, name, column: timeName(name, granularity), granularity }],
    ),
    ...measures.map((measure) => askedName('measure', measure)),
  ]);
}

function askedName(kind: Exclude<AskedName['kind'], 'time'>, { id, name }: AskedMember): AskedName {
  return { kind, member: id, name, column: name, granularity: null };
}

function eachNameOnce(names: readonly AskedName[]): AskedName[] {
  return [...new Map(names.map((name) => [name.column, name])).values()];
}

function idsOf(members: readonly AskedMember[]): MemberId[] {
  return [...new Set(members.map(({ id }) => id))];
}

/** A time dimension without granularity and range asks for nothing, and so for no way to it. */
function forcingPaths(
  asked: readonly (AskedMember | AskedTime)[],
  ofFilters: readonly JoinPath[],
): JoinPath[] {
  const needed = asked.filter(
    (each) => !('time' in each && each.time.granularity === null && each.time.range === null),
  );
  const paths = new Set([...needed.map(({ joinPath }) => joinPath), ...ofFilters]);
  return [...paths].filter((path) => path.length > 1);
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
): AskedMember[] {
  return list(value, path).map((item, at) => findMember(model, item, `${path}[${at}]`, [kind]));
}

/** Dimensions, and times written as `orders.created_at.day`, which are time dimensions. */
function parseDimensions(
  model: DataModel,
  value: unknown,
): { dimensions: AskedMember[]; buckets: AskedTime[] } {
  const dimensions: AskedMember[] = [];
  const buckets: AskedTime[] = [];
  list(value, 'dimensions').forEach((item, at) => {
    const path = `dimensions[${at}]`;
    const parts = typeof item === 'string' ? item.split('.') : [];
    if (parts.length === 3) {
      const member = findTime(model, parts.slice(0, 2).join('.'), path);
      buckets.push(askedTime(member, normaliseGranularity(parts[2], member.dimension, path), null));
    } else {
      dimensions.push(findMember(model, item, path, ['dimension']));
    }
  });
  return { dimensions, buckets };
}

function askedTime(
  { id, name, joinPath }: AskedMember,
  granularity: Grain | null,
  range: TimeRange | null,
): AskedTime {
  return {
    name,
    joinPath,
    time: { dimension: id, granularity, range: range === null ? null : spanOf(range) },
  };
}

function parseTimeDimensions(model: DataModel, value: unknown, clock: Clock): AskedTime[] {
  return list(value, 'timeDimensions').map((item, at) => {
    const path = `timeDimensions[${at}]`;
    if (typeof item === 'string') {
      return askedTime(findTime(model, item, path), null, null);
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
    const member = findTime(model, raw['dimension'], `${path}.dimension`);
    const { granularity, dateRange } = raw;
    return askedTime(
      member,
      granularity == null ? null : normaliseGranularity(granularity, member.dimension, `${path}.granularity`),
      dateRange == null ? null : parseRange(dateRange, `${path}.dateRange`, clock),
    );
  });
}

/** A bucket that is asked for again, by whatever name, adds its range alone. */
function eachBucketOnce(times: readonly AskedTime[]): QueryTimeDimension[] {
  const seen = new Set<string>();
  return times.map(({ time }) => {
    if (time.granularity === null) return time;
    const name = timeName(time.dimension, time.granularity);
    if (seen.has(name)) return { ...time, granularity: null };
    seen.add(name);
    return time;
  });
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
