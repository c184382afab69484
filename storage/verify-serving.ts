import { join } from 'node:path';
import type { FileMeta } from '../model/catalog.js';
import { StoreError } from '../model/errors.js';
import { LIMITS } from '../model/limits.js';
import type { Disk, OpenFile } from './disk.js';
import { servingPath } from './file-names.js';
import { encodeServing } from './serving-write.js';
import type { ServingRows } from './serving-write.js';

/** Whether there is a serving file, and a byte of it is not what would be written for these rows now. */
export async function isServingDamaged(
  disk: Disk,
  directory: string,
  file: FileMeta,
  rows: ServingRows,
): Promise<boolean> {
  const path = join(directory, servingPath(file.path));
  let open: OpenFile | null = null;
  try {
    if ((await disk.stat(path)) === null) return false;
    open = await disk.openFile(path);
    return !(await holds(open, encodeServing(file, rows) ?? []));
  } catch (error) {
    if (error instanceof StoreError) return true;
    throw error;
  } finally {
    await open?.close();
  }
}

async function holds(file: OpenFile, parts: readonly Uint8Array[]): Promise<boolean> {
  if (file.bytes !== parts.reduce((sum, { byteLength }) => sum + byteLength, 0)) return false;
  let at = 0;
  for (const part of parts) {
    for (let from = 0; from < part.byteLength; from += LIMITS.verifyBytes) {
      const expected = part.subarray(from, from + LIMITS.verifyBytes);
      const found = new Uint8Array(expected.byteLength);
      await file.readInto(at, found);
      if (Buffer.compare(expected, found) !== 0) return false;
      at += found.byteLength;
    }
  }
  return true;
}
