/**
 * The pages of a column chunk, before they are decoded: decoders allocate what headers and run lengths say, so none may
 * say more than there are rows. Pages are PageHeader structs of parquet.thrift, each followed by its bytes; run lengths
 * are those of Parquet's RLE and bit-packing hybrid, https://parquet.apache.org/docs/file-format/data-pages/encodings/
 */
import type { ColumnMetaData } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { StoreError } from '../model/errors.js';
import { checkZstd } from './check-zstd.js';
import { integerOf, readStruct, structAt } from './thrift-compact.js';
import type { ThriftField } from './thrift-compact.js';

const HEADER = { uncompressedSize: 2, compressedSize: 3, data: 5, dictionary: 7, dataV2: 8 };
const DATA = { values: 1, encoding: 2 };
const DATA_V2 = { values: 1, nulls: 2, encoding: 4, definitionBytes: 5, repetitionBytes: 6, isCompressed: 7 };
const ENCODING = { plainDictionary: 2, rle: 3, rleDictionary: 8 };
const THRIFT_FALSE = 2;
/** More than any page of equal values is compressed by; beside it what a page may always have. */
const RATIO_MAX = 65_536;
const BYTES_FREE = 1024 * 1024;
/** Values that a bit-packed run may have behind the last one. */
const PADDING_MAX = 512;

export interface CheckedPage {
  readonly compressed: Uint8Array;
  readonly plain: Uint8Array;
  readonly isDictionary: boolean;
  /** As parquet.thrift numbers them. */
  readonly encoding: number;
  /** Of a page of data its rows, NULLs included. */
  readonly values: number;
  /** Runs that tell which rows are not NULL; null: all are. */
  readonly levels: Uint8Array | null;
  /** The values without NULLs, as the encoding has them. */
  readonly data: Uint8Array;
}

/**
 * @param rows of the row group
 * @param optional whether the column may hold NULL
 * @returns the compressed parts of all pages, in their order, with what they hold
 * @throws StoreError `corrupt`
 */
export function checkPages(
  file: Uint8Array,
  chunk: ColumnMetaData,
  rows: number,
  optional: boolean,
): CheckedPage[] {
  const { dictionary_page_offset: dictionary, data_page_offset: data } = chunk;
  const from = Number(dictionary !== undefined && dictionary < data ? dictionary : data);
  const to = from + Number(chunk.total_compressed_size);
  if (from < 0 || to > file.length || to < from) throw malformed('a column chunk lies outside of the file');
  const pages: CheckedPage[] = [];
  let left = rows;
  for (let at = from; at < to;) {
    const { fields, end } = structAt(file.subarray(at, to));
    const size = sizeOf(fields, HEADER.compressedSize);
    const body = file.subarray(at + end, at + end + size);
    at += end + size;
    if (at > to) throw malformed('a page is longer than its column chunk');
    const largest = Number(chunk.total_uncompressed_size);
    if (sizeOf(fields, HEADER.uncompressedSize) > largest) throw malformed('a page is larger than its chunk');
    const page = { fields, body, codec: chunk.codec, left, optional };
    const checked = checkDictionary(page) ?? checkData(page) ?? checkDataV2(page);
    if (checked === null) continue;
    pages.push(checked);
    if (!checked.isDictionary) left -= checked.values;
    if (left < 0) throw malformed(`a column chunk claims more values than the ${rows} rows of its group`);
  }
  return pages;
}

interface Page {
  readonly fields: readonly ThriftField[];
  readonly body: Uint8Array;
  readonly codec: ColumnMetaData['codec'];
  /** Rows that are not told yet. */
  readonly left: number;
  readonly optional: boolean;
}

function checkDictionary({ fields, body, codec, left }: Page): CheckedPage | null {
  const header = structOf(fields, HEADER.dictionary);
  if (header === null) return null;
  const values = sizeOf(header, DATA.values);
  if (values > left) throw malformed('a dictionary has more values than there are rows');
  const plain = inflate(body, sizeOf(fields, HEADER.uncompressedSize), codec);
  const encoding = sizeOf(header, DATA.encoding);
  return { compressed: body, plain, isDictionary: true, encoding, values, levels: null, data: plain };
}

