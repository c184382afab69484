/** What `explain` says beside the verdicts: fixes, indexes, partitions, warnings. */
import { describe, expect, test } from 'vitest';
import type { PartitionMeta } from '../../dist/model/catalog.js';
import { groupsKey } from '../../dist/planner/count-groups.js';
import { explainQuery } from '../../dist/planner/explain-query.js';
import type { Explanation } from '../../dist/planner/explain-query.js';
import type { Selection } from '../../dist/planner/choose-rollup.js';
import { applyPatch } from '../support/apply-patch.js';
import { fakeCatalog, prepare } from '../support/fake-catalog.js';

interface Shop {
  readonly orders?: readonly object[];
  readonly users?: readonly object[];
}

function shop({ orders, users }: Shop): object {
  const key = { name: 'id', sql: 'id', type: 'number', primary_key: true };
  return {
    cubes: [
      {
        name: 'orders',
        sql_table: 'orders',
        joins: [
          { name: 'users', relationship: 'many_to_one', sql: '{CUBE}.user_id = {users.id}' },
          { name: 'items', relationship: 'one_to_many', sql: '{CUBE.id} = {items}.order_id' },
        ],
        dimensions: [
          key,
          { name: 'status', sql: 'status', type: 'string' },
          { name: 'region', sql: 'region', type: 'string' },
          { name: 'created_at', sql: 'created_at', type: 'time' },
          { name: 'shipped_at', sql: 'shipped_at', type: 'time' },
        ],
        measures: [
          { name: 'count', type: 'count' },
          { name: 'revenue', type: 'sum', sql: 'amount' },
          { name: 'buyers', type: 'count_distinct', sql: 'user_id' },
        ],
        segments: [{ name: 'paid', sql: "{CUBE}.status = 'paid'" }],
        ...(orders !== undefined && { pre_aggregations: orders }),
      },
      {
        name: 'users',
        sql_table: 'users',
        dimensions: [key, { name: 'city', sql: 'city', type: 'string' }],
        ...(users !== undefined && { pre_aggregations: users }),
      },
      {
        name: 'items',
        sql_table: 'items',
        dimensions: [key, { name: 'product', sql: 'product', type: 'string' }],
      },
    ],
  };
}

const daily = {
  name: 'daily',
  measures: ['count'],
  dimensions: ['status'],
  time_dimension: 'created_at',
  granularity: 'day',
  partition_granularity: 'month',
};

function explain(rollups: Shop, query: object, selection: Selection = 'first'): Explanation {
  const prepared = prepare(shop(rollups), selection);
  const catalog = fakeCatalog(prepared, '2024-01-01', '2024-07-01');
  return explainQuery(prepared, catalog, query, { now: 0 }).explanation;
}

const created = (granularity: string, ...dateRange: string[]) => ({
  timeDimensions: [
    { dimension: 'orders.created_at', granularity, ...(dateRange.length > 0 && { dateRange }) },
  ],
});

/** The fix of the explanation, applied: which rollup answers then. */
function fixed(rollups: Shop, query: object): string | null {
  const { fix } = explain(rollups, query);
  const prepared = prepare(applyPatch(shop(rollups), fix?.patch ?? []));
  const catalog = fakeCatalog(prepared, '2024-01-01', '2024-07-01');
  return explainQuery(prepared, catalog, query, { now: 0 }).explanation.selected;
}

