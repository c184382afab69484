/** Three tables with what troubles dialects, as rows for the oracle and as SQL for DuckDB and PostgreSQL. */
import { openDuckdb } from '../../../dist/sources/open-duckdb.js';
import type { OracleModel } from '../../support/oracle.js';
import type { OracleGrid } from '../../support/oracle-time.js';
import type { AskedSource } from '../../support/postgres.js';

export interface Order {
  readonly id: number;
  readonly user: number | null;
  readonly status: string | null;
  readonly amount: number | null;
  readonly price: string | null;
  readonly weight: number | null;
  readonly paid: boolean | null;
  readonly at: string | null;
}

const texts = [
  'paid',
  'Paid',
  '100%',
  'a_b',
  'a\\b',
  "o'x",
  'éclair',
  'ÉCLAIR',
  '😀',
  '\uff5e',
  '',
  'B',
  'a',
  '"q"',
];

/** The clocks of New York change on 14 March and 7 November, those of Lord Howe on 4 April by half an hour. */
const times = [
  '2021-03-14 06:59:59.999',
  '2021-03-14 07:00:00',
  '2021-11-07 05:30:00',
  '2021-11-07 06:30:00',
  '2021-04-03 14:45:00',
  '2021-04-03 15:15:00.0005',
  '2020-12-31 23:59:59.999999',
  '2021-01-01 00:00:00',
  '2021-01-03 23:00:00',
  '2021-01-04 00:00:00',
  '1969-12-31 18:15:00.25',
];

export const orders: readonly Order[] = Array.from({ length: 60 }, (_, at) => ({
  id: at + 1,
  user: at % 7 === 6 ? null : (at % 4) + 1,
  status: at % 11 === 10 ? null : texts[at % texts.length],
  amount: at % 13 === 12 ? null : ((at * 37) % 23) - 5,
  price: at % 17 === 16 ? null : `${(at * 31) % 19}.${(at * 7) % 10}5`,
  weight: at % 9 === 8 ? null : ((at * 29) % 17) / 4,
  paid: at % 5 === 4 ? null : at % 2 === 0,
  at: at % 8 === 7 ? null : times[at % times.length],
}));

const users = ['Wien', 'wien', null].map((city, at) => ({ id: at + 1, city, credit: (at + 1) * 100 }));

/** Order 1 has three items, order 2 has one, order 3 has two; one item is of no order. */
const items = [1, 1, 1, 2, 3, 3, null].map((order, at) => ({
  part: Math.floor(at / 2),
  line: at % 2,
  order,
  quantity: at + 1,
  label: at % 3 === 0 ? null : `l${at}`,
}));

/** Times up to the year 4001 BC, which is -4000; 1 BC is the year 0. */
export const eras = [0, 24, 2_020, 2_023, 2_024, 2_025, 2_026, 6_024].flatMap((years) =>
  [
    '2024-01-01 00:00:00',
    '2024-01-01 00:00:02.999',
    '2024-02-15 06:29:59.999',
    '2024-02-15 06:30:00',
    '2024-03-31 23:59:59.999',
    '2024-04-01 00:00:00',
    '2024-12-31 18:30:00',
  ].map((from) => ({ from, years })),
);