/** In version 1 the levels are compressed with the values, behind their length. */
function checkData({ fields, body, codec, left, optional }: Page): CheckedPage | null {
  const header = structOf(fields, HEADER.data);
  if (header === null) return null;
  const values = atMost(sizeOf(header, DATA.values), left);
  const plain = inflate(body, sizeOf(fields, HEADER.uncompressedSize), codec);
  let at = 0;
  if (optional) {
    if (plain.length < 4) throw malformed('a page ends within its levels');
    const bytes = new DataView(plain.buffer, plain.byteOffset).getUint32(0, true);
    at = 4 + bytes;
    if (at > plain.length) throw malformed('a page ends within its levels');
    checkRuns(plain.subarray(4, at), 1, values);
  }
  const levels = optional ? plain.subarray(4, at) : null;
  const [data, encoding] = [plain.subarray(at), sizeOf(header, DATA.encoding)];
  checkValues(data, encoding, values);
  return { compressed: body, plain, isDictionary: false, encoding, values, levels, data };
}

function checkDataV2({ fields, body, codec, left, optional }: Page): CheckedPage | null {
  const header = structOf(fields, HEADER.dataV2);
  if (header === null) return null;
  const values = atMost(sizeOf(header, DATA_V2.values), left);
  const own = values - atMost(sizeOf(header, DATA_V2.nulls), values);
  const levelBytes = sizeOf(header, DATA_V2.definitionBytes);
  if (sizeOf(header, DATA_V2.repetitionBytes) > 0 || levelBytes > body.length)
    throw malformed('a page has levels that it cannot have');
  const levels = body.subarray(0, levelBytes);
  if (optional) checkRuns(levels, 1, values);
  const compressed = body.subarray(levelBytes);
  const isPlain = header.some(({ id, type }) => id === DATA_V2.isCompressed && type === THRIFT_FALSE);
  const size = sizeOf(fields, HEADER.uncompressedSize) - levelBytes;
  const plain = isPlain ? compressed : inflate(compressed, size, codec);
  const encoding = sizeOf(header, DATA_V2.encoding);
  checkValues(plain, encoding, own);
  const told = optional && own < values ? levels : null;
  return { compressed, plain, isDictionary: false, encoding, values, levels: told, data: plain };
}

function inflate(bytes: Uint8Array, size: number, codec: ColumnMetaData['codec']): Uint8Array {
  if (codec === 'UNCOMPRESSED') return bytes;
  if (size < 0 || size > bytes.length * RATIO_MAX + BYTES_FREE)
    throw malformed('a page is too large for its bytes');
  if (codec === 'ZSTD') checkZstd(bytes, size);
  const plain = compressors[codec]?.(bytes, size);
  if (plain?.length === size) return plain;
  throw malformed(
    plain === undefined ? `there is no codec ${codec}` : 'a page is not as long as its header says',
  );
}

function checkValues(bytes: Uint8Array, encoding: number, values: number): void {
  if (encoding === ENCODING.plainDictionary || encoding === ENCODING.rleDictionary) {
    if (bytes.length > 0) checkRuns(bytes.subarray(1), bytes[0] ?? 0, values);
  } else if (encoding === ENCODING.rle && bytes.length > 4) checkRuns(bytes.subarray(4), 1, values);
}

function checkRuns(bytes: Uint8Array, width: number, values: number): void {
  let at = 0;
  let left = values;
  // Of version 1 nobody has told how many of the values are NULL, and so left out.
  while (left > 0 && at < bytes.length) {
    let header = 0;
    for (let scale = 1, byte = 0x80; byte >= 0x80; scale *= 128) {
      if (at >= bytes.length || scale >= 2 ** 35) throw malformed('a page ends within its runs');
      byte = bytes[at++];
      header += (byte & 127) * scale;
    }
    const isPacked = header % 2 === 1;
    const count = Math.floor(header / 2) * (isPacked ? 8 : 1);
    if (count === 0 || count > left + (isPacked ? PADDING_MAX : 0))
      throw malformed('a run is longer than its page');
    left -= count;
    at += isPacked ? (count / 8) * width : (width + 7) >> 3;
  }
}

function atMost(count: number, limit: number): number {
  if (count > limit) throw malformed(`a page claims ${count} values where ${limit} can be`);
  return count;
}

function structOf(fields: readonly ThriftField[], id: number): readonly ThriftField[] | null {
  const field = fields.find((each) => each.id === id);
  return field === undefined ? null : readStruct(field.bytes);
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
