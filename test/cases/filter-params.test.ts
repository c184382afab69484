/** FILTER_PARAMS: the query's filters inside the SQL of a cube. The reference is SQL by hand over the raw rows. */
import { describe, expect, test } from 'vitest';
import { buildTables, openTables, refusals, tableOf } from '../support/open-tables.js';
import type { Store, Tables } from '../support/open-tables.js';

const events = tableOf(
  'events',
  ['id', 'kind', 'amount', 'made', 'loaded'],
  [
    "1, 'buy', 10, TIMESTAMP '2024-01-05 10:00:00', TIMESTAMP '2024-01-06 00:00:00'",
    "2, 'buy', 20, TIMESTAMP '2024-01-31 23:59:59.999', TIMESTAMP '2024-02-01 00:00:00'",
    "3, 'view', 40, TIMESTAMP '2024-02-01 00:00:00', TIMESTAMP '2024-02-01 08:00:00'",
    "4, 'it''s', 80, TIMESTAMP '2024-02-29 12:00:00', TIMESTAMP '2024-03-01 00:00:00'",
    "5, NULL, 160, NULL, TIMESTAMP '2024-03-02 00:00:00'",
  ],
);

const members = `
        measures:
          - { name: count, type: count }
          - { name: total, type: sum, sql: amount }
        dimensions:
          - { name: id, type: number, sql: id, primary_key: true }
          - { name: kind, type: string, sql: kind }
          - { name: made, type: time, sql: '{CUBE}.made' }
        pre_aggregations:
          - name: monthly
            measures: [count, total]
            dimensions: [kind]
            time_dimension: made
            granularity: day
            partition_granularity: month
`;

function eventsBy(sql: string): Tables {
  return {
    yaml: `
    cubes:
      - name: events
        sql: >
          ${sql}
${members}`,
    init: [events],
  };
}

const total = { measures: ['events.total'] };
const february = { timeDimensions: [{ dimension: 'events.made', dateRange: ['2024-02-01', '2024-02-29'] }] };

async function totalOf(store: Store, query: object): Promise<unknown> {
  const { data } = await store.query({ ...total, ...query });
  return data[0]['events.total'];
}

/** The SQL of the source, which the query can be asked with although a rollup stands ready. */
async function sourceOf(tables: Tables, query: object): Promise<{ text: string; params: unknown[] }> {
  const store = await openTables(tables);
  const { sql } = await store.explain({ ...total, ...query });
  return sql as { text: string; params: unknown[] };
}

