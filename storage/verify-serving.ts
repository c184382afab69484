import { join } from 'node:path';
import type { FileMeta } from '../model/catalog.js';
import { StoreError } from '../model/errors.js';
import type { Disk } from './disk.js';
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
  let bytes: Uint8Array;
  try {
    bytes = await disk.readFile(path);
  } catch (error) {
    if (error instanceof StoreError) return error.code !== 'file_missing';
    throw error;
  }
  const parts = encodeServing(file, rows) ?? [];
  let at = 0;
  for (const part of parts) {
    if (Buffer.compare(part, bytes.subarray(at, at + part.byteLength)) !== 0) return true;
    at += part.byteLength;
  }
  return at !== bytes.byteLength;
}
