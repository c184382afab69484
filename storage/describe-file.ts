import type { ColumnChunk, FileMetaData, SchemaElement } from 'hyparquet';
import { StoreError } from '../model/errors.js';
import { LIMITS } from '../model/limits.js';
import { compareValues, formatValue } from '../model/value.js';
import type { LogicalType, Value } from '../model/value.js';
import type { Disk } from './disk.js';
import { FILE_NOTE_KEY, parseFileNote } from './file-note.js';
import type { FileNote, SketchNote } from './file-note.js';
import { footerBounds, plainValue } from './footer-bounds.js';
import type { FooterBounds } from './footer-bounds.js';
import { MAGIC, TRAILER_BYTES, footerStart, readMetadata } from './parquet-footer.js';
import { parquetType, physicalColumn } from './physical-column.js';

/** What the footer of a Parquet file says. */
export interface FileDescription {
  readonly path: string;
  readonly bytes: number;
  readonly rows: number;
  readonly createdBy: string | null;
  readonly rowGroups: readonly { readonly rows: number; readonly bytes: number }[];
  /** What all row groups say of the order of their rows; empty: nothing, or not the same. */
  readonly sortedBy: readonly SortedColumn[];
  /** Leaves of the schema, in the order of the file. */
  readonly columns: readonly ColumnDescription[];
  readonly keyValues: Readonly<Record<string, string>>;
  /** What Granary wrote into its own files; null: another program wrote it, or an older version. */
  readonly granary: FileNote | null;
}

export interface SortedColumn {
  readonly column: string;
  readonly descending: boolean;
  readonly nullsFirst: boolean;
}

export interface ColumnDescription {
  /** With the names of the groups around it, joined by dots. */
  readonly name: string;
  /** As Parquet names it: `INT64 TIMESTAMP`. */
  readonly parquet: string;
  /** As Granary reads it: `time`, `decimal(2)`, `sketch(12)`, `sketch(11, pghll)`, `bytes`; null: it does not. */
  readonly type: string | null;
  readonly nullable: boolean;
  /** Compressed. */
  readonly bytes: number;
  readonly codecs: readonly string[];
  readonly encodings: readonly string[];
  /** Of all row groups; null where one of them does not say. Numbers are digits, times ISO in UTC. */
  readonly nulls: number | null;
  readonly min: Value;
  readonly max: Value;
  readonly sketch: SketchNote | null;
}

/**
 * Describes any Parquet file from its footer; pages are not read. Damage that shows in the footer is an error.
 * @param path absolute
 * @throws StoreError `file_missing`, `corrupt`
 */
export async function describeFile(disk: Disk, path: string): Promise<FileDescription> {
  const status = await disk.stat(path);
  if (status === null || status.isDirectory) {
    throw new StoreError('file_missing', `${path} is ${status === null ? 'not there' : 'a folder'}.`, {
      next: 'Give the path of a Parquet file.',
    });
  }
  try {
    const footer = await readFooter(disk, path, status.bytes);
    return describeFooter(path, status.bytes, footer);
  } catch (error) {
    if (error instanceof StoreError && error.code !== 'corrupt') throw error;
    const what = error instanceof StoreError ? error.what : 'its footer makes no sense.';
    throw new StoreError('corrupt', `${path} is no whole Parquet file: ${what}`, {
      next: 'Write it again, or take it from a backup.',
      cause: error,
    });
  }
}

/** The metadata and the trailer. */
async function readFooter(disk: Disk, path: string, size: number): Promise<Uint8Array> {
  const head = await disk.readRange(path, 0, MAGIC.length);
  if (Buffer.from(head).toString('latin1') !== MAGIC) {
    throw new StoreError('corrupt', 'it does not begin as a Parquet file does.');
  }
  const trailer = await disk.readRange(path, Math.max(0, size - TRAILER_BYTES), size);
  const start = footerStart(size, trailer);
  if (size - start > LIMITS.footerBytesMax) {
    throw new StoreError(
      'corrupt',
      `its footer has ${size - start} bytes, more than ${LIMITS.footerBytesMax}.`,
    );
  }
  return disk.readRange(path, start, size);
}

function describeFooter(path: string, size: number, footer: Uint8Array): FileDescription {
  const metadata = readMetadata(footer);
  const leaves = metadata.schema.filter((element) => element.type !== undefined);
  const chunks = leaves.map((_, at) => metadata.row_groups.map((group) => group.columns[at]));
  checkChunks(metadata, leaves.length, size - footer.length);
  const bounds = footerBounds(footer.subarray(0, -TRAILER_BYTES));
  const keyValues = Object.fromEntries(
    (metadata.key_value_metadata ?? []).map(({ key, value }) => [key, value ?? '']),
  );
  const note = parseFileNote(keyValues[FILE_NOTE_KEY]);
  return {
    path,
    bytes: size,
    rows: Number(metadata.num_rows),
    createdBy: metadata.created_by ?? null,
    rowGroups: metadata.row_groups.map((group) => ({
      rows: Number(group.num_rows),
      bytes: group.columns.reduce(
        (sum, chunk) => sum + Number(chunk.meta_data?.total_compressed_size ?? 0),
        0,
      ),
    })),
    sortedBy: sortOrder(metadata, leaves),
    columns: leaves.map((element, at) => {
      const own = bounds.map((group) => group[at]);
      return describeColumn(element, chunks[at], own, note?.sketches ?? {});
    }),
    keyValues,
    granary: note,
  };
}

