import { appendFile, link, mkdir, mkdtemp, open, readdir, readFile, readlink } from 'node:fs/promises';
import { rename, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { constants, hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { StoreError } from '../model/errors.js';
import type { ErrorCode } from '../model/errors.js';
import type { Disk, FileStatus, OpenFile, ProcessIdentity } from './disk.js';

/** The disk of this machine, through Node's file system. The only file that imports it. */
export const nodeDisk: Disk = {
  readFile: (path) => touch('read', path, () => readFile(path) as Promise<Uint8Array<ArrayBuffer>>),
  createFile: (path, ...parts) => touch('write', path, () => writeFile(path, parts, { flag: 'wx' })),
  openFile: (path) => touch('read', path, () => openToRead(path)),
  readRange: (path, start, end) => touch('read', path, () => readBetween(path, start, end)),
  replaceEnd: (path, start, bytes) =>
    touch('write', path, async () => {
      await truncate(path, start);
      await appendFile(path, bytes);
    }),
  syncFile: (path) => touch('sync', path, () => syncPath(path, 'r+')),
  syncDirectory: (path) => touch('sync', path, () => syncPath(path, 'r')),
  link: (from, to) => touch('link', to, () => linkIfAbsent(from, to)),
  renameDirectory: (from, to) => touch('rename', to, () => renameIfAbsent(from, to)),
  list: (path) => touch('list', path, () => listIfPresent(path)),
  stat: (path) => touch('look at', path, () => statIfPresent(path)),
  makeDirectory: (path) => touch('make', path, () => mkdir(path, { recursive: true })).then(() => undefined),
  removeFile: (path) => touch('remove', path, () => rm(path, { force: true })),
  removeDirectory: (path) => touch('remove', path, () => rm(path, { force: true, recursive: true })),
  // It writes to the very place.
  localFolder: async (path) => path,
  adopt: async () => undefined,
  now: () => Date.now(),
  self: async () => ({ place: await ownPlace(), pid: process.pid, start: (await startOf(process.pid)) ?? 0 }),
  isRunning,
};

/** Of this process alone. */
export function makeTemporaryFolder(): Promise<string> {
  const path = join(tmpdir(), 'granary-');
  return touch('make', path, () => mkdtemp(path));
}

async function syncPath(path: string, flags: 'r' | 'r+'): Promise<void> {
  const handle = await open(path, flags);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function linkIfAbsent(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false;
    throw error;
  }
}

/** The system itself refuses a folder that is not empty. */
async function renameIfAbsent(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to);
    return true;
  } catch (error) {
    if (['EEXIST', 'ENOTEMPTY', 'ENOTDIR'].includes(systemCode(error))) return false;
    throw error;
  }
}

