import { DuckDBInstance } from '@duckdb/node-api';
import type { DuckDBConnection, DuckDBValue } from '@duckdb/node-api';
import {
  DuckDBBlobValue,
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBTimestampMillisecondsValue,
  DuckDBTimestampNanosecondsValue,
  DuckDBTimestampSecondsValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
} from '@duckdb/node-api';
import { canonicalInteger } from '../../../dist/model/value.js';
import type { Value } from '../../../dist/model/value.js';

export async function connectDuckDb(): Promise<DuckDBConnection> {
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  await connection.run("set timezone = 'UTC'; set threads = 1");
  return connection;
}

export interface CopyOptions {
  readonly version?: 'v1' | 'v2';
  readonly compression?: string;
  readonly rowGroupRows?: number;
}

/** Writes a statement's rows as the engine will. */
export async function copyToParquet(
  connection: DuckDBConnection,
  sql: string,
  path: string,
  { version = 'v2', compression = 'zstd', rowGroupRows = 20_480 }: CopyOptions = {},
): Promise<void> {
  await connection.run(
    `COPY (${sql}) TO '${path}' (FORMAT parquet, COMPRESSION ${compression}, PARQUET_VERSION ${version}, ` +
      `ROW_GROUP_SIZE ${rowGroupRows})`,
  );
}

/**
 * One column as DuckDB gives it, in the forms of `model/value.ts`; blobs as bytes. Strings travel as bytes, because
 * the binding drops a leading U+FEFF.
 */
export async function readColumn(
  connection: DuckDBConnection,
  sql: string,
  column: string,
): Promise<(Value | Uint8Array)[]> {
  const type = await connection.runAndReadAll(`SELECT any_value(typeof(${column})) FROM (${sql})`);
  const isText = type.getRows()[0][0] === 'VARCHAR';
  const selected = isText ? `encode(${column})` : column;
  const reader = await connection.runAndReadAll(`SELECT ${selected} FROM (${sql})`);
  const values = (reader.getColumns()[0] ?? []).map(toValue);
  return isText ? values.map((value) => (value instanceof Uint8Array ? UTF8.decode(value) : value)) : values;
}

const UTF8 = new TextDecoder('utf-8', { ignoreBOM: true });

function toValue(value: DuckDBValue): Value | Uint8Array {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return canonicalInteger(value);
  if (value instanceof DuckDBDecimalValue) return canonicalInteger(value.value);
  if (value instanceof DuckDBBlobValue) return new Uint8Array(value.bytes);
  if (value instanceof DuckDBDateValue) return value.days * 86_400_000;
  if (value instanceof DuckDBTimestampSecondsValue) return Number(value.seconds) * 1000;
  if (value instanceof DuckDBTimestampMillisecondsValue) return Number(value.millis);
  if (value instanceof DuckDBTimestampValue || value instanceof DuckDBTimestampTZValue) {
    return floorDivide(value.micros, 1000n);
  }
  if (value instanceof DuckDBTimestampNanosecondsValue) return floorDivide(value.nanos, 1_000_000n);
  throw new Error(`no value for ${String(value)}`);
}

function floorDivide(a: bigint, b: bigint): number {
  return Number((a - (((a % b) + b) % b)) / b);
}
