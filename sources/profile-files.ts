import { basename, extname, resolve } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { StoreError } from '../model/errors.js';
import type { ColumnProfile, TableProfile } from '../model/profile.js';
import { withMemoryDuckdb } from './memory-duckdb.js';
import { quoteIdentifier, quoteText } from './quote-duckdb.js';

/** Distinct values are counted in a table of so many rows, … */
const EXACT_ROWS_MAX = 1_000_000;
/** … and in a larger one where there are about so few; else they are estimated. */
const EXACT_DISTINCT_MAX = 1_000;
/** The most frequent value is looked up where there are at most so many distinct ones. */
const COMMON_DISTINCT_MAX = 10_000;
/** Files of a folder whose columns are compared; a larger folder is taken for one table. */
const COMPARED_FILES_MAX = 200;

const READERS: Readonly<Record<string, string>> = {
  '.parquet': 'read_parquet',
  '.csv': 'read_csv',
  '.tsv': 'read_csv',
  '.json': 'read_json',
  '.ndjson': 'read_json',
};

/**
 * Looks at Parquet, CSV and JSON files and tells the columns of the tables in them. The files of a folder that
 * have the same columns are one table.
 * @throws StoreError `file_missing`, `source_failed`
 */
export async function profileFiles(path: string | readonly string[]): Promise<TableProfile[]> {
  const paths = typeof path === 'string' ? [path] : path;
  return withMemoryDuckdb(async (connection) => {
    const profiles: TableProfile[] = [];
    for (const each of paths) {
      for (const { name, sql } of await findTables(connection, resolve(each))) {
        profiles.push(await profileTable(connection, name, sql));
      }
    }
    return profiles;
  });
}

interface FoundTable {
  readonly name: string;
  readonly sql: string;
}

async function findTables(connection: DuckDBConnection, path: string): Promise<FoundTable[]> {
  const own = await listFiles(connection, path);
  if (own.length > 0)
    return (await groupFiles(connection, own)).map((files) => tableOf(files, path, readerSql(files)));
  const tables: FoundTable[] = [];
  for (const extension of Object.keys(READERS)) {
    const pattern = `${path}/**/*${extension}`;
    const groups = await groupFiles(connection, await listFiles(connection, pattern));
    // The pattern, not the list, where it names one table: a file that is added later belongs to it.
    const sql = (files: readonly string[]): string => readerSql(groups.length === 1 ? [pattern] : files);
    tables.push(...groups.map((files) => tableOf(files, path, sql(files))));
  }
  if (tables.length > 0) return tables;
  throw new StoreError('file_missing', `there is no Parquet, CSV or JSON file at ${path}.`, {
    next: 'Give the path of a .parquet, .csv or .json file, or of a folder of them.',
  });
}

function tableOf(files: readonly string[], path: string, sql: string): FoundTable {
  return { name: stem(files.length === 1 ? files[0] : path), sql };
}

/** Files of the same columns together. */
async function groupFiles(connection: DuckDBConnection, files: readonly string[]): Promise<string[][]> {
  if (files.length <= 1 || files.length > COMPARED_FILES_MAX) return files.length === 0 ? [] : [[...files]];
  const groups = new Map<string, string[]>();
  for (const file of files) {
    const key = JSON.stringify(await describe(connection, readerSql([file]), file));
    groups.set(key, [...(groups.get(key) ?? []), file]);
  }
  return [...groups.values()];
}

async function listFiles(connection: DuckDBConnection, pattern: string): Promise<string[]> {
  const rows = await readRows(
    connection,
    `SELECT file FROM glob(${quoteText(pattern)}) ORDER BY file`,
    pattern,
  );
  return rows.map(([file]) => String(file));
}

