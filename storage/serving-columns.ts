/** Columns in memory as columns of an Arrow file: what is plain stays the same bytes. */
import { unreachable } from '../model/assert.js';
import type {
  DictionaryColumn,
  NarrowColumn,
  NumberColumn,
  SketchColumn,
  StoredColumn,
  WideColumn,
} from '../model/batch.js';
import type { Value } from '../model/value.js';
import { arrowType, encodeDecimals, encodeValues } from './arrow-values.js';
import type { ArrowArray, ArrowColumn, ArrowType } from './arrow-write.js';
import type { ColumnNote } from './serving-note.js';

/** A column with all that its note says of it but where its buffers stand. */
export interface ServingColumn {
  readonly arrow: ArrowColumn;
  readonly note: Omit<ColumnNote, 'buffers' | 'dictionary'> & {
    readonly dictionary: Omit<NonNullable<ColumnNote['dictionary']>, 'buffers'> | null;
  };
}

/**
 * @param merge how the rollup merges the column; null: it does not
 * @returns null where Arrow's plain types do not hold the values: an integer of more than 38 digits, 2 GiB of text
 */
export function servingColumn(
  name: string,
  merge: string | null,
  rows: number,
  column: StoredColumn,
): ServingColumn | null {
  switch (column.kind) {
    case 'dictionary':
      return dictionaryColumn(name, merge, rows, column);
    case 'number':
      return numbers(name, merge, rows, column, column.values);
    case 'narrow':
      return numbers(name, merge, rows, column, column.codes);
    case 'wide':
      return wideColumn(name, merge, rows, column);
    case 'sketch':
      return sketchColumn(name, merge, rows, column);
    default:
      return unreachable(column);
  }
}

function dictionaryColumn(
  name: string,
  merge: string | null,
  rows: number,
  { type, codes, values, hasNulls }: DictionaryColumn,
): ServingColumn | null {
  const dictionary = encodeValues(type, [...values] as Exclude<Value, null>[]);
  if (dictionary === null) return null;
  const { validity, nulls } = hasNulls ? bitmap(rows, (row) => codes[row] !== values.length) : NO_NULLS;
  const width = codes.BYTES_PER_ELEMENT;
  const { form } = dictionary;
  return {
    arrow: {
      name,
      array: { type: unsigned(width), length: rows, nulls, buffers: [validity, bytesOf(codes)] },
      dictionary: dictionary.array,
      metadata: { 'granary.type': JSON.stringify(type) },
    },
    note: note(name, 'dictionary', type, merge, nulls, width, { form, values: values.length }),
  };
}

function numbers(
  name: string,
  merge: string | null,
  rows: number,
  column: NumberColumn | NarrowColumn,
  values: NumberColumn['values'] | NarrowColumn['codes'],
): ServingColumn {
  const { kind, type, validity: flags, absSum } = column;
  const { validity, nulls } = flags === null ? NO_NULLS : bitmap(rows, (row) => flags[row] === 1);
  const width = values.BYTES_PER_ELEMENT;
  const base = kind === 'narrow' ? column.base : 0;
  const array: ArrowArray = {
    type: width === 8 ? { kind: 'float64' } : unsigned(width),
    length: rows,
    nulls,
    buffers: [validity, bytesOf(values)],
  };
  const metadata = { 'granary.type': JSON.stringify(type), 'granary.base': String(base) };
  return {
    arrow: { name, array, dictionary: null, metadata },
    note: { ...note(name, kind, type, merge, nulls, width, null), base, absSum },
  };
}

function wideColumn(
  name: string,
  merge: string | null,
  rows: number,
  { type, values }: WideColumn,
): ServingColumn | null {
  const decimals = encodeDecimals(values);
  if (decimals === null) return null;
  const hasNulls = values.includes(null);
  const { validity, nulls } = hasNulls ? bitmap(rows, (row) => values[row] !== null) : NO_NULLS;
  const array = {
    type: arrowType('decimal', type),
    length: rows,
    nulls,
    buffers: [validity, decimals],
  };
  return {
    arrow: { name, array, dictionary: null, metadata: { 'granary.type': JSON.stringify(type) } },
    note: note(name, 'wide', type, merge, nulls, 0, null),
  };
}

/** The offsets are Arrow's already, as long as they are less than 2^31. */
function sketchColumn(
  name: string,
  merge: string | null,
  rows: number,
  { type, bytes, offsets }: SketchColumn,
): ServingColumn | null {
  if (bytes.byteLength > 2 ** 31 - 1) return null;
  const found = bitmap(rows, (row) => offsets[row] !== offsets[row + 1]);
  const { validity, nulls } = found.nulls === 0 ? NO_NULLS : found;
  const buffers = [validity, bytesOf(offsets), bytes];
  return {
    arrow: {
      name,
      array: { type: { kind: 'binary' }, length: rows, nulls, buffers },
      dictionary: null,
      metadata: { 'granary.type': JSON.stringify(type) },
    },
    note: note(name, 'sketch', type, merge, nulls, 0, null),
  };
}

function note(
  name: string,
  kind: ColumnNote['kind'],
  type: ColumnNote['type'],
  merge: string | null,
  nulls: number,
  width: number,
  dictionary: ServingColumn['note']['dictionary'],
): ServingColumn['note'] {
  return { name, kind, type, merge, nulls, width, base: 0, absSum: 0, dictionary };
}

const NO_NULLS = { validity: new Uint8Array(0), nulls: 0 };

/** Bit `row & 7` of byte `row >> 3` is 1 where there is a value. */
function bitmap(
  rows: number,
  hasValue: (row: number) => boolean,
): { readonly validity: Uint8Array; readonly nulls: number } {
  const validity = new Uint8Array(Math.ceil(rows / 8));
  let nulls = 0;
  for (let row = 0; row < rows; row++) {
    if (hasValue(row)) validity[row >> 3] |= 1 << (row & 7);
    else nulls++;
  }
  return { validity, nulls };
}

function unsigned(bytes: number): ArrowType {
  return { kind: 'int', bits: bytes === 1 ? 8 : bytes === 2 ? 16 : 32, signed: false };
}

function bytesOf(array: Uint8Array | Uint16Array | Uint32Array | Float64Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}
