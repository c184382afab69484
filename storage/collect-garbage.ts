/** Removes what nobody will read again; docs/format.md tells why the order of looking makes it safe beside others. */
import { randomBytes } from 'node:crypto';
import { dirname, join } from 'node:path';
import { StoreError } from '../model/errors.js';
import { LIMITS } from '../model/limits.js';
import type { Disk } from './disk.js';
import {
  DATA,
  READERS,
  STAGING,
  dataToken,
  isRollupFolder,
  manifestNumber,
  namedPath,
  ownedName,
  parseOwnedName,
  rollupFolder,
} from './file-names.js';
import { hasPage } from './manifest.js';
import type { Manifest } from './manifest.js';
import { listManifests, manifestPath, readManifest, readManifestAt } from './read-state.js';
import { filePaths, readPage } from './rollup-page.js';

/**
 * Staging folders and pins of processes that ended, manifests that are kept no longer, and the files of `data/` that
 * neither a manifest that stays nor a pinned one names. Nothing foreign.
 *
 * @param thorough true: looks through all rollups; else only through those in which something can have become garbage
 * @returns paths relative to the store
 */
export async function collectGarbage(
  disk: Disk,
  directory: string,
  thorough: boolean,
): Promise<readonly string[]> {
  const staging = await listOwned(disk, directory, STAGING);
  const readers = await listOwned(disk, directory, READERS);
  const old = await oldManifests(disk, directory);
  const lookThrough = thorough || staging.ended.length > 0 || readers.ended.length > 0;
  const folders = lookThrough ? 'all' : await changedFolders(disk, directory, old);
  if (!lookThrough && old.length === 0) return [];
  const mark = await markCollection(disk, directory);
  const removed: string[] = [];
  for (const { folder } of readers.ended) {
    await disk.removeDirectory(join(directory, folder));
    removed.push(folder);
  }
  for (const number of old) {
    await disk.removeFile(manifestPath(directory, number));
    removed.push(manifestPath('', number));
  }
  removed.push(...(await sweep(disk, directory, folders)));
  // Last: as long as they are there, the next one who looks will look through everything.
  for (const { folder } of staging.ended) {
    await disk.removeDirectory(join(directory, folder));
    removed.push(folder);
  }
  if (mark !== null) await disk.removeDirectory(mark);
  return removed;
}

/** A staging folder of this collection, which tells that it did not end should its process be killed. */
async function markCollection(disk: Disk, directory: string): Promise<string | null> {
  if ((await disk.stat(directory)) === null) return null;
  const mark = join(directory, STAGING, ownedName(`gc${randomBytes(5).toString('hex')}`, await disk.self()));
  await disk.makeDirectory(mark);
  return mark;
}

export interface DataFile {
  /** Relative to the store. */
  readonly path: string;
  readonly token: string;
}

/** Data files, serving files and pages whose names are ours, published or not. */
export async function listDataFiles(
  disk: Disk,
  directory: string,
  folders: 'all' | ReadonlySet<string> = 'all',
): Promise<readonly DataFile[]> {
  const files: DataFile[] = [];
  const names = folders === 'all' ? await disk.list(join(directory, DATA)) : [...folders];
  for (const folder of names.filter(isRollupFolder)) {
    for (const name of await disk.list(join(directory, DATA, folder))) {
      const token = dataToken(name);
      if (token !== null) files.push({ path: `${DATA}/${folder}/${name}`, token });
    }
  }
  return files;
}

/** First the files, then who is publishing, then who reads, then what is published. */
async function sweep(
  disk: Disk,
  directory: string,
  folders: 'all' | ReadonlySet<string>,
): Promise<readonly string[]> {
  const data = await listDataFiles(disk, directory, folders);
  const staging = await listOwned(disk, directory, STAGING);
  const publishing = new Set(staging.living.map(({ token }) => token));
  const { named, open } = await namedFiles(disk, directory, folders);
  const removed: string[] = [];
  for (const { path, token } of data) {
    if (named.has(namedPath(path)) || publishing.has(token) || open === 'all' || open.has(dirname(path)))
      continue;
    await disk.removeFile(join(directory, path));
    removed.push(path);
  }
  return removed;
}

interface NamedFiles {
  readonly named: ReadonlySet<string>;
  /** Folders, relative to the store, of which not all names are known, because something is damaged. */
  readonly open: 'all' | ReadonlySet<string>;
}