describe('the fix', () => {
  const short = { measures: ['orders.count'], dimensions: ['orders.region'] };

  test('is the smallest change, in words and as a patch', () => {
    const { fix, candidates } = explain({ orders: [daily] }, short);
    expect(fix).toEqual({
      text: 'Add dimension orders.region to orders.daily: how many rows that makes is not known.',
      patch: [{ op: 'add', path: '/cubes/0/pre_aggregations/0/dimensions/-', value: 'orders.region' }],
      estimate: null,
    });
    expect(candidates[0].fix).toEqual(fix);
    expect(candidates[0].reasons[0].fix).toMatchObject({
      text: 'Add dimension orders.region to orders.daily.',
    });
  });

  test('merges what several reasons need, into lists that are absent too', () => {
    const bare = { name: 'bare', measures: ['count'], time_dimension: 'created_at', granularity: 'month' };
    const query = {
      measures: ['orders.count', 'orders.revenue'],
      dimensions: ['orders.status', 'orders.region'],
      segments: ['orders.paid'],
      filters: [{ member: 'users.city', operator: 'set' }],
      ...created('day', '2024-01-01', '2024-01-31T11:59:59.999'),
    };
    const [candidate] = explain({ orders: [bare] }, query).candidates;
    const pointer = '/cubes/0/pre_aggregations/0';
    expect(candidate.fix?.patch).toEqual([
      { op: 'add', path: `${pointer}/measures/-`, value: 'orders.revenue' },
      {
        op: 'add',
        path: `${pointer}/dimensions`,
        value: ['orders.status', 'orders.region', 'users.city'],
      },
      { op: 'add', path: `${pointer}/segments`, value: ['orders.paid'] },
      // The coarsest that serves both the days and the range, which ends at noon.
      { op: 'replace', path: `${pointer}/granularity`, value: 'hour' },
    ]);
    expect(fixed({ orders: [bare] }, query)).toBe('orders.bare');
  });

  test('follows the names of times into indexes, and the spelling of 2019', () => {
    const indexed = { ...daily, indexes: [{ name: 'times', columns: ['created_at.day', 'status'] }] };
    expect(fixed({ orders: [indexed] }, { measures: ['orders.count'], ...created('hour') })).toBe(
      'orders.daily',
    );
    const old = {
      name: 'old',
      type: 'rollup',
      measureReferences: ['count'],
      timeDimensionReference: 'created_at',
      granularity: 'day',
    };
    const twice = {
      measures: ['orders.count'],
      dimensions: ['orders.status'],
      ...created('day'),
    };
    expect(fixed({ orders: [old] }, twice)).toBe('orders.old');
    const other = {
      measures: ['orders.count'],
      timeDimensions: [
        { dimension: 'orders.shipped_at', granularity: 'month' },
        ...created('day').timeDimensions,
      ],
    };
    expect(fixed({ orders: [old] }, other)).toBe('orders.old');
    expect(fixed({ orders: [daily] }, other)).toBe('orders.daily');
  });

  test('is written into the maps and the spelling of JavaScript models', () => {
    const { name: _, time_dimension: timeDimension, partition_granularity: _partitions, ...rest } = daily;
    const document = shop({}) as { cubes: Record<string, unknown>[] };
    const maps = { daily: { ...rest, timeDimension, indexes: { times: { columns: ['created_at.day'] } } } };
    document.cubes[0]['preAggregations'] = maps;
    const ask = (query: object): [string | undefined, string | null] => {
      const { fix } = explainQuery(prepare(document), { version: 0, rollups: new Map() }, query, {
        now: 0,
      }).explanation;
      const after = prepare(applyPatch(document, fix?.patch ?? []));
      const catalog = fakeCatalog(after, '2024-01-01', '2024-07-01');
      return [fix?.patch[0]?.path, explainQuery(after, catalog, query, { now: 0 }).explanation.selected];
    };
    expect(ask({ measures: ['orders.count'], ...created('hour') })).toEqual([
      '/cubes/0/preAggregations/daily/granularity',
      'orders.daily',
    ]);
    expect(ask({ measures: ['orders.buyers'], dimensions: ['users.city'] })).toEqual([
      '/cubes/0/preAggregations/by_city',
      'orders.by_city',
    ]);
  });

  test('of a rollup is refused where it would take answers away', () => {
    const exact = { name: 'exact', measures: ['buyers', 'count'], dimensions: ['status'] };
    const { candidates, fix } = explain({ orders: [exact] }, short);
    expect(candidates[0]).toMatchObject({ fix: null, help: expect.stringContaining('no longer answer') });
    expect(fix?.text).toMatch(/^Add a rollup orders.by_region of orders.count, orders.region: /);
    expect(fixed({ orders: [exact] }, short)).toBe('orders.by_region');
  });

  test('is a new rollup where the model has none', () => {
    const query = { measures: ['orders.buyers'], dimensions: ['users.city'], ...created('month') };
    expect(explain({}, query).fix?.patch).toEqual([
      {
        op: 'add',
        path: '/cubes/0/pre_aggregations',
        value: [
          {
            name: 'monthly_by_city',
            measures: ['orders.buyers'],
            dimensions: ['users.city'],
            time_dimension: 'orders.created_at',
            granularity: 'month',
          },
        ],
      },
    ]);
    expect(fixed({}, query)).toBe('orders.monthly_by_city');
  });

  test('is a build where that is all that lacks', () => {
    const prepared = prepare(shop({ orders: [daily] }));
    const none = { version: 0, rollups: new Map() };
    const { explanation } = explainQuery(prepared, none, { measures: ['orders.count'] }, { now: 0 });
    expect(explanation.fix).toEqual({
      text: 'Build orders.daily with store.build() or granary build.',
      patch: [],
      estimate: null,
    });
  });

  test('does not exist where not even a rollup for the query could answer, and that is said', () => {
    const query = { measures: ['orders.count'], dimensions: ['items.product'] };
    const { fix, obstacles } = explain({ orders: [daily] }, query);
    expect(fix).toBeNull();
    expect(obstacles.map(({ code }) => code)).toEqual(['measure_multiplied']);
  });

  test('has the estimate that the counts of the source give', () => {
    const prepared = prepare(shop({ orders: [daily] }));
    const catalog = fakeCatalog(prepared, '2024-01-01', '2024-07-01'); // 6 partitions of 10 rows
    const first = explainQuery(prepared, catalog, short, { now: 0 });
    expect(first.uncounted).toHaveLength(1);
    const counts = new Map(first.uncounted.map((request) => [groupsKey(request), 186]));
    const { explanation } = explainQuery(prepared, catalog, short, { now: 0 }, counts);
    expect(explanation.fix).toMatchObject({
      text: 'Add dimension orders.region to orders.daily: about 3.1 × its rows (186).',
      estimate: { rows: 186, factor: 3.1 },
    });
  });
});

