import { StoreError } from '../model/errors.js';
import { LIMITS } from '../model/limits.js';
import type { Disk } from './disk.js';
import { FILE_NOTE_KEY, fileNote } from './file-note.js';
import type { FileSlot } from './file-names.js';
import { inspectFile } from './inspect-file.js';
import type { FileContract, InspectedFile } from './inspect-file.js';
import type { FileEnd } from './parquet-footer.js';

export interface SealContract extends FileContract {
  /** Name of the index; null or absent: the default index. */
  readonly index?: string | null;
}

/**
 * Writes into the footer of a file what the file is and how it is sorted, makes it durable, reads it back and checks
 * it against what its writer says. Gives what was read.
 * @throws StoreError `build_failed`
 */
export async function sealFile(
  disk: Disk,
  path: string,
  slot: FileSlot,
  contract: SealContract,
): Promise<InspectedFile> {
  const bytes = (await disk.stat(path))?.bytes ?? 0;
  if (bytes > LIMITS.fileBytesMax) {
    throw new StoreError('build_failed', `${path} has ${bytes} bytes, more than ${LIMITS.fileBytesMax}.`, {
      next: 'Partition the rollup more finely.',
    });
  }
  const end = await footerOf(path, await disk.readFile(path), slot, contract);
  await disk.replaceEnd(path, end.start, end.bytes);
  await disk.syncFile(path);
  return inspectFile(path, await disk.readFile(path), contract);
}

async function footerOf(
  path: string,
  file: Uint8Array,
  slot: FileSlot,
  contract: SealContract,
): Promise<FileEnd> {
  const note = fileNote(slot, contract.index ?? null, contract.columns);
  const keyValues = new Map([[FILE_NOTE_KEY, JSON.stringify(note)]]);
  const { extendFooter } = await import('./parquet-footer.js');
  try {
    return extendFooter(file, { sortColumns: contract.sortColumns, keyValues });
  } catch (cause) {
    if (!(cause instanceof StoreError)) throw cause;
    throw new StoreError('build_failed', `${path} was not written as it should be: ${cause.what}`, {
      next: 'This is a fault of the build: please report it.',
      cause,
    });
  }
}
