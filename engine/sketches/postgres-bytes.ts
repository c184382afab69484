/**
 * The stored form of a sketch of PostgreSQL's hll extension, schema version 1 (citusdata/postgresql-hll,
 * STORAGE.markdown). Frozen: these bytes are on disk. Numbers are big-endian, bits stand from high to low.
 *
 *     header     1 form (u4, u4) | width − 1 (u3), precision (u5) | sparse allowed (u2), most hashes (u6)
 *     undefined  form 0: refused        empty  form 1: the header alone
 *     explicit   form 2: hashes i64 × count, ascending
 *     sparse     form 3: (bucket u precision, register u width) × count, buckets ascending, zeros to the byte
 *     full       form 4: registers u width × 2^precision, zeros to the byte
 *
 * The most hashes of the explicit form are 0, 2^(n − 1) for n, or for 63 as many as fill the bytes of the full form. The
 * writer chooses as PostgreSQL does, so that equal sets give equal bytes. Its buckets are the *low* bits of the hash and
 * its registers count trailing zeros: none of them can be merged with Airlift's.
 */
import { PRECISION_MAX, PRECISION_MIN } from '../../model/aggregates.js';
import { StoreError } from '../../model/errors.js';

const VERSION = 1;
const HEADER = 3;
/** Below, a register ends at 15, and no large set can be told from a larger one. */
const WIDTH_MIN = 5;
const FORMS = ['undefined', 'empty', 'explicit', 'sparse', 'full'] as const;
const AUTO = 63;

export type PostgresForm = Exclude<(typeof FORMS)[number], 'undefined'>;

/** What PostgreSQL calls the type modifiers of a sketch. */
export interface PostgresKind {
  /** log2m */
  readonly precision: number;
  /** regwidth: bits of a register. */
  readonly width: number;
  /** The third byte: sparseon and expthresh. */
  readonly cutoff: number;
}

/** What PostgreSQL takes where nothing is said, at 2^precision registers. */
export function defaultKind(precision: number): PostgresKind {
  return { precision, width: WIDTH_MIN, cutoff: 0x40 | AUTO };
}

/** What the header from `start` to `end` (exclusive) tells; `sketch_invalid` if it is none of ours. */
export function kindOfBytes(bytes: Uint8Array, start: number, end: number): PostgresKind {
  if (start < 0 || end > bytes.length || end - start < HEADER) throw invalid('it is cut short');
  const precision = bytes[start + 1] & 31;
  const width = (bytes[start + 1] >>> 5) + 1;
  if (precision < PRECISION_MIN || precision > PRECISION_MAX) {
    throw invalid(`its log2m is ${precision}, not ${PRECISION_MIN} to ${PRECISION_MAX}`);
  }
  if (width < WIDTH_MIN) throw invalid(`its regwidth is ${width}, not ${WIDTH_MIN} to 8`);
  return { precision, width, cutoff: bytes[start + 2] };
}

/**
 * Checks every byte from `start` to `end` (exclusive) and tells the form. What passes can be read by `hashesOf` and
 * `raiseByBytes` without a further look; anything else is `sketch_invalid`.
 */
export function checkPostgresBytes(bytes: Uint8Array, start: number, end: number): PostgresForm {
  const kind = kindOfBytes(bytes, start, end);
  const form = bytes[start] >>> 4 === VERSION ? FORMS[bytes[start] & 15] : undefined;
  if (kind.cutoff >= 0x80) throw invalid('its third byte has a bit that no version of hll sets');
  switch (form) {
    case 'empty':
      if (end - start !== HEADER) throw invalid(`it is empty, and has ${end - start} bytes`);
      return form;
    case 'explicit':
      checkExplicit(bytes, start + HEADER, end);
      return form;
    case 'sparse':
      checkRegisters(
        bytes,
        start,
        end,
        kind,
        Math.floor((8 * (end - start - HEADER)) / entryBits(kind)),
        true,
      );
      return form;
    case 'full':
      if (end - start !== fullLength(kind)) {
        throw invalid(`it has ${end - start} bytes, and its header tells of ${fullLength(kind)}`);
      }
      checkRegisters(bytes, start, end, kind, 2 ** kind.precision, false);
      return form;
    default:
      throw invalid(form === 'undefined' ? 'it is undefined' : `its first byte is ${bytes[start]}`);
  }
}

