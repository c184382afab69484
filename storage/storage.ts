import type { StoredBatch } from '../model/batch.js';
import type { CatalogSnapshot, FileMeta, RollupColumn } from '../model/catalog.js';
import type { RollupId } from '../model/schema.js';
import type { Damage } from './damage.js';
import type { PublishRecord } from './history.js';
import type { PublishChange } from './publish.js';
import type { Staging } from './staging.js';
import type { StoreReport, VerifyTools } from './verify-store.js';

/** A store on disk: what is published, and the way to publish more. Everything is told in docs/format.md. */
export interface Storage {
  /** Absolute path of the store. */
  readonly directory: string;
  /** What this process knows to be published, without what it knows to be damaged. */
  snapshot(): CatalogSnapshot;
  /** Sentences about damage that the store got around, for a person to read. */
  warnings(): readonly string[];
  /** Looks what other processes have published; the same snapshot when they have not. */
  reload(): Promise<CatalogSnapshot>;
  /**
   * Gives a call what is sound of a snapshot. The call must be pure: it is made again until all that it touches is
   * read, without the rollups whose pages turn out to be damaged.
   */
  looking<T>(snapshot: CatalogSnapshot, call: (sound: CatalogSnapshot) => T): Promise<T>;
  /** What is sound of a snapshot, as far as is known: the same object until that changes. */
  sound(snapshot: CatalogSnapshot): CatalogSnapshot;
  /** Keeps what is published now readable until the hold is released, whatever others publish and remove. */
  hold(): HeldSnapshot;
  /** The same for an earlier publish. Throws `query_invalid` where it is not kept any more. */
  holdPublish(number: number): Promise<HeldSnapshot>;
  /** The publishes that are kept, newest first. */
  history(): Promise<readonly PublishRecord[]>;
  /** The whole of a file, once it is known to be what was published. Throws `corrupt` or `file_missing`. */
  readBytes(file: FileMeta): Promise<Uint8Array<ArrayBuffer>>;
  /** At least these columns of a file, at once where they are in memory. Throws `corrupt` or `file_missing`. */
  readPartition(file: FileMeta, columns: readonly RollupColumn[]): StoredBatch | Promise<StoredBatch>;
  /**
   * The damage that an error tells of, in one of the rollups of a snapshot: from now on snapshots do without it, until
   * the rollup is published anew. Null: it is another error, the store was opened to refuse damage, or the file may be
   * gone because others published and collected.
   */
  setAside(error: unknown, snapshot: CatalogSnapshot): Promise<Damage | null>;
  /** A folder to prepare a publish in. `token`: 1 to 40 of a-z and 0-9, never used in this store before. */
  stage(token: string): Promise<Staging>;
  /** A path on this machine for a folder that is not there yet, and is removed when the store is closed. */
  spillFolder(): Promise<string>;
  /**
   * Publishes files and metadata at once, or nothing. Throws `commit_conflict` when `change.base` is no longer
   * the published version: reload, make the change anew, and publish from the same staging. Discard the staging
   * in the end, and collect the garbage.
   */
  publish(staging: Staging, change: PublishChange): Promise<CatalogSnapshot>;
  /** Publishes rollups as an earlier publish had them; null: the whole store, as it was. */
  restore(token: string, number: number, ids: readonly RollupId[] | null): Promise<CatalogSnapshot>;
  /** Publishes a state without these rollups. */
  removeRollups(token: string, ids: readonly RollupId[]): Promise<CatalogSnapshot>;
  /**
   * Removes what nobody will read again; gives the paths.
   * @param thorough default true; false: only where the publishes that go have left something
   */
  collectGarbage(thorough?: boolean): Promise<readonly string[]>;
  /** Reads and checks every published byte. */
  verify(tools?: VerifyTools): Promise<StoreReport>;
  /** Gives up what this process keeps readable. */
  close(): Promise<void>;
}

export interface HeldSnapshot {
  readonly snapshot: CatalogSnapshot;
  /** Once. */
  release(): void;
}
