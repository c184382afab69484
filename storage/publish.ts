import { dirname, join } from 'node:path';
import type { RollupMeta } from '../model/catalog.js';
import { StoreError } from '../model/errors.js';
import { LIMITS } from '../model/limits.js';
import type { RollupId } from '../model/schema.js';
import type { Disk } from './disk.js';
import { DATA, MANIFESTS, manifestName, pagePath, servingPath, stagedPageName } from './file-names.js';
import { encodeManifest, hasPage } from './manifest.js';
import type { Manifest } from './manifest.js';
import { listManifests, manifestPath, readState } from './read-state.js';
import type { StoreState } from './read-state.js';
import { encodePage, filePaths } from './rollup-page.js';
import type { RollupHead } from './rollup-page.js';
import type { OpenStaging } from './staging.js';

export interface PublishChange {
  /** `CatalogSnapshot.version` that the change was made from: another one by now is a `commit_conflict`. */
  readonly base: number;
  /** Whole rollups, new or instead of the published ones. Their files are published or sealed. */
  readonly put: readonly RollupMeta[];
  readonly remove: readonly RollupId[];
  /** Rollups as an earlier publish had them, which is pinned. */
  readonly restore?: readonly RollupHead[];
  /** How many publishes are to stay readable; default as the last publish said. */
  readonly keep?: number;
}

/**
 * Publishes a change and gives the new state: steps 3 to 7 of "How a publish goes" in docs/format.md. The staging
 * folder stays; after a `commit_conflict` it can be published again from a newer base.
 */
export async function publish(
  disk: Disk,
  directory: string,
  state: StoreState,
  staging: OpenStaging,
  change: PublishChange,
  readBefore: ReadBefore,
): Promise<StoreState> {
  if (change.base !== state.manifest.number) throw conflict(directory, change.base + 1);
  const before = new Map(state.manifest.rollups.map((rollup) => [rollup.id, rollup]));
  const put = await linkData(disk, directory, before, staging, withPages(state.manifest, change), readBefore);
  const manifest = applyChange(disk, state, staging.token, change, put);
  await linkManifest(disk, directory, manifest, staging);
  try {
    await disk.syncDirectory(join(directory, MANIFESTS));
    await refuseReusedNumber(disk, directory, manifest, staging);
  } catch (error) {
    if (error instanceof StoreError && error.code === 'commit_conflict') throw error;
    throw new StoreError(
      'build_failed',
      `Publish ${manifest.number} was written, but ${directory} failed before it was known to be durable.`,
      {
        next: 'Check the disk and reload the store: it shows the state before or after the publish.',
        cause: error,
      },
    );
  }
  staging.outcome = 'published';
  return { manifest, highest: manifest.number, damaged: [] };
}

/** Rollups of a store of format 0 get their pages with the first publish of another. */
function withPages({ rollups }: Manifest, { put, remove }: PublishChange): readonly RollupMeta[] {
  const gone = new Set([...remove, ...put.map(({ id }) => id)]);
  return [
    ...put,
    ...rollups.filter((rollup): rollup is RollupMeta => !hasPage(rollup) && !gone.has(rollup.id)),
  ];
}

function applyChange(
  disk: Disk,
  state: StoreState,
  token: string,
  { remove, restore = [], keep = state.manifest.keep }: PublishChange,
  put: readonly RollupHead[],
): Manifest {
  const rollups = new Map(state.manifest.rollups.map((rollup) => [rollup.id, rollup]));
  for (const id of remove) rollups.delete(id);
  for (const rollup of [...restore, ...put]) rollups.set(rollup.id, rollup);
  const number = state.highest + 1;
  const recent = [...state.manifest.recent, [number, token] as const].slice(-LIMITS.publishesRemembered);
  return { number, publishedAt: disk.now(), keep, recent, rollups: [...rollups.values()] };
}

