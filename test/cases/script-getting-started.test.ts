/**
 * The JavaScript of cube-getting-started.md: each example gives the model of its twin in YAML, and the same answers. Where an
 * example leaves parts out (`...`), it is completed from the document's other examples.
 */
import { describe, expect, test } from 'vitest';
import { buildTables } from '../support/open-tables.js';
import { expectTwins, loadScript, valuesOf } from '../support/script-twins.js';
import { shop } from '../support/shop.js';

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
  test('[B6] [B7] [B8] [B9] [B11] [B26] [B27] [B29] [B34] [B36] [B37] is its YAML', () =>
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
