import type { RawValue } from './physical-column.js';
import { binaryOf, readStruct, structsOf } from './thrift-compact.js';
import type { ThriftField } from './thrift-compact.js';

/** Smallest and largest value of a column in one row group, as its pages would store them; null: it does not say. */
export interface FooterBounds {
  readonly min: Uint8Array | null;
  readonly max: Uint8Array | null;
}

/** `FileMetaData`, `RowGroup`, `ColumnChunk`, `ColumnMetaData` and `Statistics` of parquet.thrift: what we read. */
const FILE = { rowGroups: 4 };
const ROW_GROUP = { columns: 1 };
const CHUNK = { metadata: 3 };
const COLUMN = { statistics: 12 };
const STATISTICS = { max: 5, min: 6, isMaxExact: 7, isMinExact: 8 };
const FALSE = 2;

/**
 * Bounds by row group and column. hyparquet gives them too, decimals as doubles; here they are whole. Bounds that
 * are said to be cut off, and those in the fields that Parquet has given up, are none.
 * @param metadata the footer without its trailer
 * @throws StoreError `corrupt`
 */
export function footerBounds(metadata: Uint8Array): readonly (readonly FooterBounds[])[] {
  return structsOf(readStruct(metadata), FILE.rowGroups).map((group) =>
    structsOf(readStruct(group), ROW_GROUP.columns).map((chunk) => {
      const column = structAt(readStruct(chunk), CHUNK.metadata);
      const statistics = structAt(column, COLUMN.statistics);
      return {
        min: boundAt(statistics, STATISTICS.min, STATISTICS.isMinExact),
        max: boundAt(statistics, STATISTICS.max, STATISTICS.isMaxExact),
      };
    }),
  );
}

/** A stored value, as a page gives it to `PhysicalColumn.decode`; null where the bytes are none of that type. */
export function plainValue(bytes: Uint8Array, type: string | undefined, isText: boolean): RawValue {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  switch (`${type} ${bytes.length}`) {
    case 'BOOLEAN 1':
      return bytes[0] !== 0;
    case 'INT32 4':
      return view.getInt32(0, true);
    case 'INT64 8':
      return view.getBigInt64(0, true);
    case 'FLOAT 4':
      return view.getFloat32(0, true);
    case 'DOUBLE 8':
      return view.getFloat64(0, true);
    default:
      if (type === 'FIXED_LEN_BYTE_ARRAY') return bytes;
      if (type !== 'BYTE_ARRAY') return null;
      return isText ? new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes) : bytes;
  }
}

function structAt(fields: readonly ThriftField[], id: number): readonly ThriftField[] {
  const field = fields.find((each) => each.id === id);
  return field === undefined ? [] : readStruct(field.bytes);
}

function boundAt(statistics: readonly ThriftField[], id: number, isExact: number): Uint8Array | null {
  const field = statistics.find((each) => each.id === id);
  const isCut = statistics.some((each) => each.id === isExact && each.type === FALSE);
  return field === undefined || isCut ? null : binaryOf(field);
}
