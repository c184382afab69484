/** Events over clocks and calendars: a model of them, what is asked of it, and the same asked of DuckDB by hand. */
import { expect } from 'vitest';
import { connectDuckDb } from '../storage/support/duckdb.js';
import { openTables } from './open-tables.js';
import type { Store } from './open-tables.js';

/** `time_bucket` of DuckDB. */
const buckets = (interval: string, origin: string): string =>
  `time_bucket(INTERVAL '${interval}', local, TIMESTAMP '${origin}')`;
const april6 = 'make_timestamp(year(local), 4, 6, 0, 0, 0)';

/** Of the time dimension's own, with the same in DuckDB's words. */
export const OWN: Readonly<Record<string, readonly [written: string, sql: string]>> = {
  quarter_hour: ['interval: 15 minutes', buckets('15 minutes', '2000-01-01')],
  half_hour: ['interval: 30 minutes', buckets('30 minutes', '2000-01-01')],
  two_hours: ['interval: 2 hours', buckets('2 hours', '2000-01-01')],
  four_hours: ['interval: 4 hours', buckets('4 hours', '2000-01-01')],
  six_hours: ['interval: 6 hours', buckets('6 hours', '2000-01-01')],
  ten_days: ['interval: 10 days, origin: 2024-02-20', buckets('10 days', '2024-02-20')],
  two_weeks: ['interval: 2 weeks, origin: 2024-01-15', buckets('14 days', '2024-01-15')],
  three_weeks: ['interval: 3 weeks, origin: 2024-01-01', buckets('21 days', '2024-01-01')],
  sunday_week: ['interval: 1 week, offset: -1 day', buckets('7 days', '2023-12-31')],
  fiscal_year: ['interval: 1 year, offset: 3 months', buckets('12 months', '2000-04-01')],
  british_year: [
    'interval: 1 year, origin: 2020-04-06',
    `CASE WHEN local >= ${april6} THEN ${april6} ELSE ${april6} - INTERVAL 1 YEAR END`,
  ],
  half_year: ['interval: 6 months', buckets('6 months', '2000-01-01')],
};

export interface Rollup {
  readonly name: string;
  readonly granularity: string;
  readonly partitions?: string;
}

function yamlOf(rollups: readonly Rollup[]): string {
  const granularities = Object.entries(OWN).map(([name, [written]]) => `{ name: ${name}, ${written} }`);
  const written = rollups.map(
    ({ name, granularity, partitions }) => `
      - name: ${name}
        measures: [count, amount, first, last]
        time_dimension: t
        granularity: ${granularity}
        ${partitions === undefined ? '' : `partition_granularity: ${partitions}`}`,
  );
  return `
cubes:
  - name: events
    sql_table: events
    measures:
      - { name: count, type: count }
      - { name: amount, sql: amount, type: sum }
      - { name: first, sql: t, type: min }
      - { name: last, sql: t, type: max }
    dimensions:
      - name: t
        sql: t
        type: time
        granularities: [${granularities.join(', ')}]
    pre_aggregations: ${rollups.length === 0 ? '[]' : written.join('')}
`;
}

/** Open and not built yet: the source answers. */
export function open(rows: string, rollups: readonly Rollup[], folder?: string): Promise<Store> {
  const init = [`CREATE TABLE events AS ${rows}`];
  return openTables({ yaml: yamlOf(rollups), init, ...(folder !== undefined && { folder }) });
}

export interface Asked {
  readonly granularity?: string;
  readonly timezone?: string;
  readonly dateRange?: readonly string[];
  readonly filter?: readonly [operator: string, ...values: string[]];
}

export function queryOf({ granularity, timezone = 'UTC', dateRange, filter }: Asked) {
  const [operator, ...values] = filter ?? [];
  return {
    measures: ['events.count', 'events.amount'],
    timeDimensions: [
      {
        dimension: 'events.t',
        ...(granularity === undefined ? {} : { granularity }),
        ...(dateRange === undefined ? {} : { dateRange: [...dateRange] }),
      },
    ],
    ...(operator === undefined ? {} : { filters: [{ member: 'events.t', operator, values }] }),
    timezone,
  };
}

/** Rows of label, count and sum, or the code of the error. */
export async function asked(store: Store, query: Asked): Promise<unknown> {
  try {
    const { data } = await store.query(queryOf(query));
    return data.map((row) => [
      ...(query.granularity === undefined ? [] : [row[`events.t.${query.granularity}`]]),
      row['events.count'],
      row['events.amount'],
    ]);
  } catch (error) {
    return (error as { code?: string }).code ?? error;
  }
}

/** What reads it: a rollup's name, `source`, or the names of several with the mode. */
export async function reads(store: Store, query: Asked): Promise<string | null> {
  const { meta } = await store.query(queryOf(query));
  return meta.mode === 'hybrid' || meta.mode === 'source' ? meta.mode : meta.preAggregation;
}

/** @param where SQL about `t`, which is in UTC, and `local`, on the clock of the zone */
export async function counted(rows: string, { granularity, timezone = 'UTC' }: Asked, where = 'true') {
  const [, own] = OWN[granularity ?? ''] ?? [];
  const bucket = own ?? `date_trunc('${granularity ?? 'day'}', local)::TIMESTAMP`;
  const label = granularity === undefined ? [] : [`epoch_ms(${bucket})::DOUBLE AS label`];
  const found = await duckRows(`
    SELECT ${[...label, 'count(*)::VARCHAR', 'sum(amount)::VARCHAR'].join(', ')}
    FROM (SELECT amount, t, timezone('${timezone}', timezone('UTC', t::TIMESTAMP)) AS local FROM (${rows}))
    WHERE ${where} ${granularity === undefined ? '' : 'GROUP BY 1 ORDER BY 1 NULLS LAST'}`);
  if (granularity === undefined) return found;
  return found.map(([ms, ...values]) => [
    ms === null ? null : new Date(ms as number).toISOString().slice(0, -1),
    ...values,
  ]);
}

const duckdb = connectDuckDb();

export async function duckRows(sql: string): Promise<unknown[][]> {
  return (await (await duckdb).runAndReadAll(sql)).getRowsJS();
}

/** Built, after the source has answered the queries as DuckDB does; and then the rollups do. */
export async function builtAlike(
  rows: string,
  rollups: readonly Rollup[],
  queries: readonly Asked[],
  folder?: string,
): Promise<Store> {
  const store = await open(rows, rollups, folder);
  const expected = await Promise.all(queries.map((query) => counted(rows, query)));
  const answers = (): Promise<unknown[]> => Promise.all(queries.map((query) => asked(store, query)));
  expect(await answers()).toEqual(expected);
  await store.build();
  expect(await answers()).toEqual(expected);
  return store;
}

/** An event every `minutes` from one time to another. */
export function every(minutes: number, from: string, to: string): string {
  return `SELECT row_number() OVER () AS amount, t FROM (SELECT unnest(range(TIMESTAMP '${from}', TIMESTAMP '${to}',
    INTERVAL ${minutes} MINUTE)) AS t)`;
}

/** Events at these times, of which each sum of amounts tells the set. */
export const at = (...times: readonly (string | null)[]): string =>
  times
    .map((time, index) => `SELECT ${2 ** index}::BIGINT AS amount, ${time ?? 'NULL'} AS t`)
    .join(' UNION ALL ');

export const names = (...granularities: readonly string[]): Rollup[] =>
  granularities.map((granularity) => ({ name: granularity, granularity }));
