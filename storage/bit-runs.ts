/**
 * Parquet's RLE and bit-packing hybrid, https://parquet.apache.org/docs/file-format/data-pages/encodings/: runs of one
 * value, and groups of eight values that are packed from the lowest bit on.
 */
import { StoreError } from '../model/errors.js';

/**
 * @param width bits of a value, at most 32
 * @param values written from the start, as many as it has room for
 * @throws StoreError `corrupt`
 */
export function readRuns(bytes: Uint8Array, width: number, values: Uint8Array | Uint32Array): void {
  if (width > 32) throw malformed();
  const valueBytes = (width + 7) >> 3;
  let at = 0;
  for (let done = 0; done < values.length;) {
    let header = 0;
    for (let scale = 1, byte = 0x80; byte >= 0x80; scale *= 128) {
      if (at >= bytes.length || scale >= 2 ** 35) throw malformed();
      byte = bytes[at++];
      header += (byte & 127) * scale;
    }
    const half = Math.floor(header / 2);
    if (half === 0) throw malformed();
    if (header % 2 === 0) {
      if (at + valueBytes > bytes.length) throw malformed();
      let value = 0;
      for (let i = 0; i < valueBytes; i++) value += bytes[at + i] * 256 ** i;
      if (value >= 2 ** width) throw malformed();
      at += valueBytes;
      const end = Math.min(values.length, done + half);
      values.fill(value, done, end);
      done = end;
    } else {
      const end = Math.min(values.length, done + 8 * half);
      unpackBits(bytes, at, width, values, done, end);
      at += half * width;
      done = end;
    }
  }
}

/**
 * Values of `width` bits each, at most 45, that lie packed from `from` on, the lowest bit first.
 * @throws StoreError `corrupt`
 */
export function unpackBits(
  bytes: Uint8Array,
  from: number,
  width: number,
  values: Uint8Array | Uint32Array | Float64Array,
  start: number,
  end: number,
): void {
  if (width === 0) {
    values.fill(0, start, end);
    return;
  }
  if (Math.ceil(((end - start) * width) / 8) > bytes.length - from) throw malformed();
  const mask = width === 32 ? 0xffff_ffff : 2 ** width - 1;
  // Bits that are read and not used yet: at most 31, or 52 in a double.
  let held = 0;
  let bits = 0;
  let at = from;
  if (width <= 24) {
    for (let i = start; i < end; i++) {
      while (bits < width) {
        held |= bytes[at++] << bits;
        bits += 8;
      }
      values[i] = held & mask;
      held >>>= width;
      bits -= width;
    }
    return;
  }
  const scale = 2 ** width;
  for (let i = start; i < end; i++) {
    while (bits < width) {
      held += bytes[at++] * 2 ** bits;
      bits += 8;
    }
    const rest = Math.floor(held / scale);
    values[i] = held - rest * scale;
    held = rest;
    bits -= width;
  }
}

function malformed(): StoreError {
  return new StoreError('corrupt', 'a page ends within its runs.', { next: 'Build the rollup again.' });
}
