import { join } from 'node:path';
import { StoreError } from '../model/errors.js';
import { LIMITS } from '../model/limits.js';
import type { Disk } from './disk.js';
import { MANIFESTS, manifestName, manifestNumber } from './file-names.js';
import { decodeManifest } from './manifest.js';
import type { Manifest } from './manifest.js';

export interface StoreState {
  /** The highest intact manifest; number 0 and empty where there is none. */
  readonly manifest: Manifest;
  /** The highest number in the folder, damaged or not: the next publish is one more. */
  readonly highest: number;
  /** Damaged manifests above the one that is served. */
  readonly damaged: readonly string[];
}

const EMPTY: Manifest = { number: 0, publishedAt: null, keep: LIMITS.publishesKept, recent: [], rollups: [] };

/** Reads what is published. Throws `corrupt` when there are manifests and none is intact. */
export async function readState(disk: Disk, directory: string): Promise<StoreState> {
  for (let attempt = 0; attempt < LIMITS.manifestReadsMax; attempt++) {
    const state = await tryReadState(disk, directory);
    if (state !== null) return state;
  }
  throw new StoreError(
    'commit_conflict',
    `The manifests of ${directory} changed ${LIMITS.manifestReadsMax} times while they were read.`,
    { next: 'Try again when fewer processes publish.' },
  );
}

/** Null when a manifest was removed between the list and the read: a higher one is there by now. */
async function tryReadState(disk: Disk, directory: string): Promise<StoreState | null> {
  const numbers = await listManifests(disk, directory);
  const highest = numbers[0] ?? 0;
  const damaged: string[] = [];
  for (const number of numbers) {
    const manifest = await readManifest(disk, directory, number);
    if (manifest === 'gone') return null;
    if (manifest !== 'damaged') return { manifest, highest, damaged };
    damaged.push(manifestPath(directory, number));
  }
  if (damaged.length === 0) return { manifest: EMPTY, highest, damaged };
  throw new StoreError('corrupt', `No manifest of the store is intact: ${damaged.join(', ')}.`, {
    next: 'Put them back from a backup, or remove the folder of the store and build again.',
  });
}

/** Numbers of the manifests in the folder, highest first. */
export async function listManifests(disk: Disk, directory: string): Promise<readonly number[]> {
  const names = await disk.list(join(directory, MANIFESTS));
  return names
    .map(manifestNumber)
    .filter((number) => number !== null)
    .toSorted((a, b) => b - a);
}

export function readManifest(
  disk: Disk,
  directory: string,
  number: number,
): Promise<Manifest | 'damaged' | 'gone'> {
  return readManifestAt(disk, manifestPath(directory, number), number);
}

/** @param path of the manifest or of a link to it */
export async function readManifestAt(
  disk: Disk,
  path: string,
  number: number,
): Promise<Manifest | 'damaged' | 'gone'> {
  let bytes: Uint8Array;
  try {
    bytes = await disk.readFile(path);
  } catch (error) {
    if ((await disk.stat(path)) === null) return 'gone';
    throw error;
  }
  return decodeManifest(bytes, number, path) ?? 'damaged';
}

export function manifestPath(directory: string, number: number): string {
  return join(directory, MANIFESTS, manifestName(number));
}
