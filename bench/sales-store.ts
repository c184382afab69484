/** The store of the sales: one rollup by everything, in monthly partitions, with or without an aggregating index. */
import { join } from 'node:path';
import { openStore } from '../index.js';
import type { Store, StoreOptions } from '../index.js';
import { quoteText } from '../sources/quote-duckdb.js';

/** Of both stores. */
export const SALES_ROLLUP = 'sales.daily';
export const SALES_INDEX = 'by_day';
/** All columns of the largest rollup stay in memory: what is measured is not how often they are read again. */
const CACHE_MB = 4_096;

export interface SalesStore {
  /** Holds the facts and the store. */
  readonly folder: string;
  /** Parquet. */
  readonly facts: string;
  /** With an aggregating index of days and statuses. Default false. */
  readonly indexed?: boolean;
  /** Of answers that are given again. Default 0: every answer is made. */
  readonly answersMb?: number;
  /** Whether what whole partitions add up to is kept, as it is by default. Default false: every row is looked at. */
  readonly states?: boolean;
  /** Default `month`. */
  readonly partitions?: string;
}

export function openSales(sales: SalesStore): Promise<Store> {
  return openStore(salesOptions(sales));
}

export function salesOptions(sales: SalesStore): StoreOptions {
  const { folder, facts, indexed = false, answersMb = 0, states = false, partitions = 'month' } = sales;
  const daily = {
    name: 'daily',
    measures: ['count', 'amount', 'quantity', 'cheapest', 'dearest'],
    dimensions: ['country', 'store', 'status', 'product'],
    time_dimension: 'sold_at',
    granularity: 'day',
    partition_granularity: partitions,
    ...(indexed
      ? { indexes: [{ name: SALES_INDEX, columns: ['sold_at.day', 'status'], type: 'aggregate' }] }
      : {}),
  };
  const text = (name: string): object => ({ name, sql: name, type: 'string' });
  return {
    model: {
      cubes: [
        {
          name: 'sales',
          sql_table: 'sales',
          measures: [
            { name: 'count', type: 'count' },
            { name: 'amount', sql: 'amount', type: 'sum' },
            { name: 'quantity', sql: 'quantity', type: 'sum' },
            { name: 'cheapest', sql: 'amount', type: 'min' },
            { name: 'dearest', sql: 'amount', type: 'max' },
          ],
          dimensions: [
            ...['country', 'store', 'status', 'product'].map(text),
            { name: 'sold_at', sql: 'sold_at', type: 'time' },
          ],
          pre_aggregations: [daily],
        },
      ],
    },
    store: join(folder, `${partitions}${indexed ? ' indexed' : ''}`),
    sources: { default: { type: 'duckdb', init: [salesView(facts)] } },
    // A store that keeps its answers reads a column once, and would take its room from the others.
    cacheMb: answersMb > 0 ? answersMb : CACHE_MB,
    resultCacheMb: answersMb,
    ...(!states && { testing: { states: 'off' as const } }),
    // As the peers' rows have them.
    numbers: 'native',
  };
}

export function salesView(facts: string): string {
  return `CREATE VIEW sales AS SELECT * FROM read_parquet(${quoteText(facts)})`;
}
