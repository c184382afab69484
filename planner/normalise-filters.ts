/** Cube's filters → `Filter` trees with parsed constants, those on measures apart from those on dimensions. */
import { unreachable } from '../model/assert.js';
import { andFilters, parseNumberLiteral } from '../model/filter.js';
import type { Filter, Literal, Test } from '../model/filter.js';
import { LIMITS } from '../model/limits.js';
import type { DimensionType, DataModel } from '../model/schema.js';
import { parseTime } from '../model/time-range.js';
import { toUtc } from '../model/timezone.js';
import { findMember } from './find-member.js';
import { normaliseRange } from './normalise-range.js';
import type { Clock } from './normalise-range.js';
import { invalid, record, show, unknownWord } from './query-error.js';

const OPERATORS = [
  'equals',
  'notEquals',
  'in',
  'notIn',
  'contains',
  'notContains',
  'startsWith',
  'notStartsWith',
  'endsWith',
  'notEndsWith',
  'gt',
  'gte',
  'lt',
  'lte',
  'set',
  'notSet',
  'inDateRange',
  'notInDateRange',
  'onTheDate',
  'beforeDate',
  'beforeOrOnDate',
  'afterDate',
  'afterOrOnDate',
] as const;
type Operator = (typeof OPERATORS)[number];

export interface NormalFilters {
  readonly filter: Filter | null;
  readonly having: Filter | null;
}

/** @throws StoreError `query_invalid` with the path of the offending part */
export function normaliseFilters(model: DataModel, value: unknown, clock: Clock): NormalFilters {
  if (value == null) return { filter: null, having: null };
  if (!Array.isArray(value)) throw invalid('filters', `${show(value)} is not a list`, 'Put it into [ ].');
  const context: Context = { model, clock, count: 0 };
  const dimensions: Filter[] = [];
  const measures: Filter[] = [];
  value.forEach((item: unknown, at) => {
    const { filter, on } = parseFilter(context, item, `filters[${at}]`, 1);
    if (on === 'measure') measures.push(filter);
    else dimensions.push(filter);
  });
  return { filter: andFilters(...dimensions), having: andFilters(...measures) };
}

interface Context {
  readonly model: DataModel;
  readonly clock: Clock;
  count: number;
}

interface ParsedFilter {
  readonly filter: Filter;
  readonly on: 'dimension' | 'measure';
}

function parseFilter(context: Context, value: unknown, path: string, depth: number): ParsedFilter {
  context.count += 1;
  if (context.count > LIMITS.queryFiltersMax) {
    throw invalid(
      path,
      `the query has more than ${LIMITS.queryFiltersMax} filters`,
      'Use one `equals` with many values.',
    );
  }
  if (depth > LIMITS.queryDepthMax) {
    throw invalid(path, `filters are nested deeper than ${LIMITS.queryDepthMax}`, 'Write the tree flatter.');
  }
  const raw = record(value, path);
  if ('and' in raw || 'or' in raw) return parseGroup(context, raw, path, depth);
  const name = raw['member'] ?? raw['dimension'];
  const found = findMember(context.model, name, `${path}.member`, ['dimension', 'measure']);
  const operator = raw['operator'];
  if (!isOperator(operator)) throw unknownWord('operator', operator, `${path}.operator`, OPERATORS);
  if (found.kind === 'measure') {
    const test = parseTest(operator, raw['values'], 'number', context.clock, path);
    return { filter: { kind: 'test', member: found.id, test }, on: 'measure' };
  }
  const type = found.kind === 'dimension' ? found.dimension.type : 'boolean';
  const test = parseTest(operator, raw['values'], type, context.clock, path);
  return { filter: { kind: 'test', member: found.id, test }, on: 'dimension' };
}

function parseGroup(
  context: Context,
  raw: Readonly<Record<string, unknown>>,
  path: string,
  depth: number,
): ParsedFilter {
  const kind = 'or' in raw ? 'or' : 'and';
  const items = raw[kind];
  if (!Array.isArray(items) || Object.keys(raw).length !== 1) {
    throw invalid(path, `${show(raw)} is not a group of filters`, 'Use { "or": [ … ] } or { "and": [ … ] }.');
  }
  if (items.length === 0) throw invalid(path, `the group '${kind}' is empty`, 'Leave it out.');
  const parsed = items.map((item: unknown, at) =>
    parseFilter(context, item, `${path}.${kind}[${at}]`, depth + 1),
  );
  const on = parsed[0].on;
  if (parsed.some((item) => item.on !== on)) {
    throw invalid(
      path,
      'a group mixes measures and dimensions',
      'Rows are filtered before measures exist: use two groups.',
    );
  }
  return { filter: { kind, filters: parsed.map((item) => item.filter) }, on };
}

function isOperator(value: unknown): value is Operator {
  return (OPERATORS as readonly unknown[]).includes(value);
}

