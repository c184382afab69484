/** Events with a column of every type, NULL and empty told apart, and rollups of them with indexes and partitions. */
export const EVENTS = `
  CREATE TABLE events AS SELECT
    CASE WHEN i % 11 = 0 THEN NULL WHEN i % 11 = 1 THEN '' ELSE 'city ' || (i % 11) END AS city,
    CASE WHEN i % 5 <> 0 THEN i % 2 = 0 END AS paid,
    CASE WHEN i % 7 <> 0 THEN 9007199254740993 + i % 3 END AS code,
    CASE WHEN i % 3 <> 0 THEN (i % 4) * 1.25::decimal(12, 2) END AS price,
    CASE WHEN i % 13 <> 0 THEN timestamp '2001-01-31 21:00:00' + to_hours((i % 7)::int) END AS seen_at,
    (i - 500)::int AS amount,
    (i * 1.01)::decimal(18, 2) AS cost,
    i / 8::double AS weight,
    'user ' || (i * 7919 % 1000) AS visitor
  FROM range(2000) t(i)`;

const time = { time_dimension: 'at' };
const dimensions = ['city', 'paid', 'code', 'price'];

/** Without decimals, which the oldest readers do not know. */
const PLAIN = {
  name: 'plain',
  dimensions: ['city', 'paid', 'code'],
  measures: ['count', 'amount', 'weight', 'first_at', 'visitors'],
  ...time,
  granularity: 'day',
  partition_granularity: 'month',
  indexes: [
    { name: 'by_code', columns: ['code', 'city'] },
    { name: 'cities', columns: ['city'], type: 'aggregate' },
  ],
};

const measure = (name: string, type: string, sql: string) => ({ name, type, sql });

export const EVENTS_MODEL = JSON.stringify({
  cubes: [
    {
      name: 'events',
      sql_table: 'events',
      dimensions: [
        { name: 'city', sql: 'city', type: 'string' },
        { name: 'paid', sql: 'paid', type: 'boolean' },
        { name: 'code', sql: 'code', type: 'number' },
        { name: 'price', sql: 'price', type: 'number' },
        { name: 'at', sql: 'seen_at', type: 'time' },
      ],
      measures: [
        { name: 'count', type: 'count' },
        measure('amount', 'sum', 'amount'),
        measure('cost', 'sum', 'cost'),
        measure('wide', 'sum', 'code'),
        measure('weight', 'max', 'weight'),
        measure('mean', 'avg', 'cost'),
        measure('first_at', 'min', 'seen_at'),
        measure('visitors', 'count_distinct_approx', 'visitor'),
      ],
      pre_aggregations: [
        PLAIN,
        {
          ...PLAIN,
          name: 'every',
          dimensions,
          measures: ['count', 'amount', 'cost', 'wide', 'weight', 'mean', 'first_at', 'visitors'],
        },
        {
          name: 'hourly',
          dimensions: ['city'],
          measures: ['count'],
          ...time,
          granularity: 'hour',
          partition_granularity: 'hour',
        },
        { name: 'whole', dimensions: ['paid'], measures: ['count', 'visitors'] },
      ],
    },
  ],
});
