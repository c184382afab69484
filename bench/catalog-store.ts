/** A store of many rollups with many partitions each: one is built, the pages of the others are made from its own. */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { openStore } from '../index.js';
import type { StoreOptions } from '../index.js';
import type { RollupMeta } from '../model/catalog.js';
import { loadObjectModel } from '../model/load/load-object-model.js';
import { prepareModel } from '../planner/plan-query.js';
import { manifestName, pagePath } from '../storage/file-names.js';
import { decodeManifest, encodeManifest, hasPage } from '../storage/manifest.js';
import { decodeJson } from '../storage/manifest-json.js';
import { encodePage } from '../storage/rollup-page.js';

export interface CatalogSize {
  readonly rollups: number;
  /** Days, a partition each. */
  readonly partitions: number;
}

export function catalogOptions(folder: string, { rollups, partitions }: CatalogSize): StoreOptions {
  const daily = (at: number): object => ({
    name: `daily${at}`,
    measures: ['count', 'amount'],
    dimensions: ['kind'],
    time_dimension: 'at',
    granularity: 'day',
    partition_granularity: 'day',
  });
  const orders = {
    name: 'orders',
    sql: `SELECT TIMESTAMP '2020-01-01' + to_hours(i::INT) AS hour, i % 7 AS kind, i % 11 AS amount FROM range(${partitions * 24}) t(i)`,
    dimensions: [
      { name: 'kind', sql: 'kind', type: 'number' },
      { name: 'at', sql: 'hour', type: 'time' },
    ],
    measures: [
      { name: 'count', type: 'count' },
      { name: 'amount', sql: 'amount', type: 'sum' },
    ],
    pre_aggregations: Array.from({ length: rollups }, (_, at) => daily(at)),
  };
  return {
    model: { cubes: [orders] },
    store: join(folder, 'store'),
    sources: { default: { type: 'duckdb' } },
  };
}

/** A week, of the last rollup alone. */
export const CATALOG_QUERY = {
  measures: ['orders.count'],
  timeDimensions: [{ dimension: 'orders.at', dateRange: ['2020-01-06', '2020-01-12'] }],
};

export function lastRollup({ rollups }: CatalogSize): string {
  return `orders.daily${rollups - 1}`;
}

/** @returns bytes of all pages */
export async function writeCatalog(folder: string, size: CatalogSize): Promise<number> {
  const options = catalogOptions(folder, size);
  const store = await openStore(options);
  await store.build({ preAggregations: ['orders.daily0'] });
  const [{ number }] = await store.history();
  await store.close();
  const directory = join(folder, 'store');
  const path = join(directory, 'manifests', manifestName(number));
  const manifest = decodeManifest(readFileSync(path), number, path);
  const first = manifest?.rollups[0];
  if (manifest == null || first === undefined || !hasPage(first))
    throw new Error('orders.daily0 is not published');
  const page = decodeJson(readFileSync(join(directory, first.page.path), 'utf8')) as RollupMeta;
  const hash = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 32);
  const { defined } = prepareModel(loadObjectModel(options.model as object), hash);
  // All have the same rows, and so the same files.
  const heads = defined.map(({ preAggregation: { id }, definition }) => {
    const rollup = { ...page, id, definition };
    const { head, bytes } = encodePage(rollup, pagePath(id, 'bench'));
    mkdirSync(dirname(join(directory, head.page.path)), { recursive: true });
    writeFileSync(join(directory, head.page.path), bytes);
    return head;
  });
  writeFileSync(
    join(directory, 'manifests', manifestName(number + 1)),
    encodeManifest({ ...manifest, number: number + 1, rollups: heads }),
  );
  return heads.reduce((sum, { page: { bytes } }) => sum + bytes, 0);
}
