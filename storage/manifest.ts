/**
 * A manifest and its bytes. On disk since version 0: `format`, and the trailer that begins at `,"crc32"`, never
 * change, so that every version can tell a newer store from a damaged one.
 */
import { crc32 } from 'node:zlib';
import type { RollupMeta } from '../model/catalog.js';
import { StoreError } from '../model/errors.js';
import { LIMITS } from '../model/limits.js';
import { isManifest } from './check-shape.js';
import { isDataPath, isPagePath } from './file-names.js';
import { decodeJson, encodeJson } from './manifest-json.js';
import { filePaths } from './rollup-page.js';
import type { RollupHead } from './rollup-page.js';

export const FORMAT_VERSION = 1;

export interface Manifest {
  readonly number: number;
  /** Milliseconds since the epoch, by the clock of whoever published; null in format 0. */
  readonly publishedAt: number | null;
  /** How many publishes stay readable, this one included. */
  readonly keep: number;
  /** This publish and those before it, ascending. */
  readonly recent: readonly PublishMark[];
  /** In order of publishing; in format 0 they have no pages and stand here whole. */
  readonly rollups: readonly (RollupHead | RollupMeta)[];
}

/** Number and token of a publish. */
type PublishMark = readonly [number: number, token: string];

export function hasPage(rollup: RollupHead | RollupMeta): rollup is RollupHead {
  return 'page' in rollup;
}

const TRAILER_BYTES = ',"crc32":"00000000"}\n'.length;

export function encodeManifest(manifest: Manifest): Uint8Array {
  const { number, publishedAt, keep, recent, rollups } = manifest;
  const text = encodeJson({ format: FORMAT_VERSION, number, publishedAt, keep, recent, rollups });
  const body = new TextEncoder().encode(text.slice(0, -1));
  return Buffer.concat([body, trailerOf(body)]);
}

/**
 * The manifest in the bytes of a file; null when they are damaged: a wrong checksum, or not the number of the
 * file's name. A newer format is a StoreError.
 */
export function decodeManifest(bytes: Uint8Array, number: number, path: string): Manifest | null {
  const body = bytes.subarray(0, Math.max(0, bytes.length - TRAILER_BYTES));
  if (!trailerOf(body).equals(bytes.subarray(body.length))) return null;
  const content = jsonOf(new TextDecoder().decode(body)) as Partial<Manifest> & StoredManifest;
  if (typeof content?.format === 'number' && content.format > FORMAT_VERSION) {
    throw new StoreError(
      'format_newer',
      `${path} has format version ${content.format}; this Granary reads up to ${FORMAT_VERSION}.`,
      { next: 'Update Granary, or use another store.' },
    );
  }
  if (!isManifest(content)) return null;
  if (content.number !== number || !content.rollups.every(staysInside)) return null;
  return { publishedAt: null, keep: LIMITS.publishesKept, ...content };
}

/** @param body of a manifest, without its trailer */
function jsonOf(body: string): unknown {
  try {
    return decodeJson(`${body}}`);
  } catch {
    return null;
  }
}

/** What manifests of all formats have. */
type StoredManifest = Pick<Manifest, 'number' | 'recent' | 'rollups'> & { readonly format: number };

function staysInside(rollup: RollupHead | RollupMeta): boolean {
  return hasPage(rollup) ? isPagePath(rollup.page.path) : filePaths(rollup).every(isDataPath);
}

function trailerOf(body: Uint8Array): Buffer {
  return Buffer.from(`,"crc32":"${crc32(body).toString(16).padStart(8, '0')}"}\n`, 'latin1');
}
