/**
 * Structs of Thrift's compact protocol, taken apart without understanding them: a field is its id, its type and the
 * bytes of its value, and what nobody changes is written as it was read. Parquet footers are such structs.
 * https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
 */
import { StoreError } from '../model/errors.js';
import { LIMITS } from '../model/limits.js';

export interface ThriftField {
  readonly id: number;
  readonly type: number;
  /** Of the value alone. Empty for a boolean, whose value is its type. */
  readonly bytes: Uint8Array;
}

const TYPE = { true: 1, false: 2, byte: 3, i32: 5, i64: 6, double: 7, binary: 8, list: 9, set: 10, map: 11 };
const STRUCT = 12;
const UUID = 13;

interface Cursor {
  readonly bytes: Uint8Array;
  at: number;
}

/** The fields of a struct that fills the bytes. @throws StoreError `corrupt` */
export function readStruct(bytes: Uint8Array): readonly ThriftField[] {
  const cursor = { bytes, at: 0 };
  const fields = readFields(cursor, 0);
  if (cursor.at !== bytes.length) throw malformed('a struct ends before its bytes do');
  return fields;
}

/** The fields of the struct that the bytes begin with, and where it ends. @throws StoreError `corrupt` */
export function structAt(bytes: Uint8Array): {
  readonly fields: readonly ThriftField[];
  readonly end: number;
} {
  const cursor = { bytes, at: 0 };
  return { fields: readFields(cursor, 0), end: cursor.at };
}

/** The elements of a list of structs, each as bytes. @throws StoreError `corrupt` */
export function readStructList(field: ThriftField): readonly Uint8Array[] {
  const cursor = { bytes: field.bytes, at: 0 };
  const { size, type } = readListHeader(cursor);
  if (field.type !== TYPE.list || (type !== STRUCT && size > 0)) throw malformed('a list of structs is none');
  const elements: Uint8Array[] = [];
  for (let i = 0; i < size; i++) {
    const start = cursor.at;
    readFields(cursor, 0);
    elements.push(cursor.bytes.subarray(start, cursor.at));
  }
  return elements;
}

/** The structs in the list that is a struct's field; none where it has no such field. @throws StoreError `corrupt` */
export function structsOf(fields: readonly ThriftField[], id: number): readonly Uint8Array[] {
  const field = fields.find((each) => each.id === id);
  return field === undefined ? [] : readStructList(field);
}

/** Fields in the given order, which should be that of their ids: so a header takes one byte. */
export function writeStruct(fields: readonly ThriftField[]): Uint8Array {
  const parts: Uint8Array[] = [];
  let last = 0;
  for (const { id, type, bytes } of fields) {
    const step = id - last;
    const header = step >= 1 && step <= 15 ? [(step << 4) | type] : [type, ...varint(zigzag(id))];
    parts.push(Uint8Array.from(header), bytes);
    last = id;
  }
  return Buffer.concat([...parts, Uint8Array.of(0)]);
}

/** A struct with one field set, in the place of its id; what else is there stays as it is. */
export function withField(fields: readonly ThriftField[], field: ThriftField): readonly ThriftField[] {
  const others = fields.filter(({ id }) => id !== field.id);
  const after = others.findIndex(({ id }) => id > field.id);
  return after < 0 ? [...others, field] : others.toSpliced(after, 0, field);
}

export function structListField(id: number, elements: readonly Uint8Array[]): ThriftField {
  const { length } = elements;
  const header = length < 15 ? [(length << 4) | STRUCT] : [0xf0 | STRUCT, ...varint(length)];
  return { id, type: TYPE.list, bytes: Buffer.concat([Uint8Array.from(header), ...elements]) };
}

export function integerField(id: number, value: number): ThriftField {
  return { id, type: TYPE.i32, bytes: Uint8Array.from(varint(zigzag(value))) };
}

export function booleanField(id: number, value: boolean): ThriftField {
  return { id, type: value ? TYPE.true : TYPE.false, bytes: new Uint8Array() };
}

export function textField(id: number, text: string): ThriftField {
  const bytes = new TextEncoder().encode(text);
  return { id, type: TYPE.binary, bytes: Buffer.concat([Uint8Array.from(varint(bytes.length)), bytes]) };
}

