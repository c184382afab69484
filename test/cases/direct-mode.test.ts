import { expect, test } from 'vitest';
import { buildTables, tableOf } from '../support/open-tables.js';

/** Partitions by the month of the order, and an index by the day of its delivery alone. */
const deliveries = {
  yaml: `
    cubes:
      - name: orders
        sql_table: orders
        measures:
          - { name: count, type: count }
        dimensions:
          - { name: ordered_at, sql: ordered_at, type: time }
          - { name: delivered_at, sql: delivered_at, type: time }
        pre_aggregations:
          - name: main
            measures: [count]
            time_dimensions:
              - { dimension: ordered_at, granularity: day }
              - { dimension: delivered_at, granularity: day }
            partition_granularity: month
            indexes:
              - { name: by_delivery, columns: [delivered_at.day], type: aggregate }
`,
  init: [
    tableOf(
      'orders',
      ['ordered_at', 'delivered_at'],
      [
        "TIMESTAMP '2024-01-30', TIMESTAMP '2024-02-02'",
        "TIMESTAMP '2024-02-01', TIMESTAMP '2024-02-02'",
        "TIMESTAMP '2024-02-01', TIMESTAMP '2024-02-03'",
      ],
    ),
  ],
};
const byDelivery = {
  measures: ['orders.count'],
  timeDimensions: [{ dimension: 'orders.delivered_at', granularity: 'day' }],
};

// Any time among the sort columns was taken for the one that partitions.
test('rows that lie in two partitions are merged, and the mode says so', async () => {
  const store = await buildTables(deliveries);
  const { data, meta } = await store.query(byDelivery);
  expect(data.map((row) => row['orders.count'])).toEqual(['2', '1']);
  expect(meta).toMatchObject({ mode: 'rollup', index: 'by_delivery', partitions: { read: 2, total: 2 } });
});
