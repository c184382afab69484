/** Every name on disk, as docs/format.md tells it. */
import { createHash } from 'node:crypto';
import type { RollupId } from '../model/schema.js';
import type { ProcessIdentity } from './disk.js';

/** One file of a rollup: a partition in the order of one index. */
export interface FileSlot {
  readonly rollup: RollupId;
  /** `PartitionMeta.key` */
  readonly partition: string;
  /** Position in `RollupMeta.indexes`. */
  readonly index: number;
}

export const MANIFESTS = 'manifests';
export const DATA = 'data';
export const STAGING = 'staging';
export const READERS = 'readers';

const DEVICE = /^(?:con|prn|aux|nul|com\d|lpt\d)$/;
const TOKEN = /^[a-z0-9]{1,40}$/;
const MANIFEST = /^(?:\d{8}|[1-9]\d{8,14})\.json$/;
const FOLDER = /^[a-z0-9_%~-]+\.[a-z0-9_%~-]+$/;
const DATA_FILE = /^[a-z0-9_%~-]+-\d+-([a-z0-9]{1,40})\.parquet$/;
const SERVING_FILE = /^[a-z0-9_%~-]+-\d+-([a-z0-9]{1,40})\.arrow$/;
const PAGE = /^rollup-([a-z0-9]{1,40})\.json$/;
const OWNED_FOLDER = /^([a-z0-9]{1,40})\.([0-9a-f]{8})\.(\d{1,10})\.(\d{1,15})$/;

export function isToken(text: string): boolean {
  return TOKEN.test(text);
}

export function manifestName(number: number): string {
  return `${String(number).padStart(8, '0')}.json`;
}

/** Null for a foreign name. */
export function manifestNumber(name: string): number | null {
  return MANIFEST.test(name) ? Number(name.slice(0, -'.json'.length)) : null;
}

/** Relative to the store, with forward slashes. */
export function dataPath(slot: FileSlot, token: string): string {
  return `${DATA}/${rollupFolder(slot.rollup)}/${encodeName(slot.partition)}-${slot.index}-${token}.parquet`;
}

export function isRollupFolder(name: string): boolean {
  return FOLDER.test(name);
}

/** Of the page that a publish writes for a rollup; relative to the store. */
export function pagePath(rollup: RollupId, token: string): string {
  return `${DATA}/${rollupFolder(rollup)}/rollup-${token}.json`;
}

/** The token of the publish that wrote a data file, its serving file or a page; null for a foreign name. */
export function dataToken(name: string): string | null {
  return (DATA_FILE.exec(name) ?? SERVING_FILE.exec(name) ?? PAGE.exec(name))?.[1] ?? null;
}

/** Of the serving file of a data file, which stands beside it. */
export function servingPath(path: string): string {
  return path.replace(/\.parquet$/, '.arrow');
}

/** What is named where a file below `data/` is: of a serving file its data file. */
export function namedPath(path: string): string {
  return path.replace(/\.arrow$/, '.parquet');
}

/** Whether a path lies where data files lie, and nowhere else. */
export function isDataPath(path: string): boolean {
  return liesInRollup(path, DATA_FILE);
}

/** Whether a path lies where pages lie, and nowhere else. */
export function isPagePath(path: string): boolean {
  return liesInRollup(path, PAGE);
}

function liesInRollup(path: string, form: RegExp): boolean {
  const [data, folder, name, ...rest] = path.split('/');
  if (data !== DATA || folder === undefined || name === undefined || rest.length > 0) return false;
  return FOLDER.test(folder) && form.test(name);
}

export function stagedName(slot: FileSlot): string {
  return `${rollupFolder(slot.rollup)}.${encodeName(slot.partition)}-${slot.index}.parquet`;
}

export function stagedPageName(rollup: RollupId): string {
  return `${rollupFolder(rollup)}.rollup.json`;
}

/** Of a folder that one process owns, below `staging/` or `readers/`. */
export function ownedName(token: string, owner: ProcessIdentity): string {
  return `${token}.${owner.place}.${owner.pid}.${owner.start}`;
}

/** Null for a foreign name. */
export function parseOwnedName(name: string): { token: string; owner: ProcessIdentity } | null {
  const match = OWNED_FOLDER.exec(name);
  if (match === null) return null;
  const [, token = '', place = '', pid, start] = match;
  return { token, owner: { place, pid: Number(pid), start: Number(start) } };
}

/** The folder of a rollup's files below `data/`. */
export function rollupFolder(rollup: RollupId): string {
  const dot = rollup.indexOf('.');
  const cube = encodeName(rollup.slice(0, dot));
  // Windows takes `con.anything` for a device.
  const safe = DEVICE.test(cube) ? `%${cube.charCodeAt(0).toString(16)}${cube.slice(1)}` : cube;
  return `${safe}.${encodeName(rollup.slice(dot + 1))}`;
}

/** Different names give different texts, on disks that ignore case too; no text can leave its folder. */
export function encodeName(name: string): string {
  let text = '';
  for (const byte of new TextEncoder().encode(name)) text += encodeByte(byte);
  if (text.length <= 80) return text;
  return `${text.slice(0, 40)}~${createHash('md5').update(name).digest('hex')}`;
}

function encodeByte(byte: number): string {
  const character = String.fromCharCode(byte);
  if (/[a-z0-9_]/.test(character)) return character;
  if (/[A-Z]/.test(character)) return `-${character.toLowerCase()}`;
  return `%${byte.toString(16).padStart(2, '0')}`;
}