/** The value of an i16, i32 or i64 field that is below 2^34. @throws StoreError `corrupt` */
export function integerOf(field: ThriftField): number {
  if (field.type <= TYPE.byte || field.type > TYPE.i64) throw malformed(`field ${field.id} is no integer`);
  return unzigzag(readVarint({ bytes: field.bytes, at: 0 }));
}

/** The bytes of a string or binary field. @throws StoreError `corrupt` */
export function binaryOf(field: ThriftField): Uint8Array {
  if (field.type !== TYPE.binary) throw malformed(`field ${field.id} holds no bytes`);
  const cursor = { bytes: field.bytes, at: 0 };
  const length = readVarint(cursor);
  return cursor.bytes.subarray(cursor.at, cursor.at + length);
}

function readFields(cursor: Cursor, depth: number): ThriftField[] {
  if (depth > LIMITS.thriftDepthMax) throw malformed(`structs nest deeper than ${LIMITS.thriftDepthMax}`);
  const fields: ThriftField[] = [];
  let id = 0;
  for (;;) {
    const header = readByte(cursor);
    if (header === 0) return fields;
    const step = header >> 4;
    id = step === 0 ? unzigzag(readVarint(cursor)) : id + step;
    const type = header & 15;
    const start = cursor.at;
    if (type !== TYPE.true && type !== TYPE.false) skipValue(cursor, type, depth);
    fields.push({ id, type, bytes: cursor.bytes.subarray(start, cursor.at) });
  }
}

function skipValue(cursor: Cursor, type: number, depth: number): void {
  if (type === STRUCT) return void readFields(cursor, depth + 1);
  if (type === TYPE.binary) return skipBytes(cursor, readVarint(cursor));
  if (type === TYPE.double) return skipBytes(cursor, 8);
  if (type === UUID) return skipBytes(cursor, 16);
  // In a list a boolean is a byte of its own.
  if (type <= TYPE.byte) return skipBytes(cursor, 1);
  if (type <= TYPE.i64) return skipVarint(cursor);
  if (type === TYPE.map) return skipMap(cursor, depth);
  if (type !== TYPE.list && type !== TYPE.set) throw malformed(`there is a field of type ${type}`);
  const { size, type: of } = readListHeader(cursor);
  for (let i = 0; i < size; i++) skipElement(cursor, of, depth);
}

function skipMap(cursor: Cursor, depth: number): void {
  const size = readVarint(cursor);
  if (size === 0) return;
  const types = readByte(cursor);
  for (let i = 0; i < size; i++) {
    skipElement(cursor, types >> 4, depth);
    skipElement(cursor, types & 15, depth);
  }
}

/** Lists in lists are counted as depth too. */
function skipElement(cursor: Cursor, type: number, depth: number): void {
  if (depth >= LIMITS.thriftDepthMax) throw malformed(`lists nest deeper than ${LIMITS.thriftDepthMax}`);
  skipValue(cursor, type, depth + 1);
}

function readListHeader(cursor: Cursor): { readonly size: number; readonly type: number } {
  const header = readByte(cursor);
  const size = header >> 4;
  return { size: size === 15 ? readVarint(cursor) : size, type: header & 15 };
}

function readByte(cursor: Cursor): number {
  if (cursor.at >= cursor.bytes.length) throw malformed('it ends early');
  return cursor.bytes[cursor.at++];
}

function skipBytes(cursor: Cursor, count: number): void {
  if (count > cursor.bytes.length - cursor.at) throw malformed('it ends early');
  cursor.at += count;
}

function skipVarint(cursor: Cursor): void {
  while (readByte(cursor) >= 0x80);
}

/** Of sizes and ids, which are below 2^35. */
function readVarint(cursor: Cursor): number {
  let value = 0;
  for (let scale = 1; scale < 2 ** 35; scale *= 128) {
    const byte = readByte(cursor);
    value += (byte & 127) * scale;
    if (byte < 128) return value;
  }
  throw malformed('a number has no end');
}

function varint(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...varint(Math.floor(value / 128))];
}

function zigzag(value: number): number {
  return value < 0 ? -2 * value - 1 : 2 * value;
}

function unzigzag(value: number): number {
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
}

function malformed(what: string): StoreError {
  return new StoreError('corrupt', `it is not in Thrift's compact protocol: ${what}.`);
}
