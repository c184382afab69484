/** Serving files: derived from the Parquet, beside it, never needed. docs/format.md tells their bytes. */
import { randomBytes } from 'node:crypto';
import { endianness } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { StoredBatch, StoredColumn } from '../model/batch.js';
import type { FileMeta } from '../model/catalog.js';
import { StoreError } from '../model/errors.js';
import type { BuildColumn } from '../model/plan.js';
import { callQueue } from './call-queue.js';
import { DamagedFile, isUnreadable } from './damaged-file.js';
import { decodeFile } from './decode-file.js';
import type { Disk, OpenFile } from './disk.js';
import { STAGING, ownedName, servingPath } from './file-names.js';
import { readChecked } from './read-partition.js';
import { readServingColumns, readServingIndex } from './serving-read.js';
import type { ServingIndex } from './serving-read.js';
import { encodeServing } from './serving-write.js';
import type { ServingRows } from './serving-write.js';

export interface ServingOptions {
  readonly disk: Disk;
  /** Of the store. */
  readonly directory: string;
  /** False: none is read, and none is written. */
  readonly isOn: boolean;
  /** All columns of a published file, and how it is sorted; null where that is not known now. */
  readonly contractOf: (path: string) => Omit<ServingRows, 'batch'> | null;
}

/**
 * The serving files of a store. Whatever is wrong with one, the Parquet answers in its place, and a new one is made of
 * it in the background: one at a time, each at most once in a process.
 */
export class ServingFiles {
  readonly #disk: Disk;
  readonly #directory: string;
  readonly #contractOf: ServingOptions['contractOf'];
  readonly #indexes = new WeakMap<FileMeta, ServingIndex>();
  /** Paths of Parquet files of which a serving file was made anew, or is going to be. */
  readonly #remade = new Set<string>();
  readonly #warnings: string[] = [];
  readonly #isOn: boolean;
  #isClosing = false;
  #canWrite = true;
  readonly #inTurn = callQueue();

  constructor({ disk, directory, isOn, contractOf }: ServingOptions) {
    this.#disk = disk;
    this.#directory = directory;
    this.#contractOf = contractOf;
    // Columns are read into memory as they stand, the lowest byte first.
    this.#isOn = isOn && endianness() === 'LE';
  }

  /** Sentences for a person. */
  get warnings(): readonly string[] {
    return this.#warnings;
  }

  /** Columns of a published file; null: its Parquet is to be read. */
  async read(file: FileMeta, columns: readonly BuildColumn[]): Promise<StoredBatch | null> {
    if (!this.#isOn) return null;
    const path = join(this.#directory, servingPath(file.path));
    let open: OpenFile | null = null;
    try {
      open = await this.#disk.openFile(path);
      const index = this.#indexes.get(file) ?? (await readServingIndex(open));
      const batch = await readServingColumns(open, index, file, columns);
      this.#indexes.set(file, index);
      return batch;
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      this.#indexes.delete(file);
      if (isUnreadable(error)) this.#remake(file, open === null ? null : error.what);
      return null;
    } finally {
      await open?.close();
    }
  }

  /**
   * Writes a new file, not durable: a torn one is noticed when it is read. False where it cannot be written, which is no
   * error; then there is none.
   */
  async write(path: string, file: FileMeta, rows: ServingRows): Promise<boolean> {
    if (!this.#isOn) return false;
    const parts = encodeServing(file, rows);
    if (parts === null) return false;
    try {
      await this.#disk.createFile(path, ...parts);
      return true;
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      this.#warn(`No serving file for ${file.path}, which is slower to read: ${error.message}`);
      await this.#disk.removeFile(path).catch(() => undefined); // it lies in a staging folder, which goes
      return false;
    }
  }

  /** Ends with the file that is being made; those that wait are not made. */
  async close(): Promise<void> {
    this.#isClosing = true;
    await this.#inTurn(async () => undefined);
  }

  /** @param what is wrong with it; null: it is missing */
  #remake(file: FileMeta, what: string | null): void {
    if (!this.#canWrite || this.#remade.has(file.path)) return;
    this.#remade.add(file.path);
    if (what !== null) this.#warn(`${servingPath(file.path)} is made anew: ${what}`);
    void this.#inTurn(() => this.#tryAnew(file));
  }

  /** Never fails: it runs beside queries that do not need it. */
  async #tryAnew(file: FileMeta): Promise<void> {
    if (this.#isClosing || !this.#canWrite) return;
    try {
      await this.#makeAnew(file);
    } catch (error) {
      // A Parquet that cannot be read is for the query to tell, which reads it as well.
      if (error instanceof DamagedFile) return;
      this.#canWrite = false;
      this.#warn(`Serving files are not written, and queries read the Parquet: ${messageOf(error)}`);
    }
  }

  async #makeAnew(file: FileMeta): Promise<void> {
    const contract = this.#contractOf(file.path);
    if (contract === null) return;
    const { disk, directory } = { disk: this.#disk, directory: this.#directory };
    const batch = await this.#decodeAll(file, contract.columns);
    const token = `serve${randomBytes(5).toString('hex')}`;
    const folder = join(directory, STAGING, ownedName(token, await disk.self()));
    await disk.makeDirectory(folder);
    try {
      const staged = join(folder, 'anew.arrow');
      if (!(await this.write(staged, file, { batch, ...contract }))) return;
      const target = join(directory, servingPath(file.path));
      await disk.removeFile(target);
      await disk.link(staged, target);
    } finally {
      await disk.removeDirectory(folder);
    }
  }

  /** Column by column, and what waits meanwhile has its turn between them. */
  async #decodeAll(file: FileMeta, columns: readonly BuildColumn[]): Promise<StoredBatch> {
    const content = await readChecked(this.#disk, this.#directory, file);
    const found = new Map<string, StoredColumn>();
    let bytes = 0;
    for (const column of columns) {
      const batch = await decodeFile(join(this.#directory, file.path), content, [column]);
      for (const [name, values] of batch.columns) found.set(name, values);
      bytes += batch.bytes;
      await setImmediate();
    }
    return { rows: file.rows, columns: found, bytes };
  }

  #warn(sentence: string): void {
    if (this.#warnings.length < WARNINGS_MAX) this.#warnings.push(sentence);
  }
}

/** A disk that fails once may fail for every file. */
const WARNINGS_MAX = 20;

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
