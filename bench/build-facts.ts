/** Facts that builds are measured on, in a database of DuckDB: visits in the order of their time, as logs come. */
import type { DuckDBConnection } from '@duckdb/node-api';
import type { StoreOptions } from '../index.js';
import { quoteText } from '../sources/quote-duckdb.js';
import type { Size } from './demo-queries.js';
import { DAYS, defineDraws } from './sales-data.js';

export const FACT_ROWS: Readonly<Record<Size, number>> = { S: 200_000, M: 10_000_000, L: 100_000_000 };
/** MiB that DuckDB may hold; of L it is the goal that it does not need more. */
export const MEMORY_LIMIT_MB = 4_096;

/** A rollup, and the statement by which DuckDB alone makes the same rows. */
export interface BuildCase {
  readonly name: string;
  /** Columns of the facts beside the day. */
  readonly dimensions: readonly string[];
  readonly measures: readonly string[];
  /** What DuckDB aggregates, by measure. */
  readonly aggregates: string;
}

const SUMS = `count(*) AS visits, sum(amount) AS amount, sum(quantity) AS quantity, min(amount) AS cheapest,
  max(amount) AS dearest`;
const SUM_MEASURES = ['count', 'amount', 'quantity', 'cheapest', 'dearest'];

export const BUILD_CASES = {
  reducing: {
    name: 'by day, status and country',
    dimensions: ['status', 'country'],
    measures: SUM_MEASURES,
    aggregates: SUMS,
  },
  large: {
    name: 'by day, country and store',
    dimensions: ['country', 'store'],
    measures: SUM_MEASURES,
    aggregates: SUMS,
  },
  sketches: {
    name: 'sketches by day and country',
    dimensions: ['country'],
    measures: ['visitors'],
    aggregates: 'approx_count_distinct(user_id) AS visitors',
  },
} as const satisfies Readonly<Record<string, BuildCase>>;

export type BuildCaseName = keyof typeof BUILD_CASES;

/** Makes the database; the same rows for the same seed. */
export async function writeFacts(
  connection: DuckDBConnection,
  file: string,
  rows: number,
  seed: number,
): Promise<void> {
  await defineDraws(connection, seed);
  await connection.run(`ATTACH ${quoteText(file)} AS made`);
  await connection.run(
    `CREATE TABLE made.facts AS
     SELECT TIMESTAMP '2021-01-01' + to_seconds(i * ${DAYS * 86_400} // ${rows}) AS seen_at,
       'status ' || draw(i, 1) % 5 AS status, printf('C%02d', (draw(i, 2) % 50)::INTEGER) AS country,
       printf('S%04d', (draw(i, 3) % 1000)::INTEGER) AS store,
       (2000000 * (draw(i, 4) / 4294967296) ** 2)::BIGINT AS user_id,
       CASE WHEN draw(i, 5) % 50 > 0 THEN ((draw(i, 6) % 100000)::DECIMAL(12, 2) * 0.01)::DECIMAL(12, 2) END AS amount,
       CASE WHEN draw(i, 7) % 33 > 0 THEN (draw(i, 0) % 20 + 1)::INTEGER END AS quantity
     FROM range(${rows}) AS facts(i)`,
  );
  await connection.run('DETACH made');
}

/** A store of one rollup of the facts, in monthly partitions. */
export function buildOptions(folder: string, facts: string, name: BuildCaseName): StoreOptions {
  const { dimensions, measures } = BUILD_CASES[name];
  const text = (column: string): object => ({ name: column, sql: column, type: 'string' });
  const measure = (column: string, type: string, sql: string): object => ({ name: column, type, sql });
  return {
    model: {
      cubes: [
        {
          name: 'visits',
          sql_table: 'facts',
          measures: [
            { name: 'count', type: 'count' },
            measure('amount', 'sum', 'amount'),
            measure('quantity', 'sum', 'quantity'),
            measure('cheapest', 'min', 'amount'),
            measure('dearest', 'max', 'amount'),
            measure('visitors', 'count_distinct_approx', 'user_id'),
          ],
          dimensions: [
            ...['status', 'country', 'store'].map(text),
            { name: 'seen_at', sql: 'seen_at', type: 'time' },
          ],
          pre_aggregations: [
            {
              name: 'daily',
              measures: [...measures],
              dimensions: [...dimensions],
              time_dimension: 'seen_at',
              granularity: 'day',
              partition_granularity: 'month',
            },
          ],
        },
      ],
    },
    store: `${folder}/${name}`,
    sources: { default: { type: 'duckdb', database: facts, memoryLimitMb: MEMORY_LIMIT_MB } },
    numbers: 'native',
  };
}

/** By which DuckDB makes the rows; `made.facts` must be attached. */
export function groupStatement({ dimensions, aggregates }: Omit<BuildCase, 'name' | 'measures'>): string {
  const keys = ['1', ...dimensions].join(', ');
  return `SELECT date_trunc('day', seen_at) AS day, ${[...dimensions, aggregates].join(', ')} FROM made.facts
    GROUP BY ${keys}`;
}
