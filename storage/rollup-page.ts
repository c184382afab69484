/**
 * The page of a rollup: one immutable JSON file with everything that is published of it, which manifests name. So
 * that a manifest stays small, and a rollup that nobody asks for is not read.
 */
import { crc32 } from 'node:zlib';
import { join } from 'node:path';
import type { RollupMeta } from '../model/catalog.js';
import { isRollup } from './check-shape.js';
import { DamagedFile, isUnreadable } from './damaged-file.js';
import type { Disk } from './disk.js';
import { isDataPath } from './file-names.js';
import { decodeJson, encodeJson } from './manifest-json.js';

/** What a manifest says of a rollup without its page. */
export interface RollupHead extends Pick<
  RollupMeta,
  'id' | 'definition' | 'lastRefreshTime' | 'targetTableName'
> {
  readonly page: PageMeta;
  readonly partitions: number;
  /** In the default index. */
  readonly rows: number;
  /** Of all files of all indexes. */
  readonly bytes: number;
}

export interface PageMeta {
  /** Relative to the store, with forward slashes. */
  readonly path: string;
  readonly bytes: number;
  readonly crc32: number;
}

/** The page's bytes, and what the manifest says of it. */
export function encodePage(rollup: RollupMeta, path: string): { head: RollupHead; bytes: Uint8Array } {
  const bytes = Buffer.from(`${encodeJson(rollup)}\n`);
  const { id, definition, lastRefreshTime, targetTableName, partitions } = rollup;
  const page = { path, bytes: bytes.length, crc32: crc32(bytes) };
  return {
    head: {
      id,
      definition,
      lastRefreshTime,
      targetTableName,
      page,
      partitions: partitions.length,
      ...sizesOf(partitions),
    },
    bytes,
  };
}

/** Rows of the default index, bytes of all files. */
export function sizesOf(partitions: RollupMeta['partitions']): Pick<RollupHead, 'rows' | 'bytes'> {
  let [rows, bytes] = [0, 0];
  for (const { files } of partitions) {
    rows += files[0]?.rows ?? 0;
    for (const file of files) bytes += file.bytes;
  }
  return { rows, bytes };
}

/** @throws DamagedFile */
export async function readPage(disk: Disk, directory: string, { id, page }: RollupHead): Promise<RollupMeta> {
  const path = join(directory, page.path);
  const next = `Build ${id} again.`;
  const bytes = await disk.readFile(path).catch((cause: unknown) => {
    if (!isUnreadable(cause)) throw cause;
    throw new DamagedFile(cause.code, page.path, `${path} was published and cannot be read.`, {
      next,
      cause,
    });
  });
  if (bytes.length !== page.bytes || crc32(bytes) !== page.crc32)
    throw new DamagedFile('corrupt', page.path, `${path} is not the page that was published.`, { next });
  const rollup = rollupOf(bytes);
  if (rollup?.id === id && filePaths(rollup).every(isDataPath)) return rollup;
  throw new DamagedFile('corrupt', page.path, `${path} is not the page of ${id}.`, { next });
}

function rollupOf(bytes: Uint8Array): RollupMeta | null {
  try {
    const found = decodeJson(new TextDecoder().decode(bytes));
    return isRollup(found) ? found : null;
  } catch {
    return null;
  }
}

/** The data files that a rollup names. */
export function filePaths({ partitions }: RollupMeta): readonly string[] {
  return partitions.flatMap(({ files }) => files.map(({ path }) => path));
}
