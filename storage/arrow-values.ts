/** Values of a dictionary, and numbers beyond a double, in Arrow's buffers and back. */
import { unreachable } from '../model/assert.js';
import { StoreError } from '../model/errors.js';
import type { Dictionary } from '../model/batch.js';
import { canonicalInteger } from '../model/value.js';
import type { LogicalType, Value } from '../model/value.js';
import type { ArrowArray, ArrowType } from './arrow-write.js';
import { LazyTexts } from './lazy-texts.js';

type NonNull = Exclude<Value, null>;

/** How values stand: on disk, in the notes of serving files; do not change. */
export type ValueForm = 'utf8' | 'bool' | 'float64' | 'timestamp' | 'int64' | 'decimal';

export const VALUE_FORMS: readonly ValueForm[] = ['utf8', 'bool', 'float64', 'timestamp', 'int64', 'decimal'];

/** The buffers of values without NULL; null where Arrow's plain types do not hold them. */
export function encodeValues(
  type: LogicalType,
  values: readonly NonNull[],
): { readonly form: ValueForm; readonly array: ArrowArray } | null {
  const form = formOf(type, values);
  const buffers = form === null ? null : encodeForm(form, values);
  if (form === null || buffers === null) return null;
  const length = values.length;
  return { form, array: { type: arrowType(form, type), length, nulls: 0, buffers: [NONE, ...buffers] } };
}

/**
 * The values back, as many as `count`.
 * @param buffers without the validity
 * @throws StoreError `corrupt` where the buffers are not those of so many values
 */
export function decodeValues(
  form: ValueForm,
  count: number,
  buffers: readonly Uint8Array<ArrayBuffer>[],
): Dictionary {
  const expected = form === 'utf8' ? (count + 1) * 4 : form === 'bool' ? Math.ceil(count / 8) : null;
  const bytes = expected ?? count * (form === 'decimal' ? DECIMAL_BYTES : 8);
  if (buffers.length !== (form === 'utf8' ? 2 : 1) || buffers[0].byteLength !== bytes)
    throw new StoreError('corrupt', 'A dictionary has not the size of its values.');
  const view = new DataView(buffers[0].buffer, buffers[0].byteOffset, bytes);
  const all = (read: (i: number) => NonNull): NonNull[] => Array.from({ length: count }, (_, i) => read(i));
  switch (form) {
    case 'utf8':
      return new LazyTexts(new Int32Array(new Uint8Array(buffers[0]).buffer), buffers[1]);
    case 'bool':
      return all((i) => ((view.getUint8(i >> 3) >> (i & 7)) & 1) === 1);
    case 'float64':
      return all((i) => view.getFloat64(i * 8, true));
    case 'timestamp':
    case 'int64':
      return all((i) => readInt64(view, i * 8));
    case 'decimal':
      return all((i) => readDecimal(view, i * DECIMAL_BYTES));
    default:
      return unreachable(form);
  }
}

/** Of numbers of a type that a decimal of 128 bits holds; null where it does not. */
export function encodeDecimals(values: readonly (number | bigint | null)[]): Uint8Array | null {
  const bytes = new Uint8Array(values.length * DECIMAL_BYTES);
  const view = new DataView(bytes.buffer);
  for (const [i, value] of values.entries()) {
    if (value === null) continue;
    if (!fits(value, DECIMAL_END)) return null;
    const at = i * DECIMAL_BYTES;
    writeInt64(view, at, typeof value === 'number' ? value : BigInt.asIntN(64, value));
    const high = typeof value === 'number' ? BigInt(value < 0 ? -1 : 0) : value >> 64n;
    view.setBigInt64(at + 8, high, true);
  }
  return bytes;
}

/** The number at a position: canonical, as `model/value.ts` has it. */
export function readDecimal(view: DataView, at: number): number | bigint {
  const high = view.getBigInt64(at + 8, true);
  const low = view.getBigUint64(at, true);
  return canonicalInteger((high << 64n) | low);
}

