/** Cube's decision, literally: cube-semantics 1.2 to 1.6. */
import { describe, expect, test } from 'vitest';
import { loadObjectModel } from '../../dist/model/load/load-object-model.js';
import { cubeChoice } from '../../dist/planner/cube/cube-choice.js';
import type { CubeChoice } from '../../dist/planner/cube/cube-choice.js';
import { canUse } from '../../dist/planner/cube/can-use.js';
import { cubeQueryForm } from '../../dist/planner/cube/query-form.js';
import type { CubeQueryForm } from '../../dist/planner/cube/query-form.js';
import type { CubeRollupForm } from '../../dist/planner/cube/rollup-form.js';
import { normaliseQuery } from '../../dist/planner/normalise-query.js';
import type { CubeQuery } from '../support/cube-query.js';
import { cubeVerdicts, verdictModel } from '../support/cube-verdicts.js';

function choice(
  document: object,
  input: CubeQuery,
  allowNonStrictDateRangeMatch = true,
  aliases: ReadonlyMap<string, string> = new Map(),
): CubeChoice {
  const model = loadObjectModel(structuredClone(document));
  const now = Date.parse('2024-06-15');
  const query = normaliseQuery(model, structuredClone(input), { now });
  const asked = { query, filters: input.filters, aliases, now };
  return cubeChoice(model, asked, { allowNonStrictDateRangeMatch });
}

describe('one rollup and one query', () => {
  test.each(cubeVerdicts.map((verdict) => [verdict.title, verdict] as const))('%s', (_, verdict) => {
    const cube = verdict.cube ?? 'orders';
    const { selected, candidates } = choice(verdictModel(verdict.rollup, cube), verdict.query);
    if (verdict.canUse === null) {
      expect(candidates).toEqual([]);
      return;
    }
    const id = `${cube}.main`;
    expect(candidates.map((candidate) => [candidate.id, candidate.canUse])).toEqual([[id, verdict.canUse]]);
    expect(candidates[0]?.trace.at(-1)?.failed).toBe(verdict.failed ?? null);
    expect(selected).toBe(verdict.canUse ? id : null);
  });
});

describe('the order of candidates', () => {
  const rollup = (name: string, dimensions: string[]) => ({ name, measures: ['count'], dimensions });
  const model = (): { cubes: { name: string; pre_aggregations?: object[] }[] } => {
    const { cubes } = verdictModel({}, '');
    return structuredClone({ cubes }) as never;
  };
  const withRollups = (lists: Readonly<Record<string, object[]>>) => {
    const { cubes } = model();
    for (const cube of cubes) if (lists[cube.name]) cube.pre_aggregations = lists[cube.name];
    return { cubes };
  };

  test('[B39] in a cube the order of definition; the first that can be used wins', () => {
    const document = withRollups({
      orders: [
        rollup('other', ['region']),
        rollup('fine', ['status', 'region']),
        rollup('coarse', ['status']),
      ],
    });
    const { selected, candidates } = choice(document, {
      measures: ['orders.count'],
      dimensions: ['orders.status'],
    });
    expect(selected).toBe('orders.fine');
    expect(candidates).toEqual([
      {
        id: 'orders.other',
        canUse: false,
        trace: [
          { branch: 'leafAdditive', failed: 'dimensions' },
          { branch: 'notAdditive', failed: 'same_dimensions' },
        ],
      },
      { id: 'orders.fine', canUse: true, trace: [{ branch: 'leafAdditive', failed: null }] },
      { id: 'orders.coarse', canUse: true, trace: [{ branch: 'leafAdditive', failed: null }] },
    ]);
  });

  test('[B45] [X23] cubes in the order in which measures, dimensions, segments, filters and times name them', () => {
    const of = (name: string) => [
      { name, measures: ['orders.count'], dimensions: ['users.city', 'orders.status'] },
    ];
    const document = withRollups({ users: of('u'), orders: of('o'), items: of('i') });
    const ids = (query: CubeQuery) => choice(document, query).candidates.map(({ id }) => id);
    expect(ids({ measures: ['orders.count'], dimensions: ['users.city'] })).toEqual(['orders.o', 'users.u']);
    expect(ids({ dimensions: ['users.city', 'orders.status'] })).toEqual(['users.u', 'orders.o']);
    expect(ids({ measures: ['orders.count'] })).toEqual(['orders.o']);
    expect(
      ids({
        segments: ['orders.big'],
        dimensions: ['orders.status'],
        filters: [{ member: 'users.city', operator: 'set' }],
        timeDimensions: ['users.born_at'],
      }),
    ).toEqual(['orders.o', 'users.u']);
  });

  test('[X23] a cube that only a join passes is looked at too', () => {
    const dimension = { name: 'name', sql: 'name', type: 'string', primary_key: true };
    const cube = (name: string, to: string | null, more: object = {}) => ({
      name,
      sql_table: name,
      joins: to === null ? [] : [{ name: to, relationship: 'many_to_one', sql: `{CUBE}.${to} = {${to}}.id` }],
      dimensions: [dimension],
      ...more,
    });
    const main = { name: 'main', dimensions: ['a.name', 'c.name'] };
    const cubes = [cube('c', null), cube('b', 'c', { pre_aggregations: [main] }), cube('a', 'b')];
    const query = { dimensions: ['c.name', 'a.name'] };
    expect(choice({ cubes }, query).selected).toBe('b.main');
    expect(choice({ cubes }, { dimensions: ['a.name'] }).candidates).toEqual([]);
  });

  test('original SQL is no rollup, and automatic ones are none that Cube has', () => {
    const document = withRollups({
      orders: [
        { name: 'sql', type: 'original_sql' },
        { name: 'auto', type: 'auto_rollup' },
        rollup('main', ['status']),
      ],
    });
    const { candidates } = choice(document, { measures: ['orders.count'] });
    expect(candidates.map(({ id }) => id)).toEqual(['orders.main']);
  });

  test('a rollup join is compared by its own members, by the paths as they are written', () => {
    const legs = {
      users: [{ name: 'leg', dimensions: ['users.id', 'users.city'] }],
      orders: (city: string) => [
        { name: 'leg', measures: ['orders.count'], dimensions: ['user_id', 'status'] },
        {
          name: 'joined',
          type: 'rollup_join',
          measures: ['orders.count'],
          dimensions: [city, 'status'],
          rollups: ['users.leg', 'orders.leg'],
        },
      ],
    };
    const query = { measures: ['orders.count'], dimensions: ['users.city'] };
    const of = (city: string) =>
      choice(withRollups({ users: legs.users, orders: legs.orders(city) }), query).selected;
    expect(of('orders.users.city')).toBe('orders.joined');
    expect(of('users.city')).toBeNull();
  });

  test('a rollup lambda without members has those of its first rollup, its strictness too', () => {
    const main = { ...rollup('main', ['status']), time_dimension: 'created_at', granularity: 'month' };
    const lambda = { name: 'lambda', type: 'rollup_lambda', rollups: ['CUBE.main'] };
    const document = withRollups({ orders: [lambda, main] });
    const query: CubeQuery = {
      measures: ['orders.count'],
      timeDimensions: [{ dimension: 'orders.created_at', dateRange: ['2024-01-10', '2024-01-20'] }],
    };
    expect(choice(document, query).selected).toBe('orders.lambda');
    expect(choice(document, query, false).selected).toBeNull();
  });
});

