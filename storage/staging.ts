import { join } from 'node:path';
import type { FileMeta } from '../model/catalog.js';
import { StoreError } from '../model/errors.js';
import type { Disk } from './disk.js';
import { STAGING, dataPath, isToken, ownedName, servingPath, stagedName } from './file-names.js';
import type { FileSlot } from './file-names.js';
import { sealFile } from './seal-file.js';
import type { SealContract } from './seal-file.js';
import type { ServingFiles } from './serving-files.js';

/** The folder in which one publish is prepared. After an error other than `commit_conflict` only discard it. */
export interface Staging {
  readonly token: string;
  /** The absolute path on this machine that the file of a slot is to be written to. */
  pathOf(slot: FileSlot): string;
  /**
   * Writes into the footer of a written file what the file is and how it is sorted, makes it durable, reads it back
   * and checks it against what its writer says; and writes its serving file. Gives its metadata with the path that it
   * will have once it is published.
   */
  seal(slot: FileSlot, contract: SealContract): Promise<FileMeta>;
  /** Gives back the space of what was not published; harmless after a publish. */
  discard(): Promise<void>;
}

/** What `publish` needs to know of a staging folder. */
export interface OpenStaging extends Staging {
  readonly folder: string;
  /** From the path in the store to the staged file. */
  readonly sealed: ReadonlyMap<string, string>;
  /** From the path of a sealed file to its staged serving file, where there is one. */
  readonly derived: ReadonlyMap<string, string>;
  /** Paths in the store that were linked by an earlier attempt to publish. */
  readonly linked: Set<string>;
  /** Whether what is linked is published; `unknown` where the disk failed in between. */
  outcome: 'nothing' | 'unknown' | 'published';
  /** Runs a step; after one that failed no other step is allowed, so that no failed fsync is tried again. */
  step<T>(call: () => Promise<T>): Promise<T>;
}

/** Makes a staging folder. `token` must be new to the store: it becomes part of the names of its files. */
export async function openStaging(
  disk: Disk,
  directory: string,
  token: string,
  serving: Pick<ServingFiles, 'write'>,
): Promise<OpenStaging> {
  if (!isToken(token)) {
    throw new StoreError('build_failed', `${JSON.stringify(token)} cannot name a build.`, {
      next: 'Use 1 to 40 of the characters a-z and 0-9.',
    });
  }
  const folder = join(directory, STAGING, ownedName(token, await disk.self()));
  await disk.makeDirectory(folder);
  const sealed = new Map<string, string>();
  const derived = new Map<string, string>();
  const step = stopAfterFailure(folder);
  const local = await disk.localFolder(folder);
  const pathOf = (slot: FileSlot): string => join(local, stagedName(slot));
  const stagedOf = (slot: FileSlot): string => join(folder, stagedName(slot));
  const staging: OpenStaging = {
    token,
    folder,
    sealed,
    derived,
    linked: new Set(),
    outcome: 'nothing',
    step,
    pathOf,
    seal: (slot, contract) =>
      step(async () => {
        const path = dataPath(slot, token);
        await disk.adopt(pathOf(slot), stagedOf(slot));
        const { meta, batch } = await sealFile(disk, stagedOf(slot), slot, contract);
        const file = { path, ...meta };
        sealed.set(path, stagedOf(slot));
        const staged = servingPath(stagedOf(slot));
        if (await serving.write(staged, file, { ...contract, batch })) derived.set(path, staged);
        return file;
      }),
    async discard() {
      // Its process ends some day, and then somebody looks through everything.
      if (staging.outcome === 'unknown') return;
      if (staging.outcome === 'nothing')
        for (const path of staging.linked) await disk.removeFile(join(directory, path));
      await disk.removeDirectory(folder);
    },
  };
  return staging;
}

function stopAfterFailure(folder: string): OpenStaging['step'] {
  let failure: unknown = null;
  return async (call) => {
    if (failure !== null) {
      throw new StoreError('build_failed', `${folder} is not usable after an error.`, {
        next: 'Discard it and build again.',
        cause: failure,
      });
    }
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof StoreError && error.code === 'commit_conflict')) failure = error;
      throw error;
    }
  };
}