export const init: readonly string[] = [
  `CREATE TABLE orders (id INTEGER, user_id INTEGER, status VARCHAR, amount INTEGER, price DECIMAL(10,2),
    weight DOUBLE PRECISION, paid BOOLEAN, created_at TIMESTAMP, seen TIMESTAMPTZ, day DATE, "order" BIGINT,
    "we""ird" VARCHAR, "Mixed" INTEGER)`,
  insert(
    'orders',
    orders.map((row) => [
      ...[row.id, row.user, row.status, row.amount, row.price, row.weight, row.paid, row.at],
      ...[row.at === null ? null : `${row.at}+00`, row.at?.slice(0, 10) ?? null, row.id, row.status, row.id],
    ]),
  ),
  'CREATE TABLE users (id INTEGER, city VARCHAR, credit BIGINT)',
  insert(
    'users',
    users.map((row) => [row.id, row.city, row.credit]),
  ),
  'CREATE TABLE items (part INTEGER, line INTEGER, order_id INTEGER, quantity INTEGER, label VARCHAR)',
  insert(
    'items',
    items.map((row) => [row.part, row.line, row.order, row.quantity, row.label]),
  ),
  'CREATE TABLE notes (id INTEGER, order_id INTEGER, written DATE)',
  insert(
    'notes',
    [1, 1, 2, 4].map((order, at) => [at, order, `2021-01-0${at + 1}`]),
  ),
  'CREATE TABLE letters (id INTEGER, text VARCHAR)',
  insert(
    'letters',
    ['İx', 'ΑΣ', 'ΑΣΒ', 'ß', 'Ǆ'].map((text, at) => [at + 1, text]),
  ),
  'CREATE TABLE eras (id INTEGER, time TIMESTAMP)',
  // Dialects write years before Christ differently, and count back to them alike.
  `INSERT INTO eras VALUES (0, NULL), ${eras
    .map(({ from, years }, at) => `(${at + 1}, TIMESTAMP '${from}' - INTERVAL '${years} years')`)
    .join(', ')}`,
  'CREATE TABLE doubles (k INTEGER, x DOUBLE PRECISION, y REAL)',
  insert('doubles', [
    [1, 'NaN', 0.1],
    [1, 1.5, 0.2],
    [2, 'Infinity', 0.3],
    [2, 2, 16777216],
    [3, '-Infinity', 1],
    [3, null, 1],
    [4, null, null],
  ]),
];

function insert(table: string, rows: readonly (readonly (string | number | boolean | null)[])[]): string {
  const literal = (cell: string | number | boolean | null): string =>
    typeof cell === 'string' ? `'${cell.replaceAll("'", "''")}'` : String(cell).toUpperCase();
  return `INSERT INTO ${table} VALUES ${rows.map((row) => `(${row.map(literal).join(', ')})`).join(', ')}`;
}

/** Granularities of the times, beside what the oracle takes them for. */
export const ownGrids: Readonly<Record<string, OracleGrid>> = {
  fiscal_year: { first: '2023-04-01', months: 12 },
  five_months: { first: '2021-02-15T06:30:00', months: 5 },
  sprint: { first: '2024-01-15', ms: 14 * 86_400_000 },
  night: { first: '2024-01-01T18:30:00', ms: 86_400_000 },
  seventh: { first: '2024-01-01T00:00:03', ms: 7_000 },
};

const granularities = [
  { name: 'fiscal_year', interval: '1 year', offset: '3 months' },
  { name: 'five_months', interval: '5 months', origin: '2021-02-15T06:30:00' },
  { name: 'sprint', interval: '2 weeks', origin: '2024-01-15' },
  { name: 'night', interval: '1 day', origin: '2024-01-01T18:30:00' },
  { name: 'seventh', interval: '7 seconds', origin: '2024-01-01T00:00:03' },
];