describe('indexes', () => {
  const indexed = {
    ...daily,
    dimensions: ['status', 'region'],
    indexes: [
      { name: 'by_region', columns: ['region'] },
      { name: 'statuses', columns: ['status'], type: 'aggregate' },
      { name: 'both', columns: ['status', 'region'], type: 'aggregate' },
    ],
  };
  const indexesOf = (query: object) =>
    explain({ orders: [indexed] }, query).indexes.map(({ name, usable, chosen, why }) => [
      name,
      usable,
      chosen,
      why,
    ]);

  test('[D79][H11] the smallest aggregating index that holds every column is chosen, and each is told why', () => {
    expect(indexesOf({ measures: ['orders.count'], dimensions: ['orders.status'] })).toEqual([
      [null, true, false, expect.stringContaining('index statuses aggregates, so it has fewer rows')],
      [
        'by_region',
        true,
        false,
        expect.stringContaining('index statuses has first all that the filter pins and the query groups by'),
      ],
      ['statuses', true, true, 'this aggregating index holds every column of the query.'],
      ['both', true, false, expect.stringContaining('index statuses has fewer columns')],
    ]);
  });

  test('[D80][D81] where none qualifies the regular ones are left', () => {
    const told = indexesOf({ measures: ['orders.count'], ...created('day') });
    expect(told.map(([name, usable, chosen]) => [name, usable, chosen])).toEqual([
      [null, true, true],
      ['by_region', true, false],
      ['statuses', false, false],
      ['both', false, false],
    ]);
    expect(told[2][3]).toBe('it does not hold orders__created_at_day.');
  });

  test('[H9][H10] of regular indexes the one whose rows the filter finds together', () => {
    const query = {
      measures: ['orders.count'],
      filters: [{ member: 'orders.region', operator: 'equals', values: ['north'] }],
      ...created('day'),
    };
    const told = indexesOf(query);
    expect(told[1]).toEqual([
      'by_region',
      true,
      true,
      'its rows are sorted by orders__region first, which the filter pins, but not by orders__created_at_day next.',
    ]);
    expect(told[0][3]).toContain('what the filter looks at stands further in front in index by_region');
  });
});

