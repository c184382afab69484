/**
 * The JavaScript of cube-reference-2026.md: each example gives the model of its twin in YAML, and the same answers. Where an
 * example leaves parts out (`...`), it is completed from the document's other examples.
 */
import { describe, expect, test } from 'vitest';
import { buildTables, tableOf } from '../support/open-tables.js';
import { expectTwins, loadScript, valuesOf } from '../support/script-twins.js';

/** cube-reference-2026.md: the cubes of its joins and members, and in `%` the pre-aggregations of one example. */
const REFERENCE_2026 = `
cube(\`users\`, {
  sql_table: \`users\`,
  measures: { count: { type: \`count\` } },
  dimensions: {
    id: {
      sql: \`id\`,
      type: \`number\`,
      // We need to set this field as the primary key for joins to work
      primary_key: true
    },
    name: { sql: \`first_name || last_name\`, type: \`string\` }
  },
  pre_aggregations: { users_rollup: { dimensions: [CUBE.id, CUBE.name] } }
})

cube(\`orders\`, {
  sql_table: \`orders\`,
  joins: {
    users: {
      relationship: \`many_to_one\`,
      // Make sure the join uses dimensions on the cube, rather than
      // the column names from the underlying SQL
      sql: \`\${CUBE.user_id} = \${users.id}\`
    }
  },
  measures: { count: { type: \`count\` } },
  dimensions: {
    id: { sql: \`id\`, type: \`number\`, primary_key: true },
    user_id: { sql: \`user_id\`, type: \`number\` },
    status: { sql: \`status\`, type: \`string\` },
    category: { sql: \`category\`, type: \`string\` },
    created_at: { sql: \`created_at\`, type: \`time\` }
  },
  segments: { only_complete: { sql: \`\${CUBE}.status = 'completed'\` } },
  pre_aggregations: { % }
})
`;

const REFERENCE_2026_YAML = `
cubes:
  - name: users
    sql_table: users
    pre_aggregations:
      - {name: users_rollup, dimensions: [CUBE.id, CUBE.name]}
    measures:
      - {name: count, type: count}
    dimensions:
      - {name: id, sql: id, type: number, primary_key: true}
      - {name: name, sql: first_name || last_name, type: string}
  - name: orders
    sql_table: orders
    joins:
      - {name: users, relationship: many_to_one, sql: "{CUBE.user_id} = {users.id}"}
    measures:
      - {name: count, type: count}
    dimensions:
      - {name: id, sql: id, type: number, primary_key: true}
      - {name: user_id, sql: user_id, type: number}
      - {name: status, sql: status, type: string}
      - {name: category, sql: category, type: string}
      - {name: created_at, sql: created_at, type: time}
    segments:
      - {name: only_complete, sql: "{CUBE}.status = 'completed'"}
    pre_aggregations:
`;

const ordersOf2026 = [
  tableOf('users', ['id', 'first_name', 'last_name'], ["1, 'Ada', 'King'", "2, 'Bob', 'Ross'"]),
  tableOf(
    'orders',
    ['id', 'user_id', 'status', 'category', 'created_at'],
    [
      "1, 1, 'completed', 'toys', TIMESTAMP '2024-01-31 23:59:59.999'",
      "2, 1, 'new', 'toys', TIMESTAMP '2024-02-01 00:00:00'",
      "3, 2, 'completed', 'books', TIMESTAMP '2024-02-01 01:00:00'",
    ],
  ),
];

const days = { timeDimensions: [{ dimension: 'orders.created_at', granularity: 'week' }] };
const byStatus = { measures: ['orders.count'], dimensions: ['orders.status'] };
const statuses = [
  ['completed', '2'],
  ['new', '1'],
];