/** The hashes of checked explicit bytes, ascending. */
export function hashesOf(bytes: Uint8Array, start: number, end: number): bigint[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const hashes: bigint[] = [];
  for (let at = start + HEADER; at < end; at += 8) hashes.push(view.getBigInt64(at));
  return hashes;
}

/** Raises `registers`, of the bytes' own precision, to those of checked sparse or full bytes. */
export function raiseByBytes(bytes: Uint8Array, start: number, end: number, registers: Uint8Array): void {
  const { precision, width } = kindOfBytes(bytes, start, end);
  const isSparse = (bytes[start] & 15) === 3;
  const size = isSparse ? precision + width : width;
  const count = isSparse ? Math.floor((8 * (end - start - HEADER)) / size) : registers.length;
  for (let i = 0, at = 8 * (start + HEADER); i < count; i++, at += size) {
    const bits = readBits(bytes, at, size);
    const bucket = isSparse ? bits >>> width : i;
    const register = bits & ((1 << width) - 1);
    if (register > registers[bucket]) registers[bucket] = register;
  }
}

/** Raises the register of a hash: the trailing zeros behind its bucket, plus 1, as far as the width goes. */
export function raiseByHash(hash: bigint, { precision, width }: PostgresKind, registers: Uint8Array): void {
  const low = Number(hash & 0xffff_ffffn) | 0;
  const high = Number((hash >> 32n) & 0xffff_ffffn) | 0;
  const lowRest = (low >>> precision) | (high << (32 - precision));
  const highRest = high >>> precision;
  if (lowRest === 0 && highRest === 0) return; // as PostgreSQL: all zeros count as none
  const zeros = lowRest === 0 ? 32 + trailingZeros(highRest) : trailingZeros(lowRest);
  const register = Math.min(zeros + 1, 2 ** width - 1);
  const bucket = low & (2 ** precision - 1);
  if (register > registers[bucket]) registers[bucket] = register;
}

/**
 * Raises `registers` to what those of a higher precision say of the same set: as Airlift's, from the other end of the
 * hash.
 */
export function foldTrailing(finer: Uint8Array, registers: Uint8Array, width: number): void {
  const digits = Math.log2(finer.length / registers.length);
  const mask = registers.length - 1;
  for (let bucket = 0; bucket < finer.length; bucket++) {
    if (finer[bucket] === 0) continue;
    const rest = bucket >>> (31 - Math.clz32(registers.length));
    const register = rest === 0 ? digits + finer[bucket] : trailingZeros(rest) + 1;
    const coarse = bucket & mask;
    registers[coarse] = Math.max(registers[coarse], Math.min(register, 2 ** width - 1));
  }
}

/** How many hashes the explicit form may hold. */
export function explicitMax({ precision, width, cutoff }: PostgresKind): number {
  const code = cutoff & 63;
  if (code === AUTO) return Math.floor(Math.ceil((2 ** precision * width) / 8) / 8);
  return code === 0 ? 0 : 2 ** (code - 1);
}

/** @param hashes ascending; of none the bytes are the empty form */
export function explicitBytes(kind: PostgresKind, hashes: readonly bigint[]): Uint8Array {
  const bytes = withHeader(kind, hashes.length === 0 ? 'empty' : 'explicit', 8 * hashes.length);
  const view = new DataView(bytes.buffer);
  hashes.forEach((hash, i) => view.setBigInt64(HEADER + 8 * i, hash));
  return bytes;
}

