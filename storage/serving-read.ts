/**
 * Reads columns of a serving file: only those that are asked for, straight into the memory of the columns, and no value
 * is believed before its checksum is right. The file need not be what it claims: every position is checked.
 */
import { isDeepStrictEqual } from 'node:util';
import { crc32 } from 'node:zlib';
import type { StoredBatch, StoredColumn } from '../model/batch.js';
import type { FileMeta } from '../model/catalog.js';
import { StoreError } from '../model/errors.js';
import { LIMITS } from '../model/limits.js';
import type { BuildColumn } from '../model/plan.js';
import { MAGIC } from './arrow-write.js';
import { columnBytes } from './column-bytes.js';
import type { OpenFile } from './disk.js';
import { FlatTable } from './flatbuffer-read.js';
import { allOf, decodeServingColumn, RowFlags } from './serving-decode.js';
import type { ReadStretch } from './serving-decode.js';
import { damaged } from './serving-fault.js';
import { parseNote } from './serving-note.js';
import type { ColumnNote, ServingNote } from './serving-note.js';

/** What the end of a serving file tells. */
export interface ServingIndex {
  readonly note: ServingNote;
  /** Where the body of the record batch begins in the file, and those of the dictionaries. */
  readonly batch: number;
  readonly dictionaries: readonly number[];
}

const TAIL = 4 + MAGIC.length;

/** @throws StoreError `corrupt` where it is not a serving file in our form; `file_missing`, by the disk */
export async function readServingIndex(file: OpenFile): Promise<ServingIndex> {
  const end = new Uint8Array(Math.min(file.bytes, LIMITS.servingTailBytes));
  await file.readInto(file.bytes - end.length, end);
  const trailer = Buffer.from(end.buffer, Math.max(0, end.length - TAIL));
  if (trailer.length !== TAIL || trailer.toString('latin1', 4) !== MAGIC)
    throw damaged('it does not end as Arrow files do');
  const bytes = trailer.readUInt32LE();
  if (bytes > LIMITS.footerBytesMax || bytes + TAIL > file.bytes)
    throw damaged('its footer is longer than it may be');
  const isRead = bytes + TAIL <= end.length;
  const footer = isRead ? end.subarray(end.length - TAIL - bytes, end.length - TAIL) : new Uint8Array(bytes);
  if (!isRead) await file.readInto(file.bytes - TAIL - bytes, footer);
  try {
    return indexOf(FlatTable.root(footer));
  } catch (cause) {
    if (cause instanceof StoreError) throw cause;
    throw new StoreError('corrupt', 'its footer cannot be read.', { cause });
  }
}

const FOOTER = { schema: 1, dictionaries: 2, batches: 3 };
const SCHEMA_METADATA = 2;
const BLOCK_BYTES = 24;

function indexOf(footer: FlatTable): ServingIndex {
  const pairs = footer.table(FOOTER.schema)?.tables(SCHEMA_METADATA) ?? [];
  const note = parseNote(new Map(pairs.map((pair) => [pair.text(0), pair.text(1)])));
  if (note === null) throw damaged('it is not in the form of this version, or was changed');
  const [batch] = footer.structs(FOOTER.batches, BLOCK_BYTES).map(bodyOf);
  if (batch === undefined) throw damaged('it has no record batch');
  return { note, batch, dictionaries: footer.structs(FOOTER.dictionaries, BLOCK_BYTES).map(bodyOf) };
}

function bodyOf(block: DataView): number {
  return Number(block.getBigInt64(0, true)) + block.getInt32(8, true);
}

/**
 * @param meta the Parquet file that it must have been made from
 * @throws StoreError `corrupt`
 */
export async function readServingColumns(
  file: OpenFile,
  index: ServingIndex,
  meta: FileMeta,
  wanted: readonly BuildColumn[],
): Promise<StoredBatch> {
  const { parquet, rows, columns: notes } = index.note;
  const isSame = parquet.path === meta.path && parquet.bytes === meta.bytes && parquet.crc32 === meta.crc32;
  if (!isSame || rows !== meta.rows) throw damaged('it was made from another file');
  const read: ReadStretch = async (body, [offset, bytes, checksum], target) => {
    const start = body + offset;
    if (
      !Number.isSafeInteger(start) ||
      start < 0 ||
      start + bytes > file.bytes ||
      target.byteLength !== bytes
    )
      throw damaged('a buffer is not where it should be');
    if (bytes === 0) return;
    await file.readInto(start, target);
    if (crc32(target) !== checksum) throw damaged('a checksum is wrong');
  };
  const flags = new RowFlags();
  const columns = await allOf(
    wanted.map(async (column): Promise<[string, StoredColumn]> => {
      const note = noteOf(notes, meta, column);
      requireRoom(note, file.bytes);
      const at = notes.filter(({ dictionary }) => dictionary !== null).indexOf(note);
      const bodies = { batch: index.batch, dictionary: index.dictionaries[at] ?? NaN };
      return [column.name, await decodeServingColumn(note, rows, bodies, read, flags)];
    }),
  );
  const bytes = columns.reduce((sum, [, column]) => sum + columnBytes(column), 0);
  return { rows, columns: new Map(columns), bytes };
}

/** Before anything is allocated for it: no buffer is longer than the file. */
function requireRoom({ buffers, dictionary }: ColumnNote, fileBytes: number): void {
  const stretches = [...buffers, ...(dictionary?.buffers ?? [])];
  if (stretches.some(([, bytes]) => bytes > fileBytes)) throw damaged('a buffer is longer than the file');
}

/** Of a column as it is wanted and as it was published: a rollup may use it in another way by now. */
function noteOf(notes: readonly ColumnNote[], meta: FileMeta, { name, role }: BuildColumn): ColumnNote {
  const note = notes.find((each) => each.name === name);
  const stats = meta.columns.find((each) => each.name === name);
  const merge = role.kind === 'measure' ? role.merge : null;
  const isSame =
    note !== undefined &&
    stats !== undefined &&
    note.merge === merge &&
    note.nulls === stats.nulls &&
    isDeepStrictEqual(note.type, stats.type) &&
    (note.dictionary === null || note.dictionary.values === (stats.distinct ?? note.dictionary.values));
  if (!isSame) throw damaged(`it has no column ${name} as it is wanted`);
  return note;
}