async function profileTable(connection: DuckDBConnection, table: string, sql: string): Promise<TableProfile> {
  const columns = await describe(connection, sql, table);
  const facts = columns.flatMap(({ name }) => {
    const column = quoteIdentifier(name);
    return [
      `approx_count_distinct(${column})`,
      `count(${column})`,
      `min(${column})::VARCHAR`,
      `max(${column})::VARCHAR`,
    ];
  });
  const [values = []] = await readRows(connection, `SELECT count(*), ${facts.join(', ')} FROM ${sql}`, table);
  const rows = Number(values[0]);
  const profiles = columns.map(({ name, type }, at): ColumnProfile => {
    const [distinct, known, min, max] = values.slice(1 + at * 4);
    const nulls = rows - Number(known);
    return { name, type, distinct: Number(distinct), nulls, min: text(min), max: text(max), common: null };
  });
  const counted = await countDistinct(connection, sql, table, rows, profiles);
  return { table, sql, rows, columns: await addCommonValues(connection, sql, table, counted) };
}

async function countDistinct(
  connection: DuckDBConnection,
  sql: string,
  table: string,
  rows: number,
  columns: readonly ColumnProfile[],
): Promise<readonly ColumnProfile[]> {
  const exact = columns.filter(({ distinct }) => rows <= EXACT_ROWS_MAX || distinct <= EXACT_DISTINCT_MAX);
  if (exact.length === 0) return columns;
  const counts = exact.map(({ name }) => `count(DISTINCT ${quoteIdentifier(name)})`);
  const [values = []] = await readRows(connection, `SELECT ${counts.join(', ')} FROM ${sql}`, table);
  return columns.map((column) => {
    const at = exact.indexOf(column);
    return at < 0 ? column : { ...column, distinct: Number(values[at]) };
  });
}

async function addCommonValues(
  connection: DuckDBConnection,
  sql: string,
  table: string,
  columns: readonly ColumnProfile[],
): Promise<ColumnProfile[]> {
  const wanted = columns.filter(
    ({ type, distinct }) => (type === 'VARCHAR' || type === 'BOOLEAN') && distinct <= COMMON_DISTINCT_MAX,
  );
  if (wanted.length === 0) return [...columns];
  const modes = wanted.map(({ name }) => `mode(${quoteIdentifier(name)})::VARCHAR`);
  const [values = []] = await readRows(connection, `SELECT ${modes.join(', ')} FROM ${sql}`, table);
  return columns.map((column) => {
    const index = wanted.indexOf(column);
    return index < 0 ? column : { ...column, common: text(values[index]) };
  });
}

async function describe(
  connection: DuckDBConnection,
  sql: string,
  what: string,
): Promise<{ name: string; type: string }[]> {
  const rows = await readRows(connection, `DESCRIBE SELECT * FROM ${sql}`, what);
  return rows.map(([name, type]) => ({ name: String(name), type: String(type) }));
}

async function readRows(connection: DuckDBConnection, sql: string, what: string): Promise<unknown[][]> {
  try {
    return (await connection.runAndReadAll(sql)).getRowsJS();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new StoreError('source_failed', `${what} cannot be read: ${reason}`, {
      next: 'Check that it is a whole Parquet, CSV or JSON file.',
      cause,
    });
  }
}

function readerSql(files: readonly string[]): string {
  const reader = READERS[kind(files[0])];
  if (reader === undefined) {
    throw new StoreError('source_failed', `${files.join(', ')} is neither Parquet, CSV nor JSON.`, {
      next: 'Give a .parquet, .csv or .json file.',
    });
  }
  const list = files.map(quoteText).join(', ');
  return files.length === 1 ? `${reader}(${list})` : `${reader}([${list}])`;
}

/** The extension that tells how to read a file: a compressed CSV is still a CSV. */
function kind(file: string): string {
  return extname(file.replace(/\.(gz|zst)$/i, '')).toLowerCase();
}

function stem(path: string): string {
  const name = basename(path.replace(/[*?].*$/, '').replace(/\.(gz|zst)$/i, ''));
  return name.replace(/\.[^.]+$/, '') || 'data';
}

function text(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
