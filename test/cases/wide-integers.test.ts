import { expect, test } from 'vitest';
import { buildTables, tableOf } from '../support/open-tables.js';

const MODEL = `
cubes:
  - name: pay
    sql_table: pay
    dimensions:
      - { name: at, sql: paid_at, type: time }
    measures:
      - { name: total, sql: amount, type: sum }
      - { name: largest, sql: amount, type: max }
      - { name: share, sql: part, type: sum }
    pre_aggregations:
      - name: monthly
        measures: [total, largest, share]
        time_dimension: at
        granularity: month
        partition_granularity: month
`;

// One partition's sum outgrows 64 bits, so that its file holds DECIMAL(38,0) where the others hold BIGINT.
test('a sum that outgrows 64 bits in one partition alone stays exact, and merges with the others', async () => {
  const store = await buildTables({
    yaml: MODEL,
    init: [
      tableOf(
        'pay',
        ['paid_at', 'amount', 'part'],
        [
          "TIMESTAMP '2024-01-05', 9223372036854775807, 0.10::DECIMAL(9,2)",
          "TIMESTAMP '2024-01-06', 9223372036854775807, 0.20::DECIMAL(9,2)",
          "TIMESTAMP '2024-02-05', 9007199254740993, 12.30::DECIMAL(9,2)",
          "TIMESTAMP '2024-03-05', 1, NULL",
        ],
      ),
    ],
  });
  const measures = ['pay.total', 'pay.largest', 'pay.share'];
  const months = await store.query({
    measures,
    timeDimensions: [{ dimension: 'pay.at', granularity: 'month' }],
  });
  expect(months.meta).toMatchObject({ preAggregation: 'pay.monthly', mode: 'direct' });
  expect(months.data.map((row) => row['pay.total'])).toEqual([
    '18446744073709551614',
    '9007199254740993',
    '1',
  ]);
  const all = await store.query({ measures });
  expect(all.meta.mode).toBe('rollup');
  expect(all.data).toEqual([
    { 'pay.total': '18455751272964292608', 'pay.largest': '9223372036854775807', 'pay.share': '12.6' },
  ]);
});
