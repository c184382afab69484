import { describe, expect, test } from 'vitest';
import { StoreError } from '../../dist/model/errors.js';
import type { RollupPiece } from '../../dist/model/plan.js';
import type { ReasonCode } from '../../dist/model/reason-code.js';
import { explainQuery } from '../../dist/planner/explain-query.js';
import { planQuery } from '../../dist/planner/plan-query.js';
import { fakeCatalog, prepare } from '../support/fake-catalog.js';

function orders(preAggregations: readonly object[]): unknown {
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
          { name: 'id', sql: 'id', type: 'number', primary_key: true },
          { name: 'status', sql: 'status', type: 'string' },
          { name: 'region', sql: 'region', type: 'string' },
          { name: 'created_at', sql: 'created_at', type: 'time' },
          { name: 'shipped_at', sql: 'shipped_at', type: 'time' },
        ],
        measures: [
          { name: 'count', type: 'count' },
          { name: 'revenue', type: 'sum', sql: 'amount' },
          { name: 'largest', type: 'max', sql: 'amount' },
          { name: 'buyers', type: 'count_distinct', sql: 'user_id' },
          { name: 'average', type: 'number', sql: '{revenue} / {count}' },
          { name: 'odd', type: 'number', sql: 'CASE WHEN {count} > 1 THEN {revenue} END' },
        ],
        segments: [{ name: 'paid', sql: "{CUBE}.status = 'paid'" }],
        pre_aggregations: structuredClone(preAggregations),
      },
      {
        name: 'users',
        sql_table: 'users',
        dimensions: [
          { name: 'id', sql: 'id', type: 'number', primary_key: true },
          { name: 'city', sql: 'city', type: 'string' },
        ],
      },
      {
        name: 'items',
        sql_table: 'items',
        dimensions: [
          { name: 'id', sql: 'id', type: 'number', primary_key: true },
          { name: 'product', sql: 'product', type: 'string' },
        ],
        measures: [{ name: 'quantity', type: 'sum', sql: 'quantity' }],
      },
    ],
  };
}

const daily = {
  name: 'daily',
  measures: ['count', 'revenue', 'largest'],
  dimensions: ['status', 'users.city'],
  time_dimension: 'created_at',
  granularity: 'day',
  partition_granularity: 'month',
};

const options = { now: Date.UTC(2024, 4, 15, 12) };

function plan(preAggregations: readonly object[], query: object) {
  const prepared = prepare(orders(preAggregations));
  return planQuery(prepared, fakeCatalog(prepared, '2024-01-01', '2024-07-01'), query, options);
}

function codes(query: object, preAggregation: object = daily): ReasonCode[] {
  const prepared = prepare(orders([preAggregation]));
  const { explanation } = explainQuery(
    prepared,
    fakeCatalog(prepared, '2024-01-01', '2024-07-01'),
    query,
    options,
  );
  return explanation.candidates[0].reasons.map((reason) => reason.code);
}

const created = (granularity: string, ...dateRange: string[]) => [
  { dimension: 'orders.created_at', granularity, ...(dateRange.length > 0 ? { dateRange } : {}) },
];

