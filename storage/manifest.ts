/**
 * A manifest and its bytes. On disk since version 0: `format`, and the trailer that begins at `,"crc32"`, never
 * change, so that every version can tell a newer store from a damaged one.
 */
import { crc32 } from 'node:zlib';
import type { RollupMeta } from '../model/catalog.js';
import { StoreError } from '../model/errors.js';
import { canonicalInteger } from '../model/value.js';
import { isDataPath } from './file-names.js';

export const FORMAT_VERSION = 0;

export interface Manifest {
  readonly number: number;
  /** This publish and those before it, ascending. */
  readonly recent: readonly PublishMark[];
  readonly rollups: readonly RollupMeta[];
}

/** Number and token of a publish. */
type PublishMark = readonly [number: number, token: string];

const TRAILER_BYTES = ',"crc32":"00000000"}\n'.length;

export function encodeManifest(manifest: Manifest): Uint8Array {
  const { number, recent, rollups } = manifest;
  const text = JSON.stringify({ format: FORMAT_VERSION, number, recent, rollups }, encodeValue);
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
  const text = `${new TextDecoder().decode(body)}}`;
  const content = JSON.parse(text, decodeValue) as Manifest & { readonly format: number };
  if (content.format > FORMAT_VERSION) {
    throw new StoreError(
      'format_newer',
      `${path} has format version ${content.format}; this Granary reads up to ${FORMAT_VERSION}.`,
      { next: 'Update Granary, or use another store.' },
    );
  }
  return content.number === number && dataPaths(content).every(isDataPath) ? content : null;
}

/** The paths of all data files that a manifest names. */
export function dataPaths(manifest: Manifest): readonly string[] {
  return manifest.rollups.flatMap((rollup) =>
    rollup.partitions.flatMap((partition) => partition.files.map((file) => file.path)),
  );
}

function trailerOf(body: Uint8Array): Buffer {
  return Buffer.from(`,"crc32":"${crc32(body).toString(16).padStart(8, '0')}"}\n`, 'latin1');
}

function encodeValue(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return { $int: value.toString() };
  if (typeof value !== 'number') return value;
  if (Object.is(value, -0)) return { $number: '-0' };
  return Number.isFinite(value) ? value : { $number: String(value) };
}

function decodeValue(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if ('$int' in value) return canonicalInteger(BigInt(String(value.$int)));
  if ('$number' in value) return Number(value.$number);
  return value;
}
