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
): Promise<StoredColumn> {
  switch (note.kind) {
    case 'dictionary':
      return dictionaryColumn(note, rows, bodies, read);
    case 'number':
    case 'narrow':
      return numberColumn(note, rows, bodies.batch, read);
    case 'wide':
      return wideColumn(note, rows, bodies.batch, read);
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
  if (greatest(codes) >= count + Number(hasNulls)) throw damaged('a code is beyond its dictionary');
  const values = decodeValues(form, count, parts);
  return { kind: 'dictionary', type, codes, values, hasNulls };
}

async function numberColumn(
  { kind, type, width, nulls, base, absSum, buffers }: ColumnNote,
  rows: number,
  body: number,
  read: ReadStretch,
): Promise<NumberColumn | NarrowColumn> {
  const place = stretch(buffers, 1);
  if (kind === 'number' && (width !== 8 || place[1] !== rows * 8)) throw damaged(WRONG_SIZE);
  const numbers =
    kind === 'number'
      ? ({ kind, values: allocateIn(Float64Array, rows) ?? sharedFloat64(rows) } as const)
      : ({ kind: 'narrow', base, codes: codesOf(width, rows, place) } as const);
  const [validity] = await allOf([
    nulls === 0 ? null : readValidity(stretch(buffers, 0), rows, body, read),
    read(body, place, asBytes(numbers.kind === 'number' ? numbers.values : numbers.codes)),
  ]);
  return { ...numbers, type, validity, absSum };
}

async function wideColumn(
  { type, nulls, buffers }: ColumnNote,
  rows: number,
  body: number,
  read: ReadStretch,
): Promise<WideColumn> {
  const place = stretch(buffers, 1);
  if (place[1] !== rows * DECIMAL_BYTES) throw damaged(WRONG_SIZE);
  const decimals = new Uint8Array(place[1]);
  const [validity] = await allOf([
    nulls === 0 ? null : readValidity(stretch(buffers, 0), rows, body, read),
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
): Promise<Uint8Array> {
  if (place[1] !== Math.ceil(rows / 8)) throw damaged('a validity has not the size of its rows');
  const bits = new Uint8Array(place[1]);
  await read(body, place, bits);
  const validity = allocateIn(Uint8Array, rows) ?? sharedBytes(rows);
  // Eight rows at a time, by two words of four flags each.
  const words = new Uint32Array(validity.buffer, validity.byteOffset, (rows >> 3) * 2);
  for (let at = 0; at < rows >> 3; at++) {
    words[at * 2] = FLAGS[bits[at] & 15];
    words[at * 2 + 1] = FLAGS[bits[at] >> 4];
  }
  for (let row = rows & ~7; row < rows; row++) validity[row] = (bits[row >> 3] >> (row & 7)) & 1;
  return validity;
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

/** −1 where there is none. */
function greatest(codes: DictionaryColumn['codes']): number {
  if (codes instanceof Uint8Array) return greatestByte(codes);
  return codes instanceof Uint16Array ? greatestShort(codes) : greatestWord(codes);
}

// One loop for each kind of array: one that sees all of them takes ten times as long.

function greatestByte(codes: Uint8Array): number {
  let most = -1;
  for (let row = 0; row < codes.length; row++) if (codes[row] > most) most = codes[row];
  return most;
}

function greatestShort(codes: Uint16Array): number {
  let most = -1;
  for (let row = 0; row < codes.length; row++) if (codes[row] > most) most = codes[row];
  return most;
}

function greatestWord(codes: Uint32Array): number {
  let most = -1;
  for (let row = 0; row < codes.length; row++) if (codes[row] > most) most = codes[row];
  return most;
}
