import { resolve } from 'node:path';
import { assert } from '../model/assert.js';
import type { CatalogSnapshot, RollupMeta } from '../model/catalog.js';
import { StoreError } from '../model/errors.js';
import { LIMITS } from '../model/limits.js';
import type { RollupId } from '../model/schema.js';
import { callQueue } from './call-queue.js';
import { collectGarbage } from './collect-garbage.js';
import { damageOf, withoutDamage } from './damage.js';
import type { Damage } from './damage.js';
import type { Disk } from './disk.js';
import { listHistory } from './history.js';
import { LazyRollup, Pages } from './lazy-rollup.js';
import { hasPage } from './manifest.js';
import { notKept, notRestorable } from './not-kept.js';
import { PartitionCache } from './partition-cache.js';
import { Pins } from './pins.js';
import { publish } from './publish.js';
import type { PublishChange } from './publish.js';
import { readChecked, readPartition, withPrecision } from './read-partition.js';
import { readManifest, readState, type StoreState } from './read-state.js';
import { readPage } from './rollup-page.js';
import { contractOfFile } from './contract-of-file.js';
import { ServingFiles } from './serving-files.js';
import { SpillFolders } from './spill-folders.js';
import { openStaging } from './staging.js';
import type { OpenStaging, Staging } from './staging.js';
import type { HeldSnapshot, Storage } from './storage.js';
import { verifyStore } from './verify-store.js';

export interface StorageOptions {
  readonly disk: Disk;
  /** Need not exist before the first publish. */
  readonly directory: string;
  /** Budget of decoded columns in memory. */
  readonly cacheBytesMax?: number;
  /** Default true: serving files are written beside the Parquet, and read. */
  readonly servingFiles?: boolean;
  /** Default false: what is damaged counts as not built. */
  readonly refusesDamage?: boolean;
}

