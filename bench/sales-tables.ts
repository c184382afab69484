/** The tables by which DuckDB answers the questions of the sales: the facts, and three forms of the rollup. */
import type { DuckDBConnection } from '@duckdb/node-api';
import type { Store } from '../index.js';
import { quoteText } from '../sources/quote-duckdb.js';
import type { PeerRows } from './duckdb-peer.js';
import { DAY_MS, FIRST_DAY, label, STATUSES } from './sales-data.js';
import type { DayRange, GroupColumn, SalesColumn } from './sales-queries.js';
import { SALES_ROLLUP } from './sales-store.js';

/** A table in the words of a question. */
export interface SalesTable extends Readonly<Record<SalesColumn, string>> {
  /** What follows FROM. */
  readonly from: string;
  readonly literal: (column: GroupColumn, code: number) => string;
  readonly within: (days: DayRange) => string;
}

/** Over the facts; every other answer is compared with theirs. */
export const RAW_TABLE: SalesTable = {
  ...columnsAsText('sold_at'),
  from: 'sales',
  month: "date_trunc('month', sold_at)",
  count: 'count(*)',
};

/** In memory, with the types that the facts have. */
export const STRING_TABLE: SalesTable = { ...columnsAsText('day'), from: 'strings' };

/**
 * In memory, with small integers for texts, a month for each row, and doubles for all measures (of cents, so that sums
 * are exact): the best that DuckDB can be given.
 */
export const CODE_TABLE: SalesTable = {
  ...columnsAsText('day'),
  from: 'codes',
  month: 'month',
  literal: (_, code) => String(code),
  within: ({ from, to }) => `day >= ${from} AND day < ${to}`,
};

/** The very files of the rollup. */
export function parquetTable(files: readonly string[]): SalesTable {
  const sum = (measure: string): string => `sum(sales__${measure})`;
  return {
    ...columnsAsText('sales__sold_at_day'),
    from: readParquet(files),
    country: 'sales__country',
    store: 'sales__store',
    status: 'sales__status',
    product: 'sales__product',
    count: sum('count'),
    amount: sum('amount'),
    quantity: sum('quantity'),
  };
}

function columnsAsText(day: string): SalesTable {
  const date = (at: number): string =>
    `DATE '${new Date(FIRST_DAY + at * DAY_MS).toISOString().slice(0, 10)}'`;
  return {
    from: '',
    month: `date_trunc('month', ${day})`,
    country: 'country',
    store: 'store',
    status: 'status',
    product: 'product',
    count: 'sum(count)',
    amount: 'sum(amount)',
    quantity: 'sum(quantity)',
    literal: (column, code) => quoteText(label[column](code)),
    within: ({ from, to }) => `${day} >= ${date(from)} AND ${day} < ${date(to)}`,
  };
}

/** Makes `strings` and `codes` of the rollup's files, their rows in the order of the files. */
export async function makeTables(connection: DuckDBConnection, files: readonly string[]): Promise<void> {
  await connection.run(
    `CREATE OR REPLACE TABLE strings AS
     SELECT sales__country AS country, sales__store AS store, sales__status AS status, sales__product AS product,
       sales__sold_at_day::DATE AS day, sales__count::BIGINT AS count, sales__amount::DECIMAL(18, 2) AS amount,
       sales__quantity::BIGINT AS quantity, sales__cheapest::DECIMAL(12, 2) AS cheapest,
       sales__dearest::DECIMAL(12, 2) AS dearest
     FROM ${readParquet(files)}`,
  );
  await makeCodes(connection);
}

async function makeCodes(connection: DuckDBConnection): Promise<void> {
  const statuses = `[${STATUSES.map(quoteText).join(', ')}]`;
  const cents = (column: string): string => `(${column} * 100)::DOUBLE AS ${column}`;
  await connection.run(
    `CREATE OR REPLACE TABLE codes AS
     SELECT ((year(day) - 2021) * 12 + month(day) - 1)::UTINYINT AS month, substr(country, 2)::UTINYINT AS country,
       substr(store, 2)::USMALLINT AS store, (list_position(${statuses}, status) - 1)::UTINYINT AS status,
       substr(product, 2)::UINTEGER AS product, (day - DATE '2021-01-01')::USMALLINT AS day,
       count::DOUBLE AS count, ${cents('amount')}, quantity::DOUBLE AS quantity, ${cents('cheapest')},
       ${cents('dearest')}
     FROM strings`,
  );
}

/** The files of the default index, in the order of time. */
export async function salesFiles(store: Store): Promise<string[]> {
  const { rollups } = await store.status({ files: true });
  return [...(rollups.find(({ id }) => id === SALES_ROLLUP)?.files?.['default'] ?? [])].sort();
}

function readParquet(files: readonly string[]): string {
  return `read_parquet([${files.map(quoteText).join(', ')}])`;
}

/** An answer of the table of codes as one of the table of strings. */
export function decodeRows(rows: PeerRows, columns: readonly SalesColumn[]): unknown[][] {
  return rows.map((row) => row.map((value, at) => decode(columns[at], value)));
}

function decode(column: SalesColumn, value: unknown): unknown {
  if (value === null || column === 'count' || column === 'quantity') return value;
  const number = Number(value);
  if (column === 'amount') return number / 100;
  if (column === 'month') return new Date(Date.UTC(2021, number, 1));
  return label[column](number);
}
