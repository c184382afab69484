import { StoreError } from '../model/errors.js';

const MAGIC = 0xfd2fb528;
/** A block gives no more than this, RFC 8878 section 3.1.1.2.4. */
const BLOCK_MAX = 128 * 1024;
/** Bytes of the shortest copy. */
const MATCH_MIN = 3;
const RAW = 0;
const RLE = 1;

/**
 * Whether a Zstandard frame can give as many bytes as are expected, by the headers of its blocks (RFC 8878). The decoder
 * believes the length of a block that repeats one byte, whatever it is.
 * @throws StoreError `corrupt`
 */
export function checkZstd(bytes: Uint8Array, size: number): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 6 || view.getUint32(0, true) !== MAGIC) throw malformed('it begins as no other does');
  const descriptor = bytes[4];
  const isSingle = (descriptor & 0x20) !== 0;
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 3];
  const sizeBytes = [isSingle ? 1 : 0, 2, 4, 8][descriptor >> 6];
  let at = 5 + (isSingle ? 0 : 1) + dictionaryBytes + sizeBytes;
  let told = 0;
  for (let isLast = false; !isLast;) {
    if (at + 3 > bytes.length) throw malformed('it ends within a block');
    const header = bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16);
    isLast = (header & 1) === 1;
    const type = (header >> 1) & 3;
    const length = header >> 3;
    if (length > BLOCK_MAX) throw malformed('a block is too long');
    if (type === RAW || type === RLE) told += length;
    else checkBlock(bytes.subarray(at + 3, at + 3 + length), size);
    at += 3 + (type === RLE ? 1 : length);
    if (told > size) throw malformed('it gives more than its page has');
  }
  if (at > bytes.length) throw malformed('it ends within a block');
}

/** A compressed block: its literals, and copies of three bytes at least. */
function checkBlock(block: Uint8Array, size: number): void {
  const { regenerated, end } = literalsOf(block);
  if (regenerated > size) throw malformed('a block has more literals than its page has bytes');
  const [first = 0, second = 0, third = 0] = block.subarray(end);
  const sequences =
    first < 128 ? first : first < 255 ? (first - 128) * 256 + second : second + third * 256 + 0x7f00;
  if (sequences * MATCH_MIN > size) throw malformed('a block copies more than its page has bytes');
}

/** Section 3.1.1.3.1.1: what the literals are when they are decoded, and where their bytes end. */
function literalsOf(block: Uint8Array): { readonly regenerated: number; readonly end: number } {
  const [first = 0, ...others] = block.subarray(0, 5);
  const type = first & 3;
  const format = (first >> 2) & 3;
  const header = others.reduce((sum, byte, at) => sum + byte * 256 ** (at + 1), first);
  if (type === RAW || type === RLE) {
    const bytes = format === 1 ? 2 : format === 3 ? 3 : 1;
    const regenerated = Math.floor(header / (bytes === 1 ? 8 : 16)) % 2 ** [5, 12, 20][bytes - 1];
    return { regenerated, end: bytes + (type === RLE ? 1 : regenerated) };
  }
  const bytes = [3, 3, 4, 5][format];
  const limit = 2 ** [10, 10, 14, 18][format];
  const sizes = Math.floor(header / 16);
  return { regenerated: sizes % limit, end: bytes + (Math.floor(sizes / limit) % limit) };
}

function malformed(what: string): StoreError {
  return new StoreError('corrupt', `a page is no Zstandard frame: ${what}.`, {
    next: 'Build the rollup again.',
  });
}
