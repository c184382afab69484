/** `inspectFile()`: needs no store. */
import { resolve } from 'node:path';
import { StoreError } from './model/errors.js';
import type { FileDescription } from './storage/describe-file.js';
import { nodeDisk } from './storage/node-disk.js';

/**
 * What the footer of any Parquet file says: schema, row groups, order, statistics, metadata. Pages are not read: a
 * damaged value is found by `verify()`.
 * @throws StoreError `file_missing`, `corrupt`; `query_invalid` when the path is no text
 */
export async function inspectFile(path: string): Promise<FileDescription> {
  if (typeof path !== 'string' || path === '') {
    throw new StoreError('query_invalid', 'inspectFile() needs the path of a file.', {
      next: "Call it as in inspectFile('part.parquet').",
    });
  }
  // It brings the decoders of Parquet with it, which most processes never need.
  const { describeFile } = await import('./storage/describe-file.js');
  return describeFile(nodeDisk, resolve(path));
}
