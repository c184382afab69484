/**
 * A disk that is memory, for tests and for stores that need not outlive their process. DuckDB writes to a temporary
 * folder of the machine, from where files are taken in.
 */
import { dirname, join } from 'node:path';
import { StoreError } from '../model/errors.js';
import type { Disk, FileStatus } from './disk.js';
import { endsEarly, makeTemporaryFolder, nodeDisk } from './node-disk.js';

interface MemoryFile {
  bytes: Uint8Array<ArrayBuffer>;
  modifiedAt: number;
}

export function memoryDisk(): Disk {
  /** A file with two names stands here twice. */
  const files = new Map<string, MemoryFile>();
  const folders = new Set<string>();
  /** From a folder here to the one on the machine. */
  const locals = new Map<string, string>();

  function fileAt(path: string): MemoryFile {
    const file = files.get(path);
    if (file !== undefined) return file;
    if (folders.has(path))
      throw new StoreError('corrupt', `${path} is a folder.`, { next: 'Check the path.' });
    throw new StoreError('file_missing', `There is no ${path}.`, { next: 'Check the path.' });
  }

  function put(path: string, file: MemoryFile): void {
    if (!folders.has(dirname(path)))
      throw new StoreError('file_missing', `There is no folder ${dirname(path)}.`, {
        next: 'Check the path.',
      });
    files.set(path, file);
  }

  /** As a system does that is told to look into a file. */
  function refuseFileAbove(path: string): void {
    for (let folder = dirname(path); folder !== dirname(folder); folder = dirname(folder)) {
      if (files.has(folder))
        throw new StoreError('file_missing', `${folder} is a file.`, { next: 'Check the path.' });
    }
  }

  const isTaken = (path: string): boolean => files.has(path) || folders.has(path);
  const below = (path: string, names: Iterable<string>): string[] =>
    [...names].filter((name) => name.startsWith(`${path}/`));

  const disk: Disk = {
    readFile: async (path) => fileAt(path).bytes.slice(),
    readRange: async (path, start, end) => fileAt(path).bytes.slice(start, end),
    async openFile(path) {
      const { bytes } = fileAt(path);
      return {
        bytes: bytes.length,
        async readInto(start, target) {
          if (start + target.length > bytes.length) throw endsEarly(path);
          target.set(bytes.subarray(start, start + target.length));
        },
        close: async () => undefined,
      };
    },
    async createFile(path, ...parts) {
      if (isTaken(path))
        throw new StoreError('build_failed', `${path} exists.`, { next: 'Choose another name.' });
      put(path, { bytes: new Uint8Array(Buffer.concat(parts)), modifiedAt: Date.now() });
    },
    async replaceEnd(path, start, bytes) {
      const file = fileAt(path);
      const joined = new Uint8Array(start + bytes.length);
      joined.set(file.bytes.subarray(0, start));
      joined.set(bytes, start);
      [file.bytes, file.modifiedAt] = [joined, Date.now()];
    },
    syncFile: async (path) => void fileAt(path),
    syncDirectory: async () => undefined,
    async link(from, to) {
      const file = fileAt(from);
      if (isTaken(to)) return false;
      put(to, file);
      return true;
    },
    async renameDirectory(from, to) {
      if (files.has(to) || below(to, [...files.keys(), ...folders]).length > 0) return false;
      for (const path of below(from, files.keys())) {
        files.set(to + path.slice(from.length), fileAt(path));
        files.delete(path);
      }
      for (const path of [from, ...below(from, folders)]) {
        folders.delete(path);
        folders.add(to + path.slice(from.length));
      }
      return true;
    },
    async list(path) {
      refuseFileAbove(path);
      if (files.has(path))
        throw new StoreError('file_missing', `${path} is a file.`, { next: 'Check the path.' });
      return below(path, [...files.keys(), ...folders]).flatMap((name) =>
        dirname(name) === path ? [name.slice(path.length + 1)] : [],
      );
    },
    async stat(path): Promise<FileStatus | null> {
      refuseFileAbove(path);
      const file = files.get(path);
      if (file !== undefined)
        return { bytes: file.bytes.length, modifiedAt: file.modifiedAt, isDirectory: false };
      return folders.has(path) ? { bytes: 0, modifiedAt: 0, isDirectory: true } : null;
    },
    async makeDirectory(path) {
      const missing: string[] = [];
      for (let folder = path; !folders.has(folder) && folder !== dirname(folder); folder = dirname(folder)) {
        if (files.has(folder))
          throw new StoreError('file_missing', `${folder} is a file.`, { next: 'Check the path.' });
        missing.push(folder);
      }
      for (const folder of missing) folders.add(folder);
    },
    async removeFile(path) {
      files.delete(path);
    },
    async removeDirectory(path) {
      for (const name of [path, ...below(path, files.keys())]) files.delete(name);
      for (const name of [path, ...below(path, folders)]) {
        folders.delete(name);
        const local = locals.get(name);
        locals.delete(name);
        if (local !== undefined) await nodeDisk.removeDirectory(local);
      }
    },
    async localFolder(path) {
      const local = locals.get(path) ?? (await makeTemporaryFolder());
      locals.set(path, local);
      return local;
    },
    async adopt(local, path) {
      const bytes = await nodeDisk.readFile(local);
      await nodeDisk.removeFile(local);
      put(path, { bytes, modifiedAt: Date.now() });
    },
    now: () => Date.now(),
    self: async () => nodeDisk.self(),
    isRunning: (identity) => nodeDisk.isRunning(identity),
  };
  return disk;
}

/** What stands for the folder of a store that lives in memory. */
export const MEMORY = ':memory:';

/** The folder of such a store on its own disk. */
export const MEMORY_FOLDER = join('/', MEMORY);
