/** One column of a serving file, in the form of `model/batch.ts`: equal to what its Parquet file would give. */
import { unreachable } from '../model/assert.js';
import type {
  DictionaryColumn,
  NarrowColumn,
  NumberColumn,
  SketchColumn,
  StoredColumn,
  WideColumn,
} from '../model/batch.js';
import { DECIMAL_BYTES, decodeValues, readDecimal } from './arrow-values.js';
import type { ColumnNote, Stretch } from './serving-note.js';
import { damaged } from './serving-fault.js';
import { allocateIn } from './column-memory.js';
import { sharedBytes, sharedFloat64, sharedUint16, sharedUint32 } from './shared-arrays.js';

/** Reads bytes of a file into an array and checks them. */
export type ReadStretch = (body: number, stretch: Stretch, target: Uint8Array) => Promise<void>;

/** Where the bodies of the messages begin. */
export interface Bodies {
  readonly batch: number;
  readonly dictionary: number;
}

/** Reads all at once what it needs; allocates as much as the note says, of which no buffer is longer than the file. */
export async function decodeServingColumn(
  note: ColumnNote,
  rows: number,
  bodies: Bodies,
  read: ReadStretch,
  flags: RowFlags,
): Promise<StoredColumn> {
  switch (note.kind) {
    case 'dictionary':
      return dictionaryColumn(note, rows, bodies, read);
    case 'number':
    case 'narrow':
      return numberColumn(note, rows, bodies.batch, read, flags);
    case 'wide':
      return wideColumn(note, rows, bodies.batch, read, flags);
    case 'sketch':
      return sketchColumn(note, rows, bodies.batch, read);
    default:
      return unreachable(note.kind);
  }
}

/** The validity is not read: where a row is NULL its code says so. */
async function dictionaryColumn(
  { type, width, nulls, dictionary, buffers }: ColumnNote,
  rows: number,
  bodies: Bodies,
  read: ReadStretch,
): Promise<DictionaryColumn> {
  if (dictionary === null) throw damaged('a dictionary is not there');
  const codes = codesOf(width, rows, stretch(buffers, 1));
  const parts = dictionary.buffers.slice(1).map((part) => new Uint8Array(part[1]));
  await allOf([
    read(bodies.batch, stretch(buffers, 1), asBytes(codes)),
    ...parts.map((part, i) => read(bodies.dictionary, stretch(dictionary.buffers, i + 1), part)),
  ]);
  const { values: count, form } = dictionary;
  const hasNulls = nulls > 0;
  if (reaches(codes, count + Number(hasNulls))) throw damaged('a code is beyond its dictionary');
  const values = decodeValues(form, count, parts);
  return { kind: 'dictionary', type, codes, values, hasNulls };
}

async function numberColumn(
  { kind, type, width, nulls, base, absSum, buffers }: ColumnNote,
  rows: number,
  body: number,
  read: ReadStretch,
  flags: RowFlags,
): Promise<NumberColumn | NarrowColumn> {
  const place = stretch(buffers, 1);
  if (kind === 'number' && (width !== 8 || place[1] !== rows * 8)) throw damaged(WRONG_SIZE);
  const numbers =
    kind === 'number'
      ? ({ kind, values: allocateIn(Float64Array, rows) ?? sharedFloat64(rows) } as const)
      : ({ kind: 'narrow', base, codes: codesOf(width, rows, place) } as const);
  const [validity] = await allOf([
    nulls === 0 ? null : readValidity(stretch(buffers, 0), rows, body, read, flags),
    read(body, place, asBytes(numbers.kind === 'number' ? numbers.values : numbers.codes)),
  ]);
  return { ...numbers, type, validity, absSum };
}

async function wideColumn(
  { type, nulls, buffers }: ColumnNote,
  rows: number,
  body: number,
  read: ReadStretch,
  flags: RowFlags,
): Promise<WideColumn> {
  const place = stretch(buffers, 1);
  if (place[1] !== rows * DECIMAL_BYTES) throw damaged(WRONG_SIZE);
  const decimals = new Uint8Array(place[1]);
  const [validity] = await allOf([
    nulls === 0 ? null : readValidity(stretch(buffers, 0), rows, body, read, flags),
    read(body, place, decimals),
  ]);
  const view = new DataView(decimals.buffer);
  const values = Array.from({ length: rows }, (_, row) =>
    validity?.[row] === 0 ? null : BigInt(readDecimal(view, row * DECIMAL_BYTES)),
  );
  return { kind: 'wide', type, values };
}

async function sketchColumn(
  { type, buffers }: ColumnNote,
  rows: number,
  body: number,
  read: ReadStretch,
): Promise<SketchColumn> {
  const [places, content] = [stretch(buffers, 1), stretch(buffers, 2)];
  if (places[1] !== (rows + 1) * 4) throw damaged(WRONG_SIZE);
  const offsets = allocateIn(Uint32Array, rows + 1) ?? sharedUint32(rows + 1);
  const bytes = allocateIn(Uint8Array, content[1]) ?? sharedBytes(content[1]);
  await allOf([read(body, places, asBytes(offsets)), read(body, content, bytes)]);
  for (let row = 0; row < rows; row++) if (offsets[row] > offsets[row + 1]) throw damaged('sketches overlap');
  if (offsets[0] !== 0 || offsets[rows] !== bytes.length) throw damaged('sketches end beyond their bytes');
  return { kind: 'sketch', type, bytes, offsets };
}

