import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import type { StoredBatch } from '../model/batch.js';
import type { FileMeta, RollupColumn, RollupMeta } from '../model/catalog.js';
import { StoreError } from '../model/errors.js';
import type { BuildColumn } from '../model/plan.js';
import { DamagedFile, isUnreadable } from './damaged-file.js';
import { decodeFile } from './decode-file.js';
import type { Disk } from './disk.js';

/**
 * Columns of one file of a partition. The file is read once and whole, and no value is believed before its size
 * and checksum are those that were published. Throws `corrupt` or `file_missing`, with the path.
 */
export async function readPartition(
  disk: Disk,
  directory: string,
  file: FileMeta,
  columns: readonly RollupColumn[],
): Promise<StoredBatch> {
  const bytes = await readChecked(disk, directory, file);
  const path = join(directory, file.path);
  const batch = await decodeFile(path, bytes, withPrecision(file, columns));
  if (batch.rows !== file.rows)
    throw corrupt(directory, file, `it holds ${batch.rows} rows instead of ${file.rows}`);
  return batch;
}

/** The bytes of a published file, after the check of size and CRC-32. */
export async function readChecked(
  disk: Disk,
  directory: string,
  file: FileMeta,
): Promise<Uint8Array<ArrayBuffer>> {
  const path = join(directory, file.path);
  const bytes = await disk.readFile(path).catch((error: unknown) => {
    throw isUnreadable(error) ? unreadable(directory, file, error) : error;
  });
  if (bytes.byteLength !== file.bytes) {
    throw corrupt(directory, file, `it has ${bytes.byteLength} bytes instead of ${file.bytes}`);
  }
  const checksum = crc32(bytes);
  if (checksum !== file.crc32)
    throw corrupt(directory, file, `its CRC-32 is ${checksum} instead of ${file.crc32}`);
  return bytes;
}

/** The manifest knows precision and domain of a sketch; the Parquet schema does not. */
export function withPrecision(file: FileMeta, columns: readonly RollupColumn[]): readonly BuildColumn[] {
  return columns.map(({ name, role }) => {
    const type = file.columns.find((stats) => stats.name === name)?.type;
    if (type?.kind !== 'sketch') return { name, role, precision: null };
    return { name, role, precision: type.precision, domain: type.domain };
  });
}

/** All columns of a file of a rollup, in their order. */
export function columnsOf(rollup: Pick<RollupMeta, 'columns'>, file: FileMeta): readonly BuildColumn[] {
  const names = new Set(file.columns.map(({ name }) => name));
  return withPrecision(
    file,
    rollup.columns.filter(({ name }) => names.has(name)),
  );
}

const REBUILD = 'Build the rollup again: store.build({ force: true }), or granary build --force.';

function unreadable(directory: string, file: FileMeta, cause: StoreError): StoreError {
  const path = join(directory, file.path);
  return cause.code === 'corrupt'
    ? new DamagedFile('corrupt', file.path, `${path} is not a file any more.`, { next: REBUILD, cause })
    : new DamagedFile('file_missing', file.path, `${path} was published and is not there.`, {
        next: REBUILD,
        cause,
      });
}

function corrupt(directory: string, file: FileMeta, what: string): StoreError {
  const message = `${join(directory, file.path)} is not the file that was published: ${what}.`;
  return new DamagedFile('corrupt', file.path, message, { next: REBUILD });
}
