import { resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { assert } from '../model/assert.js';
import type { StoredBatch } from '../model/batch.js';
import type { CatalogSnapshot, FileMeta, RollupColumn } from '../model/catalog.js';
import { StoreError } from '../model/errors.js';
import { LIMITS } from '../model/limits.js';
import type { RollupId } from '../model/schema.js';
import { callQueue } from './call-queue.js';
import { collectGarbage } from './collect-garbage.js';
import type { Disk } from './disk.js';
import { PartitionCache } from './partition-cache.js';
import { publish } from './publish.js';
import type { PublishChange } from './publish.js';
import { readPartition } from './read-partition.js';
import { readState } from './read-state.js';
import type { StoreState } from './read-state.js';
import { openStaging } from './staging.js';
import type { OpenStaging, Staging } from './staging.js';
import { verifyStore } from './verify-store.js';
import type { StoreReport, VerifyTools } from './verify-store.js';

/** A store on disk: what is published, and the way to publish more. Everything is told in docs/format.md. */
export interface Storage {
  /** Absolute path of the store. */
  readonly directory: string;
  /** What this process knows to be published. */
  snapshot(): CatalogSnapshot;
  /** Sentences about damage that the store got around, for a person to read. */
  warnings(): readonly string[];
  /** Looks what other processes have published; the same snapshot when they have not. */
  reload(): Promise<CatalogSnapshot>;
  /** At least these columns of a file. Throws `corrupt` or `file_missing`. */
  readPartition(file: FileMeta, columns: readonly RollupColumn[]): Promise<StoredBatch>;
  /** A folder to prepare a publish in. `token`: 1 to 40 of a-z and 0-9, never used in this store before. */
  stage(token: string): Promise<Staging>;
  /**
   * Publishes files and metadata at once, or nothing. Throws `commit_conflict` when `change.base` is no longer
   * the published version: reload, make the change anew, and publish from the same staging. Discard the staging
   * in the end, and collect the garbage.
   */
  publish(staging: Staging, change: PublishChange): Promise<CatalogSnapshot>;
  /** Publishes a state without these rollups. */
  removeRollups(token: string, ids: readonly RollupId[]): Promise<CatalogSnapshot>;
  /** Removes what nobody will read again; gives the paths. */
  collectGarbage(): Promise<readonly string[]>;
  /** Reads and checks every published byte. */
  verify(tools?: VerifyTools): Promise<StoreReport>;
}

export interface StorageOptions {
  readonly disk: Disk;
  /** Need not exist before the first publish. */
  readonly directory: string;
  /** Budget of decoded columns in memory. */
  readonly cacheBytesMax?: number;
}

/** Opens a store, after removing what ended processes left behind. Throws `corrupt` or `format_newer`. */
export async function openStorage(options: StorageOptions): Promise<Storage> {
  const { disk } = options;
  const directory = resolve(options.directory);
  let current = see(await readState(disk, directory));
  const uncollected = await collectLeftovers(disk, directory);
  const stagings = new WeakMap<Staging, OpenStaging>();
  const cache = new PartitionCache(
    (file, columns) => readPartition(disk, directory, file, columns),
    options.cacheBytesMax ?? LIMITS.cacheBytes,
  );
  const inTurn = callQueue(); // so that a reload never undoes what a publish has just shown
  const storage: Storage = {
    directory,
    snapshot: () => current.snapshot,
    warnings: () => [...current.state.damaged.map(damageWarning), ...uncollected],
    reload: () =>
      inTurn(async () => {
        const state = await readState(disk, directory);
        if (!isDeepStrictEqual(state, current.state)) current = see(state);
        return current.snapshot;
      }),
    readPartition: (file, columns) => cache.read(file, columns),
    stage: async (token) => {
      const staging = await openStaging(disk, directory, token);
      stagings.set(staging, staging);
      return staging;
    },
    publish: (staging, change) =>
      inTurn(async () => {
        const open = stagings.get(staging);
        assert(open !== undefined, 'the staging was made by this storage');
        current = see(await open.step(() => publish(disk, directory, current.state, open, change)));
        return current.snapshot;
      }),
    removeRollups: async (token, remove) => {
      const base = current.snapshot.version;
      const staging = await storage.stage(token);
      try {
        return await storage.publish(staging, { base, put: [], remove });
      } finally {
        await staging.discard();
      }
    },
    collectGarbage: () => collectGarbage(disk, directory),
    verify: (tools) => verifyStore(disk, directory, tools),
  };
  return storage;
}

interface Seen {
  readonly state: StoreState;
  readonly snapshot: CatalogSnapshot;
}

function see(state: StoreState): Seen {
  const { number, rollups } = state.manifest;
  return {
    state,
    snapshot: { version: number, rollups: new Map(rollups.map((rollup) => [rollup.id, rollup])) },
  };
}

/** A store on a disk that refuses writes can still be read, so failing to clean up is only worth a warning. */
async function collectLeftovers(disk: Disk, directory: string): Promise<readonly string[]> {
  try {
    await collectGarbage(disk, directory);
    return [];
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    return [`Leftovers of earlier builds were not removed. ${error.message}`];
  }
}

function damageWarning(path: string): string {
  return (
    `${path} is damaged: what it published is not served, the publish before it is. ` +
    'Put it back from a backup, or build again.'
  );
}
