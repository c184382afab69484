/** What a serving file says of itself in the metadata of its Arrow schema: docs/format.md, "Serving files". */
import { crc32 } from 'node:zlib';
import type { FileMeta } from '../model/catalog.js';
import type { LogicalType } from '../model/value.js';
import { VALUE_FORMS } from './arrow-values.js';
import type { ValueForm } from './arrow-values.js';
import { decodeJson, encodeJson } from './manifest-json.js';

/** Of what docs/format.md tells of serving files: another number, another file. */
export const SERVING_FORM = 1;

export interface ServingNote {
  readonly form: number;
  /** The file whose rows these are. */
  readonly parquet: Pick<FileMeta, 'path' | 'bytes' | 'crc32'>;
  readonly rows: number;
  readonly sortColumns: readonly string[];
  readonly blockRows: number;
  readonly columns: readonly ColumnNote[];
}

export interface ColumnNote {
  readonly name: string;
  readonly kind: 'dictionary' | 'number' | 'narrow' | 'wide' | 'sketch';
  readonly type: LogicalType;
  /** How the rollup merges it; null: it does not. */
  readonly merge: string | null;
  readonly nulls: number;
  /** Bytes of one code or number: 1, 2 or 4 unsigned, 8 a double; 0 where there is neither. */
  readonly width: number;
  /** Of numbers: what is to be added to each (0 where they are not narrow), and Σ|x|. */
  readonly base: number;
  readonly absSum: number;
  /** Its buffers in the record batch, in Arrow's order. */
  readonly buffers: readonly Stretch[];
  readonly dictionary: DictionaryNote | null;
}

const KINDS: readonly ColumnNote['kind'][] = ['dictionary', 'number', 'narrow', 'wide', 'sketch'];

export interface DictionaryNote {
  readonly form: ValueForm;
  readonly values: number;
  /** Its buffers in its dictionary batch, in Arrow's order. */
  readonly buffers: readonly Stretch[];
}

/** Offset in the body of the message, bytes, CRC-32. */
export type Stretch = readonly [offset: number, bytes: number, crc32: number];

const KEY = 'granary';
const CHECKSUM = 'granary.crc32';

/** The entries of the schema's metadata. */
export function noteMetadata(note: ServingNote): Readonly<Record<string, string>> {
  const json = encodeJson(note);
  return { [KEY]: json, [CHECKSUM]: checksumOf(json) };
}

/** Null: it is not there, not as it was written, or not in our form. */
export function parseNote(metadata: ReadonlyMap<string, string>): ServingNote | null {
  const json = metadata.get(KEY);
  if (json === undefined || metadata.get(CHECKSUM) !== checksumOf(json)) return null;
  try {
    const note = decodeJson(json) as ServingNote;
    return note.form === SERVING_FORM && isNote(note) ? note : null;
  } catch {
    return null;
  }
}

function checksumOf(json: string): string {
  return crc32(json).toString(16).padStart(8, '0');
}

const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;

function isNote({ parquet, rows, sortColumns, blockRows, columns }: ServingNote): boolean {
  return (
    typeof parquet.path === 'string' &&
    isCount(rows) &&
    isCount(blockRows) &&
    Array.isArray(sortColumns) &&
    Array.isArray(columns) &&
    columns.every(isColumn)
  );
}

function isColumn(column: ColumnNote): boolean {
  const { name, kind, type, nulls, width, base, absSum, buffers, dictionary } = column;
  return (
    typeof name === 'string' &&
    KINDS.includes(kind) &&
    typeof type.kind === 'string' &&
    isCount(nulls) &&
    isCount(width) &&
    Number.isSafeInteger(base) &&
    typeof absSum === 'number' &&
    isStretches(buffers) &&
    (kind === 'dictionary') === (dictionary !== null) &&
    (dictionary === null || isDictionary(dictionary))
  );
}

function isDictionary({ form, values, buffers }: DictionaryNote): boolean {
  return VALUE_FORMS.includes(form) && isCount(values) && isStretches(buffers);
}

function isStretches(buffers: readonly Stretch[]): boolean {
  return (
    Array.isArray(buffers) &&
    buffers.every((stretch) => Array.isArray(stretch) && stretch.length === 3 && stretch.every(isCount))
  );
}
