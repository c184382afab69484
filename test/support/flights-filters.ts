/** Random filters and date ranges over the flights, with values that exist and values that do not. */
import fc from 'fast-check';
import type { CubeFilter, CubeOperator, CubeValue } from './cube-query.js';
import { flightsOracle } from './flights.js';

export const time = 'flights.departed_at';

/** None to two trees over the members, with every operator that suits them. */
export function dimensionFilters(members: readonly string[]): fc.Arbitrary<CubeFilter[]> {
  if (members.length === 0) return fc.constant([]);
  const tree = filterTrees(members);
  return fc.oneof(
    { weight: 3, arbitrary: fc.constant<CubeFilter[]>([]) },
    { weight: 3, arbitrary: tree.map((filter) => [filter]) },
    { weight: 1, arbitrary: fc.tuple(tree, tree) },
  );
}

/** On measures that are exact; undefined where there is none. */
export function measureFilters(names: readonly string[]): fc.Arbitrary<CubeFilter | undefined> {
  const exact = names.filter((name) => flightsOracle.measures[name].kind !== 'approx');
  if (exact.length === 0) return fc.constant(undefined);
  const leaf = fc.constantFrom(...exact).chain((member) =>
    fc.oneof(
      {
        weight: 5,
        arbitrary: filterOf(
          member,
          ['gt', 'gte', 'lt', 'lte', 'equals', 'notEquals'],
          fc.constantFrom<CubeValue>('0', '1', '12.5', '-3', '100', '5000', 7).map((value) => [value]),
        ),
      },
      { weight: 1, arbitrary: nullFilters(member) },
    ),
  );
  return fc.oneof(
    { weight: 3, arbitrary: leaf },
    { weight: 1, arbitrary: fc.tuple(leaf, leaf).map((or): CubeFilter => ({ or })) },
  );
}

/** Days around the data: 2000-12-28 to 2001-07-05. */
export const days = fc.integer({ min: 0, max: 189 });
const moments = fc.constantFrom('', 'T00:00:00.001', 'T12:00:00.000', 'T15:30:59.999', 'T22:59:59.998');

/** Whole days and months, to a weight of seven; to that of `ragged`, ranges to the millisecond. */
export function dateRanges(ragged: number): fc.Arbitrary<readonly string[]> {
  const wholeDays = fc
    .tuple(days, fc.nat({ max: 90 }))
    .map(([from, length]) => [dayText(from), dayText(from + length)]);
  const wholeMonths = fc
    .tuple(fc.integer({ min: 0, max: 7 }), fc.nat({ max: 3 }))
    .map(([from, length]) => [
      new Date(Date.UTC(2000, 11 + from, 1)).toISOString().slice(0, 10),
      new Date(Date.UTC(2000, 12 + from + length, 0)).toISOString().slice(0, 10),
    ]);
  const raggedRanges = fc
    .tuple(wholeDays, moments, moments)
    .map(([[from, to], first, last]) => [from + first, to + last].toSorted());
  const oneDay = days.map((day) => [dayText(day)]);
  return fc.oneof(
    { weight: 3, arbitrary: wholeDays },
    { weight: 3, arbitrary: wholeMonths },
    { weight: 1, arbitrary: oneDay },
    { weight: ragged, arbitrary: raggedRanges },
  );
}

export function dayText(day: number): string {
  return new Date(Date.UTC(2000, 11, 28 + day)).toISOString().slice(0, 10);
}

/** Three times of four: undefined. */
export function rarely<T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });
}

function filterTrees(members: readonly string[]): fc.Arbitrary<CubeFilter> {
  const leaf = fc
    .constantFrom(...members)
    .chain((member) => (member === time ? timeFilters : textFilters(member)));
  const group = fc
    .tuple(fc.boolean(), fc.array(leaf, { minLength: 1, maxLength: 3 }), fc.option(leaf, { nil: undefined }))
    .map(([either, inner, other]): CubeFilter => {
      const tree: CubeFilter = either ? { or: inner } : { and: inner };
      return other === undefined ? tree : either ? { and: [tree, other] } : { or: [tree, other] };
    });
  return fc.oneof({ weight: 3, arbitrary: leaf }, { weight: 1, arbitrary: group });
}

const codes = ['ATL', 'LAX', 'ORD', 'DFW', 'PHX', 'LAS', 'ZZZ', '', '%_', 'lax', 'LAX ', '😀', 'ﬀ'];
const realTexts: Readonly<Record<string, readonly string[]>> = {
  'flights.origin': codes,
  'flights.destination': codes,
  'airports.city': ['Atlanta', 'Chicago', 'Los Angeles', 'Dallas-Fort Worth', 'Phoenix'],
  'airports.state': ['CA', 'TX', 'GA', 'IL', 'NY', 'FL', 'AZ'],
};
const unrealTexts = ['nope', 'atl', "'; DROP TABLE flights; --", 'ATL\u0000', '__proto__'];
const needles = ['A', 'l', 'ax', 'T', 'nope', '%', '_', ' ', '"', '😀', ''];

function textFilters(member: string): fc.Arbitrary<CubeFilter> {
  const real = fc.constantFrom(...realTexts[member]);
  const values: fc.Arbitrary<CubeValue[]> = fc.array(
    fc.oneof(
      { weight: 8, arbitrary: real },
      { weight: 2, arbitrary: fc.constantFrom(...unrealTexts) },
      { weight: 1, arbitrary: fc.constant(null) },
    ),
    { minLength: 1, maxLength: 6 },
  );
  return fc.oneof(
    { weight: 4, arbitrary: filterOf(member, ['equals', 'in', 'notEquals', 'notIn'], values) },
    {
      weight: 3,
      arbitrary: filterOf(
        member,
        ['contains', 'notContains', 'startsWith', 'notStartsWith', 'endsWith', 'notEndsWith'],
        fc.array(fc.constantFrom(...needles), { minLength: 1, maxLength: 2 }),
      ),
    },
    {
      weight: 2,
      arbitrary: filterOf(
        member,
        ['gt', 'gte', 'lt', 'lte'],
        real.map((text) => [text]),
      ),
    },
    { weight: 1, arbitrary: nullFilters(member) },
  );
}

const timeFilters: fc.Arbitrary<CubeFilter> = fc.oneof(
  { weight: 2, arbitrary: filterOf(time, ['inDateRange', 'notInDateRange'], dateRanges(3)) },
  {
    weight: 3,
    arbitrary: filterOf(
      time,
      ['onTheDate', 'beforeDate', 'beforeOrOnDate', 'afterDate', 'afterOrOnDate'],
      fc.tuple(days, moments).map(([day, moment]) => [dayText(day) + moment]),
    ),
  },
  {
    weight: 1,
    arbitrary: filterOf(
      time,
      ['equals', 'notEquals', 'gt', 'gte', 'lt', 'lte'],
      fc
        .constantFrom('2001-01-31T23:59:59.999', '2001-04-01T07:00:00.000', '2001-05-05T05:05:05.005')
        .map((text) => [text]),
    ),
  },
  { weight: 1, arbitrary: nullFilters(time) },
);

function nullFilters(member: string): fc.Arbitrary<CubeFilter> {
  return fc.constantFrom<CubeFilter>({ member, operator: 'set' }, { member, operator: 'notSet' });
}

function filterOf(
  member: string,
  operators: readonly CubeOperator[],
  values: fc.Arbitrary<readonly CubeValue[]>,
): fc.Arbitrary<CubeFilter> {
  return fc
    .tuple(fc.constantFrom(...operators), values)
    .map(([operator, list]) => ({ member, operator, values: list }));
}
