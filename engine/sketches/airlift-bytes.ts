/**
 * The stored form of a sketch: Airlift's HyperLogLog format, as Trino, Presto, Athena and Cube Store read it
 * (airlift/stats/docs/hll.md). Frozen: these bytes are on disk. Numbers are little-endian.
 *
 *     sparse   2 | precision | count u16 | entries u32 × count, ascending, one for each 26-bit prefix
 *     dense    3 | precision | baseline  | deltas u4 × 2^precision, even buckets in the high halves
 *                | overflows u16 | buckets u16 × overflows, ascending | excess u8 × overflows
 *
 * A register is baseline + delta, and + excess where the delta is 15. The writer takes the smallest register as the
 * baseline, so that equal registers give equal bytes; the reader takes any.
 */
import { PRECISION_MAX, PRECISION_MIN } from '../../model/aggregates.js';
import { StoreError } from '../../model/errors.js';
import { raiseDeltas, raiseEntries, raiseOverflows } from '../kernels/raise-registers.js';
import { ZEROS_BITS, ZEROS_MAX, zerosOfEntry } from './sketch-entry.js';

const SPARSE = 2;
const DENSE = 3;
const SPARSE_HEADER = 4;
const DENSE_HEADER = 3;
const DELTA_MAX = 15;

export type SketchForm = 'sparse' | 'dense';

/** The precision that the bytes from `start` to `end` (exclusive) declare; `sketch_invalid` if it is none of ours. */
export function precisionOfBytes(bytes: Uint8Array, start: number, end: number): number {
  if (start < 0 || end > bytes.length || end - start < SPARSE_HEADER) throw invalid('it is cut short');
  const precision = bytes[start + 1];
  if (precision < PRECISION_MIN || precision > PRECISION_MAX) {
    throw invalid(`its precision is ${precision}, not ${PRECISION_MIN} to ${PRECISION_MAX}`);
  }
  return precision;
}

/**
 * Checks every byte from `start` to `end` (exclusive) and tells the form. What passes can be read by `entryAt` and
 * `mergeRegisters` without a further look; anything else is `sketch_invalid`, and so is what is coarser than
 * `precision`: no register can be divided.
 */
export function checkBytes(bytes: Uint8Array, start: number, end: number, precision: number): SketchForm {
  const found = precisionOfBytes(bytes, start, end);
  if (found < precision) throw invalid(`its precision is ${found} and cannot be raised to ${precision}`);
  switch (bytes[start]) {
    case SPARSE:
      checkSparse(bytes, start, end);
      return 'sparse';
    case DENSE:
      checkDense(bytes, start, end, found);
      return 'dense';
    default:
      throw invalid(`its format tag is ${bytes[start]}, not ${SPARSE} or ${DENSE}`);
  }
}

/** How many entries checked sparse bytes hold. */
export function entryCount(bytes: Uint8Array, start: number): number {
  return readU16(bytes, start + 2);
}

/** Entry `i` of checked sparse bytes. */
export function entryAt(bytes: Uint8Array, start: number, i: number): number {
  const at = start + SPARSE_HEADER + 4 * i;
  return (bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24)) >>> 0;
}

/**
 * Raises `registers`, one for each bucket, to those of checked dense bytes, which may be finer: then each of theirs is
 * folded into the bucket that its hashes have here.
 */
export function mergeRegisters(bytes: Uint8Array, start: number, registers: Uint8Array): void {
  if (registers.length === 1 << bytes[start + 1]) {
    raise(bytes, start, registers);
    return;
  }
  const finer = new Uint8Array(1 << bytes[start + 1]);
  raise(bytes, start, finer);
  foldRegisters(finer, registers);
}

/**
 * Raises `registers` to what those of a higher precision say of the same set. A bucket here is 2^d of theirs, told
 * apart by the d bits of the hash after ours: where these are not all zeros, they alone give the register; where they
 * are, theirs goes on from them.
 */
function foldRegisters(finer: Uint8Array, registers: Uint8Array): void {
  const digits = Math.log2(finer.length / registers.length);
  const mask = 2 ** digits - 1;
  for (let bucket = 0; bucket < finer.length; bucket++) {
    if (finer[bucket] === 0) continue;
    const rest = bucket & mask;
    const register = rest === 0 ? digits + finer[bucket] : digits - 31 + Math.clz32(rest);
    const coarse = bucket >>> digits;
    if (register > registers[coarse]) registers[coarse] = register;
  }
}

function raise(bytes: Uint8Array, start: number, registers: Uint8Array): void {
  const baseline = bytes[start + 2];
  raiseDeltas(bytes, start + DENSE_HEADER, baseline, registers);
  raiseOverflows(bytes, start, baseline, registers);
}

const pairs = new Int32Array(256);

/** Adds to `counts` how many registers of checked dense bytes have each value, without making them. */
export function countRegisters(bytes: Uint8Array, start: number, counts: Int32Array): void {
  const baseline = bytes[start + 2];
  const deltas = start + DENSE_HEADER;
  const buckets = deltas + (1 << (bytes[start + 1] - 1)) + 2;
  pairs.fill(0);
  for (let at = deltas; at < buckets - 2; at++) pairs[bytes[at]]++;
  for (let pair = 0; pair < 256; pair++) {
    counts[baseline + (pair >>> 4)] += pairs[pair];
    counts[baseline + (pair & DELTA_MAX)] += pairs[pair];
  }
  const overflows = readU16(bytes, buckets - 2);
  counts[baseline + DELTA_MAX] -= overflows;
  for (let i = 0; i < overflows; i++) counts[baseline + DELTA_MAX + bytes[buckets + 2 * overflows + i]]++;
}

