/** Dimensions that are other dimensions, times in local clocks, and hierarchies. */
import { describe, expect, test } from 'vitest';
import { buildTables, openTables, refusals, tableOf } from '../support/open-tables.js';
import type { Store, Tables } from '../support/open-tables.js';

const init = [
  tableOf(
    'orders',
    ['id', 'user_id', 'status', 'created'],
    [
      "1, 1, 'new', TIMESTAMP '2024-01-31 23:30:00'",
      "2, 1, 'done', TIMESTAMP '2024-02-10 12:00:00'",
      "3, 2, 'done', TIMESTAMP '2024-02-29 22:59:59'",
      "4, NULL, 'new', TIMESTAMP '2024-03-31 01:30:00'",
    ],
  ),
  tableOf('users', ['id', 'city'], ["1, 'Oslo'", "2, 'Bern'"]),
];

const yaml = `
    cubes:
      - name: orders
        sql_table: orders
        joins:
          - { name: users, relationship: many_to_one, sql: '{CUBE}.user_id = {users.id}' }
        measures:
          - { name: count, type: count, meta: { owner: [me] }, drill_members: [id, city] }
        dimensions:
          - { name: id, type: number, sql: id, primary_key: true }
          - { name: status, type: string, sql: status, meta: { tag: s }, format: link }
          - { name: state, type: string, sql: '{CUBE.status}' }
          - { name: state_again, type: string, sql: '{state}' }
          - { name: city, type: string, sql: '{users.city}' }
          - { name: loud, type: string, sql: 'upper({status})' }
          - { name: created, type: time, sql: created, format: { type: custom-time, value: '%Y' } }
          - { name: made, type: time, sql: '{CUBE.created}' }
          - { name: month, type: time, sql: '{created.month}' }
          - { name: label, type: string, sql: "strftime({CUBE.created.month}, '%Y-%m')" }
          - { name: hour, type: number, sql: "hour({SQL_UTILS.convertTz('created')})" }
          - { name: local, type: string, sql: "strftime({SQL_UTILS.convertTz(CUBE.created)}, '%H:%M')" }
        hierarchies:
          - { name: place, title: Where, levels: [city, users.city, CUBE.state] }
          - { name: by_state, levels: [state] }
        segments:
          - { name: finished, sql: "{state} = 'done'", meta: 1 }
        pre_aggregations:
          - name: main
            measures: [count]
            dimensions: [status, users.city]
            segments: [finished]
            time_dimension: created
            granularity: hour
            partition_granularity: month
          - { name: labels, measures: [count], dimensions: [label, hour, local] }
      - name: users
        sql_table: users
        dimensions:
          - { name: id, type: number, sql: id, primary_key: true }
          - { name: city, type: string, sql: city }
`;

const js = `
  cube('orders', {
    sql_table: 'orders',
    joins: { users: { relationship: 'belongsTo', sql: \`\${CUBE}.user_id = \${users.id}\` } },
    measures: { count: { type: 'count' } },
    dimensions: {
      id: { type: 'number', sql: 'id', primaryKey: true },
      status: { type: 'string', sql: 'status' },
      state: { type: 'string', sql: \`\${CUBE.status}\` },
      city: { type: 'string', sql: \`\${users.city}\` },
      created: { type: 'time', sql: 'created' },
      made: { type: 'time', sql: \`\${created}\` },
      label: { type: 'string', sql: \`strftime(\${CUBE.created.month}, '%Y-%m')\` },
      hour: { type: 'number', sql: \`hour(\${SQL_UTILS.convertTz(CUBE.created)})\` },
    },
    hierarchies: { place: { levels: [CUBE.city, status] } },
    preAggregations: {
      main: {
        measures: [CUBE.count],
        dimensions: [CUBE.status, users.city],
        timeDimension: CUBE.created,
        granularity: 'hour',
      },
    },
  });
  cube('users', {
    sql_table: 'users',
    dimensions: { id: { type: 'number', sql: 'id', primaryKey: true }, city: { type: 'string', sql: 'city' } },
  });`;

const count = 'orders.count';
const tables: Tables = { yaml, init };

/** The answer of the rollup, which is that of the source. */
async function served(query: object, rollup: string | null, [built, plain]: readonly [Store, Store]) {
  const [fast, slow] = [await built.query(query), await plain.query(query)];
  expect([fast.meta.preAggregation, slow.meta.mode]).toEqual([rollup, 'source']);
  expect(fast.data).toEqual(slow.data);
  return fast.data;
}

