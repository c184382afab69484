/**
 * What this process reads: a folder below `readers/` with a hard link to each manifest in use. While the link is
 * there, nobody removes what the manifest names. A link that succeeds proves that the manifest was there at that moment,
 * and whoever collects looks for links after removing manifests, so that none is overlooked.
 */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { StoreError } from '../model/errors.js';
import { callQueue } from './call-queue.js';
import type { Disk } from './disk.js';
import { manifestName, ownedName, READERS } from './file-names.js';
import { manifestPath } from './read-state.js';

export class Pins {
  readonly #disk: Disk;
  readonly #directory: string;
  /** How often each number is pinned. */
  readonly #counts = new Map<number, number>();
  readonly #inTurn = callQueue();
  #folder: Promise<string> | null = null;
  #leftBehind = false;
  /** A store that cannot be written cannot be pinned, and is read all the same. */
  #refused: StoreError | null = null;

  constructor(disk: Disk, directory: string) {
    this.#disk = disk;
    this.#directory = directory;
  }

  /** Why this process cannot keep what it reads; null: it can. */
  get refused(): StoreError | null {
    return this.#refused;
  }

  /** False: the manifest is gone. Number 0, the empty store, needs no pin. */
  async pin(number: number): Promise<boolean> {
    if (this.hold(number)) return true;
    return this.#inTurn(async () => {
      if (!this.hold(number)) {
        if (number > 0 && !(await this.#link(number))) return false;
        this.#counts.set(number, 1);
      }
      return true;
    });
  }

  /** Once more what is pinned already; false: it is not. */
  hold(number: number): boolean {
    const count = this.#counts.get(number) ?? 0;
    if (count > 0) this.#counts.set(number, count + 1);
    return count > 0;
  }

  async unpin(number: number): Promise<void> {
    const count = (this.#counts.get(number) ?? 0) - 1;
    this.#counts.set(number, count);
    if (count > 0) return;
    await this.#inTurn(async () => {
      if ((this.#counts.get(number) ?? 0) > 0) return;
      this.#counts.delete(number);
      if (number === 0 || this.#folder === null || this.#refused !== null) return;
      await this.#noteLeft(number);
      await this.#disk.removeFile(join(await this.#folder, manifestName(number)));
    });
  }

  /** Waits for what is being given up. */
  async settled(): Promise<void> {
    await this.#inTurn(async () => undefined);
  }

  /** Whether what this process alone kept is garbage now. */
  get leftBehind(): boolean {
    return this.#leftBehind;
  }

  /** Gives up all pins. */
  async close(): Promise<void> {
    await this.settled();
    if (this.#refused === null) for (const number of this.#counts.keys()) await this.#noteLeft(number);
    this.#counts.clear();
    const folder = this.#folder;
    this.#folder = null;
    if (folder !== null && this.#refused === null) await this.#disk.removeDirectory(await folder);
  }

  async #noteLeft(number: number): Promise<void> {
    if (number > 0 && (await this.#disk.stat(manifestPath(this.#directory, number))) === null)
      this.#leftBehind = true;
  }

  async #link(number: number): Promise<boolean> {
    if (this.#refused !== null) return true;
    const from = manifestPath(this.#directory, number);
    try {
      const folder = await (this.#folder ??= this.#makeFolder());
      await this.#disk.link(from, join(folder, manifestName(number)));
      return true;
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      if ((await this.#disk.stat(from)) === null) return false;
      this.#refused = error;
      return true;
    }
  }

  async #makeFolder(): Promise<string> {
    const token = randomBytes(5).toString('hex');
    const folder = join(this.#directory, READERS, ownedName(token, await this.#disk.self()));
    await this.#disk.makeDirectory(folder);
    return folder;
  }
}