/** Opens a store, after removing what ended processes left behind. Throws `corrupt` or `format_newer`. */
export async function openStorage(options: StorageOptions): Promise<Storage> {
  const { disk } = options;
  const directory = resolve(options.directory);
  const pins = new Pins(disk, directory);
  const pages = new Pages((head) => readPage(disk, directory, head));
  const rollups = new Map<string, LazyRollup>();
  let damages: readonly Damage[] = [];
  let sounds = new WeakMap<CatalogSnapshot, CatalogSnapshot>();
  let current = see(await pinnedState());
  const uncollected = await collectLeftovers(disk, directory);
  const stagings = new WeakMap<Staging, OpenStaging>();
  const spills = new SpillFolders(disk, directory);
  const serving = new ServingFiles({
    disk,
    directory,
    isOn: options.servingFiles ?? true,
    contractOf: (path) => contractOfFile(current.whole.rollups.values(), path),
  });
  const cache = new PartitionCache(
    async (file, columns) =>
      (await serving.read(file, withPrecision(file, columns))) ??
      readPartition(disk, directory, file, columns),
    options.cacheBytesMax ?? LIMITS.cacheBytes,
  );
  const inTurn = callQueue(); // so that a reload never undoes what a publish has just shown

  /** The newest state, which stays readable from then on. */
  async function pinnedState(): Promise<StoreState> {
    for (let attempt = 0; attempt < LIMITS.manifestReadsMax; attempt++) {
      const state = await readState(disk, directory);
      if (await pins.pin(state.manifest.number)) return state;
    }
    throw new StoreError(
      'commit_conflict',
      `The manifests of ${directory} come and go too fast to read one.`,
      {
        next: 'Try again when fewer processes publish.',
      },
    );
  }

  function see(state: StoreState): Seen {
    const whole = snapshotOf(state.manifest);
    return { state, whole, snapshot: soundOf(whole) };
  }

  function soundOf(snapshot: CatalogSnapshot): CatalogSnapshot {
    const sound = sounds.get(snapshot) ?? withoutDamage(snapshot, damages);
    sounds.set(snapshot, sound);
    return sound;
  }

  function know(known: readonly Damage[]): void {
    damages = known;
    sounds = new WeakMap();
  }

  /** The same object for the same page, so that what is known of it stays known. */
  function snapshotOf({ number, rollups: published }: StoreState['manifest']): CatalogSnapshot {
    const found = published.map((rollup): [RollupId, RollupMeta] => {
      if (!hasPage(rollup)) return [rollup.id, rollup];
      const known = rollups.get(rollup.page.path) ?? new LazyRollup(rollup, pages);
      rollups.set(rollup.page.path, known);
      return [rollup.id, known];
    });
    return { version: number, rollups: new Map(found) };
  }

  /** What was shown until now may go, unless somebody holds it. */
  function show(state: StoreState): void {
    const before = current.state.manifest.number;
    current = see(state);
    void pins.unpin(before).catch(() => undefined); // a pin that stays keeps a few files too many
    const pagesNow = new Set(
      state.manifest.rollups.flatMap((each) => (hasPage(each) ? [each.page.path] : [])),
    );
    for (const path of rollups.keys()) if (!pagesNow.has(path)) rollups.delete(path);
  }

  function held(number: number, snapshot: CatalogSnapshot): HeldSnapshot {
    let isHeld = true;
    return {
      snapshot,
      release() {
        if (isHeld) void pins.unpin(number).catch(() => undefined);
        isHeld = false;
      },
    };
  }

  /** What this process cannot hold may be gone because it was collected; then there are newer publishes. */
  async function mayBeCollected(error: unknown, { version }: CatalogSnapshot): Promise<boolean> {
    if (pins.refused === null || !(error instanceof StoreError) || error.code !== 'file_missing')
      return false;
    return (await storage.reload()).version !== version;
  }

  async function publishAlone(token: string, change: Omit<PublishChange, 'base'>): Promise<CatalogSnapshot> {
    const base = current.snapshot.version;
    const staging = await storage.stage(token);
    try {
      return await storage.publish(staging, { base, ...change });
    } finally {
      await staging.discard();
    }
  }

  const storage: Storage = {
    directory,
    snapshot: () => current.snapshot,
    warnings: () => [
      ...current.state.damaged.map(damageWarning),
      ...damages.map(({ path, what }) => `${path} is set aside: ${what}`),
      ...uncollected,
      ...serving.warnings,
    ],
    reload: () =>
      inTurn(async () => {
        const state = await pinnedState();
        if (isSameState(state, current.state)) await pins.unpin(state.manifest.number);
        else show(state);
        return current.snapshot;
      }),
    async looking(snapshot, call) {
      for (;;) {
        const sound = soundOf(snapshot);
        try {
          return await pages.with(() => call(sound));
        } catch (error) {
          if ((await storage.setAside(error, snapshot)) === null) throw error;
        }
      }
    },
    sound: soundOf,
    hold() {
      const { number } = current.state.manifest;
      const isPinned = pins.hold(number);
      assert(isPinned, 'what is shown is pinned');
      return held(number, current.whole);
    },
    async holdPublish(number) {
      if (!(await pins.pin(number))) throw notKept(directory, number);
      const manifest = await readManifest(disk, directory, number);
      if (manifest !== 'gone' && manifest !== 'damaged') return held(number, snapshotOf(manifest));
      await pins.unpin(number);
      throw notKept(directory, number);
    },
    history: () => listHistory(disk, directory),
    readBytes: (file) => readChecked(disk, directory, file),
    readPartition: (file, columns) => cache.read(file, columns),
    async setAside(error, snapshot) {
      if (options.refusesDamage === true) return null;
      const damage = damageOf(error, soundOf(snapshot).rollups.values());
      if (damage === null || (await mayBeCollected(error, snapshot))) return null;
      know([...damages, damage]);
      current = see(current.state);
      return damage;
    },
    spillFolder: () => spills.add(),
    stage: async (token) => {
      const staging = await openStaging(disk, directory, token, serving);
      stagings.set(staging, staging);
      return staging;
    },
    publish: (staging, change) =>
      inTurn(async () => {
        const open = stagings.get(staging);
        assert(open !== undefined, 'the staging was made by this storage');
        const readBefore = async (rollup: StoreState['manifest']['rollups'][number]): Promise<RollupMeta> =>
          hasPage(rollup) ? pages.load(rollup) : rollup;
        const state = await open.step(() =>
          publish(disk, directory, current.state, open, change, readBefore),
        );
        for (const rollup of state.manifest.rollups) {
          const put = change.put.find(({ id }) => id === rollup.id);
          if (put !== undefined && hasPage(rollup)) pages.put(rollup, put);
        }
        const anew = new Set(change.put.map(({ id }) => id));
        if (damages.length > 0) know(damages.filter(({ rollup }) => !anew.has(rollup)));
        // It may be gone already, if others were quick: then theirs is shown.
        show((await pins.pin(state.manifest.number)) ? state : await pinnedState());
        return current.snapshot;
      }),
    async restore(token, number, ids) {
      const before = await storage.holdPublish(number);
      try {
        const heads = [...before.snapshot.rollups.values()].map((rollup) => {
          if (rollup instanceof LazyRollup) return rollup.head;
          throw notRestorable(number);
        });
        const restore = heads.filter(({ id }) => ids?.includes(id) !== false);
        const kept = new Set(restore.map(({ id }) => id));
        const remove = [...current.whole.rollups.keys()].filter(
          (id) => ids?.includes(id) !== false && !kept.has(id),
        );
        return await publishAlone(token, { put: [], remove, restore });
      } finally {
        before.release();
      }
    },
    removeRollups: (token, remove) => publishAlone(token, { put: [], remove }),
    async collectGarbage(thorough = true) {
      await pins.settled();
      return collectGarbage(disk, directory, thorough || pins.leftBehind);
    },
    verify: (tools) => verifyStore(disk, directory, tools),
    async close() {
      await serving.close();
      await inTurn(async () => undefined);
      await pins.close();
      await spills.removeAll();
      if (pins.leftBehind) await collectLeftovers(disk, directory, true);
    },
  };
  return storage;
}

interface Seen {
  readonly state: StoreState;
  readonly whole: CatalogSnapshot;
  /** Without what is damaged. */
  readonly snapshot: CatalogSnapshot;
}

function isSameState(a: StoreState, b: StoreState): boolean {
  const mark = ({ manifest: { number, recent } }: StoreState): string => `${number} ${recent.at(-1)?.[1]}`;
  return mark(a) === mark(b) && a.highest === b.highest && a.damaged.join() === b.damaged.join();
}

/** A store on a disk that refuses writes can still be read, so failing to clean up is only worth a warning. */
async function collectLeftovers(disk: Disk, directory: string, thorough = false): Promise<readonly string[]> {
  try {
    await collectGarbage(disk, directory, thorough);
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