describe('the default for date ranges', () => {
  const monthly = { measures: ['count'], time_dimension: 'created_at', granularity: 'month' };
  const query: CubeQuery = {
    measures: ['orders.count'],
    timeDimensions: [
      { dimension: 'orders.created_at', granularity: 'month', dateRange: ['2024-01-10', '2024-02-29'] },
    ],
  };
  const selected = (keys: object, byDefault: boolean) =>
    choice(verdictModel({ ...monthly, ...keys }, 'orders'), query, byDefault).selected;

  test('[D51][D54] what a rollup says goes before the configuration', () => {
    expect(selected({}, true)).toBe('orders.main');
    expect(selected({}, false)).toBeNull();
    expect(selected({ allow_non_strict_date_range_match: true }, false)).toBe('orders.main');
    expect(selected({ allow_non_strict_date_range_match: false }, true)).toBeNull();
  });
});

describe('[H1] members of views', () => {
  test('a query that asks by the names of a view is compared by these and by the members they stand for', () => {
    const aliases = new Map([
      ['orders.count', 'sales.number'],
      ['orders.status', 'sales.a_status'],
      ['orders.created_at', 'sales.day'],
    ]);
    const query: CubeQuery = {
      measures: ['orders.count'],
      dimensions: ['orders.status'],
      timeDimensions: [{ dimension: 'orders.created_at', granularity: 'month' }],
    };
    const daily = {
      measures: ['count'],
      dimensions: ['status'],
      time_dimension: 'created_at',
      granularity: 'day',
    };
    expect(choice(verdictModel(daily, 'orders'), query, true, aliases).selected).toBe('orders.main');
  });

  test('an exact key is compared in the order of the names of the view', () => {
    const exact = verdictModel({ measures: ['buyers'], dimensions: ['region', 'status'] }, 'orders');
    const query: CubeQuery = {
      measures: ['orders.buyers'],
      dimensions: ['orders.region', 'orders.status'],
      filters: [{ member: 'orders.status', operator: 'set' }],
    };
    const aliases = new Map([
      ['orders.buyers', 'sales.buyers'],
      ['orders.region', 'sales.z'],
      ['orders.status', 'sales.a'],
    ]);
    expect(choice(exact, query).selected).toBe('orders.main');
    expect(choice(exact, query, true, aliases).selected).toBeNull();
  });
});