/** A byte of 1 for each row that has a value. */
async function readValidity(
  place: Stretch,
  rows: number,
  body: number,
  read: ReadStretch,
  flags: RowFlags,
): Promise<Uint8Array> {
  if (place[1] !== Math.ceil(rows / 8)) throw damaged('a validity has not the size of its rows');
  const bits = new Uint8Array(place[1]);
  await read(body, place, bits);
  return flags.of(bits, rows);
}

/**
 * A byte of 1 for each row whose bit is set; one array for columns that have their values in the same rows, as those of
 * one input do.
 */
export class RowFlags {
  readonly #known: { readonly bits: Uint8Array; readonly flags: Uint8Array }[] = [];

  of(bits: Uint8Array, rows: number): Uint8Array {
    const known = this.#known.find((each) => Buffer.compare(each.bits, bits) === 0);
    if (known !== undefined) return known.flags;
    const flags = flagsOf(bits, rows);
    this.#known.push({ bits, flags });
    return flags;
  }
}

function flagsOf(bits: Uint8Array, rows: number): Uint8Array {
  const flags = allocateIn(Uint8Array, rows) ?? sharedBytes(rows);
  // Eight rows at a time, by two words of four flags each.
  const words = new Uint32Array(flags.buffer, flags.byteOffset, (rows >> 3) * 2);
  for (let at = 0; at < rows >> 3; at++) {
    words[at * 2] = FLAGS[bits[at] & 15];
    words[at * 2 + 1] = FLAGS[bits[at] >> 4];
  }
  for (let row = rows & ~7; row < rows; row++) flags[row] = (bits[row >> 3] >> (row & 7)) & 1;
  return flags;
}

/** Of four bits the same as four bytes, the lowest first. */
const FLAGS = Uint32Array.from(
  { length: 16 },
  (_, bits) => (bits & 1) + ((bits & 2) << 7) + ((bits & 4) << 14) + ((bits & 8) << 21),
);

const WRONG_SIZE = 'a column has not the size of its rows';

function codesOf(width: number, rows: number, place: Stretch): DictionaryColumn['codes'] {
  if (![1, 2, 4].includes(width) || place[1] !== rows * width) throw damaged(WRONG_SIZE);
  if (width === 1) return allocateIn(Uint8Array, rows) ?? sharedBytes(rows);
  if (width === 2) return allocateIn(Uint16Array, rows) ?? sharedUint16(rows);
  return allocateIn(Uint32Array, rows) ?? sharedUint32(rows);
}

/**
 * All results, once all have ended, also where one failed: what is still being read into belongs to an array, and
 * without it to whoever gets its room next.
 */
export async function allOf<T extends readonly unknown[]>(
  all: readonly [...T],
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  await Promise.allSettled(all);
  return Promise.all(all);
}

function stretch(all: readonly Stretch[], at: number): Stretch {
  const found = all[at];
  if (found === undefined) throw damaged('a column has too few buffers');
  return found;
}

function asBytes(array: ArrayBufferView): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

/** Whether any code is `limit` or more. */
export function reaches(codes: DictionaryColumn['codes'], limit: number): boolean {
  if (codes instanceof Uint32Array) return wordReaches(codes, limit);
  const bits = 8 * codes.BYTES_PER_ELEMENT;
  if (limit >= 2 ** bits) return false;
  if (limit === 0) return codes.length > 0;
  const perWord = 4 / codes.BYTES_PER_ELEMENT;
  const words = new Int32Array(codes.buffer, codes.byteOffset, Math.floor(codes.length / perWord));
  return (
    packedReaches(words, bits, limit) || codes.subarray(words.length * perWord).some((code) => code >= limit)
  );
}

/**
 * Several codes at a time, of 8 or 16 bits: to each, without its highest bit, is added what carries a code that reaches
 * the limit, and no other, into that bit.
 */
function packedReaches(words: Int32Array, bits: number, limit: number): boolean {
  const ones = bits === 8 ? 0x01010101 : 0x00010001;
  const half = 2 ** (bits - 1);
  const low = Math.imul(ones, half - 1);
  const high = Math.imul(ones, half);
  const isHigh = limit > half;
  const add = Math.imul(ones, isHigh ? 2 * half - limit : half - limit);
  let carried = 0;
  if (isHigh) for (let at = 0; at < words.length; at++) carried |= ((words[at] & low) + add) & words[at];
  else for (let at = 0; at < words.length; at++) carried |= ((words[at] & low) + add) | words[at];
  return (carried & high) !== 0;
}

function wordReaches(codes: Uint32Array, limit: number): boolean {
  for (let row = 0; row < codes.length; row++) if (codes[row] >= limit) return true;
  return false;
}