async function readBetween(path: string, start: number, end: number): Promise<Uint8Array<ArrayBuffer>> {
  const handle = await open(path, 'r');
  try {
    const bytes = new Uint8Array(Math.max(0, end - start));
    let filled = 0;
    while (filled < bytes.length) {
      const { bytesRead } = await handle.read(bytes, filled, bytes.length - filled, start + filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return bytes.subarray(0, filled);
  } finally {
    await handle.close();
  }
}

async function openToRead(path: string): Promise<OpenFile> {
  const handle = await open(path, 'r');
  try {
    const { size } = await handle.stat();
    return {
      bytes: size,
      readInto: (start, target) =>
        touch('read', path, async () => {
          for (let filled = 0; filled < target.length;) {
            const { bytesRead } = await handle.read(target, filled, target.length - filled, start + filled);
            if (bytesRead === 0) throw endsEarly(path);
            filled += bytesRead;
          }
        }),
      close: () => handle.close(),
    };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

export function endsEarly(path: string): StoreError {
  return new StoreError('corrupt', `${path} ends before what is to be read of it.`, {
    next: 'Put it back from a backup, or build again.',
  });
}

async function listIfPresent(path: string): Promise<readonly string[]> {
  try {
    return await readdir(path);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw error;
  }
}

async function statIfPresent(path: string): Promise<FileStatus | null> {
  try {
    const status = await stat(path);
    return { bytes: status.size, modifiedAt: status.mtimeMs, isDirectory: status.isDirectory() };
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null;
    throw error;
  }
}

async function isRunning(identity: ProcessIdentity): Promise<boolean | null> {
  if (identity.place !== (await ownPlace())) return null;
  return (await startOf(identity.pid)) === identity.start;
}

/** Pids mean the same only on one host and in one process namespace. */
async function ownPlace(): Promise<string> {
  const namespace = await readlink('/proc/self/ns/pid').catch(() => '');
  return crc32(`${hostname()}\n${namespace}`).toString(16).padStart(8, '0');
}

/** The tick at which a process started, 0 where the system does not tell; null when it does not run. */
async function startOf(pid: number): Promise<number | null> {
  if (process.platform !== 'linux') return isSignalled(pid) ? 0 : null;
  let text: string;
  try {
    text = await readFile(`/proc/${pid}/stat`, 'latin1');
  } catch {
    return isSignalled(pid) ? 0 : null; // gone, or hidden from us
  }
  // proc(5): pid (name) state … starttime, the 22nd field. The name may hold anything, so count from its end.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' || fields[0] === 'X' ? null : Number(fields[19]);
}

/**
 * Bytes: the most that this process has held in memory since it began. Linux counts in `ru_maxrss` also what its parent
 * held when it started it, see getrusage(2); in `VmHWM` of proc(5) it does not.
 */
export async function peakMemoryBytes(): Promise<number> {
  const status = await readFile('/proc/self/status', 'latin1').catch(() => '');
  const kilobytes = /^VmHWM:\s*(\d+) kB$/m.exec(status)?.[1];
  return 1024 * (kilobytes === undefined ? process.resourceUsage().maxRSS : Number(kilobytes));
}

function isSignalled(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return systemCode(error) === 'EPERM';
  }
}

async function touch<T>(what: string, path: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw error instanceof StoreError ? error : storeError(what, path, error);
  }
}

const CODES: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  ENOSPC: ['disk_full', 'Free some space and try again.'],
  EDQUOT: ['disk_full', 'The quota is used up: free some space and try again.'],
  EFBIG: [
    'disk_full',
    'The file would be larger than this process may write: raise the limit, or partition more finely.',
  ],
  ENOENT: ['file_missing', 'Check the path.'],
  ENOTDIR: ['file_missing', 'A folder of this path is a file: check the path of the store.'],
  EISDIR: ['corrupt', 'A folder stands where a file was: put the file back from a backup, or build again.'],
  ELOOP: [
    'corrupt',
    'A loop of links stands where a file was: put the file back from a backup, or build again.',
  ],
  EACCES: ['file_missing', 'Check the permissions of the file and of the folders above it.'],
  EPERM: ['file_missing', 'Check the permissions, and that the file system has hard links.'],
  EMFILE: ['build_failed', 'This process has too many files open: raise its limit (ulimit -n).'],
  ENOTSUP: ['build_failed', 'The store needs a file system with hard links.'],
};

function storeError(what: string, path: string, cause: unknown): StoreError {
  const system = systemCode(cause);
  const reads = what === 'read' || what === 'list' || what === 'look at';
  const [code, next] = CODES[system] ?? [reads ? 'file_missing' : 'build_failed', 'Check the disk.'];
  return new StoreError(code, `Cannot ${what} ${path} (${system}).`, { next, cause });
}

/** As Node names it; Node has no name for a used-up quota, only its number. */
function systemCode(error: unknown): string {
  if (!(error instanceof Error && 'code' in error)) return 'unknown';
  return 'errno' in error && error.errno === -constants.errno.EDQUOT ? 'EDQUOT' : String(error.code);
}
