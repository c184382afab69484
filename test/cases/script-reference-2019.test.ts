/**
 * The JavaScript of cube-reference-2019.md: each example gives the model of its twin in YAML, and the same answers. Where an
 * example leaves parts out (`...`), it is completed from the document's other examples.
 */
import { describe, expect, test } from 'vitest';
import { loadYamlModel } from '../../dist/model/load/load-yaml-model.js';
import { buildTables, tableOf } from '../support/open-tables.js';
import { expectTwins, loadScript, meaningOf, valuesOf } from '../support/script-twins.js';

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
        allow_non_strict_date_range_match: false # Cube's default does not reach the spelling of 2019
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
  test('[C5] [C19] its References are the lists of today', () =>
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
