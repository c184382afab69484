import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Disk } from './disk.js';
import { STAGING, ownedName } from './file-names.js';

/** Folders below staging/ for what a database of this process puts on disk; a kill leaves them for the next opening. */
export class SpillFolders {
  private readonly folders: string[] = [];
  private readonly disk: Disk;
  private readonly directory: string;

  constructor(disk: Disk, directory: string) {
    this.disk = disk;
    this.directory = directory;
  }

  /** A path on this machine, where there is nothing yet. */
  async add(): Promise<string> {
    const name = ownedName(`spill${randomBytes(5).toString('hex')}`, await this.disk.self());
    const folder = join(this.directory, STAGING, name);
    this.folders.push(folder);
    return this.disk.localFolder(folder);
  }

  async removeAll(): Promise<void> {
    for (const folder of this.folders) await this.disk.removeDirectory(folder);
  }
}
