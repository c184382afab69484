import { basename, dirname, join } from 'node:path';
import { StoreError } from '../model/errors.js';
import type { Disk } from './disk.js';

/** A folder that is being written under a name of its own. A kill leaves that, a hidden one, and nothing at `to`. */
export interface FolderDraft {
  /** The absolute path of a file in it; the folders above the file are there. */
  pathOf(relative: string): Promise<string>;
  /** A new file, durable. */
  write(relative: string, bytes: Uint8Array): Promise<void>;
  /** Gives the folder its name, at once: whoever sees it sees all of it. Durable. */
  finish(): Promise<void>;
  /** Gives the space back; harmless after `finish`. */
  discard(): Promise<void>;
}

/**
 * Begins a folder that will be `to`, which must not be there, or be empty. Nothing that is there is overwritten.
 * @param to absolute
 * @param token new to the folder above
 * @throws StoreError `query_invalid` when there is something at `to`
 */
export async function draftFolder(disk: Disk, to: string, token: string): Promise<FolderDraft> {
  const status = await disk.stat(to);
  if (status !== null && (!status.isDirectory || (await disk.list(to)).length > 0)) throw occupied(to);
  const parent = dirname(to);
  const draft = join(parent, `.${basename(to)}.${token}`);
  await disk.makeDirectory(draft);
  const folders = new Set([draft]);
  const pathOf = async (relative: string): Promise<string> => {
    const path = join(draft, relative);
    await disk.makeDirectory(dirname(path));
    for (let folder = dirname(path); folder !== draft; folder = dirname(folder)) folders.add(folder);
    return path;
  };
  return {
    pathOf,
    async write(relative, bytes) {
      const path = await pathOf(relative);
      await disk.createFile(path, bytes);
      await disk.syncFile(path);
    },
    async finish() {
      for (const folder of folders) await disk.syncDirectory(folder);
      if (!(await disk.renameDirectory(draft, to))) throw occupied(to);
      await disk.syncDirectory(parent);
    },
    discard: () => disk.removeDirectory(draft),
  };
}

function occupied(to: string): StoreError {
  return new StoreError('query_invalid', `there is something at ${to}, which an export would mix with.`, {
    next: 'Give a folder that is not there, or is empty.',
  });
}
