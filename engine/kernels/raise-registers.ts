/** Registers of a sketch, one byte for each bucket, raised to what stored sketches hold (airlift-bytes.ts). */

const SPARSE = 2;
const DENSE = 3;
const PRECISION_MAX = 16;
const ZEROS_MAX = 38;
const DELTA_MAX = 15;

/**
 * Unites sketches with 2^precision registers: those of the rows `rows[from]` … `rows[to - 1]`, each from `offsets[row]`
 * to `offsets[row + 1]` of the bytes, nothing for NULL. Stops at the first that it leaves to `Sketch.mergeBytes`: what is
 * malformed, coarser, dense and finer, or has registers so large that the check needs a closer look.
 *
 * @returns how far it came: `to`, or where in `rows` the one that is left stands
 */
export function raiseStored(
  bytes: Uint8Array,
  offsets: Uint32Array,
  rows: Int32Array,
  from: number,
  to: number,
  precision: number,
  registers: Uint8Array,
): number {
  for (let i = from; i < to; i++) {
    const start = offsets[rows[i]];
    const end = offsets[rows[i] + 1];
    if (start === end) continue;
    if (end - start < 4) return i;
    const count = bytes[start + 2] | (bytes[start + 3] << 8);
    if (bytes[start] === DENSE) {
      if (!isPlainDense(bytes, start, end, precision)) return i;
      raiseDeltas(bytes, start + 3, bytes[start + 2], registers);
      raiseOverflows(bytes, start, bytes[start + 2], registers);
    } else {
      if (!isPlainSparse(bytes, start, end, count, precision)) return i;
      raiseEntries(bytes, start + 4, count, precision, registers);
    }
  }
  return to;
}

/** Raises to `baseline` plus deltas of 4 bits from byte `at` on, even buckets in the high halves. */
export function raiseDeltas(bytes: Uint8Array, at: number, baseline: number, registers: Uint8Array): void {
  for (let i = at, bucket = 0; bucket < registers.length; i++, bucket += 2) {
    const pair = bytes[i];
    const even = baseline + (pair >>> 4);
    const odd = baseline + (pair & DELTA_MAX);
    if (even > registers[bucket]) registers[bucket] = even;
    if (odd > registers[bucket + 1]) registers[bucket + 1] = odd;
  }
}

/** Raises to the overflows of dense bytes of as many registers. */
export function raiseOverflows(
  bytes: Uint8Array,
  start: number,
  baseline: number,
  registers: Uint8Array,
): void {
  const buckets = start + 3 + registers.length / 2 + 2;
  const overflows = bytes[buckets - 2] | (bytes[buckets - 1] << 8);
  for (let i = 0; i < overflows; i++) {
    const bucket = bytes[buckets + 2 * i] | (bytes[buckets + 2 * i + 1] << 8);
    const register = baseline + DELTA_MAX + bytes[buckets + 2 * overflows + i];
    if (register > registers[bucket]) registers[bucket] = register;
  }
}

/** Raises to what `count` entries from byte `at` on put into 2^precision registers. */
export function raiseEntries(
  bytes: Uint8Array,
  at: number,
  count: number,
  precision: number,
  registers: Uint8Array,
): void {
  const inPrefix = 26 - precision;
  for (let i = 0, from = at; i < count; i++, from += 4) {
    const entry = wordAt(bytes, from);
    const zeros = Math.clz32(entry << precision);
    const register = (zeros < inPrefix ? zeros : inPrefix + (entry & 63)) + 1;
    const bucket = entry >>> (32 - precision);
    if (register > registers[bucket]) registers[bucket] = register;
  }
}

function isPlainSparse(
  bytes: Uint8Array,
  start: number,
  end: number,
  count: number,
  precision: number,
): boolean {
  const found = bytes[start + 1];
  if (bytes[start] !== SPARSE || found < precision || found > PRECISION_MAX) return false;
  if (end - start !== 4 + 4 * count) return false;
  let previous = -1;
  for (let i = 0, at = start + 4; i < count; i++, at += 4) {
    const entry = wordAt(bytes, at);
    const prefix = entry >>> 6;
    if (prefix <= previous || (entry & 63) > ZEROS_MAX) return false;
    previous = prefix;
  }
  return true;
}

function isPlainDense(bytes: Uint8Array, start: number, end: number, precision: number): boolean {
  const deltas = start + 3;
  const buckets = deltas + (1 << (precision - 1)) + 2;
  const full = bytes[start + 2] + DELTA_MAX;
  const excessMax = 65 - precision - full;
  if (bytes[start + 1] !== precision || buckets > end || excessMax < 0) return false;
  const overflows = bytes[buckets - 2] | (bytes[buckets - 1] << 8);
  if (end - buckets !== 3 * overflows) return false;
  let previous = -1;
  for (let i = 0; i < overflows; i++) {
    const bucket = bytes[buckets + 2 * i] | (bytes[buckets + 2 * i + 1] << 8);
    if (bucket <= previous || bucket >= 1 << precision) return false;
    const pair = bytes[deltas + (bucket >>> 1)];
    if ((bucket % 2 === 0 ? pair >>> 4 : pair & DELTA_MAX) !== DELTA_MAX) return false;
    const excess = bytes[buckets + 2 * overflows + i];
    if (excess === 0 || excess > excessMax) return false;
    previous = bucket;
  }
  return true;
}

function wordAt(bytes: Uint8Array, at: number): number {
  return bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24);
}
