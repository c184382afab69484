/**
 * The JavaScript of the documents: each example gives the model of its twin in YAML, and the same answers. Where an
 * example leaves parts out (`...`), it is completed from the document's other examples.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readModelDocument } from '../../dist/index.js';
import { loadModelFiles } from '../../dist/model/load/load-model-files.js';
import { loadYamlModel } from '../../dist/model/load/load-yaml-model.js';
import type { DataModel } from '../../dist/model/schema.js';
import { runModelScripts } from '../../dist/sources/model-script.js';
import { buildTables, openTables, tableOf, temporaryFolder } from '../support/open-tables.js';
import type { Tables } from '../support/open-tables.js';
import { shop } from '../support/shop.js';

async function loadScript(text: string, compileContext = {}): Promise<DataModel> {
  const [script] = await runModelScripts([{ file: 'm.js', text }], { mode: 'trusted', compileContext });
  return loadModelFiles([script]);
}

/** The model without what tells how it was written: its places and spellings. */
function meaningOf({ cubes }: DataModel): unknown {
  const ways = new Set(['position', 'pointer', 'keys']);
  return JSON.parse(
    JSON.stringify([...cubes], (key, value: unknown) => {
      if (ways.has(key)) return undefined;
      return value instanceof Map ? [...value] : value;
    }),
  );
}

async function expectTwins(js: string, yaml: string): Promise<void> {
  const meaning = meaningOf(await loadScript(js));
  expect(meaning).toEqual(meaningOf(loadYamlModel([{ file: 'm.yml', text: yaml }])));
  expect(JSON.stringify(meaning).length).toBeGreaterThan(200);
}

const valuesOf = (rows: readonly object[]) => rows.map((row) => Object.values(row));

/** cube-getting-started.md, its parts put together; `createdAt` of the drill members is `completedAt`. */
const GETTING_STARTED = `
cube(\`Orders\`, {
  sql: \`SELECT * FROM public.orders\`,

  measures: {
    count: {
      type: \`count\`,
      drillMembers: [id, completedAt],
    },
  },

  dimensions: {
    status: {
      sql: \`status\`,
      type: \`string\`,
    },

    id: {
      sql: \`id\`,
      type: \`number\`,
      primaryKey: true,
    },

    completedAt: {
      sql: \`completed_at\`,
      type: \`time\`,
    },
  },

  preAggregations: {
    orderStatuses: {
      dimensions: [status],
    },
    ordersByCompletedAt: {
      measures: [count],
      timeDimension: completedAt,
      granularity: \`month\`,
    },
  },
});

cube(\`LineItems\`, {
  sql: \`SELECT * FROM public.line_items\`,

  joins: {
    Orders: {
      sql: \`\${CUBE}.order_id = \${Orders}.id\`,
      relationship: \`belongsTo\`,
    },
  },

  measures: {
    count: {
      type: \`count\`,
      drillMembers: [id, createdAt],
    },
    quantity: {
      sql: \`quantity\`,
      type: \`sum\`,
    },
    price: {
      type: \`sum\`,
      sql: \`price\`,
      format: \`currency\`,
    },
    cost: {
      sql: \`\${CUBE}.price / (1 + \${CUBE.profitMargin})\`,
      type: \`sum\`,
    },
    countDistinctProducts: {
      sql: \`product_id\`,
      type: \`countDistinctApprox\`,
    },
  },

  dimensions: {
    id: {
      sql: \`id\`,
      type: \`number\`,
      primaryKey: true,
    },

    createdAt: {
      sql: \`created_at\`,
      type: \`time\`,
    },

    profitMargin: {
      sql: \`profit_margin\`,
      type: \`number\`,
      format: 'percentage',
    },
  },

  preAggregations: {
    myRollup: {
      measures: [ CUBE.countDistinctProducts, quantity, LineItems.price, cost ],
      timeDimension: createdAt,
      granularity: \`day\`,
    }
  },
});
`;

