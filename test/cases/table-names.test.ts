/** The names by which an answer tells what it read, and what a build leaves to tell how it was made. */
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openStore } from '../../dist/index.js';
import type { Store } from '../../dist/index.js';
import type { RollupMeta } from '../../dist/model/catalog.js';

let folder: string;
let store: Store;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'granary-names-'));
  store = await openStore({
    model: {
      cubes: [
        {
          name: 'WebOrders',
          sql: "SELECT TIMESTAMP '2024-01-01' + to_days(i::INT) AS day FROM range(91) t(i)",
          dimensions: [{ name: 'at', sql: 'day', type: 'time' }],
          measures: [{ name: 'count', type: 'count' }],
          pre_aggregations: [
            {
              name: 'dailyCounts',
              measures: ['count'],
              time_dimension: 'at',
              granularity: 'day',
              partition_granularity: 'month',
            },
          ],
        },
      ],
    },
    store: join(folder, 'store'),
    sources: { default: { type: 'duckdb' } },
  });
  await store.build();
});

afterAll(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});

const TABLE = 'dev_pre_aggregations\\.web_orders_daily_counts';
const WORDS = '_[a-z0-5]{1,8}_[a-z0-5]{1,8}_[0-9a-v]{7}';

async function tableOf(dateRange: readonly string[]): Promise<string> {
  const { usedPreAggregations } = await store.query({
    measures: ['WebOrders.count'],
    timeDimensions: [{ dimension: 'WebOrders.at', dateRange }],
  });
  expect(Object.keys(usedPreAggregations)).toEqual(['dev_pre_aggregations.web_orders_daily_counts']);
  return Object.values(usedPreAggregations)[0].targetTableName;
}

test('[A26] the table of one partition has its date in its name', async () => {
  expect(await tableOf(['2024-02-01', '2024-02-29'])).toMatch(new RegExp(`^${TABLE}20240201${WORDS}$`));
});

test('[A23] [A26] several partitions are the union that Cube writes', async () => {
  const select = (key: string): string => `SELECT \\* FROM ${TABLE}${key}${WORDS}`;
  expect(await tableOf(['2024-02-01', '2024-03-31'])).toMatch(
    new RegExp(`^\\(${select('20240201')} UNION ALL ${select('20240301')}\\)$`),
  );
});

test('[A26] a build of the same data keeps the words of content and structure, another partition has others', async () => {
  const words = (table: string): string[] => table.split('_').slice(-3, -1);
  const before = words(await tableOf(['2024-02-01', '2024-02-29']));
  await store.build({ force: true });
  expect(words(await tableOf(['2024-02-01', '2024-02-29']))).toEqual(before);
  const other = words(await tableOf(['2024-03-01', '2024-03-31']));
  expect([other[0] === before[0], other[1] === before[1]]).toEqual([false, false]);
});

test('a page tells of every partition how it was made', () => {
  const rollup = join(folder, 'store', 'data', '-web-orders.daily-counts');
  const [page] = readdirSync(rollup).filter((name) => name.startsWith('rollup-'));
  const { partitions } = JSON.parse(readFileSync(join(rollup, page), 'utf8')) as RollupMeta;
  expect(partitions.map(({ receipt }) => receipt)).toMatchObject(
    [31, 29, 31].map((groups) => ({
      groups,
      statement: expect.stringMatching(/^[0-9a-f]{32}$/),
      source: expect.stringMatching(/^[0-9a-f]{32}$/),
      writer: expect.stringMatching(/^granary \d/),
    })),
  );
  expect(new Set(partitions.map(({ receipt }) => receipt?.statement)).size).toBe(3);
});
