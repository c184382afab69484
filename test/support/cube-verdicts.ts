/**
 * Queries and rollups with the verdict of Cube 1.7.43, its JavaScript planner: what its own rules say, accidents
 * included. Each was also asked of Cube itself. Numbers are sections of cube-semantics.
 */
import type { CubeQuery } from './cube-query.js';

export interface CubeVerdict {
  /** Ids of the specification, then what the pair shows. */
  readonly title: string;
  /** Keys of one rollup; of the cube `orders` unless `cube` says another. */
  readonly rollup: Readonly<Record<string, unknown>>;
  readonly cube?: 'users' | 'items';
  readonly query: CubeQuery & { readonly ungrouped?: boolean };
  /** Null: Cube does not even look at the rollup. */
  readonly canUse: boolean | null;
  /** The first condition that failed in the way that was tried last. */
  readonly failed?: string;
}

/** Orders of users, with items. */
export function verdictModel(
  rollup: CubeVerdict['rollup'],
  cube: string,
): { readonly cubes: readonly object[] } {
  const rollups = (name: string): object =>
    name === cube ? { pre_aggregations: [{ name: 'main', ...rollup }] } : {};
  const id = { name: 'id', sql: 'id', type: 'number', primary_key: true };
  return {
    cubes: [
      {
        name: 'orders',
        sql_table: 'orders',
        joins: [
          { name: 'users', relationship: 'many_to_one', sql: '{CUBE.user_id} = {users.id}' },
          { name: 'items', relationship: 'one_to_many', sql: '{CUBE.id} = {items.order_id}' },
        ],
        dimensions: [
          id,
          { name: 'user_id', sql: 'user_id', type: 'number' },
          { name: 'status', sql: 'status', type: 'string' },
          { name: 'region', sql: '{CUBE}.region', type: 'string' },
          { name: 'state', sql: '{status}', type: 'string' },
          { name: 'shout', sql: 'UPPER({status})', type: 'string' },
          { name: 'created_at', sql: 'created_at', type: 'time' },
          { name: 'paid_at', sql: 'paid_at', type: 'time' },
          { name: 'delivered_at', sql: "{created_at} + INTERVAL '1 day'", type: 'time' },
        ],
        measures: [
          { name: 'count', type: 'count' },
          { name: 'revenue', type: 'sum', sql: 'amount' },
          { name: 'largest', type: 'max', sql: 'amount' },
          { name: 'mean', type: 'avg', sql: 'amount' },
          { name: 'buyers', type: 'count_distinct', sql: 'user_id' },
          { name: 'about', type: 'count_distinct_approx', sql: 'user_id' },
          { name: 'ratio', type: 'number', sql: '{revenue} / {count}' },
          { name: 'share', type: 'number', sql: '{buyers} / {count}' },
        ],
        segments: [
          { name: 'big', sql: '{CUBE}.amount > 100' },
          { name: 'wide', sql: '{CUBE}.amount > 50' },
        ],
        ...rollups('orders'),
      },
      {
        name: 'users',
        sql_table: 'users',
        dimensions: [
          id,
          { name: 'city', sql: 'city', type: 'string' },
          { name: 'born_at', sql: 'born_at', type: 'time' },
        ],
        measures: [{ name: 'count', type: 'count' }],
        ...rollups('users'),
      },
      {
        name: 'items',
        sql_table: 'items',
        dimensions: [
          id,
          { name: 'order_id', sql: 'order_id', type: 'number' },
          { name: 'product', sql: 'product', type: 'string' },
        ],
        measures: [{ name: 'quantity', type: 'sum', sql: 'quantity' }],
        ...rollups('items'),
      },
    ],
  };
}

const daily = { time_dimension: 'created_at', granularity: 'day' };
const monthly = { time_dimension: 'created_at', granularity: 'month' };
const strict = { allow_non_strict_date_range_match: false };
const exact = { measures: ['count', 'buyers', 'mean'], dimensions: ['region', 'status'] };

const equals = (member: string, ...values: string[]) => ({ member, operator: 'equals' as const, values });
const time = (
  granularity?: 'day' | 'week' | 'month' | 'quarter' | 'year' | 'hour',
  dateRange?: readonly string[],
) => [
  {
    dimension: 'orders.created_at',
    ...(granularity !== undefined && { granularity }),
    ...(dateRange !== undefined && { dateRange }),
  },
];
const JANUARY = ['2024-01-01T00:00:00.000', '2024-01-31T23:59:59.999'];
const MID_MONTH = ['2024-01-10T00:00:00.000', '2024-02-20T23:59:59.999'];