/** Sparse where it is allowed and shorter. */
export function registerBytes(kind: PostgresKind, registers: Uint8Array): Uint8Array {
  const { width, cutoff } = kind;
  let filled = 0;
  for (const register of registers) if (register > 0) filled++;
  const sparseLength = Math.ceil((filled * entryBits(kind)) / 8);
  const isSparse = (cutoff & 0x40) !== 0 && sparseLength < fullLength(kind) - HEADER;
  const bytes = withHeader(
    kind,
    isSparse ? 'sparse' : 'full',
    isSparse ? sparseLength : fullLength(kind) - HEADER,
  );
  const size = isSparse ? entryBits(kind) : width;
  let at = 8 * HEADER;
  for (let bucket = 0; bucket < registers.length; bucket++) {
    if (isSparse && registers[bucket] === 0) continue;
    writeBits(bytes, at, size, isSparse ? (bucket << width) | registers[bucket] : registers[bucket]);
    at += size;
  }
  return bytes;
}

function withHeader(
  { precision, width, cutoff }: PostgresKind,
  form: PostgresForm,
  length: number,
): Uint8Array {
  const bytes = new Uint8Array(HEADER + length);
  bytes.set([(VERSION << 4) | FORMS.indexOf(form), ((width - 1) << 5) | precision, cutoff]);
  return bytes;
}

function entryBits({ precision, width }: PostgresKind): number {
  return precision + width;
}

function fullLength({ precision, width }: PostgresKind): number {
  return HEADER + Math.ceil((2 ** precision * width) / 8);
}

function checkExplicit(bytes: Uint8Array, start: number, end: number): void {
  if ((end - start) % 8 !== 0 || end === start) throw invalid(`${end - start} bytes are no list of hashes`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = start + 8; at < end; at += 8) {
    if (view.getBigInt64(at) <= view.getBigInt64(at - 8)) {
      throw invalid(`hash ${(at - start) / 8} is not in order`);
    }
  }
}

function checkRegisters(
  bytes: Uint8Array,
  start: number,
  end: number,
  { precision, width }: PostgresKind,
  count: number,
  isSparse: boolean,
): void {
  const size = isSparse ? precision + width : width;
  const registerMax = Math.min(64 - precision, 2 ** width - 1);
  let at = 8 * (start + HEADER);
  let previous = -1;
  for (let i = 0; i < count; i++, at += size) {
    const bits = readBits(bytes, at, size);
    const register = bits & ((1 << width) - 1);
    if (register > registerMax) throw invalid(`register ${i} counts more zeros than a hash has`);
    if (!isSparse) continue;
    if (register === 0 || bits >>> width <= previous) throw invalid(`entry ${i} is empty or not in order`);
    previous = bits >>> width;
  }
  const rest = 8 * end - at;
  if (rest >= 8 || (rest > 0 && readBits(bytes, at, rest) !== 0))
    throw invalid('it does not end with its registers');
}

/** `size` bits, at most 24, from bit `at` of the bytes. */
function readBits(bytes: Uint8Array, at: number, size: number): number {
  const first = at >>> 3;
  const word = (bytes[first] << 24) | (bytes[first + 1] << 16) | (bytes[first + 2] << 8) | bytes[first + 3];
  return (word << (at & 7)) >>> (32 - size);
}

/** Over zeros. */
function writeBits(bytes: Uint8Array, at: number, size: number, value: number): void {
  const word = (value << (32 - size)) >>> (at & 7);
  for (let i = 0; i < 4; i++) {
    const byte = (word >>> (24 - 8 * i)) & 0xff;
    if (byte !== 0) bytes[(at >>> 3) + i] |= byte;
  }
}

/** Of a number that is not 0. */
function trailingZeros(bits: number): number {
  return 31 - Math.clz32(bits & -bits);
}

function invalid(what: string): StoreError {
  return new StoreError(
    'sketch_invalid',
    `These bytes are no sketch of PostgreSQL's hll that Granary can use: ${what}.`,
    {
      next: `Give what hll_send(…) gives, of log2m ${PRECISION_MIN} to ${PRECISION_MAX} and regwidth ${WIDTH_MIN} to 8.`,
    },
  );
}