/** Links the files of rollups, and their pages, to their places in `data/`. */
async function linkData(
  disk: Disk,
  directory: string,
  before: ReadonlyMap<RollupId, RollupHead | RollupMeta>,
  staging: OpenStaging,
  put: readonly RollupMeta[],
  readBefore: ReadBefore,
): Promise<readonly RollupHead[]> {
  const folders = new Set<string>();
  const link = async (from: string, path: string): Promise<void> => {
    const target = join(directory, path);
    const folder = dirname(target);
    if (!folders.has(folder)) await disk.makeDirectory(folder);
    folders.add(folder);
    const isNew = await disk.link(from, target);
    if (!isNew && !staging.linked.has(path)) throw usedToken(path, staging.token);
    staging.linked.add(path);
  };
  const heads: RollupHead[] = [];
  for (const rollup of put) {
    const kept = filePaths(rollup).filter((path) => !staging.sealed.has(path));
    const old = before.get(rollup.id);
    const published = new Set(kept.length === 0 || old === undefined ? [] : filePaths(await readBefore(old)));
    for (const path of kept) if (!published.has(path)) throw notSealed(path);
    for (const path of filePaths(rollup)) {
      const staged = staging.sealed.get(path);
      if (staged !== undefined) await link(staged, path);
      await linkServing(disk, directory, staging, path);
    }
    const { head, bytes } = encodePage(rollup, pagePath(rollup.id, staging.token));
    const staged = join(staging.folder, stagedPageName(rollup.id));
    if (!staging.linked.has(head.page.path)) {
      await disk.createFile(staged, bytes);
      await disk.syncFile(staged);
    }
    await link(staged, head.page.path);
    heads.push(head);
  }
  await disk.makeDirectory(join(directory, DATA));
  await disk.makeDirectory(join(directory, MANIFESTS));
  for (const folder of [...folders, join(directory, DATA), directory, dirname(directory)]) {
    await disk.syncDirectory(folder);
  }
  return heads;
}

/** A file that lacks its serving file is whole: another one is made when it is missed. */
async function linkServing(disk: Disk, directory: string, staging: OpenStaging, path: string): Promise<void> {
  const staged = staging.derived.get(path);
  if (staged === undefined) return;
  staging.linked.add(servingPath(path));
  try {
    await disk.link(staged, join(directory, servingPath(path)));
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
  }
}

/** The whole of a rollup that is published already. */
export type ReadBefore = (rollup: RollupHead | RollupMeta) => Promise<RollupMeta>;

function notSealed(path: string): StoreError {
  return new StoreError('build_failed', `${path} is neither published nor sealed.`, {
    next: 'Seal every file of a rollup before publishing it.',
  });
}

async function linkManifest(
  disk: Disk,
  directory: string,
  manifest: Manifest,
  staging: OpenStaging,
): Promise<void> {
  const staged = join(staging.folder, manifestName(manifest.number));
  await disk.createFile(staged, encodeManifest(manifest));
  await disk.syncFile(staged);
  staging.outcome = 'unknown';
  const isNew = await disk.link(staged, manifestPath(directory, manifest.number));
  if (isNew) return;
  staging.outcome = 'nothing';
  throw conflict(directory, manifest.number);
}

/**
 * A process that stood still may link a number that others used and removed meanwhile. The highest manifest tells:
 * it knows our number with our token, or we are too late.
 */
async function refuseReusedNumber(
  disk: Disk,
  directory: string,
  manifest: Manifest,
  staging: OpenStaging,
): Promise<void> {
  const [highest = 0] = await listManifests(disk, directory);
  if (highest === manifest.number) return;
  const state = await readState(disk, directory);
  if (state.manifest.recent.some(([number, mark]) => number === manifest.number && mark === staging.token))
    return;
  if (state.damaged.length > 0)
    throw new StoreError('corrupt', `${state.damaged.join(', ')} is damaged.`, {
      next: 'Put it back from a backup, or build again.',
    });
  await disk.removeFile(manifestPath(directory, manifest.number));
  staging.outcome = 'nothing';
  throw conflict(directory, manifest.number);
}

function conflict(directory: string, number: number): StoreError {
  return new StoreError('commit_conflict', `Publish ${number} of ${directory} was taken by another build.`, {
    next: 'Reload the store and publish again from what it holds now.',
  });
}

function usedToken(path: string, token: string): StoreError {
  return new StoreError('build_failed', `${path} exists: the token ${token} was used by an earlier build.`, {
    next: 'Build again with a new token.',
  });
}