export const document = {
  cubes: [
    {
      name: 'orders',
      sql_table: 'orders',
      joins: [
        { name: 'users', relationship: 'many_to_one', sql: '{CUBE}.user_id = {users.id}' },
        { name: 'items', relationship: 'one_to_many', sql: '{CUBE.id} = {items}.order_id' },
        { name: 'notes', relationship: 'one_to_many', sql: '{CUBE.id} = {notes}.order_id' },
      ],
      dimensions: [
        { name: 'id', sql: 'id', type: 'number', primary_key: true },
        { name: 'status', sql: 'status', type: 'string' },
        { name: 'amount', sql: 'amount', type: 'number' },
        { name: 'price', sql: 'price', type: 'number' },
        { name: 'weight', sql: 'weight', type: 'number' },
        { name: 'paid', sql: 'paid', type: 'boolean' },
        { name: 'created_at', sql: 'created_at', type: 'time', granularities },
        { name: 'seen', sql: 'seen', type: 'time', granularities },
        { name: 'day', sql: '{CUBE}.day', type: 'time' },
        { name: 'order', sql: 'order', type: 'number' },
        { name: 'weird', sql: '{CUBE}."we""ird"', type: 'string' },
        { name: 'mixed', sql: '"Mixed"', type: 'number' },
        { name: 'parts', sql: '{items.count}', type: 'number', sub_query: true },
        { name: 'part_spread', sql: '{items.stat_quantity}', type: 'number', sub_query: true },
        { name: 'wide_parts', sql: '{items.stat_quantity} > 0.4', type: 'boolean', sub_query: true },
        { name: 'mean_part', sql: '{items.quantity} / {items.count}', type: 'number', sub_query: true },
        {
          name: 'size',
          type: 'string',
          case: {
            when: [
              { sql: '{parts} > 2', label: "it's large" },
              { sql: '{CUBE}.amount > 10 OR {parts} > 0', label: { sql: "'with ' || {parts} || ' parts'" } },
            ],
            else: { label: '' },
          },
        },
        { name: 'local_hour', sql: `extract(hour FROM {SQL_UTILS.convertTz('created_at')})`, type: 'number' },
        { name: 'month', sql: '{CUBE.created_at.month}', type: 'time' },
        { name: 'sprint', sql: '{CUBE.created_at.sprint}', type: 'time' },
        { name: 'late', sql: '{CUBE.created_at} > {CUBE.created_at.month}', type: 'boolean' },
      ],
      measures: [
        { name: 'count', type: 'count' },
        { name: 'revenue', type: 'sum', sql: 'amount' },
        { name: 'running', type: 'running_total', sql: 'price' },
        { name: 'days', type: 'count_distinct', sql: 'status', rolling_window: { trailing: '3 day' } },
        { name: 'ahead', type: 'avg', sql: 'amount', rolling_window: { leading: 'unbounded' } },
        { name: 'to_month', type: 'count', rolling_window: { type: 'to_date', granularity: 'month' } },
        { name: 'takings', type: 'sum', sql: 'price' },
        { name: 'load', type: 'sum', sql: 'weight' },
        { name: 'smallest', type: 'min', sql: 'amount' },
        { name: 'dearest', type: 'max', sql: 'price' },
        { name: 'first_status', type: 'min', sql: 'status' },
        { name: 'last_status', type: 'max', sql: '{CUBE}.status' },
        { name: 'latest', type: 'max', sql: 'created_at' },
        { name: 'any_paid', type: 'max', sql: 'paid' },
        { name: 'all_paid', type: 'min', sql: 'paid' },
        { name: 'mean', type: 'avg', sql: 'amount' },
        { name: 'buyers', type: 'count_distinct', sql: 'user_id' },
        { name: 'about', type: 'count_distinct_approx', sql: 'user_id' },
        { name: 'paid_count', type: 'count', filters: [{ sql: '{CUBE}.paid' }] },
        {
          name: 'paid_revenue',
          type: 'sum',
          sql: 'amount',
          filters: [{ sql: '{CUBE.paid}' }, { sql: '{CUBE}.amount > 0 OR {CUBE}.amount < -2' }],
        },
        { name: 'stat_variance', type: 'variance', sql: 'weight' },
        { name: 'stat_stddev', type: 'stddev', sql: 'price', filters: [{ sql: '{CUBE}.amount > 0' }] },
        { name: 'stat_together', type: 'covariance', sql: 'amount', sql2: 'price' },
        { name: 'stat_line', type: 'correlation', sql: 'amount', sql2: 'weight' },
        { name: 'oldest_status', type: 'first', sql: 'status', time_dimension: 'created_at' },
        { name: 'newest_status', type: 'last', sql: '{status}', time_dimension: 'created_at' },
        { name: 'newest_price', type: 'last', sql: 'price', time_dimension: 'created_at' },
        { name: 'oldest_paid', type: 'first', sql: 'paid', time_dimension: 'seen' },
        { name: 'newest_seen', type: 'last', sql: 'seen', time_dimension: 'created_at' },
        { name: 'every_paid', type: 'bool_and', sql: 'paid' },
        { name: 'some_paid', type: 'bool_or', sql: 'paid', filters: [{ sql: '{CUBE}.amount > 0' }] },
        {
          name: 'stat_raw',
          type: 'number',
          sql: 'CASE WHEN {some_paid} THEN {stat_variance} + {stat_together} ELSE {stat_line} + {stat_stddev} END',
        },
        { name: 'raw_newest', type: 'number', sql: 'coalesce({newest_price}, -1)' },
        { name: 'share', type: 'number', sql: '{paid_count} / {count}' },
        { name: 'raw_share', type: 'number', sql: 'CASE WHEN {count} > 0 THEN {paid_count} / {count} END' },
        { name: 'raw_sums', type: 'number', sql: 'greatest({revenue} / nullif({smallest}, 0), {load})' },
      ],
      segments: [
        { name: 'big', sql: '{CUBE}.amount > 5 OR {CUBE}.price > 12' },
        { name: 'is_paid', sql: 'paid' },
      ],
    },
    {
      name: 'users',
      sql: 'SELECT * FROM users',
      dimensions: [
        { name: 'id', sql: 'id', type: 'number', primary_key: true },
        { name: 'city', sql: 'city', type: 'string' },
      ],
      measures: [
        { name: 'count', type: 'count' },
        { name: 'credit', type: 'sum', sql: 'credit' },
        { name: 'first_city', type: 'min', sql: 'city' },
      ],
    },
    {
      name: 'items',
      sql_table: 'items',
      dimensions: [
        { name: 'part', sql: 'part', type: 'number', primary_key: true },
        { name: 'line', sql: 'line', type: 'number', primary_key: true },
        { name: 'label', sql: 'label', type: 'string' },
      ],
      measures: [
        { name: 'count', type: 'count' },
        { name: 'quantity', type: 'sum', sql: 'quantity' },
        { name: 'stat_quantity', type: 'variance', sql: 'quantity' },
      ],
    },
    {
      name: 'parts',
      sql: 'SELECT * FROM {items.sql()} AS rows',
      joins: [{ name: 'orders', relationship: 'many_to_one', sql: '{CUBE}.order_id = {orders.id}' }],
      dimensions: [
        { name: 'part', sql: 'part', type: 'number', primary_key: true },
        { name: 'line', sql: 'line', type: 'number', primary_key: true },
        { name: 'revenue', sql: '{orders.revenue}', type: 'number', sub_query: true },
      ],
      measures: [
        { name: 'count', type: 'count' },
        { name: 'all_revenue', type: 'sum', sql: '{revenue}' },
      ],
    },
    {
      name: 'recent',
      sql: `SELECT * FROM orders WHERE {FILTER_PARAMS.recent.created_at.filter(2, 'created_at BETWEEN {0} AND {1}')}
        AND ({FILTER_PARAMS.recent.status.filter('status')} OR id = 7)
        AND {FILTER_GROUP(FILTER_PARAMS.recent.amount.filter('amount'), FILTER_PARAMS.recent.paid.filter('paid'))}
        AND {FILTER_PARAMS.recent.price.filter(1, 'price < {0}')}
        AND {SECURITY_CONTEXT.users.filter('user_id')} AND {SECURITY_CONTEXT.texts.filter('status')}`,
      dimensions: [
        { name: 'id', sql: 'id', type: 'number', primary_key: true },
        { name: 'status', sql: 'status', type: 'string' },
        { name: 'amount', sql: 'amount', type: 'number' },
        { name: 'price', sql: 'price', type: 'number' },
        { name: 'paid', sql: 'paid', type: 'boolean' },
        { name: 'created_at', sql: 'created_at', type: 'time' },
      ],
      measures: [{ name: 'count', type: 'count' }],
    },
    {
      name: 'notes',
      sql_table: 'notes',
      dimensions: [{ name: 'id', sql: 'id', type: 'number', primary_key: true }],
      measures: [
        { name: 'count', type: 'count' },
        { name: 'latest', type: 'max', sql: 'written' },
      ],
    },
    {
      name: 'eras',
      sql_table: 'eras',
      dimensions: [
        { name: 'id', sql: 'id', type: 'number', primary_key: true },
        { name: 'at', sql: '{CUBE}.time', type: 'time', granularities },
      ],
    },
    {
      name: 'letters',
      sql_table: 'letters',
      dimensions: [
        { name: 'id', sql: 'id', type: 'number', primary_key: true },
        { name: 'text', sql: 'text', type: 'string' },
      ],
    },
    {
      name: 'doubles',
      sql_table: 'doubles',
      dimensions: [
        { name: 'k', sql: 'k', type: 'number', primary_key: true },
        { name: 'x', sql: 'x', type: 'number' },
      ],
      measures: [
        { name: 'x_sum', type: 'sum', sql: 'x' },
        { name: 'x_max', type: 'max', sql: 'x' },
        { name: 'y_sum', type: 'sum', sql: 'y' },
        { name: 'stat_x', type: 'variance', sql: 'x' },
        { name: 'stat_xy', type: 'correlation', sql: 'x', sql2: 'y' },
        { name: 'stat_yx', type: 'covariance', sql: 'y', sql2: 'x' },
      ],
    },
  ],
};