const GETTING_STARTED_YAML = `
cubes:
  - name: Orders
    sql: SELECT * FROM public.orders
    measures:
      - {name: count, type: count, drill_members: [id, completedAt]}
    dimensions:
      - {name: status, sql: status, type: string}
      - {name: id, sql: id, type: number, primary_key: true}
      - {name: completedAt, sql: completed_at, type: time}
    pre_aggregations:
      - name: orderStatuses
        dimensions: [status]
      - name: ordersByCompletedAt
        measures: [count]
        time_dimension: completedAt
        granularity: month
  - name: LineItems
    sql: SELECT * FROM public.line_items
    joins:
      - {name: Orders, sql: "{CUBE}.order_id = {Orders}.id", relationship: many_to_one}
    measures:
      - {name: count, type: count, drill_members: [id, createdAt]}
      - {name: quantity, sql: quantity, type: sum}
      - {name: price, sql: price, type: sum, format: currency}
      - {name: cost, sql: "{CUBE}.price / (1 + {CUBE.profitMargin})", type: sum}
      - {name: countDistinctProducts, sql: product_id, type: count_distinct_approx}
    dimensions:
      - {name: id, sql: id, type: number, primary_key: true}
      - {name: createdAt, sql: created_at, type: time}
      - {name: profitMargin, sql: profit_margin, type: number, format: percentage}
    pre_aggregations:
      - name: myRollup
        measures: [LineItems.countDistinctProducts, LineItems.quantity, LineItems.price, LineItems.cost]
        time_dimension: LineItems.createdAt
        granularity: day
`;

const shopTables = [
  ...shop.init,
  'CREATE SCHEMA public',
  'CREATE VIEW public.orders AS SELECT * FROM main.orders',
  'CREATE VIEW public.line_items AS SELECT * FROM main.line_items',
];

describe('cube-getting-started.md in JavaScript', () => {
  test('[B6] [B7] [B8] [B9] [B11] [B26] [B27] [B28] [B29] [B30] [B34] [B36] [B37] is its YAML', () =>
    expectTwins(GETTING_STARTED, GETTING_STARTED_YAML));

  test('[B9] [B11] [FX-2] statuses and months are answered from its rollups', async () => {
    const store = await buildTables({ yaml: '', js: GETTING_STARTED, init: shopTables });
    const statuses = await store.query({ dimensions: ['Orders.status'] });
    expect(valuesOf(statuses.data)).toEqual([['completed'], ['processing'], ['shipped']]);
    expect(statuses.meta).toMatchObject({ mode: 'direct', preAggregation: 'Orders.orderStatuses' });
    const months = await store.query({
      measures: ['Orders.count'],
      timeDimensions: [{ dimension: 'Orders.completedAt', granularity: 'month' }],
    });
    expect(months.data.map((row) => row['Orders.count'])).toEqual(['2', '3']);
    expect(months.meta.preAggregation).toBe('Orders.ordersByCompletedAt');
  });

  test('[B28] [B34] [B36] [FX-3] [FX-4] sums, the additive base and the sketch are answered by day', async () => {
    const store = await buildTables({ yaml: '', js: GETTING_STARTED, init: shopTables });
    const { data, meta } = await store.query({
      measures: [
        'LineItems.quantity',
        'LineItems.price',
        'LineItems.cost',
        'LineItems.countDistinctProducts',
      ],
      timeDimensions: [{ dimension: 'LineItems.createdAt', granularity: 'day' }],
    });
    expect(meta).toMatchObject({ mode: 'direct', preAggregation: 'LineItems.myRollup' });
    const days = data.map((row) => [
      row['LineItems.quantity'],
      row['LineItems.price'],
      Number(row['LineItems.cost']).toFixed(4),
      row['LineItems.countDistinctProducts'],
    ]);
    expect(days).toEqual([
      ['7', '523', '362.9545', '2'],
      ['14', '420', '339.8390', '2'],
      ['13', '150', '88.3117', '2'],
    ]);
  });

  test('[B26] [B27] its join is followed', async () => {
    const store = await buildTables({ yaml: '', js: GETTING_STARTED, init: shopTables });
    const { data } = await store.query({ measures: ['LineItems.quantity'], dimensions: ['Orders.status'] });
    expect(valuesOf(data)).toEqual([
      ['completed', '12'],
      ['processing', '8'],
      [null, '8'],
      ['shipped', '6'],
    ]);
  });

  test('[B35] countDistinct is its YAML too', () =>
    expectTwins(
      GETTING_STARTED.replace('countDistinctApprox', 'countDistinct'),
      GETTING_STARTED_YAML.replace('count_distinct_approx', 'count_distinct'),
    ));

  test.each([
    ['completedAt]', 'createdAt]', '`Orders` has no member `createdAt`', 2],
    ['${CUBE}.price /', '${CUBE.price} /', 'cannot hold the measure `LineItems.price`', 42],
  ])('[X17] the fault of the document is found: %s as %s', async (right, printed, message, line) => {
    const text = GETTING_STARTED.replace(right, printed);
    expect(text).not.toBe(GETTING_STARTED);
    const failure = loadScript(text);
    await expect(failure).rejects.toMatchObject({ code: 'model_invalid', position: { file: 'm.js', line } });
    await expect(failure).rejects.toThrow(message);
  });
});

