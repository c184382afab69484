import { parquetMetadata } from 'hyparquet';
import type { FileMetaData } from 'hyparquet';
import { StoreError } from '../model/errors.js';
import {
  binaryOf,
  booleanField,
  integerField,
  readStruct,
  structListField,
  structsOf,
  textField,
  withField,
  writeStruct,
} from './thrift-compact.js';

/** What DuckDB does not say in the files that it writes. */
export interface FooterAddition {
  /** Rows ascend by these columns, NULL last; none: nothing is said of the order. */
  readonly sortColumns: readonly string[];
  /** Each is set, whatever it was; all others stay. */
  readonly keyValues: ReadonlyMap<string, string>;
}

/** Bytes that stand from `start` to the end of the file. */
export interface FileEnd {
  readonly start: number;
  readonly bytes: Uint8Array;
}

/** `FileMetaData`, `RowGroup`, `SortingColumn` and `KeyValue` of parquet.thrift: what we set. */
const FILE = { rowGroups: 4, keyValues: 5 };
const ROW_GROUP = { sortingColumns: 4 };
const SORTING_COLUMN = { index: 1, descending: 2, nullsFirst: 3 };
const KEY_VALUE = { key: 1, value: 2 };

export const MAGIC = 'PAR1';
/** Length of the metadata, and the magic. */
export const TRAILER_BYTES = 8;

/**
 * The footer of a Parquet file with more in it. Whatever it does not know (Bloom filters, page indexes, fields of
 * later versions) is copied byte for byte. Pages do not move, so all offsets stay true.
 * @throws StoreError `corrupt`
 */
export function extendFooter(file: Uint8Array, { sortColumns, keyValues }: FooterAddition): FileEnd {
  const start = footerStart(file.length, file);
  const fields = readStruct(file.subarray(start, file.length - TRAILER_BYTES));
  const sorting = sortingColumns(readMetadata(file), sortColumns);
  const groups = structsOf(fields, FILE.rowGroups).map((group) =>
    sorting.length === 0
      ? group
      : writeStruct(withField(readStruct(group), structListField(ROW_GROUP.sortingColumns, sorting))),
  );
  const pairs = [
    ...structsOf(fields, FILE.keyValues).filter((pair) => !keyValues.has(keyOf(pair))),
    ...[...keyValues].map(([key, value]) =>
      writeStruct([textField(KEY_VALUE.key, key), textField(KEY_VALUE.value, value)]),
    ),
  ];
  const extended = [structListField(FILE.rowGroups, groups), structListField(FILE.keyValues, pairs)];
  const metadata = writeStruct(extended.reduce(withField, fields));
  const trailer = Buffer.alloc(TRAILER_BYTES);
  trailer.writeUInt32LE(metadata.length);
  trailer.write(MAGIC, 4, 'latin1');
  return { start, bytes: Buffer.concat([metadata, trailer]) };
}

/**
 * Where the metadata of a file begins.
 * @param trailer its last 8 bytes, or more of its end
 * @throws StoreError `corrupt`
 */
export function footerStart(size: number, trailer: Uint8Array): number {
  const last = Buffer.from(trailer.subarray(-TRAILER_BYTES));
  const isWhole = size >= MAGIC.length + TRAILER_BYTES && last.toString('latin1', 4) === MAGIC;
  const start = isWhole ? size - TRAILER_BYTES - last.readUInt32LE() : 0;
  if (start < MAGIC.length) throw new StoreError('corrupt', 'it does not end as a Parquet file does.');
  return start;
}

/** @param file it all, or its end from where the metadata begins. @throws StoreError `corrupt` */
export function readMetadata(file: Uint8Array): FileMetaData {
  try {
    return parquetMetadata(file);
  } catch (cause) {
    throw new StoreError('corrupt', 'its footer cannot be read.', { cause });
  }
}

/** Parquet counts columns as they stand in a row group. */
function sortingColumns(
  { row_groups: groups }: FileMetaData,
  names: readonly string[],
): readonly Uint8Array[] {
  const paths = groups[0]?.columns.map((chunk) => chunk.meta_data?.path_in_schema ?? []) ?? [];
  if (groups.length === 0) return [];
  return names.map((name) => {
    const index = paths.findIndex((path) => path.length === 1 && path[0] === name);
    if (index < 0) throw new StoreError('corrupt', `it has no column ${name}, which it is sorted by.`);
    return writeStruct([
      integerField(SORTING_COLUMN.index, index),
      booleanField(SORTING_COLUMN.descending, false),
      booleanField(SORTING_COLUMN.nullsFirst, false),
    ]);
  });
}

function keyOf(pair: Uint8Array): string {
  const key = readStruct(pair).find(({ id }) => id === KEY_VALUE.key);
  return key === undefined ? '' : new TextDecoder().decode(binaryOf(key));
}
