/**
 * Writes an Arrow IPC file (arrow.apache.org/docs/format/Columnar.html, version 5 of its metadata) with one record
 * batch. The body of every message, and every buffer in it, begins at a multiple of 64 bytes:
 *
 *     ARROW1 | schema | dictionaries | record batch | end of stream | footer, its length | ARROW1
 */
import { unreachable } from '../model/assert.js';
import { encodeFlatBuffer, scalar, table, tables, text } from './flatbuffer-write.js';
import type { FlatNode } from './flatbuffer-write.js';

export type ArrowType =
  | { readonly kind: 'utf8' | 'binary' | 'bool' | 'float64' }
  | { readonly kind: 'int'; readonly bits: 8 | 16 | 32 | 64; readonly signed: boolean }
  /** Of 128 bits. */
  | { readonly kind: 'decimal'; readonly scale: number }
  /** Milliseconds, without a zone. */
  | { readonly kind: 'timestamp' };

/** Values in the buffers that Arrow gives to a type, the validity first: empty where there is no NULL. */
export interface ArrowArray {
  readonly type: ArrowType;
  readonly length: number;
  readonly nulls: number;
  readonly buffers: readonly Uint8Array[];
}

export interface ArrowColumn {
  readonly name: string;
  /** What is in the record batch: with a dictionary, codes. */
  readonly array: ArrowArray;
  /** Ascending. */
  readonly dictionary: ArrowArray | null;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Where a buffer stands in the body of its message. */
export interface BufferPlace {
  readonly offset: number;
  readonly bytes: number;
}

export const MAGIC = 'ARROW1';
const ALIGNMENT = 64;
const METADATA_V5 = 4;
const MESSAGE = { schema: 1, dictionary: 2, batch: 3 };

/** Where the buffers of the arrays of one message stand in its body, array by array. */
export function placeBuffers(arrays: readonly ArrowArray[]): {
  readonly places: readonly (readonly BufferPlace[])[];
  readonly bytes: number;
} {
  let end = 0;
  const places = arrays.map(({ buffers }) =>
    buffers.map(({ byteLength: bytes }) => {
      const offset = end;
      end = aligned(offset + bytes);
      return { offset, bytes };
    }),
  );
  return { places, bytes: end };
}

/** The parts of a file, one after the other. Large buffers of columns are among them, not copied. */
export function arrowFile(
  rows: number,
  columns: readonly ArrowColumn[],
  metadata: Readonly<Record<string, string>>,
): readonly Uint8Array[] {
  const parts: Uint8Array[] = [];
  let at = 0;
  const put = (bytes: Uint8Array): void => {
    if (bytes.byteLength === 0) return;
    parts.push(bytes);
    at += bytes.byteLength;
  };
  const message = (type: number, header: FlatNode, arrays: readonly ArrowArray[]): Block => {
    const body = placeBuffers(arrays);
    const head = encodeFlatBuffer(
      table(scalar(2, METADATA_V5), scalar(1, type), header, scalar(8, body.bytes)),
    );
    const offset = at;
    const metadataBytes = aligned(offset + 8 + head.length) - offset;
    put(uint32s(0xffffffff, metadataBytes - 8));
    put(head);
    put(zeros(offset + metadataBytes - at));
    for (const { buffers } of arrays) {
      for (const buffer of buffers) {
        put(buffer);
        put(zeros(aligned(at) - at));
      }
    }
    return { offset, metadataBytes, bodyBytes: body.bytes };
  };
  put(Buffer.from(`${MAGIC}\0\0`, 'latin1'));
  const schema = schemaTable(columns, metadata);
  message(MESSAGE.schema, schema, []);
  const dictionaries = columns.flatMap(({ dictionary }) => dictionary ?? []);
  const dictionaryBlocks = dictionaries.map((array, id) =>
    message(MESSAGE.dictionary, table(scalar(8, id), batchTable(array.length, [array]), scalar(1, 0)), [
      array,
    ]),
  );
  const arrays = columns.map(({ array }) => array);
  const block = message(MESSAGE.batch, batchTable(rows, arrays), arrays);
  put(uint32s(0xffffffff, 0));
  const footer = encodeFlatBuffer(
    table(scalar(2, METADATA_V5), schema, blocks(dictionaryBlocks), blocks([block])),
  );
  put(footer);
  put(uint32s(footer.length));
  put(Buffer.from(MAGIC, 'latin1'));
  return withoutSmall(parts);
}

/** From so many bytes on a part is written by itself. */
const LARGE_BYTES = 64 * 1024;

/** The same bytes, neighbours that are small put together: each part costs a call to the disk. */
function withoutSmall(parts: readonly Uint8Array[]): readonly Uint8Array[] {
  const all: Uint8Array[] = [];
  let small: Uint8Array[] = [];
  for (const part of [...parts, null]) {
    if (part !== null && part.byteLength < LARGE_BYTES) small.push(part);
    else {
      if (small.length > 0) all.push(Buffer.concat(small));
      small = [];
      if (part !== null) all.push(part);
    }
  }
  return all;
}

interface Block {
  readonly offset: number;
  /** With the eight bytes before it. */
  readonly metadataBytes: number;
  readonly bodyBytes: number;
}

function blocks(all: readonly Block[]): FlatNode {
  const view = new DataView(new ArrayBuffer(all.length * 24));
  for (const [i, { offset, metadataBytes, bodyBytes }] of all.entries()) {
    view.setBigInt64(i * 24, BigInt(offset), true);
    view.setInt32(i * 24 + 8, metadataBytes, true);
    view.setBigInt64(i * 24 + 16, BigInt(bodyBytes), true);
  }
  return { kind: 'structs', count: all.length, bytes: new Uint8Array(view.buffer) };
}

function batchTable(length: number, arrays: readonly ArrowArray[]): FlatNode {
  const nodes = arrays.map(({ length: values, nulls }) => [values, nulls]);
  const places = placeBuffers(arrays).places.flat();
  return table(scalar(8, length), pairs(nodes), pairs(places.map(({ offset, bytes }) => [offset, bytes])));
}

/** Structs of two 64-bit integers: nodes and buffers. */
function pairs(all: readonly (readonly number[])[]): FlatNode {
  const numbers = BigInt64Array.from(all.flat(), BigInt);
  return { kind: 'structs', count: all.length, bytes: new Uint8Array(numbers.buffer) };
}

function schemaTable(columns: readonly ArrowColumn[], metadata: Readonly<Record<string, string>>): FlatNode {
  let dictionaries = 0;
  const fields = columns.map((column) => fieldTable(column, column.dictionary === null ? 0 : dictionaries++));
  return table(scalar(2, 0), tables(fields), keyValues(metadata));
}

function fieldTable({ name, array, dictionary, metadata }: ArrowColumn, id: number): FlatNode {
  const [kind, type] = typeTable((dictionary ?? array).type);
  const isOrdered = scalar(1, 1);
  const encoding = dictionary === null ? null : table(scalar(8, id), typeTable(array.type)[1], isOrdered);
  return table(text(name), scalar(1, 1), scalar(1, kind), type, encoding, tables([]), keyValues(metadata));
}

function keyValues(all: Readonly<Record<string, string>>): FlatNode {
  return tables(Object.entries(all).map(([key, value]) => table(text(key), text(value))));
}

/** Its number among the types of Schema.fbs, and its table. */
function typeTable(type: ArrowType): readonly [number, FlatNode] {
  switch (type.kind) {
    case 'int':
      return [2, table(scalar(4, type.bits), scalar(1, Number(type.signed)))];
    case 'float64':
      return [3, table(scalar(2, 2))];
    case 'binary':
      return [4, table()];
    case 'utf8':
      return [5, table()];
    case 'bool':
      return [6, table()];
    case 'decimal':
      return [7, table(scalar(4, 38), scalar(4, type.scale), scalar(4, 128))];
    case 'timestamp':
      return [10, table(scalar(2, 1))];
    default:
      return unreachable(type);
  }
}

function aligned(bytes: number): number {
  return Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
}

function zeros(bytes: number): Uint8Array {
  return new Uint8Array(bytes);
}

function uint32s(...numbers: readonly number[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(numbers.length * 4));
  for (const [i, number] of numbers.entries()) view.setUint32(i * 4, number, true);
  return new Uint8Array(view.buffer);
}
