/** One process of the benchmark of catalogs: opens a store, asks once, and prints what it took as JSON. */
import type { CatalogSize } from './catalog-store.js';
import { loadGranary } from './packaged.js';

export interface CatalogTimes {
  readonly openMs: number;
  readonly queryMs: number;
  readonly rssMb: number;
  readonly data: unknown;
}

const [folder, size, mode] = process.argv.slice(2);

if (mode === 'bare') print({ openMs: 0, queryMs: 0, data: null });
else await ask(JSON.parse(size) as CatalogSize);

async function ask(catalog: CatalogSize): Promise<void> {
  const { openStore } = await loadGranary();
  const { CATALOG_QUERY, catalogOptions, lastRollup } = await import('./catalog-store.js');
  const startedAt = performance.now();
  const store = await openStore(catalogOptions(folder, catalog));
  // The peer looks at every page, as a manifest with all partitions would have made everybody do.
  if (mode === 'eager') await store.status();
  const openedAt = performance.now();
  const { data } = await store.query(CATALOG_QUERY, { use: [lastRollup(catalog)] });
  print({ openMs: openedAt - startedAt, queryMs: performance.now() - openedAt, data });
  await store.close();
}

function print(times: Omit<CatalogTimes, 'rssMb'>): void {
  console.log(JSON.stringify({ ...times, rssMb: process.memoryUsage().rss / 1024 / 1024 }));
}
