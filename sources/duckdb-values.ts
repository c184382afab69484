/** Between DuckDB's vectors and the house's values. */
import {
  DuckDBBlobValue,
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBTimestampMillisecondsValue,
  DuckDBTimestampNanosecondsValue,
  DuckDBTimestampSecondsValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  DuckDBTypeId,
  DuckDBVarCharVector,
} from '@duckdb/node-api';
import type { DuckDBPreparedStatement, DuckDBResult, DuckDBType, DuckDBValue } from '@duckdb/node-api';
import type { GroupedBatch } from '../model/batch.js';
import { checkTime } from '../model/check-time.js';
import type { SqlParam } from '../model/plan.js';
import { throwIfAborted } from '../model/throw-if-aborted.js';
import { canonicalInteger } from '../model/value.js';
import type { LogicalType, Value } from '../model/value.js';
import { lostMarks } from './lost-marks.js';

export function bindParams(prepared: DuckDBPreparedStatement, params: readonly SqlParam[]): void {
  params.forEach((param, at) => {
    switch (param.type) {
      case 'string':
        return prepared.bindVarchar(at + 1, param.value);
      case 'boolean':
        return prepared.bindBoolean(at + 1, param.value);
      case 'time':
        return prepared.bindTimestamp(at + 1, new DuckDBTimestampValue(BigInt(param.value) * 1000n));
    }
  });
}

/** What a statement computes with: of UHUGEINT, of which DuckDB's sum is a double, a decimal of scale 0. */
export function operandType(type: DuckDBType): LogicalType {
  return type.typeId === DuckDBTypeId.UHUGEINT ? { kind: 'decimal', scale: 0 } : logicalType(type);
}

function logicalType(type: DuckDBType): LogicalType {
  switch (type.typeId) {
    case DuckDBTypeId.BOOLEAN:
      return { kind: 'boolean' };
    case DuckDBTypeId.TINYINT:
    case DuckDBTypeId.SMALLINT:
    case DuckDBTypeId.INTEGER:
    case DuckDBTypeId.BIGINT:
    case DuckDBTypeId.HUGEINT:
    case DuckDBTypeId.UTINYINT:
    case DuckDBTypeId.USMALLINT:
    case DuckDBTypeId.UINTEGER:
    case DuckDBTypeId.UBIGINT:
    case DuckDBTypeId.UHUGEINT:
      return { kind: 'integer' };
    case DuckDBTypeId.DECIMAL: {
      const { scale } = type;
      return scale === 0 ? { kind: 'integer' } : { kind: 'decimal', scale };
    }
    case DuckDBTypeId.FLOAT:
    case DuckDBTypeId.DOUBLE:
      return { kind: 'double' };
    case DuckDBTypeId.DATE:
    case DuckDBTypeId.TIMESTAMP:
    case DuckDBTypeId.TIMESTAMP_S:
    case DuckDBTypeId.TIMESTAMP_MS:
    case DuckDBTypeId.TIMESTAMP_NS:
    case DuckDBTypeId.TIMESTAMP_TZ:
      return { kind: 'time' };
    case DuckDBTypeId.BLOB:
      return { kind: 'sketch', precision: 0 };
    default:
      return { kind: 'string' };
  }
}

/** Reads a stream to its end; the signal is looked at between chunks. */
export async function readBatch(
  result: DuckDBResult,
  signal: AbortSignal | undefined,
): Promise<GroupedBatch> {
  const columns = Array.from({ length: result.columnCount }, (_, at) => ({
    name: result.columnName(at),
    type: logicalType(result.columnType(at)),
    values: [] as (Value | Uint8Array)[],
  }));
  let rows = 0;
  for (;;) {
    const chunk = await result.fetchChunk();
    if (chunk === null || chunk.rowCount === 0) return { rows, columns };
    throwIfAborted(signal);
    rows += chunk.rowCount;
    columns.forEach(({ values }, at) => {
      const vector = chunk.getColumnVector(at);
      const isLost = lostMarks(vector, vector instanceof DuckDBVarCharVector);
      for (let row = 0; row < chunk.rowCount; row++) {
        const value = toValue(vector.getItem(row));
        values.push(value !== null && isLost(row) ? `\uFEFF${String(value)}` : value);
      }
    });
  }
}

function toValue(value: DuckDBValue): Value | Uint8Array {
  if (value === null || typeof value === 'string' || typeof value === 'boolean' || typeof value === 'number')
    return value;
  if (typeof value === 'bigint') return canonicalInteger(value);
  if (value instanceof DuckDBDecimalValue) return canonicalInteger(value.value);
  if (value instanceof DuckDBTimestampValue || value instanceof DuckDBTimestampTZValue)
    return checkTime(floorDivide(value.micros, 1000n));
  if (value instanceof DuckDBDateValue) return checkTime(value.days * 86_400_000);
  if (value instanceof DuckDBTimestampSecondsValue) return checkTime(Number(value.seconds) * 1000);
  if (value instanceof DuckDBTimestampMillisecondsValue) return checkTime(Number(value.millis));
  if (value instanceof DuckDBTimestampNanosecondsValue)
    return checkTime(floorDivide(value.nanos, 1_000_000n));
  if (value instanceof DuckDBBlobValue) return value.bytes;
  return String(value);
}

function floorDivide(value: bigint, divisor: bigint): number {
  const quotient = value / divisor;
  return Number(value % divisor < 0n ? quotient - 1n : quotient);
}
