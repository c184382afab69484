/** Lends what the benches of the sales have in common: the facts, a DuckDB that sees them, and stores that are closed. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import type { Store } from '../index.js';
import { withMemoryDuckdb } from '../sources/memory-duckdb.js';
import { writeSales } from './sales-data.js';
import type { SalesPlace } from './sales-queries.js';
import { openSales, salesView } from './sales-store.js';
import type { SalesStore } from './sales-store.js';

/** Of DuckDB, the peer: as many as the machine of the goals has. */
const PEER_THREADS = 2;

export interface Sales {
  readonly folder: string;
  /** Parquet; a view `sales` of it is in the connection. */
  readonly facts: string;
  readonly connection: DuckDBConnection;
  /** Opens a store of these facts, which is closed at the end. */
  open(wish?: Omit<SalesStore, 'folder' | 'facts'>): Promise<Store>;
}

/** @param rollupRows of the rollup by every dimension */
export async function withSales<T>(
  rollupRows: number,
  seed: number,
  use: (sales: Sales) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'granary-bench-'));
  const stores: Store[] = [];
  try {
    return await withMemoryDuckdb(async (connection) => {
      try {
        await connection.run(`SET threads = ${PEER_THREADS}`);
        const facts = join(folder, 'facts.parquet');
        await writeSales(connection, facts, rollupRows, seed);
        await connection.run(salesView(facts));
        // No file changes under its name here: the peer may keep what it has read.
        await connection.run('SET parquet_metadata_cache = true');
        await connection.run('SET enable_external_file_cache = true');
        const open = async (wish: Omit<SalesStore, 'folder' | 'facts'> = {}): Promise<Store> => {
          const store = await openSales({ folder, facts, ...wish });
          stores.push(store);
          return store;
        };
        return await use({ folder, facts, connection, open });
      } finally {
        for (const store of stores) await store.close();
      }
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Places that have sales, in an order that says nothing of their rows. */
export async function salesPlaces(connection: DuckDBConnection, limit: number): Promise<SalesPlace[]> {
  const reader = await connection.runAndReadAll(
    `SELECT country, store FROM (SELECT DISTINCT country, store FROM codes)
     ORDER BY (country * 7919 + store * 104729) % 50021, country, store LIMIT ${limit}`,
  );
  return reader.getRows().map(([country, store]) => ({ country: Number(country), store: Number(store) }));
}
