import type { DuckDBConnection } from '@duckdb/node-api';
import { LIMITS } from '../model/limits.js';
import { duckdbError } from './duckdb-error.js';
import { quoteText } from './quote-duckdb.js';

/** Plain values: parquetjs-lite makes text of whatever stands in a dictionary. */
const OLDEST = 'COMPRESSION uncompressed, PARQUET_VERSION v1, DICTIONARY_SIZE_LIMIT 0';

/**
 * Writes the rows of a Parquet file, in their order, as a file that the oldest readers open: no compression, no
 * dictionaries, pages of version 1. What the footer says beside the schema is lost. Neither fsynced nor checked.
 * @throws StoreError `source_failed`, `disk_full`
 */
export async function rewriteParquet(connection: DuckDBConnection, from: string, to: string): Promise<void> {
  const rows = `SELECT * FROM read_parquet(${quoteText(escapeGlob(from))}, hive_partitioning = false)`;
  const options = `FORMAT parquet, ${OLDEST}, ROW_GROUP_SIZE ${LIMITS.rowGroupRows}`;
  try {
    await connection.run(`COPY (${rows}) TO ${quoteText(to)} (${options})`);
  } catch (error) {
    throw duckdbError(error, 'export', undefined);
  }
}

/** A path as a pattern that matches nothing else. */
function escapeGlob(path: string): string {
  return path.replaceAll(/[*?[]/g, (character) => `[${character}]`);
}
