/** Events with a build range, and what DuckDB counts of them in SQL that stands in this file. */
import { expect } from 'vitest';
import { duckRows } from '../model/duckdb.js';
import { openTables } from './open-tables.js';
import type { Store, Tables } from './open-tables.js';

export const ROWS = `SELECT i AS amount, TIMESTAMP '2023-11-10 07:30' + INTERVAL (i * 19) HOUR AS made FROM range(400) AS n(i)`;
const NULL_ROWS = `SELECT 1000 + i AS amount, NULL AS made FROM range(3) AS n(i)`;
export const WITH_NULLS = `${ROWS} UNION ALL ${NULL_ROWS}`;

/** 400 rows from 2023-11-10 to 2024-09-20. */
export const ALL_MONTHS = [
  ...['11', '12'].map((month) => `2023${month}01`),
  ...['01', '02', '03', '04', '05', '06', '07', '08', '09'].map((month) => `2024${month}01`),
];

export interface Setting {
  readonly start?: string;
  readonly end?: string;
  readonly rows?: string;
  readonly granularity?: string;
  readonly partitions?: string | null;
  readonly folder?: string;
  readonly init?: readonly string[];
  /** The keys' old names. */
  readonly old?: boolean;
}

export function tablesOf(setting: Setting): Tables {
  const { start, end, rows = ROWS, granularity = 'day', partitions = 'month', old = false } = setting;
  const bound = (side: string, sql: string | undefined): string =>
    sql === undefined ? '' : `${old ? 'refresh' : 'build'}_range_${side}: { sql: ${JSON.stringify(sql)} }`;
  return {
    yaml: `
cubes:
  - name: events
    sql_table: events
    measures:
      - { name: count, type: count }
      - { name: amount, sql: amount, type: sum }
    dimensions:
      - { name: made, sql: made, type: time }
    pre_aggregations:
      - name: main
        measures: [count, amount]
        time_dimension: made
        granularity: ${granularity}
        ${partitions === null ? '' : `partition_granularity: ${partitions}`}
        ${bound('start', start)}
        ${bound('end', end)}
`,
    init: [`CREATE TABLE events AS ${rows}`, ...(setting.init ?? [])],
    ...(setting.folder === undefined ? {} : { folder: setting.folder }),
  };
}

/** The keys of the published partitions that hold rows. */
export async function partitionsOf(store: Store): Promise<string[]> {
  const { rollups } = await store.status({ files: true });
  const names = (rollups[0].files?.['default'] ?? []).map((path) => path.split('/').at(-1) ?? '');
  return names.map((name) => name.slice(0, name.indexOf('-')));
}

export async function statusOf(store: Store) {
  return (await store.status()).rollups[0];
}

const UNITS = ['day', 'week', 'month', 'year'] as const;

const counted = new Map<string, Promise<unknown[][]>>();

/** Of the same rows DuckDB is asked once. */
function countedRows(sql: string): Promise<unknown[][]> {
  const rows = counted.get(sql) ?? duckRows(sql);
  counted.set(sql, rows);
  return rows;
}

/** Answers over all time and over ranges in, at and beside a build range, against DuckDB on the rows. */
export async function checkAnswers(store: Store, rows = ROWS): Promise<string[]> {
  const ranges = [
    null,
    ['2023-01-01', '2025-12-31'],
    ['2024-02-01', '2024-03-31'],
    ['2024-03-10', '2024-03-20'],
    ['2024-01-15', '2024-02-14'],
    ['2023-11-01', '2023-12-31'],
    ['2024-08-01', '2025-03-31'],
    ['2024-03-15', '2024-06-15'],
    ['2026-01-01', '2026-12-31'],
    ['2025-05-15', '2025-06-30'],
  ] as const;
  const modes: string[] = [];
  for (const range of ranges) {
    const within =
      range === null
        ? ''
        : `WHERE made >= TIMESTAMP '${range[0]}' AND made < TIMESTAMP '${range[1]}' + INTERVAL 1 DAY`;
    const dateRange = range === null ? {} : { dateRange: [...range] };
    const timeDimensions = [{ dimension: 'events.made', ...dateRange }];
    const measures = ['events.count', 'events.amount'];
    const total = await store.query({ measures, timeDimensions });
    const expected = await countedRows(
      `SELECT count(*)::VARCHAR, sum(amount)::VARCHAR FROM (${rows}) ${within}`,
    );
    expect(total.data.map((row) => [row['events.count'], row['events.amount']])).toEqual(expected);
    modes.push(total.meta.mode);
    for (const unit of UNITS) {
      const answer = await store.query({
        measures,
        timeDimensions: [{ dimension: 'events.made', granularity: unit, ...dateRange }],
      });
      const buckets = await countedRows(
        `SELECT strftime(date_trunc('${unit}', made), '%Y-%m-%dT%H:%M:%S.000'), count(*)::VARCHAR, sum(amount)::VARCHAR
         FROM (${rows}) ${within} GROUP BY 1 ORDER BY 1 NULLS LAST`,
      );
      const given = answer.data.map((row) => [
        row[`events.made.${unit}`],
        row['events.count'],
        row['events.amount'],
      ]);
      expect(given).toEqual(buckets);
    }
  }
  return modes;
}

export async function built(setting: Setting): Promise<Store> {
  const store = await openTables(tablesOf(setting));
  await store.build();
  return store;
}
