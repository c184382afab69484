/**
 * Values of one page that are not NULL, as Parquet encodes them,
 * https://parquet.apache.org/docs/file-format/data-pages/encodings/
 */
import { isAscii } from 'node:buffer';
import type { SchemaElement } from 'hyparquet';
import { StoreError } from '../model/errors.js';
import { readRuns } from './bit-runs.js';
import { readDeltas } from './delta-numbers.js';
import type { RawValue } from './physical-column.js';

/** Numbers in one array of doubles where each is exact in one; one kind of array is what loops are fast over. */
export type FlatValues = Float64Array | RawValue[];

const ENCODING = { plain: 0, rle: 3, delta: 5, deltaLength: 6, split: 9 };
/** Characters of texts that V8 copies when it cuts them out of another one. */
const CUT_TEXT_MAX = 12;
/** Bytes, below what a text may have. */
const PAGE_TEXT_MAX = 2 ** 28;
const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * @returns null: the encoding, or the type, is not known here
 * @throws StoreError `corrupt`, TypeError for text that is not UTF-8
 */
export function flatValues(
  element: SchemaElement,
  encoding: number,
  data: Uint8Array,
  count: number,
): FlatValues | null {
  const isUnsigned = element.converted_type === 'UINT_32' || element.converted_type === 'UINT_64';
  if (isUnsigned) return null;
  if (count === 0) return [];
  switch (encoding) {
    case ENCODING.plain:
      return plainValues(element, data, count);
    case ENCODING.rle:
      return element.type === 'BOOLEAN' ? runBooleans(data, count) : null;
    case ENCODING.delta:
      return deltaValues(element, data, count);
    case ENCODING.deltaLength:
      return element.type === 'BYTE_ARRAY' ? sizedValues(element, data, count) : null;
    case ENCODING.split:
      return splitNumbers(element, data, count);
    default:
      return null;
  }
}

function plainValues(element: SchemaElement, data: Uint8Array, count: number): FlatValues | null {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  switch (element.type) {
    case 'BOOLEAN':
      requireBytes(data, Math.ceil(count / 8));
      return Array.from({ length: count }, (_, i) => ((data[i >> 3] >> (i & 7)) & 1) === 1);
    case 'INT32':
      requireBytes(data, 4 * count);
      return Float64Array.from({ length: count }, (_, i) => view.getInt32(4 * i, true));
    case 'INT64':
      requireBytes(data, 8 * count);
      return plainLongs(view, count);
    case 'FLOAT':
      requireBytes(data, 4 * count);
      return Float64Array.from({ length: count }, (_, i) => view.getFloat32(4 * i, true));
    case 'DOUBLE':
      requireBytes(data, 8 * count);
      return plainDoubles(data, count);
    case 'BYTE_ARRAY':
      return plainBytes(element, data, view, count);
    case 'FIXED_LEN_BYTE_ARRAY': {
      const size = element.type_length ?? 0;
      if (size <= 0) return null;
      requireBytes(data, size * count);
      return Array.from({ length: count }, (_, i) => data.subarray(size * i, size * (i + 1)));
    }
    default:
      return null;
  }
}

/** A copy: they need not lie at a multiple of 8. The slice of a Buffer would be none. */
function plainDoubles(data: Uint8Array, count: number): Float64Array {
  const numbers = new Float64Array(count);
  new Uint8Array(numbers.buffer).set(data.subarray(0, 8 * count));
  return numbers;
}

/** Doubles as long as all are exact. */
function plainLongs(view: DataView, count: number): FlatValues {
  const numbers = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    const high = view.getInt32(8 * i + 4, true);
    if (high < -0x20_0000 || high >= 0x20_0000) return wideLongs(view, count);
    numbers[i] = high * 2 ** 32 + view.getUint32(8 * i, true);
  }
  return numbers;
}

function wideLongs(view: DataView, count: number): RawValue[] {
  return Array.from({ length: count }, (_, i) => view.getBigInt64(8 * i, true));
}

function plainBytes(element: SchemaElement, data: Uint8Array, view: DataView, count: number): RawValue[] {
  const values = new Array<RawValue>(count);
  const valueAt = reader(element, data, 0);
  let at = 0;
  for (let i = 0; i < count; i++) {
    requireBytes(data, at + 4);
    const end = at + 4 + view.getUint32(at, true);
    requireBytes(data, end);
    values[i] = valueAt(at + 4, end);
    at = end;
  }
  return values;
}

function sizedValues(element: SchemaElement, data: Uint8Array, count: number): RawValue[] | null {
  const sizes = readDeltas(data, count);
  if (sizes === null) return null;
  const values = new Array<RawValue>(count);
  const valueAt = reader(element, data, sizes.end);
  let at = sizes.end;
  for (let i = 0; i < count; i++) {
    const end = at + sizes.values[i];
    if (end < at) throw malformed();
    requireBytes(data, end);
    values[i] = valueAt(at, end);
    at = end;
  }
  return values;
}

/**
 * Byte for byte: a leading U+FEFF belongs to the text, and bytes that are not UTF-8 are an error. Short texts are cut out
 * of one for the whole page where no byte of it is beyond ASCII; longer ones would keep that page alive.
 *
 * @param start where the texts begin, and with them what must be ASCII
 */
function reader(
  element: SchemaElement,
  data: Uint8Array,
  start: number,
): (from: number, to: number) => RawValue {
  if (element.converted_type !== 'UTF8') return (from, to) => data.subarray(from, to);
  const decode = (from: number, to: number): string => UTF8.decode(data.subarray(from, to));
  if (data.length > PAGE_TEXT_MAX || !isAscii(data.subarray(start))) return decode;
  const text = Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('latin1');
  return (from, to) => (to - from <= CUT_TEXT_MAX ? text.slice(from, to) : decode(from, to));
}

function deltaValues(element: SchemaElement, data: Uint8Array, count: number): FlatValues | null {
  if (element.type !== 'INT32' && element.type !== 'INT64') return null;
  const deltas = readDeltas(data, count);
  if (deltas === null || element.type === 'INT64') return deltas?.values ?? null;
  // Those of 32 bits may have been reckoned modulo 2^32.
  return deltas.values.every((value) => value === Math.trunc(value) && Math.abs(value) < 2 ** 31)
    ? deltas.values
    : null;
}

/** Behind the length of the runs. */
function runBooleans(data: Uint8Array, count: number): RawValue[] {
  requireBytes(data, 4);
  const bits = new Uint8Array(count);
  readRuns(data.subarray(4), 1, bits);
  return Array.from(bits, (bit) => bit === 1);
}

/** BYTE_STREAM_SPLIT: the first bytes of all values, then the second ones … */
function splitNumbers({ type }: SchemaElement, data: Uint8Array, count: number): Float64Array | null {
  if (type !== 'DOUBLE' && type !== 'FLOAT') return null;
  const size = type === 'DOUBLE' ? 8 : 4;
  requireBytes(data, size * count);
  const bytes = new Uint8Array(size * count);
  for (let place = 0; place < size; place++) {
    for (let i = 0; i < count; i++) bytes[size * i + place] = data[place * count + i];
  }
  return type === 'DOUBLE'
    ? new Float64Array(bytes.buffer)
    : Float64Array.from(new Float32Array(bytes.buffer));
}

function requireBytes(data: Uint8Array, length: number): void {
  if (length > data.length) throw malformed();
}

function malformed(): StoreError {
  return new StoreError('corrupt', 'a page ends within its values.', { next: 'Build the rollup again.' });
}