export const cubeVerdicts: readonly CubeVerdict[] = [
  // 1.5, leaf additive
  {
    title: '[B19][B20] [C14] a subset of dimensions and measures',
    rollup: { measures: ['count', 'revenue'], dimensions: ['status', 'region'] },
    query: { measures: ['orders.count'], dimensions: ['orders.status'] },
    canUse: true,
  },
  {
    title: '[B20] [C14] a dimension that is not stored',
    rollup: { measures: ['count'], dimensions: ['status'] },
    query: { measures: ['orders.count'], dimensions: ['orders.region'] },
    canUse: false,
    failed: 'same_dimensions',
  },
  {
    title: '[B20] [C14] a measure that is not stored',
    rollup: { measures: ['count'], dimensions: ['status'] },
    query: { measures: ['orders.revenue'], dimensions: ['orders.status'] },
    canUse: false,
    failed: 'measures',
  },
  {
    title: '[B20] a filter on a stored dimension, any operator',
    rollup: { measures: ['count'], dimensions: ['status', 'region'] },
    query: {
      measures: ['orders.count'],
      filters: [
        {
          or: [
            { member: 'orders.status', operator: 'contains', values: ['a'] },
            equals('orders.region', 'x'),
          ],
        },
      ],
    },
    canUse: true,
  },
  {
    title: '[B20] a filter on a dimension that is not stored, inside an or',
    rollup: { measures: ['count'], dimensions: ['status'] },
    query: {
      measures: ['orders.count'],
      filters: [{ or: [equals('orders.status', 'a'), equals('orders.region', 'x')] }],
    },
    canUse: false,
    failed: 'same_dimensions',
  },
  {
    title: '[C15] [B20] a calculated measure by its leaves',
    rollup: { measures: ['count', 'revenue'], dimensions: ['status'] },
    query: { measures: ['orders.ratio'] },
    canUse: true,
  },
  {
    title: '[C15] a calculated measure that lacks a leaf',
    rollup: { measures: ['count'], dimensions: ['status'] },
    query: { measures: ['orders.ratio'] },
    canUse: false,
    failed: 'same_dimensions',
  },
  {
    title: '[C13] a calculated measure that is itself stored, not its leaves',
    rollup: { measures: ['ratio'], dimensions: ['status'] },
    query: { measures: ['orders.ratio'], dimensions: ['orders.status'] },
    canUse: true, // as an exact key
  },
  {
    title: '[B19] approximate distinct counts are additive',
    rollup: { measures: ['about'], dimensions: ['status', 'region'] },
    query: { measures: ['orders.about'], dimensions: ['orders.region'] },
    canUse: true,
  },
  {
    title: '[C13] a query of dimensions alone is additive',
    rollup: { measures: ['count'], dimensions: ['status', 'region'] },
    query: { dimensions: ['orders.region'] },
    canUse: true,
  },
  {
    title: 'a measure that only filters must be a stored leaf',
    rollup: { measures: ['count'], dimensions: ['status', 'region'] },
    query: {
      measures: ['orders.count'],
      dimensions: ['orders.status'],
      filters: [{ member: 'orders.count', operator: 'gt', values: ['1'] }],
    },
    canUse: true,
  },
  {
    title:
      'a measure that only filters and is not stored: lost, so that Cube matches and its SQL then fails (C07)',
    rollup: { measures: ['count'], dimensions: ['status'] },
    query: {
      measures: ['orders.count'],
      dimensions: ['orders.status'],
      filters: [{ member: 'orders.revenue', operator: 'gt', values: ['1'] }],
    },
    canUse: true,
  },
  {
    title: 'a segment that is stored',
    rollup: { measures: ['count'], dimensions: ['status'], segments: ['big'] },
    query: { measures: ['orders.count'], segments: ['orders.big'] },
    canUse: true,
  },
  {
    title: 'a segment that is not stored is not derived from dimensions',
    rollup: { measures: ['count'], dimensions: ['status'] },
    query: { measures: ['orders.count'], segments: ['orders.big'] },
    canUse: false,
    failed: 'same_dimensions',
  },
  {
    title: 'a dimension that is computed from a stored one',
    rollup: { measures: ['count'], dimensions: ['status', 'region'] },
    query: { measures: ['orders.count'], dimensions: ['orders.shout'] },
    canUse: true,
  },
  {
    title: 'a dimension that another computed one is not made of',
    rollup: { measures: ['count'], dimensions: ['shout'] },
    query: { measures: ['orders.count'], dimensions: ['orders.status'] },
    canUse: false,
    failed: 'same_dimensions',
  },
  {
    title: 'a dimension that stands for another one to one',
    rollup: { measures: ['count'], dimensions: ['status', 'region'] },
    query: { measures: ['orders.count'], dimensions: ['orders.state'] },
    canUse: true,
  },
  // 1.5, joins
  {
    title: '[B21] a dimension through a join',
    rollup: { measures: ['count'], dimensions: ['users.city', 'status'] },
    query: { measures: ['orders.count'], dimensions: ['users.city'] },
    canUse: true,
  },
  {
    title: 'the same member through other joins',
    rollup: { measures: ['users.count'], dimensions: ['users.city'] },
    query: { measures: ['users.count'], dimensions: ['users.city', 'orders.status'] },
    canUse: false,
    failed: 'same_dimensions',
  },
  {
    title: '[B21] a measure that the query multiplies needs the exact dimensions, and has them',
    rollup: { measures: ['count'], dimensions: ['items.product'] },
    query: { measures: ['orders.count'], dimensions: ['items.product'] },
    canUse: true,
  },
  {
    title: '[B21] a measure that the query multiplies, fewer dimensions',
    rollup: { measures: ['count'], dimensions: ['items.product', 'status'] },
    query: { measures: ['orders.count'], dimensions: ['items.product'] },
    canUse: false,
    failed: 'same_dimensions',
  },
  {
    title: '[B21] a measure that the rollup multiplies',
    rollup: { measures: ['count'], dimensions: ['items.product', 'status'] },
    query: { measures: ['orders.count'], dimensions: ['orders.status'] },
    canUse: false,
    failed: 'same_dimensions',
  },
  // 1.5, not additive
  {
    title: '[B24] [C16] [B35] exactly the stored dimensions',
    rollup: exact,
    query: { measures: ['orders.buyers'], dimensions: ['orders.status', 'orders.region'] },
    canUse: true,
  },
  {
    title: '[X4] the measures need only be contained',
    rollup: exact,
    query: { measures: ['orders.buyers'], dimensions: ['orders.region', 'orders.status'] },
    canUse: true,
  },
  {
    title: '[B24] [C16] fewer dimensions',
    rollup: exact,
    query: { measures: ['orders.buyers'], dimensions: ['orders.status'] },
    canUse: false,
    failed: 'same_dimensions',
  },
  {
    title: '[X22] avg is not additive',
    rollup: exact,
    query: { measures: ['orders.mean'], dimensions: ['orders.status'] },
    canUse: false,
    failed: 'same_dimensions',
  },
  {
    title: '[X22] avg by exactly the stored dimensions',
    rollup: exact,
    query: { measures: ['orders.mean'], dimensions: ['orders.status', 'orders.region'] },
    canUse: true,
  },
  {
    title: '[B22] one not additive measure makes the whole query not additive',
    rollup: exact,
    query: { measures: ['orders.count', 'orders.buyers'], dimensions: ['orders.status'] },
    canUse: false,
    failed: 'same_dimensions',
  },
  {
    title: 'the rest of the dimensions pinned to one value',
    rollup: exact,
    query: {
      measures: ['orders.buyers'],
      dimensions: ['orders.status'],
      filters: [equals('orders.region', 'x')],
    },
    canUse: true,
  },
  {
    title: 'pinned within an and',
    rollup: exact,
    query: {
      measures: ['orders.buyers'],
      filters: [{ and: [equals('orders.region', 'x'), equals('orders.status', 'new')] }],
    },
    canUse: true,
  },
  {
    title: 'two values do not pin',
    rollup: exact,
    query: {
      measures: ['orders.buyers'],
      dimensions: ['orders.status'],
      filters: [equals('orders.region', 'x', 'y')],
    },
    canUse: false,
    failed: 'same_dimensions',
  },
  {
    title: 'an in with one value does not pin',
    rollup: exact,
    query: {
      measures: ['orders.buyers'],
      dimensions: ['orders.status'],
      filters: [{ member: 'orders.region', operator: 'in', values: ['x'] }],
    },
    canUse: false,
    failed: 'same_dimensions',
  },
  {
    title: '[B23] an or of equals does not pin, even of what is grouped by',
    rollup: exact,
    query: {
      measures: ['orders.buyers'],
      dimensions: ['orders.status'],
      filters: [
        equals('orders.region', 'x'),
        { or: [equals('orders.status', 'a'), equals('orders.status', 'b')] },
      ],
    },
    canUse: false,
    failed: 'same_dimensions',
  },
  {
    title: '[B23] [C16] any filter on what is grouped by, with exactly the stored dimensions',
    rollup: exact,
    query: {
      measures: ['orders.buyers'],
      dimensions: ['orders.status', 'orders.region'],
      filters: [{ member: 'orders.status', operator: 'contains', values: ['a'] }],
    },
    canUse: true,
  },
  {
    title: 'a pinned member beyond the stored ones',
    rollup: exact,
    query: {
      measures: ['orders.buyers'],
      dimensions: ['orders.status', 'orders.region'],
      filters: [equals('orders.user_id', '1')],
    },
    canUse: false,
    failed: 'same_dimensions',
  },
  {
    title: 'a second filter with one value makes up for one with two',
    rollup: exact,
    query: {
      measures: ['orders.buyers'],
      dimensions: ['orders.status'],
      filters: [equals('orders.region', 'x', 'y'), equals('orders.region', 'x')],
    },
    canUse: true,
  },
  {
    title: 'a segment whose name sorts after the dimensions',
    rollup: { measures: ['buyers'], dimensions: ['status'], segments: ['wide'] },
    query: {
      measures: ['orders.buyers'],
      dimensions: ['orders.status'],
      segments: ['orders.wide'],
      filters: [{ member: 'orders.status', operator: 'set' }],
    },
    canUse: true,
  },
  {
    title: 'a segment whose name sorts before the dimensions: the lists differ',
    rollup: { measures: ['buyers'], dimensions: ['status'], segments: ['big'] },
    query: {
      measures: ['orders.buyers'],
      dimensions: ['orders.status'],
      segments: ['orders.big'],
      filters: [{ member: 'orders.status', operator: 'set' }],
    },
    canUse: false,
    failed: 'same_dimensions',
  },
  {
    title: 'the same segment without another filter: sets are compared',
    rollup: { measures: ['buyers'], dimensions: ['status'], segments: ['big'] },
    query: { measures: ['orders.buyers'], dimensions: ['orders.status'], segments: ['orders.big'] },
    canUse: true,
  },
  {
    title: 'a calculated measure over one that is not additive: the leaves are stored',
    rollup: { measures: ['count', 'buyers'], dimensions: ['status'] },
    query: { measures: ['orders.share'], dimensions: ['orders.status'] },
    canUse: true,
  },
  {
    title: '[B22] not additive, with the granularity that is stored',
    rollup: { ...exact, ...daily },
    query: {
      measures: ['orders.buyers'],
      dimensions: ['orders.status', 'orders.region'],
      timeDimensions: time('day'),
    },
    canUse: true,
  },
  {
    title: '[B22] [C16] not additive, a coarser granularity',
    rollup: { ...exact, ...daily },
    query: {
      measures: ['orders.buyers'],
      dimensions: ['orders.status', 'orders.region'],
      timeDimensions: time('month'),
    },
    canUse: false,
    failed: 'same_time_dimensions',
  },
  {
    title: '[B22] not additive, no granularity',
    rollup: { ...exact, ...daily },
    query: {
      measures: ['orders.buyers'],
      dimensions: ['orders.status', 'orders.region'],
      timeDimensions: time(undefined, JANUARY),
    },
    canUse: false,
    failed: 'granularity_set',
  },
  {
    title: 'not additive, without the time that is stored',
    rollup: { ...exact, ...daily },
    query: { measures: ['orders.buyers'], dimensions: ['orders.status', 'orders.region'] },
    canUse: false,
    failed: 'same_time_dimensions',
  },
  {
    title: 'not additive, a dimension through a join that is grouped by: lists of paths are equal',
    rollup: { measures: ['buyers'], dimensions: ['users.city'] },
    query: { measures: ['orders.buyers'], dimensions: ['users.city'] },
    canUse: true,
  },
  {
    title: 'not additive, a dimension through a join that is pinned: its name is not its path',
    rollup: { measures: ['buyers'], dimensions: ['users.city'] },
    query: { measures: ['orders.buyers'], filters: [equals('users.city', 'Rome')] },
    canUse: false,
    failed: 'same_dimensions',
  },
  // 1.6, granularities
  {
    title: '[X1] [C17] [FX-5] a week from days: today',
    rollup: { measures: ['count'], ...daily },
    query: { measures: ['orders.count'], timeDimensions: time('week') },
    canUse: true,
  },
  {
    title: '[X1] [B40] [B41] a quarter from months',
    rollup: { measures: ['count'], ...monthly },
    query: { measures: ['orders.count'], timeDimensions: time('quarter') },
    canUse: true,
  },
  {
    title: '[X2] a month from weeks',
    rollup: { measures: ['count'], time_dimension: 'created_at', granularity: 'week' },
    query: { measures: ['orders.count'], timeDimensions: time('month') },
    canUse: false,
    failed: 'same_time_dimensions',
  },
  {
    title: '[X2] a year from weeks',
    rollup: { measures: ['count'], time_dimension: 'created_at', granularity: 'week' },
    query: { measures: ['orders.count'], timeDimensions: time('year') },
    canUse: false,
    failed: 'same_time_dimensions',
  },
  {
    title: '[B40] an hour from days',
    rollup: { measures: ['count'], ...daily },
    query: { measures: ['orders.count'], timeDimensions: time('hour') },
    canUse: false,
    failed: 'same_time_dimensions',
  },
  {
    title: '[B41] another time dimension',
    rollup: { measures: ['count'], time_dimension: 'paid_at', granularity: 'day' },
    query: { measures: ['orders.count'], timeDimensions: time('day') },
    canUse: false,
    failed: 'same_time_dimensions',
  },
  {
    title: 'several times, of which the query names one',
    rollup: {
      measures: ['count'],
      time_dimensions: [
        { dimension: 'paid_at', granularity: 'month' },
        { dimension: 'created_at', granularity: 'day' },
      ],
    },
    query: { measures: ['orders.count'], timeDimensions: time('month') },
    canUse: true,
  },
  {
    title: '[C18] a query over all time',
    rollup: { measures: ['count'], dimensions: ['status'], ...daily },
    query: { measures: ['orders.count'] },
    canUse: true,
  },
  {
    title: 'a time that is computed from the stored one',
    rollup: { measures: ['count'], ...daily },
    query: {
      measures: ['orders.count'],
      timeDimensions: [{ dimension: 'orders.delivered_at', granularity: 'month' }],
    },
    canUse: true,
  },
  {
    title: 'a time of a joined cube',
    rollup: { measures: ['count'], time_dimension: 'users.born_at', granularity: 'month' },
    query: {
      measures: ['orders.count'],
      timeDimensions: [{ dimension: 'users.born_at', granularity: 'year' }],
    },
    canUse: true,
  },
  {
    title: '[H4] a range as a filter is a filter on the dimension',
    rollup: { measures: ['count'], ...daily },
    query: {
      measures: ['orders.count'],
      filters: [{ member: 'orders.created_at', operator: 'inDateRange', values: JANUARY }],
    },
    canUse: false,
    failed: 'same_time_dimensions',
  },
  {
    title: '[H4] and is served where the dimension is stored',
    rollup: { measures: ['count'], dimensions: ['created_at'] },
    query: {
      measures: ['orders.count'],
      filters: [{ member: 'orders.created_at', operator: 'inDateRange', values: JANUARY }],
    },
    canUse: true,
  },
  // 1.6, date ranges
  {
    title: '[D51][D53] [X21] by default a range may cut through a month',
    rollup: { measures: ['count'], ...monthly },
    query: { measures: ['orders.count'], timeDimensions: time('month', MID_MONTH) },
    canUse: true,
  },
  {
    title: '[D53] without a granularity any range of any length is served',
    rollup: { measures: ['count'], ...monthly },
    query: {
      measures: ['orders.count'],
      timeDimensions: time(undefined, ['2024-01-10T03:00:00.000', '2024-01-10T04:00:00.000']),
    },
    canUse: true,
  },
  {
    title: '[D52][D54] [B42] strict: a range that cuts through a month needs days',
    rollup: { measures: ['count'], ...monthly, ...strict },
    query: { measures: ['orders.count'], timeDimensions: time('month', MID_MONTH) },
    canUse: false,
    failed: 'same_time_dimensions',
  },
  {
    title: '[B43] [D52] strict: whole months',
    rollup: { measures: ['count'], ...monthly, ...strict },
    query: { measures: ['orders.count'], timeDimensions: time('month', JANUARY) },
    canUse: true,
  },
  {
    title: '[D52] strict: one millisecond off',
    rollup: { measures: ['count'], ...daily, ...strict },
    query: {
      measures: ['orders.count'],
      timeDimensions: time('day', ['2024-01-01T00:00:00.000', '2024-01-31T23:59:59.998']),
    },
    canUse: false,
    failed: 'same_time_dimensions',
  },
  {
    title: '[D52] strict: half a day',
    rollup: { measures: ['count'], ...daily, ...strict },
    query: {
      measures: ['orders.count'],
      timeDimensions: time(undefined, ['2024-01-01T00:00:00.000', '2024-01-01T11:59:59.999']),
    },
    canUse: false,
    failed: 'granularity_set',
  },
  {
    title: 'strict: a week that begins a month is no week',
    rollup: { measures: ['count'], time_dimension: 'created_at', granularity: 'week', ...strict },
    query: {
      measures: ['orders.count'],
      timeDimensions: time('week', ['2024-04-01T00:00:00.000', '2024-04-07T23:59:59.999']),
    },
    canUse: false,
    failed: 'same_time_dimensions',
  },
  {
    title: 'strict: any other week is',
    rollup: { measures: ['count'], time_dimension: 'created_at', granularity: 'week', ...strict },
    query: {
      measures: ['orders.count'],
      timeDimensions: time('week', ['2024-01-08T00:00:00.000', '2024-01-14T23:59:59.999']),
    },
    canUse: true,
  },
  {
    title: 'strict: a quarter that is not a year',
    rollup: { measures: ['count'], time_dimension: 'created_at', granularity: 'quarter', ...strict },
    query: {
      measures: ['orders.count'],
      timeDimensions: time('quarter', ['2024-04-01T00:00:00.000', '2024-06-30T23:59:59.999']),
    },
    canUse: false,
    failed: 'same_time_dimensions',
  },
  {
    title: '[C19] the time in the spelling of 2019 has no default: strict',
    rollup: { measure_references: ['count'], time_dimension_reference: 'created_at', granularity: 'month' },
    query: { measures: ['orders.count'], timeDimensions: time('month', MID_MONTH) },
    canUse: false,
    failed: 'same_time_dimensions',
  },
  {
    title: '[C19] unless it says so',
    rollup: {
      measure_references: ['count'],
      time_dimension_reference: 'created_at',
      granularity: 'month',
      allow_non_strict_date_range_match: true,
    },
    query: { measures: ['orders.count'], timeDimensions: time('month', MID_MONTH) },
    canUse: true,
  },
  {
    title: '[H2] the zone is no part of the decision',
    rollup: { measures: ['count'], ...daily, ...strict },
    query: { measures: ['orders.count'], timeDimensions: time('day', JANUARY), timezone: 'America/New_York' },
    canUse: true,
  },
  // 1.2
  {
    title: '[X23] [B39] a rollup in a cube that the query does not name is not looked at',
    rollup: { measures: ['orders.count'], dimensions: ['orders.status'] },
    cube: 'users',
    query: { measures: ['orders.count'], dimensions: ['orders.status'] },
    canUse: null,
  },
  {
    title: '[X23] once it is named, it is',
    rollup: { measures: ['orders.count'], dimensions: ['users.city'] },
    cube: 'users',
    query: { measures: ['orders.count'], dimensions: ['users.city'] },
    canUse: true,
  },
  // 1.5, ungrouped
  {
    title: '[H5] an ungrouped query with the primary key stored',
    rollup: { measures: ['count', 'mean'], dimensions: ['id', 'status'] },
    query: { measures: ['orders.mean'], dimensions: ['orders.id'], ungrouped: true },
    canUse: true,
  },
  {
    title: '[H5] an ungrouped query without it',
    rollup: { measures: ['count', 'mean'], dimensions: ['status'] },
    query: { measures: ['orders.mean'], dimensions: ['orders.id', 'orders.status'], ungrouped: true },
    canUse: false,
    failed: 'same_dimensions',
  },
  {
    title: '[H5] an ungrouped query of fewer cubes than the rollup',
    rollup: { measures: ['count'], dimensions: ['id', 'users.city'] },
    query: { measures: ['orders.count'], dimensions: ['orders.id'], ungrouped: true },
    canUse: false,
    failed: 'same_dimensions',
  },
];
