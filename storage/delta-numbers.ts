/**
 * Parquet's DELTA_BINARY_PACKED, https://parquet.apache.org/docs/file-format/data-pages/encodings/: a first value, then
 * blocks of miniblocks of differences, each less the smallest of its block and packed in as many bits as it needs.
 */
import { StoreError } from '../model/errors.js';
import { unpackBits } from './bit-runs.js';

export interface DeltaNumbers {
  readonly values: Float64Array;
  /** The byte behind them. */
  readonly end: number;
}

/** What is wider, or beyond, is left to a reader that reckons with 64 bits: sums of two such numbers are exact. */
const WIDTH_MAX = 45;
const NUMBER_MAX = 2 ** 52;
const BLOCK_VALUES_MAX = 65_536;

/**
 * @returns null where a number, or a difference, may be none that a double holds exactly
 * @throws StoreError `corrupt`
 */
export function readDeltas(bytes: Uint8Array, count: number): DeltaNumbers | null {
  const cursor: Cursor = { bytes, at: 0 };
  const blockValues = readVarint(cursor);
  const miniblocks = readVarint(cursor);
  const total = readVarint(cursor);
  let value = readZigzag(cursor);
  const miniValues = blockValues / miniblocks;
  if (total !== count || !(miniValues >= 8) || miniValues % 8 !== 0 || blockValues > BLOCK_VALUES_MAX)
    throw malformed();
  const values = new Float64Array(count);
  if (!(Math.abs(value) <= NUMBER_MAX)) return null;
  if (count > 0) values[0] = value;
  const deltas = new Float64Array(miniValues);
  for (let done = 1; done < count;) {
    const smallest = readZigzag(cursor);
    if (!(Math.abs(smallest) <= NUMBER_MAX / 2)) return null;
    const widths = cursor.at;
    cursor.at += miniblocks;
    if (cursor.at > bytes.length) throw malformed();
    for (let mini = 0; mini < miniblocks && done < count; mini++) {
      const width = bytes[widths + mini];
      if (width > WIDTH_MAX) return null;
      const own = Math.min(miniValues, count - done);
      unpackBits(bytes, cursor.at, width, deltas, 0, own);
      cursor.at += (miniValues / 8) * width;
      for (let i = 0; i < own; i++) {
        value += smallest + deltas[i];
        if (!(Math.abs(value) <= NUMBER_MAX)) return null;
        values[done + i] = value;
      }
      done += own;
    }
  }
  return { values, end: Math.min(cursor.at, bytes.length) };
}

interface Cursor {
  readonly bytes: Uint8Array;
  at: number;
}

/** Up to 64 bits; beyond 53 the double is near it, and no safe integer. */
function readVarint(cursor: Cursor): number {
  const { bytes } = cursor;
  let value = 0;
  for (let scale = 1; ; scale *= 128) {
    if (cursor.at >= bytes.length || scale >= 2 ** 70) throw malformed();
    const byte = bytes[cursor.at++];
    value += (byte & 127) * scale;
    if (byte < 0x80) return value;
  }
}

function readZigzag(cursor: Cursor): number {
  const value = readVarint(cursor);
  // Of a value beyond the safe ones the last bit is not known.
  if (value > Number.MAX_SAFE_INTEGER) return Infinity;
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
}

function malformed(): StoreError {
  return new StoreError('corrupt', 'a page of differences is not as it should be.', {
    next: 'Build the rollup again.',
  });
}