/** That of the queries on `recent`. */
export const securityContext = {
  users: [1, 2.5, 3, 4],
  texts: ['paid', 'Paid', '100%', 'a_b', "o'x", 'éclair', '😀', '"q"', 'a'],
};

function ms(at: string | null): number | null {
  return at === null ? null : Date.parse(`${at.replace(' ', 'T').slice(0, 23)}Z`);
}

function cityOf(order: Order): string | null {
  return users.find(({ id }) => id === order.user)?.city ?? null;
}

export const oracleModel: OracleModel<Order> = {
  dimensions: {
    'orders.id': { type: 'number', of: ({ id }) => id },
    'orders.order': { type: 'number', of: ({ id }) => id },
    'orders.mixed': { type: 'number', of: ({ id }) => id },
    'orders.status': { type: 'string', of: ({ status }) => status },
    'orders.weird': { type: 'string', of: ({ status }) => status },
    'orders.amount': { type: 'number', of: ({ amount }) => amount },
    'orders.price': { type: 'number', of: ({ price }) => (price === null ? null : Number(price)) },
    'orders.weight': { type: 'number', of: ({ weight }) => weight },
    'orders.paid': { type: 'boolean', of: ({ paid }) => paid },
    'orders.created_at': { type: 'time', of: ({ at }) => ms(at), granularities: ownGrids },
    'orders.seen': { type: 'time', of: ({ at }) => ms(at), granularities: ownGrids },
    'orders.day': { type: 'time', of: ({ at }) => ms(at === null ? null : `${at.slice(0, 10)} 00:00:00`) },
    'users.city': { type: 'string', of: cityOf },
  },
  measures: {
    'orders.count': { kind: 'count' },
    'orders.revenue': { kind: 'sum', of: ({ amount }) => (amount === null ? null : BigInt(amount)) },
    'orders.load': { kind: 'double_sum', of: ({ weight }) => weight },
    'orders.smallest': { kind: 'min', of: ({ amount }) => amount },
    'orders.dearest': { kind: 'max', of: ({ price }) => (price === null ? null : Number(price)) },
    'orders.first_status': { kind: 'min', of: ({ status }) => status },
    'orders.last_status': { kind: 'max', of: ({ status }) => status },
    'orders.any_paid': { kind: 'max', of: ({ paid }) => paid },
    'orders.all_paid': { kind: 'min', of: ({ paid }) => paid },
    'orders.amounts': { kind: 'count', of: ({ amount }) => amount },
    'orders.mean': {
      kind: 'calculated',
      from: ['orders.revenue', 'orders.amounts'],
      of: (sum, count) => (sum === null || count === null ? null : sum / count),
    },
    'orders.buyers': { kind: 'distinct', of: ({ user }) => user },
    'orders.paid_count': { kind: 'count', of: ({ paid }) => (paid === true ? 1 : null) },
    'orders.paid_revenue': {
      kind: 'sum',
      of: ({ paid, amount }) =>
        paid === true && amount !== null && (amount > 0 || amount < -2) ? BigInt(amount) : null,
    },
    'orders.share': {
      kind: 'calculated',
      from: ['orders.paid_count', 'orders.count'],
      of: (paid, count) => (count === 0 ? null : (paid as number) / (count as number)),
    },
    'orders.raw_share': {
      kind: 'calculated',
      from: ['orders.paid_count', 'orders.count'],
      of: (paid, count) => (count === 0 ? null : (paid as number) / (count as number)),
    },
    'users.count': { kind: 'distinct', of: ({ user }) => users.find(({ id }) => id === user)?.id ?? null },
  },
  segments: {
    'orders.big': ({ amount, price }) => (amount ?? 0) > 5 || Number(price ?? 0) > 12,
    'orders.is_paid': ({ paid }) => paid === true,
  },
};

export async function openTestDuckdb(): Promise<AskedSource> {
  const unused = (): never => {
    throw new Error('no sketch is asked for');
  };
  const sketches = {
    sketchOfIntegers: unused,
    sketchOfDoubles: unused,
    entryOfBytes: unused,
    sketchOfEntries: unused,
    create: unused,
  };
  return openDuckdb({ name: 'test', database: null, init: [...init], sketches });
}
