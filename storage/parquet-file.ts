import { parquetMetadata, parquetRead, parquetSchema } from 'hyparquet';
import type { ColumnChunk, FileMetaData, SchemaElement } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { StoreError } from '../model/errors.js';
import { checkPages } from './check-pages.js';
import type { CheckedPage } from './check-pages.js';
import { flatPages } from './flat-pages.js';
import { physicalColumn } from './physical-column.js';
import { pageOf } from './page.js';
import type { Page } from './page.js';
import type { PhysicalColumn } from './physical-column.js';

/** A Parquet file in memory. */
export interface ParquetFile {
  readonly rows: number;
  /** In the order of the file. */
  readonly columns: readonly PhysicalColumn[];
  /** A column page after page, its values as they are stored; strings are decoded. */
  readPages(name: string): Promise<readonly Page[]>;
}

/**
 * Opens a Parquet file. hyparquet turns decimals into doubles and times into Dates, both with loss, so it is shown
 * a schema without these annotations and gives the values as they are stored.
 */
export function openParquet(bytes: Uint8Array<ArrayBuffer>): ParquetFile {
  const metadata = parquetMetadata(bytes);
  const rows = Number(metadata.num_rows);
  const elements = parquetSchema(metadata).children.map((child) => child.element);
  const unsigned = new Set(elements.filter(isUnsigned).map((element) => element.name));
  const plain: FileMetaData = {
    ...metadata,
    schema: metadata.schema.map(withoutAnnotations),
    row_groups: metadata.row_groups.map((group) => ({
      ...group,
      columns: group.columns.map((chunk) => withWideDeltas(chunk, unsigned)),
    })),
  };
  return {
    rows,
    columns: elements.map(physicalColumn),
    readPages: (name) => {
      const element = elements.find((each) => each.name === name);
      return readPages(bytes, plain, rows, name, element);
    },
  };
}

async function readPages(
  bytes: Uint8Array<ArrayBuffer>,
  metadata: FileMetaData,
  rows: number,
  column: string,
  element: SchemaElement | undefined,
): Promise<readonly Page[]> {
  const chunks: CheckedPage[][] = [];
  const optional = element?.repetition_type === 'OPTIONAL';
  for (const { columns, num_rows: groupRows } of metadata.row_groups) {
    const chunk = columns.find(({ meta_data: meta }) => meta?.path_in_schema[0] === column)?.meta_data;
    if (chunk !== undefined) chunks.push(checkPages(bytes, chunk, Number(groupRows), optional));
  }
  return (
    flatColumn(chunks, rows, column, element) ?? readNested(bytes, metadata, rows, column, chunks.flat())
  );
}

/** Null: a page is encoded in a way that only the other reader knows. */
function flatColumn(
  chunks: readonly (readonly CheckedPage[])[],
  rows: number,
  column: string,
  element: SchemaElement | undefined,
): readonly Page[] | null {
  if (element === undefined) return null;
  const pages: Page[] = [];
  for (const chunk of chunks) {
    const decoded = flatPages(chunk, element);
    if (decoded === null) return null;
    pages.push(...decoded);
  }
  requireRows(
    column,
    pages.reduce((sum, page) => sum + page.rows, 0),
    rows,
  );
  return pages;
}

function requireRows(column: string, found: number, rows: number): void {
  if (found === rows) return;
  throw new StoreError('corrupt', `Column ${column} holds ${found} rows instead of ${rows}.`);
}

async function readNested(
  bytes: Uint8Array<ArrayBuffer>,
  metadata: FileMetaData,
  rows: number,
  column: string,
  checked: readonly CheckedPage[],
): Promise<readonly Page[]> {
  const pages: { readonly rowStart: number; readonly page: Page }[] = [];
  await parquetRead({
    file: {
      byteLength: bytes.byteLength,
      slice: (start, end) =>
        bytes.buffer.slice(bytes.byteOffset + start, bytes.byteOffset + (end ?? bytes.byteLength)),
    },
    metadata,
    columns: [column],
    compressors: decompressed(checked),
    utf8: false,
    parsers: { stringFromBytes },
    onPage: ({ rowStart, columnData }) => pages.push({ rowStart, page: pageOf(columnData) }),
  });
  pages.sort((a, b) => a.rowStart - b.rowStart);
  let row = 0;
  for (const { rowStart, page } of pages) {
    if (rowStart !== row) break;
    row += page.rows;
  }
  requireRows(column, row, rows);
  return pages.map(({ page }) => page);
}

/** Codecs that give what was decompressed already, page after page. */
function decompressed(pages: readonly CheckedPage[]): typeof compressors {
  let at = 0;
  const next = (compressed: Uint8Array): Uint8Array => {
    // A page that is not compressed is not asked for.
    while (at < pages.length && Buffer.compare(pages[at].compressed, compressed) !== 0) at++;
    const page = pages[at++];
    if (page === undefined) throw new StoreError('corrupt', 'Pages are not read in their order.');
    return page.plain;
  };
  return Object.fromEntries(Object.keys(compressors).map((codec) => [codec, next]));
}

function withoutAnnotations(element: SchemaElement): SchemaElement {
  const { converted_type: annotation, logical_type: _, ...plain } = element;
  return annotation === 'UTF8' ? { ...plain, converted_type: annotation } : plain;
}

function isUnsigned(element: SchemaElement): boolean {
  return element.converted_type === 'UINT_32';
}

/**
 * DuckDB starts delta pages of unsigned 32-bit integers with a number of 33 bits, of which hyparquet keeps 32 when
 * it thinks of 32-bit integers: it would be wrong by 2^31 without a word. Read as 64-bit integers the same pages
 * are right modulo 2^32.
 */
function withWideDeltas(chunk: ColumnChunk, unsigned: ReadonlySet<string>): ColumnChunk {
  const meta = chunk.meta_data;
  if (meta === undefined || !unsigned.has(meta.path_in_schema[0] ?? '')) return chunk;
  if (!meta.encodings.includes('DELTA_BINARY_PACKED')) return chunk;
  const others = meta.encodings.filter(
    (encoding) => encoding !== 'DELTA_BINARY_PACKED' && encoding !== 'RLE',
  );
  if (others.length === 0) return { ...chunk, meta_data: { ...meta, type: 'INT64' } };
  throw new StoreError(
    'build_failed',
    `Column ${meta.path_in_schema[0]} mixes encodings of unsigned integers.`,
    {
      next: 'Cast it to BIGINT in the sql of the member.',
    },
  );
}

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Byte for byte: a leading U+FEFF belongs to the string, and bytes that are not UTF-8 are an error. */
function stringFromBytes(bytes: Uint8Array | undefined): string | undefined {
  return bytes === undefined ? undefined : UTF8.decode(bytes);
}