/** cube-context-aware-recipe.md, with the members that its pre-aggregation names. */
const RECIPE = `
const {
  securityContext: { env },
} = COMPILE_CONTEXT;

cube(\`Products\`, {
  sql: \`SELECT * FROM \${env}.Orders\`,

  measures: { amount: { sql: \`amount\`, type: \`sum\` } },
  dimensions: {
    clientName: { sql: \`client_name\`, type: \`string\` },
    createdAt: { sql: \`created_at\`, type: \`time\` },
  },

  preAggregations: {
    amountByClientName: {
      measures: [Products.amount],
      dimensions: [Products.clientName],
      timeDimension: Products.createdAt,
      granularity: \`day\`,
      refreshKey: {
        every: \`1 minute\`,
      },
    },
  }
});
`;

const recipeTables = ['testing', 'production'].flatMap((env, at) => [
  `CREATE SCHEMA ${env}`,
  tableOf(
    `${env}.Orders`,
    ['client_name', 'created_at', 'amount'],
    [
      [
        "'At Pede Cras Corporation', TIMESTAMP '2021-09-22 08:15:00', 500",
        "'Ipsum Leo Foundation', TIMESTAMP '2021-09-22 09:00:00', 400",
      ],
      [
        "'Quisque Purus Sapien Limited', TIMESTAMP '2021-09-22 10:00:00', 8823",
        "'Non Company', TIMESTAMP '2021-08-22 10:00:00', 2284",
      ],
    ][at],
  ),
]);

