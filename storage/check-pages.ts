/**
 * The pages of a column chunk before they are decoded: decoders allocate what a header says, so none may say more than
 * its chunk holds. Pages are PageHeader structs of parquet.thrift, each followed by its bytes.
 */
import type { ColumnMetaData } from 'hyparquet';
import { StoreError } from '../model/errors.js';
import { integerOf, readStruct, structAt } from './thrift-compact.js';
import type { ThriftField } from './thrift-compact.js';

const PAGE = { uncompressedSize: 2, compressedSize: 3, data: 5, dictionary: 7, dataV2: 8 };
const NUM_VALUES = 1;
/** More than any page of equal values is compressed by; beside it what a page may always have. */
const RATIO_MAX = 65_536;
const BYTES_FREE = 1024 * 1024;

/** @throws StoreError `corrupt` */
export function checkPages(file: Uint8Array, chunk: ColumnMetaData, rows: number): void {
  const { dictionary_page_offset: dictionary, data_page_offset: data } = chunk;
  const from = Number(dictionary !== undefined && dictionary < data ? dictionary : data);
  const to = from + Number(chunk.total_compressed_size);
  if (from < 0 || to > file.length || to < from) throw malformed('a column chunk lies outside of the file');
  let values = 0;
  for (let at = from; at < to;) {
    const { fields, end } = structAt(file.subarray(at, to));
    const compressed = sizeOf(fields, PAGE.compressedSize);
    const uncompressed = sizeOf(fields, PAGE.uncompressedSize);
    at += end + compressed;
    if (at > to) throw malformed('a page is longer than its column chunk');
    if (uncompressed > compressed * RATIO_MAX + BYTES_FREE)
      throw malformed('a page is too large for its bytes');
    const dictionaryValues = valuesOf(fields, PAGE.dictionary);
    const own = valuesOf(fields, PAGE.data) ?? valuesOf(fields, PAGE.dataV2) ?? 0;
    values += own;
    if (Math.max(values, dictionaryValues ?? 0) > rows)
      throw malformed(`a column chunk claims more values than the ${rows} rows of its group`);
  }
}

function valuesOf(fields: readonly ThriftField[], id: number): number | null {
  const header = fields.find((field) => field.id === id);
  return header === undefined ? null : sizeOf(readStruct(header.bytes), NUM_VALUES);
}

function sizeOf(fields: readonly ThriftField[], id: number): number {
  const field = fields.find((each) => each.id === id);
  const size = field === undefined ? -1 : integerOf(field);
  if (size < 0) throw malformed('a page does not tell its size');
  return size;
}

function malformed(what: string): StoreError {
  return new StoreError('corrupt', `${what}.`, { next: 'Build the rollup again.' });
}
