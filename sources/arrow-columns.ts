/** Arrow IPC → columns of values. */
import { StoreError } from '../model/errors.js';
import { LIMITS } from '../model/limits.js';
import type { GivenValue, GivenValues } from './given-rows.js';

/** What is used of `apache-arrow`. */
export interface ArrowModule {
  readonly tableFromIPC: (bytes: Uint8Array) => ArrowTable;
  readonly Type: Readonly<Record<string, number>>;
}

interface ArrowTable {
  readonly numRows: number;
  readonly schema: { readonly fields: readonly { readonly name: string; readonly type: ArrowType }[] };
  getChildAt(index: number): Iterable<unknown> | null;
}

interface ArrowType {
  readonly typeId: number;
  /** Of a dictionary: the type of its values. */
  readonly dictionary?: ArrowType;
  readonly isSigned?: boolean;
  readonly bitWidth?: number;
  readonly precision?: number;
  readonly scale?: number;
}

/** How values of one Arrow type become ours. */
interface Reader {
  readonly type: string;
  readonly read: (value: never) => GivenValue;
}

/**
 * @param bytes a stream or a file
 * @throws StoreError `rows_invalid` for bytes that are no Arrow, and types that no rollup has, with the column
 */
export function arrowColumns(arrow: ArrowModule, bytes: Uint8Array): readonly GivenValues[] {
  const table = openTable(arrow, bytes);
  if (table.numRows > LIMITS.ingestRowsMax) {
    throw new StoreError('rows_invalid', `there are more than ${LIMITS.ingestRowsMax} rows.`, {
      next: 'Give them as a Parquet file, or a range at a time.',
    });
  }
  return table.schema.fields.map(({ name, type }, at) => {
    const { type: duckdbType, read } = readerOf(arrow, name, type);
    const values: GivenValue[] = [];
    for (const value of table.getChildAt(at) ?? []) {
      values.push(value === null || value === undefined ? null : read(value as never));
    }
    return { name, type: duckdbType, values };
  });
}

function openTable(arrow: ArrowModule, bytes: Uint8Array): ArrowTable {
  let table: ArrowTable | null = null;
  try {
    table = arrow.tableFromIPC(bytes);
  } catch (error) {
    throw noArrow(error);
  }
  // Of bytes that it does not know, apache-arrow makes a table without columns.
  if (table.schema.fields.length === 0) throw noArrow(undefined);
  return table;
}

function noArrow(cause: unknown): StoreError {
  return new StoreError('rows_invalid', 'the bytes are no Arrow IPC stream or file with columns.', {
    next: 'Give what tableToIPC() of apache-arrow, or pyarrow.ipc, writes.',
    cause,
  });
}

function readerOf({ Type }: ArrowModule, name: string, type: ArrowType): Reader {
  const { typeId, dictionary } = type;
  switch (typeId) {
    case Type['Dictionary']:
      if (dictionary !== undefined) return readerOf({ Type } as ArrowModule, name, dictionary);
      break;
    case Type['Null']:
      return { type: 'INTEGER', read: () => null };
    case Type['Utf8']:
    case Type['LargeUtf8']:
    case Type['Utf8View']:
      return { type: 'VARCHAR', read: (value: string) => value };
    case Type['Bool']:
      return { type: 'BOOLEAN', read: (value: boolean) => value };
    case Type['Int']:
      return {
        type: type.isSigned === false && type.bitWidth === 64 ? 'UBIGINT' : 'BIGINT',
        read: (value: number | bigint) => BigInt(value),
      };
    case Type['Float']:
      return { type: 'DOUBLE', read: (value: number) => value };
    case Type['Decimal']:
      return { type: `DECIMAL(38,${type.scale ?? 0})`, read: decimalOf };
    case Type['Timestamp']:
    case Type['Date']:
      return { type: 'TIMESTAMP', read: timeOf };
    case Type['Binary']:
    case Type['LargeBinary']:
    case Type['BinaryView']:
      return { type: 'BLOB', read: (value: Uint8Array) => value.slice() };
  }
  const known = Object.keys(Type).find((key) => Type[key] === typeId) ?? String(typeId);
  throw new StoreError(
    'rows_invalid',
    `column ${name.slice(0, 100)} is an Arrow ${known}, which no rollup has.`,
    {
      next: 'Give texts, numbers, booleans, timestamps, dates, or bytes of sketches.',
    },
  );
}

/** Words of 32 bits, the lowest first, in two's complement. */
function decimalOf(words: Uint32Array): bigint {
  const bits = words.reduce((sum, word, at) => sum | (BigInt(word) << BigInt(32 * at)), 0n);
  return BigInt.asIntN(32 * words.length, bits);
}

function timeOf(value: number | bigint | Date): number {
  return Math.floor(value instanceof Date ? value.getTime() : Number(value));
}