function parseTest(
  operator: Operator,
  values: unknown,
  type: DimensionType,
  clock: Clock,
  path: string,
): Test {
  const at = `${path}.values`;
  switch (operator) {
    case 'set':
      return { kind: 'isNull', negated: true };
    case 'notSet':
      return { kind: 'isNull', negated: false };
    case 'equals':
    case 'in':
      return oneOf(texts(values, at), type, clock, at, false);
    case 'notEquals':
    case 'notIn':
      return oneOf(texts(values, at), type, clock, at, true);
    case 'contains':
    case 'notContains':
      return textTest('contains', values, type, at, operator === 'notContains');
    case 'startsWith':
    case 'notStartsWith':
      return textTest('startsWith', values, type, at, operator === 'notStartsWith');
    case 'endsWith':
    case 'notEndsWith':
      return textTest('endsWith', values, type, at, operator === 'notEndsWith');
    case 'gt':
      return { kind: 'compare', operator: '>', value: first(values, type, clock, at) };
    case 'gte':
      return { kind: 'compare', operator: '>=', value: first(values, type, clock, at) };
    case 'lt':
      return { kind: 'compare', operator: '<', value: first(values, type, clock, at) };
    case 'lte':
      return { kind: 'compare', operator: '<=', value: first(values, type, clock, at) };
    case 'inDateRange':
    case 'notInDateRange':
    case 'onTheDate':
    case 'beforeDate':
    case 'beforeOrOnDate':
    case 'afterDate':
    case 'afterOrOnDate':
      if (type !== 'time')
        throw invalid(path, `'${operator}' needs a dimension of type time`, 'Use another operator.');
      return dateTest(operator, texts(values, at), clock, at);
    default:
      return unreachable(operator);
  }
}

function oneOf(
  values: readonly (string | null)[],
  type: DimensionType,
  clock: Clock,
  path: string,
  negated: boolean,
): Test {
  const present = values.filter((value) => value !== null);
  return {
    kind: 'oneOf',
    values: present.map((value) => parseLiteral(value, type, clock, path)),
    orNull: present.length < values.length,
    negated,
  };
}

function textTest(
  match: 'contains' | 'startsWith' | 'endsWith',
  values: unknown,
  type: DimensionType,
  path: string,
  negated: boolean,
): Test {
  if (type !== 'string') {
    throw invalid(
      path,
      `'${match}' needs a dimension of type string`,
      'Use equals, gt, lt or a date operator.',
    );
  }
  const needles = texts(values, path).filter((value) => value !== null);
  if (needles.length === 0) throw invalid(path, 'a text to look for is missing', 'Give at least one string.');
  return { kind: 'text', match, needles, negated };
}

type DateOperator = Extract<Operator, `${string}Date${string}`>;

function dateTest(
  operator: DateOperator,
  values: readonly (string | null)[],
  clock: Clock,
  path: string,
): Test {
  const [from, to] = values;
  if (from == null || values.length > 2) {
    throw invalid(
      path,
      `${show(values)} is not a date or a range of dates`,
      "Use ['2024-01-01', '2024-01-31'] or ['last month'].",
    );
  }
  const pair = (operator === 'inDateRange' || operator === 'notInDateRange') && to != null;
  const range = normaliseRange(pair ? [from, to] : [from], path, clock);
  switch (operator) {
    case 'inDateRange':
    case 'onTheDate':
      return { kind: 'timeRange', from: range.from, to: range.to, negated: false };
    case 'notInDateRange':
      return { kind: 'timeRange', from: range.from, to: range.to, negated: true };
    case 'beforeDate':
      return { kind: 'timeRange', from: null, to: range.from, negated: false };
    case 'beforeOrOnDate':
      return { kind: 'timeRange', from: null, to: range.to, negated: false };
    case 'afterDate':
      return { kind: 'timeRange', from: range.to, to: null, negated: false };
    case 'afterOrOnDate':
      return { kind: 'timeRange', from: range.from, to: null, negated: false };
    default:
      return unreachable(operator);
  }
}

function first(values: unknown, type: DimensionType, clock: Clock, path: string): Literal {
  const [value] = texts(values, path);
  if (value === null) throw invalid(path, 'null cannot be compared', 'Use set or notSet.');
  return parseLiteral(value, type, clock, path);
}

/** The values as texts: Cube takes strings, numbers and booleans alike. */
function texts(values: unknown, path: string): (string | null)[] {
  const list: readonly unknown[] = Array.isArray(values) ? values : values === undefined ? [] : [values];
  if (list.length === 0) throw invalid(path, 'values are missing', 'Give at least one value.');
  if (list.length > LIMITS.queryFiltersMax) {
    throw invalid(path, `${list.length} values are more than ${LIMITS.queryFiltersMax}`, 'Filter in parts.');
  }
  return list.map((value) => {
    if (value === null || typeof value === 'string') return value;
    if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint')
      return String(value);
    throw invalid(path, `${show(value)} is not a string, number, boolean or null`, '');
  });
}

function parseLiteral(text: string, type: DimensionType, clock: Clock, path: string): Literal {
  switch (type) {
    case 'string':
      return { kind: 'string', value: text };
    case 'number': {
      const number = parseNumberLiteral(text);
      if (number === null) throw invalid(path, `${show(text)} is not a number`, 'Write it as in "12.5".');
      return { kind: 'number', ...number };
    }
    case 'boolean': {
      const word = text.toLowerCase();
      if (word === 'true' || word === '1') return { kind: 'boolean', value: true };
      if (word === 'false' || word === '0') return { kind: 'boolean', value: false };
      throw invalid(path, `${show(text)} is not true or false`, 'Use "true" or "false".');
    }
    case 'time': {
      const time = parseTime(text);
      if (time === null) throw invalid(path, `can't parse date: ${show(text)}`, 'Use an ISO date or time.');
      return {
        kind: 'time',
        value: time.kind === 'utc' ? time.ms : toUtc(time.ms, clock.timezone, 'earlier'),
      };
    }
    default:
      return unreachable(type);
  }
}