describe('a column that is the member itself', () => {
  const tables = eventsBy("SELECT * FROM events WHERE {FILTER_PARAMS.events.made.filter('made')}");

  test('[D68] without a filter the condition holds for every row', async () => {
    const { text, params } = await sourceOf(tables, {});
    expect(text).toContain('WHERE 1 = 1');
    expect(params).toEqual([]);
    expect(await totalOf(await openTables(tables), {})).toBe('310');
  });

  test('[D68] a date range stands in the SQL of the cube, its values as parameters', async () => {
    const { text, params } = await sourceOf(tables, february);
    expect(text).toMatch(/SELECT \* FROM events WHERE \(\(CAST\(made AS TIMESTAMP\) >= \$\d+\) AND /);
    expect(params).toContainEqual({ type: 'time', value: Date.parse('2024-02-01T00:00:00Z') });
    expect(text).not.toContain('2024');
    expect(await totalOf(await openTables(tables), february)).toBe('120');
  });

  test('a rollup answers with and without the filter, and what it answers is the source', async () => {
    const [built, plain] = [await buildTables(tables), await openTables(tables)];
    for (const query of [
      {},
      february,
      { dimensions: ['events.kind'] },
      { ...february, dimensions: ['events.kind'] },
    ]) {
      const [fast, slow] = [
        await built.query({ ...total, ...query }),
        await plain.query({ ...total, ...query }),
      ];
      expect(fast.meta.preAggregation).toBe('events.monthly');
      expect(slow.meta.mode).toBe('source');
      expect(fast.data).toEqual(slow.data);
    }
  });
});

describe('SQL that does more than early what the filter does', () => {
  const differing = [
    ['another column', "SELECT * FROM events WHERE {FILTER_PARAMS.events.made.filter('loaded')}", '40'],
    [
      'an aggregate over the filtered rows',
      "SELECT kind, max(id) AS id, sum(amount) AS amount, min(made) AS made FROM events WHERE {FILTER_PARAMS.events.made.filter('made')} GROUP BY kind",
      '120',
    ],
    [
      'a negation',
      "SELECT * FROM events WHERE NOT ({FILTER_PARAMS.events.made.filter('made')} AND kind = 'view')",
      '80',
    ],
    [
      'a part of an OR',
      "SELECT * FROM events WHERE {FILTER_PARAMS.events.made.filter('made')} OR amount > 0",
      '120',
    ],
    [
      'a BETWEEN',
      "SELECT * FROM events WHERE TRUE BETWEEN FALSE AND {FILTER_PARAMS.events.made.filter('made')}",
      '120',
    ],
    [
      'an alias of another column',
      "SELECT id, kind, amount, loaded AS made FROM events WHERE {FILTER_PARAMS.events.made.filter('made')}",
      '40',
    ],
  ] as const;

  test.each(differing)(
    '%s is refused for rollups, and the source takes it literally',
    async (_, sql, answer) => {
      const store = await buildTables(eventsBy(sql));
      expect(await refusals(store, { ...total, ...february }, 'events.monthly')).toEqual([
        'filter_params_differ',
      ]);
      expect(await totalOf(store, february)).toBe(answer);
      // The rollup was built without the condition, so a query without the filter may read it.
      expect(await refusals(store, { ...total, dimensions: ['events.kind'] }, 'events.monthly')).toEqual([]);
    },
  );

  test('without the filter the rollup holds what the source holds', async () => {
    for (const [, sql] of differing) {
      const [built, plain] = [await buildTables(eventsBy(sql)), await openTables(eventsBy(sql))];
      const query = { measures: ['events.count', 'events.total'], dimensions: ['events.kind'] };
      const fast = await built.query(query);
      expect(fast.meta.preAggregation).toBe('events.monthly');
      expect(fast.data).toEqual((await plain.query(query)).data);
    }
  });
});

describe('filters of every kind', () => {
  const tables = eventsBy(
    "SELECT * FROM events WHERE {FILTER_PARAMS.events.kind.filter('kind')} AND amount < 1000",
  );
  const by = (operator: string, ...values: (string | null)[]) => ({
    filters: [{ member: 'events.kind', operator, ...(values.length === 0 ? {} : { values }) }],
  });

  test.each([
    [by('equals', 'buy'), '30'],
    [by('equals', "it's"), '80'],
    [by('equals', 'buy', 'view'), '70'],
    [by('notEquals', 'buy'), '280'],
    [by('equals', null), '160'],
    [by('contains', 'U'), '30'],
    [by('set'), '150'],
    [by('notSet'), '160'],
    [
      {
        filters: [
          {
            or: [by('equals', 'buy').filters[0], { member: 'events.id', operator: 'equals', values: ['5'] }],
          },
        ],
      },
      '190',
    ],
    [{ filters: [{ or: [by('equals', 'buy').filters[0], by('notSet').filters[0]] }] }, '190'],
  ])('%j', async (query, answer) => {
    expect(await totalOf(await openTables(tables), query)).toBe(answer);
  });

  test('an or with another member is not pushed: it would lose rows', async () => {
    const or = [by('equals', 'buy').filters[0], { member: 'events.id', operator: 'equals', values: ['5'] }];
    const { text } = await sourceOf(tables, { filters: [{ or }] });
    expect(text).toContain('WHERE 1 = 1 AND amount < 1000');
  });

  test('a FILTER_GROUP takes the or of its members', async () => {
    const group = eventsBy(
      "SELECT * FROM events WHERE {FILTER_GROUP(FILTER_PARAMS.events.kind.filter('kind'), FILTER_PARAMS.events.id.filter('id'))}",
    );
    const or = [by('equals', 'buy').filters[0], { member: 'events.id', operator: 'equals', values: ['5'] }];
    const { text } = await sourceOf(group, { filters: [{ or }] });
    expect(text).toMatch(
      /SELECT \* FROM events WHERE \(\(\(CAST\(kind AS VARCHAR\) = \$\d+\)\) OR \(\(\(id\) = /,
    );
    expect(await totalOf(await openTables(group), { filters: [{ or }] })).toBe('190');
  });
});

describe('functions of JavaScript', () => {
  const js = (filter: string) => `
    cube('events', {
      sql: \`SELECT * FROM events WHERE \${FILTER_PARAMS.events.made.filter(${filter})}\`,
      measures: { total: { type: 'sum', sql: 'amount' } },
      dimensions: {
        id: { type: 'number', sql: 'id', primaryKey: true },
        kind: { type: 'string', sql: 'kind' },
        made: { type: 'time', sql: \`\${CUBE}.made\` },
      },
      preAggregations: {
        monthly: { measures: [CUBE.total], timeDimension: CUBE.made, granularity: 'day', partitionGranularity: 'month' },
      },
    });`;

  test.each(['sandbox', 'trusted'] as const)(
    '%s: a function gets the ends of the range',
    async (modelScripts) => {
      const filter = "(from, to) => `loaded >= ${from} AND loaded <= ${to} AND '{}' = '{}'`";
      const store = await buildTables({
        yaml: '',
        js: js(filter),
        init: [events],
        options: { modelScripts },
      });
      expect(await totalOf(store, february)).toBe('40');
      const { sql } = await store.explain({ ...total, ...february });
      expect(sql?.text).toMatch(/loaded >= \$\d+ AND loaded <= \$\d+ AND '\{\}' = '\{\}'/);
      expect(sql?.params).toContainEqual({ type: 'time', value: Date.parse('2024-02-29T23:59:59.999Z') });
      expect(await refusals(store, { ...total, ...february }, 'events.monthly')).toEqual([
        'filter_params_differ',
      ]);
      expect(await totalOf(store, {})).toBe('310');
    },
  );

  test.each(['sandbox', 'trusted'] as const)('%s: a column in quotes', async (modelScripts) => {
    const store = await buildTables({
      yaml: '',
      js: js("'made'"),
      init: [events],
      options: { modelScripts },
    });
    expect(await refusals(store, { ...total, ...february }, 'events.monthly')).toEqual([]);
    expect(await totalOf(store, february)).toBe('120');
  });

  test('a filter with another number of values is refused, with what would do', async () => {
    const store = await openTables({
      yaml: '',
      js: js('(from, to) => `made BETWEEN ${from} AND ${to}`'),
      init: [events],
    });
    const after = {
      ...total,
      filters: [{ member: 'events.made', operator: 'afterDate', values: ['2024-01-31'] }],
    };
    await expect(store.query(after)).rejects.toMatchObject({
      code: 'query_invalid',
      message: expect.stringContaining('takes 2') as string,
      next: expect.stringContaining("filter('column')") as string,
    });
  });
});

describe('a joined cube', () => {
  const tables: Tables = {
    yaml: `
    cubes:
      - name: visits
        sql_table: visits
        joins:
          - { name: users, relationship: many_to_one, sql: '{CUBE}.user_id = {users.id}' }
        measures:
          - { name: count, type: count }
        dimensions:
          - { name: id, type: number, sql: id, primary_key: true }
        pre_aggregations:
          - { name: by_city, measures: [count], dimensions: [users.city] }
      - name: users
        sql: SELECT id, city FROM users WHERE {FILTER_PARAMS.users.city.filter('city')}
        dimensions:
          - { name: id, type: number, sql: id, primary_key: true }
          - { name: city, type: string, sql: city }
    `,
    init: [
      tableOf('visits', ['id', 'user_id'], ['1, 1', '2, 1', '3, 2', '4, 9']),
      tableOf('users', ['id', 'city'], ["1, 'Oslo'", "2, 'Bern'"]),
    ],
  };

  test.each([
    ['equals', ['Oslo'], '2'],
    ['notEquals', ['Oslo'], '2'],
    ['notSet', undefined, '1'],
  ])('%s %j: rows that the join did not find are neither lost nor made', async (operator, values, answer) => {
    const query = { measures: ['visits.count'], filters: [{ member: 'users.city', operator, values }] };
    const [built, plain] = [await buildTables(tables), await openTables(tables)];
    for (const [store, mode] of [
      [built, 'rollup'],
      [plain, 'source'],
    ] as const) {
      const { data, meta } = await store.query(query);
      expect([data[0]['visits.count'], meta.mode === 'source']).toEqual([answer, mode === 'source']);
    }
  });
});

test("[B6] the sql of a cube can read another cube's rows", async () => {
  const store = await openTables({
    yaml: `
    cubes:
      - name: bought
        sql: SELECT * FROM {events.sql()} AS e WHERE kind = 'buy'
        measures:
          - { name: total, type: sum, sql: amount }
      - name: events
        sql: SELECT * FROM events WHERE amount < 20
        measures:
          - { name: count, type: count }
    `,
    init: [events],
  });
  expect((await store.query({ measures: ['bought.total'] })).data).toEqual([{ 'bought.total': '10' }]);
});

test("cubes that read each other's rows are refused", async () => {
  const cube = (name: string, other: string) =>
    `{ name: ${name}, sql: 'SELECT * FROM {${other}.sql()}', measures: [{ name: count, type: count }] }`;
  const tables = { yaml: `cubes: [${cube('a', 'b')}, ${cube('b', 'a')}]`, init: [] };
  await expect(openTables(tables)).rejects.toMatchObject({
    code: 'model_invalid',
    message: expect.stringContaining("read each other's rows in a circle: a → b → a") as string,
  });
});