describe('cube-context-aware-recipe.md in JavaScript', () => {
  test('[A4] [A5] [A6] [A7] is its YAML', async () => {
    const yaml = `
      cubes:
        - name: Products
          sql: SELECT * FROM staging.Orders
          measures: [{name: amount, sql: amount, type: sum}]
          dimensions:
            - {name: clientName, sql: client_name, type: string}
            - {name: createdAt, sql: created_at, type: time}
          pre_aggregations:
            - name: amountByClientName
              type: rollup
              measures: [amount]
              dimensions: [clientName]
              time_dimension: createdAt
              granularity: day
              refresh_key: {every: 1 minute}
    `;
    const model = await loadScript(RECIPE, { securityContext: { env: 'staging' } });
    expect(meaningOf(model)).toEqual(meaningOf(loadYamlModel([{ file: 'm.yml', text: yaml }])));
  });

  test('[A1] [A2] [A3] [FX-1] one model answers from the schema of its context', async () => {
    const query = {
      measures: ['Products.amount'],
      timeDimensions: [{ dimension: 'Products.createdAt', granularity: 'day' }],
      order: { 'Products.amount': 'desc' },
      dimensions: ['Products.clientName'],
      limit: 2,
    };
    const answerIn = async (env: string) => {
      const options = { compileContext: { securityContext: { env } } };
      const store = await buildTables({ yaml: '', js: RECIPE, init: recipeTables, options });
      const { data, meta, usedPreAggregations } = await store.query(query);
      expect(meta).toMatchObject({ mode: 'direct', preAggregation: 'Products.amountByClientName' });
      const rows = data.map((row) => [
        row['Products.clientName'],
        row['Products.createdAt.day'],
        row['Products.amount'],
      ]);
      return { rows, tables: Object.values(usedPreAggregations).map((used) => used.targetTableName) };
    };
    const [testing, production] = [await answerIn('testing'), await answerIn('production')];
    expect(testing.rows).toEqual([
      ['At Pede Cras Corporation', '2021-09-22T00:00:00.000', '500'],
      ['Ipsum Leo Foundation', '2021-09-22T00:00:00.000', '400'],
    ]);
    expect(production.rows).toEqual([
      ['Quisque Purus Sapien Limited', '2021-09-22T00:00:00.000', '8823'],
      ['Non Company', '2021-08-22T00:00:00.000', '2284'],
    ]);
    expect(testing.tables).not.toEqual(production.tables);
  });

  test('[A2] without a context there is an empty one', async () => {
    const open = openTables({
      yaml: '',
      js: RECIPE.replace('{ env }', '{ env = "testing" }'),
      init: recipeTables,
    });
    await expect((await open).query({ measures: ['Products.amount'] })).resolves.toMatchObject({
      data: [{ 'Products.amount': '900' }],
    });
  });
});

/** cube-reference-2019.md. */
const REFERENCE_2019 = `
cube(\`Orders\`, {
  sql: \`select * from orders\`,

  measures: {
    count: {
      type: \`count\`
    },

    revenue: {
      sql: \`amount\`,
      type: \`sum\`
    }
  },

  dimensions: {
    category: {
      sql: \`category\`,
      type: \`string\`
    },

    customerName: {
      sql: \`customer_name\`,
      type: \`string\`
    },

    createdAt: {
      sql: \`created_at\`,
      type: \`time\`
    }
  },

  preAggregations: {
    categoryAndDate: {
      type: \`rollup\`,
      measureReferences: [Orders.count, revenue],
      dimensionReferences: [category],
      timeDimensionReference: createdAt,
      granularity: \`day\`
    }
  }
});
`;

const REFERENCE_2019_YAML = `
cubes:
  - name: Orders
    sql: select * from orders
    measures:
      - {name: count, type: count}
      - {name: revenue, sql: amount, type: sum}
    dimensions:
      - {name: category, sql: category, type: string}
      - {name: customerName, sql: customer_name, type: string}
      - {name: createdAt, sql: created_at, type: time}
    pre_aggregations:
      - name: categoryAndDate
        measures: [count, revenue]
        dimensions: [category]
        time_dimension: createdAt
        granularity: day
`;

const ordersOf2019 = tableOf(
  'orders',
  ['category', 'customer_name', 'amount', 'created_at', 'completed'],
  [
    "'toys', 'Ann', 10, TIMESTAMP '2019-01-01 10:00:00', true",
    "'toys', 'Bob', 20, TIMESTAMP '2019-01-31 23:59:59.999', true",
    "'books', 'Ann', 40, TIMESTAMP '2019-02-01 00:00:00', false",
  ],
);