export const DECIMAL_BYTES = 16;
const DECIMAL_END = 10n ** 38n;
const INT64_END = 2n ** 63n;
const NONE = new Uint8Array(0);

function formOf(type: LogicalType, values: readonly NonNull[]): ValueForm | null {
  switch (type.kind) {
    case 'string':
      return 'utf8';
    case 'boolean':
      return 'bool';
    case 'double':
      return 'float64';
    case 'time':
      return 'timestamp';
    case 'integer':
      return values.every((value) => fits(value as number | bigint, INT64_END)) ? 'int64' : 'decimal';
    case 'decimal':
      return 'decimal';
    case 'sketch':
      return null;
    default:
      return unreachable(type);
  }
}

/** Of bigints; numbers are safe integers. */
function fits(value: number | bigint, end: bigint): boolean {
  return typeof value === 'number' || (value < end && value > -end);
}

/** The Arrow type of a column of that logical type in that form. */
export function arrowType(form: ValueForm, type: LogicalType): ArrowType {
  switch (form) {
    case 'utf8':
    case 'bool':
    case 'float64':
    case 'timestamp':
      return { kind: form };
    case 'int64':
      return { kind: 'int', bits: 64, signed: true };
    case 'decimal':
      return { kind: 'decimal', scale: type.kind === 'decimal' ? type.scale : 0 };
    default:
      return unreachable(form);
  }
}

function encodeForm(form: ValueForm, values: readonly NonNull[]): readonly Uint8Array[] | null {
  switch (form) {
    case 'utf8':
      return encodeTexts(values as readonly string[]);
    case 'bool': {
      const bits = new Uint8Array(Math.ceil(values.length / 8));
      for (const [i, value] of values.entries()) if (value === true) bits[i >> 3] |= 1 << (i & 7);
      return [bits];
    }
    case 'decimal': {
      const bytes = encodeDecimals(values as readonly (number | bigint)[]);
      return bytes === null ? null : [bytes];
    }
    case 'float64':
    case 'timestamp':
    case 'int64': {
      const bytes = new Uint8Array(values.length * 8);
      const view = new DataView(bytes.buffer);
      for (const [i, value] of values.entries()) {
        if (form === 'float64') view.setFloat64(i * 8, value as number, true);
        else writeInt64(view, i * 8, value as number | bigint);
      }
      return [bytes];
    }
    default:
      return unreachable(form);
  }
}

const OFFSET_MAX = 2 ** 31 - 1;

/** Offsets, and the texts one after the other; null where they are longer than offsets reach. */
function encodeTexts(values: readonly string[]): readonly Uint8Array[] | null {
  const offsets = new Int32Array(values.length + 1);
  const texts: Buffer[] = [];
  let end = 0;
  for (let from = 0; from < values.length; from += TEXTS_AT_A_TIME) {
    const some = values.slice(from, from + TEXTS_AT_A_TIME);
    const joined = some.join('');
    const bytes = Buffer.from(joined);
    const isAscii = bytes.length === joined.length;
    if (end + bytes.length > OFFSET_MAX) return null;
    for (const [i, value] of some.entries()) {
      end += isAscii ? value.length : Buffer.byteLength(value);
      offsets[from + i + 1] = end;
    }
    texts.push(bytes);
  }
  return [new Uint8Array(offsets.buffer), Buffer.concat(texts)];
}

const TEXTS_AT_A_TIME = 1_024;

function writeInt64(view: DataView, at: number, value: number | bigint): void {
  if (typeof value === 'bigint') {
    view.setBigInt64(at, value, true);
    return;
  }
  view.setUint32(at, value % 2 ** 32, true); // modulo 2^32, of negative numbers too
  view.setInt32(at + 4, Math.floor(value / 2 ** 32), true);
}

function readInt64(view: DataView, at: number): number | bigint {
  const value = view.getInt32(at + 4, true) * 2 ** 32 + view.getUint32(at, true);
  return Number.isSafeInteger(value) ? value : view.getBigInt64(at, true);
}
