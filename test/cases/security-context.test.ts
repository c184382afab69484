/** Two contexts, two stores, one data model: what SECURITY_CONTEXT and COMPILE_CONTEXT put into SQL. */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { buildTables, openTables, refusals, tableOf, temporaryFolder } from '../support/open-tables.js';
import type { Tables } from '../support/open-tables.js';

const sales = tableOf(
  'sales',
  ['id', 'tenant', 'shop', 'amount'],
  ["1, 'acme', 7, 1", "2, 'acme', 8, 2", "3, 'o''hara', 7, 4", "4, '', 9, 8", '5, NULL, 8, 16'],
);

const members = `
        measures:
          - { name: total, type: sum, sql: amount }
        dimensions:
          - { name: id, type: number, sql: id, primary_key: true }
          - { name: shop, type: number, sql: shop }
        pre_aggregations:
          - { name: by_shop, measures: [total], dimensions: [shop] }
`;

const yaml = (condition: string): string => `
    cubes:
      - name: sales
        sql: "SELECT * FROM sales WHERE ${condition}"
${members}`;

const js = (condition: string): string => `
  cube('sales', {
    sql: \`SELECT * FROM sales WHERE ${condition}\`,
    measures: { total: { type: 'sum', sql: 'amount' } },
    dimensions: { id: { type: 'number', sql: 'id', primaryKey: true }, shop: { type: 'number', sql: 'shop' } },
    preAggregations: { by_shop: { measures: [CUBE.total], dimensions: [CUBE.shop] } },
  });`;

const total = { measures: ['sales.total'] };

async function totalOf(tables: Partial<Tables>, securityContext?: Record<string, unknown>): Promise<unknown> {
  const options = { ...tables.options, ...(securityContext === undefined ? {} : { securityContext }) };
  const store = await openTables({ yaml: '', init: [sales], ...tables, options });
  return (await store.query(total)).data[0]['sales.total'];
}

describe.each([
  ['YAML', (call: string): Partial<Tables> => ({ yaml: yaml(`{SECURITY_CONTEXT.${call}}`) })],
  ['the sandbox', (call: string): Partial<Tables> => ({ js: js(`\${SECURITY_CONTEXT.${call}}`) })],
  [
    'trusted JavaScript',
    (call: string): Partial<Tables> => ({
      js: js(`\${securityContext.${call}}`),
      options: { modelScripts: 'trusted' },
    }),
  ],
])('[A3] [A4] in %s', (_, model) => {
  test.each([
    ["tenant.filter('tenant')", { tenant: 'acme' }, '3'],
    ["tenant.filter('tenant')", { tenant: "o'hara" }, '4'],
    ["tenant.filter('tenant')", { tenant: "x' OR 'a' = 'a" }, null],
    ["tenant.filter('tenant')", { tenant: '' }, '8'],
    ["tenant.filter('tenant')", { tenant: ['acme', "o'hara"] }, '7'],
    ["tenant.filter('tenant')", { tenant: [] }, null],
    ["tenant.filter('tenant')", {}, '31'],
    ["tenant.filter('tenant')", { tenant: null }, '31'],
    ["tenant.requiredFilter('tenant')", { tenant: 'acme' }, '3'],
    ["user.shop.filter('shop')", { user: { shop: 7 } }, '5'],
    ["user.shops.requiredFilter('shop')", { user: { shops: [8, 9] } }, '26'],
  ])('%s for %j', async (call, context, answer) => {
    expect(await totalOf(model(call), context)).toBe(answer);
  });

  test('unsafeValue is text of the SQL', async () => {
    expect(await totalOf(model('only.unsafeValue()'), { only: 'amount > 2' })).toBe('28');
  });

  test('a required value that is absent is an error that says how to give it', async () => {
    await expect(totalOf(model("user.shop.requiredFilter('shop')"), {})).rejects.toMatchObject({
      code: 'model_invalid',
      message: expect.stringContaining(
        'open the store with `securityContext: { user: { shop: … } }`',
      ) as string,
    });
  });
});

test.each(['sandbox', 'trusted'])('%s: a function gets the values as parameters', async (modelScripts) => {
  const one = "${SECURITY_CONTEXT.tenant.filter((tenant) => `coalesce(tenant, '-') = ${tenant}`)}";
  const many = "${SECURITY_CONTEXT.shops.filter((shops) => `shop IN (${shops.join(', ')})`)}";
  const tables = { js: js(`${one} AND ${many}`), options: { modelScripts } };
  expect(await totalOf(tables, { tenant: "o'hara", shops: [7, 8] })).toBe('4');
  expect(await totalOf(tables, { tenant: 'acme' })).toBe('3');
  expect(await totalOf(tables, {})).toBe('31');
});