describe('cube-reference-2019.md in JavaScript', () => {
  test('[C5] [C10] [C17] [C18] [C19] its References are the lists of today', () =>
    expectTwins(REFERENCE_2019, REFERENCE_2019_YAML));

  test('[C19] in YAML too, in both cases', () => {
    const camel = REFERENCE_2019_YAML.replace(/measures: \[count/, 'measureReferences: [Orders.count')
      .replace('dimensions: [category', 'dimensionReferences: [category')
      .replace('time_dimension:', 'timeDimensionReference:');
    const snake = camel.replaceAll(
      /(?<=[a-z])[DR](?=imension|eference)/g,
      (letter) => `_${letter.toLowerCase()}`,
    );
    expect(camel).toContain('timeDimensionReference');
    expect(snake).toContain('time_dimension_reference');
    const [one, two, three] = [camel, snake, REFERENCE_2019_YAML].map((text) =>
      loadYamlModel([{ file: 'm.yml', text }]),
    );
    expect(meaningOf(one)).toEqual(meaningOf(three));
    expect(meaningOf(two)).toEqual(meaningOf(three));
    const [rollup] = one.cubes.get('Orders')!.preAggregations;
    expect(rollup.keys).toMatchObject({ measures: 'measureReferences', dimensions: 'dimensionReferences' });
  });

  test('[FX-5] revenue by category and count for all time are answered from categoryAndDate', async () => {
    const store = await buildTables({ yaml: '', js: REFERENCE_2019, init: [ordersOf2019] });
    const revenue = await store.query({
      measures: ['Orders.revenue'],
      dimensions: ['Orders.category'],
      timeDimensions: [{ dimension: 'Orders.createdAt', dateRange: ['2019-01-01', '2019-01-31'] }],
    });
    const count = await store.query({ measures: ['Orders.count'] });
    expect(valuesOf(revenue.data)).toEqual([['toys', '30']]);
    expect(valuesOf(count.data)).toEqual([['3']]);
    for (const { meta } of [revenue, count]) {
      expect(meta).toMatchObject({ mode: 'rollup', preAggregation: 'Orders.categoryAndDate' });
    }
  });

  test('[FX-5] count by customer name is answered from the source', async () => {
    const store = await buildTables({ yaml: '', js: REFERENCE_2019, init: [ordersOf2019] });
    const { data, meta } = await store.query({
      measures: ['Orders.count'],
      dimensions: ['Orders.customerName'],
    });
    expect(valuesOf(data)).toEqual([
      ['Ann', '2'],
      ['Bob', '1'],
    ]);
    expect(meta.mode).toBe('source');
  });

  test.each([
    [
      'measureReferences:',
      'measures:',
      '`dimensionReferences` are deprecated, please use `dimensions` instead',
    ],
    [
      'dimensionReferences:',
      'dimensions:',
      '`measureReferences` are deprecated, please use `measures` instead',
    ],
    [
      'timeDimensionReference:',
      'time_dimension:',
      '`measureReferences` are deprecated, please use `measures` instead',
    ],
  ])('[C19] %s as %s mixes old and new', async (old, today, message) => {
    await expect(loadScript(REFERENCE_2019.replace(old, today))).rejects.toThrow(message);
  });

  test.each([
    ['granularity: `day`\n', '', 'timeDimensionReference: needs a `granularity`'],
    ['timeDimensionReference: createdAt,', '', 'granularity: needs a `time_dimension`'],
  ])('[C21] without %j', async (part, instead, message) => {
    const text = REFERENCE_2019.replace(part, instead);
    expect(text).not.toBe(REFERENCE_2019);
    await expect(loadScript(text)).rejects.toThrow(message);
  });

  test.each([
    ['categoryAndDate2_', null],
    ["'2category'", 'does not begin with a digit'],
    ['"category-and-date"', 'a name consists of letters, digits and _'],
  ])('[C7] the name %s', async (name, message) => {
    const loading = loadScript(REFERENCE_2019.replace('categoryAndDate', name));
    if (message === null) await expect(loading).resolves.toBeDefined();
    else await expect(loading).rejects.toThrow(message);
  });

  test('[C8] [C26] [C27] [C33] originalSql and autoRollup are its YAML', async () => {
    await expectTwins(
      `cube(\`Orders\`, {
         sql: \`select * from orders where completed = true\`,
         measures: { count: { type: \`count\` } },
         preAggregations: {
           main: { type: \`originalSql\` },
           auto: {
             type: \`autoRollup\`,
             maxPreAggregations: 20,
             refreshKey: { sql: \`SELECT MAX(created_at) FROM orders\` }
           }
         }
       });`,
      `
      cubes:
        - name: Orders
          sql: select * from orders where completed = true
          measures: [{name: count, type: count}]
          pre_aggregations:
            - {name: main, type: original_sql}
            - name: auto
              type: auto_rollup
              max_pre_aggregations: 20
              refresh_key: {sql: SELECT MAX(created_at) FROM orders}
      `,
    );
  });
});

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
    '[D30] partitions',
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

  test('[X17] [D78] the index column that the rollup lacks is found', async () => {
    const js = `main: { measures: [CUBE.count], dimensions: [CUBE.status],
      indexes: { category_index: { columns: [CUBE.status, products.name] } } }`;
    await expect(loadScript(REFERENCE_2026.replace('%', () => js))).rejects.toThrow('m.js:17:');
  });
});

