import { dirname, join } from 'node:path';
import type { RollupMeta } from '../model/catalog.js';
import { StoreError } from '../model/errors.js';
import { LIMITS } from '../model/limits.js';
import type { RollupId } from '../model/schema.js';
import type { Disk } from './disk.js';
import { DATA, MANIFESTS, manifestName } from './file-names.js';
import { dataPaths, encodeManifest } from './manifest.js';
import type { Manifest } from './manifest.js';
import { listManifests, manifestPath, readState } from './read-state.js';
import type { StoreState } from './read-state.js';
import type { OpenStaging } from './staging.js';

export interface PublishChange {
  /** `CatalogSnapshot.version` that the change was made from: another one by now is a `commit_conflict`. */
  readonly base: number;
  /** Whole rollups, new or instead of the published ones. Their files are published or sealed. */
  readonly put: readonly RollupMeta[];
  readonly remove: readonly RollupId[];
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
): Promise<StoreState> {
  if (change.base !== state.manifest.number) throw conflict(directory, change.base + 1);
  const manifest = applyChange(state, staging.token, change);
  await linkData(disk, directory, state.manifest, manifest, staging);
  await linkManifest(disk, directory, manifest, staging);
  try {
    await disk.syncDirectory(join(directory, MANIFESTS));
    await refuseReusedNumber(disk, directory, manifest, staging.token);
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
  return { manifest, highest: manifest.number, damaged: [] };
}

function applyChange(state: StoreState, token: string, change: PublishChange): Manifest {
  const rollups = new Map(state.manifest.rollups.map((rollup) => [rollup.id, rollup]));
  for (const id of change.remove) rollups.delete(id);
  for (const rollup of change.put) rollups.set(rollup.id, rollup);
  const number = state.highest + 1;
  const recent = [...state.manifest.recent, [number, token] as const].slice(-LIMITS.publishesRemembered);
  return { number, recent, rollups: [...rollups.values()] };
}

async function linkData(
  disk: Disk,
  directory: string,
  before: Manifest,
  after: Manifest,
  staging: OpenStaging,
): Promise<void> {
  const published = new Set(dataPaths(before));
  const folders = new Set<string>();
  for (const path of dataPaths(after)) {
    const staged = staging.sealed.get(path);
    if (staged === undefined) {
      if (published.has(path)) continue;
      throw new StoreError('build_failed', `${path} is neither published nor sealed.`, {
        next: 'Seal every file of a rollup before publishing it.',
      });
    }
    const target = join(directory, path);
    const folder = dirname(target);
    if (!folders.has(folder)) await disk.makeDirectory(folder);
    folders.add(folder);
    const isNew = await disk.link(staged, target);
    if (!isNew && !staging.linked.has(path)) throw usedToken(path, staging.token);
    staging.linked.add(path);
  }
  await disk.makeDirectory(join(directory, DATA));
  await disk.makeDirectory(join(directory, MANIFESTS));
  for (const folder of [...folders, join(directory, DATA), directory, dirname(directory)]) {
    await disk.syncDirectory(folder);
  }
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
  const isNew = await disk.link(staged, manifestPath(directory, manifest.number));
  if (!isNew) throw conflict(directory, manifest.number);
}

/**
 * A process that stood still may link a number that others used and removed meanwhile. The highest manifest tells:
 * it knows our number with our token, or we are too late.
 */
async function refuseReusedNumber(
  disk: Disk,
  directory: string,
  manifest: Manifest,
  token: string,
): Promise<void> {
  const [highest = 0] = await listManifests(disk, directory);
  if (highest === manifest.number) return;
  const state = await readState(disk, directory);
  if (state.manifest.recent.some(([number, mark]) => number === manifest.number && mark === token)) return;
  if (state.damaged.length > 0)
    throw new StoreError('corrupt', `${state.damaged.join(', ')} is damaged.`, {
      next: 'Put it back from a backup, or build again.',
    });
  await disk.removeFile(manifestPath(directory, manifest.number));
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
