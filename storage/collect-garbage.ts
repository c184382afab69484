import { join } from 'node:path';
import { LIMITS } from '../model/limits.js';
import type { Disk } from './disk.js';
import { DATA, STAGING, dataFileToken, isRollupFolder, parseStagingName } from './file-names.js';
import { dataPaths } from './manifest.js';
import { listManifests, manifestPath, readManifest } from './read-state.js';

/**
 * Removes what nobody will read again and gives the paths, relative to the store: staging folders of processes
 * that ended, all manifests but the last two, data files that none of these names. Nothing foreign. The order of
 * looking (data, staging, manifests) is what makes it safe beside other processes, see docs/format.md.
 */
export async function collectGarbage(disk: Disk, directory: string): Promise<readonly string[]> {
  const data = await listDataFiles(disk, directory);
  const staging = await listStaging(disk, directory);
  const manifests = await surveyManifests(disk, directory);
  const removed: string[] = [];
  for (const name of staging.ended) {
    await disk.removeDirectory(join(directory, STAGING, name));
    removed.push(`${STAGING}/${name}`);
  }
  for (const number of manifests.old) {
    await disk.removeFile(manifestPath(directory, number));
    removed.push(manifestPath('', number));
  }
  if (!manifests.complete) return removed;
  for (const { path, token } of data) {
    if (manifests.named.has(path) || staging.tokens.has(token)) continue;
    await disk.removeFile(join(directory, path));
    removed.push(path);
  }
  return removed;
}

export interface DataFile {
  /** Relative to the store. */
  readonly path: string;
  readonly token: string;
}

/** Files in `data/` whose names are ours, published or not. */
export async function listDataFiles(disk: Disk, directory: string): Promise<readonly DataFile[]> {
  const files: DataFile[] = [];
  for (const folder of (await disk.list(join(directory, DATA))).filter(isRollupFolder)) {
    for (const name of await disk.list(join(directory, DATA, folder))) {
      const token = dataFileToken(name);
      if (token !== null) files.push({ path: `${DATA}/${folder}/${name}`, token });
    }
  }
  return files;
}

interface StagingFolders {
  /** Names of folders whose process is gone. */
  readonly ended: readonly string[];
  /** Tokens of all others. */
  readonly tokens: ReadonlySet<string>;
}

async function listStaging(disk: Disk, directory: string): Promise<StagingFolders> {
  const ended: string[] = [];
  const tokens = new Set<string>();
  for (const name of await disk.list(join(directory, STAGING))) {
    const parsed = parseStagingName(name);
    if (parsed === null) continue;
    const running =
      (await disk.isRunning(parsed.owner)) ?? !(await isIdle(disk, join(directory, STAGING, name)));
    if (running) tokens.add(parsed.token);
    else ended.push(name);
  }
  return { ended, tokens };
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

interface ManifestSurvey {
  /** Numbers below the second highest intact manifest. */
  readonly old: readonly number[];
  /** Paths of data files that the others name. */
  readonly named: ReadonlySet<string>;
  /** False when one of the others is damaged: then not all names are known. */
  readonly complete: boolean;
}

/** Reads the manifests from the highest down to the second intact one. */
export async function surveyManifests(disk: Disk, directory: string): Promise<ManifestSurvey> {
  const numbers = await listManifests(disk, directory);
  const named = new Set<string>();
  let intact = 0;
  let complete = true;
  for (const [i, number] of numbers.entries()) {
    if (intact === 2) return { old: numbers.slice(i), named, complete };
    const manifest = await readManifest(disk, directory, number);
    if (manifest === 'gone' || manifest === 'damaged') complete = false;
    else {
      intact++;
      for (const path of dataPaths(manifest)) named.add(path);
    }
  }
  return { old: [], named, complete };
}
