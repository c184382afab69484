/** The five questions that are asked of the sales, each as a Cube query and as the SQL of every peer. */
import { DAY_MS, DAYS, FIRST_DAY, label } from './sales-data.js';
import type { SalesTable } from './sales-tables.js';

/** What a column of an answer holds; decides how a peer's code or number becomes Granary's text. */
export type SalesColumn =
  'month' | 'country' | 'store' | 'status' | 'product' | 'count' | 'amount' | 'quantity';

export type GroupColumn = 'country' | 'store' | 'status' | 'product';

export interface SalesQuery {
  readonly id: string;
  readonly title: string;
  readonly query: object;
  /** Of the answer, in Granary's order: dimensions, times, measures. */
  readonly columns: readonly SalesColumn[];
  readonly sql: (table: SalesTable) => string;
}

/** One place, by its codes. */
export interface SalesPlace {
  readonly country: number;
  readonly store: number;
}

export interface DayRange {
  /** Days since the first one. */
  readonly from: number;
  readonly to: number; // exclusive
}

/** Half of all days; neither end is the first of a month. */
export const HALF: DayRange = { from: 190, to: 190 + Math.round(DAYS * 0.51) };
const STORES = [7, 77, 177, 277, 477, 577, 777, 977];

export function salesQueries(place: SalesPlace): SalesQuery[] {
  return [monthTotals(), statusTotals(HALF), placeTotals(place), topProducts(), storesByMonth()];
}

function monthTotals(): SalesQuery {
  return {
    id: 'Q1',
    title: 'month totals',
    query: {
      measures: ['sales.amount'],
      timeDimensions: [{ dimension: 'sales.sold_at', granularity: 'month' }],
      order: { 'sales.sold_at': 'asc' },
    },
    columns: ['month', 'amount'],
    sql: ({ from, month, amount }) => `SELECT ${month}, ${amount} FROM ${from} GROUP BY 1 ORDER BY 1`,
  };
}

/** Five groups over a range of days. */
export function statusTotals(days: DayRange): SalesQuery {
  return {
    id: 'Q2',
    title: 'by status, half of the days',
    query: {
      measures: ['sales.amount', 'sales.count'],
      dimensions: ['sales.status'],
      timeDimensions: [{ dimension: 'sales.sold_at', dateRange: [isoDay(days.from), isoDay(days.to - 1)] }],
      order: { 'sales.status': 'asc' },
    },
    columns: ['status', 'amount', 'count'],
    sql: ({ from, status, amount, count, within }) =>
      `SELECT ${status}, ${amount}, ${count} FROM ${from} WHERE ${within(days)} GROUP BY 1 ORDER BY 1`,
  };
}

/** One store of one country: the two columns by which the rows are sorted. */
export function placeTotals({ country, store }: SalesPlace): SalesQuery {
  return {
    id: 'Q3',
    title: 'one store in one country, by status',
    query: {
      measures: ['sales.amount', 'sales.count'],
      dimensions: ['sales.status'],
      filters: [
        { member: 'sales.country', operator: 'equals', values: [label.country(country)] },
        { member: 'sales.store', operator: 'equals', values: [label.store(store)] },
      ],
      order: { 'sales.status': 'asc' },
    },
    columns: ['status', 'amount', 'count'],
    sql: (table) =>
      `SELECT ${table.status}, ${table.amount}, ${table.count} FROM ${table.from}
       WHERE ${table.country} = ${table.literal('country', country)} AND ${table.store} = ${table.literal('store', store)}
       GROUP BY 1 ORDER BY 1`,
  };
}

function topProducts(): SalesQuery {
  return { ...groupTotals(['product']), id: 'Q4', title: 'top 10 of 100,000 products' };
}

/** The ten groups with the largest sum. */
export function groupTotals(by: readonly GroupColumn[]): SalesQuery {
  const keys = by.map((_, at) => at + 1).join(', ');
  return {
    id: by.join(', '),
    title: `top 10 by ${by.join(' and ')}`,
    query: {
      measures: ['sales.amount'],
      dimensions: by.map((column) => `sales.${column}`),
      order: { 'sales.amount': 'desc' },
      limit: 10,
    },
    columns: [...by, 'amount'],
    sql: (table) =>
      `SELECT ${by.map((column) => table[column]).join(', ')}, ${table.amount} FROM ${table.from}
       GROUP BY ${keys} ORDER BY ${by.length + 1} DESC NULLS LAST, ${keys} LIMIT 10`,
  };
}

function storesByMonth(): SalesQuery {
  return {
    id: 'Q5',
    title: 'month, country and status of 8 stores',
    query: {
      measures: ['sales.amount', 'sales.quantity'],
      dimensions: ['sales.country', 'sales.status'],
      timeDimensions: [{ dimension: 'sales.sold_at', granularity: 'month' }],
      filters: [{ member: 'sales.store', operator: 'equals', values: STORES.map(label.store) }],
      order: [
        ['sales.country', 'asc'],
        ['sales.status', 'asc'],
        ['sales.sold_at', 'asc'],
      ],
      limit: 50_000,
    },
    columns: ['country', 'status', 'month', 'amount', 'quantity'],
    sql: (table) =>
      `SELECT ${table.country}, ${table.status}, ${table.month}, ${table.amount}, ${table.quantity} FROM ${table.from}
       WHERE ${table.store} IN (${STORES.map((code) => table.literal('store', code)).join(', ')})
       GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`,
  };
}

function isoDay(day: number): string {
  return new Date(FIRST_DAY + day * DAY_MS).toISOString().slice(0, 10);
}