describe('a model of both kinds of files', () => {
  const yaml = 'cubes: [{name: b, sql_table: t, measures: [{name: count, type: count}]}]';

  test('is one model, in the order of the files', async () => {
    const js =
      'cube("a", { sql_table: "t", measures: { twice: { sql: `2 * ${b.count}`, type: `number` } } })';
    await expect(loadScript(js)).rejects.toThrow('there is no cube `b`');
    const [script] = await runModelScripts([{ file: 'm.js', text: js }], {
      mode: 'trusted',
      compileContext: {},
    });
    const model = loadModelFiles([script, { file: 'm.yml', text: yaml }]);
    expect([...model.cubes.keys()]).toEqual(['a', 'b']);
    expect(model.document).toMatchObject({ cubes: [{ name: 'a' }, { name: 'b' }] });
  });

  test('cannot define a cube twice', async () => {
    const store = openTables({ yaml, js: '\n cube("b", { sql_table: "t" })', init: [] });
    await expect(store).rejects.toThrow(
      /model\.yml:1:\d+: cubes\[0\]\.name: a second cube `b`; the first is at .*model\.js:2:/,
    );
  });

  test.each([
    ['view("v", {})', 'not supported yet: views'],
    ['cube("c", { sql_table: "t", extends: b })', 'not supported yet: `extends`'],
    ['cube("c", { sql: `select 1 where ${FILTER_PARAMS.c.d.filter("d")}` })', '`c` has no member `d`'],
    [
      'cube("c", { sql: `select ${SECURITY_CONTEXT.id}` })',
      '`{SECURITY_CONTEXT.id}` has no meaning by itself',
    ],
    ['cube("c", { sql_table: `t`, mesures: {} })', 'Did you mean `measures`?'],
  ])('refuses %s by its place', async (js, message) => {
    const store = openTables({ yaml, js: `\n\n${js}`, init: [] });
    await expect(store).rejects.toMatchObject({ code: 'model_invalid', position: { line: 3 } });
    await expect(store).rejects.toThrow(message);
  });

  test('braces of SQL in JavaScript are braces', async () => {
    const js =
      "cube('j', { sql: `select '{\"a\": {}}' as j`, dimensions: { j: { sql: `j || '{CUBE}'`, type: `string` } } })";
    const store = await openTables({ yaml: '', js, init: [] });
    expect((await store.query({ dimensions: ['j.j'] })).data).toEqual([{ 'j.j': '{"a": {}}{CUBE}' }]);
  });

  test('runs where the options say', async () => {
    const folder = temporaryFolder();
    const js = `cube('a', { sql_table: 't', title: (() => {}).constructor('return typeof process')() })`;
    writeFileSync(join(folder, 'a.js'), js);
    const titleIn = async (options: object) => (await readModelDocument(folder, options)).cubes[0]['title'];
    expect(await titleIn({ modelScripts: 'trusted' })).toBe('object');
    expect(await titleIn({ modelScripts: 'sandbox' })).toBe('undefined');
    expect(await titleIn({})).toBe('undefined');
  });

  test('needs options that make sense', async () => {
    const open = (options: Tables['options'] & {}) => openTables({ yaml, init: [], options });
    await expect(open({ modelScripts: 'vm' })).rejects.toMatchObject({ code: 'config_invalid' });
    const holdsItself: Record<string, unknown> = {};
    holdsItself['self'] = holdsItself;
    await expect(open({ compileContext: holdsItself })).rejects.toMatchObject({ code: 'config_invalid' });
  });
});