const both = async (model: Tables) => [await buildTables(model), await openTables(model)] as const;

describe.each<[string, Tables]>([
  ['YAML', tables],
  ['the sandbox', { yaml: '', js, init }],
  ['trusted JavaScript', { yaml: '', js, init, options: { modelScripts: 'trusted' } }],
])('a pure proxy in %s', (_, model) => {
  test('is answered from the rollup that stores what it names', async () => {
    const stores = await both(model);
    expect(await served({ measures: [count], dimensions: ['orders.state'] }, 'orders.main', stores)).toEqual([
      { 'orders.state': 'done', [count]: '2' },
      { 'orders.state': 'new', [count]: '2' },
    ]);
    const twice = {
      measures: [count],
      dimensions: ['orders.state', 'orders.status', 'users.city', 'orders.city'],
    };
    expect(await served(twice, 'orders.main', stores)).toHaveLength(4);
    const filters = [
      {
        or: [
          { member: 'orders.city', operator: 'notSet' },
          { member: 'orders.state', operator: 'equals', values: ['done'] },
        ],
      },
    ];
    expect(await served({ measures: [count], filters }, 'orders.main', stores)).toEqual([{ [count]: '3' }]);
  });

  test('of a time takes its buckets, ranges and partitions', async () => {
    const stores = await both(model);
    const timeDimensions = [
      { dimension: 'orders.made', granularity: 'day', dateRange: ['2024-02-01', '2024-02-29'] },
    ];
    const query = { measures: [count], timeDimensions };
    expect(await served(query, 'orders.main', stores)).toEqual([
      {
        'orders.made.day': '2024-02-10T00:00:00.000',
        'orders.made': '2024-02-10T00:00:00.000',
        [count]: '1',
      },
      {
        'orders.made.day': '2024-02-29T00:00:00.000',
        'orders.made': '2024-02-29T00:00:00.000',
        [count]: '1',
      },
    ]);
    const fine = [{ dimension: 'orders.made', granularity: 'minute' }];
    expect(await refusals(stores[0], { measures: [count], timeDimensions: fine }, 'orders.main')).toEqual([
      'granularity_too_fine',
    ]);
  });

  test('SQL that shows local time needs the source in another zone', async () => {
    const store = await openTables(model);
    const query = {
      measures: [count],
      dimensions: ['orders.label', 'orders.hour'],
      timezone: 'Europe/Berlin',
      order: { 'orders.label': 'asc' },
    };
    const { data } = await store.query(query);
    expect(data.map((row) => [row['orders.label'], row['orders.hour'], row[count]])).toEqual([
      ['2024-02', '0', '1'],
      ['2024-02', '13', '1'],
      ['2024-02', '23', '1'],
      ['2024-03', '3', '1'],
    ]);
  });
});

test('a range that cuts stored buckets of a proxied time is covered in pieces', async () => {
  const [built, plain] = await both(tables);
  const dateRange = ['2024-01-31T23:15:00', '2024-03-31T01:29:59.999'];
  const timeDimensions = [{ dimension: 'orders.made', granularity: 'month', dateRange }];
  const query = { measures: [count], timeDimensions, dimensions: ['orders.state'] };
  const [fast, slow] = [await built.query(query), await plain.query(query)];
  expect([fast.meta.mode, slow.meta.mode]).toEqual(['hybrid', 'source']);
  expect(fast.data).toEqual(slow.data);
  expect(fast.data).toHaveLength(2);
});

test('a proxy of a proxy, and no further than to what is stored', async () => {
  const stores = await both(tables);
  const query = { measures: [count], dimensions: ['orders.state_again'] };
  expect(await served(query, 'orders.main', stores)).toHaveLength(2);
  const loud = { measures: [count], dimensions: ['orders.loud'] };
  expect(await refusals(stores[0], loud, 'orders.main')).toEqual(['dimension_missing']);
  expect(await served(loud, null, stores)).toHaveLength(2);
});

test('a fix adds what is lacking, and nothing for a proxy of what is stored', async () => {
  const store = await buildTables({ yaml, init });
  const { candidates } = await store.explain({
    measures: ['orders.count'],
    dimensions: ['orders.state', 'orders.loud'],
    timeDimensions: [{ dimension: 'orders.made', granularity: 'month' }],
  });
  const main = candidates.find(({ id }) => id === 'orders.main');
  expect(main?.reasons).toMatchObject([{ code: 'dimension_missing', member: 'orders.loud' }]);
  expect(main?.fix?.patch.map(({ value }) => value)).toEqual(['orders.loud']);
});