describe('granularities that a time dimension defines', () => {
  const document = (granularity: string) => ({
    cubes: [
      {
        name: 'orders',
        sql_table: 'orders',
        dimensions: [
          {
            name: 'created_at',
            sql: 'created_at',
            type: 'time',
            granularities: [
              { name: 'fiscal_year', interval: '1 year', offset: '3 months' },
              { name: 'sprint', interval: '2 weeks', origin: '2024-01-15' },
            ],
          },
        ],
        measures: [{ name: 'count', type: 'count' }],
        pre_aggregations: [{ name: 'main', measures: ['count'], time_dimension: 'created_at', granularity }],
      },
    ],
  });
  const by = (granularity: string, dateRange?: readonly [string, string], timezone = 'UTC') =>
    ({
      measures: ['orders.count'],
      timeDimensions: [{ dimension: 'orders.created_at', granularity, ...(dateRange && { dateRange }) }],
      timezone,
    }) as CubeQuery;

  test.each([
    ['fiscal_year', 'fiscal_year', true],
    ['month', 'fiscal_year', true],
    ['quarter', 'fiscal_year', false], // the offset is in months
    ['sprint', 'sprint', true],
    ['week', 'sprint', true],
    ['month', 'sprint', false],
    ['sprint', 'week', false],
  ])('[H3] buckets of a %s for a %s: %s', (stored, asked, expected) => {
    expect(choice(document(stored), by(asked)).selected).toBe(expected ? 'orders.main' : null);
  });

  test('[H3] an origin is judged in UTC, so that a zone needs hours, or the very same granularity', () => {
    const query = by('sprint', undefined, 'Europe/Berlin');
    const selected = (stored: string): string | null => choice(document(stored), query).selected;
    expect(['sprint', 'week', 'day', 'hour'].map(selected)).toEqual([
      'orders.main',
      null,
      null,
      'orders.main',
    ]);
  });

  test.each([
    ['fiscal_year', ['2023-04-01', '2024-03-31'], true],
    ['fiscal_year', ['2023-04-01', '2024-04-30'], false],
    ['month', ['2023-04-01', '2024-04-30'], true],
  ] as const)('[H3] [D52] strict buckets of a %s for a fiscal year in %j: %s', (stored, range, expected) => {
    const { selected } = choice(document(stored), by('fiscal_year', range), false);
    expect(selected).toBe(expected ? 'orders.main' : null);
  });
});

describe('rolling windows', () => {
  const query: CubeQueryForm = {
    dimensions: [],
    ownedDimensions: [],
    times: { strict: [['orders.created_at', 'month']], asAsked: [['orders.created_at', 'month']] },
    ownedTimes: { strict: [['orders.created_at', 'month']], asAsked: [['orders.created_at', 'month']] },
    measures: ['orders.week_sum'],
    leafMeasures: ['orders.week_sum'],
    leafMeasurePaths: ['orders.week_sum'],
    isAdditive: true,
    leavesAreAdditive: true,
    hasMultipliedMeasures: false,
    hasCumulativeMeasures: true,
    windowGranularity: 'day',
    allTimesHaveGranularity: true,
    filtersAreSelected: true,
    singleValues: new Set(),
    backAlias: new Map(),
    ungrouped: null,
  };
  test.each([
    [{ trailing: '7 day' }, 'day'],
    [{ trailing: '1 month', leading: '2 weeks' }, 'day'],
    [{ trailing: '1 quarter', leading: '1 year' }, 'year'],
    [{ trailing: 'unbounded' }, null],
    [{ type: 'to_date', granularity: 'month' }, null],
  ])('the window %j makes the form cumulative, by each %s', (rolling_window, granularity) => {
    const model = loadObjectModel({
      cubes: [
        {
          name: 'orders',
          sql_table: 'orders',
          measures: [{ name: 'sum', type: 'sum', sql: 'amount', rolling_window }],
        },
      ],
    });
    const asked = normaliseQuery(model, { measures: ['orders.sum'] }, { now: 0 });
    const form = cubeQueryForm(model, { query: asked, filters: [], now: 0 }, { root: 'orders', joins: [] }, [
      'orders',
    ]);
    expect(form).toMatchObject({ hasCumulativeMeasures: true, windowGranularity: granularity });
  });

  const rollup = (granularity: string): CubeRollupForm => ({
    measures: ['orders.week_sum'],
    dimensions: [],
    times: [['orders.created_at', granularity]],
    allowsNonStrictRange: true,
    multipliedMeasures: [],
    hasRollups: false,
  });

  test.each([
    ['hour', true],
    ['day', true],
    ['month', false],
  ])('a window of days over buckets of a %s: %s; never as an exact key', (granularity, expected) => {
    const decision = canUse(query, rollup(granularity));
    expect(decision.canUse).toBe(expected);
    expect(decision.trace.map(({ failed }) => failed)).toEqual(
      expected ? [null] : ['window', 'not_cumulative'],
    );
  });
});
