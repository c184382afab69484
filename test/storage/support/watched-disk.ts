import type { Disk } from '../../../dist/storage/disk.js';

type Calls = {
  [K in keyof Disk]: Disk[K] extends (...args: never[]) => Promise<unknown> ? K : never;
}[keyof Disk];

/** Called before each call of a disk, with its number from 1, its name and its paths; what it throws stops the call. */
export type Watch = (call: number, name: Calls, args: readonly unknown[]) => void | Promise<void>;

/** A disk that tells before (or after) each of its calls, and otherwise does what it is told. */
export function watchedDisk(disk: Disk, { before, after }: { before?: Watch; after?: Watch }): Disk {
  let calls = 0;
  const watched = <K extends Calls>(name: K): Disk[K] => {
    const call = async (...args: unknown[]): Promise<unknown> => {
      const number = ++calls;
      await before?.(number, name, args);
      const result = await (disk[name] as (...args: unknown[]) => Promise<unknown>)(...args);
      await after?.(number, name, args);
      return result;
    };
    return call as Disk[K];
  };
  return {
    readFile: watched('readFile'),
    createFile: watched('createFile'),
    readRange: watched('readRange'),
    openFile: watched('openFile'),
    replaceEnd: watched('replaceEnd'),
    syncFile: watched('syncFile'),
    syncDirectory: watched('syncDirectory'),
    link: watched('link'),
    renameDirectory: watched('renameDirectory'),
    list: watched('list'),
    stat: watched('stat'),
    makeDirectory: watched('makeDirectory'),
    removeFile: watched('removeFile'),
    removeDirectory: watched('removeDirectory'),
    localFolder: watched('localFolder'),
    adopt: watched('adopt'),
    self: watched('self'),
    isRunning: watched('isRunning'),
    now: () => disk.now(),
  };
}