/** Raises `registers`, one for each bucket of `precision`, to what checked sparse bytes put into them. */
export function mergeEntries(
  bytes: Uint8Array,
  start: number,
  precision: number,
  registers: Uint8Array,
): void {
  raiseEntries(bytes, start + SPARSE_HEADER, entryCount(bytes, start), precision, registers);
}

/** `entries` ascending, one for each prefix. */
export function sparseBytes(precision: number, entries: Uint32Array): Uint8Array {
  const bytes = new Uint8Array(SPARSE_HEADER + 4 * entries.length);
  const view = new DataView(bytes.buffer);
  bytes[0] = SPARSE;
  bytes[1] = precision;
  view.setUint16(2, entries.length, true);
  for (let i = 0; i < entries.length; i++) view.setUint32(SPARSE_HEADER + 4 * i, entries[i], true);
  return bytes;
}

export function denseBytes(precision: number, registers: Uint8Array): Uint8Array {
  let baseline = registers[0];
  let largest = 0;
  for (let bucket = 0; bucket < registers.length; bucket++) {
    const register = registers[bucket];
    if (register < baseline) baseline = register;
    if (register > largest) largest = register;
  }
  // At most 2^16 - 1: the register that gives the baseline is none of them.
  const full = baseline + DELTA_MAX;
  let overflows = 0;
  if (largest > full) for (const register of registers) if (register > full) overflows++;

  const buckets = DENSE_HEADER + registers.length / 2 + 2;
  const bytes = new Uint8Array(buckets + 3 * overflows);
  bytes[0] = DENSE;
  bytes[1] = precision;
  bytes[2] = baseline;
  for (let bucket = 0, at = DENSE_HEADER; bucket < registers.length; bucket += 2, at++) {
    const even = Math.min(registers[bucket] - baseline, DELTA_MAX);
    const odd = Math.min(registers[bucket + 1] - baseline, DELTA_MAX);
    bytes[at] = (even << 4) | odd;
  }
  writeOverflows(bytes, buckets, overflows, registers, full);
  return bytes;
}

function writeOverflows(
  bytes: Uint8Array,
  buckets: number,
  overflows: number,
  registers: Uint8Array,
  full: number,
): void {
  const view = new DataView(bytes.buffer);
  view.setUint16(buckets - 2, overflows, true);
  for (let bucket = 0, overflow = 0; overflow < overflows; bucket++) {
    if (registers[bucket] <= full) continue;
    view.setUint16(buckets + 2 * overflow, bucket, true);
    bytes[buckets + 2 * overflows + overflow] = registers[bucket] - full;
    overflow++;
  }
}

function checkSparse(bytes: Uint8Array, start: number, end: number): void {
  const count = entryCount(bytes, start);
  checkLength(end - start, SPARSE_HEADER + 4 * count);
  let previous = -1;
  for (let i = 0; i < count; i++) {
    const entry = entryAt(bytes, start, i);
    const prefix = entry >>> ZEROS_BITS;
    if (prefix <= previous) throw invalid(`entry ${i} is not in order`);
    if (zerosOfEntry(entry) > ZEROS_MAX) throw invalid(`entry ${i} counts more zeros than a hash has`);
    previous = prefix;
  }
}

function checkDense(bytes: Uint8Array, start: number, end: number, precision: number): void {
  const deltas = start + DENSE_HEADER;
  const buckets = deltas + (1 << (precision - 1)) + 2;
  if (buckets > end) throw invalid('it is cut short');
  const overflows = readU16(bytes, buckets - 2);
  checkLength(end - start, buckets - start + 3 * overflows);

  const registerMax = 64 - precision + 1;
  const baseline = bytes[start + 2];
  if (baseline + DELTA_MAX > registerMax) checkDeltas(bytes, deltas, buckets - 2, registerMax - baseline);
  let previous = -1;
  for (let i = 0; i < overflows; i++) {
    const bucket = readU16(bytes, buckets + 2 * i);
    if (bucket <= previous || bucket >= 1 << precision) throw invalid(`overflow ${i} is not in order`);
    const pair = bytes[deltas + (bucket >>> 1)];
    if ((bucket % 2 === 0 ? pair >>> 4 : pair & DELTA_MAX) !== DELTA_MAX) {
      throw invalid(`overflow ${i} belongs to a bucket that is not full`);
    }
    const excess = bytes[buckets + 2 * overflows + i];
    if (excess === 0 || baseline + DELTA_MAX + excess > registerMax) {
      throw invalid(`overflow ${i} counts ${excess === 0 ? 'nothing' : 'more zeros than a hash has'}`);
    }
    previous = bucket;
  }
}

function checkDeltas(bytes: Uint8Array, start: number, end: number, deltaMax: number): void {
  for (let at = start; at < end; at++) {
    if (Math.max(bytes[at] >>> 4, bytes[at] & DELTA_MAX) > deltaMax) {
      throw invalid('a bucket counts more zeros than a hash has');
    }
  }
}

function checkLength(found: number, expected: number): void {
  if (found !== expected) throw invalid(`it has ${found} bytes, and its header tells of ${expected}`);
}

function readU16(bytes: Uint8Array, at: number): number {
  return bytes[at] | (bytes[at + 1] << 8);
}

function invalid(what: string): StoreError {
  return new StoreError(
    'sketch_invalid',
    `These bytes are no HyperLogLog sketch that Granary can use: ${what}.`,
    {
      next: 'Build the rollup again, or have its sketches written by Airlift (Trino, Presto, Athena) or Granary.',
    },
  );
}