test('a proxy whose own granularity has the name of another does not take its buckets', async () => {
  const times = (april: string, made: string): string => `
    cubes:
      - name: orders
        sql_table: orders
        measures: [{ name: count, type: count }]
        dimensions:
          - { name: created, type: time, sql: created, granularities: [${april}] }
          - { name: made, type: time, sql: '{created}', granularities: [${made}] }
        pre_aggregations:
          - { name: years, measures: [count], time_dimension: created, granularity: term }`;
  const term = (origin: string): string => `{ name: term, interval: 2 months, origin: '${origin}' }`;
  const query = {
    measures: ['orders.count'],
    timeDimensions: [{ dimension: 'orders.made', granularity: 'term' }],
  };
  const odd = ['2024-01-01', '2024-02-01'].map(term) as [string, string];
  const apart = await buildTables({ yaml: times(...odd), init });
  const same = await buildTables({ yaml: times(odd[1], odd[1]), init });
  const answers = await Promise.all([apart, same].map((store) => store.query(query)));
  expect(answers.map(({ meta }) => meta.preAggregation ?? null)).toEqual([null, 'orders.years']);
  expect(answers[0].data).toEqual(answers[1].data);
  expect(answers[0].data).toHaveLength(2);
});

test('local times: built in UTC, refused by a code of its own in another zone', async () => {
  const stores = await both(tables);
  const query = { measures: [count], dimensions: ['orders.label', 'orders.local'] };
  expect(await served(query, 'orders.labels', stores)).toHaveLength(4);
  const berlin = { ...query, timezone: 'Europe/Berlin' };
  expect(await refusals(stores[0], berlin, 'orders.labels')).toEqual(['local_times_differ']);
  const data = await served(berlin, null, stores);
  const shown = new Set(data.map((row) => row['orders.local']));
  expect(shown).toEqual(new Set(['00:30', '03:30', '13:00', '23:59']));
  // Other members do not suffer from it.
  const plain = { measures: [count], dimensions: ['orders.status'], timezone: 'Europe/Berlin' };
  expect(await served(plain, 'orders.main', stores)).toHaveLength(2);
});

test('a time that is the bucket of another begins with that bucket in every zone', async () => {
  const store = await openTables(tables);
  for (const [timezone, months] of [
    ['UTC', ['01', '02', '03']],
    ['Europe/Berlin', ['02', '03']],
    ['America/New_York', ['01', '02', '03']],
  ] as const) {
    const timeDimensions = [{ dimension: 'orders.month', granularity: 'day' }];
    const { data } = await store.query({ measures: [count], timeDimensions, timezone });
    expect(data.map((row) => row['orders.month'])).toEqual(
      months.map((month) => `2024-${month}-01T00:00:00.000`),
    );
  }
});

test('meta, formats and drill members are annotated as they are written', async () => {
  const store = await openTables(tables);
  const query = {
    measures: [count],
    dimensions: ['orders.status'],
    segments: ['orders.finished'],
    timeDimensions: [{ dimension: 'orders.created', granularity: 'day' }],
  };
  const { annotation } = await store.query(query);
  expect(annotation.measures[count]).toMatchObject({
    meta: { owner: ['me'] },
    drillMembers: ['orders.id', 'orders.city'],
  });
  expect(annotation.dimensions['orders.status']).toMatchObject({ meta: { tag: 's' }, format: 'link' });
  expect(annotation.segments['orders.finished']).toMatchObject({ meta: 1 });
  expect(annotation.timeDimensions['orders.created.day']).toMatchObject({
    format: { type: 'custom-time', value: '%Y' },
  });
});

test.each([
  ['levels: [citty]', 'Did you mean `city`?'],
  ['levels: [count]', '`orders.count` is a measure; the levels of a hierarchy are dimensions'],
  ['levels: []', 'is empty'],
  ['level: [city]', 'unknown key. Did you mean `levels`?'],
])('a hierarchy with %s is refused', async (levels, message) => {
  const wrong = yaml.replace('levels: [state]', levels);
  await expect(openTables({ yaml: wrong, init: [] })).rejects.toMatchObject({
    code: 'model_invalid',
    message: expect.stringContaining(message) as string,
    position: { line: 24 },
  });
});
