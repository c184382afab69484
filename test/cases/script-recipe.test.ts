/**
 * The JavaScript of cube-context-aware-recipe.md: each example gives the model of its twin in YAML, and the same answers. Where an
 * example leaves parts out (`...`), it is completed from the document's other examples.
 */
import { describe, expect, test } from 'vitest';
import { loadYamlModel } from '../../dist/model/load/load-yaml-model.js';
import { buildTables, openTables, tableOf } from '../support/open-tables.js';
import { loadScript, meaningOf } from '../support/script-twins.js';

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

  test('[A1] [A2] [A3] [A27] [FX-1] one model answers from the schema of its context', async () => {
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