/** That all rows are in some row group, and all pages in the file before its footer. */
function checkChunks(metadata: FileMetaData, leaves: number, end: number): void {
  const rows = metadata.row_groups.reduce((sum, group) => sum + group.num_rows, 0n);
  if (rows !== metadata.num_rows) {
    throw new StoreError('corrupt', `it has ${metadata.num_rows} rows, its row groups ${rows}.`);
  }
  for (const { columns } of metadata.row_groups) {
    if (columns.length !== leaves) {
      throw new StoreError('corrupt', `a row group has ${columns.length} columns instead of ${leaves}.`);
    }
    for (const { meta_data: meta, file_path: elsewhere } of columns) {
      if (meta === undefined || (elsewhere ?? '') !== '') continue;
      const start = meta.dictionary_page_offset ?? meta.data_page_offset;
      if (
        start < MAGIC.length ||
        meta.total_compressed_size < 0n ||
        start + meta.total_compressed_size > end
      ) {
        const name = meta.path_in_schema.join('.');
        throw new StoreError('corrupt', `the pages of column ${name} lie outside of it.`);
      }
    }
  }
}

function sortOrder(metadata: FileMetaData, leaves: readonly SchemaElement[]): readonly SortedColumn[] {
  const orders = metadata.row_groups.map(({ sorting_columns: columns = [] }) =>
    columns.map(({ column_idx: at, descending, nulls_first: nullsFirst }) => ({
      column: leaves[at]?.name ?? `column ${at}`,
      descending,
      nullsFirst,
    })),
  );
  const texts = new Set(orders.map((order) => JSON.stringify(order)));
  return texts.size === 1 ? orders[0] : [];
}

function describeColumn(
  element: SchemaElement,
  chunks: readonly ColumnChunk[],
  bounds: readonly FooterBounds[],
  sketches: FileNote['sketches'],
): ColumnDescription {
  const metas = chunks.flatMap(({ meta_data: meta }) => (meta === undefined ? [] : [meta]));
  const path = metas[0]?.path_in_schema ?? [element.name];
  const isTop = path.length === 1;
  const sketch = isTop ? (sketches[element.name] ?? null) : null;
  const physical = physicalColumn(element);
  const isValue = physical.kind === 'value' && isTop;
  const nulls = metas.map((meta) => meta.statistics?.null_count);
  const values = metas.map(({ num_values }, at) => num_values - (nulls[at] ?? 0n));
  // A row group without values has no bounds, and needs none.
  const bounded = bounds.filter((_, at) => values[at] !== 0n);
  const extreme = (side: 'min' | 'max'): Value =>
    isValue
      ? extremeOf(
          bounded.map((each) => decodeBound(each[side], element)),
          side,
          physical.type,
        )
      : null;
  return {
    name: path.join('.'),
    parquet: describeType(element),
    type: isTop ? typeText(physical.kind === 'value' ? physical.type : physical.kind, sketch) : null,
    nullable: element.repetition_type !== 'REQUIRED',
    bytes: metas.reduce((sum, meta) => sum + Number(meta.total_compressed_size), 0),
    codecs: [...new Set(metas.map(({ codec }) => codec))],
    encodings: [...new Set(metas.flatMap(({ encodings }) => encodings))],
    nulls: nulls.every((count) => count !== undefined) ? Number(nulls.reduce((a, b) => a + b, 0n)) : null,
    min: extreme('min'),
    max: extreme('max'),
    sketch,
  };
}

function decodeBound(bytes: Uint8Array | null, element: SchemaElement): Value {
  const physical = physicalColumn(element);
  if (bytes === null || physical.kind !== 'value') return null;
  const raw = plainValue(bytes, element.type, element.converted_type === 'UTF8');
  try {
    return raw === null || raw === undefined ? null : physical.decode(raw);
  } catch (error) {
    // A time that no calendar has is a bound that we do not know.
    if (error instanceof StoreError && error.code === 'value_out_of_range') return null;
    throw error;
  }
}

function extremeOf(bounds: readonly Value[], side: 'min' | 'max', type: LogicalType): Value {
  if (bounds.length === 0 || bounds.some((value) => value === null || Number.isNaN(value))) return null;
  const sign = side === 'min' ? 1 : -1;
  const extreme = bounds.reduce((a, b) => (sign * compareValues(a, b) <= 0 ? a : b));
  const text = formatValue(extreme, type, 'string');
  return type.kind === 'time' ? `${String(text)}Z` : text;
}

function describeType(element: SchemaElement): string {
  const { type_length: length, precision, scale, logical_type: logical } = element;
  const size = element.type === 'FIXED_LEN_BYTE_ARRAY' ? `(${length})` : '';
  const [physical, ...annotation] = parquetType(element).split(' ');
  const digits = element.converted_type === 'DECIMAL' ? `(${precision},${scale ?? 0})` : '';
  const unit =
    logical?.type === 'TIMESTAMP' ? `(${logical.unit}${logical.isAdjustedToUTC ? ', UTC' : ''})` : '';
  return [`${physical}${size}`, ...annotation.map((word) => `${word}${digits}${unit}`)].join(' ');
}

function sketchText({ domain, precision }: SketchNote): string {
  return domain === 'airlift' ? `sketch(${precision})` : `sketch(${precision}, ${domain})`;
}

function typeText(type: LogicalType | 'bytes' | 'unsupported', sketch: SketchNote | null): string | null {
  if (type === 'unsupported') return null;
  if (type === 'bytes') return sketch === null ? 'bytes' : sketchText(sketch);
  return type.kind === 'decimal' ? `decimal(${type.scale})` : type.kind;
}
