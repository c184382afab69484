/** Lends what the benches of the sales have in common: the facts, a DuckDB that sees them, and stores that are closed. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import type { Store } from '../index.js';
import { writeSales } from './sales-data.js';
import type { SalesPlace } from './sales-queries.js';
import { openSales, salesView } from './sales-store.js';
import type { SalesStore } from './sales-store.js';

/** Of DuckDB, the peer: as many as the machine of the goals has. */
const PEER_THREADS = 2;

export interface Sales {
  readonly folder: string;
  /** Parquet; the peer has a view `sales` of it. */
  readonly facts: string;
  readonly connection: DuckDBConnection;
  /** One more connection to the same DuckDB; closed at the end. */
  readonly connect: () => Promise<DuckDBConnection>;
  /** Opens a store of the facts; closed at the end. */
  readonly open: (wish?: Omit<SalesStore, 'folder' | 'facts'>) => Promise<Store>;
}

/** @param rollupRows of the rollup by every dimension */
export async function withSales<T>(
  rollupRows: number,
  seed: number,
  use: (sales: Sales) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'granary-bench-'));
  const instance = await DuckDBInstance.create(':memory:', { threads: String(PEER_THREADS) });
  const connections: DuckDBConnection[] = [];
  const stores: Store[] = [];
  const connect = async (): Promise<DuckDBConnection> => {
    const connection = await instance.connect();
    connections.push(connection);
    return connection;
  };
  try {
    const connection = await connect();
    await connection.run("SET GLOBAL TimeZone = 'UTC'");
    // No file changes under its name here: the peer may keep what it has read.
    await connection.run('SET GLOBAL parquet_metadata_cache = true');
    const facts = join(folder, 'facts.parquet');
    await writeSales(connection, facts, rollupRows, seed);
    await connection.run(salesView(facts));
    const open = async (wish: Omit<SalesStore, 'folder' | 'facts'> = {}): Promise<Store> => {
      const store = await openSales({ folder, facts, ...wish });
      stores.push(store);
      return store;
    };
    return await use({ folder, facts, connection, connect, open });
  } finally {
    for (const store of stores) await store.close();
    for (const connection of connections) connection.closeSync();
    instance.closeSync();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Places of the table of codes, in an order that says nothing of their rows. */
export async function salesPlaces(connection: DuckDBConnection, limit: number): Promise<SalesPlace[]> {
  const reader = await connection.runAndReadAll(
    `SELECT country, store FROM (SELECT DISTINCT country, store FROM codes)
     ORDER BY (country * 7919 + store * 104729) % 50021, country, store LIMIT ${limit}`,
  );
  return reader.getRows().map(([country, store]) => ({ country: Number(country), store: Number(store) }));
}
