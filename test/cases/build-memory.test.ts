/** Builds of several partitions at the same time, and builds in little memory. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openTables, temporaryFolder } from '../support/open-tables.js';
import type { Store, Tables } from '../support/open-tables.js';

const events = (rows: number): Tables => ({
  yaml: `
    cubes:
      - name: events
        sql_table: events
        measures:
          - { name: count, type: count }
          - { name: amount, sql: amount, type: sum }
          - { name: users, sql: user_id, type: count_distinct_approx }
        dimensions:
          - { name: key, sql: key, type: string }
          - { name: created_at, sql: created_at, type: time }
        pre_aggregations:
          - name: by_key
            measures: [count, amount, users]
            dimensions: [key]
            time_dimension: created_at
            granularity: month
            partition_granularity: month
            indexes:
              - { name: key_index, columns: [key], type: aggregate }
  `,
  init: [
    `CREATE TABLE events AS SELECT 'some key that is not short ' || (i % 150000) AS key, i % 1000 AS amount,
      i % 5000 AS user_id, TIMESTAMP '2024-01-15' + to_months((i % 7)::INT) AS created_at FROM range(${rows}) t(i)`,
  ],
});
const few = events(5_000);
const many = events(200_000);
const totals = { measures: ['events.count', 'events.amount', 'events.users'] };
const byMonth = { ...totals, timeDimensions: [{ dimension: 'events.created_at', granularity: 'month' }] };

/** What is published, in order, without what differs from build to build. */
async function published(store: Store): Promise<unknown> {
  const { rollups } = await store.status({ files: true });
  return rollups.map(({ partitions, rows, bytes, indexes, files = {} }) => {
    const names = Object.values(files).map((paths) =>
      paths.map((path) => path.replace(/^.*\/|-\w+\.parquet$/g, '')),
    );
    return { partitions, rows, bytes, indexes, names };
  });
}

test('partitions that are built at the same time are published as those that are built one by one', async () => {
  const [one, four] = [await openTables(few), await openTables(few)];
  await one.build({ concurrency: 1 });
  const done: [number, string][] = [];
  const report = await four.build({
    concurrency: 4,
    onProgress: ({ done: count, partition, memoryBytes }) => {
      done.push([count, partition]);
      expect(memoryBytes).toBeGreaterThan(0);
    },
  });
  expect(done.map(([count]) => count)).toEqual([1, 2, 3, 4, 5, 6, 7]);
  expect(report.peakMemoryBytes).toBeGreaterThan(0);
  const [wanted, found] = [await published(one), await published(four)];
  expect(found).toEqual(wanted);
  expect(found).toMatchObject([{ partitions: 7, rows: 5_000 }]);
  expect(new Set(done.map(([, partition]) => partition)).size).toBe(7);
  for (const query of [totals, byMonth]) {
    const answers = await Promise.all([one, four].map((store) => store.query(query)));
    expect(answers[1].data).toEqual(answers[0].data);
    expect(answers[1].data).toEqual((await four.query(query, { policy: 'sourceOnly' })).data);
  }
  expect((await four.verify({ source: true })).ok).toBe(true);
});

test('a build in little memory spills into the staging folder, and leaves nothing there', async () => {
  const folder = temporaryFolder();
  const staging = join(folder, 'store', 'staging');
  const spilled = new Set<string>();
  const store = await openTables({
    ...many,
    folder,
    options: { sources: { default: { type: 'duckdb', init: many.init, memoryLimitMb: 40 } } },
  });
  const watch = setInterval(() => {
    if (!existsSync(staging)) return;
    for (const name of readdirSync(staging)) {
      if (name.startsWith('spill') && readdirSync(join(staging, name)).length > 0) spilled.add(name);
    }
  }, 5);
  await store.build({ concurrency: 3 }).finally(() => clearInterval(watch));
  expect(spilled.size).toBe(1);
  expect(existsSync('.tmp')).toBe(false);
  const { data, meta } = await store.query(byMonth);
  expect(meta).toMatchObject({ mode: 'rollup' });
  expect(data.map((row) => row['events.count'])).toEqual(
    Array.from({ length: 7 }, (_, month) => String(Math.floor((200_000 - 1 - month) / 7) + 1)),
  );
  await store.close();
  expect(readdirSync(staging)).toEqual([]);
});

test('a build that does not fit is refused with the key that helps, and publishes nothing', async () => {
  const store = await openTables({
    ...few,
    options: {
      sources: {
        default: {
          type: 'duckdb',
          init: many.init.map((sql) => sql.replace('TABLE', 'VIEW')),
          memoryLimitMb: 1,
        },
      },
    },
  });
  await expect(store.build()).rejects.toMatchObject({
    code: 'out_of_memory',
    message: expect.stringContaining('raise sources.default.memoryLimitMb'),
  });
  expect((await store.status()).version).toBe(0);
});

test.each([
  [{ memoryLimitMb: 0 }, 'sources.default.memoryLimitMb is not valid. It must be a number above 0.'],
  [{ memoryLimitMB: 5 }, "Did you mean 'memoryLimitMb'?"],
])('the source %j is refused', async (source, message) => {
  const opening = openTables({
    ...few,
    options: { sources: { default: { type: 'duckdb', init: [], ...source } } },
  });
  await expect(opening).rejects.toMatchObject({ code: 'config_invalid' });
  await expect(opening).rejects.toThrow(message);
});

test.each([0, 1.5, '4'])('a concurrency of %j is refused', async (concurrency) => {
  const store = await openTables(few);
  await expect(store.build({ concurrency } as never)).rejects.toThrow('It must be a whole number above 0');
});