/** ids, JavaScript, YAML, and where it can be executed a query with the rows that it gives. */
const EXAMPLES: [string, string, string, (readonly [object, unknown[][]])?][] = [
  [
    '[D4] [D5] [D6] bare members',
    `orders_by_status: {
      dimensions: [
        status
      ],
      measures: [
        count
      ]
    }`,
    '- {name: orders_by_status, dimensions: [CUBE.status], measures: [CUBE.count]}',
    [byStatus, statuses],
  ],
  [
    '[D25] [D26] [D27] [D28] the lists and the time by CUBE',
    `users_rollup_by_week: {
      measures: [CUBE.count],
      dimensions: [CUBE.status],
      time_dimension: CUBE.created_at,
      granularity: \`week\`
    }`,
    '- {name: users_rollup_by_week, measures: [count], dimensions: [status], time_dimension: created_at, granularity: week}',
    [{ measures: ['orders.count'], ...days }, [['2024-01-29T00:00:00.000', '2024-01-29T00:00:00.000', '3']]],
  ],
  [
    '[D29] a segment',
    `main: {
      measures: [CUBE.count],
      segments: [CUBE.only_complete]
    }`,
    '- {name: main, measures: [CUBE.count], segments: [CUBE.only_complete]}',
    [{ measures: ['orders.count'], segments: ['orders.only_complete'] }, [['2']]],
  ],
  [
    '[D30] [X8] partitions, read without a time dimension',
    `users_rollup: {
      measures: [CUBE.count],
      dimensions: [CUBE.status],
      time_dimension: CUBE.created_at,
      granularity: \`day\`,
      partition_granularity: \`month\`
    }`,
    `- name: users_rollup
        measures: [CUBE.count]
        dimensions: [CUBE.status]
        time_dimension: CUBE.created_at
        granularity: day
        partition_granularity: month`,
    [byStatus, statuses],
  ],
  [
    '[D73] [D74] an index by a bare member',
    `category_and_date: {
      measures: [
        count
      ],
      dimensions: [
        category
      ],
      time_dimension: created_at,
      granularity: \`day\`,
      indexes: {
        category_index: {
          columns: [
            category
          ]
        }
      }
    }`,
    `- name: category_and_date
        measures: [count]
        dimensions: [category]
        time_dimension: created_at
        granularity: day
        indexes: [{name: category_index, columns: [category]}]`,
    [
      {
        measures: ['orders.count'],
        filters: [{ member: 'orders.category', operator: 'equals', values: ['toys'] }],
      },
      [['2']],
    ],
  ],
  [
    '[D75] [D76] index columns of a time, by member and by name',
    `category_and_date: {
      measures: [CUBE.count],
      dimensions: [CUBE.category],
      time_dimension: CUBE.created_at,
      granularity: \`day\`,
      indexes: {
        category_created_at_index: { columns: [CUBE.category, CUBE.created_at.day] },
        other_index: {
          columns: [
            CUBE.category,
            \`orders__created_at_day\`
          ]
        }
      }
    }`,
    `- name: category_and_date
        measures: [CUBE.count]
        dimensions: [CUBE.category]
        time_dimension: CUBE.created_at
        granularity: day
        indexes:
          - {name: category_created_at_index, columns: [CUBE.category, CUBE.created_at.day]}
          - {name: other_index, columns: [CUBE.category, "{'orders__created_at_day'}"]}`,
    [
      { measures: ['orders.count'], dimensions: ['orders.category'], order: [['orders.category', 'asc']] },
      [
        ['books', '1'],
        ['toys', '2'],
      ],
    ],
  ],
  [
    '[D77] an index on original_sql by a raw column',
    `main: {
      type: \`original_sql\`,
      indexes: {
        timestamp_index: {
          columns: [
            \`timestamp\`
          ]
        }
      }
    }`,
    '- {name: main, type: original_sql, indexes: [{name: timestamp_index, columns: [timestamp]}]}',
  ],
  [
    '[D78] an aggregating index',
    `category_and_date: {
      measures: [CUBE.count],
      dimensions: [CUBE.status, users.name],
      time_dimension: CUBE.created_at,
      granularity: \`day\`,
      indexes: {
        category_index: { columns: [CUBE.status, users.name] },
        aggregating_index: {
          columns: [
            CUBE.status
          ],
          type: \`aggregate\`
        }
      }
    }`,
    `- name: category_and_date
        measures: [CUBE.count]
        dimensions: [CUBE.status, users.name]
        time_dimension: CUBE.created_at
        granularity: day
        indexes:
          - {name: category_index, columns: [CUBE.status, users.name]}
          - {name: aggregating_index, columns: [CUBE.status], type: aggregate}`,
    [byStatus, statuses],
  ],
  [
    '[D8] rollup_join and rollup_lambda',
    `lambda: {
      type: \`rollup_lambda\`,
      union_with_source_data: true,
      rollups: [orders.orders_rollup]
    },
    orders_rollup: {
      measures: [CUBE.count],
      dimensions: [CUBE.user_id, CUBE.status],
      time_dimension: CUBE.created_at,
      granularity: \`day\`
    },
    // Here we add a new pre-aggregation of type \`rollup_join\`
    orders_with_users_rollup: {
      type: \`rollup_join\`,
      measures: [CUBE.count],
      dimensions: [users.name],
      rollups: [users.users_rollup, CUBE.orders_rollup]
    }`,
    `- {name: lambda, type: rollup_lambda, union_with_source_data: true, rollups: [orders.orders_rollup]}
      - name: orders_rollup
        measures: [CUBE.count]
        dimensions: [CUBE.user_id, CUBE.status]
        time_dimension: CUBE.created_at
        granularity: day
      - name: orders_with_users_rollup
        type: rollup_join
        measures: [CUBE.count]
        dimensions: [users.name]
        rollups: [users.users_rollup, CUBE.orders_rollup]`,
    [byStatus, statuses],
  ],
];

describe('cube-reference-2026.md in JavaScript', () => {
  test.each(EXAMPLES)('%s', async (_ids, js, yaml, answer) => {
    const script = REFERENCE_2026.replace('%', () => js);
    await expectTwins(script, `${REFERENCE_2026_YAML}      ${yaml}\n`);
    if (answer === undefined) return;
    const [query, rows] = answer;
    const store = await buildTables({ yaml: '', js: script, init: ordersOf2026 });
    const { data, meta } = await store.query(query);
    expect(valuesOf(data)).toEqual(rows);
    expect(meta.preAggregation).toMatch(/^orders\./);
  });

  test('[X17] [D74] the index column that the rollup lacks is found', async () => {
    const js = `main: { measures: [CUBE.count], dimensions: [CUBE.status],
      indexes: { category_index: { columns: [CUBE.status, products.name] } } }`;
    await expect(loadScript(REFERENCE_2026.replace('%', () => js))).rejects.toThrow('m.js:17:');
  });
});
