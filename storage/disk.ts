/**
 * The few calls through which storage touches the world. Paths are absolute. Whatever fails throws a StoreError
 * that names the path: `disk_full`, `file_missing`, or `build_failed` for any other write.
 */
export interface Disk {
  /** The whole file. */
  readFile(path: string): Promise<Uint8Array<ArrayBuffer>>;
  /** Writes a new file, all parts one after the other; one that exists is an error. Not durable before `syncFile`. */
  createFile(path: string, ...parts: readonly Uint8Array[]): Promise<void>;
  /** Opens a file to read parts of it; whatever is then put under its name, it stays the same file. To be closed. */
  openFile(path: string): Promise<OpenFile>;
  /** The bytes `[start, end)` of a file; fewer where it ends before. */
  readRange(path: string, start: number, end: number): Promise<Uint8Array<ArrayBuffer>>;
  /** Cuts a file off at `start` and adds bytes there. A kill leaves any part of it; not durable before `syncFile`. */
  replaceEnd(path: string, start: number, bytes: Uint8Array): Promise<void>;
  syncFile(path: string): Promise<void>;
  /** Makes names that were added to or removed from a folder durable. */
  syncDirectory(path: string): Promise<void>;
  /** Gives a file a second name, at once or not at all. False when `to` exists. */
  link(from: string, to: string): Promise<boolean>;
  /** Gives a folder another name, at once or not at all. False when there is something at `to`, but an empty folder. */
  renameDirectory(from: string, to: string): Promise<boolean>;
  /** Names in a folder, in no order; none when there is no such folder. */
  list(path: string): Promise<readonly string[]>;
  /** Null when there is nothing at the path. */
  stat(path: string): Promise<FileStatus | null>;
  /** With the folders above it; one that exists is left as it is. */
  makeDirectory(path: string): Promise<void>;
  /** One file; none is no error. */
  removeFile(path: string): Promise<void>;
  /** A folder with everything in it; none is no error. */
  removeDirectory(path: string): Promise<void>;
  /** A folder of this machine in which a program that knows no disk may write what becomes files of a folder here. */
  localFolder(path: string): Promise<string>;
  /** Makes what was written there a file of this disk. */
  adopt(local: string, path: string): Promise<void>;
  /** Milliseconds since the epoch, by the clock that stamps files. */
  now(): number;
  /** The process that uses this disk. */
  self(): Promise<ProcessIdentity>;
  /** Null: it belongs to another place, and cannot be seen from here. */
  isRunning(process: ProcessIdentity): Promise<boolean | null>;
}

export interface OpenFile {
  /** Its size when it was opened. */
  readonly bytes: number;
  /** Fills an array, of shared memory too, from `start` on. Throws `corrupt` where the file ends before. */
  readInto(start: number, target: Uint8Array): Promise<void>;
  close(): Promise<void>;
}

export interface FileStatus {
  readonly bytes: number;
  /** Milliseconds since the epoch. */
  readonly modifiedAt: number;
  readonly isDirectory: boolean;
}

/** One process, told apart from later ones with the same number. */
export interface ProcessIdentity {
  /** Eight hexadecimal digits for the host and its process namespace. */
  readonly place: string;
  readonly pid: number;
  /** The tick at which it started; 0 where the system does not tell. */
  readonly start: number;
}