/** What the manifests and the pinned ones name: pages, and data files. */
export async function namedFiles(
  disk: Disk,
  directory: string,
  folders: 'all' | ReadonlySet<string> = 'all',
): Promise<NamedFiles> {
  const named = new Set<string>();
  const open = new Set<string>();
  const manifests = [
    ...(await pinnedManifests(disk, directory)),
    ...(await publishedManifests(disk, directory)),
  ];
  for (const manifest of manifests) {
    if (manifest === 'damaged') return { named, open: 'all' };
    for (const rollup of manifest.rollups) {
      if (!hasPage(rollup)) {
        for (const path of filePaths(rollup)) named.add(path);
        continue;
      }
      const { path } = rollup.page;
      if (named.has(path) || (folders !== 'all' && !folders.has(rollupFolder(rollup.id)))) continue;
      named.add(path);
      try {
        for (const file of filePaths(await readPage(disk, directory, rollup))) named.add(file);
      } catch (error) {
        if (!(error instanceof StoreError)) throw error;
        open.add(dirname(path));
      }
    }
  }
  return { named, open };
}

async function publishedManifests(disk: Disk, directory: string): Promise<(Manifest | 'damaged')[]> {
  const manifests: (Manifest | 'damaged')[] = [];
  for (const number of await listManifests(disk, directory)) {
    const manifest = await readManifest(disk, directory, number);
    // Gone: another one collects, who had decided that it stays no longer.
    if (manifest !== 'gone') manifests.push(manifest);
  }
  return manifests;
}

async function pinnedManifests(disk: Disk, directory: string): Promise<(Manifest | 'damaged')[]> {
  const { living } = await listOwned(disk, directory, READERS);
  const manifests: (Manifest | 'damaged')[] = [];
  for (const { folder } of living) {
    for (const name of await disk.list(join(directory, folder))) {
      const number = manifestNumber(name);
      if (number === null) continue;
      const manifest = await readManifestAt(disk, join(directory, folder, name), number);
      if (manifest !== 'gone') manifests.push(manifest);
    }
  }
  return manifests;
}

interface Owned {
  /** Relative to the store. */
  readonly folder: string;
  readonly token: string;
}

async function listOwned(
  disk: Disk,
  directory: string,
  parent: string,
): Promise<{ readonly ended: readonly Owned[]; readonly living: readonly Owned[] }> {
  const ended: Owned[] = [];
  const living: Owned[] = [];
  for (const name of await disk.list(join(directory, parent))) {
    const parsed = parseOwnedName(name);
    if (parsed === null) continue;
    const folder = `${parent}/${name}`;
    const runs = (await disk.isRunning(parsed.owner)) ?? !(await isIdle(disk, join(directory, folder)));
    (runs ? living : ended).push({ folder, token: parsed.token });
  }
  return { ended, living };
}

/** Whether nothing in a folder was touched for so long that its process must be gone. */
async function isIdle(disk: Disk, folder: string): Promise<boolean> {
  const paths = [folder, ...(await disk.list(folder)).map((name) => join(folder, name))];
  for (const path of paths) {
    const status = await disk.stat(path);
    if (status !== null && disk.now() - status.modifiedAt < LIMITS.stagingIdleMsMax) return false;
  }
  return true;
}

/** Numbers of the manifests below those that the highest intact one says are kept: at least two, intact ones. */
async function oldManifests(disk: Disk, directory: string): Promise<readonly number[]> {
  const numbers = await listManifests(disk, directory);
  let kept = Infinity;
  let intact = 0;
  for (const [i, number] of numbers.entries()) {
    if (intact >= kept) return numbers.slice(i);
    const manifest = await readManifest(disk, directory, number);
    if (manifest === 'gone' || manifest === 'damaged') continue;
    if (intact === 0) kept = Math.max(LIMITS.publishesKept, manifest.keep);
    intact++;
  }
  return [];
}

/** Folders of rollups of which a manifest that goes names another page than the one after it. */
async function changedFolders(
  disk: Disk,
  directory: string,
  old: readonly number[],
): Promise<'all' | ReadonlySet<string>> {
  const folders = new Set<string>();
  if (old.length === 0) return folders;
  const staying = (await listManifests(disk, directory)).filter((number) => !old.includes(number)).at(-1);
  const after = staying === undefined ? null : await readManifest(disk, directory, staying);
  if (after === null || after === 'gone' || after === 'damaged') return 'all';
  const pages = new Set(after.rollups.flatMap((rollup) => (hasPage(rollup) ? [rollup.page.path] : [])));
  for (const number of old) {
    const manifest = await readManifest(disk, directory, number);
    if (manifest === 'gone') continue;
    if (manifest === 'damaged') return 'all';
    for (const rollup of manifest.rollups) {
      if (!hasPage(rollup) || !pages.has(rollup.page.path)) folders.add(rollupFolder(rollup.id));
    }
  }
  return folders;
}
