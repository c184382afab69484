/**
 * Facts whose rollup hardly reduces: three years of days, 100,000 products, 50 countries, 1,000 stores and 5 statuses,
 * all drawn evenly and independently. It is the hard case for sorting and compression alike.
 */
import type { DuckDBConnection } from '@duckdb/node-api';
import { quoteText } from '../sources/quote-duckdb.js';
import type { Size } from './demo-queries.js';

/** Rows of the rollup. */
export const SALES_ROWS: Readonly<Record<Size, number>> = { S: 50_000, M: 1_000_000, L: 20_000_000 };

export const FIRST_DAY = Date.UTC(2021, 0, 1);
export const DAY_MS = 86_400_000;
export const DAYS = 1095;
/** In the order of their text, as all codes are. */
export const STATUSES = ['cancelled', 'new', 'paid', 'returned', 'sent'];

/** One row in twenty has the dimensions of another, so that a group is not always one row. */
const REPEATED = 20;

/** Rows of the source that make a rollup of so many. */
function sourceRows(rollupRows: number): number {
  return rollupRows + Math.floor(rollupRows / REPEATED);
}

export const label = {
  product: (code: number): string => `P${String(code).padStart(6, '0')}`,
  country: (code: number): string => `C${String(code).padStart(2, '0')}`,
  store: (code: number): string => `S${String(code).padStart(4, '0')}`,
  status: (code: number): string => STATUSES[code],
};

/**
 * Makes the macro `draw(i, salt)`: 32 random bits of row `i`, others for each salt from 0 to 7. Two rounds of Wellons'
 * lowbias32: arithmetic of our own, so that no version of DuckDB makes other data.
 */
export async function defineDraws(connection: DuckDBConnection, seed: number): Promise<void> {
  for (const macro of [
    'spread(x) AS xor(x, x >> 16) * 2146121005::UBIGINT % 4294967296::UBIGINT',
    'scatter(x) AS xor(x, x >> 15) * 2221713035::UBIGINT % 4294967296::UBIGINT',
    `draw(i, salt) AS scatter(spread(((i * 8 + salt + ${seed} * 1000003) % 4294967296)::UBIGINT))`,
  ])
    await connection.run(`CREATE OR REPLACE MACRO ${macro}`);
}

/** Writes the facts as one Parquet file, roughly in the order of their days; the same file for the same seed. */
export async function writeSales(
  connection: DuckDBConnection,
  file: string,
  rollupRows: number,
  seed: number,
): Promise<void> {
  await defineDraws(connection, seed);
  const key = `(i % ${rollupRows})`;
  await connection.run(
    `COPY (
       SELECT TIMESTAMP '2021-01-01' + to_days((${key} * ${DAYS} // ${rollupRows})::INTEGER) AS sold_at,
         printf('C%02d', (draw(${key}, 1) % 50)::INTEGER) AS country,
         printf('S%04d', (draw(${key}, 2) % 1000)::INTEGER) AS store,
         [${STATUSES.map(quoteText).join(', ')}][(draw(${key}, 3) % 5)::INTEGER + 1] AS status,
         printf('P%06d', (draw(${key}, 4) % 100000)::INTEGER) AS product,
         CASE WHEN draw(i, 5) % 100 >= 2
           THEN ((draw(i, 6) % 100000)::DECIMAL(12, 2) * 0.01)::DECIMAL(12, 2) END AS amount,
         CASE WHEN draw(i, 7) % 100 >= 3 THEN (draw(i, 0) % 20 + 1)::INTEGER END AS quantity
       FROM range(${sourceRows(rollupRows)}) AS facts(i)
     ) TO ${quoteText(file)} (FORMAT parquet, COMPRESSION zstd)`,
  );
}
