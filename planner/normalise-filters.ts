/** Cube's filters → `Filter` trees with parsed constants, those on measures apart from those on dimensions. */
import { unreachable } from '../model/assert.js';
import { andFilters } from '../model/filter.js';
import type { Filter, Test } from '../model/filter.js';
import { LIMITS } from '../model/limits.js';
import type { DimensionType, DataModel, JoinPath, MemberId } from '../model/schema.js';
import { findMember } from './find-member.js';
import { normaliseRange } from './normalise-range.js';
import type { Clock } from './normalise-range.js';
import { firstLiteral, parseLiteral, valueTexts } from './normalise-values.js';
import { memberType } from './measure-type.js';
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
  'measureFilter',
] as const;
type Operator = Exclude<(typeof OPERATORS)[number], 'measureFilter'>;

export interface NormalFilters {
  readonly filter: Filter | null;
  readonly having: Filter | null;
  /** Measures whose own filters rows must pass: Cube's `measureFilter`. */
  readonly countedBy: readonly MemberId[];
  /** On which views reach the members. */
  readonly joinPaths: readonly JoinPath[];
}

/** @throws StoreError `query_invalid` with the path of the offending part */
export function normaliseFilters(model: DataModel, value: unknown, clock: Clock): NormalFilters {
  if (value == null) return { filter: null, having: null, countedBy: [], joinPaths: [] };
  if (!Array.isArray(value)) throw invalid('filters', `${show(value)} is not a list`, 'Put it into [ ].');
  const context: Context = { model, clock, count: 0, joinPaths: [] };
  const found: Found = { dimensions: [], measures: [], countedBy: new Set() };
  value.forEach((item: unknown, at) => collect(context, item, `filters[${at}]`, 1, found));
  return {
    filter: andFilters(...found.dimensions),
    having: andFilters(...found.measures),
    countedBy: [...found.countedBy],
    joinPaths: context.joinPaths,
  };
}

interface Found {
  readonly dimensions: Filter[];
  readonly measures: Filter[];
  readonly countedBy: Set<MemberId>;
}

/** What must hold beside all else: a filter, or all filters of an `and`, whichever members they are on. */
function collect(context: Context, value: unknown, path: string, depth: number, found: Found): void {
  const raw = record(value, path);
  if ('and' in raw) {
    enter(context, path, depth);
    groupItems(raw, 'and', path).forEach((item, at) =>
      collect(context, item, `${path}.and[${at}]`, depth + 1, found),
    );
  } else if (raw['operator'] === 'measureFilter') {
    enter(context, path, depth);
    const measure = findMember(context.model, raw['member'], `${path}.member`, ['measure']);
    context.joinPaths.push(measure.joinPath);
    found.countedBy.add(measure.id);
  } else {
    const { filter, on } = parseFilter(context, raw, path, depth);
    if (on === 'measure') found.measures.push(filter);
    else found.dimensions.push(filter);
  }
}

interface Context {
  readonly model: DataModel;
  readonly clock: Clock;
  count: number;
  readonly joinPaths: JoinPath[];
}

interface ParsedFilter {
  readonly filter: Filter;
  readonly on: 'dimension' | 'measure';
}

function parseFilter(context: Context, value: unknown, path: string, depth: number): ParsedFilter {
  enter(context, path, depth);
  const raw = record(value, path);
  if ('and' in raw || 'or' in raw) return parseGroup(context, raw, path, depth);
  const name = raw['member'] ?? raw['dimension'];
  const found = findMember(context.model, name, `${path}.member`, ['dimension', 'measure']);
  context.joinPaths.push(found.joinPath);
  const operator = raw['operator'];
  if (operator === 'measureFilter') {
    const next = 'Put it beside the group: what it asks must hold of every row.';
    throw invalid(path, "'measureFilter' cannot stand in an `or`", next);
  }
  if (!isOperator(operator)) throw unknownWord('operator', operator, `${path}.operator`, OPERATORS);
  const on = found.kind === 'measure' ? 'measure' : 'dimension';
  const test = parseTest(operator, raw['values'], memberType(context.model, found), context.clock, path);
  return { filter: { kind: 'test', member: found.id, test }, on };
}

function parseGroup(
  context: Context,
  raw: Readonly<Record<string, unknown>>,
  path: string,
  depth: number,
): ParsedFilter {
  const kind = 'or' in raw ? 'or' : 'and';
  const parsed = groupItems(raw, kind, path).map((item, at) =>
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

/** Counts a filter or group, whose number and depth have limits. */
function enter(context: Context, path: string, depth: number): void {
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
}

function groupItems(
  raw: Readonly<Record<string, unknown>>,
  kind: 'and' | 'or',
  path: string,
): readonly unknown[] {
  const items = raw[kind];
  if (!Array.isArray(items) || Object.keys(raw).length !== 1) {
    throw invalid(path, `${show(raw)} is not a group of filters`, 'Use { "or": [ … ] } or { "and": [ … ] }.');
  }
  if (items.length === 0) throw invalid(path, `the group '${kind}' is empty`, 'Leave it out.');
  return items as unknown[];
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
      return oneOf(valueTexts(values, at), type, clock, at, false);
    case 'notEquals':
    case 'notIn':
      return oneOf(valueTexts(values, at), type, clock, at, true);
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
      return { kind: 'compare', operator: '>', value: firstLiteral(values, type, clock, at) };
    case 'gte':
      return { kind: 'compare', operator: '>=', value: firstLiteral(values, type, clock, at) };
    case 'lt':
      return { kind: 'compare', operator: '<', value: firstLiteral(values, type, clock, at) };
    case 'lte':
      return { kind: 'compare', operator: '<=', value: firstLiteral(values, type, clock, at) };
    case 'inDateRange':
    case 'notInDateRange':
    case 'onTheDate':
    case 'beforeDate':
    case 'beforeOrOnDate':
    case 'afterDate':
    case 'afterOrOnDate':
      if (type !== 'time')
        throw invalid(path, `'${operator}' needs a dimension of type time`, 'Use another operator.');
      return dateTest(operator, valueTexts(values, at), clock, at);
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
  const needles = valueTexts(values, path).filter((value) => value !== null);
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
