import type { DuckDBConnection } from '@duckdb/node-api';
import { READ_FILES_ANEW } from './read-files-anew.js';

/** Lends a connection to an empty DuckDB in memory, in UTC, and closes both. DuckDB is loaded only here. */
export async function withMemoryDuckdb<T>(use: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
  const { DuckDBInstance } = await import('@duckdb/node-api');
  const instance = await DuckDBInstance.create(':memory:');
  try {
    const connection = await instance.connect();
    try {
      await connection.run(READ_FILES_ANEW);
      await connection.run("SET TimeZone = 'UTC'");
      return await use(connection);
    } finally {
      connection.closeSync();
    }
  } finally {
    instance.closeSync();
  }
}
