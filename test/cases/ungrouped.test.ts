/** Rows one by one, and the rows that a measure counts. */
import { describe, expect, test } from 'vitest';
import { buildTables, openTables, refusals, tableOf } from '../support/open-tables.js';
import type { Store } from '../support/open-tables.js';

const YAML = `
cubes:
  - name: orders
    sql_table: orders
    joins:
      - { name: users, relationship: many_to_one, sql: "{CUBE}.user_id = {users.id}" }
    dimensions:
      - { name: id, sql: id, type: number, primary_key: true }
      - { name: status, sql: status, type: string }
      - { name: created_at, sql: created_at, type: time }
    measures:
      - { name: count, type: count }
      - { name: revenue, sql: amount, type: sum }
      - { name: mean, sql: amount, type: avg }
      - { name: buyers, sql: user_id, type: count_distinct }
      - { name: paid, type: count, filters: [{ sql: "{CUBE}.status = 'paid'" }] }
      - name: late
        type: count
        filters: [{ sql: "{CUBE}.status <> 'new'" }]
        drill_filters: [{ sql: "{CUBE.created_at} >= TIMESTAMP '2024-02-01'" }]
    pre_aggregations:
      - name: by_id
        measures: [count, revenue, mean, buyers, paid]
        dimensions: [id, status]
        time_dimension: created_at
        granularity: day
        partition_granularity: month
      - name: by_status
        measures: [count, revenue]
        dimensions: [status]
  - name: users
    sql_table: users
    dimensions:
      - { name: id, sql: id, type: number, primary_key: true }
      - { name: city, sql: city, type: string }
  - name: log
    sql_table: orders
    dimensions: [{ name: status, sql: status, type: string }]
    measures: [{ name: count, type: count }]
`;

const init = [
  tableOf(
    'orders',
    ['id', 'user_id', 'status', 'amount', 'created_at'],
    [
      "1, 7, 'paid', 10, TIMESTAMP '2024-01-31 23:59:59.999'",
      "2, 7, 'new', 20, TIMESTAMP '2024-02-01 00:00:00'",
      "3, 8, 'paid', NULL, TIMESTAMP '2024-02-01 01:00:00'",
      "4, NULL, NULL, 5, TIMESTAMP '2024-02-03 01:00:00'",
    ],
  ),
  tableOf('users', ['id', 'city'], ["7, 'Rome'", "8, 'Oslo'"]),
];
const store = (): Promise<Store> => buildTables({ yaml: YAML, init });

const rows = {
  ungrouped: true,
  dimensions: ['orders.id', 'orders.status'],
  measures: ['orders.count', 'orders.revenue', 'orders.mean', 'orders.buyers', 'orders.paid'],
  order: { 'orders.id': 'asc' },
};

describe('ungrouped queries', () => {
  test('[H5] are answered row by row from a rollup that holds the primary keys, measures that cannot be merged included', async () => {
    const open = await store();
    const { data, meta } = await open.query(rows);
    expect(meta.preAggregation).toBe('orders.by_id');
    const row = (
      id: string,
      status: string | null,
      revenue: string | null,
      buyers: string,
      paid: string,
    ) => ({
      'orders.id': id,
      'orders.status': status,
      'orders.count': '1',
      'orders.revenue': revenue,
      'orders.mean': revenue,
      'orders.buyers': buyers,
      'orders.paid': paid,
    });
    expect(data).toEqual([
      row('1', 'paid', '10', '1', '1'),
      row('2', 'new', '20', '1', '0'),
      row('3', 'paid', null, '1', '1'),
      row('4', null, '5', '0', '0'),
    ]);
    const source = await openTables({ yaml: YAML, init });
    expect((await source.query(rows)).data).toEqual(data);
  });

  test('[H5] without the primary keys of all cubes in the rollup they go to the source', async () => {
    const open = await store();
    const joined = {
      ...rows,
      dimensions: ['orders.id', 'users.id', 'users.city'],
      measures: ['orders.count'],
    };
    expect(await refusals(open, joined, 'orders.by_status')).toContain('dimension_missing');
    expect(await refusals(open, joined, 'orders.by_id')).toEqual(['dimension_missing', 'dimension_missing']);
    const { data, meta } = await open.query(joined);
    expect(meta.mode).toBe('source');
    expect(data.map((row) => [row['orders.id'], row['users.city']])).toEqual([
      ['1', 'Rome'],
      ['2', 'Rome'],
      ['3', 'Oslo'],
      ['4', null],
    ]);
  });

  test('[H5] that do not name the primary keys are refused, and told which', async () => {
    const open = await store();
    await expect(open.query({ ...rows, dimensions: ['orders.status'] })).rejects.toMatchObject({
      code: 'query_invalid',
      message: expect.stringContaining('orders.id') as string,
    });
    await expect(
      open.query({ ungrouped: true, dimensions: ['log.status'], measures: ['log.count'] }),
    ).rejects.toMatchObject({ message: expect.stringContaining('log, which has no primary key') as string });
  });

  test('[H5] cannot be filtered by a measure', async () => {
    const filters = [{ member: 'orders.count', operator: 'gt', values: ['0'] }];
    await expect((await store()).query({ ...rows, filters })).rejects.toMatchObject({
      code: 'query_invalid',
    });
  });
});

describe('the operator measureFilter', () => {
  const drill = (measure: string) => ({
    dimensions: ['orders.id'],
    filters: [{ member: measure, operator: 'measureFilter' }],
    order: { 'orders.id': 'asc' },
  });

  test('keeps the rows that the measure counts, drill filters included', async () => {
    const open = await store();
    const ids = async (measure: string) =>
      (await open.query(drill(measure))).data.map((row) => row['orders.id']);
    expect(await ids('orders.paid')).toEqual(['1', '3']);
    expect(await ids('orders.late')).toEqual(['3']);
    expect(await ids('orders.revenue')).toEqual(['1', '2', '3', '4']);
  });

  test('sends the query to the source when the measure has filters: a rollup holds no rows', async () => {
    const open = await store();
    expect(await refusals(open, drill('orders.paid'), 'orders.by_id')).toEqual(['measure_filter']);
    expect(await refusals(open, drill('orders.revenue'), 'orders.by_id')).toEqual([]);
  });

  test('stands beside other filters, in an `and` too, and not in an `or`', async () => {
    const open = await store();
    const paid = { member: 'orders.paid', operator: 'measureFilter' };
    const first = { member: 'orders.id', operator: 'lt', values: ['3'] };
    const query = { dimensions: ['orders.id'], filters: [{ and: [paid, first] }] };
    expect((await open.query(query)).data).toEqual([{ 'orders.id': '1' }]);
    await expect(open.query({ ...query, filters: [{ or: [paid, first] }] })).rejects.toMatchObject({
      message: expect.stringContaining("'measureFilter' cannot stand in an `or`") as string,
    });
  });

  test('an `and` may hold filters on dimensions and on measures', async () => {
    const filters = [
      {
        and: [
          { member: 'orders.status', operator: 'set' },
          { member: 'orders.revenue', operator: 'gt', values: ['15'] },
        ],
      },
    ];
    const query = { dimensions: ['orders.status'], measures: ['orders.revenue'], filters };
    expect((await (await store()).query(query)).data).toEqual([
      { 'orders.status': 'new', 'orders.revenue': '20' },
    ]);
  });
});
