import { crc32 } from 'node:zlib';
import { assert } from '../model/assert.js';
import type { DictionaryColumn, StoredBatch } from '../model/batch.js';
import type { FileMeta } from '../model/catalog.js';
import { StoreError } from '../model/errors.js';
import type { BuildColumn } from '../model/plan.js';
import { columnStats } from './column-stats.js';
import { decodeFile } from './decode-file.js';

/** What the writer of a file says about it. */
export interface FileContract {
  readonly rows: number;
  /** In the order of the file. */
  readonly columns: readonly BuildColumn[];
  /** Rows ascend by these, in order. Keys only. */
  readonly sortColumns: readonly string[];
  /** Told all rows as they were read back, before they are checked. */
  readonly onRead?: (batch: StoredBatch) => void;
}

/** A file that is what its writer says. */
export interface InspectedFile {
  readonly meta: Omit<FileMeta, 'path'>;
  /** All of its columns. */
  readonly batch: StoredBatch;
}

/**
 * Reads a file as a reader of the store will, and gives its rows and its metadata, whose statistics come from the values
 * themselves. Throws `build_failed` when it is not what its writer says.
 */
export async function inspectFile(
  path: string,
  bytes: Uint8Array<ArrayBuffer>,
  contract: FileContract,
): Promise<InspectedFile> {
  const batch = await decodeFile(path, bytes, contract.columns);
  contract.onRead?.(batch);
  if (batch.rows !== contract.rows) {
    throw broken(`${path} holds ${batch.rows} rows instead of ${contract.rows}.`);
  }
  const row = firstUnsortedRow(batch, contract.sortColumns);
  if (row !== null)
    throw broken(`Row ${row} of ${path} is not in the order of ${contract.sortColumns.join(', ')}.`);
  const meta = {
    bytes: bytes.byteLength,
    crc32: crc32(bytes),
    rows: batch.rows,
    columns: [...batch.columns].map(([name, column]) => columnStats(name, column)),
  };
  return { meta, batch };
}

/** Codes stand in the order of values, NULL last, so comparing codes is comparing rows. */
function firstUnsortedRow(batch: StoredBatch, sortColumns: readonly string[]): number | null {
  const keys = sortColumns.map((name) => keyCodes(batch, name));
  for (let row = 1; row < batch.rows; row++) {
    for (const codes of keys) {
      const step = codes[row] - codes[row - 1];
      if (step > 0) break;
      if (step < 0) return row;
    }
  }
  return null;
}

function keyCodes(batch: StoredBatch, name: string): DictionaryColumn['codes'] {
  const column = batch.columns.get(name);
  assert(column?.kind === 'dictionary', `sort column ${name} is a key of the file`);
  return column.codes;
}

function broken(message: string): StoreError {
  return new StoreError('build_failed', message, { next: 'This is a fault of the build: please report it.' });
}