describe('refusals', () => {
  const cases: [string, object, ReasonCode[]][] = [
    ['a stored query', { measures: ['orders.count'], dimensions: ['orders.status'] }, []],
    ['a calculated measure over stored leaves', { measures: ['orders.average'] }, []],
    ['a dimension of a joined cube', { measures: ['orders.count'], dimensions: ['users.city'] }, []],
    ['a coarser time', { measures: ['orders.count'], timeDimensions: created('quarter') }, []],
    [
      'a missing dimension',
      { measures: ['orders.count'], dimensions: ['orders.region'] },
      ['dimension_missing'],
    ],
    ['a non-additive measure', { measures: ['orders.buyers'] }, ['measure_not_additive']],
    ['SQL that is more than arithmetic', { measures: ['orders.odd'] }, ['measure_expression']],
    [
      'a segment that is not stored',
      { measures: ['orders.count'], segments: ['orders.paid'] },
      ['segment_missing'],
    ],
    [
      'a finer time',
      { measures: ['orders.count'], timeDimensions: created('hour') },
      ['granularity_too_fine'],
    ],
    [
      'a time that is not stored',
      {
        measures: ['orders.count'],
        timeDimensions: [{ dimension: 'orders.shipped_at', granularity: 'day' }],
      },
      ['time_dimension_missing'],
    ],
    [
      'a range that cuts a day',
      { measures: ['orders.count'], timeDimensions: created('day', '2024-01-01', '2024-01-31T12:00:00') },
      ['range_not_aligned'],
    ],
    [
      'a zone whose days begin elsewhere',
      { measures: ['orders.count'], timeDimensions: created('day'), timezone: 'Europe/Berlin' },
      ['timezone_not_aligned'],
    ],
    [
      'a filter on what is not stored',
      { measures: ['orders.count'], filters: [{ member: 'orders.region', operator: 'set' }] },
      ['filter_dimension_missing'],
    ],
    [
      'a measure filter on what is not stored',
      { measures: ['orders.count'], filters: [{ member: 'orders.buyers', operator: 'gt', values: ['1'] }] },
      ['measure_not_additive'],
    ],
    [
      '[B21] a measure that a join multiplies',
      { measures: ['orders.count'], dimensions: ['items.product'] },
      ['measure_multiplied', 'dimension_missing'],
    ],
    ['rows of another cube', { dimensions: ['users.city'] }, ['join_root_differs']],
  ];
  test.each(cases)('%s', (_, query, expected) => {
    expect(codes(query)).toEqual(expected);
  });

  test('a week rollup serves no month, a day rollup serves a week', () => {
    const weekly = { ...daily, granularity: 'week', partition_granularity: 'week' };
    expect(codes({ measures: ['orders.count'], timeDimensions: created('month') }, weekly)).toEqual([
      'granularity_not_nested',
    ]);
    expect(codes({ measures: ['orders.count'], timeDimensions: created('week') })).toEqual([]);
  });

  test('a rollup that joins many rows stores multiplied measures and serves none of them', () => {
    const fanned = { ...daily, dimensions: ['status', 'items.product'] };
    expect(codes({ measures: ['orders.count'], dimensions: ['orders.status'] }, fanned)).toContain(
      'measure_multiplied',
    );
  });

  test('what is not built, or built from another definition, or in part, is refused as such', () => {
    const prepared = prepare(orders([daily]));
    const built = fakeCatalog(prepared, '2024-01-01', '2024-07-01');
    const meta = built.rollups.get('orders.daily')!;
    const query = {
      measures: ['orders.count'],
      timeDimensions: created('month', '2024-02-01', '2024-03-31'),
    };
    const codesWith = (rollups: [string, typeof meta][]) =>
      explainQuery(
        prepared,
        { version: 1, rollups: new Map(rollups) },
        query,
        options,
      ).explanation.candidates[0].reasons.map((reason) => reason.code);
    expect(codesWith([])).toEqual(['not_built']);
    expect(codesWith([['orders.daily', { ...meta, definition: 'old' }]])).toEqual(['definition_changed']);
    const without = (key: string) => meta.partitions.filter((partition) => partition.key !== key);
    expect(codesWith([['orders.daily', { ...meta, partitions: without('20240301') }]])).toEqual([
      'partitions_missing',
    ]);
    expect(codesWith([['orders.daily', { ...meta, partitions: without('20240401') }]])).toEqual([]);
  });

  test('the proposed fix, applied to the model, makes the rollup match', () => {
    const document = orders([daily]) as { cubes: { pre_aggregations: Record<string, unknown>[] }[] };
    const prepared = prepare(document);
    const catalog = fakeCatalog(prepared, '2024-01-01', '2024-07-01');
    const query = { measures: ['orders.count'], dimensions: ['orders.region'], segments: ['orders.paid'] };
    const { explanation } = explainQuery(prepared, catalog, query, options);
    for (const { fix } of explanation.candidates[0].reasons) {
      for (const { op, path, value } of fix!.patch) {
        expect(op).toBe('add');
        const [, , cube, , rollup, key, end] = path.split('/');
        const target = document.cubes[Number(cube)].pre_aggregations[Number(rollup)];
        if (end === '-') (target[key] as unknown[]).push(value);
        else target[key] = value;
      }
    }
    const fixed = prepare(document);
    const after = planQuery(fixed, fakeCatalog(fixed, '2024-01-01', '2024-07-01'), query, options);
    expect(after.selected).toBe('orders.daily');
  });
});

