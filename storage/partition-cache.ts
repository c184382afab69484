import type { StoredBatch, StoredColumn } from '../model/batch.js';
import type { FileMeta, RollupColumn } from '../model/catalog.js';
import { unreachable } from '../model/assert.js';
import { LIMITS } from '../model/limits.js';
import { placed } from './column-memory.js';

/** Reads columns of a file from the disk. */
export type LoadColumns = (file: FileMeta, columns: readonly RollupColumn[]) => Promise<StoredBatch>;

/**
 * Decoded columns by file, least recently asked first out, within a budget of bytes. A file that is being read is
 * not read again at the same time, and only columns that are not there yet are decoded.
 */
export class PartitionCache {
  readonly #held = new Map<string, Held>();
  /** The last load of each file that is under way: loads of one file go one after the other. */
  readonly #loading = new Map<string, Promise<unknown>>();
  readonly #waiting: (() => void)[] = [];
  readonly #load: LoadColumns;
  readonly #bytesMax: number;
  #bytes = 0;
  #reads = 0;
  #uses = 0;

  constructor(load: LoadColumns, bytesMax: number) {
    this.#load = load;
    this.#bytesMax = bytesMax;
  }

  /** A batch with at least these columns; at once where they are held. */
  read(file: FileMeta, columns: readonly RollupColumn[]): StoredBatch | Promise<StoredBatch> {
    const cached = this.#take(file.path);
    return cached !== undefined && holds(cached, columns) ? cached : this.#queued(file, columns);
  }

  async #queued(file: FileMeta, columns: readonly RollupColumn[]): Promise<StoredBatch> {
    const before = this.#loading.get(file.path) ?? Promise.resolve();
    const load = before.catch(() => undefined).then(() => this.#complete(file, columns)); // its own caller hears it
    this.#loading.set(file.path, load);
    try {
      return await load;
    } finally {
      if (this.#loading.get(file.path) === load) this.#loading.delete(file.path);
    }
  }

  /** Bytes of all columns that are held. */
  get bytes(): number {
    return this.#bytes;
  }

  async #complete(file: FileMeta, columns: readonly RollupColumn[]): Promise<StoredBatch> {
    const cached = this.#take(file.path);
    const wanted = cached === undefined ? columns : missing(cached, columns);
    if (cached !== undefined && wanted.length === 0) return cached;
    await this.#enter();
    try {
      const loaded = placeBatch(await this.#load(file, wanted));
      const batch = cached === undefined ? loaded : join(cached, loaded);
      this.#put(file.path, batch);
      return batch;
    } finally {
      this.#leave();
    }
  }

  /** What is held of a file; it becomes the most recent. */
  #take(path: string): StoredBatch | undefined {
    const held = this.#held.get(path);
    if (held === undefined) return undefined;
    held.lastUse = ++this.#uses;
    return held.batch;
  }

  #put(path: string, batch: StoredBatch): void {
    this.#drop(path);
    this.#held.set(path, { batch, lastUse: ++this.#uses });
    this.#bytes += batch.bytes;
    if (this.#bytes <= this.#bytesMax) return;
    const byUse = [...this.#held].sort(([, a], [, b]) => a.lastUse - b.lastUse);
    for (const [oldest] of byUse) {
      this.#drop(oldest);
      if (this.#bytes <= this.#bytesMax) return;
    }
  }

  #drop(path: string): void {
    this.#bytes -= this.#held.get(path)?.batch.bytes ?? 0;
    this.#held.delete(path);
  }

  async #enter(): Promise<void> {
    if (this.#reads >= LIMITS.fileReadsMax) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#reads++;
  }

  /** The place goes to the one who waits longest, if there is one. */
  #leave(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#reads--;
    else next();
  }
}

interface Held {
  readonly batch: StoredBatch;
  /** A number that ascends: to take one is what most queries do most often, and costs no more than this. */
  lastUse: number;
}

function holds(batch: StoredBatch, columns: readonly RollupColumn[]): boolean {
  for (const column of columns) if (!batch.columns.has(column.name)) return false;
  return true;
}

function missing(batch: StoredBatch, columns: readonly RollupColumn[]): readonly RollupColumn[] {
  return columns.filter((column) => !batch.columns.has(column.name));
}

/** The same columns where kernels see them, as far as there is room. */
function placeBatch(batch: StoredBatch): StoredBatch {
  return {
    ...batch,
    columns: new Map([...batch.columns].map(([name, column]) => [name, placeColumn(column)])),
  };
}

function placeColumn(column: StoredColumn): StoredColumn {
  switch (column.kind) {
    case 'dictionary':
      return { ...column, codes: placed(column.codes) };
    case 'narrow':
      return { ...column, codes: placed(column.codes), validity: placedOrNull(column.validity) };
    case 'number':
      return { ...column, values: placed(column.values), validity: placedOrNull(column.validity) };
    case 'sketch':
      return { ...column, bytes: placed(column.bytes), offsets: placed(column.offsets) };
    case 'wide':
      return column;
    default:
      return unreachable(column);
  }
}

function placedOrNull(array: Uint8Array | null): Uint8Array | null {
  return array === null ? null : placed(array);
}

function join(a: StoredBatch, b: StoredBatch): StoredBatch {
  const columns = new Map<string, StoredColumn>([...a.columns, ...b.columns]);
  return { rows: a.rows, columns, bytes: a.bytes + b.bytes };
}