test('values are parameters, never text', async () => {
  const options = { securityContext: { tenant: 'acme', shop: 7 } };
  const condition = "{SECURITY_CONTEXT.tenant.filter('tenant')} AND {SECURITY_CONTEXT.shop.filter('shop')}";
  const store = await openTables({ yaml: yaml(condition), init: [sales], options });
  const { sql } = await store.explain(total);
  expect(sql?.text).toContain('WHERE tenant = CAST($1 AS VARCHAR) AND shop = CAST($2 AS BIGINT)');
  expect(sql?.params).toEqual([
    { type: 'string', value: 'acme' },
    { type: 'string', value: '7' },
  ]);
});

describe('one folder and two contexts', () => {
  const tables = (folder: string, tenant: string): Tables => ({
    yaml: yaml("{SECURITY_CONTEXT.tenant.requiredFilter('tenant')}"),
    init: [sales],
    folder,
    options: { securityContext: { tenant } },
  });

  test('[A27] what one context built is not served to another', async () => {
    const folder = temporaryFolder();
    const acme = await buildTables(tables(folder, 'acme'));
    expect((await acme.query(total)).meta.preAggregation).toBe('sales.by_shop');
    const hara = await openTables(tables(folder, "o'hara"));
    expect(await refusals(hara, total, 'sales.by_shop')).toEqual(['definition_changed']);
    expect((await hara.query(total)).data).toEqual([{ 'sales.total': '4' }]);
  });

  test('[A1] [A27] each with a store of its own has its own rows and its own table', async () => {
    const folder = temporaryFolder();
    const open = (tenant: string) => {
      const own = tables(join(folder, tenant.slice(0, 1)), tenant);
      return buildTables(own);
    };
    const [acme, hara] = [await open('acme'), await open("o'hara")];
    const answers = [await acme.query(total), await hara.query(total)];
    expect(answers.map(({ data }) => data[0]['sales.total'])).toEqual(['3', '4']);
    expect(answers.map(({ meta }) => meta.preAggregation)).toEqual(['sales.by_shop', 'sales.by_shop']);
    const names = answers.map(
      ({ usedPreAggregations }) => Object.values(usedPreAggregations)[0].targetTableName,
    );
    expect(new Set(names.map((name) => name.split('_').at(-2))).size).toBe(2);
  });

  test('a query for another context is refused, one for the same is answered', async () => {
    const store = await buildTables(tables(temporaryFolder(), 'acme'));
    const answer = await store.query(total, { securityContext: { tenant: 'acme' } });
    expect(answer.data).toEqual([{ 'sales.total': '3' }]);
    for (const securityContext of [{ tenant: "o'hara" }, {}, null, { tenant: 'acme', more: 1 }]) {
      await expect(store.query(total, { securityContext })).rejects.toMatchObject({
        code: 'query_invalid',
        next: expect.stringContaining('Open one store for each context') as string,
      });
    }
  });
});

describe('COMPILE_CONTEXT in YAML', () => {
  const model = (table: string): Tables => ({
    yaml: `
    cubes:
      - name: sales
        sql_table: ${table}
${members}`,
    init: ['CREATE SCHEMA staging', sales.replace('CREATE TABLE sales', 'CREATE TABLE staging.sales')],
  });
  const staging = { compileContext: { securityContext: { env: 'staging', n: 7 } } };

  test.each([
    '{{ COMPILE_CONTEXT.securityContext.env }}.sales',
    '"{{COMPILE_CONTEXT.security_context.env}}.sales"',
  ])('[A1] [A2] [A3] %s is the name of the table', async (table) => {
    const store = await buildTables({ ...model(table), options: staging });
    const { data, meta } = await store.query(total);
    expect([data[0]['sales.total'], meta.preAggregation]).toEqual(['31', 'sales.by_shop']);
  });

  test('[A2] the security context of the store is the one of the compilation, unless told otherwise', async () => {
    const options = { securityContext: { env: 'staging' } };
    const store = await openTables({ ...model('{{ COMPILE_CONTEXT.securityContext.env }}.sales'), options });
    expect((await store.query(total)).data).toEqual([{ 'sales.total': '31' }]);
  });

  test.each([
    ['{{ COMPILE_CONTEXT.securityContext.evn }}.sales', {}, 'is no text or number'],
    ['{{ COMPILE_CONTEXT.securityContext }}.sales', {}, 'is no text or number'],
    ['{{ COMPILE_CONTEXT.securityContext.env }}', { env: 'x\n        sql: evil' }, 'holds characters'],
    ['{{ COMPILE_CONTEXT.securityContext.env }}', { env: "a'; DROP" }, 'holds characters'],
    ['"{{ env_var(1) }}.sales"', {}, 'templates (Jinja) are not supported yet'],
  ])('%s for %j is refused at its place', async (table, securityContext, message) => {
    const store = openTables({ ...model(table), options: { compileContext: { securityContext } } });
    await expect(store).rejects.toMatchObject({
      code: 'model_invalid',
      message: expect.stringContaining(message) as string,
      position: { line: 4 },
    });
  });
});