describe('partitions', () => {
  test('are told as ranges, with why they are skipped', () => {
    const query = { measures: ['orders.count'], ...created('day', '2024-02-01', '2024-03-31') };
    const { pieces } = explain({ orders: [daily] }, query);
    expect(pieces[0]).toMatchObject({
      pruned: '2024-02-01..2024-03-31: 2 partitions kept, 4 skipped',
      rows: 20,
      pruning: [
        { fate: 'skipped by range', span: '2024-01-01..2024-01-31', partitions: 1, rows: 10 },
        { fate: 'kept', span: '2024-02-01..2024-03-31', partitions: 2, rows: 20 },
        { fate: 'skipped by range', span: '2024-04-01..2024-06-30', partitions: 3, rows: 30 },
      ],
    });
  });

  test('are skipped by statistics, or hold nothing', () => {
    const prepared = prepare(shop({ orders: [daily] }));
    const catalog = fakeCatalog(prepared, '2024-01-01', '2024-07-01');
    const meta = catalog.rollups.get('orders.daily')!;
    const only = (partition: PartitionMeta, status: string): PartitionMeta => ({
      ...partition,
      files: partition.files.map((file) => ({
        ...file,
        columns: file.columns.map((stats) =>
          stats.name === 'orders__status' ? { ...stats, min: status, max: status } : stats,
        ),
      })),
    });
    const partitions = meta.partitions.map((partition, at) =>
      at === 5 ? { ...partition, files: [] } : only(partition, at < 3 ? 'new' : 'old'),
    );
    const rollups = new Map([[meta.id, { ...meta, partitions }]]);
    const query = {
      measures: ['orders.count'],
      filters: [{ member: 'orders.status', operator: 'equals', values: ['old'] }],
    };
    const { explanation } = explainQuery(prepared, { version: 1, rollups }, query, { now: 0 });
    expect(explanation.pieces[0].pruning?.map(({ fate, span }) => [fate, span])).toEqual([
      ['skipped by statistics', '2024-01-01..2024-03-31'],
      ['kept', '2024-04-01..2024-05-31'],
      ['empty', '2024-06-01..2024-06-30'],
    ]);
  });
});

describe('warnings', () => {
  const monthly = {
    name: 'monthly',
    measures: ['count'],
    time_dimension: 'created_at',
    granularity: 'month',
  };
  const byMonth = { measures: ['orders.count'], ...created('month') };
  const codesOf = ({ warnings }: Explanation) => warnings.map(({ code, rollup }) => [code, rollup]);

  test('[X12] a rollup that another before it makes unreachable, and that would be cheaper', () => {
    const told = explain({ orders: [daily, monthly] }, byMonth);
    expect(told.selected).toBe('orders.daily');
    expect(codesOf(told)).toEqual([
      ['rollup_shadowed', 'orders.monthly'],
      ['cheaper_not_chosen', 'orders.monthly'],
    ]);
    expect(told.warnings[1].message).toBe(
      "orders.monthly would scan 10 rows, orders.daily, which selection 'first' chose, scans 60.",
    );
    expect(codesOf(explain({ orders: [monthly, daily] }, byMonth))).toEqual([]);
    expect(codesOf(explain({ orders: [daily, monthly] }, byMonth, 'cost'))).toEqual([]);
  });

  test('[X12][E38] a higher priority shadows too', () => {
    const rollups = {
      orders: [
        { ...monthly, priority: 60 },
        { ...daily, priority: 80 },
      ],
    };
    expect(codesOf(explain(rollups, byMonth, 'priority'))).toContainEqual([
      'rollup_shadowed',
      'orders.monthly',
    ]);
    expect(codesOf(explain(rollups, byMonth))).toEqual([]);
  });

  test('[X23][D2][B45] rollups that Cube would ignore answer, with a warning', () => {
    const elsewhere = { name: 'orders_here', measures: ['orders.count'], dimensions: ['orders.status'] };
    const told = explain({ users: [elsewhere] }, { measures: ['orders.count'] });
    expect(told.selected).toBe('users.orders_here');
    expect(codesOf(told)).toEqual([['ignored_by_cube', 'users.orders_here']]);
    const mixed = { name: 'mixed', measures: ['orders.count'], dimensions: ['users.city'] };
    expect(codesOf(explain({ users: [mixed] }, { measures: ['orders.count'] }))).toEqual([
      ['ignored_by_cube', 'users.mixed'],
    ]);
    const withCity = { measures: ['orders.count'], dimensions: ['users.city'] };
    expect(codesOf(explain({ users: [mixed] }, withCity))).toEqual([]);
  });
});

test('an explanation is plain JSON', () => {
  const told = explain({ orders: [daily] }, { measures: ['orders.count'], ...created('hour') });
  expect(JSON.parse(JSON.stringify(told))).toEqual(told);
});
