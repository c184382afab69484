import { expect, test } from 'vitest';
import { buildTables, type Tables } from '../support/open-tables.js';

const ROWS = 60_000;

const tables = (queryMemoryMb: number | undefined, testing: object = {}): Tables => ({
  yaml: `
cubes:
  - name: visits
    sql_table: visits
    measures:
      - { name: count, type: count }
      - { name: seconds, sql: seconds, type: sum }
    dimensions:
      - { name: user_id, sql: user_id, type: string }
      - { name: page, sql: page, type: string }
    pre_aggregations:
      - { name: all, measures: [count, seconds], dimensions: [user_id, page] }
`,
  init: [
    `CREATE TABLE visits AS SELECT 'u' || (i * 7919 % ${ROWS}) AS user_id, 'p' || (i % 997) AS page, i % 60 AS seconds
     FROM range(${ROWS}) AS t(i)`,
  ],
  options: { ...(queryMemoryMb === undefined ? {} : { queryMemoryMb }), testing },
});

const pairs = { measures: ['visits.count', 'visits.seconds'], dimensions: ['visits.user_id', 'visits.page'] };
const REFUSED = {
  code: 'out_of_memory',
  message: expect.stringMatching(/\d+ groups .* 1 MiB .* queryMemoryMb/) as string,
};

test('groups that outgrow the memory of a query are refused with their number, and others go on', async () => {
  const store = await buildTables(tables(1));
  await expect(store.query({ ...pairs, limit: 5 })).rejects.toMatchObject(REFUSED);
  const few = {
    measures: ['visits.count'],
    dimensions: ['visits.page'],
    order: { 'visits.page': 'asc' as const },
    limit: 1,
  };
  const { data } = await store.query(few);
  expect(data).toEqual([{ 'visits.page': 'p0', 'visits.count': '61' }]);
});

test('on worker threads too, which go on', async () => {
  const store = await buildTables(tables(1, { workerRowsMin: 0 }));
  await expect(store.query({ ...pairs, limit: 5 })).rejects.toMatchObject(REFUSED);
  const { data } = await store.query({ measures: ['visits.count'] });
  expect(data).toEqual([{ 'visits.count': String(ROWS) }]);
});

test('with the memory that a query has by default they are all there', async () => {
  const store = await buildTables(tables(undefined));
  const { data, total } = await store.query({ ...pairs, limit: 5, total: true });
  expect([data.length, total]).toEqual([5, ROWS]);
});
