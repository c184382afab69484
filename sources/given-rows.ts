/** Rows that are given instead of asked for, in a DuckDB of their own, where partitions are cut from them. */
import type { DuckDBConnection, DuckDBInstance, DuckDBValue } from '@duckdb/node-api';
import type { GroupedBatch } from '../model/batch.js';
import type { IngestColumn } from '../model/ingest-column.js';
import type { Statement } from '../model/plan.js';
import { throwIfAborted } from '../model/throw-if-aborted.js';
import type { Value } from '../model/value.js';
import { arrowColumns } from './arrow-columns.js';
import type { ArrowModule } from './arrow-columns.js';
import type { SourceMemory } from './duckdb.js';
import { duckdbError } from './duckdb-error.js';
import { registerSketchFunctions } from './duckdb-sketches.js';
import { stageRows } from './duckdb-stage.js';
import { readBatch } from './duckdb-values.js';
import { memorySettings } from './memory-settings.js';
import { quoteIdentifier, quoteText } from './quote-duckdb.js';
import { rowColumns } from './row-columns.js';
import type { SketchFunctions, StagedRows } from './source.js';

/** A path of a Parquet file, an Arrow IPC stream or file, or rows as objects. */
export type GivenInput = string | Uint8Array | Iterable<GivenRow> | AsyncIterable<GivenRow>;
export type GivenRow = Readonly<Record<string, unknown>>;

/** As in `model/value.ts`, a decimal scaled; of a sketch its bytes. */
export type GivenValue = Value | Uint8Array;

export interface GivenValues {
  readonly name: string;
  /** As DuckDB writes it; of a decimal `DECIMAL(38,scale)`. */
  readonly type: string;
  readonly values: readonly GivenValue[];
}

/** Which column each given name is; null: rows that name none, since there are none. */
export type ResolveColumns = (names: readonly string[] | null) => ReadonlyMap<string, IngestColumn>;

export interface GivenRows {
  readonly rows: number;
  /** The columns as they were given, in order, by name, with DuckDB's name of their type. */
  readonly types: ReadonlyMap<string, string>;
  run(sql: string): Promise<void>;
  query(sql: string, signal?: AbortSignal): Promise<GroupedBatch>;
  stage(statement: Statement, signal?: AbortSignal): Promise<StagedRows>;
  close(): void;
}

/** The table of the rows as they were given; `rowid` counts them from 0. */
export const RAW_TABLE = 'granary_raw';
const SOURCE = 'ingest';

/**
 * @param resolve which column each name is; it throws where the names do not fit
 * @throws StoreError `rows_invalid`, `source_failed`, `aborted`
 */
export async function openGivenRows(
  input: GivenInput,
  resolve: ResolveColumns,
  sketches: SketchFunctions,
  memory: SourceMemory,
  signal: AbortSignal | undefined,
): Promise<GivenRows> {
  throwIfAborted(signal);
  const columns = typeof input === 'string' ? null : await columnsOf(input, resolve, signal);
  const { DuckDBInstance: Instance } = await import('@duckdb/node-api');
  const instance = await Instance.create(':memory:', await memorySettings(memory));
  try {
    const connection = await connect(instance);
    await registerSketchFunctions(connection, sketches);
    if (columns === null) await readParquet(connection, input as string);
    else await appendColumns(connection, columns);
    return await givenRows(instance, connection);
  } catch (error) {
    instance.closeSync();
    throw duckdbError(error, SOURCE, signal);
  }
}

function columnsOf(
  input: Exclude<GivenInput, string>,
  resolve: ResolveColumns,
  signal: AbortSignal | undefined,
): Promise<readonly GivenValues[]> {
  return input instanceof Uint8Array ? readArrow(input) : rowColumns(input, resolve, signal);
}

/** Arrow is loaded only where it is given. */
async function readArrow(bytes: Uint8Array): Promise<readonly GivenValues[]> {
  const arrow = (await import('apache-arrow')) as unknown as ArrowModule;
  return arrowColumns(arrow, bytes);
}

async function connect(instance: DuckDBInstance): Promise<DuckDBConnection> {
  const connection = await instance.connect();
  await connection.run("SET TimeZone = 'UTC'");
  return connection;
}

async function readParquet(connection: DuckDBConnection, path: string): Promise<void> {
  await connection.run(`CREATE TABLE ${RAW_TABLE} AS SELECT * FROM read_parquet(${quoteText(path)})`);
}

const CHUNK_ROWS = 2048;

async function appendColumns(connection: DuckDBConnection, columns: readonly GivenValues[]): Promise<void> {
  const duckdb = await import('@duckdb/node-api');
  const names = columns.map(({ name, type }) => `${quoteIdentifier(name)} ${type}`);
  await connection.run(`CREATE TABLE ${RAW_TABLE} (${names.join(', ')})`);
  const described = await connection.run(`SELECT * FROM ${RAW_TABLE}`);
  const types = columns.map((_, at) => described.columnType(at));
  const appender = await connection.createAppender(RAW_TABLE);
  const rows = columns[0].values.length;
  for (let from = 0; from < rows; from += CHUNK_ROWS) {
    const chunk = duckdb.DuckDBDataChunk.create(types);
    const part = columns.map(({ type, values }) =>
      values.slice(from, from + CHUNK_ROWS).map((value) => duckdbValue(duckdb, type, value)),
    );
    chunk.setColumns(part);
    appender.appendDataChunk(chunk);
  }
  appender.closeSync();
}

function duckdbValue(
  duckdb: typeof import('@duckdb/node-api'),
  type: string,
  value: GivenValue,
): DuckDBValue {
  if (value === null) return null;
  if (value instanceof Uint8Array) return new duckdb.DuckDBBlobValue(value);
  if (type === 'TIMESTAMP') return new duckdb.DuckDBTimestampValue(BigInt(value) * 1000n);
  const scale = /^DECIMAL\(38,(\d+)\)$/.exec(type)?.[1];
  return scale === undefined ? value : new duckdb.DuckDBDecimalValue(BigInt(value), 38, Number(scale));
}

async function givenRows(instance: DuckDBInstance, connection: DuckDBConnection): Promise<GivenRows> {
  const described = await connection.runAndReadAll(`DESCRIBE ${RAW_TABLE}`);
  const counted = await connection.runAndReadAll(`SELECT count(*) FROM ${RAW_TABLE}`);
  return {
    rows: Number(counted.getRows()[0][0]),
    types: new Map(described.getRows().map((row) => [String(row[0]), String(row[1])])),
    run: async (sql) => {
      await connection.run(sql);
    },
    query: async (sql, signal) => {
      try {
        return await readBatch(await connection.stream(sql), signal);
      } catch (error) {
        throw duckdbError(error, SOURCE, signal);
      }
    },
    stage: async (statement, signal) => stageRows(await connect(instance), SOURCE, statement, signal),
    close: () => {
      connection.closeSync();
      instance.closeSync();
    },
  };
}
