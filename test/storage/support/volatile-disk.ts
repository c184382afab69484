import { dirname } from 'node:path';
import { StoreError } from '../../../dist/model/errors.js';
import type { Disk, FileStatus, OpenFile } from '../../../dist/storage/disk.js';

interface File {
  bytes: Uint8Array<ArrayBuffer>;
  /** What a power cut leaves for sure. */
  synced: Uint8Array<ArrayBuffer> | null;
}

interface Folder {
  names: Map<string, File | Folder>;
  synced: Map<string, File | Folder>;
}

/**
 * A disk in memory that forgets in a power cut what was not synced: contents of files and names in folders each on
 * their own, as POSIX allows.
 */
export class VolatileDisk implements Disk {
  readonly root: Folder;

  constructor(root: Folder = emptyFolder()) {
    this.root = root;
  }

  /** What is there after a power cut: each thing that was not synced is kept, lost or (a file) cut, by chance. */
  powerCut(random: () => number): VolatileDisk {
    return new VolatileDisk(survivingFolder(this.root, random));
  }

  /** As another program writes: not durable. */
  write(path: string, bytes: Uint8Array<ArrayBuffer>): void {
    this.#folder(dirname(path)).names.set(nameOf(path), { bytes, synced: null });
  }

  async readFile(path: string): Promise<Uint8Array<ArrayBuffer>> {
    return this.#file(path).bytes.slice();
  }

  async createFile(path: string, ...parts: readonly Uint8Array[]): Promise<void> {
    if (this.#find(path) !== undefined) throw new StoreError('build_failed', `${path} exists.`);
    this.write(path, new Uint8Array(Buffer.concat(parts)));
  }

  async openFile(path: string): Promise<OpenFile> {
    const { bytes } = this.#file(path);
    return {
      bytes: bytes.length,
      async readInto(start, target) {
        if (start + target.length > bytes.length)
          throw new StoreError('corrupt', `${path} ends before what is to be read of it.`);
        target.set(bytes.subarray(start, start + target.length));
      },
      close: async () => undefined,
    };
  }

  async readRange(path: string, start: number, end: number): Promise<Uint8Array<ArrayBuffer>> {
    return this.#file(path).bytes.slice(start, end);
  }

  async replaceEnd(path: string, start: number, bytes: Uint8Array): Promise<void> {
    const file = this.#file(path);
    file.bytes = new Uint8Array(Buffer.concat([file.bytes.subarray(0, start), bytes]));
  }

  async localFolder(path: string): Promise<string> {
    return path;
  }

  async adopt(): Promise<void> {}

  async syncFile(path: string): Promise<void> {
    const file = this.#file(path);
    file.synced = file.bytes;
  }

  async syncDirectory(path: string): Promise<void> {
    const folder = this.#folder(path);
    folder.synced = new Map(folder.names);
  }

  async link(from: string, to: string): Promise<boolean> {
    if (this.#find(to) !== undefined) return false;
    this.#folder(dirname(to)).names.set(nameOf(to), this.#file(from));
    return true;
  }

  async renameDirectory(from: string, to: string): Promise<boolean> {
    const found = this.#find(to);
    if (found !== undefined && !('names' in found && found.names.size === 0)) return false;
    this.#folder(dirname(to)).names.set(nameOf(to), this.#folder(from));
    this.#folder(dirname(from)).names.delete(nameOf(from));
    return true;
  }

  async list(path: string): Promise<readonly string[]> {
    const found = this.#find(path);
    return found !== undefined && 'names' in found ? [...found.names.keys()] : [];
  }

  async stat(path: string): Promise<FileStatus | null> {
    const found = this.#find(path);
    if (found === undefined) return null;
    return {
      bytes: 'bytes' in found ? found.bytes.length : 0,
      modifiedAt: 0,
      isDirectory: !('bytes' in found),
    };
  }

  async makeDirectory(path: string): Promise<void> {
    if (path === '/' || this.#find(path) !== undefined) return;
    await this.makeDirectory(dirname(path));
    this.#folder(dirname(path)).names.set(nameOf(path), emptyFolder());
  }

  async removeFile(path: string): Promise<void> {
    this.#folder(dirname(path)).names.delete(nameOf(path));
  }

  removeDirectory(path: string): Promise<void> {
    return this.removeFile(path);
  }

  now(): number {
    return 0;
  }

  async self(): Promise<{ place: string; pid: number; start: number }> {
    return { place: '00000000', pid: 1, start: 1 };
  }

  /** After a power cut nobody runs. */
  async isRunning(): Promise<boolean> {
    return false;
  }

  #file(path: string): File {
    const found = this.#find(path);
    if (found === undefined || !('bytes' in found))
      throw new StoreError('file_missing', `${path} is missing.`);
    return found;
  }

  #folder(path: string): Folder {
    const found = this.#find(path);
    if (found === undefined || !('names' in found))
      throw new StoreError('file_missing', `${path} is missing.`);
    return found;
  }

  #find(path: string): File | Folder | undefined {
    let found: File | Folder | undefined = this.root;
    for (const name of path.split('/').filter((part) => part !== '')) {
      found = found !== undefined && 'names' in found ? found.names.get(name) : undefined;
    }
    return found;
  }
}

function emptyFolder(): Folder {
  return { names: new Map(), synced: new Map() };
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** A file with two names stays one file, so survivors are remembered. */
function survivingFolder(root: Folder, random: () => number): Folder {
  const survivors = new Map<File, File>();
  const file = (found: File): File => {
    const known = survivors.get(found);
    if (known !== undefined) return known;
    const bytes = found.synced ?? found.bytes.slice(0, Math.floor(random() * 1.5 * found.bytes.length));
    const survivor = { bytes, synced: bytes };
    survivors.set(found, survivor);
    return survivor;
  };
  const folder = (found: Folder): Folder => {
    const names = new Map<string, File | Folder>();
    for (const name of new Set([...found.synced.keys(), ...found.names.keys()])) {
      const kept = random() < 0.5 ? found.names.get(name) : found.synced.get(name);
      if (kept !== undefined) names.set(name, 'names' in kept ? folder(kept) : file(kept));
    }
    return { names, synced: new Map(names) };
  };
  return folder(root);
}