describe('the plan', () => {
  const piece = (preAggregations: readonly object[], query: object) =>
    plan(preAggregations, query).pieces[0] as RollupPiece;

  test('[B39] the first rollup that matches is taken, in order of definition', () => {
    const small = { name: 'small', measures: ['count'], dimensions: ['status'] };
    const query = { measures: ['orders.count'], dimensions: ['orders.status'] };
    expect(plan([daily, small], query).selected).toBe('orders.daily');
    expect(plan([small, daily], query).selected).toBe('orders.small');
  });

  test('only partitions of the asked range are read, and a range of whole partitions needs no filter', () => {
    const whole = piece([daily], {
      measures: ['orders.count'],
      timeDimensions: created('month', '2024-02-01', '2024-03-31'),
    });
    expect(whole.partitions.map(({ key }) => key)).toEqual(['20240201', '20240301']);
    expect(whole.partitionsTotal).toBe(6);
    expect(whole.scan.filter).toBeNull();
    const cut = piece([daily], {
      measures: ['orders.count'],
      timeDimensions: created('day', '2024-02-10', '2024-03-05'),
    });
    expect(cut.partitions.map(({ key }) => key)).toEqual(['20240201', '20240301']);
    expect(cut.scan.filter).toMatchObject({ member: 'orders__created_at_day', test: { kind: 'timeRange' } });
  });

  const indexed = {
    ...daily,
    indexes: [
      { name: 'by_day', columns: ['created_at.day', 'status'] },
      { name: 'statuses', columns: ['status'], type: 'aggregate' },
      { name: 'cities', columns: ['users.city', 'status'], type: 'aggregate' },
    ],
  };
  const indexOf = (query: object) => {
    const { rollup, index } = piece([indexed], query);
    return rollup.indexes[index].name;
  };

  test('[D79] an aggregating index needs every dimension and filter among its columns; [H11] the smallest wins', () => {
    expect(indexOf({ measures: ['orders.count'], dimensions: ['orders.status'] })).toBe('statuses');
    expect(indexOf({ measures: ['orders.count'], dimensions: ['users.city'] })).toBe('cities');
    expect(
      indexOf({
        measures: ['orders.count'],
        dimensions: ['orders.status'],
        filters: [{ member: 'users.city', operator: 'equals', values: ['Rome'] }],
      }),
    ).toBe('cities');
  });

  test('[D81] what no aggregating index holds falls back to a regular one', () => {
    expect(
      indexOf({ measures: ['orders.count'], timeDimensions: created('day', '2024-02-10', '2024-02-12') }),
    ).toBe('by_day');
    expect(
      indexOf({ measures: ['orders.count'], dimensions: ['orders.status'], timeDimensions: created('day') }),
    ).toBe('by_day');
    const byCity = { ...indexed, indexes: indexed.indexes.slice(0, 1) };
    const { index } = piece([byCity], { measures: ['orders.count'], dimensions: ['users.city'] });
    expect(index).toBe(0);
  });

  test('a month of whole partitions can be read from an aggregating index without time', () => {
    const query = {
      measures: ['orders.count'],
      dimensions: ['orders.status'],
      timeDimensions: [{ dimension: 'orders.created_at', dateRange: ['2024-02-01', '2024-02-29'] }],
    };
    expect(indexOf(query)).toBe('statuses');
  });

  test('direct means that no stored rows are merged', () => {
    const all = { dimensions: ['orders.status', 'users.city'], timeDimensions: created('day') };
    expect(plan([daily], { measures: ['orders.count'], ...all }).mode).toBe('direct');
    expect(plan([daily], { measures: ['orders.count'], ...all, timeDimensions: created('month') }).mode).toBe(
      'rollup',
    );
    const pinned = {
      measures: ['orders.count'],
      dimensions: ['orders.status'],
      timeDimensions: created('day'),
      filters: [{ member: 'users.city', operator: 'equals', values: ['Rome'] }],
    };
    expect(plan([daily], pinned).mode).toBe('direct');
    expect(plan([], pinned).mode).toBe('source');
  });

  test('a time zone whose days are UTC days is served', () => {
    const query = { measures: ['orders.count'], timeDimensions: created('day'), timezone: 'Africa/Abidjan' };
    expect(plan([daily], query).selected).toBe('orders.daily');
  });
});

describe('queries that are refused', () => {
  const cases: [string, unknown, RegExp][] = [
    ['nothing asked', {}, /Query should contain either measures/],
    ['no object', 7, /query: 7 is not an object/],
    ['a list of queries', [{ measures: ['orders.count'] }], /a list of queries is not supported yet/],
    [
      'another format',
      { measures: ['orders.count'], responseFormat: 'compact' },
      /"compact" is not supported yet/,
    ],
    [
      'ranges to compare',
      { timeDimensions: [{ dimension: 'orders.created_at', compareDateRange: [] }] },
      /comparing ranges is not supported yet/,
    ],
    ['a segment among dimensions', { dimensions: ['orders.paid'] }, /Put it under `segments`/],
    ['an unknown key', { measure: ['orders.count'] }, /unknown key "measure".*Did you mean 'measures'/],
    ['an unknown member', { measures: ['orders.cuont'] }, /measures\[0\].*Did you mean 'orders.count'/],
    [
      'a measure among dimensions',
      { dimensions: ['orders.count'] },
      /'orders.count' is a measure, not a dimension/,
    ],
    ['a negative limit', { measures: ['orders.count'], limit: -1 }, /limit: -1 is not a whole number/],
    [
      'an unknown zone',
      { measures: ['orders.count'], timezone: 'Mars/Base' },
      /"Mars\/Base" is not a time zone/,
    ],
    [
      'a range backwards',
      { measures: ['orders.count'], timeDimensions: created('day', '2024-02-01', '2024-01-01') },
      /runs backwards/,
    ],
    [
      'an order by what is not asked',
      { measures: ['orders.count'], order: { 'orders.revenue': 'asc' } },
      /not part of the query/,
    ],
    [
      'a group of measures and dimensions',
      {
        measures: ['orders.count'],
        filters: [
          {
            or: [
              { member: 'orders.count', operator: 'gt', values: ['1'] },
              { member: 'orders.status', operator: 'set' },
            ],
          },
        ],
      },
      /mixes measures and dimensions/,
    ],
  ];
  test.each(cases)('%s', (_, query, message) => {
    const attempt = () => plan([daily], query as object);
    expect(attempt).toThrow(StoreError);
    expect(attempt).toThrow(message);
  });
});
